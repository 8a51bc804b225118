package consoles

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
)

// Calls measures what a script does over SSH: signing in, and verbs.
func Calls(ctx context.Context, r *rig.Rig, d *rig.Desk, times int, lasting time.Duration) (*figure.Table, error) {
	r.Log("connections and verbs over SSH")
	h, err := newHall(ctx, r, &staff{desk: d})
	if err != nil {
		return nil, err
	}
	defer h.close()
	t := &figure.Table{
		Name: "calls", Question: "How fast are connections and verbs over SSH?", Subject: "what",
		How:     fmt.Sprintf("A desk of %d tickets; signing in by key with the key exchange of Go's client, which takes as much of the same processors as the program does.", d.Tickets),
		Columns: []figure.Column{{Title: "a second", Digits: 1}, {Title: "median, ms", Digits: 1}, {Title: "p99, ms", Digits: 1}},
	}
	for _, clients := range []int{1, atOnce} {
		rate, took, err := h.connect(ctx, clients, lasting)
		if err != nil {
			return t, err
		}
		t.Add(fmt.Sprintf("sign in, %d at once", clients), rate, took.At(0.5), took.At(0.99))
	}
	key, err := h.staff.key(ctx, 0)
	if err != nil {
		return t, err
	}
	client, err := signIn(h.process.Address, key)
	if err != nil {
		return t, err
	}
	defer func() { _ = client.Close() }()
	for _, verb := range []string{"ls --limit 50", "version"} { // without a limit it puts out all that is open
		var took figure.Times
		for n := -3; n < times; n++ {
			began := time.Now()
			if err := run(client, verb); err != nil {
				return t, fmt.Errorf("%s: %w", verb, err)
			}
			if n >= 0 {
				took = append(took, time.Since(began))
			}
		}
		t.Add("verb "+verb+" over an open connection", 1000/took.At(0.5), took.At(0.5), took.At(0.99))
	}
	return t, nil
}

func run(client *gossh.Client, verb string) error {
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	defer func() { _ = session.Close() }()
	_, err = session.Output(verb)
	return err //nolint:wrapcheck // wrapped by the caller
}

// connect signs in again and again.
func (h *hall) connect(ctx context.Context, clients int, lasting time.Duration) (rate float64, took figure.Times, err error) {
	var mu sync.Mutex
	var failures []error
	var beside sync.WaitGroup
	if _, err := h.staff.key(ctx, clients); err != nil {
		return 0, nil, err
	}
	began := time.Now()
	for n := range clients {
		beside.Go(func() {
			key, err := h.staff.key(ctx, n)
			for err == nil && time.Since(began) < lasting {
				dialed := time.Now()
				var client *gossh.Client
				if client, err = signIn(h.process.Address, key); err != nil {
					break
				}
				t := time.Since(dialed)
				_ = client.Close()
				mu.Lock()
				took = append(took, t)
				mu.Unlock()
			}
			mu.Lock()
			failures = append(failures, err)
			mu.Unlock()
		})
	}
	beside.Wait()
	return float64(len(took)) / time.Since(began).Seconds(), took, errors.Join(failures...)
}

// Delay measures from the acknowledged commit of a report to the frame that shows it, on one console of each of so many
// processes.
func Delay(ctx context.Context, r *rig.Rig, d *rig.Desk, processes []int, times int) (*figure.Table, error) {
	t := &figure.Table{
		Name: "feed", Question: "How soon does a console show what happened elsewhere?", Subject: "processes",
		How:     "A report is filed in a process of its own; from the answer to its COMMIT to the arrival of the frame that shows it, on one console of each process.",
		Columns: []figure.Column{{Title: "median, ms", Digits: 1}, {Title: "p95, ms", Digits: 1}, {Title: "p99, ms", Digits: 1}},
	}
	for _, n := range processes {
		r.Log(fmt.Sprintf("feed to %d processes", n))
		took, err := delay(ctx, r, d, n, times)
		if err != nil {
			return t, fmt.Errorf("feed to %d processes: %w", n, err)
		}
		t.Add(strconv.Itoa(n), took.At(0.5), took.At(0.95), took.At(0.99))
	}
	return t, nil
}

func delay(ctx context.Context, r *rig.Rig, d *rig.Desk, processes, times int) (figure.Times, error) {
	var watching []*terminal
	var halls []*hall
	defer func() {
		for _, h := range halls {
			h.close()
		}
	}()
	for range processes {
		h, err := newHall(ctx, r, &staff{desk: d})
		if err != nil {
			return nil, err
		}
		halls = append(halls, h)
		t, err := h.watched(ctx)
		if err != nil {
			return nil, err
		}
		h.open = append(h.open, t)
		if _, err := t.press("/status:open sort:-created\r", "the newest first", showing("sort:-created")); err != nil {
			return nil, err
		}
		watching = append(watching, t)
	}
	reports, err := newFeed(ctx, d)
	if err != nil {
		return nil, err
	}
	var took figure.Times
	for range times {
		var committed time.Time
		arrivals := make(chan arrival, len(watching))
		title := fmt.Sprintf("News %d.", time.Now().UnixNano()/int64(time.Millisecond)%1_000_000)
		for _, t := range watching {
			_, _, changed := t.look()
			go func() {
				at, err := t.until(title, changed, func(now shown) bool { return strings.Contains(string(now), title) })
				arrivals <- arrival{at, err}
			}()
		}
		if committed, err = reports.report(ctx, title, core.Normal); err != nil {
			return nil, err
		}
		for range watching {
			a := <-arrivals
			if a.err != nil {
				return nil, a.err
			}
			took = append(took, max(0, a.at.Sub(committed)))
		}
		time.Sleep(300 * time.Millisecond) // the next one is news of its own
	}
	return took, nil
}

type arrival struct {
	at  time.Time
	err error
}
