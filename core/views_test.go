package core_test

import (
	"errors"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// viewNames lists the saved views that somebody sees; a * marks those they may change.
func viewNames(t *testing.T, c *storagetest.Campus, who core.User) string {
	t.Helper()
	views, err := c.Desk.Views(t.Context(), storagetest.As(who, core.DoorSSH))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range views {
		if v.ID == 0 {
			continue
		}
		name := v.Name
		if v.May {
			name += "*"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestViewsAreOnesOwnOrSharedByATeam(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	save := func(who core.User, in core.ViewChange) (core.View, error) {
		return c.Desk.SaveView(ctx, storagetest.As(who, core.DoorSSH), in)
	}
	must := func(v core.View, err error) core.View {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	lamps := must(save(c.Ivan, core.ViewChange{Title: "Lamps in LIB", Query: "lamp location:LIB*"}))
	must(save(c.Ivan, core.ViewChange{Title: "Late", Query: "age:>2d status:open"}))
	shared := must(save(c.Ines, core.ViewChange{Title: "Urgent", Query: "priority:urgent", Queue: "IT"}))

	for who, want := range map[*core.User]string{
		&c.Ivan: "lamps-in-lib* late* it:urgent",
		&c.Ines: "it:urgent*",
		&c.Ada:  "it:urgent*",
		&c.Fay:  "",
	} {
		if got := viewNames(t, c, *who); got != want {
			t.Errorf("%s sees %q, want %q", who.Username, got, want)
		}
	}

	ivan := storagetest.As(c.Ivan, core.DoorSSH)
	if err := c.Desk.MoveView(ctx, ivan, lamps.ID, 1); err != nil {
		t.Fatal(err)
	}
	must(save(c.Ivan, core.ViewChange{ID: lamps.ID, Title: "All lamps", Query: lamps.Query.String()}))
	must(save(c.Ivan, core.ViewChange{Title: "late", Query: "age:>9d"}))
	if got, want := viewNames(t, c, c.Ivan), "late* all-lamps* it:urgent"; got != want {
		t.Errorf("after changes he sees %q, want %q", got, want)
	}
	if err := c.Desk.DeleteView(ctx, ivan, lamps.ID); err != nil {
		t.Fatal(err)
	}
	if got, want := viewNames(t, c, c.Ivan), "late* it:urgent"; got != want {
		t.Errorf("after deleting one he sees %q, want %q", got, want)
	}

	for what, refused := range map[string]struct {
		err  error
		kind core.Kind
	}{
		"a view of the team, by no lead":   {c.Desk.DeleteView(ctx, ivan, shared.ID), core.Forbidden},
		"a view of another team":           {c.Desk.DeleteView(ctx, storagetest.As(c.Fay, core.DoorSSH), shared.ID), core.NotFound},
		"somebody else's":                  {c.Desk.DeleteView(ctx, storagetest.As(c.Ada, core.DoorSSH), viewNamed(t, c, c.Ivan, "late").ID), core.NotFound},
		"one that is gone":                 {c.Desk.MoveView(ctx, ivan, lamps.ID, 1), core.NotFound},
		"a reporter's":                     {second(save(c.Ana, core.ViewChange{Title: "Mine all", Query: ""})), core.Forbidden},
		"a name that is always there":      {second(save(c.Ivan, core.ViewChange{Title: "OPEN!", Query: ""})), core.Invalid},
		"no name":                          {second(save(c.Ivan, core.ViewChange{Title: " – ", Query: ""})), core.Invalid},
		"a name without end":               {second(save(c.Ivan, core.ViewChange{Title: strings.Repeat("x", 41), Query: ""})), core.Invalid},
		"a shared one, by no lead":         {second(save(c.Ivan, core.ViewChange{Title: "Ours", Query: "", Queue: "it"})), core.Forbidden},
		"one shared in another team":       {second(save(c.Ines, core.ViewChange{Title: "Theirs", Query: "", Queue: "facilities"})), core.NotFound},
		"one shared where there is no one": {second(save(c.Ines, core.ViewChange{Title: "Theirs", Query: "", Queue: "nowhere"})), core.NotFound},
	} {
		if core.KindOf(refused.err) != refused.kind {
			t.Errorf("%s: %v, want %s", what, refused.err, refused.kind)
		}
	}
	if err := second(save(c.Ivan, core.ViewChange{Title: "Wrong", Query: "status:opn"})); !isQueryError(err) {
		t.Errorf("a query that cannot be read: %v", err)
	}
}

func second(_ core.View, err error) error { return err }

func isQueryError(err error) bool {
	_, ok := errors.AsType[*query.Error](err)
	return ok
}

func viewNamed(t *testing.T, c *storagetest.Campus, who core.User, name string) core.View {
	t.Helper()
	views, err := c.Desk.Views(t.Context(), storagetest.As(who, core.DoorSSH))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("%s has no view %s", who.Username, name)
	return core.View{}
}
