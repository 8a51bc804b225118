package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
	"helpdesk.campus/storage/storagetest"
)

func TestReportsAreTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	c.Report(t, c.Ana, "No signal")
	c.Report(t, c.Ana, `=HYPERLINK("http://evil.example")`)
	c.Report(t, c.Ana, "Two\x1b[31m | columns <script>")
	made := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"report", "--database-url=" + url, "--unsafe"}, args...), &out, &errs); code != 0 {
			t.Fatalf("report %s ends with %d: %s", strings.Join(args, " "), code, errs.String())
		}
		return out.String()
	}
	for _, name := range reporting.Names() {
		for _, format := range []string{"text", "csv", "json", "markdown"} {
			got := made(name, "--format="+format, "--where=queue:it")
			if got == "" || strings.ContainsAny(got, "\x1b\u009b") {
				t.Errorf("%s as %s is %q", name, format, got)
			}
		}
	}

	records, err := csv.NewReader(strings.NewReader(made("flow", "--format=csv", "--part=days", "--since=7d"))).ReadAll()
	if err != nil || len(records) != 8 || records[7][2] != "3" || records[7][6] != "true" || records[1][2] != "0" {
		t.Errorf("the days are %v, %v", records, err)
	}
	oldest := made("now", "--format=csv", "--part=oldest")
	if !strings.Contains(oldest, `"'=HYPERLINK(""http://evil.example"")"`) {
		t.Errorf("a formula is not held back: %s", oldest)
	}
	if got := made("now", "--format=markdown"); !strings.Contains(got, `\| columns \<script\>`) {
		t.Errorf("Markdown is not held back: %s", got)
	}
	var document struct {
		From  string
		Parts map[string][]map[string]any
	}
	if err := json.Unmarshal([]byte(made("where", "--format=json", "--since="+time.Now().UTC().Format(time.DateOnly))), &document); err != nil {
		t.Fatal(err)
	}
	if rows := document.Parts["category"]; len(rows) != 1 || rows[0]["code"] != "network" || rows[0]["tickets"] != 3.0 {
		t.Errorf("the document is %+v", document)
	}
	if got := made("where", "--rows=tickets", "--since=7d"); strings.Count(got, "\r\n") != 4 || !strings.Contains(got, "No signal") {
		t.Errorf("the rows are %q", got)
	}
	if got := made("where", "--rows=tickets", "--format=json"); strings.Count(got, "\n") != 3 || !strings.Contains(got, `"title":"No signal"`) {
		t.Errorf("the rows as JSON are %q", got)
	}
	if got := made("flow", "--step=hour", "--since=2d", "--part=hours", "--versus=year", "--office", "--format=csv"); strings.Count(got, "\r\n") != 49 {
		t.Errorf("the hours are %q", got)
	}
	if got := made("where", "--part=building"); !strings.Contains(got, "LIB   Library        3  100.0 %") {
		t.Errorf("the text is %s", got)
	}
}

func TestReportsThatCannotBeAreRefusedInWords(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"range":             {[]string{"flow", "--since=soon"}, "Write a range as 30d"},
		"from after to":     {[]string{"flow", "--since=2026-03-05..2026-03-01"}, "ends before it begins"},
		"far future":        {[]string{"speed", "--since=9998-01-01"}, "lies in the future"},
		"too long":          {[]string{"flow", "--since=0001-01-01"}, "A range has from 1 to"},
		"zone":              {[]string{"flow", "--zone=Europe/Atlantis"}, "no time zone"},
		"filter":            {[]string{"where", "--where=queue:"}, "queue: a queue code is missing at character 7"},
		"report":            {[]string{"luck"}, "now"},
		"format":            {[]string{"flow", "--format=pdf"}, "--format"},
		"part":              {[]string{"flow", "--part=hours"}, `no part 'hours'. It has days, total, ages`},
		"filter with quote": {[]string{"now", `--where="open`}, "is not closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			if code := run(t.Context(), append([]string{"report", "--database-url=" + url, "--unsafe"}, test.args...), &out, &errs); code == 0 || out.Len() > 0 {
				t.Errorf("it ends with %d and says %q", code, out.String())
			}
			if !strings.Contains(errs.String(), test.want) {
				t.Errorf("it says %q, want %q in it", errs.String(), test.want)
			}
		})
	}
}

// Days of reports begin by the clock of the campus, unless somebody names another.
func TestReportsGoByTheCampussZone(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	said := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--database-url="+url, "--unsafe"), &out, &errs); code != want {
			t.Fatalf("%s ends with %d: %s", strings.Join(args, " "), code, errs.String())
		}
		return out.String() + errs.String()
	}
	zone := func(want string, args ...string) {
		t.Helper()
		if got := said(0, append([]string{"report", "flow", "--format=json"}, args...)...); !strings.Contains(got, `"zone": "`+want+`"`) {
			t.Errorf("report %s is not of %s:\n%s", strings.Join(args, " "), want, got)
		}
	}
	zone("UTC")
	said(0, "setting", "set", "zone", "Pacific/Auckland")
	zone("Pacific/Auckland")
	zone("Europe/Madrid", "--zone=Europe/Madrid")
	if got := said(0, "setting", "ls"); got != "zone\n" {
		t.Errorf("the settings are %q", got)
	}
	if got := said(0, "setting", "undo", "zone"); !strings.HasPrefix(got, "The change of zone of ") {
		t.Errorf("the undo says %q", got)
	}
	zone("UTC")
	if got := said(64, "report", "flow", "--zone=Mars/Olympus"); !strings.Contains(got, `"Mars/Olympus" is no time zone`) {
		t.Errorf("a zone that does not exist: %q", got)
	}
}
