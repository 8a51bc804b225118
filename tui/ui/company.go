package ui

import (
	"fmt"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Told is a rule across the screen with something to tell in it; just a rule if there is nothing. It
// takes the same line either way, so that telling it moves nothing.
func Told(t *Theme, width int, said []Span) string {
	if len(said) == 0 || width < 4 {
		return Rule(t, width)
	}
	used := 0
	for _, span := range said {
		used += span.Text.Width()
	}
	used = min(used, width-2)
	return Rule(t, 2) + Line(used, said...) + Rule(t, width-2-used)
}

// Company says who else is at a ticket and what they do there, who writes first.
func Company(t *Theme, there []core.Present, me core.UserID) []Span {
	return company(t, there, me, false)
}

// Rivals says who else is writing at a ticket.
func Rivals(t *Theme, there []core.Present, me core.UserID) []Span {
	return company(t, there, me, true)
}

func company(t *Theme, there []core.Present, me core.UserID, writing bool) []Span {
	const most = 4
	var said []Span
	for i, one := range there {
		if writing && one.Doing == core.Looking {
			continue
		}
		style := t.Dim
		if one.Doing != core.Looking {
			style = t.Warn
		}
		if i == most {
			said = append(said, Say(t.Dim, fmt.Sprintf("· %d more ", len(there)-most)))
			break
		}
		lead := " "
		if len(said) > 0 {
			lead = "· "
		}
		name, does := Person(one.Person, ""), " is "+doing(one.Doing)+" "
		if one.Person.ID == me {
			name, does = plain.Line("you"), " are "+doing(one.Doing)+" in another window "
		}
		said = append(said, Say(t.Dim, lead), Quote(style, name), Say(style, does))
	}
	return said
}

func doing(d core.Doing) string {
	switch d {
	case core.WritingReply:
		return "typing a reply"
	case core.WritingNote:
		return "typing a note"
	case core.Looking:
	}
	return "looking"
}

// Here says in a few letters who else is at a ticket: "Mila", "Mila types", "Mila +2".
func Here(there []core.Present, me core.UserID) plain.Text {
	if len(there) == 0 {
		return plain.Line("")
	}
	words, types := givenName(there[0].Person), " types"
	if there[0].Person.ID == me {
		words, types = "you", " type"
	}
	if there[0].Doing != core.Looking {
		words += types
	}
	if more := len(there) - 1; more > 0 {
		words += fmt.Sprintf(" +%d", more)
	}
	return plain.Line(words)
}

// givenName is what a person is called in a narrow column, cut so that what they do still shows.
func givenName(p core.Person) string {
	const most = 6
	name := p.Username
	if words := strings.Fields(p.Name); len(words) > 0 {
		name = words[0]
	}
	return plain.Truncate(plain.Line(name), most).String()
}
