package ui

import (
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Age says how long ago something was, short enough for a column: "now", "20 min", "3 h", "5 d".
func Age(now, then time.Time) string {
	d := now.Sub(then)
	switch {
	case then.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	case d < 60*24*time.Hour:
		return fmt.Sprintf("%d d", int(d/(24*time.Hour)))
	case d < 2*365*24*time.Hour:
		return fmt.Sprintf("%d mon", int(d/(30*24*time.Hour)))
	}
	return fmt.Sprintf("%d yr", int(d/(365*24*time.Hour)))
}

// Ago says how long ago something was, for a sentence: "20 min ago".
func Ago(now, then time.Time) string {
	switch age := Age(now, then); age {
	case "":
		return "never"
	case "now":
		return "just now"
	default:
		return age + " ago"
	}
}

// When is the exact time beside the words: the clock today, the date otherwise.
func When(now, then time.Time, zone *time.Location) string {
	if then.IsZero() {
		return ""
	}
	now, then = now.In(zone), then.In(zone)
	switch {
	case now.Year() == then.Year() && now.YearDay() == then.YearDay():
		return then.Format("15:04")
	case now.Year() == then.Year():
		return then.Format("2 Jan 15:04")
	}
	return then.Format("2 Jan 2006 15:04")
}

// Person is what to call somebody; nobody has the words given.
func Person(p core.Person, nobody string) plain.Text {
	switch {
	case p.ID == 0:
		return plain.Line(nobody)
	case p.Name != "":
		return plain.Line(p.Name)
	}
	return plain.Line(p.Username)
}

// Reporter is what to call a ticket's reporter.
func Reporter(t *core.Ticket) plain.Text {
	switch {
	case t.Anonymous:
		return plain.Line("anonymous")
	case t.ReporterName != "":
		return plain.Line(t.ReporterName)
	}
	return Person(t.Reporter, "unknown")
}

// Place is where a ticket is, as exactly as is known.
func Place(t *core.Ticket) plain.Text {
	switch {
	case t.Location.Code != "" && t.Place != "":
		return plain.Line(t.Location.Code + ", " + t.Place)
	case t.Location.Code != "":
		return plain.Line(t.Location.Code)
	}
	return plain.Line(t.Place)
}

// Waiting says whom a ticket waits for, "" for nobody.
func Waiting(w core.Waiting) string {
	switch w {
	case core.WaitingReporter:
		return "waits for reporter"
	case core.WaitingThirdParty:
		return "waits for third party"
	case core.WaitingNobody:
	}
	return ""
}

// Status says a ticket's status with what stands beside it: "closed, fixed".
func Status(t *core.Ticket) string {
	words := string(t.Status)
	if t.IsClosed() && t.Resolution != "" {
		words += ", " + t.Resolution.Words()
	}
	if w := Waiting(t.WaitingOn); w != "" && !t.IsClosed() {
		words += ", " + w
	}
	return words
}

// Resting says until when a ticket rests, "" if it does not.
func Resting(t *core.Ticket, clock Clock) string {
	if t.SnoozedUntil.IsZero() || t.IsClosed() {
		return ""
	}
	return "rests until " + clock.When(t.SnoozedUntil)
}

// Tags lists a ticket's tags: "#exam #wifi".
func Tags(t *core.Ticket) plain.Text {
	var words []string
	for _, tag := range t.Tags {
		words = append(words, "#"+tag)
	}
	return plain.Line(strings.Join(words, " "))
}

// Taken says which change was taken back: "priority from high to normal".
func Taken(e *core.Event) string {
	from, to := name(e.FromName, e.From), name(e.ToName, e.To)
	switch e.Field {
	case core.FieldSnoozed:
		from, to = moment(e.From), moment(e.To)
	case core.FieldTag:
		if e.To == "" {
			return "tag " + from + " is on again"
		}
		return "tag " + to + " is off again"
	case core.FieldLink, core.FieldMerged:
		return Joined(e) + map[bool]string{true: " again", false: " no more"}[e.To == ""]
	}
	words := e.Field + " was " + to
	if to == "" {
		words = e.Field + " was cleared"
	}
	if from == "" {
		return strings.ReplaceAll(words+", is empty again", "_", " ")
	}
	return strings.ReplaceAll(words+", is "+from+" again", "_", " ")
}

// Effect says what a change will do: "status → active".
func Effect(e *core.Event) string {
	switch e.Kind {
	case core.EventReplied:
		return "a reply to the reporter"
	case core.EventNoted:
		return "a note among staff"
	}
	to := name(e.ToName, e.To)
	switch e.Field {
	case core.FieldSnoozed:
		if to = moment(e.To); to == "" {
			return "wakes"
		}
		return "rests until " + to
	case core.FieldTag:
		if e.To == "" {
			return "tag " + e.From + " taken off"
		}
		return "tag " + e.To + " put on"
	case core.FieldLink, core.FieldMerged:
		return Joined(e)
	case core.FieldAssignee:
		if e.To == "" {
			return "with nobody any more"
		}
		return "with " + to
	case core.FieldWaiting:
		if w := Waiting(core.Waiting(e.To)); w != "" {
			return w
		}
		return "waits for nobody"
	}
	if to == "" {
		to = "nothing"
	}
	return e.Field + " → " + strings.ReplaceAll(to, "_", " ")
}

// Joined says what an event about a link or a merging joins the ticket to: "blocks #1042".
func Joined(e *core.Event) string {
	if e.Field == core.FieldMerged {
		return "merged into #" + e.From + e.To
	}
	r, other := e.Link()
	return r.Words() + " " + other.String()
}

// moment reads a time as the history keeps it.
func moment(s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return ""
	}
	return at.Format("2 Jan 15:04")
}

// Count is a count that may be capped: "42", "1000+".
func Count(c core.Count) string {
	if c.More {
		return fmt.Sprintf("%d+", c.N)
	}
	return fmt.Sprint(c.N)
}

// Plural counts things: "1 ticket", "2 tickets".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Event says in a sentence what happened; "" for events that the conversation itself shows.
func Event(e *core.Event) plain.Text {
	deed := deed(e)
	if deed == "" {
		return plain.Line("")
	}
	return plain.Line(doer(e) + " " + deed)
}

func doer(e *core.Event) string {
	switch {
	case e.User.Name != "":
		return e.User.Name
	case e.User.Username != "":
		return e.User.Username
	case e.Actor == core.ActorSystem:
		return "The helpdesk"
	case e.Actor == core.ActorOperator:
		return "The operator"
	case e.Actor == core.ActorGuest, e.Actor == core.ActorAnonymous:
		return "The reporter"
	}
	return "Somebody"
}

func deed(e *core.Event) string {
	switch e.Kind {
	case core.EventReplied, core.EventNoted:
		return ""
	case core.EventCreated:
		return "reported it" + through(e.Door)
	case core.EventCorrected:
		return "corrected the " + e.Field
	case core.EventImported:
		return "brought it over from another system"
	case core.EventChanged:
		if e.Source != "" { // what the system that this came from called it
			return changed(e) + " (" + e.Source + ")"
		}
		return changed(e)
	case core.EventRated:
		return "said it went " + e.To + " of 5"
	case core.EventHandedOver:
		return "handed a draft to " + e.ToName
	case core.EventKeptBack:
		return "kept a draft back"
	case core.EventTookOver:
		return "took a draft over from " + e.ToName
	case core.EventViewed:
		return "looked at it"
	case core.EventRepeated:
		return "reported it again as " + e.To
	case core.EventMerged:
		return "merged #" + e.To + " into it"
	case core.EventUnmerged:
		return "let #" + e.To + " stand by itself again"
	case core.EventHeard:
		return "wrote on #" + e.To + ", which is merged into it"
	case core.EventSplit:
		if e.From != "" {
			return "split it off #" + e.From
		}
		return "made a message a ticket of its own, #" + e.To
	case core.EventLinkRenewed:
		return "made a new private link"
	case core.EventLinkRevoked:
		return "ended the private link"
	case core.EventKeyAdded, core.EventTokenMade, core.EventTokenRevoked, core.EventCode, core.EventPassword, core.EventJoined, core.EventLeft:
	}
	return strings.ReplaceAll(string(e.Kind), "_", " ")
}

// ConflictDeed says what an event did, replies and notes included.
func ConflictDeed(e *core.Event) plain.Text {
	switch e.Kind {
	case core.EventReplied:
		return plain.Line(doer(e) + " replied")
	case core.EventNoted:
		return plain.Line(doer(e) + " added a note")
	default:
		return Event(e)
	}
}

func through(d core.Door) string {
	switch d {
	case core.DoorWeb:
		return " on the page"
	case core.DoorSSH:
		return " in the console"
	case core.DoorMail:
		return " by mail"
	case core.DoorAPI:
		return " through the API"
	case core.DoorCLI, core.DoorWorker:
	}
	return ""
}

func changed(e *core.Event) string {
	from, to := name(e.FromName, e.From), name(e.ToName, e.To)
	switch e.Field {
	case core.FieldAssignee:
		switch {
		case e.To == "" || e.To == "0":
			return "released it"
		case e.User.ID != 0 && e.To == fmt.Sprint(int64(e.User.ID)):
			return "took it"
		}
		return "assigned it to " + to
	case core.FieldStatus:
		switch core.Status(e.To) {
		case core.Closed:
			return "closed it"
		case core.Active:
			return "set it active"
		case core.Open:
			return "set it open"
		}
	case core.FieldPublic:
		if e.To == "yes" {
			return "made it known to everybody"
		}
		return "took it off the known issues"
	case core.FieldWaiting:
		if w := Waiting(core.Waiting(e.To)); w != "" {
			return "says it " + w
		}
		return "says it waits for nobody"
	case core.FieldReporter:
		return "added it to their account"
	case core.FieldSnoozed:
		if until := moment(e.To); until != "" {
			return "let it rest until " + until
		}
		return "woke it"
	case core.FieldTag:
		if e.To == "" {
			return "took the tag " + e.From + " off"
		}
		return "put the tag " + e.To + " on"
	case core.FieldMerged:
		if e.To == "" {
			return "let it stand by itself again, no longer " + Joined(e)
		}
		return Joined(e)
	case core.FieldLink:
		if e.To == "" {
			return "took a link away: " + Joined(e)
		}
		return "linked it: " + Joined(e)
	case core.FieldConfidential:
		if e.To == "true" {
			return "made it confidential"
		}
		return "made it no longer confidential"
	case core.FieldPriority, core.FieldResolution, core.FieldCategory, core.FieldQueue, core.FieldPlace, core.FieldTitle,
		core.FieldDescription:
	}
	to, from = strings.ReplaceAll(to, "_", " "), strings.ReplaceAll(from, "_", " ")
	switch {
	case to == "":
		return "cleared the " + e.Field
	case from == "":
		return "set the " + e.Field + " to " + to
	}
	return "changed the " + e.Field + " from " + from + " to " + to
}

func name(words, code string) string {
	if words != "" {
		return words
	}
	return code
}
