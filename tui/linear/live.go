package linear

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/ui"
)

// greet says where one is, and goes on where somebody was cut off.
func (c *Console) greet(ctx context.Context) error {
	c.sayf("%s, plain console. You are %s.", c.env.Desk.Name(), ui.Person(c.env.Me.Person(), c.env.Me.Username))
	c.sayf("Type help for what you can say, list for the tickets, quit to leave.")
	bounded, cancel := within(ctx)
	defer cancel()
	all, err := c.env.Desk.Views(bounded, c.env.Who)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(v core.View) bool { return !slices.Contains([]string{"open", "mine", "mentions"}, v.Name) })
	if counts, err := c.env.Desk.CountViews(bounded, c.env.Who, all); err == nil {
		var words []string
		for i, n := range counts {
			words = append(words, all[i].Title+" "+ui.Count(n))
		}
		c.sayf("Tickets: %s.", strings.Join(words, ", "))
	}
	c.newMentions(bounded) // those that are there already have just been counted
	for _, line := range c.newlyHanded(bounded) {
		c.sayf("%s", line)
	}
	c.tellSheets(ctx)
	if u, err := c.tellUnfinished(ctx); err == nil && u != nil {
		c.sayf("Type unfinished to go on with it, to undo it or to leave it so.")
	}
	return c.resume(ctx)
}

// stop is where somebody is, in the form in which the drawn console keeps it too: they find themselves there in either.
type stop struct {
	Ticket struct {
		Ticket  core.TicketID  `json:"ticket"`
		Writing core.DraftKind `json:"writing,omitempty"`
	} `json:"ticket"`
}

// keepPlace keeps which ticket is open and what is being written about it. That it fails is no news for anybody.
func (c *Console) keepPlace(ctx context.Context, writing core.DraftKind) {
	ctx, cancel := within(ctx)
	defer cancel()
	place := map[string]json.RawMessage{}
	if state, err := c.env.Desk.Place(ctx, c.env.Who); err == nil && state != nil {
		_ = json.Unmarshal(state, &place)
	}
	var at stop
	at.Ticket.Ticket, at.Ticket.Writing = c.view.Ticket.ID, writing
	trail, err := json.Marshal([]stop{at})
	if err != nil {
		return
	}
	place["trail"] = trail
	if state, err := json.Marshal(place); err == nil {
		_ = c.env.Desk.SavePlace(ctx, c.env.Who, state)
	}
}

// resume opens the ticket on which somebody was writing when they were cut off.
func (c *Console) resume(ctx context.Context) error {
	bounded, cancel := within(ctx)
	defer cancel()
	state, err := c.env.Desk.Place(bounded, c.env.Who)
	if err != nil || state == nil {
		return nil
	}
	var place struct {
		Trail []stop `json:"trail"`
	}
	if json.Unmarshal(state, &place) != nil || len(place.Trail) == 0 {
		return nil
	}
	last := place.Trail[len(place.Trail)-1].Ticket
	if last.Ticket == 0 || last.Writing == "" {
		return nil
	}
	c.sayf("You were cut off while you were writing.")
	return c.visit(ctx, last.Ticket)
}

// hear tells what is new, before the next command.
func (c *Console) hear(ctx context.Context) {
	if c.mail.mu.TryLock() {
		notice := c.mail.notice
		c.mail.notice = ""
		c.mail.mu.Unlock()
		if notice != "" {
			c.sayf("%s", notice)
		}
	}
	for _, line := range c.news(ctx) {
		c.sayf("%s", line)
	}
}

// interrupt tells what is new while a line is wanted.
func (c *Console) interrupt(ctx context.Context) {
	var said strings.Builder
	for _, line := range c.news(ctx) {
		said.WriteString(c.folded(plain.Line(spoken.Replace(line)), 0))
	}
	if said.Len() > 0 {
		c.source.interject(said.String())
	}
}

// news is what has changed since it was last asked for, as far as it concerns whoever sits here: their rights, the open
// ticket, who is there, where they are mentioned, and what is handed to them.
func (c *Console) news(ctx context.Context) []string {
	c.mail.mu.Lock()
	dirty := c.mail.dirty
	c.mail.dirty = core.Dirty{}
	c.mail.mu.Unlock()
	if dirty.Empty() {
		return nil
	}
	ctx, cancel := within(ctx)
	defer cancel()
	var lines []string
	if dirty.All || dirty.Users[c.env.Me.ID] {
		if me, err := c.env.Desk.Me(ctx, c.env.Who); err == nil {
			c.env.Me = me
			c.adapt()
		}
		lines = append(lines, c.newlyHanded(ctx)...)
	}
	if c.view != nil && (dirty.All || dirty.Tickets[c.view.Ticket.ID]) {
		lines = append(lines, c.newHere(ctx)...)
	}
	if c.view != nil && (dirty.All || dirty.Present[c.view.Ticket.ID]) {
		lines = append(lines, c.newCompany(ctx)...)
	}
	if dirty.All || len(dirty.Tickets) > 0 {
		lines = append(lines, c.newMentions(ctx)...)
	}
	return lines
}

// newHere reads the open ticket anew if something has happened to it.
func (c *Console) newHere(ctx context.Context) []string {
	before := c.view
	now, err := c.env.Desk.Preview(ctx, c.env.Who, before.Ticket.ID)
	switch {
	case core.KindOf(err) == core.NotFound:
		c.close()
		return []string{goneWords(before.Ticket.ID)}
	case err != nil || now.Ticket.ETag() == before.Ticket.ETag() && len(now.Held) == len(before.Held):
		return nil
	}
	if err := c.load(ctx, before.Ticket.ID); err != nil {
		return nil
	}
	return c.since(before)
}

// since says what others did on the open ticket since it was last told.
func (c *Console) since(before *core.TicketView) []string {
	said := map[core.MessageID]bool{}
	for i := range before.Messages {
		said[before.Messages[i].ID] = true
	}
	var lines []string
	for i := range c.view.Messages {
		m := &c.view.Messages[i]
		if said[m.ID] || m.Author.ID == c.env.Me.ID {
			continue
		}
		kind := "writes"
		if m.Visibility == core.InternalNote {
			kind = "notes"
		}
		const few = 160
		words := plain.Truncate(plain.Line(m.Body), few).String()
		lines = append(lines, fmt.Sprintf("News on %d: %s %s: %s", int64(before.Ticket.ID), c.author(m), kind, words))
	}
	for i := range c.view.Events {
		e := &c.view.Events[i]
		if e.Seq <= before.Ticket.LastSeq || e.User.ID == c.env.Me.ID || ui.Event(e).Empty() {
			continue
		}
		lines = append(lines, fmt.Sprintf("News on %d: %s.", int64(before.Ticket.ID), ui.Event(e)))
	}
	return lines
}

// newCompany says who has come to the open ticket, and who has begun to write.
func (c *Console) newCompany(ctx context.Context) []string {
	before := c.around
	c.around = c.company(ctx)
	var lines []string
	for _, one := range c.around {
		if !slices.Contains(before, one) {
			lines = append(lines, fmt.Sprintf("On %d: %s.", int64(one.Ticket), c.presence(one)))
		}
	}
	return lines
}

// newMentions says where somebody has been named since they last heard of it.
func (c *Console) newMentions(ctx context.Context) []string {
	q, err := query.Parse("mentions:me")
	if err != nil {
		return nil
	}
	page, err := c.env.Desk.Tickets(ctx, c.env.Who, core.ListRequest{Query: q, Limit: pageSize})
	if err != nil {
		return nil
	}
	now := map[core.TicketID]bool{}
	var lines []string
	for i := range page.Tickets {
		t := &page.Tickets[i]
		now[t.ID] = true
		if !c.mentioned[t.ID] && (c.view == nil || c.view.Ticket.ID != t.ID) {
			lines = append(lines, fmt.Sprintf("You are mentioned on %d, %s", int64(t.ID), end(t.Title)))
		}
	}
	c.mentioned = now
	return lines
}

// newlyHanded says which drafts colleagues have handed to somebody.
func (c *Console) newlyHanded(ctx context.Context) []string {
	all, err := c.env.Desk.HandedAnywhere(ctx, c.env.Who)
	if err != nil {
		return nil
	}
	var lines []string
	for _, h := range all {
		key := fmt.Sprint(h.Ticket, h.From.ID, h.Kind, h.At.Format(time.RFC3339Nano))
		if !c.handed[key] {
			c.handed[key] = true
			lines = append(lines, fmt.Sprintf("%s hands you a draft on %d. Open it and type take over.", c.person(h.From, "A colleague"), int64(h.Ticket)))
		}
	}
	return lines
}
