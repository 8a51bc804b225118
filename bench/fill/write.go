package fill

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

// writer writes stories. Indexes and foreign keys are put aside while it does and made anew in one go, which takes
// a fraction of the time and checks everything all the same.
type writer struct {
	pool   *pgxpool.Pool
	log    func(string)
	zone   *time.Location
	until  time.Time
	result Result
	words  lexicon
}

func (w *writer) fill(ctx context.Context, r *teller, tickets int) (Result, error) {
	restore, err := w.putAside(ctx)
	if err != nil {
		return Result{}, err
	}
	began := time.Now()
	batches, told := make(chan *batch, 2), make(chan error, 1)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(batches)
		told <- w.tell(inner, r, tickets, batches)
	}()
	indexed := make(chan error, 1)
	written := make(chan *batch, 2)
	go func() { indexed <- w.index(inner, written) }()
	err = w.write(inner, batches, written)
	close(written)
	if err != nil {
		cancel()
	}
	for _, end := range []chan error{told, indexed} {
		if e := <-end; err == nil {
			err = e
		}
	}
	if err != nil {
		return Result{}, err
	}
	w.log(fmt.Sprintf("rows written after %s", time.Since(began).Round(time.Second)))
	if err := w.finish(ctx, restore); err != nil {
		return Result{}, err
	}
	if err := w.derive(ctx); err != nil {
		return Result{}, err
	}
	w.log(fmt.Sprintf("indexes made after %s", time.Since(began).Round(time.Second)))
	return w.result, nil
}

func (w *writer) tell(ctx context.Context, r *teller, tickets int, batches chan<- *batch) error {
	var b *batch
	for i := range tickets {
		if b == nil {
			b = &batch{messages: w.result.Messages, first: firstTicket + i}
		}
		s, err := r.next()
		if err != nil {
			return err
		}
		b.add(s)
		w.words.add(s)
		if s.t.Status != core.Closed {
			w.result.Open++
		}
		w.result.Tickets, w.result.Events, w.result.Messages = w.result.Tickets+1, w.result.Events+len(s.events), w.result.Messages+len(s.messages)
		if len(b.tickets) == chunk || i == tickets-1 {
			select {
			case batches <- b:
			case <-ctx.Done():
				return ctx.Err() //nolint:wrapcheck // the other side says why
			}
			b = nil
		}
	}
	return nil
}

func (w *writer) write(ctx context.Context, batches <-chan *batch, written chan<- *batch) error {
	n := 0
	for b := range batches {
		err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error { return b.copy(ctx, tx) })
		if err != nil {
			return fmt.Errorf("write tickets from %d on: %w", b.first, err)
		}
		if n += len(b.tickets); n%(20*chunk) == 0 {
			w.log(fmt.Sprintf("%d tickets", n))
		}
		select {
		case written <- &batch{first: b.first, last: b.first + len(b.tickets) - 1}:
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the other side says why
		}
	}
	return nil
}

// indexWords makes the search vectors of some tickets just as storage makes them.
const indexWords = `
	insert into ticket_search (ticket_id, public_doc, internal_doc, about_doc)
	select t.id, setweight(to_tsvector('english', t.title), 'A') || to_tsvector('english', left(m.public, 200000)),
	       to_tsvector('english', left(m.internal, 200000)),
	       to_tsvector('english', concat_ws(' ', t.place,
	           (select name from contacts where ticket_id = t.id),
	           (select concat_ws(' ', code, name) from locations where id = t.location_id),
	           (select b.name from locations r join locations b on b.id = r.parent_id where r.id = t.location_id and r.kind = 'room'),
	           (select concat_ws(' ', username, name) from users where id = t.reporter_id),
	           (select concat_ws(' ', username, name) from users where id = t.assignee_id)))
	from tickets t join (
		select ticket_id, coalesce(string_agg(body, ' ' order by id) filter (where visibility = 'public'), '') as public,
		       coalesce(string_agg(body, ' ' order by id) filter (where visibility = 'internal'), '') as internal
		from messages where ticket_id between $1 and $2 group by ticket_id) m on m.ticket_id = t.id
	where t.id between $1 and $2`

func (w *writer) index(ctx context.Context, written <-chan *batch) error {
	for b := range written {
		if _, err := w.pool.Exec(ctx, indexWords, b.first, b.last); err != nil {
			return fmt.Errorf("index words from %d on: %w", b.first, err)
		}
	}
	return nil
}

// filledTables are those that get rows by the million.
const filledTables = `('milestones', 'tickets', 'messages', 'events', 'ticket_search', 'tags', 'ratings', 'contacts')`

const asideSQL = `
	select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname),
	       format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
	from pg_constraint c where c.contype = 'f' and c.conrelid::regclass::text in ` + filledTables + `
	union all
	select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
	from pg_index i
	where i.indrelid::regclass::text in ` + filledTables + ` and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`

// putAside drops what slows writing down, and returns the statements that bring it back.
func (w *writer) putAside(ctx context.Context) ([]string, error) {
	rows, err := w.pool.Query(ctx, asideSQL)
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	type pair struct{ Drop, Make string }
	pairs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pair])
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	var restore []string
	for _, p := range pairs {
		if _, err := w.pool.Exec(ctx, p.Drop); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Drop, err)
		}
		restore = append(restore, p.Make)
	}
	return restore, nil
}

// finish brings indexes and foreign keys back, and leaves the tables as a desk in use has them: counted and vacuumed.
func (w *writer) finish(ctx context.Context, restore []string) error {
	next := make(chan string)
	failed := make(chan error, 2)
	for range 2 {
		go func() {
			var first error
			for sql := range next {
				if _, err := w.pool.Exec(ctx, sql); err != nil && first == nil {
					first = fmt.Errorf("%s: %w", sql, err)
				}
			}
			failed <- first
		}()
	}
	for _, sql := range restore[len(restore)/2:] {
		next <- sql
	}
	for _, sql := range restore[:len(restore)/2] {
		next <- sql
	}
	close(next)
	for range 2 {
		if err := <-failed; err != nil {
			return err
		}
	}
	for _, sql := range []string{
		`select setval('tickets_id_seq', (select max(id) from tickets))`,
		`select setval(pg_get_serial_sequence('messages', 'id'), (select max(id) from messages))`,
		`vacuum analyze`,
	} {
		if _, err := w.pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// derive makes what the desk and its worker make of tickets and events: milestones, packed days, and the words that are known.
func (w *writer) derive(ctx context.Context) error {
	db, err := storage.Open(ctx, storage.Config{URL: w.pool.Config().ConnString(), AsOwner: true, Unsafe: true, Service: "fill", MaxConns: 2})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer db.Close()
	if err := db.RebuildMilestones(ctx); err != nil {
		return fmt.Errorf("derive milestones: %w", err)
	}
	if _, err := w.pool.Exec(ctx, `vacuum analyze milestones`); err != nil {
		return fmt.Errorf("vacuum milestones: %w", err)
	}
	desk, err := core.New(ctx, db, core.Options{Zone: w.zone, Clock: func() time.Time { return w.until }})
	if err != nil {
		return fmt.Errorf("open the desk: %w", err)
	}
	if err := desk.PackDays(ctx, core.System()); err != nil {
		return fmt.Errorf("pack days: %w", err)
	}
	if err := w.words.write(ctx, w.pool); err != nil {
		return err
	}
	if _, err := w.pool.Exec(ctx, `vacuum analyze packed_days, packed_milestones, packed_reports, packed_ratings, packed_loads, words`); err != nil {
		return fmt.Errorf("vacuum what was derived: %w", err)
	}
	return nil
}

// batch is the rows of one transaction.
type batch struct {
	first, last                                    int
	messages                                       int // how many there were before
	tickets, said, events, tags, ratings, contacts [][]any
}

func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func orNever(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func (b *batch) add(s *story) {
	t := &s.t
	id := int64(t.ID)
	b.tickets = append(b.tickets, []any{
		id, string(t.Reference), int32(t.Version), int32(t.LastSeq), string(t.Status), string(t.WaitingOn), string(t.Resolution), int16(t.Priority),
		int16(t.Attention), t.AttentionAt, t.Title, int64(t.Category.ID), int64(t.Queue.ID), orNull(int64(t.Location.ID)), t.Place, orNull(int64(t.Reporter.ID)),
		orNull(int64(t.Reporter.ID)), orNull(int64(t.Assignee.ID)), t.Confidential, t.Anonymous, string(t.Door), t.CreatedAt, t.UpdatedAt,
		orNever(t.FirstResponseAt), orNever(t.ClosedAt),
	})
	for i := range s.messages {
		m := &s.messages[i]
		b.messages++
		b.said = append(b.said, []any{id, int64(b.messages), orNull(int64(m.Author.ID)), string(m.Side), string(m.Visibility), m.Body, string(m.Door), m.CreatedAt, m.CreatedAt})
	}
	for i := range s.events {
		e := &s.events[i]
		b.events = append(b.events, []any{
			"ticket", id, int32(e.Seq), int32(e.Version), e.command, string(e.Kind), e.Field, e.From, e.To, string(e.Actor), orNull(int64(e.User.ID)), string(e.Door), e.At,
		})
	}
	for _, tag := range s.tags {
		b.tags = append(b.tags, []any{id, tag})
	}
	if s.stars > 0 {
		words := ""
		if s.chance(0.3) {
			words = s.words.body()
		}
		b.ratings = append(b.ratings, []any{id, int16(s.stars), words, s.rated})
	}
	if s.contact != "" {
		b.contacts = append(b.contacts, []any{id, s.contact, "guest@mail.example"})
	}
}

func (b *batch) copy(ctx context.Context, tx pgx.Tx) error {
	for _, t := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"tickets", []string{
			"id", "reference", "version", "last_seq", "status", "waiting_on", "resolution", "priority", "attention", "attention_at", "title",
			"category_id", "queue_id", "location_id", "place", "reporter_id", "created_by", "assignee_id", "confidential", "anonymous", "door",
			"created_at", "updated_at", "first_response_at", "closed_at",
		}, b.tickets},
		{"messages", []string{"ticket_id", "id", "author_id", "side", "visibility", "body", "door", "created_at", "visible_from"}, b.said},
		{"events", []string{
			"stream", "stream_id", "seq", "version", "command", "kind", "field", "from_value", "to_value", "actor", "user_id", "door", "at",
		}, b.events},
		{"tags", []string{"ticket_id", "tag"}, b.tags},
		{"ratings", []string{"ticket_id", "stars", "body", "rated_at"}, b.ratings},
		{"contacts", []string{"ticket_id", "name", "email"}, b.contacts},
	} {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("copy %s: %w", t.table, err)
		}
	}
	return nil
}
