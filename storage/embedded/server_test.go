package embedded

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestStartInitialisesOnceAndKeepsTheData(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: filepath.Join(newDir(t), "new", "server"), Database: "campus", MaxConnections: 23}
	first := start(t, cfg)
	if !first.Started() {
		t.Error("the first program did not start the server")
	}
	execute(t, first.URL(), "create table kept as select 'yes' as word")
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": "", "max_connections": "23",
	} {
		if got := ask(t, first.URL(), "select current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	pid := first.PID()
	stop(t, first)
	if alive(pid) || first.PID() != 0 {
		t.Error("the server runs after Stop")
	}
	if _, err := os.Stat(first.sockets); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket's directory is left: %v", err)
	}

	second := start(t, cfg)
	if got := ask(t, second.URL(), "select word from kept"); got != "yes" {
		t.Errorf("the table holds %q", got)
	}
	if got := ask(t, second.DatabaseURL("postgres"), "select current_database()"); got != "postgres" {
		t.Errorf("DatabaseURL led to %q", got)
	}
}

func TestServerIsPrivate(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), Unsafe: true})
	info, err := os.Stat(s.sockets)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's directory is %s", info.Mode())
	}
	owner, _, err := ownerOf(s.cluster.data)
	if err != nil || owner == 0 {
		t.Errorf("the data belongs to user %d (%v)", owner, err)
	}
	// Ctrl-C goes to the terminal's process group and must not reach the server.
	own := syscall.Getpgrp()
	if group, err := syscall.Getpgid(s.PID()); err != nil || group == own {
		t.Errorf("the server's process group is %d, ours is %d (%v)", group, own, err)
	}
}

func TestStopEndsOpenConnections(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: newDir(t), Unsafe: true})
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	began := time.Now()
	stop(t, s)
	if took := time.Since(began); took > stopPatience {
		t.Errorf("Stop took %s", took)
	}
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("the connection outlived the server")
	}
}

func TestCancelledStartLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if s, err := Start(ctx, Config{Dir: dir, Unsafe: true}); err == nil {
		stop(t, s) // a very fast machine
	}
	c := &cluster{data: filepath.Join(dir, "data")}
	if p := c.readPostmaster(); p.pid != 0 && alive(p.pid) {
		t.Errorf("process %d runs", p.pid)
	}
	s := start(t, Config{Dir: dir, Unsafe: true})
	if leftovers, _ := filepath.Glob(filepath.Join(dir, "data.init-*")); leftovers != nil {
		t.Errorf("left: %v", leftovers)
	}
	stop(t, s)
}

func TestServerOfKilledProgramIsAdoptedAndStopped(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	other := beginProgram(t, "start", dir)
	other.awaitServer(t)
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.cmd.Wait()

	s := start(t, Config{Dir: dir, Unsafe: true})
	if s.PID() != other.pid {
		t.Errorf("the server is process %d, was %d", s.PID(), other.pid)
	}
	if !s.Started() {
		t.Error("the server was not adopted")
	}
	stop(t, s)
	awaitGone(t, other.pid)
}

func TestProgramsStartingAtOnceShareOneServerUntilTheLastLeaves(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	programs := make([]*program, 4)
	for i := range programs {
		programs[i] = beginProgram(t, "start", dir)
	}
	var starters []*program
	var others []*program
	for _, p := range programs {
		p.awaitServer(t)
		if p.pid != programs[0].pid {
			t.Errorf("servers %d and %d", p.pid, programs[0].pid)
		}
		if p.started {
			starters = append(starters, p)
		} else {
			others = append(others, p)
		}
	}
	if len(starters) != 1 {
		t.Fatalf("%d programs started the server", len(starters))
	}
	for _, p := range append(starters, others...) {
		if !alive(p.pid) {
			t.Error("the server was pulled away from a program that uses it")
		}
		p.end(t)
	}
	if alive(programs[0].pid) {
		t.Error("the last program left the server running")
	}
}

func TestCommittedDataSurvivesAKilledServer(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: newDir(t)}
	killed := start(t, cfg)
	execute(t, killed.URL(), "create table kept as select 'yes' as word")
	crash(t, killed.PID())
	// No Stop: the program learns nothing of the crash until it starts the server again.
	s := start(t, cfg)
	if got := ask(t, s.URL(), "select word from kept"); got != "yes" {
		t.Errorf("the table holds %q", got)
	}
	stop(t, killed)
	if s.PID() == 0 {
		t.Error("the killed server's Stop ended its successor")
	}
}

func TestStalePIDOfAnotherProgramIsOvercome(t *testing.T) {
	t.Parallel()
	cfg, c := crashedCluster(t)
	stranger := sleeper(t, c, "/")
	rewritePID(t, c, stranger.Process.Pid)
	s := start(t, cfg)
	if got := ask(t, s.URL(), "select word from kept"); got != "yes" {
		t.Errorf("the table holds %q", got)
	}
	if !alive(stranger.Process.Pid) {
		t.Error("the innocent program was killed")
	}
}

func TestPIDOfAZombieIsOvercome(t *testing.T) {
	t.Parallel()
	cfg, c := crashedCluster(t)
	// Killed and not waited for, it stays a zombie to the end of the test.
	dead := sleeper(t, c, "/")
	if err := dead.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, dead.Process.Pid)
	rewritePID(t, c, dead.Process.Pid)
	if got := inspect(dead.Process.Pid, c.data); got != zombie {
		t.Fatalf("inspect says %d", got)
	}
	s := start(t, cfg)
	if got := ask(t, s.URL(), "select word from kept"); got != "yes" {
		t.Errorf("the table holds %q", got)
	}
}

func TestLocksStayWhileAnythingWorksInTheData(t *testing.T) {
	t.Parallel()
	_, c := crashedCluster(t)
	stranger := sleeper(t, c, "/")
	rewritePID(t, c, stranger.Process.Pid)
	backend := sleeper(t, c, c.data)
	c.clearLocks(stranger.Process.Pid)
	if p := c.readPostmaster(); p.pid != stranger.Process.Pid {
		t.Errorf("postmaster.pid names %d", p.pid)
	}
	_ = backend.Process.Kill()
	_ = backend.Wait()
	c.clearLocks(stranger.Process.Pid + 1)
	if p := c.readPostmaster(); p.pid != stranger.Process.Pid {
		t.Error("a lock of another process was removed")
	}
	if !deserted(t.Context(), c.data) { // the killed server's own children need a moment to go
		t.Fatal("something still works in the data directory")
	}
	c.clearLocks(stranger.Process.Pid)
	if p := c.readPostmaster(); p.pid != 0 {
		t.Errorf("postmaster.pid still names %d", p.pid)
	}
}

func TestForeignDataIsRefusedAndLeftUntouched(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"another major version":         {map[string]string{"PG_VERSION": "13\n", "base/1": "rows"}, "made by PostgreSQL 13"},
		"files without a version":       {map[string]string{"thesis.txt": "chapter one"}, "no PG_VERSION"},
		"a version that is no number":   {map[string]string{"PG_VERSION": "?\n"}, "does not name a version"},
		"a lock but nothing else to it": {map[string]string{"postmaster.pid": "1\n"}, "no PG_VERSION"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t)
			for file, text := range test.files {
				path := filepath.Join(dir, "data", file)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Start(t.Context(), Config{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "left untouched") {
				t.Errorf("error: %v", err)
			}
			if name == "another major version" && !errors.Is(err, ErrOtherMajor) {
				t.Errorf("not ErrOtherMajor: %v", err)
			}
			for file, text := range test.files {
				if got, err := os.ReadFile(filepath.Join(dir, "data", file)); err != nil || string(got) != text {
					t.Errorf("%s holds %q (%v)", file, got, err)
				}
			}
		})
	}
}

func TestInterruptedInitialisationIsRepeated(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	for _, path := range []string{"data", "data.init-1/base"} { // data: empty, as a container's volume is
		if err := os.MkdirAll(filepath.Join(dir, path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, Config{Dir: dir, Unsafe: true})
	if _, err := os.Stat(filepath.Join(dir, "data.init-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half-made directory is left: %v", err)
	}
	stop(t, s)
}

func TestSocketDirectoryOfAnotherIsRefused(t *testing.T) {
	t.Parallel()
	c := &cluster{sockets: filepath.Join(newDir(t), "sockets"), account: account{name: "me", uid: uint32(os.Geteuid())}}
	if err := os.Mkdir(c.sockets, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := c.makeSocketDir(); err == nil {
		t.Error("a directory open to others was taken")
	}
	if err := os.Chmod(c.sockets, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.makeSocketDir(); err != nil {
		t.Error(err)
	}
	c.account.uid++
	if err := c.makeSocketDir(); err == nil {
		t.Error("another user's directory was taken")
	}
}

func TestUnsafeServerIsNoHomeForData(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	other := beginProgram(t, "start", dir)
	other.awaitServer(t)
	if s, err := Start(t.Context(), Config{Dir: dir}); err == nil {
		t.Error("attached to a server without durability")
		stop(t, s)
	}
	if err := other.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.cmd.Wait()
	s := start(t, Config{Dir: dir})
	if got := ask(t, s.URL(), "select current_setting('fsync')"); got != "on" {
		t.Errorf("fsync is %s", got)
	}
}

func TestBrokenServerSaysWhy(t *testing.T) {
	t.Parallel()
	cfg := Config{Dir: newDir(t), Unsafe: true}
	s := start(t, cfg)
	stop(t, s)
	if err := os.WriteFile(filepath.Join(s.cluster.data, "postgresql.conf"), []byte("no such setting\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "postgresql.conf") {
		t.Errorf("error: %v", err)
	}
}
