package core_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestDraftsTypedInTwoWindowsAreJoined(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ base, here, elsewhere, want string }{
		"only here":                {"a", "ab", "a", "ab"},
		"only elsewhere":           {"a", "a", "ac", "ac"},
		"the same":                 {"a", "ab", "ab", "ab"},
		"both at the end":          {"Hello", "Hello Ana", "Hello, we", "Hello, we\n Ana"},
		"both from nothing":        {"", "one", "two", "two\none"},
		"in two goes":              {"", "one two", "one", "one two"},
		"in two goes, late":        {"", "one", "one two", "one two"},
		"here before, there after": {"middle", "first middle", "middle last", "middle last\nfirst middle"},
		"gone elsewhere":           {"sent already", "sent already, and more", "", "sent already, and more"},
		"letters of many bytes":    {"日本", "日本語", "日本国", "日本国\n語"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := core.MergeDrafts(c.base, c.here, c.elsewhere); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNoWordTypedInEitherWindowIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`([a-z]{1,4} ){0,4}`)
		base := words.Draw(t, "base")
		gaps := []int{0} // between words: one that both windows split is whole in neither
		for i := range base {
			if base[i] == ' ' {
				gaps = append(gaps, i+1)
			}
		}
		at := rapid.SampledFrom(gaps).Draw(t, "at")
		here := base[:at] + "HERE " + base[at:]
		at = rapid.SampledFrom(gaps).Draw(t, "elsewhere at")
		elsewhere := base[:at] + "THERE " + base[at:]
		merged := core.MergeDrafts(base, here, elsewhere)
		for _, word := range append(strings.Fields(base), "HERE", "THERE") {
			if !strings.Contains(strings.NewReplacer("THERE", "", "HERE", "").Replace(merged), word) && !strings.Contains(merged, word) {
				t.Fatalf("%q and %q on %q gave %q, without %q", here, elsewhere, base, merged, word)
			}
		}
	})
}

func TestADraftIsNotOverwrittenUnseen(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	keep := func(base, body, want string) {
		t.Helper()
		got, err := c.Desk.KeepDraft(t.Context(), ines, id, core.Typed{Kind: core.DraftReply, Base: base, Body: body})
		if err != nil || got != want {
			t.Fatalf("%q on %q is %q, %v; want %q", body, base, got, err, want)
		}
	}
	keep("", "We come", "We come")
	keep("We come", "We come at noon", "We come at noon")
	keep("We come", "We come on Monday", "We come at noon\n on Monday") // a window that knew nothing of noon
	if _, err := c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: "We come at noon"}); err != nil {
		t.Fatal(err)
	}
	drafts, err := c.Desk.Drafts(t.Context(), ines, id)
	if err != nil || len(drafts) != 1 {
		t.Fatalf("sending what one window shows took what another typed: %v, %v", drafts, err)
	}
	if _, err := c.Desk.Reply(t.Context(), ines, id, core.NewMessage{Body: drafts[0].Body + " then."}); err != nil {
		t.Fatal(err)
	}
	if drafts, err := c.Desk.Drafts(t.Context(), ines, id); err != nil || len(drafts) != 0 {
		t.Errorf("a draft of which everything was said is still there: %v, %v", drafts, err)
	}
	keep("", "abc", "abc")
	keep("abc", "", "")
	if drafts, err := c.Desk.Drafts(t.Context(), ines, id); err != nil || len(drafts) != 0 {
		t.Errorf("an emptied draft is still there: %v, %v", drafts, err)
	}
}

func TestADraftIsHandedToOneColleagueAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx, id := t.Context(), c.Report(t, c.Ana, "No signal")
	ines, ivan, ada := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH), storagetest.As(c.Ada, core.DoorSSH)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write := func(who core.Actor, body string) {
		t.Helper()
		_, err := c.Desk.KeepDraft(ctx, who, id, core.Typed{Kind: core.DraftReply, Body: body})
		must(err)
	}
	handed := func(who core.Actor) int {
		t.Helper()
		list, err := c.Desk.HandedOn(ctx, who, id)
		must(err)
		return len(list)
	}
	if err := c.Desk.HandOver(ctx, ines, id, core.DraftReply, c.Ivan.ID); core.KindOf(err) != core.Conflict {
		t.Errorf("a draft that does not exist was handed over: %v", err)
	}
	write(ines, "The words of Ines")
	for name, to := range map[string]core.UserID{"herself": c.Ines.ID, "another team": c.Fay.ID, "a reporter": c.Ana.ID} {
		if err := c.Desk.HandOver(ctx, ines, id, core.DraftReply, to); core.KindOf(err) != core.Invalid {
			t.Errorf("handed to %s: %v", name, err)
		}
	}
	if handed(ivan) != 0 {
		t.Error("a draft that was not handed over is read by a colleague")
	}
	must(c.Desk.HandOver(ctx, ines, id, core.DraftReply, c.Ivan.ID))
	if handed(ivan) != 1 || handed(ada) != 0 || handed(ines) != 0 {
		t.Errorf("the draft is with %d, %d, %d; want it with ivan alone", handed(ivan), handed(ada), handed(ines))
	}
	if _, err := c.Desk.TakeOver(ctx, ada, id, c.Ines.ID, core.DraftReply, false); core.KindOf(err) != core.Conflict {
		t.Errorf("somebody else took the draft: %v", err)
	}
	must(c.Desk.WithdrawDraft(ctx, ines, id, core.DraftReply))
	if _, err := c.Desk.TakeOver(ctx, ivan, id, c.Ines.ID, core.DraftReply, false); core.KindOf(err) != core.Conflict {
		t.Errorf("a draft that was kept back was taken: %v", err)
	}
	must(c.Desk.HandOver(ctx, ines, id, core.DraftReply, c.Ivan.ID))
	if everywhere, err := c.Desk.HandedAnywhere(ctx, ivan); err != nil || len(everywhere) != 1 || everywhere[0].From.ID != c.Ines.ID {
		t.Errorf("ivan is told %v, %v", everywhere, err)
	}
	write(ivan, "The words of Ivan")
	body, err := c.Desk.TakeOver(ctx, ivan, id, c.Ines.ID, core.DraftReply, false)
	if err != nil || body != "The words of Ivan\n\nThe words of Ines" {
		t.Fatalf("taken over: %q, %v", body, err)
	}
	for who, want := range map[*core.Actor]int{&ines: 0, &ivan: 1} {
		if drafts, err := c.Desk.Drafts(ctx, *who, id); err != nil || len(drafts) != want {
			t.Errorf("%v, %v; want %d drafts", drafts, err, want)
		}
	}
	view, err := c.Desk.Ticket(ctx, ines, id)
	must(err)
	for _, e := range view.Events {
		if strings.Contains(e.From+e.To+e.Field, "words") {
			t.Errorf("text of people is in an event: %v", e)
		}
	}
	// Who loses the ticket loses what was handed to them on it.
	write(ines, "More")
	must(c.Desk.HandOver(ctx, ines, id, core.DraftReply, c.Ivan.ID))
	_, err = c.Desk.Change(ctx, ines, id, 0, core.Change{Queue: &c.Facilities.ID})
	must(err)
	if handed(ivan) != 0 {
		t.Error("a draft on a ticket that has gone to another team is still read")
	}
}
