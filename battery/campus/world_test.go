package campus_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// world is one campus, as one seed has it.
type world struct {
	*testing.T
	seed  uint64
	rng   *rand.Rand
	noise io.Reader // the desk's randomness
	now   time.Time
	zone  *time.Location

	wire *storagetest.Wire
	db   *storage.DB
	desk *core.Desk
	raw  *pgx.Conn // looks at the database behind the program's back

	people     []core.User
	queues     []core.Queue
	categories []core.Category
	places     []string

	tickets []core.TicketID // acknowledged
	guests  []guest
	said    []said
	typed   []typed
	words   int
	faults  int
	starved int            // answers that nobody knew for want of a processor
	done    map[string]int // how often each play succeeded

	step    int
	history []string // what was done, for whoever looks into a failure
}

// guest is somebody with a private link.
type guest struct {
	token  string
	ticket core.TicketID
}

// said is something that was acknowledged as said.
type said struct {
	word     string
	ticket   core.TicketID
	internal bool
	held     bool // it may also have been taken back
}

// typed is something that somebody typed and did not throw away.
type typed struct {
	word string
	user core.UserID
}

// quiet is the database without its bell: nobody listens here, and what rings later would not be the seed's.
type quiet struct{ core.Store }

func (quiet) Ring(core.Dirty) {}

// noise is randomness that a seed decides.
type noise struct{ rng *rand.ChaCha8 }

func (n noise) Read(p []byte) (int, error) { return n.rng.Read(p) } //nolint:wrapcheck // it never fails

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	url := storagetest.URL(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var key [32]byte
	key[0], key[1], key[2] = byte(seed), byte(seed>>8), byte(seed>>16)
	// Half of the campuses begin before the clocks go forward, and half before they go back.
	begin := time.Date(2026, time.March, 25, 8, 0, 0, 0, zone)
	if seed%2 == 0 {
		begin = time.Date(2025, time.October, 22, 8, 0, 0, 0, zone)
	}
	w := &world{
		T: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), noise: noise{rand.NewChaCha8(key)}, now: begin, zone: zone,
		wire: storagetest.NewWire(t, url), done: make(map[string]int),
	}
	if w.raw, err = pgx.Connect(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.raw.Close(context.WithoutCancel(t.Context())) })
	w.start()
	w.settle()
	return w
}

// settings are what the simulation asks of its database: one plan for each statement, because its connections are cut before a plan
// for each call pays; and time, because many campuses live on one machine, and a program that gets no processor for
// seconds is not what is tried here.
const settings = " plan_cache_mode=force_generic_plan statement_timeout=60000 lock_timeout=60000 idle_in_transaction_session_timeout=300000"

// starved is after how long an answer that nobody knows is honest although nothing was broken: storage says so of a database that
// was not heard of for as long.
const (
	starved     = 3 * time.Second
	mostStarved = 20 // of one campus; more is no accident
)

// start is the program's start; it is also what follows its crash.
func (w *world) start() {
	if w.db != nil {
		w.db.Close()
	}
	var err error
	w.db, err = storage.Open(w.Context(), storage.Config{URL: w.wire.URL + settings, Unsafe: true, Service: "campus", MaxConns: 4})
	w.need(err, "open the database")
	w.desk, err = core.New(w.Context(), quiet{w.db}, core.Options{
		Clock: func() time.Time { return w.now }, Rand: w.noise, Zone: w.zone, Hub: w.db.Hub(),
	})
	w.need(err, "start a desk")
}

// settle makes the campus: three teams, one of which works on what is confidential.
func (w *world) settle() {
	c := storagetest.CampusOn(w, w.desk)
	w.people = []core.User{c.Ada, c.Ines, c.Ivan, c.Fay, c.Cora, c.Ana, c.Ben}
	w.queues = []core.Queue{c.IT, c.Facilities, c.Conduct}
	w.categories = []core.Category{c.Network, c.Printing, c.Heating, c.Abuse}
	w.places = []string{"LIB", "LIB-204", "SCI", "behind the bicycle shed", "my office"}
	for _, n := range []struct {
		name  string
		role  core.Role
		queue core.QueueID
	}{{"finn", core.RoleStaff, c.Facilities.ID}, {"carl", core.RoleStaff, c.Conduct.ID}, {"cleo", core.RoleReporter, 0}} {
		u, err := w.desk.AddUser(w.Context(), core.Operator(), core.NewUser{Username: n.name, Name: n.name, Role: n.role})
		w.need(err, "add "+n.name)
		if n.queue != 0 {
			w.need(w.desk.Join(w.Context(), core.Operator(), u.ID, n.queue, false), "join")
		}
		w.people = append(w.people, u)
	}
	ines := storagetest.As(c.Ines, core.DoorSSH)
	prefs := core.DefaultPreferences()
	prefs.HoldReplies = true
	w.need(w.desk.SetPreferences(w.Context(), ines, prefs), "hold replies")
}

// need stops the world when something that has to work does not.
func (w *world) need(err error, what string) {
	w.Helper()
	if err != nil {
		w.wrongf("%s: %v", what, err)
	}
}

// wrongf stops the world, and says how to come back here.
func (w *world) wrongf(format string, args ...any) {
	w.Helper()
	for _, line := range w.history[max(0, len(w.history)-25):] {
		w.Log(line)
	}
	w.Fatalf("seed %d, step %d: %s\n\nagain: go test ./battery/campus -run TestWeeksOfACampus -seed %d", w.seed, w.step, fmt.Sprintf(format, args...), w.seed)
}

func (w *world) notef(format string, args ...any) {
	w.history = append(w.history, fmt.Sprintf("%4d %s ", w.step, w.now.In(w.zone).Format("01-02 15:04"))+fmt.Sprintf(format, args...))
}

// word is a word that nobody said before.
func (w *world) word() string {
	w.words++
	return fmt.Sprintf("zk%dz", w.words)
}

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

func pick[T any](w *world, list []T) T { return list[w.rng.IntN(len(list))] }

// outcome is what became of something that somebody did.
type outcome int

const (
	done    outcome = iota
	refused         // nothing happened, and that was said
	unknown         // the answer was that nobody knows
)

// try does something, perhaps while the network breaks or the program is killed, and judges the answer.
func (w *world) try(what string, act func(context.Context) error) (outcome, error) {
	ctx, kill := context.WithCancel(w.Context())
	defer kill()
	breaks := w.chance(8)
	how := storagetest.Break(w.rng.IntN(5))
	if breaks {
		w.wire.BreakAt(1+w.rng.IntN(9), how, kill)
	}
	began := time.Now()
	err := act(ctx)
	late := time.Since(began) >= starved
	broke, _ := w.wire.Mend()
	if broke {
		w.faults++
		what += fmt.Sprintf(" [%s]", how)
		w.quiet()
	}
	w.notef("%s: %v", what, err)
	switch kind := core.KindOf(err); {
	case err == nil:
		return done, nil
	case broke && (kind == core.Unavailable || errors.Is(err, context.Canceled)):
		if w.chance(20) {
			w.notef("restart")
			w.start()
		}
		return unknown, err
	case late && kind == core.Unavailable && w.starved < mostStarved:
		w.starved++
		w.Logf("seed %d, step %d: %s was starved: %v", w.seed, w.step, what, err)
		return unknown, err
	case kind == core.Internal || kind == core.Unavailable:
		w.wrongf("%s answered %v", what, err)
	}
	return refused, err
}

// quiet waits until the server has done, or given up, what was sent to it before the line was cut: only then is known what it did.
func (w *world) quiet() {
	const busy = `select count(*) from pg_stat_activity where datname = current_database() and state in ('active', 'idle in transaction') and pid <> pg_backend_pid()`
	for end := time.Now().Add(starved); w.number(busy) > 0 && time.Now().Before(end); {
		runtime.Gosched()
	}
}

// insist tries until it is known how it went, as doors do with the key of a form.
func (w *world) insist(what string, act func(context.Context) error) error {
	for {
		if got, err := w.try(what, act); got != unknown {
			return err
		}
	}
}

// pass lets time go by; now and then the clock is set.
func (w *world) pass() {
	w.now = w.now.Add(time.Duration(1+w.rng.IntN(3600)) * time.Second)
	switch n := w.rng.IntN(100); {
	case n == 0:
		w.notef("the clock is set back by an hour")
		w.now = w.now.Add(-time.Hour)
	case n == 1:
		w.notef("the clock is set forward by an hour")
		w.now = w.now.Add(time.Hour)
	case n < 6: // a night
		w.now = w.now.Add(time.Duration(6+w.rng.IntN(12)) * time.Hour)
	}
}
