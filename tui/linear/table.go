package linear

import (
	"context"

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

	run func(ctx context.Context, c *Console, rest string) error
}

// The parts in which help reads the commands out.
const (
	finding = "Finding"
	reading = "Reading"
	saying  = "Saying"
	console = "The console"
)

// Commands is the table of all commands, in the order in which help reads them out.
func Commands() []Command {
	return []Command{
		{Name: "list", Arguments: "[QUERY]", Part: finding, Help: "Read out tickets: those that are not closed, or what a query finds.", More: queryHelp, run: listTickets},
		{Name: "find", Arguments: "QUERY", Part: finding, Help: "Read out the tickets that a query finds.", More: queryHelp, run: findTickets},
		{Name: "more", Part: finding, Help: "Read out the next tickets of the list.", run: more},
		{Name: "views", Part: finding, Help: "Read out the views, and how many tickets each holds.", run: listViews},
		{Name: "view", Arguments: "NAME", Part: finding, Help: "Read out the tickets of a view.", run: showView},

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
		{Name: "leave", Part: reading, Ticket: true, Help: "Put the open ticket away. Nothing about it changes.", run: leaveTicket},

		{
			Name: "reply", Part: saying, Ticket: true, Actions: []action.Name{action.Reply}, Help: "Write to the reporter.", run: reply,
			More: "The words come on the next lines and end with a full stop on a line of its own. If somebody else wrote meanwhile, or is about to, you hear it before yours is sent.",
		},
		{Name: "note", Part: saying, Ticket: true, Actions: []action.Name{action.Note}, Help: "Write to colleagues. The reporter never sees it.", More: "@ and a username mentions somebody, who hears of it.", run: note},
		{Name: "take back", Part: saying, Ticket: true, Actions: []action.Name{action.TakeBack}, Help: "Take back your reply that has not gone yet. It is a draft again.", run: takeBack},

		{Name: "help", Arguments: "[COMMAND]", Part: console, Help: "Hear what there is, or more of one command.", run: help},
		{Name: "quit", Part: console, Help: "Leave the console.", run: quit},
	}
}

const queryHelp = "Words are looked for in titles, messages, people and places. Fields narrow it: find status:open priority:>=high, find assignee:me, find location:LIB* printer. Where a query is wrong, you hear at which character, and what would be right."

func quit(context.Context, *Console, string) error { return errOver }
