package core_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// analysed is a small campus in Madrid whose clock a test moves.
type analysed struct {
	*storagetest.Campus
	now time.Time
}

func newAnalysed(t *testing.T, now time.Time) *analysed {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	a := &analysed{now: now}
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return a.now }, Zone: zone})
	a.Campus = storagetest.CampusOn(t, desk)
	return a
}

func (a *analysed) reportAt(t *testing.T, at time.Time, category core.Category) core.TicketID {
	t.Helper()
	a.now = at
	return a.ReportIn(t, a.Ana, "Something broke", category)
}

func (a *analysed) closeAt(t *testing.T, at time.Time, who core.User, id core.TicketID) {
	t.Helper()
	a.now = at
	if _, err := a.Desk.Close(t.Context(), storagetest.As(who, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
}

func (a *analysed) reopenAt(t *testing.T, at time.Time, who core.User, id core.TicketID) {
	t.Helper()
	a.now = at
	if _, err := a.Desk.Reopen(t.Context(), storagetest.As(who, core.DoorSSH), id, 0, ""); err != nil {
		t.Fatal(err)
	}
}

func date(y, m, d int) query.Date { return query.Date{Year: y, Month: m, Day: d} }

func TestDaysAreTheCampussOwnAndEmptyOnesAreZero(t *testing.T) {
	t.Parallel()
	// The clocks went forward on 29 March 2026: that day has 23 hours.
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	a := newAnalysed(t, at(27, 8, 0))
	first := a.reportAt(t, at(27, 22, 30), a.Network) // 23:30 on the 27th
	a.reportAt(t, at(28, 22, 59), a.Network)          // 23:59 on the 28th
	a.reportAt(t, at(28, 23, 0), a.Network)           // 00:00 on the 29th
	a.reportAt(t, at(29, 21, 59), a.Network)          // 23:59 on the 29th, summer time
	a.reportAt(t, at(29, 22, 0), a.Printing)          // 00:00 on the 30th
	a.closeAt(t, at(30, 9, 0), a.Ines, first)         // the 30th
	a.reopenAt(t, at(31, 9, 0), a.Ines, first)        // the 31st
	a.closeAt(t, at(31, 10, 0), a.Ines, first)        // and again
	a.now = at(31, 12, 0)
	flow, err := a.Desk.AnalyseFlow(t.Context(), storagetest.As(a.Ines, core.DoorSSH), core.Question{From: date(2026, 3, 26)})
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ created, closed, reopened, backlog int }
	want := []row{{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 0, 2}, {2, 0, 0, 4}, {1, 1, 0, 4}, {0, 1, 1, 4}}
	if len(flow.Buckets) != len(want) {
		t.Fatalf("%d days, want %d", len(flow.Buckets), len(want))
	}
	for i, b := range flow.Buckets {
		if got := (row{b.Created, b.Closed, b.Reopened, b.Backlog}); got != want[i] {
			t.Errorf("%s: %v, want %v", b.Start.Format("2 Jan"), got, want[i])
		}
		if b.Partial != (i == len(want)-1) {
			t.Errorf("%s: unfinished is %v", b.Start.Format("2 Jan"), b.Partial)
		}
	}
	if h := flow.Buckets[3].End.Sub(flow.Buckets[3].Start); h != 23*time.Hour {
		t.Errorf("29 March has %v", h)
	}
	where, err := a.Desk.AnalyseWhere(t.Context(), storagetest.As(a.Ines, core.DoorSSH), core.Question{From: date(2026, 3, 26)})
	if err != nil {
		t.Fatal(err)
	}
	if where.Heat[4][23] != 1 || where.Heat[6][23] != 1 || where.Heat[6][0] != 1 || where.Heat[0][0] != 1 {
		t.Errorf("the map is %v", where.Heat)
	}
	speed, err := a.Desk.AnalyseSpeed(t.Context(), storagetest.As(a.Ines, core.DoorSSH), core.Question{From: date(2026, 3, 26)})
	if err != nil {
		t.Fatal(err)
	}
	closing := speed.Stages[2].All
	if took := at(30, 9, 0).Sub(at(27, 22, 30)); closing.N != 1 || closing.Median != took {
		t.Errorf("closing counts %d with a median of %v; want the first closing alone, %v", closing.N, closing.Median, took)
	}
}

func TestEverybodySeesTheFiguresOfTheirOwnQueues(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	a.reportAt(t, start, a.Network)
	a.reportAt(t, start, a.Heating)
	a.reportAt(t, start, a.Abuse)
	for _, test := range []struct {
		who  core.User
		want map[string]int
	}{
		{a.Ada, map[string]int{"it": 1, "facilities": 1}}, // an admin sees nothing confidential
		{a.Ines, map[string]int{"it": 1}},
		{a.Fay, map[string]int{"facilities": 1}},
		{a.Cora, map[string]int{"conduct": 1}},
	} {
		t.Run(test.who.Username, func(t *testing.T) {
			t.Parallel()
			who := storagetest.As(test.who, core.DoorSSH)
			where, err := a.Desk.AnalyseWhere(t.Context(), who, core.Question{})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, s := range where.Spreads[3].Shares {
				got[s.Code] = s.N
			}
			flow, err := a.Desk.AnalyseFlow(t.Context(), who, core.Question{})
			if err != nil {
				t.Fatal(err)
			}
			now, err := a.Desk.AnalyseNow(t.Context(), who, query.Query{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(test.want) || flow.Created.N != len(test.want) || now.Total().Open != len(test.want) || len(now.Oldest) != len(test.want) {
				t.Errorf("queues %v, created %d, open %d, oldest %d; want %v", got, flow.Created.N, now.Total().Open, len(now.Oldest), test.want)
			}
			for code, n := range test.want {
				if got[code] != n {
					t.Errorf("%s: %d, want %d", code, got[code], n)
				}
			}
		})
	}
	if _, err := a.Desk.AnalyseNow(t.Context(), storagetest.As(a.Ana, core.DoorWeb), query.Query{}); core.KindOf(err) != core.Forbidden {
		t.Errorf("a reporter is told %v", err)
	}
}

func TestFiguresOfPersonsAreForLeads(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	for _, who := range []core.User{a.Ines, a.Ivan} {
		if _, err := a.Desk.Take(t.Context(), storagetest.As(who, core.DoorSSH), a.reportAt(t, start, a.Network), 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		who  core.User
		want int
	}{{a.Ines, 2}, {a.Ivan, 1}, {a.Ada, 2}} {
		now, err := a.Desk.AnalyseNow(t.Context(), storagetest.As(test.who, core.DoorSSH), query.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if len(now.People) != test.want {
			t.Errorf("%s sees %d persons, want %d", test.who.Username, len(now.People), test.want)
		}
	}
}

func TestRangesThatCannotBeAreRefusedInWords(t *testing.T) {
	t.Parallel()
	a := newAnalysed(t, time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
	for name, test := range map[string]struct {
		ask  core.Question
		code string
	}{
		"from after to": {core.Question{From: date(2026, 3, 5), To: date(2026, 3, 1)}, "range_backwards"},
		"far future":    {core.Question{From: date(9999, 1, 1)}, "range_future"},
		"to far future": {core.Question{From: date(2026, 1, 1), To: date(9999, 1, 1)}, "range_future"},
		"no days":       {core.Question{Days: -1}, "range_days"},
		"ages":          {core.Question{Days: 100_000}, "range_days"},
		"since Rome":    {core.Question{From: date(1, 1, 1)}, "range_days"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := a.Desk.AnalyseFlow(t.Context(), core.Operator(), test.ask)
			refused, ok := errors.AsType[*core.Error](err)
			if !ok || refused.Kind != core.Invalid || refused.Problems[0].Code != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
		})
	}
}

// Whatever happened, the backlog that is counted back from now is the one that was.
func TestTheBacklogIsTheOneThatWas(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	random := rand.New(rand.NewPCG(1, 2))
	state := map[core.TicketID]core.Status{}
	var ids []core.TicketID
	var want []int
	for day := range 20 {
		for range random.IntN(6) {
			at := start.AddDate(0, 0, day).Add(time.Duration(random.IntN(600)) * time.Minute)
			switch {
			case len(ids) == 0 || random.IntN(3) == 0:
				id := a.reportAt(t, at, a.Network)
				ids, state[id] = append(ids, id), core.Open
			default:
				id := ids[random.IntN(len(ids))]
				if state[id] == core.Closed {
					a.reopenAt(t, at, a.Ines, id)
					state[id] = core.Active
				} else {
					a.closeAt(t, at, a.Ines, id)
					state[id] = core.Closed
				}
			}
		}
		n := 0
		for _, s := range state {
			if s != core.Closed {
				n++
			}
		}
		want = append(want, n)
	}
	a.now = start.AddDate(0, 0, 25)
	flow, err := a.Desk.AnalyseFlow(t.Context(), core.Operator(), core.Question{From: date(2026, 3, 2), To: date(2026, 3, 21)})
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range flow.Buckets {
		if b.Backlog != want[i] {
			t.Errorf("day %d: backlog %d, want %d", i+1, b.Backlog, want[i])
		}
	}
	if flow.BacklogAtStart != 0 {
		t.Errorf("it began with %d", flow.BacklogAtStart)
	}
}

func TestRangesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]core.Question{
		"30d":                    {Days: 30},
		"2w":                     {Days: 14},
		"2026-03-01":             {From: date(2026, 3, 1)},
		"2026-03":                {From: query.Date{Year: 2026, Month: 3}, To: query.Date{Year: 2026, Month: 3}},
		"2026-03-01..2026-03-05": {From: date(2026, 3, 1), To: date(2026, 3, 5)},
		"2026-03-01..":           {From: date(2026, 3, 1)},
	} {
		if got, err := core.ParseDays(text); err != nil || got.Days != want.Days || got.From != want.From || got.To != want.To {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "soon", "3h", "0d", "..2026-03-01", "2026-03-05..2026-03-01", "2026-13-01", "30d status:open", "2026-02-30"} {
		if got, err := core.ParseDays(text); core.KindOf(err) != core.Invalid {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

func TestFiguresOfOnePersonAreForLeadsAndAdmins(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "No signal")
	for _, ask := range []struct {
		who   core.User
		query string
		want  core.Kind
	}{
		{c.Ines, "assignee:ivan", ""}, // who leads the queue
		{c.Ada, "assignee:ivan", ""},
		{c.Ivan, "assignee:ines", core.Forbidden},
		{c.Ivan, "-assignee:ines", core.Forbidden},
		{c.Ivan, "assignee:me", ""},
		{c.Ivan, "assignee:none", ""},
	} {
		_, err := c.Desk.AnalyseFlow(t.Context(), storagetest.As(ask.who, core.DoorSSH), core.Question{Query: parse(t, ask.query), Days: 7})
		if core.KindOf(err) != ask.want {
			t.Errorf("%s asks for %s: %v", ask.who.Username, ask.query, err)
		}
	}
}
