package query

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// token is one value as typed: what it says, and where.
type token struct {
	text   string // without quotes and escapes
	quoted bool
	star   bool // a "*" outside quotes ended it
	offset int
	length int
}

// value is where every reader starts: the text and its place.
func (t token) value() Value {
	return Value{Text: t.text, Offset: t.offset, Length: t.length}
}

// literal gives the star back to a field in which it means nothing.
func (t token) literal() token {
	if t.star {
		t.text, t.star = t.text+"*", false
	}
	return t
}

// equalFold is how names of the language compare.
func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// readNamed takes one of the field's own values.
func readNamed(f FieldInfo, t token) (Value, *Error) {
	t = t.literal()
	for i, name := range f.Values {
		if equalFold(name, t.text) {
			v := t.value()
			v.Text, v.Number = name, int64(i)
			return v, nil
		}
	}
	return Value{}, wrongValue(CodeUnknownValue, f, t, f.Values...)
}

// readPerson takes a user name, or one of the words that stand for a person.
func readPerson(f FieldInfo, t token) (Value, *Error) {
	v := t.literal().value()
	for _, name := range f.Values {
		if equalFold(name, v.Text) {
			v.Text = name
		}
	}
	return v, nil
}

// readWord takes any word.
func readWord(_ FieldInfo, t token) (Value, *Error) {
	return t.literal().value(), nil
}

// readCode takes a code, or the beginning of codes with a star behind it.
func readCode(f FieldInfo, t token) (Value, *Error) {
	if !t.quoted && strings.Contains(t.text, "*") || t.text == "" {
		return Value{}, wrongValue(CodeBadStar, f, t.literal(), f.Example)
	}
	v := t.value()
	v.Prefix = t.star
	return v, nil
}

// readHour takes an hour of the day.
func readHour(f FieldInfo, t token) (Value, *Error) {
	t = t.literal()
	n, err := strconv.ParseUint(t.text, 10, 8)
	if err != nil || n > 23 {
		return Value{}, wrongValue(CodeUnknownValue, f, t, "0", "9", "23")
	}
	v := t.value()
	v.Number, v.Text = int64(n), strconv.FormatUint(n, 10)
	return v, nil
}

// readNumber takes a ticket number, with or without "#".
func readNumber(f FieldInfo, t token) (Value, *Error) {
	t = t.literal()
	n, err := strconv.ParseInt(strings.TrimPrefix(t.text, "#"), 10, 64)
	if err != nil || n < 1 {
		return Value{}, wrongValue(CodeBadNumber, f, t, f.Example)
	}
	v := t.value()
	v.Number, v.Text = n, strconv.FormatInt(n, 10)
	return v, nil
}

// unit is a unit of time and its letter.
type unit struct {
	letter string
	length time.Duration
}

// units returns the units of time, longest first.
func units() []unit {
	const day = 24 * time.Hour
	return []unit{{"w", 7 * day}, {"d", day}, {"h", time.Hour}, {"m", time.Minute}}
}

// maxDuration is longer than any ticket lives; beyond it arithmetic with times
// would soon overflow.
const maxDuration = 100 * 366 * 24 * time.Hour

// readDuration takes a whole number and a unit: 90m, 3h, 2d, 1w.
func readDuration(f FieldInfo, t token) (Value, *Error) {
	t = t.literal()
	typed := strings.ToLower(t.text)
	for _, u := range units() {
		digits, found := strings.CutSuffix(typed, u.letter)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !found || err != nil {
			continue
		}
		if n > uint64(maxDuration/u.length) {
			break
		}
		v := t.value()
		v.Duration = time.Duration(n) * u.length
		v.Text = formatDuration(v.Duration)
		return v, nil
	}
	return Value{}, wrongValue(CodeBadDuration, f, t, "30m", "4h", "2d", "1w")
}

// formatDuration writes d in the longest unit that divides it.
func formatDuration(d time.Duration) string {
	for _, u := range units() {
		if d%u.length == 0 && d > 0 {
			return strconv.FormatInt(int64(d/u.length), 10) + u.letter
		}
	}
	return "0m"
}

// Date is a year, a month of it or a day of that, on the campus calendar.
type Date struct {
	Year  int // 0 if there is no date
	Month int // 1 to 12, or 0 for the whole year
	Day   int // 1 to 31, or 0 for the whole month
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as it is typed: 2026, 2026-09 or 2026-09-01.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// First returns the first day of d.
func (d Date) First() Date {
	return Date{d.Year, max(d.Month, 1), max(d.Day, 1)}
}

// Last returns the last day of d.
func (d Date) Last() Date {
	if d.Day > 0 {
		return d
	}
	month := cmp.Or(d.Month, 12)
	// The day before the first of the next month.
	end := time.Date(d.Year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
	return Date{d.Year, month, end.Day()}
}

// before reports whether day d is before day e.
func (d Date) before(e Date) bool {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day)) < 0
}

// readDates takes a date or a range of them, either side of which may be open.
func readDates(f FieldInfo, t token) (Value, *Error) {
	t = t.literal()
	from, to, isRange := strings.Cut(t.text, "..")
	if !isRange {
		to = from
	}
	v := t.value()
	var fromOK, toOK bool
	v.From, fromOK = parseDate(from)
	v.To, toOK = parseDate(to)
	if !fromOK || !toOK || v.From.IsZero() && v.To.IsZero() {
		return Value{}, wrongValue(CodeBadDate, f, t, "2026-09", "2026-09-01", "2026-09..2026-10")
	}
	if !v.From.IsZero() && !v.To.IsZero() && v.To.Last().before(v.From.First()) {
		return Value{}, wrongValue(CodeBadRange, f, t, v.To.String()+".."+v.From.String())
	}
	v.Text = v.From.String()
	if isRange {
		v.Text += ".." + v.To.String()
	}
	return v, nil
}

// parseDate reads one side of a range; an empty one is open.
func parseDate(s string) (Date, bool) {
	if s == "" {
		return Date{}, true
	}
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		at, err := time.Parse(layout, s)
		if err != nil || at.Year() < 1 {
			continue
		}
		d := Date{Year: at.Year()}
		if len(layout) > len("2006") {
			d.Month = int(at.Month())
		}
		if len(layout) > len("2006-01") {
			d.Day = at.Day()
		}
		return d, true
	}
	return Date{}, false
}

// isNumberTerm reports whether a bare word is a ticket number: "#" and digits.
func isNumberTerm(word string) bool {
	digits, found := strings.CutPrefix(word, "#")
	return found && digits != "" && strings.Trim(digits, "0123456789") == ""
}
