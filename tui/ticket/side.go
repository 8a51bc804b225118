package ticket

import (
	"strconv"
	"strings"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// side lists the properties beside the conversation.
func (s *Screen) side(f screen.Frame) []string {
	p := &properties{Frame: f}
	s.standing(p)
	p.gap()
	s.origin(p)
	s.others(p)
	if f.Width >= roomy-measure-3 {
		p.lines = append(p.lines, s.pastDeeds(f, f.Height-len(p.lines)-2)...)
	}
	return p.lines
}

// properties are lines with a label each.
type properties struct {
	screen.Frame

	lines []string
}

const labelWidth = 10

// row adds a property, in three lines at most; nothing if it has no value.
func (p *properties) row(label string, value plain.Text) {
	if value.Empty() {
		return
	}
	wrapped := ui.Wrapped(p.Theme.Plain, value, p.Width-labelWidth)
	for i, l := range wrapped[:min(len(wrapped), 3)] {
		if i > 0 {
			label = ""
		}
		p.lines = append(p.lines, ui.Line(labelWidth, ui.Say(p.Theme.Dim, label))+l)
	}
}

func (p *properties) say(label, value string) { p.row(label, plain.Line(value)) }

// shout adds a property in a colour of its own.
func (p *properties) shout(label string, value ui.Span) {
	p.lines = append(p.lines, ui.Line(labelWidth, ui.Say(p.Theme.Dim, label))+ui.Line(p.Width-labelWidth, value))
}

func (p *properties) gap() { p.lines = append(p.lines, ui.Line(p.Width)) }

// standing says how the ticket stands, who has it and where it is.
func (s *Screen) standing(p *properties) {
	t := &s.view.Ticket
	p.shout("status", ui.Say(p.Theme.Status(t.Status), ui.Status(t)))
	if s.view.AsStaff {
		p.shout("priority", ui.Say(p.Theme.Priority(t.Priority), t.Priority.String()))
	}
	p.say("rests", strings.TrimPrefix(ui.Resting(t, p.Clock), "rests "))
	p.row("with", s.assignee())
	if s.view.AsStaff {
		p.say("queue", t.Queue.Name+confidential(t))
	}
	p.say("kind", t.Category.Name)
	p.row("place", ui.Place(t))
	p.row("tags", ui.Tags(t))
	if t.Location.Name != "" && t.Location.Name != t.Location.Code {
		p.say("", t.Location.Name)
	}
}

// origin says whose the ticket is, and what became of it when.
func (s *Screen) origin(p *properties) {
	t := &s.view.Ticket
	p.row("from", ui.Reporter(t))
	p.say("", t.Reporter.Username)
	p.say("e-mail", s.view.Contact.Email)
	p.say("phone", s.view.Contact.Phone)
	if t.Followers > 0 {
		p.say("also", ui.Plural(t.Followers, "other has it too", "others have it too"))
	}
	p.say("known as", t.PublicTitle)
	p.say("reported", p.Full(t.CreatedAt))
	if !t.FirstResponseAt.IsZero() {
		p.say("answered", p.Ago(t.FirstResponseAt))
	}
	if t.IsClosed() {
		p.say("closed", p.Full(t.ClosedAt))
	}
	if r := s.view.Rating; r.Stars > 0 {
		p.say("rated", strconv.Itoa(r.Stars)+" of 5")
		p.say("", r.Body)
	}
	p.say("reference", string(t.Reference))
}

// others lists the tickets that it is linked to, merged with or like.
func (s *Screen) others(p *properties) {
	for i := range s.view.Linked {
		l := &s.view.Linked[i]
		p.say("linked", l.Relation.Words()+" "+l.ID.String()+" · "+string(l.Status)+" · "+l.Title)
	}
	if into := s.view.Ticket.MergedInto; into != 0 {
		p.say("goes on", "in "+into.String()+" · v opens it")
	} else if s.view.Ticket.GoesOn() {
		p.say("goes on", "together with another report")
	}
	for i := range s.view.Merged {
		m := &s.view.Merged[i]
		p.say("merged", m.ID.String()+" "+m.Title)
	}
	if len(s.view.Related) == 0 {
		return
	}
	p.gap()
	p.lines = append(p.lines, ui.Line(p.Width, ui.Say(p.Theme.Dim, "related · v opens one")))
	for i := range s.view.Related {
		r := &s.view.Related[i]
		p.lines = append(p.lines, ui.Line(p.Width, ui.Say(p.Theme.Status(r.Status), string(r.Status)+" "), ui.Quote(p.Theme.Plain, plain.Line(r.ID.String()+" "+r.Title))))
	}
}
