package sshserver_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

func TestPlainFilesOpenByALinkOnce(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	var picture bytes.Buffer
	fatal(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))))
	_, err := c.Desk.Upload(t.Context(), as(c.Ana), "k", "valve.png", &picture)
	fatal(t, err)
	_, err = c.Desk.Report(t.Context(), as(c.Ana), core.NewTicket{
		Key: "k", Title: "The valve leaks", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}, Description: "As in the picture.",
	})
	fatal(t, err)
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001")
	ines.Hear("1 file was sent along. Type files to hear them.", "With 1 file: valve.")
	ines.Say("files", "file 7")
	ines.Hear("1. valve.", "image/", "Type file and a number", "“7” is none of these:", "1. valve.", "nothing to leave it: ")
	ines.Say("valve")
	said := ines.Hear("It opens the file once, for you, in the next five minutes.", "\nhttps://helpdesk.example.edu/files/once/", "\n")
	if token := strings.TrimSpace(said[strings.LastIndex(said, "/")+1:]); len(token) < 20 {
		t.Errorf("the link ends with %q", token)
	}
}

func TestPlainWhatIsKnownIsPublishedAndTakenBack(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal, I sit there with my broken leg")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "publish")
	ines.Hear("Words that everybody may read, without names: ")
	ines.Say("Wi-Fi is down in the library")
	ines.Hear("It is on the page of known issues.")
	c.has(t, id, "known", func(k *core.Ticket) bool { return k.Public && k.PublicTitle == "Wi-Fi is down in the library" })
	ines.Say("details", "unpublish")
	ines.Hear("Everybody can read of it, as: Wi-Fi is down in the library", "It is off the page of known issues.")
	c.has(t, id, "known no more", func(k *core.Ticket) bool { return !k.Public })
	ines.Say("correct", "cancel", "correct No signal in the library", "related")
	ines.Hear("The new title, which the reporter sees: Nothing was done.", "It has its new title.", "Nothing that is not closed has the same place and kind.")
	c.has(t, id, "corrected", func(k *core.Ticket) bool { return k.Title == "No signal in the library" })
}

func TestPlainUndoAfterAReplyThatHasGone(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("open 1001", "priority high", "reply", "On our way.", ".")
	ines.Hear("Your reply goes in 20 seconds.")
	ines.Say("undo") // it has not gone yet
	ines.Hear("Taken back. It is a draft again, 1 line:\n  On our way.", "1001> ")
	c.has(t, id, "as it was", func(k *core.Ticket) bool { return k.Priority == core.High })
	c.atOnce(t, c.Ines)
	ines.Say("reply", ".")
	ines.Hear("Reply sent.", "1001> ")
	ines.Say("undo", "no")
	ines.Hear("Your reply was sent just now and cannot be taken back.", "Undo what you changed before it? Yes or no: Nothing was done.")
	c.has(t, id, "as it was", func(k *core.Ticket) bool { return k.Priority == core.High })
	ines.Say("undo", "yes")
	ines.Hear("Undone on 1 ticket: priority was high, is normal again.")
	c.has(t, id, "as before", func(k *core.Ticket) bool { return k.Priority == core.Normal })
}

func TestPlainHandsBackAndForth(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	other := c.Report(t, c.Ana, "No power")
	ines, ivan := c.lines(t, c.Ines), c.lines(t, c.Ivan)
	ines.Say("open 1001", "take", "note", "@ivan look at this", ".", "release", "queue", "nowhere", "cancel")
	ines.Hear("is yours now", "Note added. Only staff can read it.", "back in its queue", "Which team?", "“nowhere” is none of these:", "Nothing was done.", "1001> ")
	ivan.Say("mentions")
	ivan.Hear("Tickets that mention you: 1 ticket.", "Ticket 1001, No signal.")
	ines.Say("open #1002", "reply", "Dear Ana,", "cancel", "hand over ivan", "keep back", "keep back")
	ines.Hear("may take your reply over now", "Your reply is yours alone again.", "Nothing of yours is handed over here.")
	ivan.Say("open #1002", "take over")
	ivan.Hear("Handed to you here: there is none.", "Nothing was done.")
	ines.Say("follow", "unfollow", "close fixed", ".", "reopen", "It is dark again.", ".", "leave", "take")
	ines.Hear("You follow it now.", "You follow it no more.", "is closed, fixed", "is taken up again", "#1002 is closed here. Nothing about it has changed.", "none is open")
	c.has(t, other, "open again", func(k *core.Ticket) bool { return !k.IsClosed() })
	if m := c.view(t, other).Messages; m[len(m)-1].Body != "It is dark again." {
		t.Errorf("%+v", m)
	}
	c.has(t, id, "with nobody", func(k *core.Ticket) bool { return k.Assignee.ID == 0 })
	ines.Say("code ben", "yes")
	ines.Hear("Make a code for Ben Okafor?", "The code is ", "Spelt: ")
}

func TestPlainBadInputIsAnsweredInWords(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.atOnce(t, c.Ines)
	first, second := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ben, "Wi-Fi is gone")
	ines := c.lines(t, c.Ines)
	ines.Say("find statsu:open", "find status:opne", "fields")
	ines.Hear("did you mean status?", "'opne' is not a status at character 8; try open, active or closed.", "status: whether anybody works on it, as status:open|active.", "A minus before one means not")
	ines.Say("macro new", "Broken", "", "colour:red", "tag:x", "nowhere", "", "no", "Dear {reporter}, {nonsense}.", ".")
	ines.Hear(
		"Name: ", "is nothing that a macro changes", "Changes, ", "There is no such queue.", "Code of the queue",
		"What you entered is kept. Type macro new to go on with it.", "{nonsense} in line 1, character 18, is no placeholder.",
	)
	ines.Say("macro new", "yes")
	ines.Hear("Go on with it?", "So far, 1 line:\n  Dear {reporter}, {nonsense}.")
	ines.Say(".drop", "Dear {reporter}.", ".")
	ines.Hear("The macro Broken is kept.")
	ines.Say("open #1002", "merge 1002", "merge 1001", "yes", "open #1001", "merge 1002")
	ines.Hear("A ticket cannot be merged into itself.", "On 1 ticket: merged into #1001", "it goes on in #1001", "#1002 already goes on in #1001.")
	c.has(t, first, "by itself", func(k *core.Ticket) bool { return k.MergedInto == 0 })
	c.has(t, second, "merged", func(k *core.Ticket) bool { return k.MergedInto == first })
	ines.Say("snooze never", "tag +-", "undo", "new", "cancel", "open #1001")
	ines.Hear("Say until when: 2h,", "“+-” is no tag.", "Nothing was done.", "For whom?", "Nothing was done.", "1001> ")
	_, err := c.Desk.Change(t.Context(), as(c.Ines), first, 0, core.Change{Priority: new(core.High)})
	fatal(t, err)
	_, err = c.Desk.Change(t.Context(), as(c.Ivan), first, 0, core.Change{Priority: new(core.Low)})
	fatal(t, err)
	ines.Say("undo")
	ines.Hear("Not undone: since then others have built on it.", "Ivan Iota changed the priority from high to low")
	ines.Say("reply", strings.Repeat("A line that has no end. ", 50_000), ".")
	ines.Hear("What came behind them is left out.", "This text is too long", "1001> ")
	if drafts, err := c.Desk.Drafts(t.Context(), as(c.Ines), first); err != nil || len(drafts) != 1 || !strings.HasPrefix(drafts[0].Body, "A line that has no end.") {
		t.Errorf("of what was pasted %d drafts are kept, %v", len(drafts), err)
	}
}

func TestPlainAViewIsSavedAgainUnderItsName(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	c.Report(t, c.Ana, "No signal")
	ines := c.lines(t, c.Ines)
	ines.Say("find signal", "view save Signals", "all of it")
	ines.Hear("Who has it?", "1. you alone", "Saved. View it:signals reads it out.")
	ines.Say("find signal priority:high", "view save signals", "no", "view save signals", "yes", "views")
	ines.Hear("Signals is there already, and looks for signal. Shall it look for signal priority:high from now on?", "Nothing was done.", "Saved.", "Signals: 0 tickets. It looks for signal priority:high")
}
