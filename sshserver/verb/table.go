package verb

import (
	"slices"

	"helpdesk.campus/core/action"
)

// Verbs is the table of all verbs, in the order in which help shows them.
func Verbs() []Verb {
	number := Argument{Name: "ticket", Help: "a number, as 1042 or #1042, or a reference, as K7QM-3XDPR", Kind: Ticket}
	other := Argument{Name: "other", Help: "the other ticket", Kind: Ticket}
	ifVersion := Flag{Name: "--if-version", Value: "N", Help: "refuse if somebody changed the same after this version of the ticket"}
	key := Flag{Name: "--key", Value: "KEY", Help: "a word of your own: sent again with the same one, it is done once"}
	message := Flag{Name: "--message", Value: "TEXT", Help: "the text, instead of standard input", Words: true}
	input := Flag{Name: "-", Help: "the text comes on standard input"}
	yes := Flag{Name: "--yes", Help: "do it without being asked"}
	queryArgument := Argument{Name: "query", Help: "what to look for, as in the console's filter", Optional: true, Rest: true, Raw: true, Kind: Query}
	ofView := Flag{Name: "--view", Value: "NAME", Help: "of those in this view, as views puts them out", Kind: ViewName}
	limit := Flag{Name: "--limit", Value: "N", Help: "at most so many; 0 for all"}
	return []Verb{
		{
			Name: "ls", Long: true, Actions: []action.Name{action.View}, Help: "List tickets.", Puts: "ticket", run: list,
			More: "Everything behind the verb that is not a flag of it is the query, quotes included. Without a query it lists what " +
				"is not closed. A terminal shows 50 at most, anything else gets all; --limit says otherwise. Reporters list their own reports, what changed last " +
				"first, and ask by status, category, line, location, building, waiting, resolution, number, age, created, updated, closed and words.",
			Arguments: []Argument{queryArgument},
			Flags:     []Flag{ofView, limit, {Name: "--mine", Help: "your own reports, as a reporter sees them"}},
		},
		{
			Name: "show", Actions: []action.Name{action.View}, Help: "Show a ticket with its conversation; with --json its history too.",
			Puts: "ticket", run: show, Arguments: []Argument{number},
		},
		{
			Name: "search", Long: true, Help: "List tickets in which all the words stand.", Puts: "ticket", run: search,
			Arguments: []Argument{{Name: "words", Help: "words, none of which is read as a field of the query language", Rest: true}}, Flags: []Flag{limit},
		},
		{
			Name: "new", Actions: []action.Name{action.Report, action.ReportFor}, Help: "Report an issue.", Puts: "receipt", run: report,
			More: "The title is what stands behind the verb, or --title, or else the first line of standard input; with -, or without a " +
				"title, the rest of standard input is the description.",
			Arguments: []Argument{{Name: "title", Help: "what happened, in a few words", Optional: true, Rest: true}},
			Flags: []Flag{
				{Name: "--title", Value: "TEXT", Help: "the title", Words: true},
				{Name: "--category", Value: "CODE", Help: "what kind of issue", Kind: Category},
				{Name: "--place", Value: "PLACE", Help: "a code, as LIB-204, or words", Kind: Place, Words: true},
				{Name: "--priority", Value: "P", Help: "low, normal, high or urgent (staff)", Kind: Priority},
				{Name: "--for", Value: "PERSON", Help: "username or e-mail of whom it is reported for (staff)", Kind: Person},
				{Name: "--contact-name", Value: "NAME", Help: "of somebody without an account, for whom it is reported (staff)", Words: true},
				{Name: "--contact-phone", Value: "PHONE", Help: "how to reach them", Words: true},
				{Name: "--contact-email", Value: "EMAIL", Help: "how to reach them"},
				message, input, key,
			},
		},
		{
			Name: "reply", Actions: []action.Name{action.Reply}, Help: "Say something that the reporter and the staff read.", Puts: "said",
			run: reply, More: "The text comes on standard input: ssh HOST reply 1042 < answer.txt", Arguments: []Argument{number},
			Flags: []Flag{message, key, {Name: "--hold", Help: "let it wait for 20 seconds, in which take-back takes it back (staff)"}},
		},
		{
			Name: "take-back", Actions: []action.Name{action.TakeBack}, Help: "Take back your reply that has not gone yet. Its words are a draft again.",
			Staff: true, run: takeBack, More: "The console holds replies for 20 seconds, as reply --hold does.", Arguments: []Argument{number},
		},
		{
			Name: "note", Actions: []action.Name{action.Note}, Help: "Say something among staff, which the reporter never sees.", Puts: "said", Staff: true,
			run: note, More: "The text comes on standard input: journalctl -u nginx -n 50 | ssh HOST note 1042", Arguments: []Argument{number}, Flags: []Flag{message, key},
		},
		{
			Name: "attach", Actions: []action.Name{action.Reply, action.Note}, Help: "Put a file on a ticket.", Puts: "file", run: attach,
			More: "The file comes on standard input: ssh HOST attach 1042 syslog.log < /var/log/syslog. What staff attach is a note among staff " +
				"unless --reply shows it to the reporter; a reporter's goes to the staff. A file may have 100 MB here (the helpdesk's operator may have set " +
				"another limit). PDF, TXT, LOG and CSV are kept byte by byte; pictures are drawn anew here as on the page, so that they hold " +
				"nothing but what is seen: where a picture was taken is not kept, and its bytes, its name's ending and its digest may be others afterwards.",
			Arguments: []Argument{number, {Name: "name", Help: "what to call the file; its ending says what it is", Rest: true}},
			Flags:     []Flag{{Name: "--reply", Help: "the reporter reads it too (staff)"}, {Name: "--message", Value: "TEXT", Help: "words that go with it", Words: true}, key},
		},
		{
			Name: "get", Actions: []action.Name{action.View}, Help: "Put out a file of a ticket, or list its files.", Puts: "file", run: get,
			More: "ssh HOST get 1042 lists them; ssh HOST get 1042 photo.jpg > photo.jpg puts one out, byte by byte as it is kept: nothing makes it " +
				"safe to look at, so send it into a file. Where several have one name, say the number.",
			Arguments: []Argument{number, {Name: "file", Help: "its name or its number", Optional: true, Rest: true}},
		},
		{
			Name: "take", Actions: []action.Name{action.Take}, Help: "Make a ticket yours. An open one becomes active.", Puts: "ticket", Staff: true,
			run: take, Arguments: []Argument{number}, Flags: []Flag{ifVersion},
		},
		{
			Name: "release", Actions: []action.Name{action.Release}, Help: "Give a ticket back to its queue. The status stays.", Puts: "ticket", Staff: true,
			run: release, Arguments: []Argument{number}, Flags: []Flag{ifVersion},
		},
		{
			Name: "assign", Actions: []action.Name{action.Assign}, Help: "Give a ticket to a colleague of its queue.", Puts: "ticket", Staff: true,
			run: assign, Arguments: []Argument{number, {Name: "person", Help: "username or e-mail", Kind: Person}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "status", Actions: []action.Name{action.Activate, action.Deactivate}, Help: "Set a ticket open or active.", Puts: "ticket", Staff: true,
			run: setStatus, Arguments: []Argument{number, {Name: "status", Help: "open or active", Kind: Status}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "close", Actions: []action.Name{action.Close}, Help: "Say that the work on a ticket has ended, and how.", Puts: "ticket", Staff: true,
			run: closeTicket, More: "A last word to the reporter comes by --message, or with - on standard input.",
			Arguments: []Argument{number},
			Flags: []Flag{
				{Name: "--resolution", Value: "R", Help: "fixed, answered, duplicate, declined, not_reproduced or no_answer", Kind: Resolution, Must: true},
				message, input, ifVersion,
			},
		},
		{
			Name: "reopen", Actions: []action.Name{action.Reopen}, Help: "Take a closed ticket up again.", Puts: "ticket", run: reopen,
			More: "Words about why come by --message, or with - on standard input.", Arguments: []Argument{number}, Flags: []Flag{message, input, ifVersion},
		},
		{
			Name: "withdraw", Actions: []action.Name{action.Withdraw}, Help: "Close your own report because it no longer matters.", Puts: "report",
			run: withdraw, Arguments: []Argument{number}, Flags: []Flag{yes, ifVersion},
		},
		{
			Name: "correct", Actions: []action.Name{action.Correct}, Help: "Put a report right: its title, description, kind or place.", Puts: "ticket",
			run: correct, More: "What is not named stays. The description comes by --message, or with - on standard input.",
			Arguments: []Argument{number},
			Flags: []Flag{
				{Name: "--title", Value: "TEXT", Help: "the title", Words: true},
				{Name: "--category", Value: "CODE", Help: "what kind of issue", Kind: Category},
				{Name: "--place", Value: "PLACE", Help: "a code, as LIB-204, or words", Kind: Place, Words: true},
				message, input, ifVersion,
			},
		},
		{
			Name: "priority", Actions: []action.Name{action.Prioritise}, Help: "Say how urgent a ticket is.", Puts: "ticket", Staff: true, run: setPriority,
			Arguments: []Argument{number, {Name: "priority", Help: "low, normal, high or urgent", Kind: Priority}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "category", Actions: []action.Name{action.Categorise}, Help: "Say what kind of issue it is. The queue stays.", Puts: "ticket", Staff: true,
			run: setCategory, Arguments: []Argument{number, {Name: "category", Help: "code of the category", Kind: Category}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "queue", Actions: []action.Name{action.Move}, Help: "Hand a ticket to another team.", Puts: "ticket", Staff: true, run: move,
			More:      "Its assignee is released unless they work there too.",
			Arguments: []Argument{number, {Name: "queue", Help: "code of the queue", Kind: Queue}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "place", Actions: []action.Name{action.Place}, Help: "Say where it is.", Puts: "ticket", Staff: true, run: setPlace,
			Arguments: []Argument{number, {Name: "place", Help: "a code, as LIB-204, or words", Kind: Place, Rest: true}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "waiting", Actions: []action.Name{action.Wait}, Help: "Say whom a ticket waits for.", Puts: "ticket", Staff: true, run: setWaiting,
			Arguments: []Argument{number, {Name: "whom", Help: "reporter, third_party or nobody", Kind: Waiting}}, Flags: []Flag{ifVersion},
		},
		{
			Name: "tag", Actions: []action.Name{action.Tag}, Help: "Put tags on a ticket, or take them off.", Puts: "ticket", Staff: true, run: tag,
			Arguments: []Argument{number, {Name: "tags", Help: "words to find it by; -word takes one off", Rest: true, Raw: true}},
		},
		{
			Name: "snooze", Actions: []action.Name{action.Snooze}, Help: "Let a ticket rest until a time, or until the reporter answers.",
			Puts: "ticket", Staff: true, run: snooze,
			Arguments: []Argument{number, {Name: "until", Help: "2h, 3d, tomorrow 9:00, mon, 2026-12-01 8:30, or now to wake it", Rest: true}},
			Flags:     []Flag{ifVersion},
		},
		{
			Name: "link", Actions: []action.Name{action.Link}, Help: "Say how a ticket stands to another.", Puts: "ticket", Staff: true, run: link,
			More:      "Closing a ticket closes its duplicates with it: link 1043 duplicate_of 1042.",
			Arguments: []Argument{number, {Name: "relation", Help: "related, duplicate_of, duplicated_by, blocks or blocked_by", Kind: Relation}, other},
		},
		{
			Name: "unlink", Actions: []action.Name{action.Unlink}, Help: "Take the links between two tickets away.", Puts: "ticket", Staff: true, run: unlink,
			Arguments: []Argument{number, other},
		},
		{
			Name: "merge", Actions: []action.Name{action.Merge}, Help: "Let a ticket go on in another one about the same thing.", Puts: "ticket",
			Staff: true, run: merge, Flags: []Flag{ifVersion},
			More: "Its reporter still reads only their own words, and from then on what staff answer on the other; what they write is read there. " +
				"It is closed as a duplicate, and moves to the other's queue.",
			Arguments: []Argument{number, {Name: "into", Help: "the ticket that goes on", Kind: Ticket}},
		},
		{
			Name: "split", Actions: []action.Name{action.Split}, Help: "Make a ticket of its own out of a message.", Puts: "receipt", Staff: true, run: splitOff,
			More: "show --json has the numbers of the messages. What the reporter said stays theirs; words of staff become a ticket of yours, or with " +
				"--for-reporter one of the reporter's. What was sent along goes with it, and the two tickets are linked.",
			Arguments: []Argument{number, {Name: "message", Help: "the message's number"}, {Name: "title", Help: "what the new ticket is called; its reporter reads it", Rest: true}},
			Flags: []Flag{
				{Name: "--category", Value: "CODE", Help: "what kind of issue; that of the ticket unless given", Kind: Category},
				{Name: "--for-reporter", Help: "words of staff become a report of the reporter's"},
				key,
			},
		},
		{
			Name: "unmerge", Actions: []action.Name{action.Unmerge}, Help: "Let a merged ticket stand by itself again, with the status that it had.",
			Puts: "ticket", Staff: true, run: unmerge, Arguments: []Argument{number}, Flags: []Flag{ifVersion},
		},
		{
			Name: "publish", Actions: []action.Name{action.Publish}, Help: "Show a ticket among the known issues, in words of yours.", Puts: "ticket",
			Staff: true, run: publish, Flags: []Flag{ifVersion},
			Arguments: []Argument{number, {Name: "title", Help: "what everybody may read; the report itself stays private", Rest: true}},
		},
		{
			Name: "unpublish", Actions: []action.Name{action.Unpublish}, Help: "Take a ticket off the known issues.", Puts: "ticket", Staff: true,
			run: unpublish, Arguments: []Argument{number}, Flags: []Flag{ifVersion},
		},
		{
			Name: "undo", Actions: []action.Name{action.Undo}, Help: "Take back your last change of a ticket, unless somebody has built on it.",
			Puts: "ticket", Staff: true, run: undo, More: "A change of many tickets at once is taken back on all of them. Words once sent stay sent.",
			Arguments: []Argument{number},
		},
		{
			Name: "follow", Actions: []action.Name{action.Follow}, Help: "Hear of a ticket: what is new on it is marked in the console.",
			Puts: "ticket", Staff: true, run: follow, Arguments: []Argument{number},
		},
		{
			Name: "unfollow", Actions: []action.Name{action.Unfollow}, Help: "Hear of a ticket no more.", Puts: "ticket", Staff: true, run: unfollow,
			Arguments: []Argument{number},
		},
		{
			Name: "rate", Actions: []action.Name{action.Rate}, Help: "Say how good the work on your report was.", Puts: "report", run: rate,
			More:      "What was good or bad comes by --message, or with - on standard input.",
			Arguments: []Argument{number, {Name: "stars", Help: "1 to 5"}}, Flags: []Flag{message, input},
		},
		{
			Name: "again", Actions: []action.Name{action.Again}, Help: "Report what was closed long ago anew, linked to the old report.", Puts: "receipt",
			run: again, More: "The description comes by --message, or with - on standard input.",
			Arguments: []Argument{number, {Name: "title", Help: "what happened, in a few words", Rest: true}}, Flags: []Flag{message, input, key},
		},
		{Name: "macros", Help: "List the macros that you can use: canned replies with changes.", Puts: "macro", Staff: true, run: macros},
		{
			Name: "macro", Actions: []action.Name{action.Macro}, Help: "Use a macro on a ticket, or save or delete one.", Puts: "macro", Staff: true, run: useMacro,
			More: "macro run 1042 NAME says its words and makes its changes at once, and puts the ticket out. macro save NAME - < text.txt keeps one " +
				"of your own, or with --queue one that the team shares (leads and admins); saved again under its name it is replaced. In the text stand " +
				placeholders() + ".",
			Arguments: []Argument{
				{Name: "what", Help: "run, save or delete"},
				{Name: "macro", Help: "its name or key; for run, the ticket's number before it", Rest: true},
			},
			Flags: []Flag{
				{Name: "--do", Value: "CHANGES", Help: "assignee:me status:active priority:high category:… queue:… tag:x -tag:y waiting:reporter snooze:2h close:fixed", Words: true},
				{Name: "--letter", Value: "K", Help: "the key that uses it in the console"},
				{Name: "--queue", Value: "CODE", Help: "share it with that queue's team", Kind: Queue},
				{Name: "--note", Help: "it says a note among staff"},
				{Name: "--hold", Help: "run: let its reply wait for 20 seconds, in which take-back takes it back"},
				message, input, key, ifVersion,
			},
		},
		{Name: "views", Help: "List the named queries: those that are always there, your own and your teams'.", Puts: "view", Staff: true, run: views},
		{
			Name: "view", Help: "Save a query under a name, or change one that is saved.", Puts: "view", Staff: true, run: view,
			More: "save NAME QUERY saves it, in the place of one of the same name; with --queue for the team of a queue that you lead. rename NAME " +
				"TITLE, up NAME, down NAME and delete NAME change one that is saved. A name of several words stands in quotes.",
			Arguments: []Argument{
				{Name: "what", Help: "save, rename, up, down or delete"},
				{Name: "name", Help: "the view's name, as views puts it out", Kind: ViewName},
				{Name: "query", Help: "what it looks for, or its new title", Optional: true, Rest: true, Raw: true, Kind: Query},
			},
			Flags: []Flag{{Name: "--queue", Value: "CODE", Help: "share it with the team of this queue", Kind: Queue}},
		},
		{
			Name: "counts", Help: "Count what each view holds, or a query.", Puts: "count", Staff: true, run: counts,
			Arguments: []Argument{queryArgument},
		},
		{
			Name: "export", Long: true, Actions: []action.Name{action.View}, Help: "Put out tickets with all that was said and happened, for other programs.",
			Puts: "ticket", Staff: true, run: export,
			More: "Every ticket that the query finds among those you work on, in the order of their numbers, however many there are. A JSON object a line " +
				"holds a ticket with its messages and its history; --only puts out a line for each message or each event instead. --csv has one kind " +
				"of line: tickets, or what --only says. Its cells never begin a formula. Exporting a confidential ticket is recorded as reading it.",
			Arguments: []Argument{queryArgument},
			Flags:     []Flag{ofView, {Name: "--only", Value: "WHAT", Help: "tickets, messages or events"}},
		},
		{
			Name: "report", Help: "Put out a report: now, flow, speed, where or people.", Staff: true, run: makeReport,
			More: "The figures of the console's dashboards, of the tickets you work on: ssh HOST report flow --since 90d --format csv > flow.csv. " +
				"With --rows it puts out, without limit, what the figures count: as CSV unless --format says otherwise.",
			Arguments: []Argument{{Name: "name", Help: "now, flow, speed, where or people", Kind: ReportName}},
			Flags: []Flag{
				{Name: "--since", Value: "RANGE", Help: "30d, 4w, 2026-09-01, 2026-09-01..2026-12-20, 2026-09 or term; 30d if not given"},
				{Name: "--where", Value: "QUERY", Help: "which tickets, as in the console's filter", Words: true, Raw: true, Kind: Query},
				{Name: "--part", Value: "NAME", Help: "one table of it alone"},
				{Name: "--office", Help: "times in office hours, not in calendar time"},
				{Name: "--step", Value: "STEP", Help: "how long a row of time is: hour (up to 14 days), day (up to 92) or week; by the range if not given", Kind: ReportStep},
				{Name: "--versus", Value: "WHAT", Help: "what to compare with: before (as many days before; if not given) or year (the same days a year before)", Kind: ReportVersus},
				{Name: "--rows", Value: "KIND", Help: "instead of figures all tickets reported (tickets), or all answers, replies, closings and reopenings (milestones)", Kind: ReportRows},
				{Name: "--format", Value: "FORM", Help: "text, csv, json or markdown", Kind: ReportFormat},
				{Name: "--json", Help: "the same as --format json"},
				{Name: "--csv", Help: "the same as --format csv"},
			},
		},
		{
			Name: "watch", Long: true, Endless: true, Help: "Put out events as they happen, a JSON object a line.", Puts: "event", Staff: true, run: watch,
			More: "With a query, events of tickets that it finds at that moment. It begins now, or behind a --cursor: that of the last event " +
				"you have dealt with, or start. Every event comes once and none is left out. It ends with ctrl-c, or when the helpdesk restarts " +
				"(status 75; go on with the last cursor).",
			Arguments: []Argument{queryArgument}, Flags: []Flag{
				ofView,
				{Name: "--cursor", Value: "CURSOR", Help: "where to go on"},
				{Name: "--once", Help: "end when what has happened so far is put out"},
			},
		},
		{
			Name: "code", Actions: []action.Name{action.Code}, Help: "Make a one-time code with which somebody sets a new password.", Puts: "code", Staff: true,
			run: issueCode, Arguments: []Argument{{Name: "person", Help: "username or e-mail"}}, Flags: []Flag{yes},
		},
		{
			Name: "who", Help: "List the colleagues who are here, and what they do at which ticket.", Puts: "present", Staff: true, run: who,
			More: "Colleagues are those who work one of your queues; here is whoever has a console open, or looked at a ticket on the page within the " +
				"last minute, on any process of the helpdesk. Tickets are named if you work on them.",
		},
		{Name: "me", Help: "Say who you are here.", Puts: "account", run: me},
		{
			Name: "keys", Parting: true, Help: "List the SSH keys that sign you in, add one, or take one away.", Puts: "key", run: keys,
			More: "ssh HOST keys add my new laptop < ~/.ssh/id_ed25519.pub adds a key; keys revoke takes one away by its fingerprint, and what it " +
				"opened ends within seconds. The key that the command itself comes by goes only with --yes.",
			Arguments: []Argument{
				{Name: "do", Help: "ls, add or revoke; ls if there is none", Optional: true},
				{Name: "key", Help: "add: what to call it; revoke: its fingerprint, as SHA256:…", Optional: true, Rest: true},
			},
			Flags: []Flag{yes},
		},
		{
			Name: "token", Help: "List, make and revoke the tokens with which programs of yours use the API.", Puts: "token", run: token,
			More: "token lists those that hold. token new NAME makes one and shows its secret, this once; token revoke NUMBER ends one, and " +
				"what runs with it, within seconds.",
			Arguments: []Argument{
				{Name: "what", Help: "ls, new or revoke", Optional: true, Kind: TokenVerb},
				{Name: "which", Help: "what a new one is for, in your words, or the number of the one to revoke", Optional: true, Rest: true},
			},
			Flags: []Flag{
				{Name: "--scope", Value: "SCOPE", Help: "what a new one is for: report, figures, read (unless you say otherwise) or write", Kind: TokenScope},
				{Name: "--days", Value: "N", Help: "how long a new one holds: 90 unless you say otherwise, 365 at most"},
				key,
			},
		},
		{
			Name: "help", Help: "Say what there is.", run: help,
			Arguments: []Argument{{Name: "verb", Help: "the verb to explain", Kind: VerbName, Optional: true}},
		},
		{
			Name: "completion", Help: "Put out a script with which your own shell completes verbs, tickets, people, queries and views.", run: completion,
			More: "bash: eval \"$(ssh HOST completion bash)\"; zsh: the same with zsh; fish: ssh HOST completion fish | source. It makes a " +
				"command helpdesk, which is ssh HOST; set HELPDESK_SSH first if it takes more, such as a login name.",
			Arguments: []Argument{{Name: "shell", Help: "bash, zsh or fish", Kind: Shell}},
		},
		{Name: "complete", Help: "Complete what is typed.", Hidden: true, run: complete, Arguments: []Argument{{Name: "typed", Rest: true, Raw: true}}},
		{Name: "version", Help: "Say which version this is.", run: version},
	}
}

// Find returns the verb of that name.
func Find(name string) (Verb, bool) {
	for _, v := range Verbs() {
		if v.Name == name {
			return v, true
		}
	}
	return Verb{}, false
}

// AllFlags are the verb's own flags and those that it shares with others.
func (v *Verb) AllFlags() []Flag {
	flags := slices.Clip(v.Flags)
	if v.Puts != "" {
		flags = append(flags, Flag{Name: "--json", Help: "a JSON object a line"})
	}
	if v.Puts != "" && v.Puts != "event" {
		flags = append(
			flags,
			Flag{Name: "--csv", Help: "CSV with a line of names"},
			Flag{Name: "-q", Help: "only what identifies each, for xargs"},
		)
	}
	if v.Hidden {
		return flags
	}
	return append(flags, Flag{Name: "--help", Help: "explain the verb"})
}
