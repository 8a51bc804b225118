package screen

import (
	"fmt"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// PlanWords says what a plan will change, where it will not, and who will be told.
func (e *Env) PlanWords(p *core.BulkPlan) []Paragraph {
	var said []Paragraph
	say := func(strong bool, words string) {
		said = append(said, Paragraph{Text: plain.Line(words), Strong: strong})
	}
	for i := range p.Effects {
		say(true, fmt.Sprintf("%d × %s", p.Effects[i].Tickets, ui.Effect(&p.Effects[i].Event)))
	}
	if n := len(p.Along); n > 0 {
		words := "Closed along with it, as duplicates: "
		switch {
		case p.Deed.Action == action.Merge || p.Deed.Action == action.Unmerge:
			words = "Goes along: "
		case p.Deed.Action != action.Close:
			words = "Goes along, being merged: "
		}
		say(false, words+numbers(p.Along)+".")
	}
	if n := len(p.Same); n > 0 {
		say(false, fmt.Sprintf("%d × nothing changes: so already.", n))
	}
	for _, words := range e.Refusals(p.Refused) {
		say(false, words)
	}
	if told := told(p); told != "" {
		say(false, told)
	}
	return said
}

// told says who hears of it, and how.
func told(p *core.BulkPlan) string {
	var words []string
	if p.Reporters > 0 {
		sees := ui.Plural(p.Reporters, "reporter sees it on their own ticket", "reporters see it, each on their own ticket")
		if p.Deed.Body != "" {
			sees = ui.Plural(p.Reporters, "reporter reads your last word on their own ticket", "reporters read your last word, each on their own ticket")
		}
		words = append(words, sees)
	}
	for _, person := range p.People {
		words = append(words, ui.Person(person, "").String())
	}
	switch {
	case len(words) > 0:
		return "Told: " + strings.Join(words, ", ") + "."
	case len(p.Will) > 0:
		return "Told: nobody. Only staff see it."
	}
	return ""
}

// Refusals groups tickets by why something is not done on them.
func (e *Env) Refusals(refused []core.Refusal) []string {
	var order []string
	by := map[string][]core.TicketID{}
	for _, r := range refused {
		why := e.Explain(r.Err)
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], r.Ticket)
	}
	lines := make([]string, len(order))
	for i, why := range order {
		lines[i] = fmt.Sprintf("%d × not: %s %s", len(by[why]), why, numbers(by[why]))
	}
	return lines
}

func numbers(ids []core.TicketID) string {
	const few = 6
	var names []string
	for _, id := range ids[:min(few, len(ids))] {
		names = append(names, id.String())
	}
	words := strings.Join(names, " ")
	if len(ids) > few {
		words += " …"
	}
	return words
}
