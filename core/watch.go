package core

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
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

// String makes a cursor one word that says nothing to people.
func (c FeedCursor) String() string {
	return tokenEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %s", c.XID, c.ID, c.Epoch))
}

// ParseFeedCursor reads what String wrote.
func ParseFeedCursor(text string) (FeedCursor, bool) {
	raw, err := tokenEncoding.DecodeString(text)
	parts := strings.SplitN(string(raw), " ", 3)
	if err != nil || len(parts) != 3 || parts[2] == "" || !utf8.ValidString(parts[2]) || strings.ContainsRune(parts[2], 0) {
		return FeedCursor{}, false
	}
	c := FeedCursor{Epoch: parts[2]}
	var wrong error
	c.XID, err = strconv.ParseUint(parts[0], 10, 64)
	c.ID, wrong = strconv.ParseInt(parts[1], 10, 64)
	return c, err == nil && wrong == nil
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
