package ui

import (
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
)

// Age says how long ago something was, short enough for a column: "now", "20 min", "3 h", "5 d".
func Age(now, then time.Time) string {
	d := now.Sub(then)
	switch {
	case then.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	case d < 60*24*time.Hour:
		return fmt.Sprintf("%d d", int(d/(24*time.Hour)))
	case d < 2*365*24*time.Hour:
		return fmt.Sprintf("%d mon", int(d/(30*24*time.Hour)))
	}
	return fmt.Sprintf("%d yr", int(d/(365*24*time.Hour)))
}

// Ago says how long ago something was, for a sentence: "20 min ago".
func Ago(now, then time.Time) string {
	switch age := Age(now, then); age {
	case "":
		return "never"
	case "now":
		return "just now"
	default:
		return age + " ago"
	}
}

// When is the exact time beside the words: the clock today, the date otherwise.
func When(now, then time.Time, zone *time.Location) string {
	if then.IsZero() {
		return ""
	}
	now, then = now.In(zone), then.In(zone)
	switch {
	case now.Year() == then.Year() && now.YearDay() == then.YearDay():
		return then.Format("15:04")
	case now.Year() == then.Year():
		return then.Format("2 Jan 15:04")
	}
	return then.Format("2 Jan 2006 15:04")
}

// Person is what to call somebody; nobody has the words given.
func Person(p core.Person, nobody string) plain.Text {
	switch {
	case p.ID == 0:
		return plain.Line(nobody)
	case p.Name != "":
		return plain.Line(p.Name)
	}
	return plain.Line(p.Username)
}

// Reporter is what to call a ticket's reporter.
func Reporter(t *core.Ticket) plain.Text {
	switch {
	case t.Anonymous:
		return plain.Line("anonymous")
	case t.ReporterName != "":
		return plain.Line(t.ReporterName)
	}
	return Person(t.Reporter, "unknown")
}

// Place is where a ticket is, as exactly as is known.
func Place(t *core.Ticket) plain.Text {
	switch {
	case t.Location.Code != "" && t.Place != "":
		return plain.Line(t.Location.Code + ", " + t.Place)
	case t.Location.Code != "":
		return plain.Line(t.Location.Code)
	}
	return plain.Line(t.Place)
}

// Waiting says whom a ticket waits for, "" for nobody.
func Waiting(w core.Waiting) string {
	switch w {
	case core.WaitingReporter:
		return "waits for reporter"
	case core.WaitingThirdParty:
		return "waits for third party"
	case core.WaitingNobody:
	}
	return ""
}

// Status says a ticket's status with what stands beside it: "closed, fixed".
func Status(t *core.Ticket) string {
	words := string(t.Status)
	if t.IsClosed() && t.Resolution != "" {
		words += ", " + t.Resolution.Words()
	}
	if w := Waiting(t.WaitingOn); w != "" && !t.IsClosed() {
		words += ", " + w
	}
	return words
}

// Resting says until when a ticket rests, "" if it does not.
func Resting(t *core.Ticket, clock Clock) string {
	if t.SnoozedUntil.IsZero() || t.IsClosed() {
		return ""
	}
	return "rests until " + clock.When(t.SnoozedUntil)
}

// Tags lists a ticket's tags: "#exam #wifi".
func Tags(t *core.Ticket) plain.Text {
	var words []string
	for _, tag := range t.Tags {
		words = append(words, "#"+tag)
	}
	return plain.Line(strings.Join(words, " "))
}

// Count is a count that may be capped: "42", "1000+".
func Count(c core.Count) string {
	if c.More {
		return fmt.Sprintf("%d+", c.N)
	}
	return fmt.Sprint(c.N)
}

// Plural counts things: "1 ticket", "2 tickets".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Number is a number with commas between its thousands: "1,234,567".
func Number[N ~int | ~int64](n N) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// Themed says which colours somebody has chosen.
func Themed(t core.Theme) string {
	switch t {
	case core.ThemeAuto:
		return "as the terminal is"
	case core.ThemeLight:
		return "light"
	case core.ThemeDark:
		return "dark"
	case core.ThemeContrast:
		return "high contrast"
	case core.ThemeNone:
		return "no colour"
	}
	return string(t)
}

// Door says where somebody is signed in.
func Door(d core.Door) string {
	switch d {
	case core.DoorSSH:
		return "console"
	case core.DoorWeb:
		return "page"
	default:
		return string(d)
	}
}
