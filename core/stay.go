package core

import (
	"context"
	"time"
)

// leastAnswer is how long an answer about somebody's access is waited for at least.
const leastAnswer = time.Second

// Stay waits beside something long until whoever does it may not do it any more, and says why. It asks at once when the
// bell says that their rights changed, and every so often in case a bell is lost. A database that does not answer ends
// nothing. It returns nil when ctx ends before.
func (d *Desk) Stay(ctx context.Context, who Actor, every time.Duration, may func(User) error) error {
	bell := d.hub.Subscribe()
	defer bell.Close()
	for {
		wait, cancel := context.WithTimeout(ctx, every)
		rings(wait, bell, who.User)
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		if refused := d.refusal(ctx, who, max(every, leastAnswer), may); refused != nil {
			return refused
		}
	}
}

// rings waits until the bell rings for a user, or ctx ends.
func rings(ctx context.Context, bell *Box, user UserID) {
	for {
		if dirty, err := bell.Wait(ctx); err != nil || dirty.Users[user] {
			return
		}
	}
}

// refusal is why somebody may not be here any more; nil while they may, or while nobody knows.
func (d *Desk) refusal(ctx context.Context, who Actor, patience time.Duration, may func(User) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	me, err := d.Me(ctx, who)
	switch KindOf(err) {
	case "":
		return may(me)
	case Unauthenticated, Forbidden, NotFound:
		return err
	case Invalid, Conflict, Limited, Unavailable, Internal:
	}
	return nil
}
