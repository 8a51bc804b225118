package battery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// Processes whose clocks are two hours apart work over one database, and one clock jumps to and fro by an hour, in the night in
// which it goes back anyway: nothing is lost or refused, nobody is signed out, no time is negative, and the history keeps its order.
func TestClocksAreApart(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	tickets := scale(60, 3000)
	r := begin(t, "3 processes' parts over one database, their clocks an hour before and behind each other; one jumps by an hour, over the end of summer time", "4 staff who report, reply, take, close and reopen, each time by another process")
	w := newTown(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	night := time.Date(2027, 10, 31, 2, 30, 0, 0, zone) // in the hour that comes twice
	var jump atomic.Int64
	clock := func(off func() time.Duration) func() time.Time {
		return func() time.Time { return night.Add(time.Since(began) + off()).UTC() }
	}
	var desks []*core.Desk
	for _, off := range []func() time.Duration{
		func() time.Duration { return time.Hour },
		func() time.Duration { return -time.Hour },
		func() time.Duration { return time.Duration(jump.Load()) },
	} {
		desks = append(desks, storagetest.DeskWith(t, storagetest.OpenURL(t, w.url), core.Options{Clock: clock(off), Zone: zone}))
	}
	some := func() *core.Desk { return desks[rand.IntN(len(desks))] }
	code, _, err := desks[0].IssueCode(t.Context(), core.Operator(), w.Ines.ID)
	if err != nil {
		t.Fatal(err)
	}
	// Signed in by a clock that is ahead, and asked by those behind it.
	signed, err := desks[0].SignInWithCode(t.Context(), core.Anonymous(core.DoorSSH, "127.0.0.1"), w.Ines.Username, code, storagetest.Password, "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
			jump.Store(int64([]time.Duration{time.Hour, 0, -time.Hour}[rand.IntN(3)]))
		}
	}()
	l := newLedger()
	var working sync.WaitGroup
	for worker := range 4 {
		working.Go(func() {
			for n := worker; n < tickets; n += 4 {
				title := fmt.Sprint("battery clock ", n)
				l.attempt(title)
				ref, err := handle(ctx, some, signed.Actor, w.Network.ID, title)
				if err != nil {
					l.failed(describe(err))
					t.Error(title, err)
					continue
				}
				l.acknowledge(title, string(ref), 0)
			}
		})
	}
	working.Wait()
	l.check(t, r, connect(t, w.url), reportsKept)
	hold(t, w.url)
}

// handle is the life of one ticket, each step by another process.
func handle(ctx context.Context, desk func() *core.Desk, who core.Actor, category core.CategoryID, title string) (core.Reference, error) {
	receipt, err := desk().Report(ctx, who, core.NewTicket{Title: title, Category: category, Where: core.Where{Words: "by the fountain"}})
	if err != nil {
		return "", fmt.Errorf("report: %w", err)
	}
	id := receipt.Ticket
	for _, step := range []struct {
		name string
		do   func(*core.Desk, int) error
	}{
		{"take", func(d *core.Desk, v int) error { _, err := d.Take(ctx, who, id, v); return err }},
		{"reply", func(d *core.Desk, _ int) error {
			_, err := d.Reply(ctx, who, id, core.NewMessage{Body: "battery answer to " + title, Key: "answer-" + title})
			return err
		}},
		{"close", func(d *core.Desk, v int) error {
			_, err := d.Close(ctx, who, id, v, core.Closing{Resolution: core.Fixed})
			return err
		}},
		{"reopen", func(d *core.Desk, v int) error { _, err := d.Reopen(ctx, who, id, v, ""); return err }},
		{"close again", func(d *core.Desk, v int) error {
			_, err := d.Close(ctx, who, id, v, core.Closing{Resolution: core.Fixed})
			return err
		}},
	} {
		view, err := desk().Ticket(ctx, who, id)
		if err != nil {
			return "", fmt.Errorf("read before %s: %w", step.name, err)
		}
		if err := step.do(desk(), view.Ticket.Version); err != nil {
			return "", fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return receipt.Reference, nil
}
