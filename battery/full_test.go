package battery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"helpdesk.campus/battery/report"
	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// What PostgreSQL says when its disk is full (53100), said by itself for every statement that writes.
const (
	fillUp = `
		create function full_disk() returns trigger language plpgsql as $$
		begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
		do $$ declare name text; begin
		    for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'goose_db_version' loop
		        execute format('create trigger full_disk before insert or update on %I for each statement execute function full_disk()', name);
		    end loop;
		end $$`
	makeRoom = `drop function full_disk() cascade`
)

// While the database's disk is full, people are told to come back and keep their text; there is no half ticket; and when there is
// room all goes on by itself.
func TestTheDatabasesDiskIsFull(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	lasts := scale(4*time.Second, time.Minute)
	r := begin(t, fmt.Sprintf("the database refuses to write for %s, as with a full disk", lasts), "a web process, 4 people at the form, a program at the API; an SSH process with 2 who reply")
	w := newTown(t)
	conn := connect(t, w.url)
	write := func(sql string) {
		for tries := 1; ; tries++ { // the triggers want locks that people's transactions have
			_, err := conn.Exec(t.Context(), sql)
			if err == nil {
				return
			}
			if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "40P01" || tries == 10 {
				t.Fatal(err)
			}
		}
	}
	w.fullDisk(t, r, lasts, func() { write(fillUp) }, func() { write(makeRoom) })
}

// The same with a disk that is full: a file system of a hundred and some megabytes, with something else on it that takes the rest.
func TestTheDiskIsReallyFull(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	if !*long || os.Geteuid() != 0 {
		t.Skip("only with -long and as root, who may mount a file system; the trial before it says the same in the database's place")
	}
	r := begin(t, "the file system of the database full for a minute", "a web process, 4 people at the form, a program at the API; an SSH process with 2 who reply")
	disk, err := os.MkdirTemp("", "helpdesk-disk-")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		_ = exec.Command("umount", "-l", disk).Run()
		_ = os.Remove(disk)
	})
	server, remove, err := storagetest.StartDurable(t.Context(), disk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	keeping, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go server.Keep(keeping)
	url := server.DatabaseURL("helpdesk")
	w := &town{Campus: storagetest.CampusAt(t, url), server: server, url: url}
	ballast := filepath.Join(disk, "ballast")
	w.fullDisk(t, r, time.Minute, func() {
		file, err := os.Create(ballast)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(file, io.LimitReader(zeros{}, 1<<30)) // until there is no room
		_ = file.Close()
	}, func() { _ = os.Remove(ballast) })
}

// zeros is a reader without an end.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// fullDisk sends reports and replies before, while and after a disk is full.
func (w *town) fullDisk(t *testing.T, r *report.Row, lasts time.Duration, fill, free func()) {
	t.Helper()
	page, console := launch(t, "web", w.url), launch(t, "ssh", w.url)
	key, tickets := w.key(t, w.Ines), w.tickets(t, 2)
	l, said := newLoad(t), newLoad(t)
	l.pages(4, w.Network.ID, func() string { return page.address })
	l.api(1, w.token(t), w.Network, func() string { return page.address })
	said.replies(2, key, tickets, func() string { return console.address })
	b := programtest.NewBrowser(t, "http://"+page.address)
	l.until(20)
	said.until(5)
	fill()
	refused := 0
	for end := time.Now().Add(lasts); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		form, err := w.Desk.NewFormKey(core.Anonymous(core.DoorWeb, ""))
		if err != nil {
			t.Fatal(err)
		}
		var p probe
		p.report(t, b, form, "Typed while the disk is full", w.Network.ID)
		p.says(t, 13*time.Second)
		if p.status == http.StatusServiceUnavailable {
			refused++
		}
	}
	if refused == 0 {
		t.Error("the disk was never full")
	}
	free()
	back := time.Now()
	l.until(l.ledger.acknowledged() + 5)
	r.Notef("back %s after there is room", time.Since(back).Round(time.Millisecond))
	if time.Since(back) > 10*time.Second {
		t.Errorf("it takes %s until all goes on", time.Since(back))
	}
	said.until(said.ledger.acknowledged() + 2)
	l.finish()
	said.finish()
	conn := connect(t, w.url)
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	hold(t, w.url)
}

// While there is no room for the files that people send, the form says which file was not kept and what to do, and keeps the text
// and the other files. When there is room it is sent as usual. The system itself refuses to let files grow.
func TestTheDiskForUploadsIsFull(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	r := begin(t, "no room for files of more than 64 kB", "one who reports with two files, again and again")
	w := newTown(t)
	page := launch(t, "web", w.url)
	b := programtest.NewBrowser(t, "http://"+page.address)
	l := newLedger()
	small, large := strings.Repeat("the small one\n", 100), strings.Repeat("the large one\n", 20_000)
	told := 0
	for n := range scale(5, 100) {
		title := fmt.Sprint("battery files ", n)
		l.attempt(title)
		key, err := b.Form()
		if err != nil {
			t.Fatal(err)
		}
		limitFiles(t, page, "65536")
		status, body := withFiles(t, b, key, title, w.Network.ID, map[string]string{"small.txt": small, "large.txt": large})
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "There is no room for “large.txt” at the moment.") {
			t.Errorf("without room a report is answered with %d:\n%s", status, body)
		}
		if !strings.Contains(body, title) || !strings.Contains(body, "small.txt") || !strings.Contains(body, "gus@example.org") {
			t.Errorf("the text or the other file is lost:\n%s", body)
		}
		told++
		limitFiles(t, page, "unlimited")
		status, body = withFiles(t, b, key, title, w.Network.ID, map[string]string{"large.txt": large})
		ref := programtest.Reference(body)
		if status != http.StatusOK || ref == "" {
			t.Fatalf("with room it is answered with %d:\n%s", status, body)
		}
		l.acknowledge(title, string(ref), 0)
	}
	conn := connect(t, w.url)
	var whole int
	const count = `select count(*) from tickets t where title like 'battery files %' and (select count(*) from attachments a where a.ticket_id = t.id) = 2`
	if err := conn.QueryRow(t.Context(), count).Scan(&whole); err != nil || whole != told {
		t.Errorf("%d of %d have both files, %v", whole, told, err)
	}
	l.check(t, r, conn, reportsKept)
	r.Outage = 0 // there is one client, who waits
	r.Notef("told %d times what to do; both files are there in the end", told)
	hold(t, w.url)
}

// limitFiles bounds how large the files are that a process may write.
func limitFiles(t *testing.T, m *member, most string) {
	t.Helper()
	program, err := exec.LookPath("prlimit")
	storagetest.Need(t, err, "the program prlimit")
	command := exec.CommandContext(t.Context(), program, fmt.Sprintf("--pid=%d", m.process.Cmd.Process.Pid), "--fsize="+most+":unlimited")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// withFiles sends a report with files, which stand before the rest of the form.
func withFiles(t *testing.T, b *programtest.Browser, key, title string, category core.CategoryID, files map[string]string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("key", key)
	for name, content := range files {
		part, err := form.CreateFormFile("files", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(part, content)
	}
	for name, value := range map[string]string{"title": title, "room": "by the fountain", "category": category.String(), "contact": "gus@example.org"} {
		_ = form.WriteField(name, value)
	}
	_ = form.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.Base+"/report", &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := b.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(page)
}
