package storagetest

import (
	"math"
	"slices"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

// HoldPercentiles compares the percentiles of all time, which the program selects itself, with those that PostgreSQL's
// percentile_cont computes from the same milestones. Every stage needs some to compare, except those named.
func HoldPercentiles(tb testing.TB, db *storage.DB, speed core.SpeedFigures, least int, without ...core.Stage) {
	tb.Helper()
	kinds := map[core.Stage]string{core.StageAnswer: "answered", core.StageReply: "replied", core.StageClosing: "closed"}
	for _, stage := range speed.Stages {
		var n int
		var want []float64
		err := db.Pool().QueryRow(tb.Context(), `
			select count(*), coalesce(percentile_cont('{0.5,0.75,0.9,0.95}'::float8[]) within group (order by greatest(0, extract(epoch from at - waited_since))::float8), '{0,0,0,0}')
			from milestones where kind = $1 and waited_since is not null`, kinds[stage.Stage]).Scan(&n, &want)
		if err != nil {
			tb.Fatal(err)
		}
		got := stage.All
		if got.N != n {
			tb.Errorf("%s: %d times, PostgreSQL has %d", stage.Stage, got.N, n)
		}
		if n < least && !slices.Contains(without, stage.Stage) {
			tb.Errorf("%s: only %d times to compare", stage.Stage, n)
		}
		for k, d := range []time.Duration{got.Median, got.P75, got.P90, got.P95} {
			if math.Abs(d.Seconds()-want[k]) > 0.00001 {
				tb.Errorf("%s: percentile %d is %v, PostgreSQL says %v s", stage.Stage, k, d, want[k])
			}
		}
	}
}
