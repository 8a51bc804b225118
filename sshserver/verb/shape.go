package verb

import (
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
)

// Field is one field of a shape. Its name is stable: scripts use it.
type Field struct {
	Name string
	Help string

	title string // of its column on a terminal; "" for what a table does not show
	width int
	flex  bool
	rank  int
	list  bool // other records, in JSON alone
}

// Shape is a kind of record that verbs put out.
type Shape struct {
	Name   string
	Help   string
	Fields []Field
	Quiet  string // the field that -q puts out
}

// record holds a value for each field of its shape: a string, a number, a bool, a time, nil, or records.
type record []any

// records are records inside a record.
type records struct {
	shape Shape
	list  []record
}

// Shapes lists what verbs put out.
func Shapes() []Shape {
	return []Shape{
		ticketShape(), reportShape(), messageShape(), saidShape(), eventShape(), receiptShape(), viewShape(), countShape(), accountShape(),
		keyShape(),
		tokenShape(),
		codeShape(), macroShape(),
		fileShape(),
		presentShape(),
	}
}

func shapeOf(name string) Shape {
	for _, s := range Shapes() {
		if s.Name == name {
			return s
		}
	}
	return Shape{}
}

func ticketShape() Shape {
	return Shape{Name: "ticket", Help: "A ticket as staff see it.", Quiet: "number", Fields: []Field{
		{Name: "number", Help: "the ticket's number", title: "TICKET", width: 7},
		{Name: "status", Help: "open, active or closed", title: "STATUS", width: 6},
		{Name: "priority", Help: "low, normal, high or urgent", title: "PRIORITY", width: 8, rank: 2},
		{Name: "queue", Help: "code of the queue", title: "QUEUE", width: 12, rank: 4},
		{Name: "assignee", Help: "username of who works on it", title: "ASSIGNEE", width: 12, rank: 1},
		{Name: "category", Help: "code of the category", title: "CATEGORY", width: 16, rank: 5},
		{Name: "place", Help: "code of the place, where it is known", title: "PLACE", width: 10, rank: 3},
		{Name: "title", Help: "what happened, in the reporter's words", title: "TITLE", flex: true, width: 20},
		{Name: "place_words", Help: "the place as words"},
		{Name: "reporter", Help: "username of the reporter, empty for guests"},
		{Name: "reporter_name", Help: "what to call the reporter"},
		{Name: "waiting_on", Help: "reporter, third_party or empty"},
		{Name: "snoozed_until", Help: "until when it rests"},
		{Name: "resolution", Help: "how it was closed"},
		{Name: "attention", Help: "needs_staff, in_hand or resting"},
		{Name: "confidential", Help: "seen by its queue's staff alone"},
		{Name: "public", Help: "staff made it public"},
		{Name: "anonymous", Help: "reported without a name"},
		{Name: "merged_into", Help: "number of the ticket that goes on with it"},
		{Name: "reference", Help: "what its reporter calls it"},
		{Name: "version", Help: "for --if-version"},
		{Name: "created_at", Help: "when it was reported"},
		{Name: "updated_at", Help: "when anything last happened"},
		{Name: "first_response_at", Help: "when staff first answered"},
		{Name: "closed_at", Help: "when it was closed"},
		{Name: "tags", Help: "with commas between"},
		{Name: "contact", Help: "of a guest: name, email, phone (show alone)", list: true},
		{Name: "messages", Help: "what was said, oldest first (show alone)", list: true},
		{Name: "history", Help: "events, oldest first (show alone)", list: true},
	}}
}

func ticketRecord(t *core.Ticket) record {
	attention := map[core.Attention]string{core.NeedsStaff: "needs_staff", core.InHand: "in_hand", core.Resting: "resting"}[t.Attention]
	var merged any
	if t.MergedInto != 0 {
		merged = int64(t.MergedInto)
	}
	return record{
		int64(t.ID), string(t.Status), t.Priority.String(), t.Queue.Code, t.Assignee.Username, t.Category.Code, t.Location.Code,
		t.Title, t.PlaceWords(), t.Reporter.Username, t.ReporterName, string(t.WaitingOn), t.SnoozedUntil, string(t.Resolution),
		attention, t.Confidential, t.Public, t.Anonymous, merged, string(t.Reference), t.Version,
		t.CreatedAt, t.UpdatedAt, t.FirstResponseAt, t.ClosedAt, strings.Join(t.Tags, ","), nil, nil, nil,
	}
}

func reportShape() Shape {
	return Shape{Name: "report", Help: "A ticket as its reporter sees it.", Quiet: "reference", Fields: []Field{
		{Name: "reference", Help: "what to call it", title: "REFERENCE", width: 11},
		{Name: "status", Help: "open, active or closed", title: "STATUS", width: 6},
		{Name: "category", Help: "code of the category", title: "CATEGORY", width: 16, rank: 2},
		{Name: "place", Help: "code of the place, where it is known", title: "PLACE", width: 10, rank: 1},
		{Name: "title", Help: "what happened", title: "TITLE", flex: true, width: 20},
		{Name: "place_words", Help: "the place as words"},
		{Name: "waiting_on", Help: "reporter, third_party or empty"},
		{Name: "resolution", Help: "how it was closed"},
		{Name: "together", Help: "it goes on together with another"},
		{Name: "number", Help: "the number staff know it by"},
		{Name: "version", Help: "for --if-version"},
		{Name: "created_at", Help: "when it was reported"},
		{Name: "closed_at", Help: "when it was closed"},
		{Name: "messages", Help: "what was said, oldest first (show alone)", list: true},
		{Name: "history", Help: "what happened, oldest first (show alone)", list: true},
	}}
}

func reportRecord(t *core.Ticket) record {
	return record{
		string(t.Reference), string(t.Status), t.Category.Code, t.Location.Code, t.Title, t.PlaceWords(), string(t.WaitingOn),
		string(t.Resolution), t.GoesOn(), int64(t.ID), t.Version, t.CreatedAt, t.ClosedAt, nil, nil,
	}
}

func messageShape() Shape {
	return Shape{Name: "message", Help: "Something that was said on a ticket.", Quiet: "id", Fields: []Field{
		{Name: "id", Help: "number of the message"},
		{Name: "at", Help: "when"},
		{Name: "author", Help: "username, empty for guests"},
		{Name: "author_name", Help: "what to call the author"},
		{Name: "side", Help: "reporter or staff"},
		{Name: "visibility", Help: "public, or internal for a note among staff"},
		{Name: "edited_at", Help: "when it was last corrected"},
		{Name: "body", Help: "the words"},
		{Name: "ticket", Help: "number of the ticket"},
		{Name: "files", Help: "what came with it, each as a file (JSON alone)", list: true},
	}}
}

func messageRecord(ticket core.TicketID, m *core.Message) record {
	r := record{
		int64(m.ID), m.CreatedAt, m.Author.Username, m.AuthorName, string(m.Side), string(m.Visibility), m.EditedAt, m.Body, int64(ticket), nil,
	}
	if len(m.Files) > 0 {
		files := records{shape: fileShape()}
		for _, f := range m.Files {
			files.list = append(files.list, fileRecord(f, ticket, m))
		}
		r[len(r)-1] = files
	}
	return r
}

func saidShape() Shape {
	return Shape{Name: "said", Help: "The receipt of a message.", Quiet: "message", Fields: []Field{
		{Name: "ticket", Help: "the ticket, as it was called", title: "TICKET", width: 12},
		{Name: "message", Help: "number of the message", title: "MESSAGE", width: 8},
		{Name: "visibility", Help: "public or internal", title: "VISIBILITY", width: 10},
		{Name: "at", Help: "when", title: "AT", width: 20},
		{Name: "goes_at", Help: "of a held reply: when it goes; it has the number 0 until then"},
	}}
}

func eventShape() Shape {
	return Shape{Name: "event", Help: "A line of history: who did what, from what to what.", Quiet: "ticket", Fields: []Field{
		{Name: "ticket", Help: "number of the ticket"},
		{Name: "seq", Help: "1, 2, 3… within the ticket"},
		{Name: "at", Help: "when"},
		{Name: "kind", Help: "created, replied, noted, changed, corrected, …"},
		{Name: "field", Help: "what changed: status, assignee, priority, category, queue, place, title, …"},
		{Name: "from", Help: "its value before, as a code"},
		{Name: "to", Help: "and after"},
		{Name: "from_name", Help: "the value before as people read it"},
		{Name: "to_name", Help: "and after"},
		{Name: "by", Help: "username of who did it, empty for others"},
		{Name: "by_name", Help: "what to call them"},
		{Name: "actor", Help: "user, guest, anonymous, operator or system"},
		{Name: "door", Help: "web, api, ssh, cli, mail or worker"},
		{Name: "version", Help: "the ticket's version after it"},
		{Name: "command", Help: "the same for all events of one command"},
		{Name: "cursor", Help: "where watch goes on behind it (watch alone)"},
	}}
}

func eventRecord(e *core.Event, cursor string) record {
	var at any
	if cursor != "" {
		at = cursor
	}
	return record{
		int64(e.Ticket()), e.Seq, e.At, string(e.Kind), e.Field, e.From, e.To, e.FromName, e.ToName, e.User.Username, e.User.Name,
		string(e.Actor), string(e.Door), e.Version, e.Command, at,
	}
}

// eventLine is an event as one line of words.
func eventLine(e *core.Event) string {
	who := e.User.Name
	if who == "" {
		who = string(e.Actor)
	}
	line := fmt.Sprintf("%s  %s  %s", e.At.UTC().Format(time.RFC3339), who, e.Kind)
	if e.Field != "" {
		line += " " + e.Field
	}
	if e.Kind == core.EventChanged {
		line += fmt.Sprintf(": %s → %s", orNothing(e.FromName), orNothing(e.ToName))
	}
	return line
}

func orNothing(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func receiptShape() Shape {
	return Shape{Name: "receipt", Help: "The receipt of a report.", Quiet: "number", Fields: []Field{
		{Name: "number", Help: "the ticket's number", title: "TICKET", width: 7},
		{Name: "reference", Help: "what to call it", title: "REFERENCE", width: 11},
		{Name: "repeated", Help: "true if the same key had made it before", title: "REPEATED", width: 8},
		{Name: "link", Help: "of somebody without an account: what stands behind /t/ in their private link, to be passed on"},
	}}
}

func viewShape() Shape {
	return Shape{Name: "view", Help: "A named query.", Quiet: "name", Fields: []Field{
		{Name: "name", Help: "its name", title: "NAME", width: 12},
		{Name: "title", Help: "as people read it", title: "TITLE", width: 14},
		{Name: "query", Help: "what it asks for", title: "QUERY", flex: true, width: 20},
	}}
}

func countShape() Shape {
	return Shape{Name: "count", Help: "How many tickets a view or a query holds.", Quiet: "count", Fields: []Field{
		{Name: "name", Help: "the view, or the query", title: "NAME", flex: true, width: 12},
		{Name: "count", Help: "counted up to 1000", title: "COUNT", width: 6},
		{Name: "more", Help: "true if there are more", title: "MORE", width: 5},
	}}
}

func accountShape() Shape {
	return Shape{Name: "account", Help: "An account.", Quiet: "username", Fields: []Field{
		{Name: "username", Help: "the login name", title: "USERNAME", width: 16},
		{Name: "name", Help: "what to call them", title: "NAME", flex: true, width: 16},
		{Name: "role", Help: "reporter, staff or admin", title: "ROLE", width: 8},
		{Name: "queues", Help: "codes of their queues, with commas between", title: "QUEUES", width: 24},
		{Name: "email", Help: "the address"},
		{Name: "key", Help: "fingerprint of the key that signed in"},
	}}
}

func keyShape() Shape {
	return Shape{Name: "key", Help: "An SSH key that signs you in.", Quiet: "fingerprint", Fields: []Field{
		{Name: "fingerprint", Help: "as ssh-keygen -l prints it", title: "FINGERPRINT", width: 50},
		{Name: "name", Help: "what it is called", title: "NAME", flex: true, width: 12},
		{Name: "created_at", Help: "since when it is known"},
		{Name: "last_used_at", Help: "when it last signed in", title: "LAST USED", width: 20, rank: 1},
	}}
}

func codeShape() Shape {
	return Shape{Name: "code", Help: "A one-time code.", Quiet: "code", Fields: []Field{
		{Name: "username", Help: "whose it is", title: "USERNAME", width: 16},
		{Name: "code", Help: "to be told to them, and nobody else", title: "CODE", width: 12},
		{Name: "expires_at", Help: "until when it holds", title: "EXPIRES", width: 20},
	}}
}
