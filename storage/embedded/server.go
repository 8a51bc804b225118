package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrOtherMajor says that the data was made by a version of PostgreSQL that is not there to run it.
var ErrOtherMajor = errors.New("data of another PostgreSQL version")

// Config says which server Start runs.
type Config struct {
	Dir            string       // the directory of the server, made at the first start; the data lies in Dir/data
	PGBin          string       // the folder of PostgreSQL's programs; Find looks for it when empty
	Database       string       // the database of URL, made when it is missing; "helpdesk" when empty
	Unsafe         bool         // gives up durability for speed; for tests only
	MaxConnections int          // PostgreSQL's own default when 0; a server that runs already keeps its number
	Logger         *slog.Logger // nothing is logged when nil
}

// settings are the server settings that follow from the configuration.
func (cfg Config) settings() []string {
	var settings []string
	if cfg.MaxConnections > 0 {
		settings = append(settings, "max_connections="+strconv.Itoa(cfg.MaxConnections))
	}
	if cfg.Unsafe {
		settings = append(settings, "fsync=off", "full_page_writes=off", "synchronous_commit=off")
	}
	return settings
}

// Server is the use of a running server by this program.
type Server struct {
	cluster  *cluster
	database string
	sockets  string
	started  bool
	leave    func() error

	once sync.Once
	err  error
}

// Start attaches to the server of the directory, or starts it. Every Server needs its Stop.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	c, err := openCluster(cfg)
	if err != nil {
		return nil, err
	}
	start, err := lockAlone(ctx, filepath.Join(c.dir, "start.lock"))
	if err != nil {
		return nil, err
	}
	defer start.release()
	users, err := openLock(filepath.Join(c.dir, "users.lock"))
	if err != nil {
		return nil, err
	}
	s, err := startLocked(ctx, c, users)
	if err != nil {
		users.release()
		return nil, err
	}
	if cfg.Database != "" {
		s.database = cfg.Database
	}
	if err := s.createDatabase(ctx); err != nil {
		return nil, errors.Join(err, c.leaveLocked(users))
	}
	return s, nil
}

// startLocked does the start proper, under start.lock.
func startLocked(ctx context.Context, c *cluster, users *fileLock) (*Server, error) {
	// Nobody else uses the server if this succeeds, even when one runs: its program was killed.
	alone, err := users.try(syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	if err := c.initialise(ctx); err != nil {
		return nil, err
	}
	accept := func(ctx context.Context, sockets string) (bool, error) { return c.accept(ctx, sockets, alone) }
	sockets, launched, err := c.run(ctx, launchChild, accept)
	if err != nil {
		return nil, err
	}
	if _, err := users.try(syscall.LOCK_SH); err != nil {
		return nil, err
	}
	c.log.Info("the database runs", "dir", c.dir, "started", launched, "adopted", alone && !launched, "url", dataSource(sockets, superuser))
	s := &Server{cluster: c, database: superuser, sockets: sockets, started: alone || launched}
	s.leave = func() error { return c.leave(users) }
	return s, nil
}

// accept takes a running server for use, once it answers. One that a test has left behind without durability is
// no home for data: it is restarted, or refused if somebody uses it.
func (c *cluster) accept(ctx context.Context, sockets string, alone bool) (bool, error) {
	conn, err := connect(ctx, sockets)
	if err != nil {
		return false, nil // it is still starting, or stopping; run looks again
	}
	defer conn.Close(ctx)
	if c.unsafe {
		return true, nil
	}
	const durable = `select bool_and(setting = 'on') from pg_settings
		where name in ('fsync', 'full_page_writes', 'synchronous_commit')`
	var ok bool
	if err := conn.QueryRow(ctx, durable).Scan(&ok); err != nil {
		return false, nil // as above
	}
	switch {
	case ok:
		return true, nil
	case alone:
		_ = conn.Close(ctx)
		return false, c.stop()
	}
	return false, fmt.Errorf("the database in %s runs without durability and another program uses it", c.dir)
}

// leave gives the use up, and shuts the server down if this was the last. Done under start.lock, because a program
// that is just starting must find the server either running and in use, or stopped.
func (c *cluster) leave(users *fileLock) error {
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	start, err := lockAlone(ctx, filepath.Join(c.dir, "start.lock"))
	if err != nil {
		users.release()
		return err
	}
	defer start.release()
	return c.leaveLocked(users)
}

// leaveLocked is leave for who holds start.lock already.
func (c *cluster) leaveLocked(users *fileLock) error {
	defer users.release()
	last, err := users.try(syscall.LOCK_EX)
	if err != nil || !last {
		return err
	}
	c.log.Info("stopping the database", "dir", c.dir)
	return c.stop()
}

// createDatabase makes the database of the configuration.
func (s *Server) createDatabase(ctx context.Context) error {
	conn, err := connect(ctx, s.sockets)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	const exists = `select exists (select from pg_database where datname = $1)`
	var there bool
	if err := conn.QueryRow(ctx, exists, s.database).Scan(&there); err != nil {
		return fmt.Errorf("look for database %s: %w", s.database, err)
	}
	if there {
		return nil
	}
	const duplicateDatabase = "42P04"
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{s.database}.Sanitize())
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == duplicateDatabase {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", s.database, err)
	}
	return nil
}

// URL returns the address of the configured database: over the socket, as the server's superuser.
func (s *Server) URL() string { return s.DatabaseURL(s.database) }

// DatabaseURL returns the address of another database of the same server.
func (s *Server) DatabaseURL(name string) string { return dataSource(s.sockets, name) }

// Started reports whether this program started the server, or adopted one whose program had died, rather than joining
// others who use it.
func (s *Server) Started() bool { return s.started }

// PID returns the process id of the running server, 0 when none runs.
func (s *Server) PID() int {
	if p := s.cluster.readPostmaster(); p.pid != 0 && inspect(p.pid, s.cluster.data) == ours {
		return p.pid
	}
	return 0
}

// Stop ends the use of the server and shuts it down when nobody else uses it. A second call does nothing more.
func (s *Server) Stop() error {
	s.once.Do(func() { s.err = s.leave() })
	return s.err
}
