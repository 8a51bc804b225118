package linear

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
)

// sheet is what somebody enters field by field, about no ticket yet. Each answer is on the server once it is given, so that
// whoever is cut off goes on where they were.
type sheet struct {
	c     *Console
	name  string // by which it is kept
	again string // the command that goes on with it
	kept  screen.Unsent
	said  bool // how to go on with it
}

// The names of sheets begin so: the drawn console keeps its own forms beside them.
const sheets = "plain "

// begin opens a sheet. If one was begun before, it says so, and asks whether to go on with it.
func (c *Console) begin(ctx context.Context, title, again string) (*sheet, error) {
	s := &sheet{c: c, name: sheets + again, again: again}
	before, there := c.unsent(ctx)[s.name]
	if there {
		c.sayf("You have begun %s:", before.Title)
		for _, field := range slices.Sorted(maps.Keys(before.Typed)) {
			switch value := before.Typed[field]; {
			case value == "":
			case strings.Contains(value, "\n"):
				c.quote(field, value)
			default:
				c.sayf("%s: %s", field, shortly(value))
			}
		}
		goOn, err := c.sure(ctx, "Go on with it? No throws it away.")
		if err != nil {
			return nil, err
		}
		if goOn {
			s.kept = before
			return s, nil
		}
	}
	s.kept = screen.Unsent{Title: title, Typed: screen.Typed{}}
	return s, nil
}

// field is what was entered in a field; else it is asked for, and kept.
func (s *sheet) field(ctx context.Context, name string, ask func() (string, error)) (string, error) {
	if typed, there := s.kept.Typed[name]; there {
		return typed, nil
	}
	typed, err := ask()
	if err != nil {
		return "", s.leave(err)
	}
	s.set(ctx, name, typed)
	return typed, nil
}

// lines is a field of several lines, which are kept while they are written.
func (s *sheet) lines(ctx context.Context, name, start string) (string, error) {
	if before, there := s.kept.Typed[name]; there {
		start = before
	}
	body, err := s.c.several(ctx, start, func(ctx context.Context, body string) error {
		s.kept.Typed[name] = body
		return s.keep(ctx)
	})
	if err != nil {
		return "", s.leave(err)
	}
	s.set(ctx, name, body)
	return body, nil
}

// set keeps a field. Where that fails, the next one tries again.
func (s *sheet) set(ctx context.Context, name, typed string) {
	s.kept.Typed[name] = typed
	if err := s.keep(ctx); err != nil {
		s.c.sayf("What you enter is not kept on the server at the moment. %s", s.c.env.Explain(err))
	}
}

// refused has the fields asked for anew that the desk did not take. The rest is kept.
func (s *sheet) refused(ctx context.Context, err error, fields ...string) error {
	if e, ok := errors.AsType[*core.Error](err); ok {
		for _, p := range e.Problems {
			fields = append(fields, p.Field)
		}
	}
	for _, name := range fields {
		delete(s.kept.Typed, name)
	}
	if s.keep(ctx) != nil {
		return err
	}
	s.c.sayf("What you entered is kept. Type %s to go on with it.", s.again)
	return err
}

// leave says how to go on with what was left.
func (s *sheet) leave(err error) error {
	if errors.Is(err, errGivenUp) && !s.said && strings.TrimSpace(strings.Join(slices.Collect(maps.Values(s.kept.Typed)), "")) != "" {
		s.said = true
		s.c.sayf("What you entered is kept. Type %s to go on with it.", s.again)
	}
	return err
}

func (s *sheet) keep(ctx context.Context) error {
	return s.c.keepUnsent(ctx, func(all map[string]screen.Unsent) { all[s.name] = s.kept })
}

// done forgets the sheet: all of it has been taken.
func (s *sheet) done(ctx context.Context) {
	_ = s.c.keepUnsent(ctx, func(all map[string]screen.Unsent) { delete(all, s.name) })
}

// tellSheets says what somebody has begun and not sent.
func (c *Console) tellSheets(ctx context.Context) {
	all := c.unsent(ctx)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if again, mine := strings.CutPrefix(name, sheets); mine {
			c.sayf("You have begun %s. Type %s to go on with it.", all[name].Title, again)
		}
	}
}

// unsent is what is kept; nothing if that cannot be read.
func (c *Console) unsent(ctx context.Context) map[string]screen.Unsent {
	ctx, cancel := within(ctx)
	defer cancel()
	var place struct {
		Unsent map[string]screen.Unsent `json:"unsent"`
	}
	if state, err := c.env.Desk.Place(ctx, c.env.Who); err == nil && state != nil {
		_ = json.Unmarshal(state, &place) // of another version: there is nothing then
	}
	return place.Unsent
}

// keepUnsent changes what is kept, also when the connection has just been lost. All else in the place stays.
func (c *Console) keepUnsent(ctx context.Context, change func(map[string]screen.Unsent)) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	state, err := c.env.Desk.Place(ctx, c.env.Who)
	if err != nil {
		return err
	}
	place := map[string]json.RawMessage{}
	if state != nil {
		_ = json.Unmarshal(state, &place)
	}
	all := map[string]screen.Unsent{}
	_ = json.Unmarshal(place["unsent"], &all)
	change(all)
	if place["unsent"], err = json.Marshal(all); err != nil {
		return err
	}
	if state, err = json.Marshal(place); err != nil {
		return err
	}
	return c.env.Desk.SavePlace(ctx, c.env.Who, state)
}

// shortly is a value beside a question.
func shortly(value string) string { return plain.Truncate(plain.Line(value), 60).String() }
