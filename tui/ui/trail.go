package ui

import (
	"fmt"
	"strings"

	"helpdesk.campus/core"
)

// TrailDeed says in few words what an event of the audit trail did to the thing that it is about, and from what to what.
func TrailDeed(e *core.Event) string {
	from, to := TrailValue(e.From, e.FromName), TrailValue(e.To, e.ToName)
	field := spaced(e.Field)
	switch e.Kind {
	case core.EventReplied:
		if e.To == string(core.ReporterSide) {
			return "reporter wrote"
		}
		return "replied to the reporter"
	case core.EventNoted:
		return "note among staff"
	case core.EventCreated:
		switch {
		case e.Stream == core.StreamTicket:
			return "reported, for queue " + to
		case e.Field == core.FieldRole:
			return "account made, as " + to
		}
		return string(e.Stream) + " made"
	case core.EventRemoved:
		return string(e.Stream) + " removed"
	case core.EventCorrected:
		return field + " put right"
	case core.EventRated:
		return "rated " + to + " of 5"
	case core.EventViewed:
		return "looked at"
	case core.EventKeyAdded:
		return field + " added: " + to
	case core.EventJoined:
		return "joined queue " + member(to, e.To)
	case core.EventLeft:
		return "left queue " + member(from, e.From)
	case core.EventSignedOut:
		if e.From == "all" {
			return "signed out everywhere"
		}
		return "signed out once (sign-in " + e.From + ")"
	case core.EventCode:
		if e.Stream == core.StreamTicket {
			return "one-time code made for its reporter"
		}
		return "one-time code made"
	case core.EventBackedUp:
		return "backup made"
	case core.EventMacroMade, core.EventMacroChanged, core.EventMacroDeleted:
		if e.Field == core.FieldQueue && from+to != "" {
			return spaced(string(e.Kind)) + ", of queue " + from + to
		}
	case core.EventMerged, core.EventUnmerged, core.EventHeard, core.EventSplit:
		return e.Joins()
	case core.EventChanged:
		return trailChange(e, field, from, to)
	default:
	}
	words := spaced(string(e.Kind))
	if field != "" {
		words += " " + field
	}
	switch {
	case from != "" && to != "":
		words += ": " + from + " → " + to
	case from+to != "":
		words += ": " + from + to
	}
	return words
}

// trailChange says what an event changed.
func trailChange(e *core.Event, field, from, to string) string {
	switch {
	case e.Field == "disabled" && e.To == "true":
		return "account disabled"
	case e.Field == "disabled":
		return "account let in again"
	case e.Field == core.FieldLead:
		return "member of " + member(from, e.From) + " → of " + member(to, e.To)
	case strings.HasSuffix(e.Field, "key"):
		return field + " taken away: " + from
	case e.Field == core.FieldLink, e.Field == core.FieldMerged:
		return e.JoinedTo() + map[bool]string{true: ", no more"}[e.To == ""]
	case from == "" && to == "":
		return field + " changed"
	case from == "":
		return field + " set: " + to
	case to == "":
		return field + " cleared, was " + from
	}
	return field + ": " + from + " → " + to
}

// member is a queue's name, and whether one leads it.
func member(name, code string) string {
	if strings.HasSuffix(code, " lead") {
		return name + ", as its lead"
	}
	return name
}

func spaced(code string) string { return strings.ReplaceAll(code, "_", " ") }

// TrailValue is a code in words.
func TrailValue(code, name string) string {
	if name != "" && name != code {
		return name
	}
	return spaced(code)
}

// TrailThing names what an event belongs to, with its kind.
func TrailThing(e *core.Event) string {
	if e.Stream != core.StreamTicket && e.OfName != "" {
		return string(e.Stream) + " " + e.OfName
	}
	return TrailAbout(e)
}

// TrailAbout names what an event belongs to, alone.
func TrailAbout(e *core.Event) string {
	switch {
	case e.Stream == core.StreamTicket:
		return e.Ticket().String()
	case e.OfName != "":
		return e.OfName
	case e.StreamID == 0:
		return string(e.Stream)
	}
	return fmt.Sprintf("%s %d", e.Stream, e.StreamID)
}

// TrailWho names who did it: an account, or the kind of whoever has none.
func TrailWho(e *core.Event) string {
	if e.User.Username != "" {
		return e.User.Username
	}
	return string(e.Actor)
}
