package battery

import (
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/battery/report"
)

// ledger remembers what clients sent, by a text that is sent once in the world, and how it was answered.
type ledger struct {
	mu      sync.Mutex
	answers map[string]string // "" is not acknowledged
	acked   int
	took    []time.Duration // of those acknowledged since the last lap, with all their tries
	errors  map[string]int
	last    time.Time // of an acknowledgement
	outage  time.Duration
}

func newLedger() *ledger {
	return &ledger{answers: map[string]string{}, errors: map[string]int{}, last: time.Now()}
}

func (l *ledger) attempt(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[text] = ""
}

// acknowledge notes the answer that a client got, the reference of a ticket, and how long it took.
func (l *ledger) acknowledge(text, answer string, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[text] = answer
	l.took = append(l.took, took)
	l.acked++
	now := time.Now()
	l.outage = max(l.outage, now.Sub(l.last))
	l.last = now
}

// lap returns how long those took that were acknowledged since the last lap.
func (l *ledger) lap() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	took := l.took
	l.took = nil
	return took
}

// failed notes what a client saw instead of an answer.
func (l *ledger) failed(kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errors[kind]++
}

func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// The texts of reports, and of replies, with the reference of the ticket.
const (
	reportsKept = `select title, reference from tickets where title like 'battery %'`
	repliesKept = `select m.body, t.reference from messages m join tickets t on t.id = m.ticket_id where m.body like 'battery reply %'`
)

// check compares the ledger with what a database keeps, and writes the row.
func (l *ledger) check(t *testing.T, r *report.Row, conn *pgx.Conn, kept string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	var text, answer string
	if _, err := pgx.ForEachRow(rows, []any{&text, &answer}, func() error {
		found[text] = append(found[text], answer)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c := report.Counts{Attempted: len(l.answers)}
	for text, answers := range found {
		told, attempted := l.answers[text]
		switch {
		case !attempted || told != "" && told != answers[0]:
			c.Unexpected++
		case told == "":
			c.Recovered++
		}
		if len(answers) > 1 {
			c.Duplicated++
		}
	}
	for text, told := range l.answers {
		if told == "" {
			continue
		}
		c.Acknowledged++
		if len(found[text]) == 0 {
			c.Lost++
			t.Errorf("%q was acknowledged as %s and is not there", text, told)
		}
	}
	if c.Duplicated > 0 || c.Unexpected > 0 || c.Acknowledged == 0 {
		t.Errorf("%+v: nothing may be duplicated or unexpected, and something must be acknowledged", c)
	}
	r.Counts.Attempted += c.Attempted
	r.Counts.Acknowledged += c.Acknowledged
	r.Counts.Lost += c.Lost
	r.Counts.Duplicated += c.Duplicated
	r.Counts.Unexpected += c.Unexpected
	r.Counts.Recovered += c.Recovered
	r.Outage = max(r.Outage, l.outage)
	for kind, n := range l.errors {
		r.Errors[kind] += n
	}
}
