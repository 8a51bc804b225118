package ui

import (
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Event says in a sentence what happened; "" for events that the conversation itself shows.
func Event(e *core.Event) plain.Text {
	deed := deed(e)
	if deed == "" {
		return plain.Line("")
	}
	return plain.Line(doer(e) + " " + deed)
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
		return e.JoinedTo() + map[bool]string{true: " again", false: " no more"}[e.To == ""]
	}
	words := e.Field + " was " + to
	if to == "" {
		words = e.Field + " was cleared"
	}
	if from == "" {
		from = "empty"
		if e.Field == core.FieldAssignee || e.Field == core.FieldWaiting {
			from = "nobody"
		}
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
		return e.JoinedTo()
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
	case core.EventCode:
		return "made a one-time code for its reporter, which opens all that the reporter can read"
	case core.EventRepeated:
		return "reported it again as " + e.To
	case core.EventMerged, core.EventUnmerged, core.EventHeard, core.EventSplit:
		return e.Joins()
	case core.EventLinkRenewed:
		return "made a new private link"
	case core.EventLinkRevoked:
		return "ended the private link"
	case core.EventKeyAdded, core.EventTokenMade, core.EventTokenRevoked, core.EventPassword, core.EventJoined, core.EventLeft:
	}
	return strings.ReplaceAll(string(e.Kind), "_", " ")
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
			return "let it stand by itself again, no longer " + e.JoinedTo()
		}
		return e.JoinedTo()
	case core.FieldLink:
		if e.To == "" {
			return "took a link away: " + e.JoinedTo()
		}
		return "linked it: " + e.JoinedTo()
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

// moment reads a time as the history keeps it.
func moment(s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return ""
	}
	return at.Format("2 Jan 15:04")
}

func name(words, code string) string {
	if words != "" {
		return words
	}
	return code
}
