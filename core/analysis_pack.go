package core

import (
	"context"
	"fmt"
	"time"
)

type packStore interface {
	// PackDays packs some finished days, of those that ended before a time and are not packed the latest, so that figures
	// over long ranges are fast. It says how many there were; none while somebody else packs or changes packed days.
	PackDays(ctx context.Context, before time.Time, most int) (int, error)
}

// PackDays packs what happened on finished days, and again what has changed since it was packed. Figures are the same
// before and after. It is the worker's.
func (d *Desk) PackDays(ctx context.Context, who Actor) error {
	const (
		atOnce = 10
		most   = 1000 // so that one run ends
		margin = 2 * time.Hour
	)
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return err
	}
	if !p.scope.Everything {
		return forbidden("not_yours")
	}
	for range most {
		var n int
		err := d.store.InTx(ctx, func(tx Tx) (err error) {
			n, err = tx.PackDays(ctx, d.Now().Add(-margin), atOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("pack finished days: %w", err)
		}
		if n < atOnce {
			break
		}
	}
	return nil
}
