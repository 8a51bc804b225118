package core

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TicketID is a ticket's number: #1042 to staff. Reporters use its [Reference] instead.
type TicketID int64

// String gives the number as staff write it: "#1042".
func (id TicketID) String() string { return fmt.Sprintf("#%d", int64(id)) }

// ParseTicketID reads a ticket's number as people write it: "1042" or "#1042".
func ParseTicketID(word string) (TicketID, bool) {
	digits := strings.TrimPrefix(word, "#")
	n, err := strconv.ParseInt(digits, 10, 64)
	return TicketID(n), err == nil && n > 0 && digits[0] != '+'
}

// Status is where the work on a ticket stands. There are exactly three.
type Status string

// The statuses.
const (
	Open   Status = "open"   // nobody works on it
	Active Status = "active" // somebody does
	Closed Status = "closed" // the work has ended
)

// Valid reports whether s is one of the three.
func (s Status) Valid() bool { return s == Open || s == Active || s == Closed }

// Waiting is why a ticket that is not closed rests: whom it waits for, or nobody.
type Waiting string

// Whom a ticket can wait for.
const (
	WaitingNobody     Waiting = ""
	WaitingReporter   Waiting = "reporter"
	WaitingThirdParty Waiting = "third_party"
)

// Valid reports whether w is one that exists.
func (w Waiting) Valid() bool {
	return w == WaitingNobody || w == WaitingReporter || w == WaitingThirdParty
}

// Resolution is how the work on a closed ticket ended.
type Resolution string

// The resolutions.
const (
	Fixed       Resolution = "fixed"
	Answered    Resolution = "answered"
	Duplicate   Resolution = "duplicate"
	Declined    Resolution = "declined"
	NotFoundNow Resolution = "not_reproduced"
	NoAnswer    Resolution = "no_answer"
	Withdrawn   Resolution = "withdrawn"
)

// StaffResolutions are those staff may close with, the commonest first. Withdrawn belongs to
// reporters.
func StaffResolutions() []Resolution {
	return []Resolution{Fixed, Answered, Duplicate, Declined, NotFoundNow, NoAnswer}
}

// Words gives a resolution as people read it.
func (r Resolution) Words() string { return strings.ReplaceAll(string(r), "_", " ") }

// Priority is how urgent a ticket is; a higher number is more urgent.
type Priority int16

// The priorities.
const (
	Low    Priority = 1
	Normal Priority = 2
	High   Priority = 3
	Urgent Priority = 4
)

// Priorities lists them from the least urgent up.
func Priorities() []Priority { return []Priority{Low, Normal, High, Urgent} }

// String gives the priority's name.
func (p Priority) String() string {
	switch p {
	case Low:
		return "low"
	case Normal:
		return "normal"
	case High:
		return "high"
	case Urgent:
		return "urgent"
	}
	return "priority " + fmt.Sprint(int16(p))
}

// ParsePriority reads a priority's name.
func ParsePriority(name string) (Priority, bool) {
	for _, p := range Priorities() {
		if p.String() == name {
			return p, true
		}
	}
	return 0, false
}

// Attention is how much a ticket that is not closed needs staff now; the queue is sorted by it.
type Attention int16

// The levels of attention, most first.
const (
	NeedsStaff Attention = 0 // new, or the reporter spoke last
	InHand     Attention = 1 // staff spoke last
	Resting    Attention = 2 // waits for somebody, or snoozed
)

// Person is how people appear on tickets: a reference to an account. The zero Person is nobody.
type Person struct {
	ID       UserID
	Username string
	Name     string
}

// Contact is how to reach a reporter, as they wrote it on the form. It stands apart from the ticket
// so that it can be erased.
type Contact struct {
	Name  string
	Email string
	Phone string
}

// Ticket is one reported issue as it stands now.
type Ticket struct {
	ID        TicketID
	Reference Reference
	Version   int    // rises with every change of a property; a change names the version it was made on
	LastSeq   int    // number of the newest event
	Chain     []byte // its hash: the end of the ticket's history

	Status       Status
	WaitingOn    Waiting
	SnoozedUntil time.Time // zero: not snoozed
	Resolution   Resolution
	Priority     Priority
	Attention    Attention
	AttentionAt  time.Time // since when it has needed that attention

	Title    string
	Category Category // with ID, Code, Name, Line and Confidential
	Queue    Queue    // with ID, Code and Name
	Location Location // with ID, Code and Name; zero when only Place says where
	Place    string   // where, in the reporter's words
	Tags     []string // sorted; seen by staff alone

	Reporter     Person // zero for guests and anonymous reports
	ReporterName string // what to call the reporter: an account's name, a guest's, or ""
	CreatedBy    Person
	Assignee     Person
	Confidential bool
	Public       bool   // everybody may learn of it, in the words of PublicTitle
	PublicTitle  string // staff's words for everybody; "" unless it is public
	Followers    int    // others who have the same trouble
	Anonymous    bool
	Door         Door
	Language     string
	MergedInto   TicketID // the ticket that goes on with it; told to staff alone
	Together     bool     // it goes on with another, and whoever reads this is not told which
	Merged       int      // how many were merged into it, themselves

	CreatedAt       time.Time
	UpdatedAt       time.Time
	FirstResponseAt time.Time // first public words of staff; zero before
	ClosedAt        time.Time // zero unless closed
}

// IsClosed reports whether the work has ended.
func (t *Ticket) IsClosed() bool { return t.Status == Closed }

// GoesOn reports whether it was merged into another, which goes on with it.
func (t *Ticket) GoesOn() bool { return t.Together || t.MergedInto != 0 }

// ETag is a short text that changes whenever anything on the ticket does.
func (t *Ticket) ETag() string { return fmt.Sprintf("%d-%d-%d", t.ID, t.Version, t.LastSeq) }

// attend says how much attention the ticket needs after something happened at now. A closed ticket
// needs none.
func (t *Ticket) attend(level Attention, now time.Time) {
	if t.WaitingOn != WaitingNobody || t.SnoozedUntil.After(now) {
		level = Resting
	}
	if level != t.Attention {
		t.Attention, t.AttentionAt = level, now
	}
}
