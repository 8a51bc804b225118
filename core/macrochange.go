package core

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"helpdesk.campus/core/action"
)

// MacroChanges is what a macro does to a ticket besides saying something. It is written as people write
// queries: "status:active priority:high queue:it category:network tag:wifi -tag:new waiting:reporter
// assignee:me snooze:2h close:fixed". Codes, not numbers, so that it can be read and moved.
type MacroChanges struct {
	Assign     bool // to whoever uses it
	Status     Status
	Priority   Priority
	Category   string
	Queue      string
	Waiting    string // reporter, third_party or nobody
	Snooze     string // as ParseSnooze reads it, from when it is used
	Tags       TagChange
	Resolution Resolution // closes it
}

// Empty reports whether nothing changes.
func (m *MacroChanges) Empty() bool { return m.String() == "" }

// macroChange is one word of the language of changes.
type macroChange struct {
	name   string
	values string // what can stand behind the colon, in words
	read   func(m *MacroChanges, value string) bool
	write  func(m *MacroChanges) string // "" if it is not asked for
}

// macroChangeTable has a row for everything that a macro can change.
func macroChangeTable() []macroChange {
	return []macroChange{
		{"assignee", "me", func(m *MacroChanges, v string) bool { m.Assign = v == "me"; return m.Assign }, func(m *MacroChanges) string {
			if m.Assign {
				return "me"
			}
			return ""
		}},
		{"status", "open or active", func(m *MacroChanges, v string) bool {
			m.Status = Status(v)
			return m.Status == Open || m.Status == Active
		}, func(m *MacroChanges) string { return string(m.Status) }},
		{"priority", "low, normal, high or urgent", func(m *MacroChanges, v string) (ok bool) {
			m.Priority, ok = ParsePriority(v)
			return ok
		}, func(m *MacroChanges) string {
			if m.Priority == 0 {
				return ""
			}
			return m.Priority.String()
		}},
		{"category", "the code of a category", func(m *MacroChanges, v string) bool { m.Category = v; return codePattern.MatchString(v) }, func(m *MacroChanges) string { return m.Category }},
		{"queue", "the code of a queue", func(m *MacroChanges, v string) bool { m.Queue = v; return codePattern.MatchString(v) }, func(m *MacroChanges) string { return m.Queue }},
		{"waiting", "reporter, third_party or nobody", func(m *MacroChanges, v string) bool {
			m.Waiting = v
			return slices.Contains([]string{"reporter", "third_party", "nobody"}, v)
		}, func(m *MacroChanges) string { return m.Waiting }},
		{"snooze", `a time from then on, as 2h or "tomorrow 9:00"`, func(m *MacroChanges, v string) bool {
			m.Snooze = v
			_, ok := readMoment(v, time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
			return ok && !strings.HasPrefix(v, "20")
		}, func(m *MacroChanges) string { return m.Snooze }},
		{"close", "fixed, answered, duplicate, declined, not_reproduced or no_answer", func(m *MacroChanges, v string) bool {
			m.Resolution = Resolution(v)
			return slices.Contains(StaffResolutions(), m.Resolution)
		}, func(m *MacroChanges) string { return string(m.Resolution) }},
	}
}

// String writes the changes as they are read.
func (m *MacroChanges) String() string {
	var words []string
	for _, row := range macroChangeTable() {
		value := row.write(m)
		if strings.Contains(value, " ") {
			value = `"` + value + `"`
		}
		if value != "" {
			words = append(words, row.name+":"+value)
		}
	}
	for _, tag := range m.Tags.Add {
		words = append(words, "tag:"+tag)
	}
	for _, tag := range m.Tags.Remove {
		words = append(words, "-tag:"+tag)
	}
	return strings.Join(words, " ")
}

// changeWord is one word of changes, quotes included.
var changeWord = regexp.MustCompile(`(?:"[^"]*"?|[^\s"])+`)

// ParseMacroChanges reads changes as people write them. An error says where and what would be right.
func ParseMacroChanges(text string) (MacroChanges, error) {
	var m MacroChanges
	seen := map[string]bool{}
	for _, at := range changeWord.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		place := 1 + utf8.RuneCountInString(text[:at[0]])
		name, value, colon := strings.Cut(word, ":")
		name, value = strings.ToLower(name), strings.Trim(strings.ToLower(value), `"`)
		if name == "tag" || name == "-tag" {
			if value = CleanTag(value); !validTag(value) {
				return m, refuse("changes", "macro_value", "Word", word, "At", place, "Values", "a tag in small letters, as tag:exam-week")
			}
			list := &m.Tags.Add
			if name == "-tag" {
				list = &m.Tags.Remove
			}
			*list = append(*list, value)
			continue
		}
		i := slices.IndexFunc(macroChangeTable(), func(c macroChange) bool { return c.name == name })
		switch {
		case i < 0 || !colon:
			return m, refuse("changes", "macro_change", "Word", word, "At", place, "Known", macroChangeNames())
		case seen[name]:
			return m, refuse("changes", "macro_twice", "Word", name, "At", place)
		case !macroChangeTable()[i].read(&m, value):
			return m, refuse("changes", "macro_value", "Word", word, "At", place, "Values", macroChangeTable()[i].values)
		}
		seen[name] = true
	}
	if m.Resolution != "" && (m.Waiting != "" || m.Snooze != "" || m.Status != "") {
		return m, refuse("changes", "macro_closes")
	}
	return m, nil
}

func macroChangeNames() string {
	var names []string
	for _, c := range macroChangeTable() {
		names = append(names, c.name+":")
	}
	return strings.Join(append(names, "tag:", "-tag:"), " ")
}

// exist refuses codes that no category or queue has.
func (m *MacroChanges) exist(dir *directory) error {
	if m.Category != "" && !slices.ContainsFunc(dir.categories, func(c Category) bool { return strings.EqualFold(c.Code, m.Category) && dir.leaf(c.ID) }) {
		return refuse("changes", "category_unknown")
	}
	if m.Queue != "" && !slices.ContainsFunc(dir.queues, func(q Queue) bool { return strings.EqualFold(q.Code, m.Queue) }) {
		return refuse("changes", "queue_unknown")
	}
	return nil
}

// deeds lists what the changes are, each as an action of its own. What is so already is left out.
func (m *MacroChanges) deeds(d *Desk, dir *directory, t *Ticket, me User) ([]Deed, error) {
	var list []Deed
	if m.Assign && t.Assignee.ID != me.ID {
		list = append(list, Deed{Action: action.Take})
	}
	switch {
	case m.Status == Active && t.Status == Open && !m.Assign:
		list = append(list, Deed{Action: action.Activate})
	case m.Status == Open && t.Status == Active:
		list = append(list, Deed{Action: action.Deactivate})
	}
	if m.Priority != 0 {
		list = append(list, Deed{Action: action.Prioritise, Change: Change{Priority: &m.Priority}})
	}
	if m.Category != "" {
		id := CategoryID(-1) // refused in the words of the action
		if i := slices.IndexFunc(dir.categories, func(c Category) bool { return strings.EqualFold(c.Code, m.Category) }); i >= 0 {
			id = dir.categories[i].ID
		}
		list = append(list, Deed{Action: action.Categorise, Change: Change{Category: &id}})
	}
	if len(m.Tags.Add)+len(m.Tags.Remove) > 0 {
		list = append(list, Deed{Action: action.Tag, Tags: m.Tags})
	}
	if m.Waiting != "" {
		waiting := Waiting(m.Waiting)
		if m.Waiting == "nobody" {
			waiting = WaitingNobody
		}
		list = append(list, Deed{Action: action.Wait, Change: Change{Waiting: &waiting}})
	}
	if m.Snooze != "" {
		until, err := d.ParseSnooze(me, m.Snooze)
		if err != nil {
			return nil, err
		}
		list = append(list, Deed{Action: action.Snooze, Until: until})
	}
	if m.Resolution != "" {
		list = append(list, Deed{Action: action.Close, Resolution: m.Resolution})
	}
	if m.Queue != "" {
		id := QueueID(-1)
		if i := slices.IndexFunc(dir.queues, func(q Queue) bool { return strings.EqualFold(q.Code, m.Queue) }); i >= 0 {
			id = dir.queues[i].ID
		}
		list = append(list, Deed{Action: action.Move, Change: Change{Queue: &id}})
	}
	return list, nil
}

// perform does the changes to a ticket, each checked against the policy as an action of its own.
func (c *command) perform(ctx context.Context, m *MacroChanges) error {
	dir, err := c.desk.campusWithin(ctx, c.tx)
	if err != nil {
		return err
	}
	deeds, err := m.deeds(c.desk, dir, &c.before, c.who.user)
	if err != nil {
		return err
	}
	for _, deed := range deeds {
		if refused := c.who.may(deed.Action, &c.before, c.now); refused != nil {
			return refused
		}
		work, err := c.desk.workOf(deed)
		if err != nil {
			return err
		}
		if err := work(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", deed.Action, err)
		}
	}
	return nil
}
