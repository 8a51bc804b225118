package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestHoursAndHolidaysAreKeptByCommand(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	calendar := func(want int, words string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		args = append(append([]string{"calendar"}, args...), "--database-url="+url, "--unsafe")
		if code := run(t.Context(), args, &out, &errs); code != want || !strings.Contains(out.String()+errs.String(), words) {
			t.Errorf("helpdesk %s ends with %d and says %s%s, want %d and %q", strings.Join(args, " "), code, out.String(), errs.String(), want, words)
		}
	}
	calendar(0, "Changed the hours of Tuesday", "hours", "tue", "07:30-12:00, 13:00-16:00")
	calendar(1, "Hours look like", "hours", "tue", "nine to five")
	calendar(0, "13:00-16:00", "ls")
	calendar(0, "stays closed on 2099-12-24", "holiday", "2099-12-24", "Christmas Eve")
	calendar(0, "2099-12-24", "ls", "--csv")
	calendar(0, "is no holiday", "holiday", "--remove", "2099-12-24")
	calendar(1, "no holiday", "holiday", "--remove", "2099-12-24")

	file := filepath.Join(t.TempDir(), "days.ics")
	days := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:New Year\r\nDTSTART;VALUE=DATE:20990101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if err := os.WriteFile(file, []byte(days), 0o600); err != nil {
		t.Fatal(err)
	}
	calendar(0, "2099-01-01", "import", "--dry-run", file)
	calendar(0, "Holidays added: 1", "import", file)
	calendar(0, "New Year", "ls")
	if err := os.WriteFile(file, []byte("no calendar"), 0o600); err != nil {
		t.Fatal(err)
	}
	calendar(1, "no iCalendar file", "import", file)
}
