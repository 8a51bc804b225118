package core_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestTagsAreStaffsAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	after, err := c.Desk.Tag(t.Context(), ines, id, core.TagChange{Add: []string{"#Exam Hall", "wifi", "wifi"}})
	if err != nil || strings.Join(after.Tags, " ") != "exam-hall wifi" {
		t.Fatalf("tags %v, %v", after.Tags, err)
	}
	if seen := ticket(t, c, storagetest.As(c.Ana, core.DoorWeb), id); len(seen.Tags) != 0 {
		t.Errorf("the reporter sees %v", seen.Tags)
	}
	for who, want := range map[core.UserID]int{c.Ines.ID: 2, c.Fay.ID: 0} {
		tags, err := c.Desk.Tags(t.Context(), core.Actor{Kind: core.ActorUser, User: who, Door: core.DoorSSH}, "", 10)
		if err != nil || len(tags) != want {
			t.Errorf("user %d is offered %v, %v", who, tags, err)
		}
	}
	var many []string
	for _, r := range "abcdefghijklmnopqrst" {
		many = append(many, string(r))
	}
	if _, err := c.Desk.Tag(t.Context(), ines, id, core.TagChange{Add: many}); core.KindOf(err) != core.Invalid {
		t.Errorf("too many tags gave %v", err)
	}
}

func TestTagsOfAClosedTicketCanBeTakenBack(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Tag(t.Context(), ines, id, core.TagChange{Add: []string{"wifi"}}); err != nil {
		t.Fatal(err)
	}
	if undone, err := c.Desk.Undo(t.Context(), ines, id); err != nil || len(undone.Ticket.Tags) != 0 || !undone.Ticket.IsClosed() {
		t.Errorf("%v, %v", undone.Ticket.Tags, err)
	}
}
