package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core"
)

// editMacro opens the form in which a macro is written.
func (e *Env) editMacro(m core.Macro) {
	whom, title := m.Queue.Code, "New macro"
	if m.Note {
		whom = strings.TrimSpace(whom + " note")
	}
	if m.ID != 0 {
		title = "Macro “" + m.Name + "”"
	}
	placeholders := make([]string, 0, len(core.Placeholders()))
	for _, p := range core.Placeholders() {
		placeholders = append(placeholders, "{"+p.Name+"}")
	}
	f := NewForm(e, title, "keep the macro", []Field{
		{Name: "name", Label: "Name", Start: m.Name, Hint: "What it is called in the list."},
		{Name: "key", Label: "Key", Start: m.Key, Hint: "A letter or digit: ;; and it uses the macro at once. May stay empty."},
		{Name: "queue", Label: "For", Start: whom, Hint: "Empty if it is yours alone; a queue's code if its team shares it (leads and admins). Add note for a note among staff instead of a reply."},
		{Name: "changes", Label: "Changes", Start: m.Changes.String(), Hint: "As in queries: assignee:me status:active priority:high category:… queue:… tag:x -tag:y waiting:reporter snooze:2h close:fixed. May stay empty."},
		{Name: "body", Label: "Text", Start: m.Body, Lines: true, Limit: core.MaxBody, Hint: "The words. " + strings.Join(placeholders, " ") + " stand for what they say."},
	}, func(ctx context.Context, typed Typed) (string, error) {
		return e.saveMacro(ctx, m, typed)
	})
	f.Survive(fmt.Sprintf("macro %d", m.ID))
	e.Host.Show(f, false)
}

func (e *Env) saveMacro(ctx context.Context, m core.Macro, typed Typed) (words string, err error) {
	m.Name, m.Key, m.Body = typed["name"], typed["key"], typed["body"]
	whom := strings.Fields(strings.ToLower(typed["queue"]))
	m.Note = slices.Contains(whom, "note")
	whom = slices.DeleteFunc(whom, func(w string) bool { return w == "note" })
	if m.Changes, err = core.ParseMacroChanges(typed["changes"]); err != nil {
		return "", err
	}
	if m.Queue, err = e.queueNamed(ctx, whom); err != nil {
		return "", err
	}
	_, err = e.Desk.SaveMacro(ctx, e.Who, m)
	return "The macro “" + m.Name + "” is kept. ; uses it.", err
}

// queueNamed finds the queue that a macro is for; none if nothing is named.
func (e *Env) queueNamed(ctx context.Context, words []string) (core.Queue, error) {
	if len(words) == 0 {
		return core.Queue{}, nil
	}
	all, err := e.Desk.Queues(ctx, e.Who)
	if err != nil {
		return core.Queue{}, err
	}
	code := strings.Join(words, " ")
	if at := slices.IndexFunc(all, func(q core.Queue) bool { return strings.EqualFold(q.Code, code) || strings.EqualFold(q.Name, code) }); at >= 0 {
		return all[at], nil
	}
	return core.Queue{ID: -1}, nil // refused by the desk, in its words
}
