package core

import "time"

// MessageID numbers the messages.
type MessageID int64

// Visibility says who reads a message.
type Visibility string

// The visibilities.
const (
	PublicMessage Visibility = "public"   // the reporter reads it
	InternalNote  Visibility = "internal" // staff among themselves
)

// Side says on which side of the desk the author of a message stood.
type Side string

// The sides.
const (
	ReporterSide Side = "reporter"
	StaffSide    Side = "staff"
)

// Message is one thing said on a ticket. The description is the first.
type Message struct {
	ID         MessageID
	Ticket     TicketID // on which it stands: another than the one that is shown, where that has others merged into it
	SaidOn     TicketID // where it was said, if it was brought here from another ticket
	Author     Person   // zero for guests and anonymous reporters
	AuthorName string   // what to call the author: an account's name, or what a guest wrote
	Side       Side
	Visibility Visibility
	Body       string
	Door       Door
	CreatedAt  time.Time
	EditedAt   time.Time // zero if never
	Files      []File    // what was sent along
	GoesAt     time.Time // of a held reply, which has no number yet: when it goes
	Unreached  []Person  // of what was just said: who is named in it but may not read it

	reached []reached // where else it has just been brought
}

// DraftKind says what a draft will become.
type DraftKind string

// The kinds of drafts.
const (
	DraftReply  DraftKind = "reply"
	DraftNote   DraftKind = "note"
	DraftClose  DraftKind = "close"
	DraftReopen DraftKind = "reopen"
)

// Words is what a draft of the kind is called.
func (k DraftKind) Words() string {
	switch k {
	case DraftNote:
		return "note"
	case DraftClose:
		return "last word"
	case DraftReopen:
		return "word on reopening"
	case DraftReply:
	}
	return "reply"
}

// Draft is text that somebody has typed on a ticket and not sent.
type Draft struct {
	Ticket    TicketID
	Kind      DraftKind
	Body      string
	UpdatedAt time.Time
	HandedTo  Person // the colleague who may take it over; zero if it is nobody's business
}
