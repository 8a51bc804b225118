package history_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// asked is what somebody does to the ticket, at the version that they saw.
type asked struct {
	what    string
	who, to core.UserID
	n       int
	version int
}

// answered is what they were told.
type answered struct {
	kind core.Kind // "" if it was done
	now  ticket
	at   int // of a refusal: the version at which it makes sense, see place
}

// ticket is the ticket as somebody is shown it.
type ticket struct {
	version    int
	status     core.Status
	assignee   core.UserID
	priority   int
	waiting    string
	resolution string
}

// state is the model's ticket: what it is, and at which version each field changed last.
type state struct {
	ticket
	statusAt, assigneeAt, priorityAt, waitingAt, resolutionAt int

	here int // how many answers belong to this version so far
}

func shown(t *core.Ticket) ticket {
	return ticket{t.Version, t.Status, t.Assignee.ID, int(t.Priority), string(t.WaitingOn), string(t.Resolution)}
}

// next is what a thing that is asked makes of the ticket, and whether its status or its assignee forbid it.
func (s state) next(in asked) (after state, refused bool) {
	after = s
	closed := s.status == core.Closed
	switch in.what {
	case "take":
		refused = closed || s.assignee == in.who
		after.assignee, after.status = in.who, core.Active
	case "assign":
		refused = closed
		after.assignee, after.status = in.to, core.Active
	case "release":
		refused = closed || s.assignee == 0
		after.assignee = 0
	case "activate":
		refused = s.status != core.Open
		after.status = core.Active
	case "deactivate":
		refused = s.status != core.Active
		after.status = core.Open
	case "priority":
		refused = closed
		after.priority = in.n
	case "wait":
		refused = closed
		after.waiting = []string{"", "reporter", "third_party"}[in.n%3]
	case "close":
		refused = closed
		after.status, after.resolution, after.waiting = core.Closed, string(core.Fixed), ""
	case "reopen":
		refused = !closed
		after.resolution = ""
		if after.status = core.Open; s.assignee != 0 {
			after.status = core.Active
		}
	}
	return after, refused
}

// place says of every refusal, which tells nothing of when it was judged, at which version it makes sense: the earliest
// after all that had been answered before it was asked. Versions put everything else into order already. Without this
// the search for an order would try all of them; with it porcupine still has to find that one is true.
func place(history []porcupine.Operation, start ticket) error {
	states := map[int]state{start.version: {ticket: start}}
	last := start.version
	for _, op := range history {
		if out := out(op); out.kind == "" {
			states[out.now.version] = state{ticket: out.now}
			last = max(last, out.now.version)
		}
	}
	for v := start.version + 1; v <= last; v++ {
		now, known := states[v]
		if !known {
			return fmt.Errorf("nobody was answered with version %d", v)
		}
		states[v] = states[v-1].becomes(now.ticket)
	}
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	for i := range history {
		answer := out(history[i])
		if answer.kind == "" {
			continue
		}
		for _, before := range history {
			if o := out(before); before.Return < history[i].Call {
				answer.at = max(answer.at, o.now.version, o.at)
			}
		}
		answer.at = max(answer.at, start.version)
		for ; ; answer.at++ {
			if answer.at > last {
				return fmt.Errorf("%+v makes sense at no version: %+v", history[i].Input, answer)
			}
			if ok, _ := step(states[answer.at], history[i].Input.(asked), answer); ok {
				break
			}
		}
		history[i].Output = answer
	}
	return nil
}

func out(op porcupine.Operation) answered { return op.Output.(answered) }

// becomes is the state after a change that was answered with the ticket.
func (s state) becomes(now ticket) state {
	after := s
	for _, f := range []struct {
		differs bool
		at      *int
	}{
		{now.status != s.status, &after.statusAt},
		{now.assignee != s.assignee, &after.assigneeAt},
		{now.priority != s.priority, &after.priorityAt},
		{now.waiting != s.waiting, &after.waitingAt},
		{now.resolution != s.resolution, &after.resolutionAt},
	} {
		if f.differs {
			*f.at = now.version
		}
	}
	after.ticket = now
	return after
}

// step is the whole rule: a change of what somebody else has changed since is a conflict, other changes merge, and a
// refusal is a conflict too if what stands in the way happened since.
func step(s state, in asked, out answered) (bool, state) {
	if in.what == "read" {
		return out.kind == "" && out.now == s.ticket, s
	}
	if out.kind != "" && out.at != s.version {
		return false, s
	}
	after, refused := s.next(in)
	if refused {
		want := core.Forbidden
		if in.version != 0 && (s.statusAt > in.version || s.assigneeAt > in.version) {
			want = core.Conflict
		}
		return out.kind == want, s
	}
	changed, conflict := false, false
	note := func(differs bool, at *int) {
		if differs {
			changed, conflict = true, conflict || in.version != 0 && *at > in.version
			*at = s.version + 1
		}
	}
	note(after.status != s.status, &after.statusAt)
	note(after.assignee != s.assignee, &after.assigneeAt)
	note(after.priority != s.priority, &after.priorityAt)
	note(after.waiting != s.waiting, &after.waitingAt)
	note(after.resolution != s.resolution, &after.resolutionAt)
	if conflict {
		return out.kind == core.Conflict, s
	}
	if changed {
		after.version++
	}
	return out.kind == "" && out.now == after.ticket, after
}

// office is staff of one queue, at two desks over one database.
type office struct {
	desks [2]*core.Desk
	staff []core.Actor
	id    []core.TicketID
}

func newOffice(t *testing.T, tickets int) *office {
	t.Helper()
	url := storagetest.URL(t)
	var o office
	for i := range o.desks {
		o.desks[i] = storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	}
	c := storagetest.CampusOn(t, o.desks[0])
	for n := range 8 {
		u, err := c.Desk.AddUser(t.Context(), core.Operator(), core.NewUser{Username: fmt.Sprint("staff", n), Name: fmt.Sprint("Staff ", n), Role: core.RoleStaff})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Desk.Join(t.Context(), core.Operator(), u.ID, c.IT.ID, false); err != nil {
			t.Fatal(err)
		}
		o.staff = append(o.staff, storagetest.As(u, core.DoorSSH))
	}
	for n := range tickets {
		o.id = append(o.id, c.Report(t, c.Ana, fmt.Sprint("Everybody wants this one ", n)))
	}
	return &o
}

// record lets all clients work at once, and returns what they asked and were answered, and when.
func record[In, Out any](clients, each int, work func(client int, rng *rand.Rand) (In, Out)) []porcupine.Operation {
	var mu sync.Mutex
	var history []porcupine.Operation
	began := time.Now()
	var wg sync.WaitGroup
	for client := range clients {
		rng := rand.New(rand.NewPCG(uint64(client), 3))
		wg.Go(func() {
			for range each {
				call := time.Since(began).Nanoseconds()
				in, out := work(client, rng)
				end := time.Since(began).Nanoseconds()
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return history
}

func judge(t *testing.T, model porcupine.Model, history []porcupine.Operation) {
	t.Helper()
	result, info := porcupine.CheckOperationsVerbose(model, history, time.Minute)
	if result == porcupine.Ok {
		return
	}
	file := t.ArtifactDir() + "/history.html"
	if err := porcupine.VisualizePath(model, info, file); err != nil {
		t.Error(err)
	}
	t.Errorf("%s: no order explains these %d answers; see %s (go test -artifacts keeps it)", result, len(history), file)
}

func TestEverythingDoneToOneTicketHappensInSomeOrder(t *testing.T) {
	t.Parallel()
	r := begin(t, "64 people at one ticket at the same moment, over two desks")
	o := newOffice(t, 1)
	id := o.id[0]
	view, err := o.desks[0].Ticket(t.Context(), o.staff[0], id)
	if err != nil {
		t.Fatal(err)
	}
	start := shown(&view.Ticket)
	const clients, each = 64, 17
	var seen [clients]int // the version that each client saw last
	var mu sync.Mutex
	kinds := map[string]int{}
	history := record(clients, each, func(client int, rng *rand.Rand) (asked, answered) {
		who := o.staff[rng.IntN(len(o.staff))]
		in := asked{
			what: []string{"read", "read", "take", "assign", "release", "activate", "deactivate", "priority", "wait", "close", "reopen", "reopen"}[rng.IntN(12)],
			who:  who.User, to: o.staff[rng.IntN(len(o.staff))].User, n: 1 + rng.IntN(4), version: seen[client],
		}
		got, err := in.do(t.Context(), o.desks[client%2], who, id)
		for again := 0; core.KindOf(err) == core.Unavailable && again < 20; again++ { // told that there is no room, and that nothing was done
			got, err = in.do(t.Context(), o.desks[client%2], who, id)
		}
		out := answered{kind: core.KindOf(err)}
		if err == nil {
			out.now, seen[client] = shown(&got), got.Version
		} else if out.kind == core.Conflict { // whoever is told of a conflict looks again
			seen[client] = 0
		}
		mu.Lock()
		kinds[string(out.kind)]++
		mu.Unlock()
		return in, out
	})
	t.Logf("%d operations; answers: %v", len(history), kinds)
	r.Counts.Attempted, r.Counts.Acknowledged = len(history), kinds[""]
	r.Notef("%d conflicts told", kinds[string(core.Conflict)])
	if err := place(history, start); err != nil {
		t.Fatal(err)
	}
	belong := map[int]int{} // how many answers belong to each version: all of them come before the next
	for _, op := range history {
		belong[max(out(op).now.version, out(op).at)]++
	}
	judge(t, porcupine.Model{
		Init: func() any { return state{ticket: start} },
		Step: func(s, in, out any) (bool, any) {
			before := s.(state)
			ok, next := step(before, in.(asked), out.(answered))
			next.here++
			if next.version != before.version {
				ok, next.here = ok && before.here == belong[before.version], 1
			}
			return ok, next
		},
		DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v → %+v", in, out) },
	}, history)
	if kinds[""] < clients || kinds[string(core.Conflict)] == 0 {
		t.Errorf("they were hardly in each other's way: %v", kinds)
	}
}

func (in asked) do(ctx context.Context, d *core.Desk, who core.Actor, id core.TicketID) (core.Ticket, error) {
	switch in.what {
	case "take":
		return d.Take(ctx, who, id, in.version) //nolint:wrapcheck // only its kind matters, here and below
	case "assign":
		return d.Assign(ctx, who, id, in.version, in.to) //nolint:wrapcheck // see above
	case "release":
		return d.Release(ctx, who, id, in.version) //nolint:wrapcheck // see above
	case "activate":
		return d.SetStatus(ctx, who, id, in.version, core.Active) //nolint:wrapcheck // see above
	case "deactivate":
		return d.SetStatus(ctx, who, id, in.version, core.Open) //nolint:wrapcheck // see above
	case "priority":
		return d.Change(ctx, who, id, in.version, core.Change{Priority: new(core.Priority(in.n))}) //nolint:wrapcheck // see above
	case "wait":
		to := []core.Waiting{core.WaitingNobody, core.WaitingReporter, core.WaitingThirdParty}[in.n%3]
		return d.Change(ctx, who, id, in.version, core.Change{Waiting: &to}) //nolint:wrapcheck // see above
	case "close":
		return d.Close(ctx, who, id, in.version, core.Closing{Resolution: core.Fixed}) //nolint:wrapcheck // see above
	case "reopen":
		return d.Reopen(ctx, who, id, in.version, "") //nolint:wrapcheck // see above
	}
	view, err := d.Preview(ctx, who, id)
	return view.Ticket, err //nolint:wrapcheck // see above
}
