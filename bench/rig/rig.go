// Package rig is what measurements stand on: the program as it is shipped, in processes of its own, over a durable
// PostgreSQL with a filled desk, and the figures that the system has of those processes.
package rig

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/bench/fill"
	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

// Rig is a program and a durable server of its own.
type Rig struct {
	Program string // path of the helpdesk
	Log     func(string)
	Server  *embedded.Server

	dir string
}

// Open starts the durable server, whose filled desks stay for the next time.
func Open(ctx context.Context, program string, log func(string)) (*Rig, error) {
	dir := embedded.DefaultDir("bench")
	server, err := embedded.Start(ctx, embedded.Config{Dir: dir, Database: "bench", MaxConnections: 300})
	if err != nil {
		return nil, fmt.Errorf("start the durable database: %w", err)
	}
	return &Rig{Program: program, Log: log, Server: server, dir: dir}, nil
}

// Close stops the server.
func (r *Rig) Close() error {
	if err := r.Server.Stop(); err != nil {
		return fmt.Errorf("stop the durable database: %w", err)
	}
	return nil
}

// ServerLog is the file that the server writes its log to.
func (r *Rig) ServerLog() string { return filepath.Join(r.dir, "postgres.log") }

// Desk is a filled desk that may be written to, opened beside the processes that serve it.
type Desk struct {
	*core.Desk

	DB      *storage.DB
	URL     string
	Tickets int
	Queues  []core.Queue

	made int // accounts, with those of earlier measurements
	drop func(context.Context) error
}

// Filled makes a copy of a filled desk of so many tickets.
func (r *Rig) Filled(ctx context.Context, tickets int) (*Desk, error) {
	copied, drop, err := fill.Clone(ctx, r.Server.DatabaseURL("postgres"), fill.Options{Tickets: tickets, Seed: 1, Log: r.Log})
	if err != nil {
		return nil, fmt.Errorf("fill a desk of %d tickets: %w", tickets, err)
	}
	d, err := At(ctx, copied)
	if err != nil {
		return nil, errors.Join(err, drop(context.WithoutCancel(ctx)))
	}
	d.drop = drop
	return d, nil
}

// Kept reports whether a desk of so many tickets has been filled before.
func (r *Rig) Kept(ctx context.Context, tickets int) (bool, error) {
	kept, err := fill.Kept(ctx, r.Server.DatabaseURL("postgres"), fill.Options{Tickets: tickets, Seed: 1})
	if err != nil {
		return false, fmt.Errorf("look for a desk of %d tickets: %w", tickets, err)
	}
	return kept, nil
}

// At opens a filled desk that somebody else made, and brings it up to date. It is changed by what is measured.
func At(ctx context.Context, databaseURL string) (*Desk, error) {
	if err := storage.Migrate(ctx, databaseURL); err != nil {
		return nil, fmt.Errorf("migrate %s: %w", databaseURL, err)
	}
	db, err := storage.Open(ctx, storage.Config{URL: databaseURL, Service: "bench", MaxConns: 4})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", databaseURL, err)
	}
	d := &Desk{DB: db, URL: databaseURL, drop: func(context.Context) error { return nil }}
	if err := d.open(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}

func (d *Desk) open(ctx context.Context) (err error) {
	if d.Desk, err = core.New(ctx, d.DB, core.Options{Hub: d.DB.Hub()}); err != nil {
		return fmt.Errorf("open the desk: %w", err)
	}
	if d.Queues, err = d.Desk.Queues(ctx, core.Operator()); err != nil {
		return fmt.Errorf("read queues: %w", err)
	}
	if d.Tickets, err = Value[int](ctx, d, `select count(*) from tickets`); err != nil {
		return err
	}
	if d.made, err = Value[int](ctx, d, `select count(*) from users where username like 'bench.%'`); err != nil {
		return err
	}
	if err := d.settle(ctx); err != nil {
		return err
	}
	for _, statement := range []string{dismiss, `checkpoint`, `vacuum analyze`} { // none of it in the middle of a measurement
		if err := d.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// settle does what the worker does on a desk in use: it learns words and packs finished days. One that was filled here has both.
func (d *Desk) settle(ctx context.Context) error {
	for due := true; due; {
		if err := d.LearnWords(ctx, core.System()); err != nil {
			return fmt.Errorf("learn words: %w", err)
		}
		var err error
		if due, err = Value[bool](ctx, d, `select exists (select from words_due)`); err != nil {
			return err
		}
	}
	if err := d.PackDays(ctx, core.System()); err != nil {
		return fmt.Errorf("pack days: %w", err)
	}
	return nil
}

// dismiss takes those whom measurements hired out of their queues, also those of one that was cut. On a desk that is measured again
// and again there would be hundreds to a queue: the page of a ticket names everybody to whom it can be given.
const dismiss = `delete from memberships where user_id in (select id from users where username like 'bench.%')`

// Close dismisses whom was hired, closes the desk, and removes it if it is a copy.
func (d *Desk) Close(ctx context.Context) error {
	err := d.Exec(ctx, dismiss)
	d.DB.Close()
	return errors.Join(err, d.drop(ctx))
}

// Exec runs a statement as the database's owner.
func (d *Desk) Exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, d.URL)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("%s: %w", sql, err)
	}
	return nil
}

// Value reads one value.
func Value[T any](ctx context.Context, d *Desk, sql string) (T, error) {
	list, err := Values[T](ctx, d, sql)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// Values reads one column.
func Values[T any](ctx context.Context, d *Desk, sql string) ([]T, error) {
	rows, err := d.DB.Pool().Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	return list, nil
}

// Hire makes staff of some queues, or of all if none is named. A password, which takes its time, is for those who need one.
func (d *Desk) Hire(ctx context.Context, password string, queues ...core.Queue) (core.User, error) {
	d.made++
	name := fmt.Sprintf("bench.%d.%d", os.Getpid(), d.made)
	u, err := d.AddUser(ctx, core.Operator(), core.NewUser{
		Username: name, Name: fmt.Sprintf("Bench Worker %d", d.made), Email: name + "@campus.example", Role: core.RoleStaff, Password: password,
	})
	if err != nil {
		return core.User{}, fmt.Errorf("hire: %w", err)
	}
	if len(queues) == 0 {
		queues = d.Queues
	}
	for _, q := range queues {
		if err := d.Join(ctx, core.Operator(), u.ID, q.ID, false); err != nil {
			return core.User{}, fmt.Errorf("hire: %w", err)
		}
	}
	return u, nil
}

// Admit lets somebody sign in with a key.
func (d *Desk) Admit(ctx context.Context, u core.User, key gossh.PublicKey) error {
	if _, err := d.AddKey(ctx, core.Operator(), u.ID, string(gossh.MarshalAuthorizedKey(key)), "bench"); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	return nil
}

// Serve starts the program over the desk and waits until it serves: "web", "ssh" or all.
func (r *Rig) Serve(ctx context.Context, d *Desk, only string, args ...string) (*Process, error) {
	database, err := url.Parse(d.URL)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	args = append([]string{
		"serve", "--only=" + only, "--database-url=" + database.String(), "--public-url=http://127.0.0.1", "--web-addr=127.0.0.1:0",
		"--ssh-addr=127.0.0.1:0", "--reports-per-address=0", "--reports-per-account=0", "--calls-per-token=0",
	}, args...)
	p, err := Start(ctx, r.Program, args...)
	if err != nil {
		return nil, err
	}
	if err := p.listens(only); err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}
