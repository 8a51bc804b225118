package core

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Placeholder stands in the text of a macro for something of the ticket or of whoever uses it.
type Placeholder struct {
	Name string
	Help string
	fill func(*Ticket, Person) string
}

// Placeholders lists what can stand in the text of a macro, written as {name}.
func Placeholders() []Placeholder {
	return []Placeholder{
		{"reporter", "what to call the reporter", func(t *Ticket, _ Person) string {
			if t.ReporterName == "" || t.Anonymous {
				return "reporter"
			}
			return t.ReporterName
		}},
		{"ticket", "the ticket's number, as #1042", func(t *Ticket, _ Person) string { return t.ID.String() }},
		{"reference", "what the reporter calls it, as K7QM-3XDPR", func(t *Ticket, _ Person) string { return string(t.Reference) }},
		{"title", "what happened, in the reporter's words", func(t *Ticket, _ Person) string { return t.Title }},
		{"place", "where it is", func(t *Ticket, _ Person) string { return t.PlaceWords() }},
		{"category", "what kind of issue it is", func(t *Ticket, _ Person) string { return t.Category.Name }},
		{"queue", "the team", func(t *Ticket, _ Person) string { return t.Queue.Name }},
		{"assignee", "who works on it", func(t *Ticket, _ Person) string { return t.Assignee.Name }},
		{"me", "your own name", func(_ *Ticket, me Person) string { return me.Name }},
	}
}

// placeholderPattern finds {name}; two braces in front stand for one that is text.
var placeholderPattern = regexp.MustCompile(`\{\{|\{([\pL_-]{1,40})\}`)

// checkPlaceholders refuses a text with a placeholder that does not exist, and says where it stands.
func checkPlaceholders(wrong *problems, text string) {
	for _, at := range placeholderPattern.FindAllStringSubmatchIndex(text, -1) {
		if at[2] < 0 {
			continue
		}
		name := strings.ToLower(text[at[2]:at[3]])
		if _, known := placeholder(name); known {
			continue
		}
		before := text[:at[0]]
		wrong.add("body", "placeholder_unknown", "Name", "{"+text[at[2]:at[3]]+"}", "Line", 1+strings.Count(before, "\n"),
			"At", 1+utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]), "Known", placeholderNames())
		return
	}
}

func placeholder(name string) (Placeholder, bool) {
	for _, p := range Placeholders() {
		if p.Name == name {
			return p, true
		}
	}
	return Placeholder{}, false
}

func placeholderNames() string {
	var names []string
	for _, p := range Placeholders() {
		names = append(names, fmt.Sprintf("{%s}", p.Name))
	}
	return strings.Join(names, " ")
}

// fillIn puts a ticket and a person into a text. What is put in is not looked at again, whatever people
// wrote into a title.
func fillIn(text string, t *Ticket, me Person) string {
	return placeholderPattern.ReplaceAllStringFunc(text, func(found string) string {
		if found == "{{" {
			return "{"
		}
		p, known := placeholder(strings.ToLower(strings.Trim(found, "{}")))
		if !known {
			return found
		}
		return p.fill(t, me)
	})
}
