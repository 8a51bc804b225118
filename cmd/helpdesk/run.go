package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/cmd/helpdesk/demo"
	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

const (
	demoName    = "helpdesk"
	demoSetting = "demo" // true: filled; false: filling was cut off
)

// runCommand is the whole product on a private database, with a demo campus in it.
type runCommand struct {
	campus    `embed:""`
	sshLimits `embed:""`

	Data    string `env:"HELPDESK_DATA" type:"path" help:"Folder of the private database; one of the user's own by default." placeholder:"DIR"`
	PGBin   string `name:"pgbin" env:"HELPDESK_PGBIN" type:"path" help:"Folder of PostgreSQL's programs, if they are not found by themselves." placeholder:"DIR"`
	WebAddr string `default:"127.0.0.1:8080" env:"HELPDESK_WEB_ADDR" help:"Address of the page; on this machine alone."`
	SSHAddr string `name:"ssh-addr" default:"127.0.0.1:2222" env:"HELPDESK_SSH_ADDR" help:"Address of the console; on this machine alone."`
	Empty   bool   `help:"Begin without the demo campus and its people."`
}

// Validate refuses settings that hold for nothing, and keeps the demo's well-known passwords on this machine.
func (r *runCommand) Validate() error {
	if err := errors.Join(r.campus.Validate(), r.sshLimits.Validate()); err != nil {
		return err
	}
	for name, address := range map[string]string{"HELPDESK_WEB_ADDR": r.WebAddr, "HELPDESK_SSH_ADDR": r.SSHAddr} {
		if !loopback(address) {
			return fmt.Errorf("%s is %q: a demo listens on this machine alone, as 127.0.0.1:8080; for real use there is 'helpdesk serve'", name, address)
		}
	}
	return nil
}

// Run starts the database, fills it the first time, serves, and stops the database at the end.
func (r *runCommand) Run(ctx context.Context, o *output) error {
	if r.Data == "" {
		r.Data = embedded.DefaultDir(demoName)
	}
	server, err := embedded.Start(ctx, embedded.Config{Dir: r.Data, PGBin: r.PGBin, Database: demoName, Logger: o.log})
	if err != nil {
		return fmt.Errorf("start the private database in %s: %w", r.Data, err)
	}
	keeping, stopKeeping := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		server.Keep(keeping)
	}()
	defer func() {
		stopKeeping()
		<-kept
		if err := server.Stop(); err != nil {
			o.log.Error("the private database did not stop", "error", err)
		}
	}()
	db, people, err := r.prepare(ctx, o, server)
	if err != nil {
		return err
	}
	defer db.Close()
	options := r.options()
	options.Hub, options.Logger = db.Hub(), o.log
	desk, err := core.New(ctx, db, options)
	if err != nil {
		return fmt.Errorf("open the desk: %w", err)
	}
	s := &serveCommand{campus: r.campus, sshLimits: r.sshLimits, WebAddr: r.WebAddr, SSHAddr: r.SSHAddr}
	return s.services(ctx, o, db, desk, newMetrics(), !r.Empty, func(at addresses) { r.welcome(o, server, desk.Name(), at, people) })
}

// prepare brings the database up to date and fills it if it is new. Where a filling was cut off, it
// begins anew.
func (r *runCommand) prepare(ctx context.Context, o *output, server *embedded.Server) (*storage.DB, []demo.Person, error) {
	for {
		if err := storage.Migrate(ctx, server.URL()); err != nil {
			return nil, nil, fmt.Errorf("migrate the private database: %w", err)
		}
		db, err := storage.Open(ctx, storage.Config{URL: server.URL(), Service: "run", Logger: o.log})
		if err != nil {
			return nil, nil, fmt.Errorf("open the private database: %w", err)
		}
		var filled bool
		marked, err := db.Setting(ctx, demoSetting, &filled)
		switch {
		case err != nil:
		case marked && filled:
			return db, demo.People(), nil
		case marked:
			db.Close()
			o.printf("The demo campus was not finished last time; making it anew.\n")
			if err := recreate(ctx, server); err != nil {
				return nil, nil, err
			}
			continue
		case r.Empty:
			return db, nil, nil
		default:
			var people []demo.Person
			if people, err = fill(ctx, o, db, r.Zone.Location); err == nil {
				return db, people, nil
			}
		}
		db.Close()
		return nil, nil, fmt.Errorf("fill the private database: %w", err)
	}
}

var errNotEmpty = errors.New("it already holds a helpdesk that is not a demo; start with --empty to use that, or give another folder with --data")

func fill(ctx context.Context, o *output, db *storage.DB, zone *time.Location) ([]demo.Person, error) {
	if used, err := db.Used(ctx); err != nil || used {
		if err == nil {
			err = errNotEmpty
		}
		return nil, err
	}
	if err := db.SaveSetting(ctx, demoSetting, false); err != nil {
		return nil, fmt.Errorf("mark the demo: %w", err)
	}
	now := time.Now()
	clock := demo.NewClock(now)
	desk, err := core.New(ctx, db, core.Options{Clock: clock.Now, Zone: zone, Logger: o.log})
	if err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	people, err := demo.Fill(ctx, desk, clock, now, zone, func(doing string) { o.printf("%s\n", doing) })
	if err != nil {
		return nil, fmt.Errorf("make the demo campus: %w", err)
	}
	if err := db.SaveSetting(ctx, demoSetting, true); err != nil {
		return nil, fmt.Errorf("mark the demo: %w", err)
	}
	return people, nil
}

// recreate drops a half-filled demo; it is never called on anything else.
func recreate(ctx context.Context, server *embedded.Server) error {
	conn, err := pgx.Connect(ctx, server.DatabaseURL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the private database: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, sql := range []string{`drop database ` + demoName + ` with (force)`, `create database ` + demoName} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make the private database anew: %w", err)
		}
	}
	return nil
}

// welcome says how to get in.
func (r *runCommand) welcome(o *output, server *embedded.Server, name string, at addresses, people []demo.Person) {
	host, port, err := net.SplitHostPort(at.ssh.String())
	if err != nil {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s is open.\n\n", name)
	fmt.Fprintf(&b, "  Report on the page      http://%s\n", at.web)
	fmt.Fprintf(&b, "  Work in the console     ssh -p %s USERNAME@%s\n", port, host)
	fmt.Fprintf(&b, "  Look at the database    psql '%s'\n\n", server.URL())
	if len(people) > 0 {
		b.WriteString("  People of the demo      username     password\n")
		for _, p := range people {
			fmt.Fprintf(&b, "    %-22s %-12s %-24s %s\n", p.Role, p.Username, p.Password, p.Words)
		}
		b.WriteString("\n")
	} else {
		b.WriteString("  There are no accounts yet: make the first with 'helpdesk user add --role admin NAME'.\n\n")
	}
	b.WriteString("  Ctrl-C stops it; what you did stays for the next time.\n\n")
	o.printf("%s", b.String())
}
