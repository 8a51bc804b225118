package fill_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/bench/fill"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// promises are what the schema promises of every desk: each finds what breaks one.
func promises() map[string]string {
	return map[string]string{
		"a ticket's last_seq is the number of its events": `
			select count(*) from tickets t join lateral (select count(*) n, max(seq) m from events where stream = 'ticket' and stream_id = t.id) e on true
			where t.last_seq <> e.n or e.n <> e.m`,
		"its version is that of its last event": `
			select count(*) from tickets t join events e on e.stream = 'ticket' and e.stream_id = t.id and e.seq = t.last_seq where e.version <> t.version`,
		"every field goes on from where it was": `
			select count(*) from (
				select from_value, lag(to_value) over (partition by stream_id, field order by seq) as was from events
				where stream = 'ticket' and field not in ('', 'tag', 'confidential')) e
			where was is not null and was <> from_value`,
		"times go forward": `
			select count(*) from (select at, lag(at) over (partition by stream_id order by seq) as was from events where stream = 'ticket') e where at < was`,
		"the status is that of the last change": `
			select count(*) from tickets t where t.status <> coalesce((
				select to_value from events where stream = 'ticket' and stream_id = t.id and field = 'status' order by seq desc limit 1), 'open')`,
		"so is the queue": `
			select count(*) from tickets t join queues q on q.id = t.queue_id where q.code <> coalesce((
				select to_value from events where stream = 'ticket' and stream_id = t.id and (field = 'queue' or kind = 'created') order by seq desc limit 1), '')`,
		"what is closed has a resolution and its last closing's time, what is not has neither": `
			select count(*) from tickets t where (t.status = 'closed') <> (t.closed_at is not null) or (t.status = 'closed') <> (t.resolution <> '')
				or t.status = 'closed' and t.closed_at <> (
					select max(at) from events where stream = 'ticket' and stream_id = t.id and field = 'status' and to_value = 'closed')`,
		"the first response is the first public message of staff": `
			select count(*) from tickets t where t.first_response_at is distinct from (
				select min(created_at) from messages where ticket_id = t.id and side = 'staff' and visibility = 'public')`,
		"every message has its event": `
			select abs((select count(*) from messages) - (select count(*) from events where kind in ('created', 'replied', 'noted') and stream = 'ticket'))`,
		"all can be found": `select (select count(*) from tickets) - (select count(*) from ticket_search)`,
		"ratings are history": `
			select abs((select count(*) from ratings) - (select count(*) from events where kind = 'rated'))`,
		"its words are learned": `select count(*) from words_due`,
		"finished days are packed": `
			select date '2026-02-27' - min(created_at at time zone 'UTC')::date + 1 - (select count(*) from packed_days) from tickets`,
		"nothing lies in the future": `select count(*) from events where at > '2026-03-01'`,
	}
}

func options(seed uint64) fill.Options {
	return fill.Options{Tickets: 1500, Seed: seed, Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Years: 2}
}

func TestAFilledDeskKeepsThePromisesOfTheSchema(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	made, err := fill.Database(t.Context(), url, options(1))
	if err != nil {
		t.Fatal(err)
	}
	if made.Tickets != 1500 || made.Open < 15 || made.Open > 100 || made.Events < 12_000 || made.Messages < 4000 {
		t.Errorf("made %s", made)
	}
	for promise, sql := range promises() {
		if n := count(t, url, sql); n != 0 {
			t.Errorf("%s: %d times it is not so", promise, n)
		}
	}
	if n := count(t, url, `select count(*) from pg_indexes where tablename in ('tickets', 'events')`); n < 12 {
		t.Errorf("%d indexes came back", n)
	}
	if wrong, err := storagetest.OpenURL(t, url).CheckMilestones(t.Context()); err != nil || wrong != 0 {
		t.Errorf("%d milestones do not follow from the history, %v", wrong, err)
	}
	if n := otherWords(t, url); n != 0 {
		t.Errorf("the words of %d tickets are not those that storage would index", n)
	}
	if wrong, err := storagetest.OpenURL(t, url).CheckPacked(t.Context()); err != nil || wrong != 0 {
		t.Errorf("%d packed days do not follow from the history, %v", wrong, err)
	}
	desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	if n := otherVocabulary(t, url, desk); n != 0 {
		t.Errorf("%d words are not as the worker learns them", n)
	}
	list, err := desk.Tickets(t.Context(), core.Operator(), core.ListRequest{})
	if err != nil || len(list.Tickets) == 0 {
		t.Fatalf("the desk lists %d tickets, %v", len(list.Tickets), err)
	}
	if _, err := desk.Note(t.Context(), core.Operator(), list.Tickets[0].ID, core.NewMessage{Body: "It goes on."}); err != nil {
		t.Errorf("the desk does not go on: %v", err)
	}
	if _, err := fill.Database(t.Context(), url, options(1)); err == nil {
		t.Error("what is full was filled again")
	}
}

// otherWords lets storage read the words of all tickets again, and counts those whose search vectors become others.
func otherWords(t *testing.T, url string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	execute(t, url, `create table filled as select ticket_id, public_doc, internal_doc, about_doc from ticket_search`)
	rows, err := conn.Query(t.Context(), `select ticket_id from filled`)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	err = storagetest.OpenURL(t, url).InTx(t.Context(), func(tx core.Tx) error {
		for _, id := range ids {
			if err := tx.Reindex(t.Context(), core.TicketID(id)); err != nil {
				return err //nolint:wrapcheck // told as it is
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return count(t, url, `
		select count(*) from filled f full join ticket_search s using (ticket_id)
		where (f.public_doc, f.internal_doc, f.about_doc) is distinct from (s.public_doc, s.internal_doc, s.about_doc)`)
}

// otherVocabulary lets the worker learn all words anew, which are due once storage has read them, and counts those that become others.
func otherVocabulary(t *testing.T, url string, desk *core.Desk) int {
	t.Helper()
	execute(t, url, `create table known as select word, lexeme, tickets, slips from words`)
	execute(t, url, `delete from words`)
	if err := desk.LearnWords(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	return count(t, url, `
		select count(*) from known k full join words w using (word)
		where (k.lexeme, k.tickets, k.slips) is distinct from (w.lexeme, w.tickets, w.slips)`)
}

func TestTheSameSeedMakesTheSameDesk(t *testing.T) {
	t.Parallel()
	const sum = `
		select hashtext(string_agg(t.reference || t.title || t.status || t.updated_at || e.n, '' order by t.id))
		from tickets t join (select stream_id, string_agg(command || kind || to_value || at, '' order by seq) n from events where stream = 'ticket' group by 1) e
		  on e.stream_id = t.id`
	sums := map[uint64]int{}
	for _, seed := range []uint64{7, 7, 8} {
		url := storagetest.URL(t)
		if _, err := fill.Database(t.Context(), url, options(seed)); err != nil {
			t.Fatal(err)
		}
		got := count(t, url, sum)
		if before, again := sums[seed]; again && before != got {
			t.Error("another desk for the same seed")
		}
		sums[seed] = got
	}
	if sums[7] == sums[8] {
		t.Error("the same desk for another seed")
	}
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func count(t *testing.T, url, sql string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var n int
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}
