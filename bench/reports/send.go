package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
)

// What everybody reports.
const (
	title       = "The projector shows only blue"
	place       = "by the fountain"
	description = "Since this morning's lecture it shows everything in blue. I have tried another cable and another laptop."
)

// door is a way in that reports are sent through.
type door struct {
	name    string
	status  int                              // of an answer that acknowledges
	request func(client int) (string, error) // one report, ready to be sent
	script  *script                          // of pgbench, for the same
	process *rig.Process
}

// form sends what a browser sends for somebody without an account.
func form(d *rig.Desk, category core.CategoryID) *door {
	const boundary = "----bench"
	var before, after strings.Builder
	fmt.Fprintf(&before, "--%s\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n", boundary)
	for _, field := range [][2]string{
		{"title", title},
		{"building", ""},
		{"room", place},
		{"category", category.String()},
		{"description", description},
		{"contact", "gus@example.org"},
		{"name", "Gus Guest"},
	} {
		fmt.Fprintf(&after, "\r\n--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s", boundary, field[0], field[1])
	}
	fmt.Fprintf(&after, "\r\n--%s--\r\n", boundary)
	return &door{name: "form", status: http.StatusSeeOther, request: func(int) (string, error) {
		key, err := d.NewFormKey(core.Anonymous(core.DoorWeb, ""))
		if err != nil {
			return "", fmt.Errorf("make a form: %w", err)
		}
		return post("/report", "multipart/form-data; boundary="+boundary, "", before.String()+key+after.String()), nil
	}}
}

// api sends what a program sends, each client with a token of its own.
func api(ctx context.Context, d *rig.Desk, category string, clients int) (*door, error) {
	tokens := make([]string, clients)
	const each = 40 // tokens of one account
	var who core.Actor
	for i := range tokens {
		if i%each == 0 {
			u, err := d.Hire(ctx, "", d.Queues[0])
			if err != nil {
				return nil, err //nolint:wrapcheck // says what it did
			}
			who = core.Actor{Kind: core.ActorUser, User: u.ID, Door: core.DoorCLI}
		}
		_, secret, err := d.NewToken(ctx, who, core.NewToken{Name: fmt.Sprintf("bench %d", i), Scope: core.TokenReport})
		if err != nil {
			return nil, fmt.Errorf("make a token: %w", err)
		}
		tokens[i] = secret
	}
	var mu sync.Mutex
	sent := 0
	return &door{name: "API", status: http.StatusCreated, request: func(client int) (string, error) {
		mu.Lock()
		sent++
		key := fmt.Sprintf("bench-%d-%d", time.Now().UnixNano(), sent)
		mu.Unlock()
		body, err := json.Marshal(map[string]string{"title": title, "description": description, "category": category, "place": place})
		if err != nil {
			return "", fmt.Errorf("write JSON: %w", err)
		}
		return post("/api/v1/tickets", "application/json", "Authorization: Bearer "+tokens[client]+"\r\nIdempotency-Key: "+key+"\r\n", string(body)), nil
	}}, nil
}

func post(path, kind, headers, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s", path, kind, headers, len(body), body)
}

// sendAll is send, with what the program took of the processors meanwhile.
func (d *door) sendAll(ctx context.Context, clients int, lasting time.Duration) (float64, figure.Times, time.Duration, error) {
	before, err := d.process.Usage()
	if err != nil {
		return 0, nil, 0, err //nolint:wrapcheck // says what it did
	}
	rate, took, err := d.send(ctx, clients, lasting)
	if err != nil {
		return 0, nil, 0, err
	}
	after, err := d.process.Usage()
	return rate, took, after.CPU - before.CPU, err //nolint:wrapcheck // says what it did
}

// send has so many clients send reports, each the next one when the last is acknowledged.
func (d *door) send(ctx context.Context, clients int, lasting time.Duration) (rate float64, took figure.Times, err error) {
	var mu sync.Mutex
	var failures []error
	var clock time.Duration
	began := time.Now()
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			times, err := d.sendAlone(ctx, client, began.Add(lasting))
			mu.Lock()
			defer mu.Unlock()
			took, clock = append(took, times...), max(clock, time.Since(began))
			failures = append(failures, err)
		})
	}
	all.Wait()
	return float64(len(took)) / clock.Seconds(), took, errors.Join(failures...)
}

func (d *door) sendAlone(ctx context.Context, client int, until time.Time) (took figure.Times, err error) {
	line, err := rig.Dial(ctx, d.process.Address)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	defer line.Close()
	for time.Now().Before(until) {
		t, err := d.sendOne(line, client)
		if err != nil {
			return took, err
		}
		took = append(took, t)
	}
	return took, nil
}

func (d *door) sendOne(line *rig.Line, client int) (time.Duration, error) {
	request, err := d.request(client)
	if err != nil {
		return 0, err
	}
	status, took, err := line.Do(request)
	if err != nil {
		return 0, err //nolint:wrapcheck // says what it did
	}
	if status != d.status {
		return 0, fmt.Errorf("the %s answers %d to\n%s", d.name, status, strings.ReplaceAll(request, "\r", "")) //nolint:err113 // said once, to a person
	}
	return took, nil
}
