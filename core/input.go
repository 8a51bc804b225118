package core

import (
	"strings"
	"unicode/utf8"
)

// What people may write, in characters.
const (
	MaxTitle = 150
	MaxBody  = 20_000
	MaxPlace = 200
	MaxPhone = 40
)

// cleanLine is a one-line text as it is stored: valid UTF-8, no NUL, no line breaks, no space around.
func cleanLine(s string) string {
	return strings.Join(strings.Fields(cleanBlock(s)), " ")
}

// cleanBlock is a longer text as it is stored. What it may look like on a terminal is decided when
// it is shown; only what PostgreSQL cannot store, and other systems' line ends, go here.
func cleanBlock(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\x00", "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSpace(s)
}

func checkTitle(p *problems, title string) {
	switch {
	case title == "":
		p.add("title", "title_missing")
	case utf8.RuneCountInString(title) > MaxTitle:
		p.add("title", "title_too_long", "Max", MaxTitle)
	}
}

func checkBody(p *problems, field, body string, required bool) {
	switch {
	case required && body == "":
		p.add(field, "text_missing")
	case utf8.RuneCountInString(body) > MaxBody:
		p.add(field, "text_too_long", "Max", MaxBody)
	}
}

// checkPhone accepts what has enough digits to be called.
func checkPhone(p *problems, field, phone string) {
	digits := 0
	for _, r := range phone {
		if r >= '0' && r <= '9' {
			digits++
		} else if !strings.ContainsRune("+-./() x#extEXT", r) {
			digits = -1000
		}
	}
	if phone != "" && (digits < 4 || len(phone) > MaxPhone) {
		p.add(field, "phone_form")
	}
}

func checkContact(p *problems, c Contact) {
	if utf8.RuneCountInString(c.Name) > maxName {
		p.add("name", "name_too_long", "Max", maxName)
	}
	if c.Email == "" && c.Phone == "" {
		p.add("email", "contact_missing")
	}
	if c.Email != "" {
		checkEmail(p, c.Email)
	}
	checkPhone(p, "phone", c.Phone)
}

// cleanDraft keeps a text as it was typed, spaces at its ends included, but for what cannot be stored.
func cleanDraft(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
