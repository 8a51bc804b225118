package embedded

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func startTestServer(t *testing.T, parent string) *Server {
	t.Helper()
	s, err := testServer(t.Context(), quickly(parent))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func TestTestServerIsOneForAllAndStopsWhenIdle(t *testing.T) {
	t.Parallel()
	parent := newDir(t)
	programs := make([]*program, 4)
	for i := range programs {
		programs[i] = beginProgram(t, "test server", parent)
	}
	starters := 0
	for _, p := range programs {
		p.awaitServer(t)
		if p.pid != programs[0].pid {
			t.Errorf("servers %d and %d", p.pid, programs[0].pid)
		}
		if p.started {
			starters++
		}
	}
	if starters != 1 {
		t.Errorf("%d programs started the server", starters)
	}
	// However the test binary that started it ends, the server stays for the others.
	_ = programs[0].cmd.Process.Kill()
	s := startTestServer(t, parent)
	for _, p := range programs[1:] {
		p.end(t)
	}
	if s.PID() != programs[0].pid || s.Started() {
		t.Errorf("server %d, was %d", s.PID(), programs[0].pid)
	}
	stop(t, s)
	awaitGone(t, programs[0].pid)
}

func TestTestServerStaysWhileItIsUsed(t *testing.T) {
	t.Parallel()
	s := startTestServer(t, newDir(t))
	pid := s.PID()
	// Longer than an unused server lives.
	for end := time.Now().Add(quickly("").idle + 3*time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if !alive(pid) {
			t.Fatal("the server stopped while it was used")
		}
	}
}

func TestTestServerOnItsWayOutIsNotUsed(t *testing.T) {
	t.Parallel()
	parent := newDir(t)
	first := startTestServer(t, parent)
	pid := first.PID()
	conn, err := connect(t.Context(), first.sockets)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	stop(t, first)
	// What the supervisor does: it takes the lock, then stops the server.
	if _, err := conn.Exec(t.Context(), "select pg_advisory_lock($1)", usersLock); err != nil {
		t.Fatal(err)
	}
	if keeper := keep(t.Context(), first.sockets); keeper != nil {
		t.Error("a server that is being stopped was used")
		_ = keeper.Close(t.Context())
	}
	second := make(chan *Server)
	go func() {
		s, err := testServer(t.Context(), quickly(parent))
		if err != nil {
			t.Error(err)
		}
		second <- s
	}()
	if err := first.cluster.stop(); err != nil {
		t.Fatal(err)
	}
	s := <-second
	if s == nil {
		return
	}
	defer stop(t, s)
	if s.PID() == pid || s.PID() == 0 || !s.Started() {
		t.Errorf("server %d after %d", s.PID(), pid)
	}
}

func TestTestServerStartsAfresh(t *testing.T) {
	t.Parallel()
	parent := newDir(t)
	first := startTestServer(t, parent)
	for _, name := range []string{"t_left", "template_kept", "tickets"} {
		execute(t, first.URL(), "create database "+name)
	}
	crash(t, first.PID())
	_ = first.Stop() // its connection is gone

	second := startTestServer(t, parent)
	const list = `select string_agg(datname, ' ' order by datname) from pg_database where datname like 't%' and not datistemplate`
	if got := ask(t, second.URL(), list); got != "template_kept tickets" {
		t.Errorf("databases %q", got)
	}

	// A cleaner of /tmp was here.
	crash(t, second.PID())
	_ = second.Stop()
	if err := os.Remove(filepath.Join(second.cluster.data, "PG_VERSION")); err != nil {
		t.Fatal(err)
	}
	third := startTestServer(t, parent)
	if got := ask(t, third.URL(), "select current_setting('max_connections')"); got != "300" {
		t.Errorf("max_connections is %s", got)
	}
}

func TestTestServerOfTheWholeRunIsFast(t *testing.T) {
	t.Parallel()
	first, err := TestServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, first)
	began := time.Now()
	second, err := TestServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, second)
	t.Logf("attaching took %s", time.Since(began))
	if first.PID() != second.PID() || second.Started() {
		t.Errorf("servers %d and %d", first.PID(), second.PID())
	}
}
