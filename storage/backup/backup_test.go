package backup_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/backup"
	"helpdesk.campus/storage/storagetest"
)

// lived makes a database in which something has happened.
func lived(t *testing.T) (url string, campus *storagetest.Campus, ticket core.TicketID) {
	t.Helper()
	url = storagetest.URL(t)
	desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	campus = storagetest.CampusOn(t, desk)
	ticket = campus.Report(t, campus.Ana, "Tab\there, back\\slash, \u200bnothing, 漢字")
	ines := storagetest.As(campus.Ines, core.DoorSSH)
	if _, err := desk.Reply(t.Context(), ines, ticket, core.NewMessage{Body: "We look at it.\n\\. is no end."}); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Close(t.Context(), ines, ticket, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	return url, campus, ticket
}

// bare makes a database in which nothing is, not even the schema.
func bare(t *testing.T) string {
	t.Helper()
	url := storagetest.URL(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), `drop schema public cascade; drop schema if exists river cascade; create schema public`); err != nil {
		t.Fatal(err)
	}
	return url
}

func TestARestoredHelpdeskIsTheOneThatWasCopied(t *testing.T) {
	t.Parallel()
	from, campus, id := lived(t)
	file := filepath.Join(t.TempDir(), "helpdesk.backup")
	made, err := backup.Make(t.Context(), from, file)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the backup: %v, %v", info.Mode(), err)
	}
	to := bare(t)
	restored, err := backup.Restore(t.Context(), to, file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, restored); diff != "" {
		t.Errorf("it says it restored something else:\n%s", diff)
	}
	for _, name := range []string{"users", "tickets", "messages", "events", "ticket_search", "secrets", "settings"} {
		if !slices.ContainsFunc(made.Tables, func(table backup.Table) bool { return table.Name == name }) {
			t.Errorf("the backup has no %s", name)
		}
	}

	// Life goes on in the copy: numbers are not given twice, history goes on, and sign-ins still hold.
	db := storagetest.OpenURL(t, to)
	desk := storagetest.DeskWith(t, db, core.Options{})
	ana := storagetest.As(campus.Ana, core.DoorWeb)
	view, err := desk.Ticket(t.Context(), storagetest.As(campus.Ines, core.DoorSSH), id)
	if err != nil || len(view.Messages) != 2 || !view.Ticket.IsClosed() {
		t.Errorf("the ticket is not as it was: %+v, %v", view.Ticket, err)
	}
	copied := *campus
	copied.Desk = desk
	if next := copied.Report(t, campus.Ben, "Another"); next <= id {
		t.Errorf("the copy gives the number %s again", next)
	}
	if _, err := desk.Reopen(t.Context(), storagetest.As(campus.Ines, core.DoorSSH), id, 0, ""); err != nil {
		t.Error(err)
	}
	if report, err := desk.VerifyHistory(t.Context(), core.Operator()); err != nil || len(report.Faults) > 0 {
		t.Errorf("the copy's history: %+v, %v", report, err)
	}
	if _, err := desk.Me(t.Context(), ana); err != nil {
		t.Error(err)
	}
}

// Whoever follows the feed is told that it is another one, and finds everything in it.
func TestTheFeedOfACopyBeginsAnew(t *testing.T) {
	t.Parallel()
	from, campus, id := lived(t)
	ines := storagetest.As(campus.Ines, core.DoorSSH)
	end, err := campus.Desk.WatchEnd(t.Context(), ines)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "helpdesk.backup")
	if _, err := backup.Make(t.Context(), from, file); err != nil {
		t.Fatal(err)
	}
	to := bare(t)
	if _, err := backup.Restore(t.Context(), to, file); err != nil {
		t.Fatal(err)
	}
	desk := storagetest.DeskWith(t, storagetest.OpenURL(t, to), core.Options{})
	_, _, err = desk.Watch(t.Context(), ines, end, 10)
	if refused, ok := errors.AsType[*core.Error](err); !ok || refused.Code != "cursor_epoch" {
		t.Errorf("a cursor of the original is taken: %v", err)
	}
	conn, err := pgx.Connect(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var ahead int
	if err := conn.QueryRow(t.Context(), `select count(*) from events where xid > pg_current_xact_id()`).Scan(&ahead); err != nil || ahead > 0 {
		t.Errorf("%d events stand ahead of the copy's transactions, %v", ahead, err)
	}
	view, err := desk.Ticket(t.Context(), ines, id)
	if err != nil || len(view.Events) == 0 {
		t.Errorf("its history: %d events, %v", len(view.Events), err)
	}
}

func TestABackupIsRestoredWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	from, _, _ := lived(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "helpdesk.backup")
	if _, err := backup.Make(t.Context(), from, file); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Make(t.Context(), from, file); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup that is there is written over: %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, "changed.backup")
	rewrite(t, file, changed, "tables/messages.copy", func(text []byte) []byte { return bytes.Replace(text, []byte("look"), []byte("lock"), 1) })
	cut := filepath.Join(dir, "cut.backup")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string]string{"a word changed": changed, "cut in half": cut} {
		to := bare(t)
		if _, err := backup.Restore(t.Context(), to, damaged); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v, want that it is damaged", name, err)
		}
		conn, err := pgx.Connect(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		var loaded bool
		err = conn.QueryRow(t.Context(), `select to_regclass('public.users') is not null`).Scan(&loaded)
		if err == nil && loaded {
			err = conn.QueryRow(t.Context(), `select exists (select from users)`).Scan(&loaded)
		}
		if err != nil || loaded {
			t.Errorf("%s: something is there all the same (%v)", name, err)
		}
		_ = conn.Close(t.Context())
	}
	used, _, _ := lived(t)
	if _, err := backup.Restore(t.Context(), used, file); !errors.Is(err, backup.ErrInUse) {
		t.Errorf("a helpdesk in use is written over: %v", err)
	}
}

// rewrite copies an archive with one entry changed.
func rewrite(t *testing.T, from, to, entry string, change func([]byte) []byte) {
	t.Helper()
	archive, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	var out bytes.Buffer
	copied := zip.NewWriter(&out)
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == entry {
			text = change(text)
		}
		w, err := copied.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := copied.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestABackupOfANewerProgramIsRefusedInWords(t *testing.T) {
	t.Parallel()
	from, _, _ := lived(t)
	dir := t.TempDir()
	file, newer := filepath.Join(dir, "helpdesk.backup"), filepath.Join(dir, "newer.backup")
	m, err := backup.Make(t.Context(), from, file)
	if err != nil {
		t.Fatal(err)
	}
	number := []byte("\"schema\":2")
	rewrite(t, file, newer, "manifest.json", func(text []byte) []byte { return bytes.Replace(text, number, []byte("\"schema\":9"), 1) })
	if _, err := backup.Restore(t.Context(), bare(t), newer); !errors.Is(err, storage.ErrSchema) {
		t.Errorf("schema %d became 9…: %v", m.Schema, err)
	}
}
