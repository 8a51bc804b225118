package core

import (
	"context"
	"fmt"
	"time"
)

type trailStore interface {
	// Trail reads events of tickets in the scope and of everything else, newest first, behind the cursor.
	Trail(ctx context.Context, scope Scope, filter TrailFilter, before TrailCursor, limit int) ([]Event, error)
}

// TrailFilter narrows the audit trail; zero values leave it as wide as it is.
type TrailFilter struct {
	Stream   Stream
	StreamID int64 // of the stream
	User     UserID
	Door     Door
	Kind     EventKind
	Field    string
	Key      string    // fingerprint of the key that signed in
	From, To time.Time // To is not in it
	Desk     bool      // without what happened on tickets
}

// TrailCursor is a place in the audit trail: behind one event. The zero cursor is its newest end.
type TrailCursor struct {
	XID uint64
	ID  int64
}

// Trail reads who did what, when, through which door, with which key, from what to what: newest first.
// Admins may; of confidential tickets they see no more here than elsewhere.
func (d *Desk) Trail(ctx context.Context, who Actor, filter TrailFilter, before TrailCursor, limit int) ([]Event, TrailCursor, error) {
	p, err := d.admin(ctx, d.store, who)
	if err != nil {
		return nil, before, err
	}
	if !filter.From.IsZero() && !filter.To.IsZero() && filter.To.Before(filter.From) {
		return nil, before, problems{{Field: "range", Code: "range_backwards"}}.err()
	}
	events, err := d.store.Trail(ctx, p.scope, filter, before, limit)
	if err != nil {
		return nil, before, fmt.Errorf("read the audit trail: %w", err)
	}
	if len(events) < limit {
		return events, TrailCursor{}, nil
	}
	last := events[len(events)-1]
	return events, TrailCursor{XID: last.XID, ID: last.ID}, nil
}
