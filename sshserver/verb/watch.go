package verb

import (
	"context"
	"strconv"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// watchBatch is how many events are read at once: no more than the tickets of one page.
const watchBatch = pageSize

// watch puts out events. It holds one bell, never a queue, and nothing of the database while it writes: a reader that
// stops reading stops this loop and nothing else.
func watch(ctx context.Context, s *session) error {
	q, err := s.query(ctx, "")
	if err != nil {
		return err
	}
	at, err := s.startOfWatch(ctx)
	if err != nil {
		return err
	}
	open, shut := context.WithCancel(ctx)
	defer shut()
	go func() {
		select {
		case <-s.Closing:
			shut()
		case <-open.Done():
		}
	}()
	bell := s.Desk.Hub().Subscribe()
	defer bell.Close()
	p := &printer{session: s, shape: eventShape()}
	for {
		events, next, err := s.Desk.Watch(ctx, s.Who, at, watchBatch)
		if err != nil {
			return err
		}
		if err := s.putEvents(ctx, p, q, events, next.Epoch); err != nil {
			return err
		}
		at = next
		switch {
		case len(events) == watchBatch:
		case s.has("--once"):
			return nil
		default:
			if err := s.awaitBell(ctx, open, bell, at); err != nil {
				return err
			}
		}
	}
}

// awaitBell waits until something may have happened, or until it is time to ask whether the caller may still be here.
func (s *session) awaitBell(ctx, open context.Context, bell *core.Box, at core.FeedCursor) error {
	wait, cancel := context.WithTimeout(open, s.Recheck)
	defer cancel()
	_, _ = bell.Wait(wait) // why it ended is seen below
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case open.Err() != nil:
		return &refusal{words: s.words.T("verb.restart", "Cursor", at.String()), status: Later}
	}
	return nil
}

// putEvents puts out those events whose tickets the query finds.
func (s *session) putEvents(ctx context.Context, p *printer, q query.Query, events []core.Event, epoch string) error {
	wanted, err := s.wanted(ctx, q, events)
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if wanted != nil && !wanted[e.Ticket()] {
			continue
		}
		cursor := core.FeedCursor{Epoch: epoch, XID: e.XID, ID: e.ID}.String()
		if err := p.json(eventRecord(e, cursor)); err != nil {
			return err
		}
	}
	return p.flush()
}

// wanted are the tickets of events that the query finds now; nil are all.
func (s *session) wanted(ctx context.Context, q query.Query, events []core.Event) (map[core.TicketID]bool, error) {
	if len(q.Terms) == 0 {
		return nil, nil
	}
	wanted := map[core.TicketID]bool{}
	if len(events) == 0 {
		return wanted, nil
	}
	these := query.Term{Field: query.Number}
	for i := range events {
		id := events[i].Ticket()
		if _, known := wanted[id]; !known {
			wanted[id] = false
			these.Values = append(these.Values, query.Value{Text: strconv.FormatInt(int64(id), 10), Number: int64(id)})
		}
	}
	narrow := query.Query{Terms: append([]query.Term{these}, q.Terms...)}
	page, err := s.Desk.Tickets(ctx, s.Who, core.ListRequest{Query: narrow, Limit: pageSize})
	if err != nil {
		return nil, err
	}
	for i := range page.Tickets {
		wanted[page.Tickets[i].ID] = true
	}
	return wanted, nil
}

func (s *session) startOfWatch(ctx context.Context) (core.FeedCursor, error) {
	text, given := s.flags["--cursor"]
	switch {
	case text == "start":
		return core.FeedCursor{}, nil
	case given:
		return s.readCursor(text)
	default:
		return s.Desk.WatchEnd(ctx, s.Who)
	}
}

func (s *session) readCursor(text string) (core.FeedCursor, error) {
	c, ok := core.ParseFeedCursor(text)
	if !ok {
		return core.FeedCursor{}, s.usage(s.words.T("verb.cursor"))
	}
	return c, nil
}
