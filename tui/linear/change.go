package linear

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// chooser finds out what is to be done, from what was typed behind the command and by asking for the rest. It is about
// the ticket, or several like it.
type chooser func(ctx context.Context, c *Console, t *core.Ticket, rest string) (screen.Chosen, error)

// perform does what was chosen to the open ticket.
func perform(choose chooser) func(context.Context, *Console, string) error {
	return func(ctx context.Context, c *Console, rest string) error {
		chosen, err := choose(ctx, c, &c.view.Ticket, rest)
		if err != nil {
			return err
		}
		return c.change(ctx, fmt.Sprintf("Ticket %d is %s.", int64(c.view.Ticket.ID), chosen.Done), func(ctx context.Context, version int) error {
			_, err := c.env.Desk.Perform(ctx, c.env.Who, c.view.Ticket.ID, version, chosen.Deed)
			return err
		})
	}
}

// change changes the open ticket as it was last told. If somebody was faster, it says what they did and asks whether
// the change is still meant.
func (c *Console) change(ctx context.Context, done string, do func(ctx context.Context, version int) error) error {
	for {
		err := c.bounded(ctx, do)
		if err == nil {
			c.env.Last = c.view.Ticket.ID
			c.sayf("%s", done)
			c.refresh(ctx)
			return nil
		}
		conflict, ok := errors.AsType[*core.Error](err)
		if !ok || conflict.Kind != core.Conflict || len(conflict.Events) == 0 {
			return err
		}
		c.sayf("Somebody was faster.")
		for i := range conflict.Events {
			c.sayf("%s, %s.", ui.ConflictDeed(&conflict.Events[i]), c.ago(conflict.Events[i].At))
		}
		if err := c.load(ctx, c.view.Ticket.ID); err != nil {
			return err
		}
		if err := c.agreed(ctx, "Do it all the same?"); err != nil {
			return err
		}
	}
}

func (c *Console) bounded(ctx context.Context, do func(ctx context.Context, version int) error) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return do(ctx, c.view.Ticket.Version)
}

// asked asks the desk for something that must not take long.
func asked[T any](ctx context.Context, question func(context.Context) (T, error)) (T, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return question(ctx)
}

// agreed asks a question of which no ends the command.
func (c *Console) agreed(ctx context.Context, question string) error {
	yes, err := c.sure(ctx, question)
	if err == nil && !yes {
		return errGivenUp
	}
	return err
}

// plainly is a chooser of what needs nothing to be told.
func plainly(name action.Name, doing, done string) chooser {
	return func(context.Context, *Console, *core.Ticket, string) (screen.Chosen, error) {
		return screen.Chosen{Deed: core.Deed{Action: name}, Doing: doing, Done: done}, nil
	}
}

func choosePerson(ctx context.Context, c *Console, t *core.Ticket, rest string) (screen.Chosen, error) {
	person, err := c.colleague(ctx, t, "Who works on it?", rest, false)
	return screen.Chosen{
		Deed: core.Deed{Action: action.Assign, Person: person.ID}, Doing: "assign", Done: "with " + c.person(person, "") + " now",
	}, err
}

// colleague finds one of those who may be given a ticket.
func (c *Console) colleague(ctx context.Context, t *core.Ticket, title, typed string, other bool) (core.Person, error) {
	people, err := asked(ctx, func(ctx context.Context) ([]core.Person, error) { return c.env.Desk.Assignable(ctx, c.env.Who, t.ID) })
	if err != nil {
		return core.Person{}, err
	}
	var names []string
	var those []core.Person
	for _, p := range people {
		switch {
		case p.ID != c.env.Me.ID:
			names = append(names, ui.Person(p, "").String()+", "+p.Username)
		case other:
			continue
		default:
			names = append(names, "me, "+ui.Person(p, "").String()+", "+p.Username)
		}
		those = append(those, p)
	}
	at, err := c.choose(ctx, title, names, strings.TrimPrefix(typed, "@"))
	if err != nil {
		return core.Person{}, err
	}
	return those[at], nil
}

func chooseStatus(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	all := []screen.Chosen{
		{Deed: core.Deed{Action: action.Deactivate}, Doing: "set open", Done: "open now"},
		{Deed: core.Deed{Action: action.Activate}, Doing: "set active", Done: "active now"},
	}
	at, err := c.choose(ctx, "Status", []string{"open", "active"}, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	return all[at], nil
}

func chooseResolution(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	var names []string
	for _, r := range core.StaffResolutions() {
		names = append(names, r.Words())
	}
	at, err := c.choose(ctx, "How did it end?", names, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	r := core.StaffResolutions()[at]
	return screen.Chosen{Deed: core.Deed{Action: action.Close, Resolution: r}, Doing: "close", Done: "closed, " + r.Words()}, nil
}

func choosePriority(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	var names []string
	for _, p := range core.Priorities() {
		names = append(names, p.String())
	}
	at, err := c.choose(ctx, "Priority", names, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	p := core.Priorities()[at]
	return screen.Chosen{Deed: core.Deed{Action: action.Prioritise, Change: core.Change{Priority: &p}}, Doing: "set the priority of", Done: "of priority " + p.String() + " now"}, nil
}

func chooseCategory(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	kind, err := c.category(ctx, rest)
	return screen.Chosen{
		Deed: core.Deed{Action: action.Categorise, Change: core.Change{Category: &kind.ID}}, Doing: "set the category of", Done: "about " + kind.Name + " now",
	}, err
}

// category finds a kind of issue.
func (c *Console) category(ctx context.Context, typed string) (core.Category, error) {
	all, err := asked(ctx, func(ctx context.Context) ([]core.Category, error) { return c.env.Desk.Categories(ctx, c.env.Who) })
	if err != nil {
		return core.Category{}, err
	}
	parents := make(map[core.CategoryID]bool, len(all))
	for i := range all {
		parents[all[i].Parent] = true
	}
	var names []string
	var those []core.Category
	for i := range all {
		if !parents[all[i].ID] {
			names, those = append(names, all[i].Name+", "+all[i].Code), append(those, all[i])
		}
	}
	at, err := c.choose(ctx, "What kind of issue?", names, typed)
	if err != nil {
		return core.Category{}, err
	}
	return those[at], nil
}

func chooseQueue(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	all, err := asked(ctx, func(ctx context.Context) ([]core.Queue, error) { return c.env.Desk.Queues(ctx, c.env.Who) })
	if err != nil {
		return screen.Chosen{}, err
	}
	names := make([]string, len(all))
	for i, q := range all {
		names[i] = q.Name + ", " + q.Code
	}
	at, err := c.choose(ctx, "Which team?", names, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	q := all[at]
	return screen.Chosen{Deed: core.Deed{Action: action.Move, Change: core.Change{Queue: &q.ID}}, Doing: "move", Done: "in the queue " + q.Name + " now"}, nil
}

func choosePlace(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	rest, err := c.need(ctx, rest, "Code of a building or room, or words: ")
	return screen.Chosen{
		Deed: core.Deed{Action: action.Place, Change: core.Change{Where: &core.Where{Words: rest}}}, Doing: "set the place of", Done: "at " + rest + " now",
	}, err
}

// need asks for what was not typed behind the command.
func (c *Console) need(ctx context.Context, rest, prompt string) (string, error) {
	if rest != "" {
		return rest, nil
	}
	return c.answer(ctx, prompt, false)
}

func chooseWaiting(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	at, err := c.choose(ctx, "Whom does it wait for?", []string{"nobody", "reporter", "third party"}, rest)
	if err != nil {
		return screen.Chosen{}, err
	}
	w := []core.Waiting{core.WaitingNobody, core.WaitingReporter, core.WaitingThirdParty}[at]
	done := map[core.Waiting]string{core.WaitingNobody: "waiting for nobody", core.WaitingReporter: "waiting for its reporter", core.WaitingThirdParty: "waiting for a third party"}[w]
	return screen.Chosen{Deed: core.Deed{Action: action.Wait, Change: core.Change{Waiting: &w}}, Doing: "set the waiting of", Done: done + " now"}, nil
}

func chooseTags(ctx context.Context, c *Console, t *core.Ticket, rest string) (screen.Chosen, error) {
	if rest == "" && len(t.Tags) > 0 {
		c.sayf("Tags now: %s.", strings.Join(t.Tags, ", "))
	}
	rest, err := c.need(ctx, rest, "Tags to put on, and with a minus before it to take off: ")
	if err != nil {
		return screen.Chosen{}, err
	}
	tags := core.ParseTags(rest)
	if len(tags.Add)+len(tags.Remove) == 0 {
		c.sayf("%s is no tag.", quoted(rest))
		return screen.Chosen{}, errGivenUp
	}
	return screen.Chosen{Deed: core.Deed{Action: action.Tag, Tags: tags}, Doing: "tag", Done: "tagged: " + rest}, nil
}

// chooseRest reads until when a ticket rests: a time, the reporter's answer, or not at all.
func chooseRest(ctx context.Context, c *Console, _ *core.Ticket, rest string) (screen.Chosen, error) {
	rest, err := c.need(ctx, rest, "Until when? Say 2h, tomorrow 9:00, monday, a date, answer, or now to wake it: ")
	if err != nil {
		return screen.Chosen{}, err
	}
	chosen := screen.Chosen{Doing: "snooze"}
	switch strings.ToLower(rest) {
	case "answer":
		answer := core.WaitingReporter
		chosen.Deed = core.Deed{Action: action.Wait, Change: core.Change{Waiting: &answer}}
		chosen.Done = "at rest until the reporter answers"
	case "now":
		chosen.Deed, chosen.Done = core.Deed{Action: action.Snooze}, "awake again"
	default:
		var until time.Time
		if until, err = c.env.Desk.ParseSnooze(c.env.Me, rest); err != nil {
			return screen.Chosen{}, err
		}
		chosen.Deed = core.Deed{Action: action.Snooze, Until: until}
		chosen.Done = "at rest until " + ui.When(c.env.Desk.Now(), until, c.env.Zone())
	}
	return chosen, nil
}

// closeTicket asks how it ended, and for a last word.
func closeTicket(ctx context.Context, c *Console, rest string) error {
	chosen, err := chooseResolution(ctx, c, &c.view.Ticket, rest)
	if err != nil {
		return err
	}
	c.sayf("A last word to the reporter, if you like. A full stop alone closes it without one.")
	body, err := c.compose(ctx, core.DraftClose, nil)
	if err != nil {
		return err
	}
	chosen.Deed.Body = strings.TrimSpace(body)
	if err := c.agreeToAll(ctx, chosen); err != nil {
		return err
	}
	key, err := c.env.Desk.NewFormKey(c.env.Who)
	if err != nil {
		return err
	}
	in := core.Closing{Resolution: chosen.Deed.Resolution, Body: chosen.Deed.Body, Key: key}
	return c.change(ctx, fmt.Sprintf("Ticket %d is %s.", int64(c.view.Ticket.ID), chosen.Done), func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Close(ctx, c.env.Who, c.view.Ticket.ID, version, in)
		return err
	})
}

// reopen takes a closed ticket up again, with words about why.
func reopen(ctx context.Context, c *Console, _ string) error {
	c.sayf("Say to the reporter why, if you like. A full stop alone reopens it without words.")
	body, err := c.compose(ctx, core.DraftReopen, nil)
	if err != nil {
		return err
	}
	return c.change(ctx, fmt.Sprintf("Ticket %d is taken up again.", int64(c.view.Ticket.ID)), func(ctx context.Context, version int) error {
		_, err := c.env.Desk.Reopen(ctx, c.env.Who, c.view.Ticket.ID, version, strings.TrimSpace(body))
		return err
	})
}

// agreeToAll asks before something that changes other tickets too, or tells their reporters.
func (c *Console) agreeToAll(ctx context.Context, chosen screen.Chosen) error {
	plan, err := c.plan(ctx, []core.TicketID{c.view.Ticket.ID}, chosen.Deed)
	switch {
	case err != nil:
		return err
	case len(plan.Refused) > 0:
		return plan.Refused[0].Err
	case len(plan.Along) == 0 && chosen.Deed.Action == action.Close:
		return nil
	}
	c.sayPlan(&plan)
	return c.agreed(ctx, upper(chosen.Doing)+" it?")
}
