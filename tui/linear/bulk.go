package linear

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

// plan works out what a deed would do to tickets.
func (c *Console) plan(ctx context.Context, ids []core.TicketID, in core.Deed) (core.BulkPlan, error) {
	return asked(ctx, func(ctx context.Context) (core.BulkPlan, error) { return c.env.Desk.PlanBulk(ctx, c.env.Who, ids, in) })
}

// sayPlan says what would change, where it would not, and who would be told.
func (c *Console) sayPlan(plan *core.BulkPlan) {
	for _, said := range c.env.PlanWords(plan) {
		c.sayf("%s", said.Text)
	}
}

// mark marks tickets of the list.
func mark(ctx context.Context, c *Console, rest string) error {
	rest, err := c.need(ctx, rest, "Places in the list, such as 1 3 5-8, or all: ")
	if err != nil {
		return err
	}
	chosen, ok := c.places(rest)
	if !ok {
		return nil
	}
	for _, id := range chosen {
		if !slices.Contains(c.marks, id) {
			c.marks = append(c.marks, id)
		}
	}
	c.sayf("%s marked. Type bulk and what to do with them, such as bulk priority high.", ui.Plural(len(c.marks), "ticket is", "tickets are"))
	return nil
}

func unmark(_ context.Context, c *Console, rest string) error {
	if rest == "" || rest == "all" {
		c.marks = nil
		c.sayf("Nothing is marked any more.")
		return nil
	}
	chosen, ok := c.places(rest)
	if ok {
		c.marks = slices.DeleteFunc(c.marks, func(id core.TicketID) bool { return slices.Contains(chosen, id) })
		c.sayf("%s marked.", ui.Plural(len(c.marks), "ticket is", "tickets are"))
	}
	return nil
}

func marked(_ context.Context, c *Console, _ string) error {
	if len(c.marks) == 0 {
		c.sayf("Nothing is marked. Type mark and places in the list.")
		return nil
	}
	words := make([]string, len(c.marks))
	for i, id := range c.marks {
		words[i] = id.String()
	}
	c.sayf("%s marked: %s.", ui.Plural(len(words), "ticket is", "tickets are"), strings.Join(words, ", "))
	return nil
}

// places reads "1 3 5-8", "all" and "#1042".
func (c *Console) places(typed string) ([]core.TicketID, bool) {
	var ids []core.TicketID
	n := len(c.list.found)
	for word := range strings.FieldsSeq(strings.ReplaceAll(typed, ",", " ")) {
		first, last, isRange := strings.Cut(word, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		own, numbered := core.ParseTicketID(word)
		switch {
		case word == "all":
			from, to = 1, n
		case numbered && word[0] == '#':
			ids = append(ids, own)
			continue
		case err1 != nil || err2 != nil || from < 1 || to < from || to > n:
			c.sayf("%s is no place in the list, which has %s.", quoted(word), ui.Plural(n, "ticket", "tickets"))
			return nil, false
		}
		for i := from; i <= to; i++ {
			ids = append(ids, c.list.found[i-1].ID)
		}
	}
	return ids, true
}

// bulk does something to all that is marked, after it has said what that will change.
func bulk(ctx context.Context, c *Console, rest string) error {
	if len(c.marks) == 0 {
		c.sayf("Nothing is marked. Type mark and places in the list.")
		return nil
	}
	rest, err := c.need(ctx, rest, "What to do with them: ")
	if err != nil {
		return err
	}
	cmd, words, others := find(rest)
	if cmd == nil || cmd.deed == nil {
		c.sayf("To all that is marked you can do: %s.", alternatives(bulkNames(others)))
		return nil
	}
	first, err := asked(ctx, func(ctx context.Context) (core.TicketView, error) {
		return c.env.Desk.Preview(ctx, c.env.Who, c.marks[0])
	})
	if err != nil {
		return err
	}
	chosen, err := cmd.deed(ctx, c, &first.Ticket, words)
	if err != nil {
		return err
	}
	plan, err := c.plan(ctx, c.marks, chosen.Deed)
	if err != nil {
		return err
	}
	c.sayPlan(&plan)
	if len(plan.Will) == 0 {
		c.sayf("So nothing would change.")
		return nil
	}
	if err := c.agreed(ctx, fmt.Sprintf("%s %s?", upper(chosen.Doing), ui.Plural(len(plan.Will), "ticket", "tickets"))); err != nil {
		return err
	}
	return c.carryOut(ctx, plan)
}

// bulkNames are the commands that can be done to many tickets; only those of some names if there are any.
func bulkNames(among []string) []string {
	var names []string
	for _, cmd := range Commands() {
		if cmd.deed != nil && (len(among) == 0 || slices.Contains(among, cmd.Name)) {
			names = append(names, cmd.Name)
		}
	}
	return names
}

func (c *Console) carryOut(ctx context.Context, plan core.BulkPlan) error {
	result, err := c.env.Desk.Bulk(ctx, c.env.Who, plan, nil)
	if n := len(result.Done); n > 0 {
		c.env.Last = result.Done[0].ID
		c.sayf("Done on %s. Type undo to take it back on all of them.", ui.Plural(n, "ticket", "tickets"))
		c.marks = nil
	}
	if err != nil {
		return err
	}
	for _, words := range c.env.Refusals(result.Refused) {
		c.sayf("%s", words)
	}
	c.refresh(ctx)
	return nil
}
