package core_test

import (
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// cellsOf are the cells of every dashboard, as one reader sees them.
func (a *analysed) cellsOf(t *testing.T, who core.Actor, filter string) (all []core.Cell) {
	t.Helper()
	f := a.figures(t, who, filter)
	q := parse(t, filter)
	for _, cells := range [][]core.Cell{f.Now.Cells(q), f.Flow.Cells(q), f.Speed.Cells(q), f.Where.Cells(q), f.People.Cells(q)} {
		if len(cells) == 0 {
			t.Error("a dashboard has no figures")
		}
		all = append(all, cells...)
	}
	return all
}

func TestTheListBehindEveryFigureIsAsLongAsTheFigureSays(t *testing.T) {
	t.Parallel()
	a, _, ids := packedCampus(t)
	ines := storagetest.As(a.Ines, core.DoorSSH)
	for i, id := range ids[30:36] { // replies, and what is answered late
		if i%2 == 0 {
			continue
		}
		for range 2 {
			if _, err := a.Desk.Reply(t.Context(), storagetest.As(a.Ana, core.DoorSSH), id, core.NewMessage{Body: "Any news?"}); err != nil {
				t.Fatal(err)
			}
			a.now = a.now.Add(50 * time.Minute)
			if _, err := a.Desk.Reply(t.Context(), storagetest.As(a.Ada, core.DoorSSH), id, core.NewMessage{Body: "We are on it."}); err != nil && core.KindOf(err) != core.NotFound {
				t.Fatal(err)
			}
			a.now = a.now.Add(3 * time.Hour)
		}
	}
	a.closeAt(t, a.now.Add(time.Hour), a.Ines, ids[0]) // closed twice in all
	a.reopenAt(t, a.now.Add(time.Hour), a.Ines, ids[0])
	for _, who := range []core.Actor{ines, storagetest.As(a.Ada, core.DoorSSH)} {
		storagetest.HoldCells(t, a.Desk, who, a.cellsOf(t, who, ""))
	}
	storagetest.HoldCells(t, a.Desk, ines, a.cellsOf(t, ines, "category:network"))

	office, err := a.Desk.AnalyseSpeed(t.Context(), ines, core.Question{Days: 90, Office: true})
	if err != nil {
		t.Fatal(err)
	}
	bands := 0
	for _, c := range office.Cells(query.Query{}) {
		if strings.Contains(c.Query, "office:") {
			bands++
		}
	}
	if bands < 4 {
		t.Errorf("%d bands in office hours have a query", bands)
	}
	storagetest.HoldCells(t, a.Desk, ines, office.Cells(query.Query{}))
}

// On the day on which the clocks go back, an hour is there twice, and is one to whoever asks for it.
func TestTheListBehindAnHourIsAsLongAsTheFigureSays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 10, 24, 22, 10, 0, 0, time.UTC) // midnight in Madrid
	a := newAnalysed(t, start)
	for hour := range 25 {
		id := a.reportAt(t, start.Add(time.Duration(hour)*time.Hour), a.Network)
		a.now = a.now.Add(time.Minute)
		if _, err := a.Desk.Reply(t.Context(), storagetest.As(a.Ines, core.DoorSSH), id, core.NewMessage{Body: "We are on it."}); err != nil {
			t.Fatal(err)
		}
		a.closeAt(t, a.now.Add(10*time.Minute), a.Ines, id)
		if hour%3 == 2 {
			a.reopenAt(t, a.now.Add(10*time.Minute), a.Ines, id)
		}
	}
	ines := storagetest.As(a.Ines, core.DoorSSH)
	ask := core.Question{From: query.Date{Year: 2026, Month: 10, Day: 25}, To: query.Date{Year: 2026, Month: 10, Day: 25}}
	flow, err := a.Desk.AnalyseFlow(t.Context(), ines, ask)
	if err != nil {
		t.Fatal(err)
	}
	speed, err := a.Desk.AnalyseSpeed(t.Context(), ines, ask)
	if err != nil {
		t.Fatal(err)
	}
	cells := append(flow.Cells(query.Query{}), speed.Cells(query.Query{})...)
	for figure, want := range map[string]int{"created": 24, "closed": 24, "reopened": 8, "answer": 24} {
		hours := 0
		for _, c := range cells {
			if c.Figure == figure && strings.HasSuffix(c.Name, ":00") {
				hours++
			}
		}
		if hours != want {
			t.Errorf("%d hours of %s have a query, want %d", hours, figure, want)
		}
	}
	storagetest.HoldCells(t, a.Desk, ines, cells)
}

// What a query says of one thing that happened, it says of one and the same.
func TestTermsAboutWhatHappenedSpeakOfOneHappening(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	id := a.reportAt(t, start, a.Network)
	a.closeAt(t, start.Add(time.Hour), a.Ines, id)
	a.reopenAt(t, start.Add(2*time.Hour), a.Ines, id)
	a.closeAt(t, start.AddDate(0, 0, 3), a.Ivan, id)
	for text, want := range map[string]int{
		"ended:2026-03-10":                     1,
		"ended:2026-03-10 by:ines":             1,
		"ended:2026-03-10 by:ivan":             0,
		"ended:2026-03-13 by:ivan":             1,
		"finished:2026-03-13":                  0,
		"finished:2026-03-10 closing:<2h":      1,
		"closing:>=2h":                         0,
		"reopened:2026-03-10":                  1,
		"-reopened:2026-03-10":                 0,
		"answered:2026-03":                     0,
		"weekday:tue hour:10":                  1, // Madrid
		"weekday:tue hour:9":                   0,
		"-hour:9 -weekday:sat|sun":             1,
		"location:none":                        0,
		"building:lib":                         1,
		"building:SCI|MAIN":                    0,
		"is:repeat":                            0,
		"reply:<1d":                            0,
		"by:ines -by:fay":                      1,
		"created:2026-03-10 hour:8|9|10|11|12": 1,
	} {
		page, err := a.Desk.Tickets(t.Context(), storagetest.As(a.Ines, core.DoorSSH), core.ListRequest{Query: parse(t, text)})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Tickets) != want {
			t.Errorf("%s finds %d, want %d", text, len(page.Tickets), want)
		}
	}
	// What staff did, and what others reported, is not told to reporters.
	for _, text := range []string{"by:ines", "is:repeat"} {
		if _, err := a.Desk.Tickets(t.Context(), storagetest.As(a.Ana, core.DoorWeb), core.ListRequest{Query: parse(t, text)}); !outsideQuery(err) {
			t.Errorf("a reporter asks for %s: %v", text, err)
		}
	}
	_, err := a.Desk.AnalyseFlow(t.Context(), storagetest.As(a.Ivan, core.DoorSSH), core.Question{Query: parse(t, "by:ines")})
	if core.KindOf(err) != core.Forbidden {
		t.Errorf("figures of a colleague: %v", err)
	}
}

func TestWhatCameBackIsSaidOfWhatOneMaySee(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	for i := range 4 {
		a.now = start.AddDate(0, 0, []int{0, 5, 40, 45}[i])
		in := core.NewTicket{Title: "No signal", Description: "No signal here", Category: a.Network.ID, Where: core.Where{Words: "LIB-204"}}
		if _, err := a.Desk.Report(t.Context(), storagetest.As(a.Ana, core.DoorSSH), in); err != nil {
			t.Fatal(err)
		}
	}
	ines := storagetest.As(a.Ines, core.DoorSSH)
	where, err := a.Desk.AnalyseWhere(t.Context(), ines, core.Question{From: query.Date{Year: 2026, Month: 3, Day: 1}})
	if err != nil {
		t.Fatal(err)
	}
	cells := where.Cells(query.Query{})
	found := false
	for _, c := range cells {
		found = found || c.Figure == "came back" && c.N == 2 && strings.Contains(c.Query, "is:repeat")
	}
	if !found {
		t.Errorf("two came back; the figures are %+v", where.Returns)
	}
	storagetest.HoldCells(t, a.Desk, ines, cells)

	// What came back is let through by a filter, whatever it came back after is like.
	page, err := a.Desk.Tickets(t.Context(), ines, core.ListRequest{Query: parse(t, "is:repeat")})
	if err != nil || len(page.Tickets) != 2 {
		t.Fatalf("%d came back, %v", len(page.Tickets), err)
	}
	last := "#" + strings.TrimPrefix(page.Tickets[0].ID.String(), "#")
	where, err = a.Desk.AnalyseWhere(t.Context(), ines, core.Question{Query: parse(t, last), From: query.Date{Year: 2026, Month: 3, Day: 1}})
	if err != nil || len(where.Returns) != 1 || where.Returns[0].N != 1 {
		t.Fatalf("of %s these came back: %+v, %v", last, where.Returns, err)
	}
	storagetest.HoldCells(t, a.Desk, ines, where.Cells(parse(t, last)))
}

// Who leads one queue and works in another learns of persons what they do in the first: in the figure and in the list behind it.
func TestFiguresOfPersonsAreOfTheQueuesThatAreLed(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	for _, who := range []core.User{a.Ines, a.Ivan} {
		if err := a.Desk.Join(t.Context(), core.Operator(), who.ID, a.Facilities.ID, false); err != nil {
			t.Fatal(err)
		}
	}
	for i, category := range []core.Category{a.Network, a.Heating, a.Heating, a.Printing} {
		for _, who := range []core.User{a.Ines, a.Ivan} {
			id := a.reportAt(t, start.Add(time.Duration(i)*time.Hour), category)
			if _, err := a.Desk.Take(t.Context(), storagetest.As(who, core.DoorSSH), id, 0); err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				a.closeAt(t, a.now.Add(time.Minute), who, id)
			}
		}
	}
	for _, test := range []struct {
		who     core.User
		persons int // who are shown
		closed  int // by each of them
	}{
		{a.Ines, 2, 1}, // of IT, which she leads
		{a.Ivan, 1, 2}, // himself, in both
		{a.Ada, 2, 2},
	} {
		who := storagetest.As(test.who, core.DoorSSH)
		people, err := a.Desk.AnalysePeople(t.Context(), who, core.Question{Days: 7})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people.Persons {
			if len(people.Persons) != test.persons || p.Closed != test.closed {
				t.Errorf("%s sees that %s, one of %d, closed %d; want one of %d, and %d", test.who.Username, p.Person.Username, len(people.Persons), p.Closed, test.persons, test.closed)
			}
		}
		now, err := a.Desk.AnalyseNow(t.Context(), who, query.Query{})
		if err != nil {
			t.Fatal(err)
		}
		storagetest.HoldCells(t, a.Desk, who, append(now.Cells(query.Query{}), people.Cells(query.Query{})...))
	}
}

func TestAQueueThatIsEmptyNowIsShownWithWhatItUsuallyHas(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	a.reportAt(t, start, a.Network)
	heating := a.reportAt(t, start, a.Heating)
	a.closeAt(t, start.AddDate(0, 0, 15), a.Fay, heating) // it was there one and two weeks before now
	a.now = start.AddDate(0, 0, 15).Add(time.Hour)
	now, err := a.Desk.AnalyseNow(t.Context(), storagetest.As(a.Ada, core.DoorSSH), query.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(now.Queues) != 2 || now.Queues[1].Queue.Code != "facilities" || now.Queues[1].Open != 0 || now.Queues[1].Usual.Open != 0.5 {
		t.Errorf("the queues are %+v", now.Queues)
	}
	if total := now.Total().Usual.Open; total != 1 {
		t.Errorf("%v are usually open in all, want 1", total)
	}
}
