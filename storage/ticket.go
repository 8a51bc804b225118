package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// ticketRow is a ticket with the names of what it points to.
type ticketRow struct {
	ID              int64
	Reference       string
	Version         int
	LastSeq         int
	Chain           []byte
	Status          string
	WaitingOn       string
	SnoozedUntil    *time.Time
	Resolution      string
	Priority        int16
	Attention       int16
	AttentionAt     time.Time
	Title           string
	Place           string
	Confidential    bool
	Public          bool
	PublicTitle     string
	Followers       int
	Anonymous       bool
	Door            string
	Language        string
	MergedInto      int64
	Merged          int
	CreatedAt       time.Time
	UpdatedAt       time.Time
	FirstResponseAt *time.Time
	ClosedAt        *time.Time

	CategoryID       int64
	CategoryCode     string
	CategoryName     string
	CategoryNames    map[string]string
	CategoryLine     string
	CategoryParent   int64
	CategoryPriority int16
	CategorySecret   bool
	QueueID          int64
	QueueCode        string
	QueueName        string
	ReopenDays       int
	LocationID       int64
	LocationCode     string
	LocationName     string
	LocationKind     string
	LocationParent   int64

	ReporterID       int64
	ReporterUsername string
	ReporterName     string
	CreatorID        int64
	CreatorUsername  string
	CreatorName      string
	AssigneeID       int64
	AssigneeUsername string
	AssigneeName     string
	ContactName      string
	Tags             []string
}

// ticketColumns reads a ticketRow from what ticketTables join. What a ticket points to is looked up in two lots of their own,
// which "offset 0" keeps apart: a planner that may put nine tables in any order takes longer to choose one than the reading takes.
const (
	ticketColumns = `
		t.id, t.reference, t.version, t.last_seq, t.chain, t.status, t.waiting_on, t.snoozed_until, t.resolution, t.priority,
		t.attention, t.attention_at, t.title, t.place, t.confidential, t.public, t.anonymous, t.door, t.language,
		t.public_title, (select count(*) from followers x where x.ticket_id = t.id and x.affected) as followers,
		coalesce(t.merged_into, 0) as merged_into, (select count(*) from tickets x where x.merged_into = t.id) as merged, t.created_at, t.updated_at, t.first_response_at, t.closed_at,
		about.*, people.*, array(select tag from tags where ticket_id = t.id order by tag) as tags`
	ticketTables = `tickets t ` + ticketJoins
	ticketJoins  = `
		cross join lateral (
			select c.id as category_id, c.code as category_code, c.name as category_name, c.line as category_line, c.names as category_names,
			       coalesce(c.parent_id, 0) as category_parent, c.priority as category_priority, c.confidential as category_secret,
			       q.id as queue_id, q.code as queue_code, q.name as queue_name, q.reopen_days,
			       coalesce(l.id, 0) as location_id, coalesce(l.code, '') as location_code, coalesce(l.name, '') as location_name,
			       coalesce(l.kind, '') as location_kind, coalesce(l.parent_id, 0) as location_parent
			from categories c
			join queues q on q.id = t.queue_id
			left join locations l on l.id = t.location_id
			where c.id = t.category_id offset 0) about
		cross join lateral (
			select coalesce(r.id, 0) as reporter_id, coalesce(r.username, '') as reporter_username, coalesce(r.name, '') as reporter_name,
			       coalesce(m.id, 0) as creator_id, coalesce(m.username, '') as creator_username, coalesce(m.name, '') as creator_name,
			       coalesce(a.id, 0) as assignee_id, coalesce(a.username, '') as assignee_username, coalesce(a.name, '') as assignee_name,
			       coalesce(k.name, '') as contact_name
			from (select) one
			left join users r on r.id = t.reporter_id
			left join users m on m.id = t.created_by
			left join users a on a.id = t.assignee_id
			left join contacts k on k.ticket_id = t.id
			offset 0) people`
)

func (r *ticketRow) ticket() core.Ticket {
	t := core.Ticket{
		ID: core.TicketID(r.ID), Reference: core.Reference(r.Reference), Version: r.Version, LastSeq: r.LastSeq, Chain: r.Chain,
		Status: core.Status(r.Status), WaitingOn: core.Waiting(r.WaitingOn), SnoozedUntil: since(r.SnoozedUntil),
		Resolution: core.Resolution(r.Resolution), Priority: core.Priority(r.Priority),
		Attention: core.Attention(r.Attention), AttentionAt: r.AttentionAt.UTC(), Title: r.Title,
		Category: core.Category{
			ID: core.CategoryID(r.CategoryID), Parent: core.CategoryID(r.CategoryParent), Code: r.CategoryCode, Name: r.CategoryName, Names: r.CategoryNames,
			Line: core.Line(r.CategoryLine), Priority: core.Priority(r.CategoryPriority), Confidential: r.CategorySecret,
		},
		Queue: core.Queue{ID: core.QueueID(r.QueueID), Code: r.QueueCode, Name: r.QueueName, ReopenDays: r.ReopenDays},
		Location: core.Location{
			ID: core.LocationID(r.LocationID), Parent: core.LocationID(r.LocationParent), Kind: core.LocationKind(r.LocationKind),
			Code: r.LocationCode, Name: r.LocationName,
		},
		Place: r.Place, Tags: r.Tags,
		Reporter:     core.Person{ID: core.UserID(r.ReporterID), Username: r.ReporterUsername, Name: r.ReporterName},
		ReporterName: r.ReporterName,
		CreatedBy:    core.Person{ID: core.UserID(r.CreatorID), Username: r.CreatorUsername, Name: r.CreatorName},
		Assignee:     core.Person{ID: core.UserID(r.AssigneeID), Username: r.AssigneeUsername, Name: r.AssigneeName},
		Confidential: r.Confidential, Public: r.Public, PublicTitle: r.PublicTitle, Followers: r.Followers, Anonymous: r.Anonymous, Door: core.Door(r.Door), Language: r.Language,
		MergedInto: core.TicketID(r.MergedInto), Merged: r.Merged, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		FirstResponseAt: since(r.FirstResponseAt), ClosedAt: since(r.ClosedAt),
	}
	if r.ReporterID == 0 {
		t.ReporterName = r.ContactName
	}
	return t
}

// createTicket makes everything of a new ticket in one statement, which is one round trip and one
// transaction: twice the rate of four statements. The key comes first: where it was used before,
// nothing is inserted and nothing comes back. A search vector ends at 1 MB, so the words are cut.
const createTicket = `
	with once as (
		insert into dedupe (key, ticket_id, created_at)
		values ($1, nextval('tickets_id_seq'), $2)
		on conflict (key) do nothing
		returning ticket_id, sha256(convert_to($28 || ticket_id::text, 'UTF8')) as chain
	), ticket as (
		insert into tickets (
			id, reference, status, priority, attention, attention_at, title, category_id, queue_id, location_id, place,
			reporter_id, created_by, confidential, anonymous, door, language, created_at, updated_at, chain)
		select ticket_id, $3, 'open', $4, $5, $2, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $2, $2, chain from once
	), contact as (
		insert into contacts (ticket_id, name, email, phone)
		select ticket_id, $17, $18, $19 from once where $17 <> '' or $18 <> '' or $19 <> ''
	), message as (
		insert into messages (ticket_id, author_id, side, visibility, body, door, created_at, visible_from)
		select ticket_id, $29, $30, 'public', $20, $15, $2, $2 from once
		returning ticket_id, id
	), file as (
		update files set expires_at = null, uploader = case when $14 then '' else uploader end
		where form_key = $27 and expires_at > $2 and exists (select from once)
		returning id
	), attached as (
		insert into attachments (ticket_id, message_id, file_id)
		select message.ticket_id, message.id, file.id from message, file order by file.id
	), words as (
		insert into ticket_search (ticket_id, public_doc, about_doc)
		select ticket_id, setweight(to_tsvector('english', $6), 'A') || to_tsvector('english', left($20, 200000)),
		       to_tsvector('english', concat_ws(' ', $10, $17, (select concat_ws(' ', code, name) from locations where id = $9),
		           (select b.name from locations r join locations b on b.id = r.parent_id where r.id = $9 and r.kind = 'room'),
		           (select concat_ws(' ', username, name) from users where id = $11)))
		from once
	), due as (
		insert into words_due (ticket_id) select ticket_id from once
	), link as (
		insert into access_links (ticket_id, token_hash, created_at)
		select ticket_id, $21::bytea, $2 from once where $21::bytea is not null
	), event as (
		insert into events (stream, stream_id, seq, version, command, kind, to_value, actor, user_id, key_fingerprint, door, at, hash)
		select 'ticket', ticket_id, 1, 1, $22::uuid, 'created', $23, $24, $25, $26, $15, $2, chain from once
	)
	select ticket_id from once`

const onceTicket = `
	select t.id, t.reference from dedupe d join tickets t on t.id = d.ticket_id where d.key = $1`

// CreateTicket implements core.
func (s queries) CreateTicket(ctx context.Context, in core.TicketRecord) (core.Receipt, error) {
	t, e := in.Ticket, in.Event
	if err := s.unpack(ctx, t.CreatedAt); err != nil { // one that is imported
		return core.Receipt{}, err
	}
	if in.Side == "" {
		in.Author, in.Side = t.Reporter, core.ReporterSide
	}
	var id int64
	err := s.q.QueryRow(ctx, createTicket,
		in.Once, t.CreatedAt, string(t.Reference), int16(t.Priority), int16(t.Attention), t.Title, int64(t.Category.ID), int64(t.Queue.ID),
		null(int64(t.Location.ID)), t.Place, null(int64(t.Reporter.ID)), null(int64(t.CreatedBy.ID)), t.Confidential, t.Anonymous,
		string(t.Door), t.Language, in.Contact.Name, in.Contact.Email, in.Contact.Phone, in.Body, in.LinkHash,
		e.Command, e.To, string(e.Actor), null(int64(e.User.ID)), e.Key, null(in.Form), e.Sealed(nil), null(int64(in.Author.ID)), string(in.Side),
	).Scan(&id)
	if err == nil {
		return core.Receipt{Ticket: core.TicketID(id), Reference: t.Reference}, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return core.Receipt{}, outage(err)
	}
	var reference string
	if err := s.q.QueryRow(ctx, onceTicket, in.Once).Scan(&id, &reference); err != nil {
		return core.Receipt{}, fmt.Errorf("find the ticket sent before: %w", row(err))
	}
	return core.Receipt{Ticket: core.TicketID(id), Reference: core.Reference(reference), Repeated: true}, nil
}

const selectTicket = `select ` + ticketColumns + ` from ` + ticketTables + ` where t.id = $1`

// Ticket implements core.
func (s queries) Ticket(ctx context.Context, id core.TicketID) (core.Ticket, error) {
	r, err := one[ticketRow](ctx, s, selectTicket, int64(id))
	return r.ticket(), err
}

const ticketByReference = `select id from tickets where reference = $1`

// TicketByReference implements core.
func (s queries) TicketByReference(ctx context.Context, ref core.Reference) (core.TicketID, error) {
	id, err := scalar[int64](ctx, s, ticketByReference, string(ref))
	return core.TicketID(id), err
}

const updateTicket = `
	update tickets set
		version = $2, last_seq = $3, status = $4, waiting_on = $5, snoozed_until = $6, resolution = $7, priority = $8,
		attention = $9, attention_at = $10, title = $11, category_id = $12, queue_id = $13, location_id = $14, place = $15,
		assignee_id = $16, confidential = $17, public = $18, merged_into = $19, updated_at = $20, first_response_at = $21,
		closed_at = $22, public_title = $23, chain = $24
	where id = $1`

// UpdateTicket implements core.
func (s queries) UpdateTicket(ctx context.Context, t core.Ticket) error {
	return s.later(ctx, updateTicket,
		int64(t.ID), t.Version, t.LastSeq, string(t.Status), string(t.WaitingOn), moment(t.SnoozedUntil), string(t.Resolution),
		int16(t.Priority), int16(t.Attention), t.AttentionAt, t.Title, int64(t.Category.ID), int64(t.Queue.ID),
		null(int64(t.Location.ID)), t.Place, null(int64(t.Assignee.ID)), t.Confidential, t.Public, null(int64(t.MergedInto)),
		t.UpdatedAt, moment(t.FirstResponseAt), moment(t.ClosedAt), t.PublicTitle, t.Chain)
}

// reindex reads all words of a ticket again: public and internal ones apart, and the people and places it is about.
const reindex = `
	with due as (
		insert into words_due (ticket_id) values ($1) on conflict (ticket_id) do nothing
	)
	update ticket_search s set
		public_doc = setweight(to_tsvector('english', t.title), 'A') || to_tsvector('english', left(coalesce(
			(select string_agg(body, ' ' order by id) from messages where ticket_id = t.id and visibility = 'public'), ''), 200000)),
		internal_doc = to_tsvector('english', left(coalesce(
			(select string_agg(body, ' ' order by id) from messages where ticket_id = t.id and visibility = 'internal'), ''), 200000)),
		about_doc = to_tsvector('english', concat_ws(' ', t.place,
			(select name from contacts where ticket_id = t.id),
			(select concat_ws(' ', code, name) from locations where id = t.location_id),
			(select b.name from locations r join locations b on b.id = r.parent_id where r.id = t.location_id and r.kind = 'room'),
			(select concat_ws(' ', username, name) from users where id = t.reporter_id),
			(select concat_ws(' ', username, name) from users where id = t.assignee_id)))
	from tickets t
	where t.id = $1 and s.ticket_id = t.id`

// Reindex implements core.
func (s queries) Reindex(ctx context.Context, id core.TicketID) error {
	return s.later(ctx, reindex, int64(id))
}

const selectContact = `select name, email, phone from contacts where ticket_id = $1`

// Contact implements core.
func (s queries) Contact(ctx context.Context, id core.TicketID) (core.Contact, error) {
	return one[core.Contact](ctx, s, selectContact, int64(id))
}

const linkByHash = `select id, ticket_id from access_links where token_hash = $1 and revoked_at is null`

// LinkByHash implements core.
func (s queries) LinkByHash(ctx context.Context, hash []byte) (core.LinkID, core.TicketID, error) {
	var link, ticket int64
	err := s.q.QueryRow(ctx, linkByHash, hash).Scan(&link, &ticket)
	return core.LinkID(link), core.TicketID(ticket), row(err)
}

const linkTicket = `select ticket_id from access_links where id = $1 and revoked_at is null`

// LinkTicket implements core.
func (s queries) LinkTicket(ctx context.Context, link core.LinkID) (core.TicketID, error) {
	id, err := scalar[int64](ctx, s, linkTicket, int64(link))
	return core.TicketID(id), err
}
