package screen

import (
	"context"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"

	tea "charm.land/bubbletea/v2"
)

// Leaf is a kind of issue that one can report, with the way to it through the tree.
type Leaf struct {
	core.Category

	Path string // "Network › Wi-Fi"
}

// Leaves lists the kinds of issues that one can report, in the order of the form.
func (e *Env) Leaves(ctx context.Context) ([]Leaf, error) {
	all, err := e.Desk.Categories(ctx, e.Who)
	if err != nil {
		return nil, err
	}
	parents, names := make(map[core.CategoryID]bool, len(all)), make(map[core.CategoryID]string, len(all))
	for _, c := range all {
		parents[c.Parent] = true
		names[c.ID] = c.Name
		if above := names[c.Parent]; above != "" {
			names[c.ID] = above + " › " + c.Name
		}
	}
	var leaves []Leaf
	for _, c := range all {
		if !parents[c.ID] {
			leaves = append(leaves, Leaf{c, names[c.ID]})
		}
	}
	return leaves, nil
}

// SeekCategory finds the kinds of issues that hold every word typed.
func (e *Env) SeekCategory(ctx context.Context, typed string) ([]Option, error) {
	leaves, err := e.Leaves(ctx)
	words := strings.Fields(strings.ToLower(typed))
	var options []Option
	for _, c := range leaves {
		if holds(strings.ToLower(c.Path+" "+c.Code), words) {
			options = append(options, Option{Value: c.Code, Words: c.Path, Detail: string(c.Line)})
		}
	}
	return options, err
}

// CategoryNamed finds the kind of issue by its code or name. What is no kind is refused by the desk, in its words.
func (e *Env) CategoryNamed(ctx context.Context, typed string) (core.CategoryID, error) {
	const none = -1
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, nil
	}
	leaves, err := e.Leaves(ctx)
	for _, c := range leaves {
		if strings.EqualFold(c.Code, typed) || strings.EqualFold(c.Name, typed) || strings.EqualFold(c.Path, typed) {
			return c.ID, nil
		}
	}
	return none, err
}

// SeekPlace finds the places whose code or name begins with what is typed. Any other words will do too.
func (e *Env) SeekPlace(ctx context.Context, typed string) ([]Option, error) {
	const few = 20
	found, err := e.Desk.Locations(ctx, e.Who, strings.TrimSpace(typed), few)
	options := make([]Option, 0, len(found))
	for _, l := range found {
		options = append(options, Option{Value: l.Code, Words: l.Code, Detail: l.Name})
	}
	return options, err
}

// SeekCaller finds who may be meant by a name, a username or an address.
func (e *Env) SeekCaller(ctx context.Context, typed string) ([]Option, error) {
	found, err := e.Desk.Callers(ctx, e.Who, typed)
	options := make([]Option, 0, len(found))
	for _, p := range found {
		options = append(options, Option{Value: p.Username, Words: ui.Person(p, "").String(), Detail: "@" + p.Username})
	}
	return options, err
}

// ShowPrivateLink shows the link of somebody without an account, alone on its line, so that a terminal finds
// its ends. It is known only now.
func (e *Env) ShowPrivateLink(r core.Receipt) tea.Cmd {
	e.Host.Show(&Message{
		Host: e.Host, Title: plain.Line("Private link of " + r.Ticket.String()),
		Paragraphs: []Paragraph{
			{Text: plain.Line(strings.TrimRight(e.Page, "/") + "/t/" + r.Link), Strong: true},
			{Text: plain.Line("Whoever opens it reads and answers as the reporter. Give it to them; it is not shown again. Their reference is " + string(r.Reference) + ".")},
		},
	}, true)
	return nil
}
