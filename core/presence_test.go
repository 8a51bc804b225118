package core_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/storage/storagetest"
)

// eventuallyPresent waits until somebody sees exactly these doings at tickets.
func eventuallyPresent(t *testing.T, desk *core.Desk, who core.Actor, own *core.Seat, want ...core.Present) {
	t.Helper()
	var got []core.Present
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		if got, err = desk.Present(t.Context(), who, own); err != nil {
			t.Fatal(err)
		}
		if slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("present are %v, want %v", got, want)
}

// twoProcesses are two desks over one database, as two processes of the service are.
func twoProcesses(t *testing.T) (c *storagetest.Campus, other *core.Desk) {
	t.Helper()
	url := storagetest.URL(t)
	c = storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	return c, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
}

func TestWhoIsAtATicketIsSeenOnEveryProcess(t *testing.T) {
	t.Parallel()
	c, other := twoProcesses(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	inesSeat := c.Desk.Sit(t.Context(), ines)
	gone, leave := context.WithCancel(t.Context())
	ivanSeat := other.Sit(gone, ivan)

	ivanSeat.At(id, core.Looking)
	eventuallyPresent(t, c.Desk, ines, inesSeat, core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.Looking})
	box := c.Desk.Hub().Subscribe()
	defer box.Close()
	ivanSeat.At(id, core.WritingReply)
	for told := false; !told; {
		dirty, err := box.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		told = dirty.Present[id]
		if dirty.Tickets[id] {
			t.Error("that somebody looks has every list read its rows anew")
		}
	}
	eventuallyPresent(t, c.Desk, ines, inesSeat, core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.WritingReply})
	eventuallyPresent(t, other, ivan, ivanSeat) // nobody but themselves
	ivanSeat.Silent(true)
	eventuallyPresent(t, c.Desk, ines, inesSeat)
	ivanSeat.Silent(false)
	eventuallyPresent(t, c.Desk, ines, inesSeat, core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.WritingReply})
	leave()
	eventuallyPresent(t, c.Desk, ines, inesSeat)
}

func TestNobodyLearnsWhoIsAtATicketThatTheyMayNotSee(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	secret := c.ReportIn(t, c.Ben, "It happened again", c.Abuse)
	wifi := c.Report(t, c.Ana, "No signal")
	cora, fay := storagetest.As(c.Cora, core.DoorSSH), storagetest.As(c.Fay, core.DoorSSH)
	coraSeat, faySeat := c.Desk.Sit(t.Context(), cora), c.Desk.Sit(t.Context(), fay)
	coraSeat.At(secret, core.WritingNote)
	faySeat.At(secret, core.Looking) // who may not see it is not said to be there
	ines := storagetest.As(c.Ines, core.DoorSSH)
	c.Desk.Sit(t.Context(), ines).At(wifi, core.Looking)

	eventuallyPresent(t, c.Desk, ines, nil, core.Present{Ticket: wifi, Person: c.Ines.Person(), Doing: core.Looking})
	eventuallyPresent(t, c.Desk, cora, nil, core.Present{Ticket: secret, Person: c.Cora.Person(), Doing: core.WritingNote})
	for _, who := range []core.User{c.Fay, c.Ivan, c.Ada} {
		got, err := c.Desk.Present(t.Context(), storagetest.As(who, core.DoorSSH), nil)
		if err != nil || slices.ContainsFunc(got, func(p core.Present) bool { return p.Ticket == secret }) {
			t.Errorf("%s is told %v, %v", who.Username, got, err)
		}
	}
	if _, err := c.Desk.Present(t.Context(), storagetest.As(c.Ben, core.DoorWeb), nil); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter is told who looks at the report: %v", err)
	}
}

func TestAPersonIsNamedOnceWithWhatMattersMost(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ivan := storagetest.As(c.Ivan, core.DoorSSH)
	c.Desk.Sit(t.Context(), ivan).At(id, core.Looking)
	c.Desk.Sit(t.Context(), ivan).At(id, core.WritingReply)
	c.Desk.Glance(t.Context(), ivan, id)
	eventuallyPresent(t, c.Desk, storagetest.As(c.Ines, core.DoorSSH), nil, core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.WritingReply})
}

// dying is a process that stops giving signs of life without a last word.
type dying struct {
	core.Store
	dead chan struct{}
}

func (d dying) WritePresence(ctx context.Context, process string, state []byte) error {
	select {
	case <-d.dead:
		return nil
	default:
		return d.Store.WritePresence(ctx, process, state)
	}
}

func TestAProcessThatDiesIsForgottenWithinTenSeconds(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	db := storagetest.OpenURL(t, url)
	process := dying{Store: db, dead: make(chan struct{})}
	other, err := core.New(t.Context(), process, core.Options{Hub: db.Hub()})
	if err != nil {
		t.Fatal(err)
	}
	ines := storagetest.As(c.Ines, core.DoorSSH)
	seat := c.Desk.Sit(t.Context(), ines)
	other.Sit(t.Context(), storagetest.As(c.Ivan, core.DoorSSH)).At(id, core.Looking)
	eventuallyPresent(t, c.Desk, ines, seat, core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.Looking})
	close(process.dead)
	eventuallyPresent(t, c.Desk, ines, seat) // within ten seconds
}

func TestColleaguesAreOnlineOnEveryProcessWhereverTheyAre(t *testing.T) {
	t.Parallel()
	c, other := twoProcesses(t)
	wifi, secret := c.Report(t, c.Ana, "No signal"), c.ReportIn(t, c.Ben, "It happened again", c.Abuse)
	inesSeat := c.Desk.Sit(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	gone, leave := context.WithCancel(t.Context())
	c.Desk.Sit(gone, storagetest.As(c.Ivan, core.DoorSSH)).At(wifi, core.Looking)
	c.Desk.Sit(t.Context(), storagetest.As(c.Cora, core.DoorSSH)).At(secret, core.WritingNote)

	// Nobody sits on the other process, which asks all the same.
	online := func(who core.User, want ...core.Present) {
		t.Helper()
		var got []core.Present
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			var err error
			if got, err = other.Online(t.Context(), storagetest.As(who, core.DoorSSH)); err != nil {
				t.Fatal(err)
			}
			if slices.Equal(got, want) {
				return
			}
		}
		t.Fatalf("for %s %v are online, want %v", who.Username, got, want)
	}
	here := func(u core.User) core.Present { return core.Present{Person: u.Person(), Doing: core.Here} }
	atWifi := core.Present{Ticket: wifi, Person: c.Ivan.Person(), Doing: core.Looking}
	online(c.Ines, here(c.Ines), atWifi)
	online(c.Fay) // works no queue with them
	online(c.Cora, core.Present{Ticket: secret, Person: c.Cora.Person(), Doing: core.WritingNote})
	online(c.Ada, here(c.Cora), here(c.Ines), atWifi) // who sees all queues, and not what is confidential
	inesSeat.Silent(true)
	leave()
	online(c.Ines)
	if _, err := other.Online(t.Context(), storagetest.As(c.Ana, core.DoorWeb)); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter is told who works: %v", err)
	}
}

// counted is a store that counts what is read of who is there, and of who asks.
type counted struct {
	core.Store
	turns, people atomic.Int64
}

func (c *counted) ReadPresence(ctx context.Context, process string, within time.Duration) ([][]byte, error) {
	c.turns.Add(1)
	return c.Store.ReadPresence(ctx, process, within)
}

func (c *counted) WhereAre(ctx context.Context, ids []core.TicketID) ([]core.Ticket, error) {
	c.turns.Add(1)
	return c.Store.WhereAre(ctx, ids)
}

func (c *counted) Accounts(ctx context.Context, users []core.UserID, sessions []core.SessionID, now time.Time) ([]core.Account, error) {
	c.turns.Add(1)
	return c.Store.Accounts(ctx, users, sessions, now)
}

func (c *counted) Account(ctx context.Context, user core.UserID, session core.SessionID, now time.Time) (core.Account, error) {
	c.people.Add(1)
	return c.Store.Account(ctx, user, session, now)
}

func TestHoweverManyAskWhoIsThereTheDatabaseIsAskedOnceAProcess(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	db := storagetest.OpenURL(t, url)
	store := &counted{Store: db}
	desk, err := core.New(t.Context(), store, core.Options{Hub: db.Hub()})
	if err != nil {
		t.Fatal(err)
	}
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	seats := make([]*core.Seat, 50)
	for i := range seats {
		seats[i] = desk.Sit(t.Context(), ines)
	}
	c.Desk.Sit(t.Context(), ivan).At(id, core.Looking)
	there := core.Present{Ticket: id, Person: c.Ivan.Person(), Doing: core.Looking}
	for _, seat := range seats {
		eventuallyPresent(t, desk, ines, seat, there)
	}
	store.turns.Store(0)
	store.people.Store(0)
	began, asked := time.Now(), 0
	for time.Since(began) < time.Second {
		for i, seat := range seats {
			seat.At(id, []core.Doing{core.Looking, core.WritingNote}[(asked+i)%2])
			if _, err := desk.Present(t.Context(), ines, seat); err != nil {
				t.Fatal(err)
			}
		}
		asked++
	}
	turns := int64(time.Since(began)/(500*time.Millisecond)) + 2
	if read, alone := store.turns.Load(), store.people.Load(); read > 3*turns || alone > 0 {
		t.Errorf("%d consoles that asked %d times each had the database asked %d times, and %d times who they are", len(seats), asked, read, alone)
	}
}

func TestWhoMayNoLongerSeeATicketIsNoLongerToldWhoIsThere(t *testing.T) {
	t.Parallel()
	c, other := twoProcesses(t)
	wifi, wet := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ana, "No signal either")
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	if err := c.Desk.Join(t.Context(), core.Operator(), c.Ivan.ID, c.Facilities.ID, false); err != nil { // he may be at all of them
		t.Fatal(err)
	}
	inesSeat := c.Desk.Sit(t.Context(), ines)
	other.Sit(t.Context(), ivan).At(wifi, core.Looking)
	other.Sit(t.Context(), ivan).At(wet, core.WritingNote)
	atWifi := core.Present{Ticket: wifi, Person: c.Ivan.Person(), Doing: core.Looking}
	eventuallyPresent(t, c.Desk, ines, inesSeat, atWifi, core.Present{Ticket: wet, Person: c.Ivan.Person(), Doing: core.WritingNote})

	moved, err := c.Desk.Preview(t.Context(), ivan, wet)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Perform(t.Context(), ivan, wet, moved.Ticket.Version, core.Deed{Action: action.Move, Change: core.Change{Queue: &c.Facilities.ID}}); err != nil {
		t.Fatal(err)
	}
	eventuallyPresent(t, c.Desk, ines, inesSeat, atWifi)
	if err := c.Desk.Leave(t.Context(), core.Operator(), c.Ines.ID, c.IT.ID); err != nil {
		t.Fatal(err)
	}
	eventuallyPresent(t, c.Desk, ines, inesSeat)
}
