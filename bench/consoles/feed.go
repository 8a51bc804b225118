package consoles

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
)

// feed makes things happen on a desk, so many a second: reports, notes and new priorities on what is not closed. It never
// touches what the timed keys change.
type feed struct {
	desk    *rig.Desk
	who     core.Actor
	tickets []core.TicketID
	happen  atomic.Int64
	failed  atomic.Value
}

// perSecond is how many events there are.
const perSecond = 50

func newFeed(ctx context.Context, d *rig.Desk) (*feed, error) {
	u, err := d.Hire(ctx, "")
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	ids, err := rig.Values[int64](ctx, d, `select id from tickets where status = 'open' and not confidential and merged_into is null order by id desc limit 500`)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	f := &feed{desk: d, who: core.Actor{Kind: core.ActorUser, User: u.ID, Door: core.DoorAPI}}
	for _, id := range ids {
		f.tickets = append(f.tickets, core.TicketID(id))
	}
	return f, nil
}

// run runs the feed beside what is done, and says how many events a second there were.
func (f *feed) run(ctx context.Context, do func() error) (float64, error) {
	f.happen.Store(0)
	began := time.Now()
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	ticks := make(chan int)
	for range 2 {
		beside.Go(func() {
			for n := range ticks {
				if err := f.event(ctx, n); err != nil && ctx.Err() == nil {
					f.failed.CompareAndSwap(nil, err)
				}
			}
		})
	}
	beside.Go(func() {
		defer close(ticks)
		ticker := time.NewTicker(time.Second / perSecond)
		defer ticker.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			select {
			case <-ctx.Done():
				return
			case ticks <- n:
			}
		}
	})
	err := do()
	took := time.Since(began)
	stop()
	beside.Wait()
	if failed, ok := f.failed.Load().(error); ok && err == nil {
		err = fmt.Errorf("feed: %w", failed)
	}
	return float64(f.happen.Load()) / took.Seconds(), err
}

func (f *feed) event(ctx context.Context, n int) error {
	id := f.tickets[n*7919%len(f.tickets)]
	var err error
	switch n % 5 {
	case 0:
		_, err = f.report(ctx, fmt.Sprintf("The lift stands still, report %d", n), core.Normal)
	case 1, 2:
		_, err = f.desk.Note(ctx, f.who, id, core.NewMessage{Body: fmt.Sprintf("Looked at it once more, the %d. time", n)})
	default:
		priority := core.Priorities()[n/5%len(core.Priorities())]
		_, err = f.desk.Change(ctx, f.who, id, 0, core.Change{Priority: &priority})
	}
	f.happen.Add(1)
	return err //nolint:wrapcheck // wrapped by run
}

// report files a report, and says when the database had acknowledged it.
func (f *feed) report(ctx context.Context, title string, priority core.Priority) (time.Time, error) {
	categories, err := f.desk.Categories(ctx, f.who)
	if err != nil {
		return time.Time{}, fmt.Errorf("read categories: %w", err)
	}
	leaf := categories[len(categories)-1]
	for _, c := range categories {
		if !c.Confidential {
			leaf = c
		}
	}
	_, err = f.desk.Report(ctx, f.who, core.NewTicket{Title: title, Priority: priority, Category: leaf.ID, Where: core.Where{Words: "by the fountain"}})
	if err != nil {
		return time.Time{}, fmt.Errorf("report: %w", err)
	}
	return time.Now(), nil
}
