package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// startPatience bounds a start, with the recovery after a crash.
	startPatience = 2 * time.Minute
	// reapPatience is how long a dead postmaster may stay unreaped, or its backends may linger, before that is no
	// longer a passing state.
	reapPatience = 5 * time.Second
	// stopPatience is how long a fast shutdown may take before it becomes an immediate one.
	stopPatience = 15 * time.Second
)

// condition is what a process is to a data directory.
type condition int

const (
	gone     condition = iota // there is no such process
	ours                      // it is the server of the directory
	zombie                    // it has ended and nobody has reaped it
	stranger                  // it has nothing to do with the directory
)

// errInTheWay says that postgres refused to start because of the traces of another server.
var errInTheWay = errors.New("another server of the same directory seems to run")

// postmaster is what postmaster.pid says.
type postmaster struct {
	pid     int
	sockets string
}

// readPostmaster reads postmaster.pid: line 1 is the pid, line 5 the socket's directory. The pid is 0 when there is
// no such file, or when it holds none.
func (c *cluster) readPostmaster() postmaster {
	text, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return postmaster{}
	}
	lines := strings.Split(string(text), "\n")
	p := postmaster{sockets: c.sockets}
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil || p.pid <= 1 {
		return postmaster{}
	}
	if len(lines) > 4 && strings.HasPrefix(lines[4], "/") {
		p.sockets = strings.TrimSpace(lines[4])
	}
	return p
}

// run attaches to the running server or starts one, whatever a crash has left behind. The caller holds start.lock.
// accept decides on a server that runs already: false means that it is on its way out.
func (c *cluster) run(ctx context.Context, launch launcher, accept func(context.Context, string) (bool, error)) (sockets string, launched bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startPatience, fmt.Errorf("no server after %s, see %s", startPatience, c.logPath()))
	defer cancel()
	var obstacle error
	for began := time.Now(); ; {
		p := c.readPostmaster()
		state := gone
		if p.pid != 0 {
			state = inspect(p.pid, c.data)
		}
		switch state {
		case ours:
			ok, err := accept(ctx, p.sockets)
			if err != nil || ok {
				return p.sockets, false, err
			}
			obstacle = fmt.Errorf("process %d, named by %s/postmaster.pid, does not answer as its database", p.pid, c.data)
		case gone, zombie, stranger:
			if state == stranger || state == zombie && time.Since(began) > reapPatience {
				c.clearLocks(p.pid)
			}
			err := c.launch(ctx, launch)
			if err == nil {
				return c.sockets, true, nil
			}
			if !errors.Is(err, errInTheWay) || time.Since(began) > 3*reapPatience {
				return "", false, err
			}
			obstacle = err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return "", false, errors.Join(fmt.Errorf("start the database in %s: %w", c.data, err), obstacle)
		}
	}
}

// clearLocks removes the lock files that name pid, which is not the server. postgres only asks whether that pid
// is alive and would refuse for ever. In every other case the files are left to postgres, which also checks the
// shared memory; here nothing may work in the data directory instead.
func (c *cluster) clearLocks(pid int) {
	if occupied(c.data) {
		return
	}
	for _, path := range []string{filepath.Join(c.data, "postmaster.pid"), filepath.Join(c.sockets, ".s.PGSQL.5432.lock")} {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		if strings.TrimSpace(first) == strconv.Itoa(pid) {
			c.log.Warn("removing a lock whose process is no longer the database", "file", path, "pid", pid)
			_ = os.Remove(path)
		}
	}
}

// launcher makes postgres run with these arguments, writing to log. It returns a function that says whether it still
// does, and one that ends it.
type launcher func(c *cluster, args []string, log *os.File) (running func() bool, end func(), err error)

// launch starts postgres and waits until it answers.
func (c *cluster) launch(ctx context.Context, launch launcher) error {
	if err := c.makeSocketDir(); err != nil {
		return err
	}
	log, err := c.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	from, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read the database's log: %w", err)
	}
	running, end, err := launch(c, c.arguments(), log)
	if err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	for {
		conn, err := connect(ctx, c.sockets)
		if err == nil {
			return closeConn(ctx, conn)
		}
		if !running() {
			return c.refusal(from)
		}
		if wait := pause(ctx, 10*time.Millisecond); wait != nil {
			end()
			return fmt.Errorf("wait for the database: %w (%w)", wait, err)
		}
	}
}

func (c *cluster) arguments() []string {
	args := []string{"-D", c.data, "-k", c.sockets, "-p", "5432"}
	settings := append([]string{"listen_addresses=", "unix_socket_permissions=0700", "logging_collector=off", "log_destination=stderr"}, quickRecovery()...)
	settings = append(settings, c.settings...)
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// refusal makes an error of what postgres said before it ended.
func (c *cluster) refusal(from int64) error {
	text := ""
	if log, err := os.Open(c.logPath()); err == nil {
		defer log.Close()
		said, _ := io.ReadAll(io.NewSectionReader(log, from, 1<<20))
		text = string(said)
	}
	if strings.Contains(text, `lock file "`) || strings.Contains(text, "shared memory block") {
		return fmt.Errorf("%w: %s", errInTheWay, lastLines(text))
	}
	return fmt.Errorf("postgres ended at its start: %s", lastLines(text))
}

func (c *cluster) logPath() string { return filepath.Join(c.dir, "postgres.log") }

// openLog opens the server's log, after putting a long one aside.
func (c *cluster) openLog() (*os.File, error) {
	if info, err := os.Lstat(c.logPath()); err == nil && info.Size() > 8<<20 {
		_ = os.Rename(c.logPath(), c.logPath()+".1")
	}
	log, err := os.OpenFile(c.logPath(), os.O_RDWR|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database's log: %w", err)
	}
	return log, nil
}

// launchChild runs postgres as a child of this process.
func launchChild(c *cluster, args []string, log *os.File) (running func() bool, end func(), err error) {
	// Not CommandContext: the server outlives the context of its start.
	cmd := exec.Command(c.programs.path("postgres"), args...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env = c.account.process(), c.data, c.environment()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // reaps it, so that it leaves no zombie while this process lives
		close(exited)
	}()
	running = func() bool {
		select {
		case <-exited:
			return false
		default:
			return true
		}
	}
	end = func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT)
		<-exited
	}
	return running, end, nil
}

// stop ends the running server: fast, and if that takes too long, at once. The caller holds start.lock.
func (c *cluster) stop() error {
	p := c.readPostmaster()
	if p.pid == 0 {
		return nil
	}
	for _, try := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, stopPatience}, {syscall.SIGQUIT, 5 * time.Second}} {
		if inspect(p.pid, c.data) != ours {
			break
		}
		if err := syscall.Kill(p.pid, try.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the database: %w", err)
		}
		for end := time.Now().Add(try.patience); time.Now().Before(end) && inspect(p.pid, c.data) == ours; {
			time.Sleep(5 * time.Millisecond)
		}
	}
	if inspect(p.pid, c.data) == ours {
		return fmt.Errorf("stop the database: process %d does not end", p.pid)
	}
	_ = os.Remove(p.sockets) // only if it is empty: nothing is left in /tmp
	return nil
}

// dataSource is the address of a database over the socket, for pgx and for psql.
func dataSource(sockets, database string) string {
	query := url.Values{"host": {sockets}, "port": {"5432"}}
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}).String()
}

// connect opens a connection to the database that every server has.
func connect(ctx context.Context, sockets string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dataSource(sockets, "postgres"))
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}

func closeConn(ctx context.Context, conn *pgx.Conn) error {
	if err := conn.Close(ctx); err != nil {
		return fmt.Errorf("close the connection: %w", err)
	}
	return nil
}
