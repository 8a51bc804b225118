package storage

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
)

// The bell tells all processes what has changed, so that they look. It is rung after commit and
// merged, at most once in 25 ms a process: a NOTIFY inside the writing transactions takes a lock
// over the whole database as each commits, which halves their rate. A bell that was lost, because
// the process died before ringing or the listener was away, is made good by the resync.
const (
	bellChannel = "helpdesk"
	bellRest    = 25 * time.Millisecond
	bellResync  = 10 * time.Second // after which it is asked whether something happened, unless the configuration says otherwise
	bellAnyway  = time.Minute      // after which everybody looks, whatever is known
	bellMost    = 400              // ids in one notification, whose payload ends at 8,000 bytes; above it says "all"
)

type bell struct {
	hub    *core.Hub
	pool   *pgxpool.Pool
	logger *slog.Logger
	listen *pgx.ConnConfig
	heard  func(time.Duration)
	self   uint64 // by which this process knows its own bells

	mu      sync.Mutex
	pending core.Dirty
	rung    chan struct{}

	cancel context.CancelFunc
	done   sync.WaitGroup
}

func startBell(config Config, pool *pgxpool.Pool) (*bell, error) {
	listen, err := pgxpool.ParseConfig(config.DirectURL)
	if err != nil {
		return nil, err
	}
	listen.ConnConfig.RuntimeParams["application_name"] = "helpdesk " + config.Service + " listener"
	listen.ConnConfig.ConnectTimeout = 5 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	b := &bell{
		hub: config.Hub, pool: pool, logger: config.Logger, listen: listen.ConnConfig,
		heard: config.Heard, self: rand.Uint64(), //nolint:gosec // only to be told apart
		rung: make(chan struct{}, 1), cancel: cancel,
	}
	b.done.Go(func() { b.ringer(ctx) })
	b.done.Go(func() { b.listener(ctx) })
	every := bellResync
	if config.Resync > 0 {
		every = config.Resync
	}
	b.done.Go(func() { b.resync(ctx, every) })
	return b, nil
}

func (b *bell) stop() {
	b.cancel()
	b.done.Wait()
}

// Ring tells every process what has changed. Sessions of this one hear it at once.
func (db *DB) Ring(d core.Dirty) {
	db.bell.hub.Publish(d)
	db.bell.mu.Lock()
	db.bell.pending.Merge(d)
	db.bell.mu.Unlock()
	select {
	case db.bell.rung <- struct{}{}:
	default:
	}
}

// ringer sends what is pending, and then rests.
func (b *bell) ringer(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			b.send(context.WithoutCancel(ctx)) // what was done before the stop is still told
			return
		case <-b.rung:
		}
		b.send(context.WithoutCancel(ctx)) // also when the stop comes in the middle
		if pause(ctx, bellRest) != nil {
			b.send(context.WithoutCancel(ctx))
			return
		}
	}
}

func (b *bell) send(ctx context.Context) {
	b.mu.Lock()
	d := b.pending
	b.pending = core.Dirty{}
	b.mu.Unlock()
	if d.Empty() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if _, err := b.pool.Exec(ctx, `select pg_notify($1, $2)`, bellChannel, b.encode(d, time.Now())); err != nil { //nolint:forbidigo // how long a bell takes, whatever the desk's clock says
		b.logger.Warn("the bell could not be rung; other processes will look by themselves", "error", err)
	}
}

// listener hears all processes' bells, on a connection of its own, and comes back when it is lost.
func (b *bell) listener(ctx context.Context) {
	for ctx.Err() == nil {
		err := b.hear(ctx)
		if ctx.Err() != nil {
			return
		}
		b.logger.Warn("the feed was interrupted; connecting again", "error", err)
		if pause(ctx, time.Second) != nil {
			return
		}
	}
}

func (b *bell) hear(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, b.listen.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+bellChannel); err != nil {
		return err
	}
	b.hub.Publish(core.Dirty{All: true, Place: true}) // whatever was missed while away
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		b.hub.Publish(b.decode(n.Payload, time.Now())) //nolint:forbidigo // as above
	}
}

const newestEvent = `select coalesce((select xid::text || '/' || id from events order by xid desc, id desc limit 1), '')`

// resync has everybody look where something has happened since they were last told to, or nobody can say whether. What is
// no event, and what the time alone changes, such as how old a ticket is, is looked for less often: while nothing happens,
// hundreds of consoles would read what they show over and over.
func (b *bell) resync(ctx context.Context, every time.Duration) {
	ticker, anyway := time.NewTicker(every), time.NewTicker(bellAnyway)
	defer ticker.Stop()
	defer anyway.Stop()
	seen := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-anyway.C:
			b.hub.Publish(core.Dirty{All: true})
		case <-ticker.C:
			newest, err := b.newest(ctx)
			if err != nil || newest != seen {
				b.hub.Publish(core.Dirty{All: true})
			}
			seen = newest
		}
	}
}

func (b *bell) newest(ctx context.Context) (event string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	err = b.pool.QueryRow(ctx, newestEvent).Scan(&event)
	return event, err //nolint:wrapcheck // nobody reads it
}

// ring is a bell's payload.
type ring struct {
	Tickets []core.TicketID `json:"t,omitempty"`
	Users   []core.UserID   `json:"u,omitempty"`
	Place   bool            `json:"p,omitempty"`
	All     bool            `json:"a,omitempty"`

	Attendance bool `json:"w,omitempty"`

	From uint64 `json:"f"` // the process
	At   int64  `json:"s"` // when, in microseconds of that process's clock
}

func (b *bell) encode(d core.Dirty, now time.Time) string {
	r := ring{Place: d.Place, All: d.All, Attendance: d.Attendance, From: b.self, At: now.UnixMicro()}
	if len(d.Tickets)+len(d.Users) > bellMost {
		r.All = true
	} else {
		r.Tickets, r.Users = slices.Sorted(maps.Keys(d.Tickets)), slices.Sorted(maps.Keys(d.Users))
	}
	payload, err := json.Marshal(r)
	if err != nil {
		return `{"a":true}`
	}
	return string(payload)
}

// decode reads a bell. How long it took is known of a process's own alone: no two clocks are alike.
func (b *bell) decode(payload string, now time.Time) core.Dirty {
	var r ring
	if err := json.Unmarshal([]byte(payload), &r); err != nil {
		return core.Dirty{All: true}
	}
	if r.From == b.self && b.heard != nil {
		b.heard(max(0, now.Sub(time.UnixMicro(r.At))))
	}
	d := core.Dirty{Place: r.Place, All: r.All, Attendance: r.Attendance, Tickets: map[core.TicketID]bool{}, Users: map[core.UserID]bool{}}
	for _, id := range r.Tickets {
		d.Tickets[id] = true
	}
	for _, id := range r.Users {
		d.Users[id] = true
	}
	return d
}

// isConnectionLoss recognises a connection that ended in mid-conversation.
func isConnectionLoss(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// Hub tells what changes, in this process and in others.
func (db *DB) Hub() *core.Hub { return db.bell.hub }
