package history_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"helpdesk.campus/core"
)

// joined is what somebody does to one of the tickets of a family.
type joined struct {
	what     string
	at, into int // places of tickets
}

// told is what they were told: on a reading, where the ticket goes on, from 1; 0 for nowhere.
type told struct {
	kind core.Kind
	into int
}

const family = 5

// pointers are where each ticket goes on, from 1; 0 for nowhere.
type pointers [family]int

func (p pointers) root(at int) int {
	for p[at] != 0 {
		at = p[at] - 1
	}
	return at
}

func (p pointers) step(in joined, out told) (bool, pointers) {
	if out.kind == core.Unavailable { // too many were in each other's way: it was not done, and that was said
		return in.what != "read", p
	}
	switch in.what {
	case "merge":
		root := p.root(in.into)
		switch {
		case p[in.at] != 0:
			return out.kind == core.Forbidden, p
		case root == in.at:
			return out.kind == core.Invalid, p
		}
		p[in.at] = root + 1
		return out.kind == "", p
	case "unmerge":
		if p[in.at] == 0 {
			return out.kind == core.Forbidden, p
		}
		p[in.at] = 0
		return out.kind == "", p
	}
	return out.kind == "" && out.into == p[in.at], p
}

func TestMergingAndPartingHappensInSomeOrder(t *testing.T) {
	t.Parallel()
	r := begin(t, "8 people who merge and part the same tickets at the same moment, over two desks")
	o := newOffice(t, family)
	place := map[core.TicketID]int{}
	for i, id := range o.id {
		place[id] = i + 1
	}
	var gaveUp, changed atomic.Int32
	const clients, each = 8, 60 // nothing says when a refusal was judged: of more at once, no order is found in time
	history := record(clients, each, func(client int, rng *rand.Rand) (joined, told) {
		in := joined{what: []string{"merge", "merge", "unmerge", "unmerge", "read"}[rng.IntN(5)], at: rng.IntN(family), into: rng.IntN(family)}
		desk, who := o.desks[client%2], o.staff[rng.IntN(len(o.staff))]
		var err error
		var out told
		switch in.what {
		case "merge":
			_, err = desk.Merge(t.Context(), who, o.id[in.at], 0, o.id[in.into])
		case "unmerge":
			_, err = desk.Unmerge(t.Context(), who, o.id[in.at], 0)
		default:
			var view core.TicketView
			view, err = desk.Preview(t.Context(), who, o.id[in.at])
			out.into = place[view.Ticket.MergedInto]
		}
		out.kind = core.KindOf(err)
		switch {
		case out.kind == core.Unavailable:
			gaveUp.Add(1)
		case err == nil && in.what != "read":
			changed.Add(1)
		}
		return in, out
	})
	t.Logf("%d operations, %d changed something, %d gave up", len(history), changed.Load(), gaveUp.Load())
	r.Counts.Attempted, r.Counts.Acknowledged = len(history), int(changed.Load())
	judge(t, porcupine.Model{
		Init: func() any { return pointers{} },
		Step: func(s, in, out any) (bool, any) {
			ok, next := s.(pointers).step(in.(joined), out.(told))
			return ok, next
		},
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v → %+v", in, out) },
	}, history)
	if gaveUp.Load() > clients*each/20 || changed.Load() < clients {
		t.Errorf("%d changed something and %d gave up", changed.Load(), gaveUp.Load())
	}
}
