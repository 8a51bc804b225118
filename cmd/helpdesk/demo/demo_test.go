package demo_test

import (
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/demo"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// filled is a demo campus seen from a Wednesday morning.
func filled(t *testing.T, now time.Time) (*core.Desk, []core.TicketView, []demo.Person) {
	t.Helper()
	clock := demo.NewClock(now)
	zone := time.FixedZone("campus", 60*60)
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock.Now, Zone: zone})
	people, err := demo.Fill(t.Context(), desk, clock, now, zone, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if !clock.Now().Equal(now) {
		t.Errorf("the clock stands at %v afterwards", clock.Now())
	}
	return desk, storagetest.Tickets(t, desk), people
}

func TestTheDemoIsWhatItPromises(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 41, 0, 0, time.UTC)
	desk, views, people := filled(t, now)
	counts := map[string]int{}
	titles := map[string]int{}
	languages := map[string]bool{}
	for _, v := range views {
		counts[string(v.Ticket.Status)]++
		counts["waits for "+string(v.Ticket.WaitingOn)]++
		counts["ended "+string(v.Ticket.Resolution)]++
		languages[v.Ticket.Language] = true
		if v.Ticket.Public && v.Ticket.Status != core.Closed {
			counts["known"]++
		}
		if v.Ticket.Confidential {
			counts["confidential"]++
		}
		if v.Ticket.Anonymous {
			counts["anonymous"]++
		} else if v.Ticket.Reporter.ID == 0 {
			counts["guests"]++
		}
		if v.Ticket.Status != core.Closed {
			titles[v.Ticket.Title]++
			if v.Ticket.Confidential {
				counts["confidential and not closed"]++
			}
		}
	}
	for what, want := range map[string]int{"open": 45, "active": 40, "closed": 215} {
		if counts[what] != want {
			t.Errorf("%d tickets are %s, want %d", counts[what], what, want)
		}
	}
	for what, least := range map[string]int{
		"known": 2, "waits for reporter": 5, "waits for third_party": 3, "confidential": 5, "confidential and not closed": 1, "anonymous": 5, "guests": 15,
		"ended fixed": 80, "ended answered": 30, "ended duplicate": 3, "ended withdrawn": 3, "ended no_answer": 2, "ended not_reproduced": 2,
	} {
		if counts[what] < least {
			t.Errorf("%d tickets: %s, want %d or more", counts[what], what, least)
		}
	}
	for _, language := range []string{"es", "ar", "zh"} {
		if !languages[language] {
			t.Errorf("nobody writes in %s", language)
		}
	}
	for title, n := range titles {
		if n > 2 {
			t.Errorf("%d tickets that are not closed are called %q", n, title)
		}
	}
	newest := time.Time{}
	for _, v := range views {
		if v.Ticket.CreatedAt.After(newest) {
			newest = v.Ticket.CreatedAt
		}
	}
	if age := now.Sub(newest); age < 0 || age > 10*time.Minute {
		t.Errorf("the newest ticket is %v old", age)
	}
	checkPeople(t, desk, people)
}

// checkPeople signs in as everybody that the demo says one can be.
func checkPeople(t *testing.T, desk *core.Desk, people []demo.Person) {
	t.Helper()
	roles := map[string]int{}
	for _, p := range people {
		roles[p.Role]++
		signed, err := desk.SignIn(t.Context(), core.Anonymous(core.DoorSSH, ""), p.Username, p.Password, "")
		if err != nil || string(signed.User.Role) != p.Role {
			t.Errorf("sign in as %s: %v, role %s", p.Username, err, signed.User.Role)
		}
	}
	if roles["admin"] != 1 || roles["staff"] < 2 || roles["reporter"] != 2 {
		t.Errorf("one can be %v", roles)
	}
	buildings, err := desk.Buildings(t.Context(), core.Operator())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[core.LocationKind]int{}
	for _, b := range buildings {
		kinds[b.Kind]++
	}
	if kinds[core.Site] != 3 || kinds[core.Building] < 14 {
		t.Errorf("the campus has %v", kinds)
	}
}

func TestTheDemosHistoryIsTrueToTime(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]time.Time{
		"in office hours":   time.Date(2026, 11, 25, 9, 41, 0, 0, time.UTC),
		"on a Sunday night": time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, views, _ := filled(t, now)
			for _, v := range views {
				checkHistory(t, v, now)
			}
		})
	}
}

func checkHistory(t *testing.T, v core.TicketView, now time.Time) {
	t.Helper()
	status, at := core.Open, v.Ticket.CreatedAt
	for i, e := range v.Events {
		if e.Seq != i+1 {
			t.Errorf("%s: event %d has number %d", v.Ticket.ID, i+1, e.Seq)
		}
		if e.At.Before(at) {
			t.Errorf("%s: %s %s at %v, after %v", v.Ticket.ID, e.Kind, e.Field, e.At, at)
		}
		at = e.At
		if e.Field == core.FieldStatus {
			if e.From != string(status) {
				t.Errorf("%s: goes from %s when it is %s", v.Ticket.ID, e.From, status)
			}
			status = core.Status(e.To)
		}
	}
	if at.After(now) {
		t.Errorf("%s: something happens at %v, which is yet to come", v.Ticket.ID, at)
	}
	if v.Ticket.Status != status {
		t.Errorf("%s is %s, its history says %s", v.Ticket.ID, v.Ticket.Status, status)
	}
	said := v.Ticket.CreatedAt
	for _, m := range v.Messages {
		if m.CreatedAt.Before(said) {
			t.Errorf("%s: said at %v, after %v", v.Ticket.ID, m.CreatedAt, said)
		}
		said = m.CreatedAt
	}
}
