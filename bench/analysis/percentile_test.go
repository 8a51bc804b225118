package analysis_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/bench/fill"
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// The program selects percentiles itself; PostgreSQL computes the same from the same milestones.
func TestPercentilesAreThoseOfPostgreSQL(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	if _, err := fill.Database(t.Context(), url, fill.Options{Tickets: 1500, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	db := storagetest.OpenURL(t, url)
	desk := storagetest.DeskWith(t, db, core.Options{})
	speed, err := desk.AnalyseSpeed(t.Context(), core.Operator(), core.Question{From: query.Date{Year: time.Now().Year() - 6}})
	if err != nil {
		t.Fatal(err)
	}
	storagetest.HoldPercentiles(t, db, speed, 300)
}

// Every figure that opens tickets has its definition.
func TestEveryFigureIsDefined(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "analytics.md"))
	if err != nil {
		t.Fatal(err)
	}
	url := storagetest.URL(t)
	if _, err := fill.Database(t.Context(), url, fill.Options{Tickets: 300, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	who, ask := core.Operator(), core.Question{Days: 900}
	now, err1 := desk.AnalyseNow(t.Context(), who, query.Query{})
	flow, err2 := desk.AnalyseFlow(t.Context(), who, ask)
	where, err3 := desk.AnalyseWhere(t.Context(), who, ask)
	people, err4 := desk.AnalysePeople(t.Context(), who, ask)
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	missing := map[string]bool{}
	for _, cells := range [][]core.Cell{now.Cells(query.Query{}), flow.Cells(query.Query{}), where.Cells(query.Query{}), people.Cells(query.Query{})} {
		for _, c := range cells {
			if words := strings.TrimPrefix(c.Figure, "by "); !strings.Contains(strings.ToLower(string(page)), words) {
				missing[c.Figure] = true
			}
		}
	}
	for figure := range missing {
		t.Errorf("%s is not defined in docs/analytics.md", figure)
	}
}
