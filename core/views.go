package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"helpdesk.campus/core/query"
)

// How many views there can be, and how long their names.
const (
	maxViews     = 30
	maxViewTitle = 40
)

type viewStore interface {
	// SavedViews reads the views of a person and those shared in the queues, in their order.
	SavedViews(ctx context.Context, owner UserID, queues []QueueID) ([]View, error)
	// LockView reads one view and keeps others from changing it.
	LockView(ctx context.Context, id ViewID) (View, error)
	InsertView(ctx context.Context, v View) (ViewID, error)
	UpdateView(ctx context.Context, v View) error
	DeleteView(ctx context.Context, id ViewID) error
	// PlaceViews gives views their places in the order of the list.
	PlaceViews(ctx context.Context, order []ViewID) error
}

// ViewID numbers the saved views; the standard ones have none.
type ViewID int64

// View is a named query. It is standard, somebody's own, or shared by the team of a queue.
type View struct {
	ID    ViewID // 0 for the standard views
	Name  string // by which commands call it: "open", "lamps", "it:lamps"
	Title string // as people read it
	Query query.Query
	Owner UserID // whose own it is
	Queue Queue  // by whose team it is shared
	May   bool   // whether the actor may change it
}

// Shared reports whether a team shares the view.
func (v *View) Shared() bool { return v.Queue.ID != 0 }

// ViewChange is a view as it is to be saved.
type ViewChange struct {
	ID    ViewID // 0 for a new one, which takes the place of one of the same name
	Title string
	Query string
	Queue string // code of the queue whose team shares it; "" for one's own. A view that exists stays where it is
}

// Views lists the named queries: the standard ones, the actor's own and those of the actor's queues.
func (d *Desk) Views(ctx context.Context, who Actor) ([]View, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	views, err := standardViews()
	if err != nil {
		return nil, err
	}
	saved, err := d.savedViews(ctx, d.store, p)
	return append(views, saved...), err
}

// savedViews are those that the actor sees, with what may be done to them.
func (d *Desk) savedViews(ctx context.Context, tx Tx, p *principal) ([]View, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	var queues []QueueID
	for _, q := range dir.queues {
		if p.scope.Everything || p.scope.AllQueues || slices.Contains(p.scope.Queues, q.ID) {
			queues = append(queues, q.ID)
		}
	}
	saved, err := tx.SavedViews(ctx, p.user.ID, queues)
	if err != nil {
		return nil, fmt.Errorf("read views: %w", err)
	}
	for i := range saved {
		v := &saved[i]
		v.Name, v.May = nameOfView(*v), p.mayChangeView(*v) == nil
	}
	return saved, nil
}

// standardViews come first, in this order: the console's keys and people's fingers know them by their number.
func standardViews() ([]View, error) {
	list := []struct{ name, title, asks string }{
		{"open", "Open", "status:open"},
		{"active", "Active", "status:active"},
		{"mine", "Mine", "assignee:me status:open|active"},
		{"unassigned", "Unassigned", "assignee:none status:open|active"},
		{"closed", "Closed", "status:closed"},
		{"mentions", "Mentions", "mentions:me"},
		{"following", "Following", "follower:me"},
	}
	views := make([]View, len(list))
	for i, v := range list {
		q, err := query.Parse(v.asks)
		if err != nil {
			return nil, fmt.Errorf("read view %s: %w", v.name, err)
		}
		views[i] = View{Name: v.name, Title: v.title, Query: q}
	}
	return views, nil
}

// nameOfView makes a name for commands of a title: "Lamps in LIB" becomes "lamps-in-lib".
func nameOfView(v View) string {
	words := strings.FieldsFunc(strings.ToLower(v.Title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	name := strings.Join(words, "-")
	if v.Shared() {
		return v.Queue.Code + ":" + name
	}
	return name
}

// SaveView saves a query under a name, for oneself or for a team that one leads. One that has the
// name already is replaced.
func (d *Desk) SaveView(ctx context.Context, who Actor, in ViewChange) (View, error) {
	v := View{ID: in.ID, Title: cleanLine(in.Title)}
	var err error
	if v.Query, err = query.Parse(strings.TrimSpace(in.Query)); err != nil {
		return View{}, err
	}
	if err := checkView(v); err != nil {
		return View{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return View{}, err
	}
	if in.Queue != "" {
		at := slices.IndexFunc(dir.queues, func(q Queue) bool { return strings.EqualFold(q.Code, in.Queue) })
		if at < 0 {
			return View{}, Missing("queue")
		}
		v.Queue = dir.queues[at]
	}
	err = d.changeViews(ctx, who, "save view", func(ctx context.Context, c *viewCommand) error {
		if v.ID != 0 {
			return c.rewrite(ctx, &v)
		}
		if !v.Shared() {
			v.Owner = c.who.user.ID
		}
		return c.add(ctx, &v)
	})
	v.Name, v.May = nameOfView(v), true
	return v, err
}

// checkView refuses a name that is none, or that the standard views have.
func checkView(v View) error {
	var wrong problems
	name := nameOfView(View{Title: v.Title})
	standard, err := standardViews()
	switch {
	case err != nil:
		return err
	case name == "":
		wrong.add("title", "view_title_missing")
	case utf8.RuneCountInString(v.Title) > maxViewTitle:
		wrong.add("title", "view_title_too_long", "Max", maxViewTitle)
	case slices.ContainsFunc(standard, func(s View) bool { return s.Name == name }):
		wrong.add("title", "view_title_standard", "Title", v.Title)
	}
	return wrong.err()
}

// DeleteView removes a saved view.
func (d *Desk) DeleteView(ctx context.Context, who Actor, id ViewID) error {
	return d.changeViews(ctx, who, "delete view", func(ctx context.Context, c *viewCommand) error {
		v, err := c.lock(ctx, id)
		if err != nil {
			return err
		}
		if err := c.tx.DeleteView(ctx, id); err != nil {
			return fmt.Errorf("delete: %w", err)
		}
		return c.record(ctx, v, EventRemoved, "")
	})
}

// MoveView moves a saved view some places down among its like, or up if negative.
func (d *Desk) MoveView(ctx context.Context, who Actor, id ViewID, by int) error {
	return d.changeViews(ctx, who, "move view", func(ctx context.Context, c *viewCommand) error {
		v, err := c.lock(ctx, id)
		if err != nil {
			return err
		}
		like, err := c.like(ctx, v)
		if err != nil {
			return err
		}
		order := make([]ViewID, len(like))
		for i := range like {
			order[i] = like[i].ID
		}
		from := slices.Index(order, id)
		to := max(0, min(from+by, len(order)-1))
		order = slices.Insert(slices.Delete(order, from, from+1), to, id)
		if err := c.tx.PlaceViews(ctx, order); err != nil {
			return fmt.Errorf("write places: %w", err)
		}
		return c.record(ctx, v, EventChanged, "position")
	})
}

// viewCommand is one change of the saved views while it happens.
type viewCommand struct {
	desk  *Desk
	tx    Tx
	who   *principal
	dirty Dirty
}

func (d *Desk) changeViews(ctx context.Context, who Actor, doing string, work func(context.Context, *viewCommand) error) error {
	var c *viewCommand
	err := d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.staff(ctx, tx, who)
		if err != nil {
			return err
		}
		c = &viewCommand{desk: d, tx: tx, who: p}
		return work(ctx, c)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	d.store.Ring(c.dirty)
	return nil
}

// lock reads a view that the actor may change.
func (c *viewCommand) lock(ctx context.Context, id ViewID) (View, error) {
	v, err := c.tx.LockView(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return View{}, Missing("view")
	}
	if err != nil {
		return View{}, fmt.Errorf("read view: %w", err)
	}
	if refused := c.who.mayChangeView(v); refused != nil {
		return View{}, refused
	}
	return v, nil
}

// like are the views that stand in one order with a view: its owner's, or its queue's.
func (c *viewCommand) like(ctx context.Context, v View) ([]View, error) {
	var queues []QueueID
	if v.Shared() {
		queues = []QueueID{v.Queue.ID}
	}
	views, err := c.tx.SavedViews(ctx, v.Owner, queues)
	if err != nil {
		return nil, fmt.Errorf("read views: %w", err)
	}
	return views, nil
}

// add saves a new view, or the one of its name anew.
func (c *viewCommand) add(ctx context.Context, v *View) error {
	if refused := c.who.mayChangeView(*v); refused != nil {
		return refused
	}
	like, err := c.like(ctx, *v)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(like, func(o View) bool { return nameOfView(o) == nameOfView(*v) }); at >= 0 {
		v.ID = like[at].ID
		return c.rewrite(ctx, v)
	}
	if len(like) >= maxViews {
		return &Error{Kind: Forbidden, Code: "views_too_many", Args: map[string]any{"Max": maxViews}}
	}
	if v.ID, err = c.tx.InsertView(ctx, *v); err != nil {
		return taken(err)
	}
	return c.record(ctx, *v, EventCreated, "")
}

// rewrite gives a view its new title and query.
func (c *viewCommand) rewrite(ctx context.Context, v *View) error {
	old, err := c.lock(ctx, v.ID)
	if err != nil {
		return err
	}
	v.Owner, v.Queue = old.Owner, old.Queue
	like, err := c.like(ctx, old)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(like, func(o View) bool { return o.ID != v.ID && nameOfView(o) == nameOfView(*v) }) {
		return problems{{Field: "title", Code: "view_title_taken", Args: map[string]any{"Title": v.Title}}}.err()
	}
	if err := c.tx.UpdateView(ctx, *v); err != nil {
		return fmt.Errorf("write view: %w", err)
	}
	if v.Title != old.Title {
		if err := c.record(ctx, *v, EventChanged, FieldTitle); err != nil {
			return err
		}
	}
	if v.Query.String() != old.Query.String() {
		return c.record(ctx, *v, EventChanged, "query")
	}
	return nil
}

// record writes that a view changed: which, and not its words, which are people's.
func (c *viewCommand) record(ctx context.Context, v View, kind EventKind, field string) error {
	c.dirty = DirtyUser(v.Owner)
	if v.Shared() {
		c.dirty = Dirty{Place: true}
	}
	return c.desk.recordAdmin(ctx, c.tx, c.who, StreamView, int64(v.ID), kind, field, "", "")
}
