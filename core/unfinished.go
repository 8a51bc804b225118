package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// bulkBeat is how often a bulk shows that somebody is at it, bulkSilent after how long without that it was cut off.
	bulkBeat   = 3 * time.Second
	bulkSilent = 15 * time.Second
)

// keptPlan is what of a plan is kept until it has been carried out.
type keptPlan struct {
	Deed     Deed
	Will     []TicketID
	Versions map[TicketID]int
}

func (p *BulkPlan) keep() ([]byte, error) {
	kept, err := json.Marshal(keptPlan{Deed: p.Deed, Will: p.Will, Versions: p.versions})
	if err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	return kept, nil
}

// Unfinished is a bulk that was cut off: its process died, or lost the database.
type Unfinished struct {
	Command string
	Deed    Deed
	Of      int        // how many tickets it was to change
	Done    []TicketID // those it has changed
	At      time.Time
	plan    BulkPlan
}

// Unfinished finds the oldest of the actor's bulks that was cut off; nil if there is none.
func (d *Desk) Unfinished(ctx context.Context, who Actor) (*Unfinished, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil || p.Kind != ActorUser {
		return nil, err
	}
	command, kept, at, err := d.store.UnfinishedBulk(ctx, p.user.ID, d.Now().Add(-bulkSilent))
	if errors.Is(err, ErrNoRow) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for what was cut off: %w", err)
	}
	var plan keptPlan
	if err := json.Unmarshal(kept, &plan); err != nil {
		return nil, fmt.Errorf("read what was cut off: %w", err)
	}
	u := &Unfinished{
		Command: command, Deed: plan.Deed, Of: len(plan.Will), At: at,
		plan: BulkPlan{Command: command, Deed: plan.Deed, Will: plan.Will, versions: plan.Versions},
	}
	if u.Done, err = d.store.ReachedOf(ctx, command, plan.Will); err != nil {
		return nil, fmt.Errorf("see how far it came: %w", err)
	}
	return u, nil
}

// GoOn carries out what is left of a bulk that was cut off. A ticket that somebody changed since it was planned
// is refused, as in [Desk.Bulk].
func (d *Desk) GoOn(ctx context.Context, who Actor, u *Unfinished, progress func(done int)) (BulkResult, error) {
	if err := d.seize(ctx, who, u); err != nil {
		return BulkResult{}, err
	}
	work, err := d.workOf(u.Deed)
	if err != nil {
		return BulkResult{}, err
	}
	left := slices.DeleteFunc(slices.Clone(u.plan.Will), func(id TicketID) bool { return slices.Contains(u.Done, id) })
	return d.goThrough(ctx, who, &u.plan, left, work, progress)
}

// LeaveOff ends a bulk that was cut off where it stands, and takes back what it did if that is asked for.
func (d *Desk) LeaveOff(ctx context.Context, who Actor, u *Unfinished, undo bool) (Undone, error) {
	if err := d.seize(ctx, who, u); err != nil {
		return Undone{}, err
	}
	if err := d.store.EndBulk(ctx, u.Command); err != nil {
		return Undone{}, fmt.Errorf("end what was cut off: %w", err)
	}
	if !undo || len(u.Done) == 0 {
		return Undone{}, nil
	}
	return d.undoCommand(ctx, who, u.Done[0], u.Command)
}

// seize makes sure that nobody else goes on with it, and that it is the actor's.
func (d *Desk) seize(ctx context.Context, who Actor, u *Unfinished) error {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return err
	}
	now := d.Now()
	free, err := d.store.SeizeBulk(ctx, u.Command, p.user.ID, now, now.Add(-bulkSilent))
	if err != nil {
		return fmt.Errorf("go on with what was cut off: %w", err)
	}
	if !free {
		return &Error{Kind: Conflict, Code: "bulk_done"}
	}
	return nil
}
