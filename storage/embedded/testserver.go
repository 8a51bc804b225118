package embedded

import (
	"context"
	"crypto/sha256"
	_ "embed" // for the supervisor's script
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// supervisor starts postgres and stops it when nobody uses it. It is a script because a test binary, the only other
// program at hand, cannot be told to do something else than to run its tests.
//
//go:embed supervise.sh
var supervisor string

// testConfig is what sets one tests' server apart from another.
type testConfig struct {
	parent string        // the folder in which the server's directory is made
	idle   time.Duration // how long the server stays without users
	step   time.Duration // how often the supervisor looks
}

// usersLock is the advisory lock that users of the tests' server share, in its database postgres.
const usersLock = 20422

// TestServer returns the server that all tests of this user share, and starts it when it does not run. It has given
// up durability, takes 300 connections and stops by itself a minute after the last user has left. Its URL is that of
// the database postgres; databases whose names begin with t_ are removed at the server's next start.
//
// One connection is kept open as the sign of use. Keep the Server for as long as the tests run; Stop, or the end of
// the process, gives it up.
func TestServer(ctx context.Context) (*Server, error) {
	return testServer(ctx, testConfig{parent: os.TempDir(), idle: time.Minute, step: 2 * time.Second})
}

func testServer(ctx context.Context, t testConfig) (*Server, error) {
	p, err := find(os.Getenv("HELPDESK_PGBIN"), 0, os.Getenv("PATH"), packagePlaces())
	if err != nil {
		return nil, err
	}
	cfg := Config{PGBin: p.dir, Unsafe: true, MaxConnections: 300}
	if cfg.Dir, err = t.makeDir(cfg, p.major); err != nil {
		return nil, err
	}
	start, err := lockAlone(ctx, filepath.Join(cfg.Dir, "start.lock"))
	if err != nil {
		return nil, err
	}
	defer start.release()
	s, err := t.startLocked(ctx, cfg)
	if data := filepath.Join(cfg.Dir, "data"); err != nil && deserted(ctx, data) {
		// Without durability a power cut may have broken the data, and cleaners of /tmp take files out of it. There is
		// nothing to lose here, and only here.
		if err := os.RemoveAll(data); err != nil {
			return nil, fmt.Errorf("remove the tests' broken database: %w", err)
		}
		s, err = t.startLocked(ctx, cfg)
	}
	return s, err
}

// deserted reports whether nothing works in the data directory any more. The backends of a killed server need a moment.
func deserted(ctx context.Context, data string) bool {
	for end := time.Now().Add(reapPatience); occupied(data); {
		if pause(ctx, 50*time.Millisecond) != nil || time.Now().After(end) {
			return false
		}
	}
	return ctx.Err() == nil
}

// makeDir makes the directory, one for each user, version and set of settings. Its name can be guessed and
// everybody may write to its parent, so it is not taken over from anybody else.
func (t testConfig) makeDir(cfg Config, major int) (string, error) {
	hash := sha256.Sum256([]byte(strings.Join(append(t.settings(cfg), supervisor, t.idle.String()), "\n")))
	self := os.Geteuid()
	dir := filepath.Join(t.parent, fmt.Sprintf("helpdesk-test-%d-pg%d-%s", self, major, hex.EncodeToString(hash[:4])))
	mode := os.FileMode(0o700)
	if self == 0 {
		mode = 0o711 // the server's user passes through
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("make the tests' database directory: %w", err)
	}
	owner, _, err := ownerOf(dir)
	if err != nil {
		return "", err
	}
	if owner != uint32(self) {
		return "", fmt.Errorf("%s belongs to user %s: remove it", dir, userName(owner))
	}
	return dir, nil
}

// settings keep the server small: its databases are, and there are many of them.
func (t testConfig) settings(cfg Config) []string {
	return append(cfg.settings(), "shared_buffers=64MB", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=512MB")
}

// startLocked attaches or starts, under start.lock.
func (t testConfig) startLocked(ctx context.Context, cfg Config) (*Server, error) {
	c, err := openCluster(cfg)
	if err != nil {
		return nil, err
	}
	c.settings = t.settings(cfg)
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	var keeper *pgx.Conn
	accept := func(ctx context.Context, sockets string) (bool, error) {
		keeper = keep(ctx, sockets)
		return keeper != nil, nil
	}
	sockets, launched, err := c.run(ctx, t.launch, accept)
	if err != nil {
		return nil, err
	}
	if launched {
		if keeper = keep(ctx, sockets); keeper == nil {
			return nil, fmt.Errorf("the tests' database in %s was started and does not answer", c.dir)
		}
		if err := dropLeftovers(ctx, keeper); err != nil {
			return nil, errors.Join(err, keeper.Close(ctx))
		}
	}
	leave := func() error { return closeConn(context.Background(), keeper) }
	return &Server{cluster: c, database: "postgres", sockets: sockets, started: launched, leave: leave}, nil
}

// launch runs postgres under the supervisor, which belongs to nobody: it and the server outlive this process.
func (t testConfig) launch(c *cluster, args []string, log *os.File) (running func() bool, end func(), err error) {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	cmd := exec.Command("/bin/sh", append([]string{
		"-s", c.programs.dir, c.sockets, strconv.Itoa(usersLock), seconds(t.idle), seconds(t.step),
	}, args...)...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env = c.account.process(), "/", c.environment()
	cmd.Stdin, cmd.Stderr = strings.NewReader(supervisor), log
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("run the supervisor: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		return nil, nil, fmt.Errorf("run the supervisor: %w", err)
	}
	running = func() bool { return alive(pid) }
	end = func() { _ = syscall.Kill(pid, syscall.SIGQUIT) }
	return running, end, nil
}

// keep opens the connection that stands for this process. It is nil when the server does not answer, or is refused the
// lock, because the supervisor holds it and is stopping the server.
func keep(ctx context.Context, sockets string) *pgx.Conn {
	conn, err := connect(ctx, sockets)
	if err != nil {
		return nil
	}
	var got bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock_shared($1)", usersLock).Scan(&got); err != nil || !got {
		_ = conn.Close(ctx)
		return nil
	}
	return conn
}

// dropLeftovers removes the databases of tests that were killed before they could.
func dropLeftovers(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `select datname from pg_database where datname like 't\_%'`)
	if err != nil {
		return fmt.Errorf("list old test databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list old test databases: %w", err)
	}
	for _, name := range names {
		if _, err := conn.Exec(ctx, "drop database "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			return fmt.Errorf("drop old test database %s: %w", name, err)
		}
	}
	return nil
}
