package core_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// packedCampus is a campus with some weeks behind it, and its database.
func packedCampus(t *testing.T) (*analysed, *storage.DB, []core.TicketID) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 16, 22, 30, 0, 0, time.UTC)
	a := &analysed{now: start}
	db := storagetest.Open(t)
	a.Campus = storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return a.now }, Zone: zone}))
	kinds := []core.Category{a.Network, a.Printing, a.Heating, a.Abuse}
	var ids []core.TicketID
	for i := range 40 {
		ids = append(ids, a.reportAt(t, start.Add(time.Duration(i)*11*time.Hour), kinds[i%len(kinds)]))
		if i%3 == 0 && i%4 < 2 {
			a.closeAt(t, a.now.Add(95*time.Minute), a.Ines, ids[i])
			if i%2 == 0 {
				if _, err := a.Desk.Rate(t.Context(), storagetest.As(a.Ana, core.DoorWeb), ids[i], 1+i%5, "Thanks"); err != nil {
					t.Fatal(err)
				}
				a.reopenAt(t, a.now.Add(time.Minute), a.Ines, ids[i])
			}
		}
		if i%3 != 0 && i%4 < 2 {
			waiting := core.WaitingReporter
			_, err := a.Desk.Change(t.Context(), storagetest.As(a.Ines, core.DoorSSH), ids[i], 0, core.Change{Waiting: &waiting})
			if i%5 > 2 && err == nil {
				_, err = a.Desk.Assign(t.Context(), storagetest.As(a.Ines, core.DoorSSH), ids[i], 0, a.Ines.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	a.now = start.AddDate(0, 0, 25)
	return a, db, ids
}

// figures is everything that dashboards say of a range.
type figures struct {
	Flow   core.FlowFigures
	Speed  core.SpeedFigures
	Where  core.WhereFigures
	People core.PeopleFigures
	Now    core.NowFigures
}

func (a *analysed) figures(t *testing.T, who core.Actor, text string) (f figures) {
	t.Helper()
	q := core.Question{Query: parse(t, text), From: query.Date{Year: 2026, Month: 3, Day: 20}}
	var errs [5]error
	f.Flow, errs[0] = a.Desk.AnalyseFlow(t.Context(), who, q)
	f.Speed, errs[1] = a.Desk.AnalyseSpeed(t.Context(), who, q)
	f.Where, errs[2] = a.Desk.AnalyseWhere(t.Context(), who, q)
	f.People, errs[3] = a.Desk.AnalysePeople(t.Context(), who, q)
	f.Now, errs[4] = a.Desk.AnalyseNow(t.Context(), who, q.Query)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (a *analysed) pack(t *testing.T, db *storage.DB) {
	t.Helper()
	if err := a.Desk.PackDays(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	if wrong, err := db.CheckPacked(t.Context()); err != nil || wrong != 0 {
		t.Fatalf("%d packed days do not follow from the history, %v", wrong, err)
	}
}

func TestFiguresAreTheSamePackedAndNot(t *testing.T) {
	t.Parallel()
	a, db, ids := packedCampus(t)
	readers := []core.Actor{core.Operator(), storagetest.As(a.Ada, core.DoorSSH), storagetest.As(a.Ines, core.DoorSSH)}
	live := make([]figures, len(readers))
	for i, who := range readers {
		live[i] = a.figures(t, who, "")
	}
	if live[0].Flow.Created.N == 0 || live[0].Speed.Stages[2].All.N == 0 || live[1].Flow.Created.N == live[0].Flow.Created.N ||
		live[0].People.Stars == [5]int{} || live[0].Now.Total().Usual.Unassigned == 0 {
		t.Fatalf("there is little to compare: %+v", live[0].Flow.Created)
	}
	a.pack(t, db)
	same := func(when string) {
		t.Helper()
		for i, who := range readers {
			packed := a.figures(t, who, "")
			if diff := cmp.Diff(live[i], packed); diff != "" {
				t.Errorf("%s, %s is told something else: %s", when, who.Kind, diff)
			}
			// Every ticket has a priority, so that this asks for all of them, from the tickets themselves.
			if diff := cmp.Diff(packed, a.figures(t, who, "priority:>=low")); diff != "" {
				t.Errorf("%s, a filter that all pass changes something: %s", when, diff)
			}
		}
	}
	same("packed")

	// The past changes: what was packed is no longer read, and is packed again.
	who := storagetest.As(a.Ada, core.DoorSSH)
	category := a.Heating.ID
	if _, err := a.Desk.Change(t.Context(), who, ids[0], 0, core.Change{Category: &category}); err != nil {
		t.Fatal(err)
	}
	a.closeAt(t, a.now.AddDate(0, 0, -3), a.Ines, ids[4])
	a.now = a.now.AddDate(0, 0, -2)
	if _, err := a.Desk.Assign(t.Context(), who, ids[0], 0, a.Ivan.ID); err != nil { // who is rated now
		t.Fatal(err)
	}
	late := a.reportAt(t, a.now.AddDate(0, 0, -12), a.Network)
	a.now = time.Date(2026, 4, 10, 22, 30, 0, 0, time.UTC)
	for i, who := range readers {
		live[i] = a.figures(t, who, "priority:>=low")
	}
	same("after a change of the past, which made ticket " + late.String())
	a.pack(t, db)
	same("packed again")
}

func TestTheCheckFindsPackedDaysThatAreWrong(t *testing.T) {
	t.Parallel()
	a, db, _ := packedCampus(t)
	a.pack(t, db)
	for _, spoil := range []string{
		`update packed_milestones set times = times || times where ctid = (select min(ctid) from packed_milestones)`,
		`delete from packed_reports where ctid = (select min(ctid) from packed_reports)`,
		`update packed_ratings set ratings = ratings || ratings where ctid = (select min(ctid) from packed_ratings)`,
		`delete from packed_loads where day = (select max(day) from packed_loads)`,
	} {
		if _, err := db.Pool().Exec(t.Context(), spoil); err != nil {
			t.Fatal(err)
		}
	}
	if wrong, err := db.CheckPacked(t.Context()); err != nil || wrong == 0 || wrong > 4 {
		t.Errorf("%d packed days are wrong, %v", wrong, err)
	}
	if err := db.UnpackAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.pack(t, db)
	if err := a.Desk.PackDays(t.Context(), storagetest.As(a.Ada, core.DoorSSH)); core.KindOf(err) != core.Forbidden {
		t.Errorf("an admin who packs is told %v", err)
	}
}

// What is usual is computed back from now; it must be what the same reader saw four weeks running.
func TestWhatIsUsualIsWhatStoodThere(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	a := newAnalysed(t, at)
	ines := storagetest.As(a.Ines, core.DoorSSH)
	var ids []core.TicketID
	var want core.Usual
	look := func() core.QueueLoad {
		t.Helper()
		now, err := a.Desk.AnalyseNow(t.Context(), ines, query.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return now.Total()
	}
	assign := func(id core.TicketID, to core.UserID) {
		t.Helper()
		if _, err := a.Desk.Assign(t.Context(), ines, id, 0, to); err != nil {
			t.Fatal(err)
		}
	}
	third := core.WaitingThirdParty
	for week := range 5 {
		began := a.now
		for range 4 {
			ids = append(ids, a.reportAt(t, a.now.Add(time.Hour), a.Network))
		}
		last := ids[len(ids)-4:]
		assign(last[0], a.Ivan.ID)
		if _, err := a.Desk.Change(t.Context(), ines, last[1], 0, core.Change{Waiting: &third}); err != nil {
			t.Fatal(err)
		}
		a.closeAt(t, a.now.Add(time.Hour), a.Ines, last[2])
		if week > 0 {
			before := ids[len(ids)-8:]
			a.closeAt(t, a.now.Add(time.Hour), a.Ines, before[0])
			a.closeAt(t, a.now.Add(time.Minute), a.Ines, before[1])
			a.reopenAt(t, a.now.Add(time.Hour), a.Ines, before[2])
			assign(before[3], a.Ines.ID)
			if _, err := a.Desk.Release(t.Context(), ines, before[3], 0); err != nil {
				t.Fatal(err)
			}
		}
		a.now = began.AddDate(0, 0, 7)
		load := look()
		if week < 4 {
			want.Open, want.Active = want.Open+float64(load.Open)/4, want.Active+float64(load.Active)/4
			want.Waiting, want.Unassigned = want.Waiting+float64(load.Waiting)/4, want.Unassigned+float64(load.Unassigned)/4
		} else if load.Usual != want {
			t.Errorf("usual is %+v, there were %+v", load.Usual, want)
		}
	}
}
