package linear

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/ui"
)

// pageSize is how many tickets are read out at once.
const pageSize = 20

// list is what was listed last.
type list struct {
	title string
	query query.Query
	found []core.Ticket // as far as they have been read out
	next  string        // where it goes on
	at    int           // the one that was opened last, -1 for none
}

// showList lists what a query finds.
func (c *Console) showList(ctx context.Context, title, text string) error {
	q, err := query.Parse(text)
	if err != nil {
		return err
	}
	c.list = list{title: title, query: q, at: -1}
	return c.readOut(ctx)
}

// readOut reads the next tickets of the list.
func (c *Console) readOut(ctx context.Context) error {
	ctx, cancel := within(ctx)
	defer cancel()
	l := &c.list
	page, err := c.env.Desk.Tickets(ctx, c.env.Who, core.ListRequest{Query: l.query, After: l.next, Limit: pageSize})
	if err != nil {
		return err
	}
	for _, r := range page.Respelled {
		c.sayf("%s", c.env.Words.T("search.corrected", "Typed", r.Typed, "Word", r.Word))
	}
	if page.Stopped > 0 {
		c.sayf("%s", c.env.Words.T("search.stopped", "Time", page.Stopped.String()))
	}
	first := len(l.found)
	l.found, l.next = append(l.found, page.Tickets...), page.Next
	if len(l.found) == 0 {
		c.sayf("%s: no tickets.", l.title)
		return nil
	}
	if first == 0 {
		c.sayf("%s: %s.", l.title, c.counted(ctx, len(l.found)))
	}
	there, _ := c.env.Desk.Present(ctx, c.env.Who, c.seat) // nobody is told is better than no list
	for i := first; i < len(l.found); i++ {
		c.sayf("%d. %s", i+1, c.inList(&l.found[i], there))
	}
	if l.next != "" {
		c.sayf("Type more for the next ones, or open and a number of the list.")
	}
	return nil
}

// counted says how many tickets the list holds.
func (c *Console) counted(ctx context.Context, read int) string {
	if c.list.next == "" {
		return ui.Plural(read, "ticket", "tickets")
	}
	counts, err := c.env.Desk.CountViews(ctx, c.env.Who, []core.View{{Query: c.list.query}})
	if err != nil || len(counts) != 1 {
		return fmt.Sprintf("more than %d tickets", read)
	}
	words := ui.Plural(counts[0].N, "ticket", "tickets")
	if counts[0].More {
		words = "more than " + words
	}
	return fmt.Sprintf("%s, the first %d", words, read)
}

// inList says in one line what is most worth knowing of a ticket.
func (c *Console) inList(t *core.Ticket, there []core.Present) string {
	words := []string{fmt.Sprintf("Ticket %d, %s", int64(t.ID), end(t.Title))}
	state := upper(ui.Status(t))
	if t.Priority != core.Normal {
		state += ", priority " + t.Priority.String()
	}
	if rests := ui.Resting(t, c.clock()); rests != "" {
		state += ", " + rests
	}
	words = append(words, state+", with "+c.person(t.Assignee, "nobody")+".")
	if place := ui.Place(t); !place.Empty() {
		words = append(words, end(place.String()))
	}
	words = append(words, upper(c.ago(t.CreatedAt))+".")
	if t.Confidential {
		words = append(words, "Confidential.")
	}
	for _, one := range there {
		if one.Ticket == t.ID {
			words = append(words, c.presence(one)+".")
		}
	}
	return strings.Join(words, " ")
}

// end ends a sentence of somebody else's words.
func end(words string) string {
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".!?") {
		return words
	}
	return words + "."
}

// person is what to call somebody.
func (c *Console) person(p core.Person, nobody string) string {
	if p.ID == c.env.Me.ID {
		return "you"
	}
	return ui.Person(p, nobody).String()
}

// presence says what somebody does at a ticket.
func (c *Console) presence(one core.Present) string {
	does := "is reading it"
	switch one.Doing {
	case core.WritingReply:
		does = "is writing a reply"
	case core.WritingNote:
		does = "is writing a note"
	case core.Looking:
	}
	if one.Person.ID == c.env.Me.ID {
		return "You, in another window: " + strings.TrimPrefix(does, "is ")
	}
	return c.person(one.Person, "somebody") + " " + does
}

func listTickets(ctx context.Context, c *Console, rest string) error {
	if rest != "" {
		return c.showList(ctx, "Tickets that match", rest)
	}
	return c.showList(ctx, "Tickets that are not closed", "status:open|active")
}

func findTickets(ctx context.Context, c *Console, rest string) error {
	if rest == "" {
		var err error
		if rest, err = c.ask(ctx, "What to look for: "); err != nil {
			return err
		}
	}
	return c.showList(ctx, "Tickets that match", rest)
}

// listFields reads out what a query can ask for.
func listFields(_ context.Context, c *Console, _ string) error {
	for _, f := range query.Fields() {
		words := fmt.Sprintf("%s: %s, as %s.", f.Name, f.Help, f.Example)
		if len(f.Values) > 0 {
			words += " It knows " + strings.Join(f.Values, ", ") + "."
		}
		c.sayf("%s", words)
	}
	c.sayf("A minus before one means not, a bar between two values means or. Words without a field are looked for in all that was said.")
	return nil
}

func more(ctx context.Context, c *Console, _ string) error {
	if c.list.next == "" {
		c.sayf("There is no more. Type list, find or view first.")
		return nil
	}
	return c.readOut(ctx)
}

// views lists the views with what each holds.
func listViews(ctx context.Context, c *Console, _ string) error {
	ctx, cancel := within(ctx)
	defer cancel()
	all, err := c.env.Desk.Views(ctx, c.env.Who)
	if err != nil {
		return err
	}
	counts, err := c.env.Desk.CountViews(ctx, c.env.Who, all)
	if err != nil {
		return err
	}
	for i, v := range all {
		c.sayf("%d. %s: %s. It looks for %s", i+1, v.Title, ui.Count(counts[i])+" tickets", v.Query)
	}
	return nil
}

// showView lists what a view holds, by its name, its title or its number.
func showView(ctx context.Context, c *Console, rest string) error {
	if what, _, _ := strings.Cut(rest, " "); slices.Contains(viewChanges(), what) {
		return c.changeView(ctx, what, after(rest, 1))
	}
	v, err := c.findView(ctx, rest)
	if err != nil {
		return err
	}
	return c.showList(ctx, v.Title, v.Query.String())
}

func (c *Console) findView(ctx context.Context, name string) (core.View, error) {
	bounded, cancel := within(ctx)
	defer cancel()
	all, err := c.env.Desk.Views(bounded, c.env.Who)
	if err != nil {
		return core.View{}, err
	}
	titles := make([]string, len(all))
	for i, v := range all {
		if titles[i] = v.Title; strings.EqualFold(name, v.Name) {
			return v, nil
		}
	}
	at, err := c.choose(ctx, "Views", titles, name)
	if err != nil {
		return core.View{}, err
	}
	return all[at], nil
}
