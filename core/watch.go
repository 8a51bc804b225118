package core

import (
	"context"
	"errors"
	"fmt"
)

// FeedCursor is a place in the feed of all events: behind transaction XID and event ID, in the
// epoch that changes when a database is restored. Events are read in the order of their
// transactions and only below the oldest one that still runs, because numbers are given out before
// a transaction commits and "greater than the last seen" would skip those that commit late.
type FeedCursor struct {
	Epoch string
	XID   uint64
	ID    int64
}

// ErrEpoch says that a cursor belongs to a database as it was before it was restored.
var ErrEpoch = errors.New("the cursor is from before this database was restored")

// Watch reads what happened after a cursor, of tickets that the actor works on; the zero cursor is
// the beginning. Every event comes exactly once; while somebody's transaction is still open, later
// ones wait for it.
func (d *Desk) Watch(ctx context.Context, who Actor, after FeedCursor, limit int) ([]Event, FeedCursor, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, after, err
	}
	events, next, err := d.store.FeedAfter(ctx, listScope(p, false), after, limit)
	if errors.Is(err, ErrEpoch) {
		return nil, after, &Error{Kind: Invalid, Code: "cursor_epoch", cause: err}
	}
	if err != nil {
		return nil, after, fmt.Errorf("read feed: %w", err)
	}
	if events, err = d.hideOthers(ctx, p.scope, events); err != nil {
		return nil, after, err
	}
	return events, next, nil
}

// WatchEnd is the cursor behind what has happened so far: from there, Watch reads what happens next.
func (d *Desk) WatchEnd(ctx context.Context, who Actor) (FeedCursor, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return FeedCursor{}, err
	}
	end, err := d.store.FeedEnd(ctx)
	if err != nil {
		return FeedCursor{}, fmt.Errorf("find the feed's end: %w", err)
	}
	return end, nil
}
