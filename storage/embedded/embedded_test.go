package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// roleVariable turns this test binary into another program that uses a server, because locks, adoption and kill -9 are
// about processes.
const roleVariable = "EMBEDDED_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "start":
		playRole(func(ctx context.Context) (*Server, error) {
			return Start(ctx, Config{Dir: os.Getenv("EMBEDDED_TEST_DIR"), Unsafe: true})
		})
	case "test server":
		playRole(func(ctx context.Context) (*Server, error) {
			return testServer(ctx, quickly(os.Getenv("EMBEDDED_TEST_DIR")))
		})
	}
}

// playRole uses the server until its input ends.
func playRole(start func(context.Context) (*Server, error)) {
	s, err := start(context.Background())
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(s.PID(), s.Started())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// program is another process that uses a server.
type program struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	output  *bufio.Reader
	pid     int  // of the server, as it sees it
	started bool // as it sees it
}

// beginProgram starts the process; the caller awaits its server.
func beginProgram(t *testing.T, role, dir string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(self)}
	p.cmd.Env = append(os.Environ(), roleVariable+"="+role, "EMBEDDED_TEST_DIR="+dir)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.output = bufio.NewReader(out)
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

func (p *program) awaitServer(t *testing.T) {
	t.Helper()
	line, err := p.output.ReadString('\n')
	if err != nil {
		t.Fatalf("the other program said %q: %v", line, err)
	}
	if _, err := fmt.Sscan(line, &p.pid, &p.started); err != nil {
		t.Fatalf("the other program said %q", line)
	}
}

func (p *program) end(t *testing.T) {
	t.Helper()
	_ = p.stdin.Close()
	rest, _ := io.ReadAll(p.output)
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("the other program ended with %v: %s", err, rest)
	}
}

// newDir returns a directory that the server's user can reach also when the tests run as root, which does not hold for
// t.TempDir. No server is left in it at the end.
func newDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "embedded-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { // directories are made in it
		t.Fatal(err)
	}
	t.Cleanup(func() {
		below, _ := filepath.Glob(filepath.Join(dir, "*/data"))
		for _, data := range append(below, filepath.Join(dir, "data")) {
			c := &cluster{data: data}
			if p := c.readPostmaster(); p.pid != 0 && inspect(p.pid, data) == ours {
				_ = syscall.Kill(p.pid, syscall.SIGQUIT)
				awaitGone(t, p.pid)
			}
			_ = os.RemoveAll(socketDir(data))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// quickly is a tests' server that does not stay long.
func quickly(parent string) testConfig {
	return testConfig{parent: parent, idle: 2 * time.Second, step: time.Second}
}

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// ask runs a query that returns one text.
func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var text string
	if err := conn.QueryRow(t.Context(), sql).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// awaitGone waits until the process runs no more.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d still runs", pid)
		}
	}
}

// crash kills the postmaster the hard way.
func crash(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, pid)
}

// crashedCluster returns a directory whose server was killed, and the cluster to look into it.
func crashedCluster(t *testing.T) (Config, *cluster) {
	t.Helper()
	cfg := Config{Dir: newDir(t)}
	s := start(t, cfg)
	execute(t, s.URL(), "create table kept as select 'yes' as word")
	crash(t, s.PID())
	stop(t, s)
	return cfg, s.cluster
}

// sleeper runs a process as the server's user that is no server.
func sleeper(t *testing.T, c *cluster, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "300")
	cmd.SysProcAttr, cmd.Dir = c.account.process(), dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// rewritePID puts another process id in the first line of both lock files of a killed server.
func rewritePID(t *testing.T, c *cluster, pid int) {
	t.Helper()
	files := []string{filepath.Join(c.data, "postmaster.pid"), filepath.Join(c.sockets, ".s.PGSQL.5432.lock")}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "\n")
		if err := os.WriteFile(file, fmt.Appendf(nil, "%d\n%s", pid, rest), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
