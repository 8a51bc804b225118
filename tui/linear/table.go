package linear

import (
	"context"
	"slices"

	"helpdesk.campus/core/action"
)

// Command is one row of the table.
type Command struct {
	Name      string
	Arguments string
	Part      string        // of the list in which help reads it out
	Help      string        // one sentence
	More      string        // what else there is to know, a paragraph a line
	Actions   []action.Name // of the helpdesk, that it does; it can be used where one of them may be done
	Ticket    bool          // it is about the open ticket

	run  func(ctx context.Context, c *Console, rest string) error
	deed chooser // of what can be done to many tickets at once
}

// The parts in which help reads the commands out.
const (
	finding  = "Finding"
	reading  = "Reading"
	saying   = "Saying"
	changing = "Changing"
	joining  = "Joining and making"
	many     = "Many at once"
	console  = "The console"
)

// Commands is the table of all commands, in the order in which help reads them out.
func Commands() []Command {
	table := slices.Concat(findingCommands(), readingCommands(), sayingCommands(), changingCommands(), joiningCommands(), manyCommands(), consoleCommands())
	for i := range table {
		if table[i].run == nil {
			table[i].run = perform(table[i].deed)
		}
	}
	return table
}

func findingCommands() []Command {
	return []Command{
		{Name: "list", Arguments: "[QUERY]", Part: finding, Help: "Read out tickets: those that are not closed, or what a query finds.", More: queryHelp, run: listTickets},
		{Name: "find", Arguments: "QUERY", Part: finding, Help: "Read out the tickets that a query finds.", More: queryHelp, run: findTickets},
		{Name: "fields", Part: finding, Help: "Hear what a query can ask for: every field, and how it is written.", run: listFields},
		{Name: "more", Part: finding, Help: "Read out the next tickets of the list.", run: more},
		{Name: "views", Part: finding, Help: "Read out the views, and how many tickets each holds.", run: listViews},
		{
			Name: "view", Arguments: "NAME", Part: finding, Help: "Read out the tickets of a view.", run: showView,
			More: "view save NAME saves what was read out last as a view of yours, or of a team that you lead; under the name of one that is there, it looks for that from now on. view rename, view delete, view up and view down, each with a name, change one that is saved.",
		},
		{Name: "mentions", Part: finding, Help: "Read out the tickets in which somebody named you since you last opened them.", run: mentions},
		{Name: "who", Part: finding, Help: "Hear which colleagues are at your tickets, and what they do there.", run: who},
	}
}

func readingCommands() []Command {
	return []Command{
		{
			Name: "open", Arguments: "NUMBER", Part: reading, Actions: []action.Name{action.View}, run: openTicket,
			Help: "Open a ticket: a place in the list, or the ticket's number.",
			More: "open 3 opens the third of the list if a list of three or more was read out, and ticket 3 if not. open #3 always opens ticket 3. A reference opens its ticket, too.",
		},
		{Name: "next", Part: reading, Help: "Open the next ticket of the list.", run: next},
		{Name: "previous", Part: reading, Help: "Open the ticket before in the list.", run: previous},
		{Name: "details", Part: reading, Ticket: true, Help: "Hear again how the open ticket stands.", run: details},
		{Name: "show", Arguments: "[MESSAGE]", Part: reading, Ticket: true, Help: "Hear all that was said on the open ticket, or one message of it.", run: show},
		{Name: "history", Part: reading, Ticket: true, Help: "Hear who did what on the open ticket.", run: history},
		{Name: "related", Part: reading, Ticket: true, Help: "Hear which tickets of the same place and kind are not closed.", run: related},
		{Name: "files", Part: reading, Ticket: true, Help: "Hear what was sent along with the open ticket.", run: files},
		{Name: "file", Arguments: "NUMBER", Part: reading, Ticket: true, Help: "Get a link that opens a file once, in a browser.", run: linkFile},
		{Name: "follow", Part: reading, Ticket: true, Actions: []action.Name{action.Follow}, Help: "Hear of the open ticket from now on: it stands in the view following.", run: follow},
		{Name: "unfollow", Part: reading, Ticket: true, Actions: []action.Name{action.Unfollow}, Help: "Hear of the open ticket no more.", run: unfollow},
		{Name: "leave", Part: reading, Ticket: true, Help: "Put the open ticket away. Nothing about it changes.", run: leaveTicket},
	}
}

func sayingCommands() []Command {
	return []Command{
		{
			Name: "reply", Part: saying, Ticket: true, Actions: []action.Name{action.Reply}, Help: "Write to the reporter.", run: reply,
			More: "The words come on the next lines and end with a full stop on a line of its own. If somebody else wrote meanwhile, or is about to, you hear it before yours is sent.",
		},
		{Name: "note", Part: saying, Ticket: true, Actions: []action.Name{action.Note}, Help: "Write to colleagues. The reporter never sees it.", More: "@ and a username mentions somebody, who hears of it.", run: note},
		{Name: "take back", Part: saying, Ticket: true, Actions: []action.Name{action.TakeBack}, Help: "Take back your reply that has not gone yet. It is a draft again.", run: takeBack},
		{
			Name: "macro", Arguments: "[NAME]", Part: saying, Actions: []action.Name{action.Macro}, run: macro, deed: chooseMacro,
			Help: "Use a macro on the open ticket: a canned reply with changes.",
			More: "You hear what it says and changes, and can go on writing before it is done. macro new NAME makes one; macro change NAME and macro delete NAME change and remove one.",
		},
		{Name: "macros", Part: saying, Help: "Read out the macros that you can use.", run: listMacros},
		{Name: "hand over", Arguments: "[PERSON]", Part: saying, Ticket: true, Actions: []action.Name{action.HandOver}, Help: "Let a colleague take over what you have begun to write.", run: handOver},
		{Name: "keep back", Part: saying, Ticket: true, Actions: []action.Name{action.HandOver}, Help: "Keep back what you had handed over and nobody has taken yet.", run: keepBack},
		{Name: "take over", Part: saying, Ticket: true, Actions: []action.Name{action.HandOver}, Help: "Take over what a colleague has written and handed to you.", run: takeOver},
	}
}

func changingCommands() []Command {
	return []Command{
		{Name: "take", Part: changing, Ticket: true, Actions: []action.Name{action.Take}, Help: "Make the ticket yours. An open one becomes active.", deed: plainly(action.Take, "take", "yours now")},
		{Name: "release", Part: changing, Ticket: true, Actions: []action.Name{action.Release}, Help: "Give the ticket back to its queue. The status stays.", deed: plainly(action.Release, "release", "back in its queue")},
		{Name: "assign", Arguments: "[PERSON]", Part: changing, Ticket: true, Actions: []action.Name{action.Assign}, Help: "Give the ticket to a colleague of its queue, or to me.", deed: choosePerson},
		{Name: "status", Arguments: "[open or active]", Part: changing, Ticket: true, Actions: []action.Name{action.Activate, action.Deactivate}, Help: "Say whether somebody works on the ticket.", deed: chooseStatus},
		{
			Name: "close", Arguments: "[RESOLUTION]", Part: changing, Ticket: true, Actions: []action.Name{action.Close}, run: closeTicket, deed: chooseResolution,
			Help: "Say that the work on the ticket has ended, and how, with a last word if you like.",
			More: "The resolutions are fixed, answered, duplicate, declined, not reproduced and no answer. Its duplicates are closed with it; you hear of them first.",
		},
		{Name: "reopen", Part: changing, Ticket: true, Actions: []action.Name{action.Reopen}, Help: "Take a closed ticket up again.", run: reopen},
		{Name: "wait", Arguments: "[reporter, third party or nobody]", Part: changing, Ticket: true, Actions: []action.Name{action.Wait}, Help: "Say whom the ticket waits for.", deed: chooseWaiting},
		{
			Name: "snooze", Arguments: "[UNTIL]", Part: changing, Ticket: true, Actions: []action.Name{action.Snooze}, deed: chooseRest,
			Help: "Let the ticket rest until a time, or until the reporter answers.",
			More: "Say until when: 2h, 3d, tomorrow 9:00, monday, 2026-12-01 8:30, answer, or now to wake it.",
		},
		{Name: "priority", Arguments: "[low, normal, high or urgent]", Part: changing, Ticket: true, Actions: []action.Name{action.Prioritise}, Help: "Say how urgent the ticket is.", deed: choosePriority},
		{Name: "category", Arguments: "[KIND]", Part: changing, Ticket: true, Actions: []action.Name{action.Categorise}, Help: "Say what kind of issue it is. The queue stays.", deed: chooseCategory},
		{Name: "queue", Arguments: "[TEAM]", Part: changing, Ticket: true, Actions: []action.Name{action.Move}, Help: "Hand the ticket to another team.", deed: chooseQueue},
		{Name: "place", Arguments: "[PLACE]", Part: changing, Ticket: true, Actions: []action.Name{action.Place}, Help: "Say where it is: a code of a building or room, or words.", deed: choosePlace},
		{Name: "tag", Arguments: "[TAGS]", Part: changing, Ticket: true, Actions: []action.Name{action.Tag}, Help: "Put tags on the ticket; with a minus before one, take it off. Only staff hear them.", deed: chooseTags},
		{Name: "correct", Arguments: "[TITLE]", Part: changing, Ticket: true, Actions: []action.Name{action.Correct}, Help: "Give the ticket another title. The old one stays in the history.", run: correct},
		{Name: "publish", Arguments: "[WORDS]", Part: changing, Ticket: true, Actions: []action.Name{action.Publish}, Help: "Show the ticket among the known issues, in words for everybody.", run: publish},
		{Name: "unpublish", Part: changing, Ticket: true, Actions: []action.Name{action.Unpublish}, Help: "Take the ticket off the known issues.", run: unpublish},
		{
			Name: "undo", Part: changing, Actions: []action.Name{action.Undo}, run: undo, Help: "Take back what you changed last, on the open ticket or in this session.",
			More: "What was done to many tickets at once is taken back on all of them. If somebody has built on it, you hear who. Words once sent stay sent.",
		},
	}
}

func joiningCommands() []Command {
	return []Command{
		{
			Name: "new", Arguments: "[TITLE]", Part: joining, Actions: []action.Name{action.Report, action.ReportFor}, run: newTicket,
			Help: "Report an issue, your own or for somebody who phones. You are asked for one thing after another.",
		},
		{Name: "link", Arguments: "[RELATION] [NUMBER]", Part: joining, Ticket: true, Actions: []action.Name{action.Link}, Help: "Say how the ticket stands to another: related, duplicate of, duplicated by, blocks or blocked by.", run: link},
		{Name: "unlink", Arguments: "[NUMBER]", Part: joining, Ticket: true, Actions: []action.Name{action.Unlink}, Help: "Take the links between two tickets away.", run: unlink},
		{
			Name: "merge", Arguments: "[NUMBER]", Part: joining, Ticket: true, Actions: []action.Name{action.Merge}, run: merge, deed: chooseInto,
			Help: "Let the open ticket go on in another one about the same thing.",
			More: "You hear first what that changes and who is told. Each reporter still reads only their own words, and the answers to them.",
		},
		{Name: "unmerge", Part: joining, Ticket: true, Actions: []action.Name{action.Unmerge}, Help: "Let a merged ticket stand by itself again.", deed: plainly(action.Unmerge, "unmerge", "by itself again")},
		{Name: "split", Arguments: "[MESSAGE]", Part: joining, Ticket: true, Actions: []action.Name{action.Split}, Help: "Make a ticket of its own out of a message that is about something else.", run: split},
	}
}

func manyCommands() []Command {
	return []Command{
		{Name: "mark", Arguments: "PLACES", Part: many, Help: "Mark tickets of the list: mark 1 3 5-8, or mark all. With a #, a ticket's own number.", run: mark},
		{Name: "unmark", Arguments: "[PLACES]", Part: many, Help: "Take marks away, all of them if you name none.", run: unmark},
		{Name: "marked", Part: many, Help: "Hear what is marked.", run: marked},
		{
			Name: "bulk", Arguments: "COMMAND", Part: many, Help: "Do something to all that is marked: bulk close fixed, bulk assign ivan.", run: bulk,
			More: "You hear first what will change on how many, where it cannot be done, and who will be told. Undo takes it back on all of them.",
		},
		{Name: "unfinished", Part: many, Help: "Go on with what you did to many tickets and was cut off, undo it, or leave it so.", run: unfinished},
	}
}

func consoleCommands() []Command {
	return []Command{
		{
			Name: "report", Arguments: "[NAME] [SINCE] [QUERY]", Part: console, Help: "Hear figures: now, flow, speed, where or people.", run: reportFigures,
			More: "report flow 90d location:LIB* is about the last 90 days in one building; 30 days if you name none. Since can be 30d, 4w, 2026-09-01, 2026-09 or 2026-09-01..2026-12-20.",
		},
		{Name: "settings", Arguments: "[NAME VALUE]", Part: console, Help: "Hear what you have set of your own, or change it.", More: settingsHelp(), run: settings},
		{Name: "code", Arguments: "[PERSON]", Part: console, Actions: []action.Name{action.Code}, Help: "Make a one-time code with which somebody sets a new password.", run: code},
		{Name: "help", Arguments: "[COMMAND or all]", Part: console, Help: "Hear what there is, or more of one command.", run: help},
		{Name: "quit", Part: console, Help: "Leave the console.", run: quit},
	}
}

const queryHelp = "Words are looked for in titles, messages, people and places. Fields narrow it: find status:open priority:>=high, find assignee:me, find location:LIB* printer. Type fields to hear all of them. Where a query is wrong, you hear at which character, and what would be right."

func quit(context.Context, *Console, string) error { return errOver }
