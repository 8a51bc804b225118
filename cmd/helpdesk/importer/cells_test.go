package importer_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// realSample is the beginning of the real log, or nothing where the log is not at hand.
func realSample(t *testing.T, lines int) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "incident_event_log.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	end := 0
	for range lines {
		end += bytes.IndexByte(data[end:], '\n') + 1
	}
	return data[:end]
}

// What was imported is drilled into like what was done here, and measured as PostgreSQL measures it.
func TestFiguresOfAnImportedLogOpenWhatTheyCount(t *testing.T) {
	t.Parallel()
	for name, log := range map[string][]byte{"sample": sampleLog(t), "beginning of the real log": realSample(t, 2000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if log == nil {
				t.Skip("SKIPPED: the real log is not at hand")
			}
			db := storagetest.Open(t)
			desk := storagetest.DeskWith(t, db, core.Options{Clock: func() time.Time { return time.Date(2017, 3, 1, 12, 0, 0, 0, time.UTC) }})
			run(t, desk, log, false)
			who, everything := core.Operator(), query.Query{}
			ask := core.Question{From: query.Date{Year: 2016, Month: 2, Day: 1}, Step: core.Weekly}
			now, err1 := desk.AnalyseNow(t.Context(), who, everything)
			flow, err2 := desk.AnalyseFlow(t.Context(), who, ask)
			speed, err3 := desk.AnalyseSpeed(t.Context(), who, ask)
			where, err4 := desk.AnalyseWhere(t.Context(), who, ask)
			people, err5 := desk.AnalysePeople(t.Context(), who, ask)
			if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
				t.Fatal(err)
			}
			if flow.Created.N == 0 || flow.Closed.N == 0 {
				t.Fatalf("%d created and %d closed", flow.Created.N, flow.Closed.N)
			}
			for _, cells := range [][]core.Cell{now.Cells(everything), flow.Cells(everything), speed.Cells(everything), where.Cells(everything), people.Cells(everything)} {
				storagetest.HoldCells(t, desk, who, cells)
				t.Logf("%d figures", len(cells))
			}
			storagetest.HoldPercentiles(t, db, speed, 5, core.StageAnswer, core.StageReply) // a log of states has no words
		})
	}
}
