package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// town is a campus served by processes of their own over one database.
type town struct {
	*storagetest.Campus

	url string
}

func newTown(t *testing.T) *town {
	t.Helper()
	url := storagetest.URL(t)
	return &town{Campus: storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})), url: url}
}

// service is one process.
type service struct {
	*programtest.Process

	address string // where it serves; "" for a worker
	admin   string
}

// start starts one service of the town and waits until it says that it is ready.
func (w *town) start(t *testing.T, only string, args ...string) *service {
	t.Helper()
	args = append([]string{
		"serve", "--only=" + only, "--unsafe", "--database-url=" + w.url, "--public-url=http://127.0.0.1", "--web-addr=127.0.0.1:0",
		"--ssh-addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--database-conns=4",
	}, args...)
	s := &service{Process: programtest.Start(t, nil, args...)}
	if only != "worker" {
		s.address = s.Find(`msg=serving .*` + only + `=(127\.0\.0\.1:\d+)`)
	}
	s.admin = "http://" + s.Find(`msg=serving .*admin=(127\.0\.0\.1:\d+)`)
	if status, body := s.ask(t, "/readyz"); status != http.StatusOK {
		t.Fatalf("%s is not ready: %d %s", only, status, body)
	}
	return s
}

// ask asks the admin listener; 0 is no answer.
func (s *service) ask(t *testing.T, path string) (status int, body string) {
	t.Helper()
	response, err := http.Get(s.admin + path)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// key gives somebody a key.
func (w *town) key(t *testing.T, u core.User) gossh.Signer {
	t.Helper()
	key := sshtest.NewKey(t)
	if _, err := w.Desk.AddKey(t.Context(), core.Operator(), u.ID, string(gossh.MarshalAuthorizedKey(key.PublicKey())), "test"); err != nil {
		t.Fatal(err)
	}
	return key
}

func console(t *testing.T, s *service, key gossh.Signer) *sshtest.Terminal {
	t.Helper()
	return sshtest.Open(t, sshtest.Dial(t, s.address, "whoever", gossh.PublicKeys(key)), 100, 30)
}

// TestFiveProcessesAreOneHelpdesk runs two pages, two consoles and a worker, and does on one of them what the other is
// to know of.
func TestFiveProcessesAreOneHelpdesk(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	const perAddress = "--reports-per-address=3"
	web1, web2 := w.start(t, "web", perAddress), w.start(t, "web", perAddress)
	ssh1, ssh2 := w.start(t, "ssh"), w.start(t, "ssh")
	ines, ivan := w.key(t, w.Ines), w.key(t, w.Ivan)

	first := console(t, ssh1, ines)
	first.Wait("open")
	if _, err := programtest.NewBrowser(t, "http://"+web1.address).Report("No signal in room 204", w.Network.ID); err != nil {
		t.Fatalf("report: %v", err)
	}
	first.Wait("No signal in room 204") // the feed

	first.Type("\r")
	first.Wait("with nobody")
	second := console(t, ssh2, ivan)
	second.Wait("Ines Itani") // presence, in the list of the other process

	first.Type("n")
	first.Type("Half a note")
	first.Wait("Half a note")
	awaitDraft(t, w)

	for i, page := range []*service{web2, web1} { // limits
		if _, err := programtest.NewBrowser(t, "http://"+page.address).Report("Report "+strconv.Itoa(i), w.Network.ID); err != nil {
			t.Errorf("report %d: %v", i+2, err)
		}
	}
	if status := w.reportStatus(t, web2); status != http.StatusTooManyRequests {
		t.Errorf("the fourth report is answered with %d", status)
	}

	worker := w.start(t, "worker")
	await(t, "the worker's jobs", func() bool {
		_, metrics := worker.ask(t, "/metrics")
		return strings.Contains(metrics, `helpdesk_jobs_total{kind="wake_snoozed",state="completed"}`)
	})

	if code := ssh1.Stop(); code != 0 { // a stop, and on at the same place
		t.Errorf("the console's process ends with %d:\n%s", code, ssh1.Output)
	}
	if first.Exit() != 0 || first.Alternate() {
		t.Errorf("the terminal is left as\n%s", first.Screen())
	}
	again := console(t, ssh2, ines)
	again.Wait("No signal in room 204", "Half a note") // drafts and place

	client := sshtest.Dial(t, ssh2.address, "whoever", gossh.PublicKeys(ivan))
	ssh3 := w.start(t, "ssh")
	third := console(t, ssh3, ivan)
	third.Wait("No signal")
	_, complaints, status := sshtest.Run(t, client, "keys revoke --yes "+gossh.FingerprintSHA256(ivan.PublicKey()))
	if status != 0 {
		t.Fatalf("revoke: %d %s", status, complaints)
	}
	revoked := time.Now()
	if third.Exit(); time.Since(revoked) > 5*time.Second {
		t.Errorf("a console whose key was taken away on another process ends after %s", time.Since(revoked))
	}
	for _, s := range []*service{web1, web2, ssh2, ssh3, worker} {
		if code := s.Stop(); code != 0 {
			t.Errorf("a process ends with %d:\n%s", code, s.Output)
		}
	}
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// awaitDraft waits until what is typed in a console is kept.
func awaitDraft(t *testing.T, w *town) {
	t.Helper()
	db := storagetest.OpenURL(t, w.url)
	await(t, "the draft", func() bool {
		var kept bool
		if err := db.Pool().QueryRow(t.Context(), `select exists (select from drafts where body like 'Half a note%')`).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		return kept
	})
}

// reportStatus sends a report as a stranger does, and returns how that is answered.
func (w *town) reportStatus(t *testing.T, page *service) int {
	t.Helper()
	status, err := w.sendReport(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "http://"+page.address)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func (w *town) sendReport(client *http.Client, base string) (int, error) {
	key, err := w.Desk.NewFormKey(core.Anonymous(core.DoorWeb, ""))
	if err != nil {
		return 0, err
	}
	response, err := client.PostForm(base+"/report", url.Values{
		"key": {key}, "title": {"The projector shows only blue"}, "room": {"by the fountain"}, "category": {w.Network.ID.String()},
		"contact": {"gus@example.org"}, "description": {"Since this morning's lecture."},
	})
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// TestReadyzSaysWhetherToSendWork follows one process from its start to its end.
func TestReadyzSaysWhetherToSendWork(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	s := w.start(t, "web", "--drain-wait=2s")
	if status, body := s.ask(t, "/healthz"); status != http.StatusOK || !strings.Contains(body, "alive") {
		t.Errorf("/healthz: %d %s", status, body)
	}
	if status, _, err := programtest.NewBrowser(t, "http://"+s.address).Get("/metrics"); err == nil && status != http.StatusNotFound {
		t.Errorf("the page answers /metrics with %d", status)
	}
	ended := make(chan int, 1)
	go func() { ended <- s.Stop() }()
	await(t, "a red /readyz", func() bool { status, _ := s.ask(t, "/readyz"); return status == http.StatusServiceUnavailable })
	if status, _, err := programtest.NewBrowser(t, "http://"+s.address).Get("/"); err != nil || status != http.StatusOK {
		t.Errorf("while it wanes, the page answers %d, %v", status, err)
	}
	if code := <-ended; code != 0 {
		t.Errorf("it ends with %d:\n%s", code, s.Output)
	}
	if _, err := net.DialTimeout("tcp", s.address, time.Second); err == nil {
		t.Error("it still listens")
	}
}
