// Package action declares every action of the helpdesk as data: its name, its words, its arguments
// and whether it is dangerous or can be undone. The console's keys and palette, the verbs over SSH and
// the API are made from this one registry. It does nothing itself, and who may do what stands in core.
package action

// Name identifies an action. It is stable: verbs, the API and the audit trail use it.
type Name string

// The actions of the helpdesk.
const (
	View       Name = "view"
	Report     Name = "report"
	Reply      Name = "reply"
	Note       Name = "note"
	Take       Name = "take"
	Release    Name = "release"
	Assign     Name = "assign"
	Activate   Name = "activate"
	Deactivate Name = "deactivate"
	Close      Name = "close"
	Reopen     Name = "reopen"
	Withdraw   Name = "withdraw"
	Correct    Name = "correct"
	Prioritise Name = "priority"
	Categorise Name = "category"
	Move       Name = "queue"
	Place      Name = "place"
	Wait       Name = "wait"
	Tag        Name = "tag"
	Snooze     Name = "snooze"
	Undo       Name = "undo"
	TakeBack   Name = "take_back"
	Macro      Name = "macro"
	Follow     Name = "follow"
	Unfollow   Name = "unfollow"
	Code       Name = "code"
	Rate       Name = "rate"
	Again      Name = "again"
	RenewLink  Name = "renew_link"
	RevokeLink Name = "revoke_link"
	Publish    Name = "publish"
	Unpublish  Name = "unpublish"
	HandOver   Name = "hand_over"
	Link       Name = "link"
	Unlink     Name = "unlink"
	Merge      Name = "merge"
	Unmerge    Name = "unmerge"
	Split      Name = "split"
	ReportFor  Name = "report_for"
)

// Argument is one thing an action needs to be told.
type Argument struct {
	Name     string // as scripts spell it
	Words    string // as people read it
	Optional bool
}

// Action is one row of the registry.
type Action struct {
	Name       Name
	Title      string // a command in two or three words: "Take ticket"
	Help       string // one sentence saying what it does
	Arguments  []Argument
	Dangerous  bool // ask before doing it
	Reversible bool // another action takes it back
}

// All returns the registry, in the order in which people should meet the actions.
func All() []Action {
	text := Argument{Name: "text", Words: "what to say"}
	return []Action{
		{Name: View, Title: "Open ticket", Help: "Show the conversation, the properties and the history."},
		{Name: Report, Title: "New ticket", Help: "Report an issue.", Arguments: []Argument{{Name: "title", Words: "what happened"}, {Name: "category", Words: "what kind of issue"}}},
		{Name: ReportFor, Title: "New ticket for somebody", Help: "Report an issue for somebody who phones.", Arguments: []Argument{{Name: "title", Words: "what happened"}, {Name: "category", Words: "what kind of issue"}, {Name: "reporter", Words: "an account, or a name with a phone number or e-mail"}}},
		{Name: Reply, Title: "Reply", Help: "Write to the reporter. The reporter reads it.", Arguments: []Argument{text}},
		{Name: Note, Title: "Note", Help: "Write to colleagues. The reporter never sees it.", Arguments: []Argument{text}},
		{Name: Take, Title: "Take ticket", Help: "Make it yours. An open ticket becomes active.", Reversible: true},
		{Name: Release, Title: "Release ticket", Help: "Give it back to the queue. The status stays.", Reversible: true},
		{Name: Assign, Title: "Assign", Help: "Give it to a colleague of the queue.", Arguments: []Argument{{Name: "person", Words: "who works on it"}}, Reversible: true},
		{Name: Activate, Title: "Set active", Help: "Say that somebody works on it.", Reversible: true},
		{Name: Deactivate, Title: "Set open", Help: "Say that nobody works on it.", Reversible: true},
		{Name: Close, Title: "Close ticket", Help: "Say that the work has ended, and how.", Arguments: []Argument{{Name: "resolution", Words: "how it ended"}, {Name: "text", Words: "a last word to the reporter", Optional: true}}, Reversible: true},
		{Name: Reopen, Title: "Reopen", Help: "Take a closed ticket up again.", Reversible: true},
		{Name: Withdraw, Title: "Withdraw", Help: "Close your own report because it no longer matters.", Dangerous: true, Reversible: true},
		{Name: Correct, Title: "Correct", Help: "Change the title, the description, the place or the kind of issue.", Reversible: true},
		{Name: Prioritise, Title: "Set priority", Help: "Say how urgent it is.", Arguments: []Argument{{Name: "priority", Words: "low, normal, high or urgent"}}, Reversible: true},
		{Name: Categorise, Title: "Set category", Help: "Say what kind of issue it is. The queue stays.", Arguments: []Argument{{Name: "category", Words: "the kind of issue"}}, Reversible: true},
		{Name: Move, Title: "Move to queue", Help: "Hand it to another team. Its assignee is released unless they work there too.", Arguments: []Argument{{Name: "queue", Words: "the team's queue"}}, Reversible: true},
		{Name: Place, Title: "Set place", Help: "Say where it is.", Arguments: []Argument{{Name: "place", Words: "a building or room code, or words"}}, Reversible: true},
		{Name: Wait, Title: "Set waiting", Help: "Say whom it waits for.", Arguments: []Argument{{Name: "waiting", Words: "reporter, third_party or nobody"}}, Reversible: true},
		{Name: Tag, Title: "Set tags", Help: "Put tags on or take them off. Only staff see them.", Arguments: []Argument{{Name: "tags", Words: "words to find it by; -word takes one off"}}, Reversible: true},
		{Name: Snooze, Title: "Snooze", Help: "Let it rest until a time, or until the reporter answers.", Arguments: []Argument{{Name: "until", Words: "2h, tomorrow 9:00, mon or a date"}}, Reversible: true},
		{Name: Link, Title: "Link", Help: "Say how it stands to another ticket: related, blocks, or a duplicate of it.", Arguments: []Argument{{Name: "relation", Words: "related, duplicate_of, duplicated_by, blocks or blocked_by"}, {Name: "other", Words: "the other ticket"}}, Reversible: true},
		{Name: Unlink, Title: "Unlink", Help: "Take the links between two tickets away.", Arguments: []Argument{{Name: "other", Words: "the other ticket"}}, Reversible: true},
		{Name: Merge, Title: "Merge", Help: "Let it go on in another ticket about the same thing. Each reporter still reads only their own words, and the answers to them.", Arguments: []Argument{{Name: "into", Words: "the ticket that goes on"}}, Reversible: true},
		{Name: Unmerge, Title: "Unmerge", Help: "Let a merged ticket stand by itself again, with the status that it had.", Reversible: true},
		{Name: Split, Title: "Split", Help: "Make a ticket of its own out of a message that is about something else. What the reporter said stays theirs.", Arguments: []Argument{{Name: "message", Words: "the message's number"}, {Name: "title", Words: "what the new ticket is called; its reporter reads it"}, {Name: "category", Words: "what kind of issue"}}, Reversible: true},
		{Name: Undo, Title: "Undo", Help: "Take back your last change, unless somebody has built on it."},
		{Name: TakeBack, Title: "Take reply back", Help: "Take back a reply that has not gone yet. Its words are a draft again."},
		{Name: Macro, Title: "Use macro", Help: "A canned reply with changes: pick one, read it, send it.", Arguments: []Argument{{Name: "macro", Words: "its name or key"}}, Reversible: true},
		{Name: Follow, Title: "Follow", Help: "Hear of it: it stands under Following, and what is new is marked.", Reversible: true},
		{Name: Unfollow, Title: "Unfollow", Help: "Hear of it no more.", Reversible: true},
		{Name: Rate, Title: "Rate the work", Help: "Say whether it was fixed, from 1 to 5.", Arguments: []Argument{{Name: "stars", Words: "1 to 5"}, {Name: "text", Words: "what was good or bad", Optional: true}}},
		{Name: Again, Title: "Report again", Help: "Report what was closed long ago as a new ticket, linked to the old one.", Arguments: []Argument{{Name: "title", Words: "what happened"}}},
		{Name: RenewLink, Title: "Renew link", Help: "Make a new private link for the reporter. The old one ends.", Dangerous: true},
		{Name: RevokeLink, Title: "End link", Help: "End the private link. Whoever has no account opens the ticket no more.", Dangerous: true},
		{Name: Publish, Title: "Make known", Help: "Show it on the page of known issues, in words of yours. The report itself stays private.", Arguments: []Argument{{Name: "title", Words: "what everybody may read"}}, Reversible: true},
		{Name: Unpublish, Title: "No longer known", Help: "Take it off the page of known issues.", Reversible: true},
		{Name: HandOver, Title: "Hand a draft over", Help: "Let a colleague take over what you have typed and not sent; take over what was handed to you.", Arguments: []Argument{{Name: "person", Words: "who may take it"}}},
		{Name: Code, Title: "One-time code", Help: "Make a code with which somebody who cannot sign in sets a new password.", Arguments: []Argument{{Name: "person", Words: "username or e-mail"}}, Dangerous: true},
	}
}

// Find returns the action of that name.
func Find(name Name) (Action, bool) {
	for _, a := range All() {
		if a.Name == name {
			return a, true
		}
	}
	return Action{}, false
}
