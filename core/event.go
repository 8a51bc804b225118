package core

import "time"

// Stream says what a line of history belongs to.
type Stream string

// The streams of events.
const (
	StreamTicket   Stream = "ticket"
	StreamUser     Stream = "user"
	StreamQueue    Stream = "queue"
	StreamCategory Stream = "category"
	StreamLocation Stream = "location"
	StreamSettings Stream = "settings"
	StreamView     Stream = "view"
	StreamMacro    Stream = "macro"
)

// EventKind says what happened.
type EventKind string

// The kinds of events. A property that changed is EventChanged with its Field.
const (
	EventCreated   EventKind = "created"
	EventReplied   EventKind = "replied"
	EventNoted     EventKind = "noted"
	EventChanged   EventKind = "changed"
	EventCorrected EventKind = "corrected" // a text of people: the words themselves are in the revisions
	EventKeyAdded  EventKind = "key_added"
	EventCode      EventKind = "code_issued"
	EventPassword  EventKind = "password_set"
	EventJoined    EventKind = "joined_queue"
	EventLeft      EventKind = "left_queue"
	EventSignedOut EventKind = "signed_out" // one sign-in by its number, or all
	EventImported  EventKind = "imported"
	EventBackedUp  EventKind = "backed_up"
	EventRemoved   EventKind = "removed"

	EventTokenMade    EventKind = "token_made" // To is its number and its scope
	EventTokenRevoked EventKind = "token_revoked"

	EventHandedOver EventKind = "handed_over" // a draft: From is its kind, To the colleague who may take it
	EventKeptBack   EventKind = "kept_back"   // it is no longer handed over
	EventTookOver   EventKind = "took_over"   // To is whose it was

	EventRated       EventKind = "rated"    // From and To are stars
	EventViewed      EventKind = "viewed"   // a confidential ticket, by staff
	EventRepeated    EventKind = "repeated" // reported again: To is the new ticket's number
	EventLinkRenewed EventKind = "link_renewed"
	EventLinkRevoked EventKind = "link_revoked"

	EventMerged   EventKind = "merged"   // To is the number of a ticket that was merged into this one
	EventUnmerged EventKind = "unmerged" // To is the number of one that is so no longer
	EventHeard    EventKind = "heard"    // something was said on a merged ticket: From is the side, To the number
	EventSplit    EventKind = "split"    // a message became a ticket: To is its number; on that, From is where it was said

	EventMacroMade    EventKind = "macro_made"
	EventMacroChanged EventKind = "macro_changed"
	EventMacroDeleted EventKind = "macro_deleted"
)

// The fields that an event can be about.
const (
	FieldStatus       = "status"
	FieldAssignee     = "assignee"
	FieldPriority     = "priority"
	FieldCategory     = "category"
	FieldQueue        = "queue"
	FieldPlace        = "place"
	FieldTitle        = "title"
	FieldDescription  = "description"
	FieldWaiting      = "waiting"
	FieldResolution   = "resolution"
	FieldSnoozed      = "snoozed"
	FieldTag          = "tag" // one tag: From "" when it was put on, To "" when it was taken off
	FieldConfidential = "confidential"
	FieldRole         = "role"
	FieldLead         = "lead" // of a membership: From and To are a queue's number, with " lead" behind it for its lead
	FieldLanguage     = "language"
	FieldNotices      = "notices"
	FieldTheme        = "theme"
	FieldZone         = "zone"
	FieldExactTimes   = "exact_times"
	FieldMouse        = "mouse"
	FieldHoldReplies  = "hold_replies"
	FieldPlain        = "plain"
	FieldReporter     = "reporter"
	FieldPublic       = "public"
	FieldMerged       = "merged" // From and To are numbers of tickets
	FieldLink         = "link"   // one link: From "" when it was made, To "" when it was taken away
)

// Event is an immutable line of history: who did what, when, through which door, from what to what.
// From and To are codes and numbers, never the words of people.
type Event struct {
	ID       int64  // order of writing, not of commit: never a cursor by itself
	XID      uint64 // of what Watch reads: the transaction, which with the ID is its place in the feed
	Stream   Stream
	StreamID int64  // the ticket's number, for tickets
	OfName   string // what the account, queue, category or place is called by now, filled when read; "" for others
	Seq      int    // 1, 2, 3… within the stream
	Version  int    // the ticket's version after it
	Command  string
	Undoes   string // the command that this one takes back
	Kind     EventKind
	Field    string
	From     string
	To       string
	FromName string // From and To in words, filled when read
	ToName   string
	Source   string // an imported log's own name for the state
	Digest   []byte // salted digest of the text that a correction replaced
	Hash     []byte // links it to the event before it in its stream; nil in what was written before there were links
	Actor    ActorKind
	User     Person
	Key      string
	Door     Door
	At       time.Time
}

// Ticket returns the number of the ticket the event belongs to, 0 for other streams.
func (e *Event) Ticket() TicketID {
	if e.Stream != StreamTicket {
		return 0
	}
	return TicketID(e.StreamID)
}
