package sshserver_test

import (
	"fmt"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// has fails unless the ticket is as wanted.
func (c *plainCampus) has(t *testing.T, id core.TicketID, what string, is func(*core.Ticket) bool) {
	t.Helper()
	if view := c.view(t, id); !is(&view.Ticket) {
		t.Errorf("%s is not %s: %+v", id, what, view.Ticket)
	}
}

func TestPlainFinding(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	for i := range 23 {
		c.Report(t, c.Ana, fmt.Sprintf("Ticket number %02d", i))
	}
	c.Report(t, c.Ben, "Projector is dark")
	ines := c.lines(t, c.Ines)
	ines.Say("list")
	ines.Hear("Tickets that are not closed: 24 tickets, the first 20.", "\n20. ", "Type more for the next ones")
	ines.Say("more")
	ines.Hear("21. ", "\n24. ", "helpdesk> ")
	ines.Say("find reporter:ben projector")
	ines.Hear("Tickets that match: 1 ticket.\n1. ", "Projector is dark.")
	ines.Say("find statsu:open")
	ines.Hear("That search is not right: 'statsu' is not a field at character 1; did you mean status?")
	ines.Say("find nothing-of-the-kind")
	ines.Hear("Tickets that match: no tickets.")
	ines.Say("views")
	ines.Hear("1. Open: 24 tickets. It looks for status:open")
	ines.Say("view open")
	ines.Hear("Open: 24 tickets")
	ines.Say("open 2", "next", "previous")
	ines.Hear("Ticket 10", "Ticket 10", "Ticket 10")
	ines.Say("lsit", "re", "open nowhere", "open 999999")
	ines.Hear("“lsit” is no command. Did you mean list?", "“re” could be related, reply, release, reopen or report.", "is not a ticket", "no such ticket")
}

func TestPlainWork(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("take")
	ines.Hear("Take is about a ticket, and none is open.")
	ines.Say("open 1001", "take")
	ines.Hear("Ticket 1001 is yours now.")
	ines.Say("take")
	ines.Hear("1001> ")
	ines.Say("assign ivan", "priority high", "tag wifi exam", "wait third", "snooze 2h", "place SCI", "category printing")
	ines.Hear(
		"is with Ivan Iota now.", "is of priority high now.", "is tagged: wifi exam.", "waiting for a third party now", "at rest until", "at SCI now",
		"about Printing now",
	)
	c.has(t, id, "as was said", func(k *core.Ticket) bool {
		return k.Assignee.ID == c.Ivan.ID && k.Priority == core.High && len(k.Tags) == 2 && k.WaitingOn == core.WaitingThirdParty &&
			!k.SnoozedUntil.IsZero() && k.Location.Code == "SCI" && k.Category.ID == c.Printing.ID
	})
	ines.Say("close")
	ines.Hear("How did it end?\n1. fixed\n")
	ines.Say("1", "All is well again.", ".")
	ines.Hear("A last word", "Ticket 1001 is closed, fixed.")
	view := c.view(t, id)
	if last := view.Messages[len(view.Messages)-1].Body; last != "All is well again." {
		t.Errorf("the last word: %q", last)
	}
	ines.Say("undo")
	ines.Hear("Undone on 1 ticket:", "status was closed")
	c.has(t, id, "active", func(k *core.Ticket) bool { return k.Status == core.Active })
	ines.Say("help close", "help release", "history")
	ines.Hear("close [RESOLUTION]:", "Undo takes it back.", "release: ", "Ines Itani took it")
}

func TestPlainConflict(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "priority")
	ines.Hear("4. urgent", "nothing to leave it: ")
	high := core.High
	_, err := c.Desk.Change(t.Context(), as(c.Ivan), id, 0, core.Change{Priority: &high})
	fatal(t, err)
	ines.Say("urgent")
	ines.Hear("Somebody was faster.\nIvan Iota changed the priority from normal to high", "Do it all the same? Yes or no: ")
	c.has(t, id, "as Ivan left it", func(k *core.Ticket) bool { return k.Priority == core.High })
	ines.Say("yes")
	ines.Hear("of priority urgent now")
	c.has(t, id, "urgent", func(k *core.Ticket) bool { return k.Priority == core.Urgent })
}

func TestPlainBulk(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	var ids []core.TicketID
	for i := range 4 {
		ids = append(ids, c.Report(t, c.Ana, fmt.Sprintf("Ticket number %02d", i)))
	}
	ines := c.lines(t, c.Ines)
	ines.Say("list", "mark 1-3 4", "unmark 4", "marked", "mark 9")
	ines.Hear("4 tickets are marked.", "3 tickets are marked.", "3 tickets are marked: #", "“9” is no place in the list, which has 4 tickets.")
	ines.Say("bulk priority urgent")
	ines.Hear("On 3 tickets: priority becomes urgent", "Set the priority of 3 tickets? Yes or no: ")
	ines.Say("no")
	ines.Hear("Nothing was done.")
	c.has(t, ids[0], "normal", func(k *core.Ticket) bool { return k.Priority == core.Normal })
	ines.Say("bulk close fixed")
	ines.Hear("status becomes closed", "Told: 3 reporters", "Close 3 tickets? Yes or no: ")
	ines.Say("yes")
	ines.Hear("Done on 3 tickets.")
	closed := 0
	for _, id := range ids {
		if v := c.view(t, id); v.Ticket.IsClosed() {
			closed++
		}
	}
	if closed != 3 {
		t.Errorf("%d are closed", closed)
	}
	ines.Say("undo")
	ines.Hear("Undone on 3 tickets")
	for _, id := range ids {
		c.has(t, id, "open again", func(k *core.Ticket) bool { return k.Status == core.Open })
	}
}

func TestPlainJoining(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	first, second := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "Wi-Fi is gone")
	ines := c.lines(t, c.Ines)
	ines.Say("open #1002", "link duplicate of 1001")
	ines.Hear("Ticket 1002 is linked: duplicate of #1001.")
	ines.Say("unlink 1001")
	ines.Hear("no longer linked to #1001")
	ines.Say("merge 1001")
	ines.Hear("It would go on in #1001, No signal.", "Told:", "Merge it? Yes or no: ")
	ines.Say("yes")
	ines.Hear("it goes on in #1001", "1002> ")
	c.has(t, second, "merged", func(k *core.Ticket) bool { return k.MergedInto == first })
	ines.Say("unmerge")
	ines.Hear("by itself again")
	c.has(t, second, "by itself", func(k *core.Ticket) bool { return k.MergedInto == 0 })

	_, err := c.Desk.Reply(t.Context(), as(c.Ben), second, core.NewMessage{Body: "And the lamp is broken."})
	fatal(t, err)
	ines.Say("split 2")
	ines.Hear("no message of this ticket")
	ines.Say("details", "split 2")
	ines.Hear("And the lamp is broken.", "Title of the new ticket")
	ines.Say("A broken lamp", "printing", "yes")
	ines.Hear("Split it off?", "Ticket 1003 is made of it")
	c.has(t, 1003, "Ben's", func(k *core.Ticket) bool {
		return k.Reporter.ID == c.Ben.ID && k.Title == "A broken lamp" && k.Category.ID == c.Printing.ID
	})
}

func TestPlainReportForSomebodyWhoPhones(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	ines := c.lines(t, c.Ines)
	ines.Say("new")
	ines.Hear("For whom?")
	ines.Say("ben")
	ines.Hear("That is Ben Okafor.", "Title")
	ines.Say("No signal in my room", "netw", "LIB-204", "high", "The light blinks.", "", "Twice.", ".", "yes")
	ines.Hear("Place", "Priority", "What happened?", "Report it?", "Ticket 1001 is made.", "open #1001")
	c.has(t, 1001, "Ben's", func(k *core.Ticket) bool {
		return k.Reporter.ID == c.Ben.ID && k.Title == "No signal in my room" && k.Location.Code == "LIB-204" && k.Priority == core.High && k.Category.ID == c.Network.ID
	})
	ines.Say("new A wet ceiling", "Mrs Marsh", "555 0101", "", "heat", "", "1", "It drips.", ".", "yes")
	ines.Hear("is taken for a name", "Report it?", "Choose a building", "What shall be corrected?", "nothing to leave it: ")
	ines.Say("place", "Hall 7") // and nothing else is asked again
	ines.Hear("Ticket 1002 is made.")
	if v, err := c.Desk.Ticket(t.Context(), as(c.Fay), 1002); err != nil || v.Contact.Name != "Mrs Marsh" || v.Contact.Phone != "555 0101" {
		t.Errorf("%+v, %v", v.Contact, err)
	}
}

func TestPlainMacrosViewsAndSettings(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.atOnce(t, c.Ines)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("macro new Restart", "", "r", "status:active tag:restart", "", "no", "Dear {reporter}, please restart it.", ".")
	ines.Hear("Name, or nothing for Restart", "Key", "In it can stand {", "The macro Restart is kept.")
	ines.Say("macros")
	ines.Hear("1. Restart: yours, key r, with status:active tag:restart.")
	ines.Say("open 1001", "macro rest")
	ines.Hear("It changes: ", "It says to the reporter:", "Dear Ana", "please restart it.")
	ines.Say("Thank you.", ".")
	ines.Hear("Done with the macro Restart.")
	view := c.view(t, id)
	if k := view.Ticket; k.Status != core.Active || len(k.Tags) != 1 || !strings.HasSuffix(view.Messages[1].Body, "please restart it.\nThank you.") {
		t.Errorf("%+v, %+v", k, view.Messages)
	}
	ines.Say("find tag:restart", "view save Restarted", "1")
	ines.Hear("Saved. View restarted reads it out.")
	ines.Say("view restarted", "view delete restarted", "yes")
	ines.Hear("Restarted: 1 ticket.", "Restarted is gone.")
	ines.Say("settings", "settings plain yes")
	ines.Hear("plain: no.", "Plain is yes now.")
	if p, err := c.Desk.Preferences(t.Context(), as(c.Ines)); err != nil || !p.Plain || p.HoldReplies {
		t.Errorf("%+v, %v", p, err)
	}
	ines.Say("report now", "follow", "who")
	ines.Hear("Report now, as of", "You follow it now.", "Nobody else is at a ticket of yours")
	if !c.view(t, id).Follows {
		t.Error("it is not followed")
	}
}

func TestPlainHandingOver(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines, ivan := c.lines(t, c.Ines), c.lines(t, c.Ivan)
	ines.Say("open 1001", "reply", "Dear Ana,", "cancel")
	ines.Hear("It is kept. Type reply to go on with it.")
	ines.Say("hand over ivan")
	ines.Hear("Ivan Iota may take your reply over now.")
	ivan.Say("open 1001")
	ivan.Hear("Ines Itani hands you what they have written. Type take over", "1001> ")
	ivan.Say("take over")
	ivan.Hear("Yours now, a reply of Ines Itani, 1 line:\n  Dear Ana,\n")
	drafts, err := c.Desk.Drafts(t.Context(), as(c.Ivan), id)
	if err != nil || len(drafts) != 1 || drafts[0].Body != "Dear Ana," {
		t.Errorf("%+v, %v", drafts, err)
	}
}

func TestPlainSaysWhatMayNotBeDoneAndWhy(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	_, err := c.Desk.Close(t.Context(), as(c.Ines), id, 0, core.Closing{Resolution: core.Fixed})
	fatal(t, err)
	why := c.view(t, id).May[action.Take]
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "take", "help take")
	ines.Hear("Ticket 1001, closed, fixed", c.h.words.For("en").T("error."+why.Code, why.Args), "Not now: ")
}
