package core

import (
	"context"
	"fmt"
)

type rosterStore interface {
	// Team lists the staff of these queues, each person once; of all queues if there are none.
	Team(ctx context.Context, queues []QueueID, limit int) ([]Person, error)
}

// maxTeam is how many people a list of colleagues has at most.
const maxTeam = 500

// Team lists those who work in the actor's queues, the actor too; for an admin everybody who works here.
func (d *Desk) Team(ctx context.Context, who Actor) ([]Person, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	queues := p.scope.Queues
	switch {
	case p.scope.AllQueues || p.scope.Everything:
		queues = nil
	case len(queues) == 0:
		return nil, nil
	}
	people, err := d.store.Team(ctx, queues, maxTeam)
	if err != nil {
		return nil, fmt.Errorf("list the team: %w", err)
	}
	return people, nil
}
