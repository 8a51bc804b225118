// Package fill fills a database with a big, believable desk for measurements: years of tickets with their whole
// history, the same for the same seed. What it writes keeps all promises of the schema, as if it had been told to
// the desk ticket by ticket; it only comes by COPY.
package fill

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

// Options say how big the desk is. The zero value of each has its default.
type Options struct {
	Tickets int            // 10,000 if 0
	Seed    uint64         // the same seed makes the same desk
	Years   int            // over how many years the tickets come, 5 if 0
	Until   time.Time      // when the last of them comes, now if zero
	Zone    *time.Location // of the campus, Europe/Berlin if nil
	Log     func(string)   // told how far it is; may be nil
}

// Result says what was written, and how long it took.
type Result struct {
	Tickets, Open, Events, Messages int
	Took                            time.Duration
}

// String says it in one line.
func (r Result) String() string {
	return fmt.Sprintf("%d tickets (%d not closed), %d events, %d messages in %s", r.Tickets, r.Open, r.Events, r.Messages, r.Took.Round(100*time.Millisecond))
}

var errNotEmpty = errors.New("the database has tickets already: fill an empty one")

// chunk is how many tickets come in one transaction.
const chunk = 5000

func (o *Options) complete() error {
	if o.Tickets == 0 {
		o.Tickets = 10_000
	}
	if o.Years == 0 {
		o.Years = 5
	}
	if o.Until.IsZero() {
		o.Until = time.Now()
	}
	o.Until = o.Until.UTC().Truncate(time.Second)
	if o.Zone == nil {
		var err error
		if o.Zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
			return fmt.Errorf("load the campus's zone: %w", err)
		}
	}
	if o.Log == nil {
		o.Log = func(string) {}
	}
	return nil
}

// Database migrates the database at url and fills it. It must own the database and find no tickets in it.
func Database(ctx context.Context, url string, o Options) (Result, error) {
	began := time.Now()
	if err := o.complete(); err != nil {
		return Result{}, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // rows are made and forgotten by the million
	if err := storage.Migrate(ctx, url); err != nil {
		return Result{}, fmt.Errorf("migrate the database to fill: %w", err)
	}
	campus, err := makeCampus(ctx, url, o)
	if err != nil {
		return Result{}, fmt.Errorf("make the campus: %w", err)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return Result{}, fmt.Errorf("read database URL: %w", err)
	}
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	config.ConnConfig.RuntimeParams["maintenance_work_mem"] = "512MB"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return Result{}, fmt.Errorf("open the database to fill: %w", err)
	}
	defer pool.Close()
	w := &writer{pool: pool, log: o.Log, zone: o.Zone, until: o.Until, words: lexicon{}}
	result, err := w.fill(ctx, newTeller(o, campus), o.Tickets)
	if err != nil {
		return Result{}, fmt.Errorf("fill: %w", err)
	}
	result.Took = time.Since(began)
	return result, nil
}

// newTeller makes who tells the tickets' stories.
func newTeller(o Options, c *campus) *teller {
	random := rand.New(rand.NewPCG(o.Seed, 0x68656c706465736b)) //nolint:gosec // the same each time is the point
	return &teller{
		random: random, campus: c, zone: o.Zone, until: o.Until, calendar: newArrivals(o.Until.AddDate(-o.Years, 0, 0), o.Until, o.Zone),
		total: o.Tickets, words: newWords(random),
	}
}

// makeCampus fills the empty database with queues, categories, places and people, through the desk.
func makeCampus(ctx context.Context, url string, o Options) (*campus, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var filled bool
	if err := conn.QueryRow(ctx, `select exists (select from tickets)`).Scan(&filled); err != nil {
		return nil, fmt.Errorf("look for tickets: %w", err)
	}
	if filled {
		return nil, errNotEmpty
	}
	db, err := storage.Open(ctx, storage.Config{URL: url, Unsafe: true, Service: "fill", MaxConns: 2})
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	defer db.Close()
	desk, err := core.New(ctx, db, core.Options{Zone: o.Zone, Clock: func() time.Time { return o.Until.AddDate(-o.Years, 0, -1) }})
	if err != nil {
		return nil, fmt.Errorf("open the desk: %w", err)
	}
	c, err := settle(ctx, desk)
	if err != nil {
		return nil, err
	}
	if err := c.invite(ctx, conn, o); err != nil {
		return nil, err
	}
	return c, nil
}
