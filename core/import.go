package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

type importStore interface {
	// Imported finds which sources have been imported.
	Imported(ctx context.Context, sources []string) (map[string]TicketID, error)
}

// ImportedTicket is a ticket of another system, with its history.
type ImportedTicket struct {
	Source       string // where it comes from: "servicenow:INC0000045"; imported once
	Title        string
	Description  string
	Category     CategoryID
	Queue        QueueID
	Location     LocationID // 0 for none
	Place        string
	Reporter     Person // zero for nobody known
	ReporterName string // when there is no account
	CreatedBy    Person
	Priority     Priority
	CreatedAt    time.Time
	Steps        []ImportedStep // in the order in which they happened
}

// ImportedStep is one change in the other system's history: a field and its new value.
type ImportedStep struct {
	At     time.Time
	By     Person // zero: the other system itself
	Field  string // one of the Field constants
	To     string // a status, a priority, a waiting, a resolution; a queue's or category's code; a user's number
	Source string // the other system's own name for the state
}

// ImportResult says what became of an imported ticket.
type ImportResult struct {
	Ticket   TicketID
	Repeated bool // it had been imported before; nothing was changed
	Events   int
}

// Imported tells which of some sources have been imported, and as which tickets.
func (d *Desk) Imported(ctx context.Context, who Actor, sources []string) (map[string]TicketID, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	once := make([]string, len(sources))
	for i, s := range sources {
		once[i] = importKey(s)
	}
	found, err := d.store.Imported(ctx, once)
	if err != nil {
		return nil, fmt.Errorf("look for what was imported: %w", err)
	}
	result := make(map[string]TicketID, len(found))
	for key, id := range found {
		result[strings.TrimPrefix(key, importKey(""))] = id
	}
	return result, nil
}

func importKey(source string) string { return "import:" + source }

// Import makes a ticket of another system with its history at its true times: all of it or nothing.
// Importing it again changes nothing.
func (d *Desk) Import(ctx context.Context, who Actor, in ImportedTicket) (ImportResult, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return ImportResult{}, err
	}
	if err := checkImport(dir, in); err != nil {
		return ImportResult{}, err
	}
	var result ImportResult
	err = d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.admin(ctx, tx, who)
		if err != nil {
			return err
		}
		record, err := d.importRecord(p, dir, in)
		if err != nil {
			return err
		}
		receipt, err := tx.CreateTicket(ctx, record)
		if err != nil {
			return fmt.Errorf("make ticket: %w", err)
		}
		result = ImportResult{Ticket: receipt.Ticket, Repeated: receipt.Repeated, Events: 1}
		if receipt.Repeated {
			return nil
		}
		t, first := record.Ticket, record.Event
		t.ID, first.StreamID = receipt.Ticket, int64(receipt.Ticket)
		t.Chain = chain(nil, []Event{first})
		events, err := d.replay(ctx, tx, p, dir, &t, record.Event.Command, in.Steps)
		result.Events += events
		return err
	})
	if err != nil {
		return ImportResult{}, fmt.Errorf("import %s: %w", in.Source, err)
	}
	if !result.Repeated {
		d.store.Ring(DirtyTicket(result.Ticket))
	}
	return result, nil
}

func checkImport(dir *directory, in ImportedTicket) error {
	var wrong problems
	checkTitle(&wrong, cleanLine(in.Title))
	checkBody(&wrong, "description", in.Description, true)
	if in.Source == "" {
		wrong.add("source", "source_missing")
	}
	if _, ok := dir.category(in.Category); !ok {
		wrong.add("category", "category_unknown")
	}
	if _, ok := dir.queue(in.Queue); !ok {
		wrong.add("queue", "queue_unknown")
	}
	if !slices.Contains(Priorities(), in.Priority) {
		wrong.add("priority", "priority_unknown")
	}
	if in.CreatedAt.IsZero() {
		wrong.add("created", "time_missing")
	}
	return wrong.err()
}

func (d *Desk) importRecord(p *principal, dir *directory, in ImportedTicket) (TicketRecord, error) {
	category, _ := dir.category(in.Category)
	queue, _ := dir.queue(in.Queue)
	location := dir.location(in.Location)
	at := in.CreatedAt.UTC()
	t := Ticket{
		Version: 1, LastSeq: 1, Status: Open, Attention: NeedsStaff, AttentionAt: at, Priority: in.Priority,
		Title: cleanLine(in.Title), Category: category, Queue: queue, Location: location, Place: cleanLine(in.Place),
		Reporter: in.Reporter, CreatedBy: in.CreatedBy, Confidential: category.Confidential, Door: p.Door,
		CreatedAt: at, UpdatedAt: at,
	}
	var err error
	if t.Reference, err = NewReference(d.random); err != nil {
		return TicketRecord{}, fmt.Errorf("draw a reference: %w", err)
	}
	event, err := d.firstEvent(p, t)
	if err != nil {
		return TicketRecord{}, err
	}
	event.User = in.CreatedBy
	return TicketRecord{
		Once: importKey(in.Source), Ticket: t, Body: cleanBlock(in.Description), Event: event,
		Contact: Contact{Name: cleanLine(in.ReporterName)},
	}, nil
}

// replay applies the other system's steps to the ticket, at their own times. A step that changes
// nothing of ours is kept all the same when it carries the other system's name for a state.
func (d *Desk) replay(ctx context.Context, tx Tx, p *principal, dir *directory, t *Ticket, command string, steps []ImportedStep) (int, error) {
	var events []Event
	for _, step := range steps {
		from, to, err := applyStep(dir, t, step)
		if err != nil {
			return 0, err
		}
		if from == to && step.Source == "" {
			continue
		}
		t.Version++
		t.LastSeq++
		t.UpdatedAt = step.At.UTC()
		events = append(events, Event{
			Stream: StreamTicket, StreamID: int64(t.ID), Seq: t.LastSeq, Version: t.Version, Command: command,
			Kind: EventChanged, Field: step.Field, From: from, To: to, Source: step.Source,
			Actor: p.Kind, User: step.By, Door: p.Door, At: step.At.UTC(),
		})
	}
	if len(events) == 0 {
		return 0, nil
	}
	t.Chain = chain(t.Chain, events)
	if err := tx.UpdateTicket(ctx, *t); err != nil {
		return 0, fmt.Errorf("write ticket: %w", err)
	}
	if err := tx.AppendEvents(ctx, events); err != nil {
		return 0, fmt.Errorf("write history: %w", err)
	}
	return len(events), nil
}

var errStep = errors.New("a step that this desk does not understand")

// applyStep sets one field and says what it was and what it is, in the words of events.
func applyStep(dir *directory, t *Ticket, step ImportedStep) (from, to string, err error) {
	at := step.At.UTC()
	switch step.Field {
	case FieldStatus:
		from, to = string(t.Status), step.To
		if !Status(to).Valid() {
			return "", "", fmt.Errorf("status %q: %w", to, errStep)
		}
		t.enter(Status(to), at)
	case FieldWaiting:
		from, to = string(t.WaitingOn), step.To
		if !Waiting(to).Valid() {
			return "", "", fmt.Errorf("waiting %q: %w", to, errStep)
		}
		t.WaitingOn = Waiting(to)
		t.attend(InHand, at)
	case FieldResolution:
		from, to = string(t.Resolution), step.To
		t.Resolution = Resolution(to)
	case FieldPriority:
		priority, ok := ParsePriority(step.To)
		if !ok {
			return "", "", fmt.Errorf("priority %q: %w", step.To, errStep)
		}
		from, to = t.Priority.String(), step.To
		t.Priority = priority
	case FieldAssignee:
		from, to = personCode(t.Assignee), step.To
		t.Assignee, err = personOf(to)
	case FieldQueue:
		at := slices.IndexFunc(dir.queues, func(q Queue) bool { return q.Code == step.To })
		if at < 0 {
			return "", "", fmt.Errorf("queue %q: %w", step.To, errStep)
		}
		from, to = t.Queue.Code, step.To
		t.Queue = dir.queues[at]
	case FieldCategory:
		at := slices.IndexFunc(dir.categories, func(c Category) bool { return c.Code == step.To })
		if at < 0 {
			return "", "", fmt.Errorf("category %q: %w", step.To, errStep)
		}
		from, to = t.Category.Code, step.To
		t.Category, t.Confidential = dir.categories[at], dir.categories[at].Confidential
	case FieldPlace:
		id, ok := dir.codes[bareCode(step.To)]
		if !ok && step.To != "" {
			return "", "", fmt.Errorf("location %q: %w", step.To, errStep)
		}
		from, to = t.Location.Code, step.To
		t.Location = dir.location(id)
	default:
		return "", "", fmt.Errorf("field %q: %w", step.Field, errStep)
	}
	return from, to, err
}

// enter puts a ticket into a status at a time, with what goes with it.
func (t *Ticket) enter(s Status, at time.Time) {
	was := t.Status
	t.Status = s
	switch {
	case s == Closed && was != Closed:
		t.ClosedAt, t.WaitingOn, t.SnoozedUntil = at, WaitingNobody, time.Time{}
	case s != Closed && was == Closed:
		t.ClosedAt, t.Resolution = time.Time{}, ""
		t.attend(NeedsStaff, at)
	case s == Active && was == Open:
		t.attend(InHand, at)
	}
}

func personOf(code string) (Person, error) {
	if code == "" {
		return Person{}, nil
	}
	var id int64
	if _, err := fmt.Sscanf(code, "%d", &id); err != nil {
		return Person{}, fmt.Errorf("user %q: %w", code, errStep)
	}
	return Person{ID: UserID(id)}, nil
}
