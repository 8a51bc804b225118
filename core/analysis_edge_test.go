package core_test

import (
	"testing"
	"time"

	"helpdesk.campus/core"
)

// Where there is nothing to count every figure is there and zero, and one ticket is counted as itself: no
// percentile of nothing, no share of nothing, no day left out.
func TestARangeOfNothingAndARangeOfOneTicketAreAnswered(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	a := newAnalysed(t, start)
	id := a.reportAt(t, start, a.Network)
	a.closeAt(t, start.Add(90*time.Minute), a.Ines, id)
	a.now = start.AddDate(0, 0, 20)
	for name, test := range map[string]struct {
		from, to, tickets int
		closing           time.Duration
	}{
		"nothing":             {5, 11, 0, 0},
		"nothing, in one day": {5, 5, 0, 0},
		"one ticket":          {1, 7, 1, 90 * time.Minute},
		"one, in one day":     {2, 2, 1, 90 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, who, ask := t.Context(), core.Operator(), core.Question{From: date(2026, 3, test.from), To: date(2026, 3, test.to)}
			flow, err := a.Desk.AnalyseFlow(ctx, who, ask)
			if err != nil {
				t.Fatal(err)
			}
			created := 0
			for _, b := range flow.Buckets {
				created += b.Created
			}
			if len(flow.Buckets) == 0 || created != test.tickets || flow.Created.N != test.tickets || flow.Closed.N != test.tickets {
				t.Errorf("created %d in %d buckets, %+v, closed %+v", created, len(flow.Buckets), flow.Created, flow.Closed)
			}
			speed, err := a.Desk.AnalyseSpeed(ctx, who, ask)
			if err != nil {
				t.Fatal(err)
			}
			for _, stage := range speed.Stages {
				want := core.Pace{}
				if stage.Stage == core.StageClosing && test.tickets > 0 {
					want = core.Pace{N: 1, Median: test.closing, P75: test.closing, P90: test.closing, P95: test.closing}
				}
				if stage.All != want {
					t.Errorf("%s took %+v, want %+v", stage.Stage, stage.All, want)
				}
			}
			where, err := a.Desk.AnalyseWhere(ctx, who, ask)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range where.Spreads {
				if s.Total.N != test.tickets {
					t.Errorf("by %s: %d, want %d", s.By, s.Total.N, test.tickets)
				}
			}
			if people, err := a.Desk.AnalysePeople(ctx, who, ask); err != nil {
				t.Error(err)
			} else {
				closed := 0
				for _, team := range people.Teams {
					closed += team.Closed
				}
				if closed != test.tickets {
					t.Errorf("teams closed %d, want %d", closed, test.tickets)
				}
			}
		})
	}
}
