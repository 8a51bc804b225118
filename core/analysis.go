package core

import (
	"context"
	"slices"
	"sync"

	"helpdesk.campus/core/query"
)

// analysisStore computes figures; docs/analytics.md says what each counts.
type analysisStore interface {
	nowStore
	flowStore
	speedStore
	whereStore
	teamStore
	rowStore
	packStore
}

// analyst is who may analyse, what of it they see, and what they ask. Staff see the figures of their
// queues, admins those of all but the confidential ones they are no members of.
func (d *Desk) analyst(ctx context.Context, who Actor, q query.Query) (*principal, Scope, Filter, error) {
	if who.Kind == ActorKiosk {
		return d.kioskAnalyst(ctx, who, q)
	}
	p, err := d.lookUp(ctx, d.store, who)
	switch {
	case err != nil:
		return nil, Scope{}, Filter{}, err
	case !p.token.Covers(TokenFigures):
		return nil, Scope{}, Filter{}, errTokenScope(TokenFigures)
	case !p.isStaff():
		return nil, Scope{}, Filter{}, forbidden("staff_only")
	}
	scope := listScope(p, false)
	if asksOfSomebody(q) {
		if scope = p.leading(scope); !scope.Everything && !scope.AllQueues && len(scope.Queues) == 0 {
			return nil, Scope{}, Filter{}, forbidden("person_figures")
		}
	}
	filter, err := d.filter(ctx, p, q)
	return p, scope, filter, err
}

// asksOfSomebody reports whether a query makes figures those of single colleagues.
func asksOfSomebody(q query.Query) bool {
	return slices.ContainsFunc(q.Terms, func(t query.Term) bool {
		return (t.Field == query.Assignee || t.Field == query.By) && slices.ContainsFunc(t.Values, func(v query.Value) bool {
			return v.Text != query.Me && v.Text != query.None
		})
	})
}

// leading narrows a scope to where the principal may see figures of single persons: leads of their
// queues, admins of all.
func (p *principal) leading(scope Scope) Scope {
	if p.scope.Everything || p.role == RoleAdmin {
		return scope
	}
	led := Scope{}
	for _, m := range p.queues {
		if m.Lead {
			led.Queues = append(led.Queues, m.Queue)
		}
	}
	return led
}

// leads are the codes of the queues that the principal may see figures of single persons of; none if those are all
// that they see.
func (p *principal) leads(dir *directory, scope Scope) []string {
	led := p.leading(scope)
	var codes []string
	for _, id := range led.Queues {
		if queue, known := dir.queue(id); known {
			codes = append(codes, queue.Code)
		}
	}
	if led.Everything || led.AllQueues || len(codes) == 0 || len(led.Queues) == len(scope.Queues) {
		return nil
	}
	slices.Sort(codes)
	return codes
}

// together does several things at once, a few at a time, and returns the first error.
func together(tasks ...func() error) error {
	const most = 3 // a dashboard leaves connections to others
	free := make(chan struct{}, most)
	errs := make([]error, len(tasks))
	var all sync.WaitGroup
	for i, task := range tasks {
		free <- struct{}{}
		all.Go(func() {
			errs[i] = task()
			<-free
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
