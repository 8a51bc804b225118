package verb

import (
	"context"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

func views(ctx context.Context, s *session) error {
	all, err := s.Desk.Views(ctx, s.Who)
	if err != nil {
		return err
	}
	p := s.print(viewShape())
	for _, v := range all {
		if err := p.put(record{v.Name, v.Title, v.Query.String()}); err != nil {
			return err
		}
	}
	return p.flush()
}

func counts(ctx context.Context, s *session) error {
	all, err := s.Desk.Views(ctx, s.Who)
	if err != nil {
		return err
	}
	if text := s.args["query"]; text != "" {
		q, err := query.Parse(text)
		if err != nil {
			return err
		}
		all = []core.View{{Name: q.String(), Query: q}}
	}
	numbers, err := s.Desk.CountViews(ctx, s.Who, all)
	if err != nil {
		return err
	}
	p := s.print(countShape())
	for i, n := range numbers {
		if err := p.put(record{all[i].Name, n.N, n.More}); err != nil {
			return err
		}
	}
	return p.flush()
}

// view changes one of the saved views.
func view(ctx context.Context, s *session) error {
	what, name, rest := s.args["what"], s.args["name"], s.args["query"]
	if what == "save" {
		in := core.ViewChange{Title: name, Query: rest, Queue: s.flags["--queue"]}
		saved, err := s.Desk.SaveView(ctx, s.Who, in)
		if err != nil {
			return err
		}
		return s.puts(viewShape(), record{saved.Name, saved.Title, saved.Query.String()})
	}
	if !slices.Contains([]string{"rename", "up", "down", "delete"}, what) {
		return s.usage(s.words.T("verb.view_what", "Word", short(what)))
	}
	v, err := s.savedView(ctx, name)
	if err != nil {
		return err
	}
	switch what {
	case "rename":
		v, err = s.Desk.SaveView(ctx, s.Who, core.ViewChange{ID: v.ID, Title: strings.Trim(rest, `"'`), Query: v.Query.String()})
	case "up":
		err = s.Desk.MoveView(ctx, s.Who, v.ID, -1)
	case "down":
		err = s.Desk.MoveView(ctx, s.Who, v.ID, 1)
	case "delete":
		err = s.Desk.DeleteView(ctx, s.Who, v.ID)
	}
	if err != nil {
		return err
	}
	return s.puts(viewShape(), record{v.Name, v.Title, v.Query.String()})
}

// savedView finds a saved view by its name.
func (s *session) savedView(ctx context.Context, name string) (core.View, error) {
	return s.findView(ctx, name, func(v core.View) bool { return v.ID != 0 })
}

func (s *session) findView(ctx context.Context, name string, fits func(core.View) bool) (core.View, error) {
	all, err := s.Desk.Views(ctx, s.Who)
	if err != nil {
		return core.View{}, err
	}
	for _, v := range all {
		if fits(v) && (strings.EqualFold(v.Name, name) || strings.EqualFold(v.Title, name)) {
			return v, nil
		}
	}
	return core.View{}, &refusal{words: s.words.T("verb.view_unknown", "Word", short(name), "Host", s.Host), status: NotFound}
}

// query is what a verb looks for: the query behind it, within the view that --view names; otherwise if it says neither.
func (s *session) query(ctx context.Context, otherwise string) (query.Query, error) {
	text := s.args["query"]
	name, within := s.flags["--view"]
	switch {
	case within:
		v, err := s.findView(ctx, name, func(core.View) bool { return true })
		if err != nil {
			return query.Query{}, err
		}
		text = v.Query.String() + " " + text
	case text == "":
		text = otherwise
	}
	return query.Parse(text)
}
