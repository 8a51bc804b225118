package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestAnOperatorLooksAfterAnInstallation backs a helpdesk up, proves that the copy can be restored, asks the
// doctor, and finds out that somebody rewrote the history.
func TestAnOperatorLooksAfterAnInstallation(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	operate := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != want {
			t.Fatalf("helpdesk %s ends with %d, want %d: %s%s", strings.Join(args, " "), code, want, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	at := []string{"--database-url=" + url, "--unsafe"}
	file := filepath.Join(t.TempDir(), "helpdesk.backup")

	if got := operate(1, append([]string{"doctor"}, at...)...); !strings.Contains(got, "No backup was made") || !strings.Contains(got, "fsync") {
		t.Errorf("the doctor says %s", got)
	}
	if got := operate(0, append([]string{"backup", file}, at...)...); !strings.Contains(got, "Backed up") {
		t.Errorf("the backup says %s", got)
	}
	if got := operate(1, append([]string{"doctor", "--deep"}, at...)...); strings.Contains(got, "No backup was made") || !strings.Contains(got, "The whole history is as it was written.") {
		t.Errorf("after a backup the doctor says %s", got)
	}
	if got := operate(0, "restore", "--try", file); !regexp.MustCompile(`Restored [1-9]\d* rows .* SHA-256 are those of the backup`).MatchString(got) {
		t.Errorf("the trial says %s", got)
	}
	if got := operate(1, append([]string{"restore", file}, at...)...); !strings.Contains(got, "in use") {
		t.Errorf("over a helpdesk in use it says %s", got)
	}

	head := regexp.MustCompile(`\d+:[0-9a-f]{64}`).FindString(operate(0, append([]string{"audit", "seal"}, at...)...))
	if got := operate(0, append([]string{"audit", "heads"}, at...)...); head == "" || !strings.Contains(got, head) {
		t.Errorf("the heads are %s, want %s", got, head)
	}
	operate(0, append([]string{"audit", "verify", "--head=" + head}, at...)...)
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(t.Context()) }()
	if _, err := owner.Exec(t.Context(), `update events set user_id = null where stream = 'ticket' and stream_id = $1`, int64(id)); err != nil {
		t.Fatal(err)
	}
	if got := operate(1, append([]string{"audit", "verify"}, at...)...); !strings.Contains(got, "ticket 1001, event 1") {
		t.Errorf("the audit says %s", got)
	}
	if got := operate(1, append([]string{"audit", "verify", "--head=1:00"}, at...)...); !strings.Contains(got, "not part of this history") {
		t.Errorf("of a head of another history it says %s", got)
	}
}
