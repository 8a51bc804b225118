package linear

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// openTicket opens the ticket that a number names: of the list, where it is one of those that were read out, or else
// the ticket's own; with a # always its own.
func openTicket(ctx context.Context, c *Console, rest string) error {
	if rest == "" {
		var err error
		if rest, err = c.answer(ctx, "Number of the ticket, or its place in the list: ", false); err != nil {
			return err
		}
	}
	id, err := c.named(ctx, rest)
	if err != nil || id == 0 {
		return err
	}
	return c.visit(ctx, id)
}

// named finds the ticket that a word means; it says so, and returns 0, if there is none.
func (c *Console) named(ctx context.Context, word string) (core.TicketID, error) {
	if n, ok := core.ParseTicketID(word); ok {
		if word[0] != '#' && int64(n) <= int64(len(c.list.found)) {
			return c.list.found[n-1].ID, nil
		}
		return n, nil
	}
	if ref, ok := core.ParseReference(word); ok {
		ctx, cancel := within(ctx)
		defer cancel()
		return c.env.Desk.TicketByReference(ctx, c.env.Who, ref)
	}
	c.sayf("%s", c.env.Words.T("verb.number", "Word", quoted(word)))
	return 0, nil
}

// visit opens a ticket and tells what is most worth knowing.
func (c *Console) visit(ctx context.Context, id core.TicketID) error {
	if err := c.load(ctx, id); err != nil {
		return err
	}
	for i := range c.list.found {
		if c.list.found[i].ID == id {
			c.list.at = i
		}
	}
	c.keepPlace(ctx, "")
	c.describe(ctx)
	return nil
}

// load reads a ticket, which is the open one from then on.
func (c *Console) load(ctx context.Context, id core.TicketID) error {
	ctx, cancel := within(ctx)
	defer cancel()
	view, err := c.env.Desk.Ticket(ctx, c.env.Who, id)
	if err != nil {
		return err
	}
	if c.view == nil || c.view.Ticket.ID != id {
		c.around = nil
	}
	c.view = &view
	c.seat.At(id, core.Looking)
	_, _ = c.env.Desk.Look(ctx, c.env.Who, &view) // what is not marked as read is told again, no more
	return nil
}

// refresh reads the open ticket anew, after something was done to it.
func (c *Console) refresh(ctx context.Context) {
	if c.view == nil {
		return
	}
	id := c.view.Ticket.ID
	err := c.load(ctx, id)
	switch {
	case core.KindOf(err) == core.NotFound:
		c.close()
		c.sayf("%s", goneWords(id))
	case err != nil:
		c.complain(err)
	}
}

func goneWords(id core.TicketID) string {
	return fmt.Sprintf("Ticket %d is now where you do not work. It is closed here.", int64(id))
}

// close leaves the open ticket.
func (c *Console) close() {
	c.view, c.around = nil, nil
	c.seat.At(0, core.Looking)
}

// describe tells how the open ticket stands.
func (c *Console) describe(ctx context.Context) {
	v := c.view
	t := &v.Ticket
	now := c.clock()
	if v.AsStaff {
		c.sayf("Ticket %d, %s, priority %s.", int64(t.ID), ui.Status(t), t.Priority)
	} else {
		c.sayf("Ticket %d, %s.", int64(t.ID), ui.Status(t))
	}
	c.sayf("Title: %s", end(t.Title))
	if rests := ui.Resting(t, now); rests != "" {
		c.sayf("It %s.", rests)
	}
	if t.Confidential {
		c.sayf("Confidential: that you look at it is recorded.")
	}
	c.sayf("From %s, %s.", ui.Reporter(t), c.ago(t.CreatedAt))
	for _, reach := range []string{v.Contact.Phone, v.Contact.Email} {
		if reach != "" {
			c.sayf("To be reached at %s", reach)
		}
	}
	if place := ui.Place(t); !place.Empty() {
		c.sayf("Place: %s", end(place.String()))
	}
	if v.AsStaff {
		c.sayf("Category %s, queue %s, with %s.", t.Category.Name, t.Queue.Name, c.person(t.Assignee, "nobody"))
	} else {
		c.sayf("Category %s, with %s.", t.Category.Name, c.person(t.Assignee, "nobody"))
	}
	if len(t.Tags) > 0 {
		c.sayf("Tags: %s.", strings.Join(t.Tags, ", "))
	}
	c.describeJoined()
	if v.Follows {
		c.sayf("You follow it.")
	}
	c.describeCompany(ctx)
	c.describeDrafts(ctx)
	c.describeSaid()
}

// describeJoined tells with what other tickets the open one is joined.
func (c *Console) describeJoined() {
	v := c.view
	if into := v.Ticket.MergedInto; into != 0 {
		c.sayf("It goes on in %s.", into)
	} else if v.Ticket.GoesOn() {
		c.sayf("It goes on together with another report.")
	}
	for i := range v.Merged {
		c.sayf("Merged into it: %s, %s", v.Merged[i].ID, end(v.Merged[i].Title))
	}
	for i := range v.Linked {
		l := &v.Linked[i]
		c.sayf("Link: %s %s, %s %s.", l.Relation.Words(), l.ID, end(l.Title), upper(ui.Status(&l.Ticket)))
	}
	if v.Ticket.Public {
		c.sayf("Everybody can read of it, as: %s", v.Ticket.PublicTitle)
	}
}

// describeCompany tells who else is there.
func (c *Console) describeCompany(ctx context.Context) {
	c.around = c.company(ctx)
	for _, one := range c.around {
		c.sayf("%s.", c.presence(one))
	}
}

// company is who else is at the open ticket.
func (c *Console) company(ctx context.Context) []core.Present {
	there, err := c.env.Desk.Present(ctx, c.env.Who, c.seat)
	if err != nil || c.view == nil {
		return nil
	}
	var here []core.Present
	for _, one := range there {
		if one.Ticket == c.view.Ticket.ID {
			here = append(here, one)
		}
	}
	return here
}

// describeSaid tells how much was said, and the last of it.
func (c *Console) describeSaid() {
	v := c.view
	n := len(v.Messages)
	if files := countFiles(v.Messages); files > 0 {
		c.sayf("%s sent along. Type files to hear them.", ui.Plural(files, "file was", "files were"))
	}
	c.tellHeld()
	if n == 0 {
		return
	}
	c.tell(n - 1)
	if n > 1 {
		c.sayf("Type show for all %d messages.", n)
	}
}

func countFiles(messages []core.Message) int {
	n := 0
	for i := range messages {
		n += len(messages[i].Files)
	}
	return n
}

// tell reads one message out. It says first how many lines follow, so that nothing in them can be taken for words of
// ours.
func (c *Console) tell(i int) {
	m := &c.view.Messages[i]
	head := fmt.Sprintf("Message %d of %d, ", i+1, len(c.view.Messages))
	if m.Visibility == core.InternalNote {
		head += "a note among staff, "
	}
	head += "from " + c.author(m)
	if m.Ticket != 0 && m.Ticket != c.view.Ticket.ID {
		head += ", on " + m.Ticket.String()
	}
	head += ", " + c.full(m.CreatedAt)
	if !m.EditedAt.IsZero() {
		head += ", edited"
	}
	c.quote(head, m.Body)
	if len(m.Files) > 0 {
		c.sayf("With %s.", ui.Files(m.Files))
	}
}

// quote reads somebody's words out under a heading.
func (c *Console) quote(head, body string) {
	if body == "" {
		c.sayf("%s: no words.", head)
		return
	}
	text := c.folded(plain.Block(body), 2)
	c.sayf("%s, %s:", head, ui.Plural(strings.Count(text, "\n"), "line", "lines"))
	for line := range strings.Lines(text) {
		_, _ = c.out.WriteString("  " + line)
	}
}

func (c *Console) author(m *core.Message) string {
	switch {
	case m.Author.ID == c.env.Me.ID:
		return "you"
	case m.Side == core.StaffSide:
		return nameOf(m, "staff") + ", staff"
	}
	return nameOf(m, "somebody") + ", reporter"
}

func nameOf(m *core.Message, nobody string) string {
	if m.AuthorName != "" {
		return m.AuthorName
	}
	return ui.Person(m.Author, nobody).String()
}

// tellHeld tells which replies have not gone yet.
func (c *Console) tellHeld() {
	for i := range c.view.Held {
		m := &c.view.Held[i]
		c.quote(fmt.Sprintf("A reply from %s that has not gone yet", c.author(m)), m.Body)
		if m.Author.ID == c.env.Me.ID {
			c.sayf("Type take back to keep it from going.")
		}
	}
}

// show reads the conversation of the open ticket out, or one message of it.
func show(_ context.Context, c *Console, rest string) error {
	n := len(c.view.Messages)
	if rest != "" {
		i, _ := strconv.Atoi(rest) // 0 is none
		if i < 1 || i > n {
			c.sayf("%s is no message of this ticket. It has %s.", quoted(rest), ui.Plural(n, "message", "messages"))
			return nil
		}
		c.tell(i - 1)
		return nil
	}
	c.sayf("Ticket %d, %s", int64(c.view.Ticket.ID), end(c.view.Ticket.Title))
	for i := range n {
		c.tell(i)
	}
	c.tellHeld()
	c.sayf("That was all.")
	return nil
}

// history reads out who did what.
func history(_ context.Context, c *Console, _ string) error {
	for i := range c.view.Events {
		e := &c.view.Events[i]
		c.sayf("%s: %s.", upper(c.full(e.At)), ui.ConflictDeed(e))
	}
	return nil
}

// related reads out what may be about the same.
func related(_ context.Context, c *Console, _ string) error {
	if len(c.view.Related) == 0 {
		c.sayf("Nothing that is not closed has the same place and kind.")
		return nil
	}
	c.list = list{title: "Related", found: c.view.Related, at: -1}
	for i := range c.view.Related {
		c.sayf("%d. %s", i+1, c.inList(&c.view.Related[i], nil))
	}
	return nil
}

func details(ctx context.Context, c *Console, _ string) error {
	if err := c.load(ctx, c.view.Ticket.ID); err != nil {
		return err
	}
	c.describe(ctx)
	return nil
}

func next(ctx context.Context, c *Console, _ string) error     { return c.step(ctx, 1) }
func previous(ctx context.Context, c *Console, _ string) error { return c.step(ctx, -1) }

// step opens the ticket after, or before, the one of the list that was opened last.
func (c *Console) step(ctx context.Context, by int) error {
	to := c.list.at + by
	if by > 0 && to >= len(c.list.found) && c.list.next != "" {
		if err := c.readOut(ctx); err != nil {
			return err
		}
	}
	switch {
	case len(c.list.found) == 0:
		c.sayf("There is no list. Type list, find or view first.")
	case to < 0:
		c.sayf("That was the first of the list.")
	case to >= len(c.list.found):
		c.sayf("That was the last of the list.")
	default:
		return c.visit(ctx, c.list.found[to].ID)
	}
	return nil
}

func leaveTicket(_ context.Context, c *Console, _ string) error {
	id := c.view.Ticket.ID
	c.close()
	c.sayf("%s is closed here. Nothing about it has changed.", id)
	return nil
}
