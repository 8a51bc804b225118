package battery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
)

// load is people who send things, one after another, until the trial ends.
type load struct {
	t       *testing.T
	ledger  *ledger
	pause   time.Duration // between two things that one of them sends
	persist time.Duration // how long one of them tries to send one thing
	rest    *sync.RWMutex // held by each while sending, so that a trial can have all of them rest
	number  atomic.Int64
	end     context.Context //nolint:containedctx // it is the trial's
	stop    context.CancelFunc
	clients sync.WaitGroup
}

// patience is how long something may take that people wait for.
const patience = 90 * time.Second

func newLoad(t *testing.T) *load {
	t.Helper()
	l := &load{t: t, ledger: newLedger(), persist: patience, rest: &sync.RWMutex{}}
	l.end, l.stop = context.WithCancel(t.Context())
	t.Cleanup(l.finish)
	return l
}

// finish lets everybody finish what they are sending.
func (l *load) finish() {
	l.stop()
	l.clients.Wait()
}

// until waits until so much has been acknowledged.
func (l *load) until(n int) {
	for deadline := time.Now().Add(2 * patience); l.ledger.acknowledged() < n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			l.t.Fatalf("only %d of %d are acknowledged; clients saw %v", l.ledger.acknowledged(), n, l.ledger.errors)
		}
	}
}

// client sends things: once sends one, which text names, and is called again with the same after an error, as people press a
// button again.
func (l *load) client(kind string, once func() func(text string) (string, error)) {
	l.clients.Go(func() {
		for l.end.Err() == nil && l.send(kind, once()) {
			time.Sleep(l.pause)
		}
	})
}

// send sends one thing until it is acknowledged; false if that is in vain.
func (l *load) send(kind string, send func(text string) (string, error)) bool {
	l.rest.RLock()
	defer l.rest.RUnlock()
	text := fmt.Sprintf("battery %s %d", kind, l.number.Add(1))
	l.ledger.attempt(text)
	began := time.Now()
	for deadline := began.Add(l.persist); ; time.Sleep(50 * time.Millisecond) {
		answer, err := send(text)
		if err == nil {
			l.ledger.acknowledge(text, answer, time.Since(began))
			return true
		}
		l.ledger.failed(describe(err))
		if time.Now().After(deadline) {
			l.t.Errorf("%q cannot be sent for %s: %v", text, l.persist, err)
			return false
		}
	}
}

// pages has people report through the form. Whoever gets no answer sends the form again, as a browser does.
func (l *load) pages(people int, category core.CategoryID, base func() string) {
	for range people {
		b := programtest.NewBrowser(l.t, "")
		b.Client.Timeout = 15 * time.Second
		l.client("form", func() func(string) (string, error) {
			key := ""
			return func(text string) (_ string, err error) {
				b.Base = "http://" + base()
				if key == "" {
					if key, err = b.Form(); err != nil {
						return "", err
					}
				}
				ref, page, err := b.Send(key, text, category)
				if err != nil && page != "" && b.Answered == http.MethodPost && !strings.Contains(page, text) {
					l.t.Errorf("the page that says no has lost what was typed:\n%s", page)
				}
				return string(ref), err
			}
		})
	}
}

// errStatus is an answer of the API that is no receipt.
var errStatus = errors.New("the API answers")

// api has programs report through the API, with an Idempotency-Key.
func (l *load) api(programs int, token string, category core.Category, base func() string) {
	client := &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{}}
	for range programs {
		l.client("api", func() func(string) (string, error) {
			return func(text string) (string, error) {
				body, err := json.Marshal(map[string]string{"title": text, "category": category.Code, "place": "by the fountain"})
				if err != nil {
					return "", err
				}
				request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+base()+"/api/v1/tickets", bytes.NewReader(body))
				if err != nil {
					return "", err
				}
				request.Header.Set("Authorization", "Bearer "+token)
				request.Header.Set("Idempotency-Key", text)
				request.Header.Set("Content-Type", "application/json")
				response, err := client.Do(request)
				if err != nil {
					return "", err
				}
				defer func() { _ = response.Body.Close() }()
				var receipt struct{ Reference string }
				if response.StatusCode != http.StatusCreated {
					return "", fmt.Errorf("%w %d", errStatus, response.StatusCode)
				}
				return receipt.Reference, json.NewDecoder(response.Body).Decode(&receipt)
			}
		})
	}
}

// replies has staff reply by verbs over SSH, with a key each.
func (l *load) replies(people int, key gossh.Signer, tickets []ticket, address func() string) {
	for n := range people {
		to := tickets[n%len(tickets)]
		var conn *gossh.Client
		l.client("reply", func() func(string) (string, error) {
			return func(text string) (_ string, err error) {
				if conn == nil {
					if conn, err = gossh.Dial("tcp", address(), sshtest.Config("whoever", gossh.PublicKeys(key))); err != nil {
						return "", err
					}
				}
				if err := sayOver(conn, to.id, text); err != nil {
					_ = conn.Close()
					conn = nil
					return "", err
				}
				return string(to.ref), nil
			}
		})
	}
}

func sayOver(conn *gossh.Client, id core.TicketID, text string) error {
	session, err := conn.NewSession()
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }()
	session.Stdin = strings.NewReader(text)
	return session.Run(fmt.Sprintf("reply %d --key %q", id, strings.ReplaceAll(text, " ", "-")))
}

// describe is the kind of an error, as the report counts them.
func describe(err error) string {
	if _, ok := errors.AsType[*gossh.ExitError](err); ok {
		return fmt.Sprint("exit status ", sshtest.Status(err))
	}
	text := err.Error()
	for _, part := range []string{"connection refused", "connection reset", "EOF", "broken pipe", "Timeout exceeded", "i/o timeout", "without exit status", "use of closed"} {
		if strings.Contains(text, part) {
			return part
		}
	}
	for _, status := range []string{"500", "502", "503", "429"} {
		if strings.HasSuffix(text, " "+status) || strings.HasSuffix(text, ": "+status) {
			return status
		}
	}
	return text
}
