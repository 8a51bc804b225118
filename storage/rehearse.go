package storage

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

const (
	rehearsals = 8           // connections that are made ready
	rehearsing = time.Second // at most
)

// rehearse opens connections and has each do what people wait for with a key. What serves a connection looks each table up in the
// catalogue when it first hears of it, and plans each statement, which takes twenty times as long as the answer.
func (db *DB) rehearse(ctx context.Context) {
	for range min(rehearsals, db.pool.Config().MaxConns) {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rehearsing)
			defer cancel()
			_ = db.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
				rehearse(ctx, conn.Conn())
				return nil
			})
		}()
	}
}

// rehearse shows a ticket, changes it, lists some and looks for a word. There is no ticket 0, so nothing is found and nothing is
// changed. What cannot be done is told when somebody asks for it.
func rehearse(ctx context.Context, conn *pgx.Conn) {
	s, scope := queries{conn}, core.Scope{Queues: []core.QueueID{0}}
	if _, _, err := s.Visit(ctx, 0, 0, time.Time{}, 0); err != nil {
		return
	}
	_, _ = s.Parts(ctx, core.PartsRequest{
		Scope: scope, Ticket: core.Ticket{Location: core.Location{ID: -1}}, Held: true, Contact: true, Rating: true, Follower: -1, Messages: 1, Events: 1, Related: 1, Linked: 1,
	})
	_ = pgx.BeginFunc(ctx, transactor{conn}, func(t pgx.Tx) error {
		s := queries{t}
		_, _ = s.LockTicket(ctx, 0)
		_ = s.UpdateTicket(ctx, core.Ticket{})
		_ = s.AppendEvents(ctx, nil)
		return s.later(ctx, recordMilestones, []int64{})
	})
	for _, text := range []string{"status:open", "status:open rehearsal"} {
		if q, err := query.Parse(text); err == nil {
			_, _ = s.Tickets(ctx, scope, core.Filter{Query: q, Clock: core.Clock{Zone: time.UTC}, Patience: rehearsing}, "", 1)
		}
	}
}
