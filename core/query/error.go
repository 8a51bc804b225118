package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The codes of an [Error].
const (
	CodeTooLong       = "too_long"       // more than MaxBytes
	CodeTooManyTerms  = "too_many_terms" // more than MaxTerms
	CodeNotText       = "not_text"       // a control character, or no UTF-8
	CodeUnclosedQuote = "unclosed_quote" // a quote without its end
	CodeAfterQuote    = "after_quote"    // text that touches a closing quote
	CodeEmptyTerm     = "empty_term"     // a "-" or quotes with nothing to look for
	CodeMissingValue  = "missing_value"  // a field without a value
	CodeUnknownField  = "unknown_field"
	CodeUnknownValue  = "unknown_value"
	CodeBadNumber     = "bad_number"
	CodeBadDuration   = "bad_duration"
	CodeBadDate       = "bad_date"
	CodeBadRange      = "bad_range"      // a range that ends before it begins
	CodeBadStar       = "bad_star"       // a "*" that is not behind a code
	CodeOperator      = "operator"       // a comparison that the field cannot have
	CodeNeedsOperator = "needs_operator" // a field that can only be compared
	CodeOneValue      = "one_value"      // alternatives behind a comparison
	CodeNotNegatable  = "not_negatable"  // "-sort:…"
)

// Error says what is wrong with a query, where, and what would be right.
type Error struct {
	Code      string         // one of the codes of this package
	Field     Field          // the field that the error is about, or empty
	Offset    int            // where the wrong part begins in the source, in bytes
	Length    int            // in bytes; may be 0 where something is missing
	Character int            // where it begins for a person: in characters, from 1
	Args      map[string]any // what the words need: value, field, noun, operator, limit
	Want      []string       // what could stand there instead, best guess first
}

type args = map[string]any

// Error returns the error in English.
func (e *Error) Error() string {
	where := fmt.Sprintf(" at character %d", e.Character)
	switch e.Code {
	case CodeTooLong:
		return fmt.Sprintf("the search is too long; %d bytes are the most", e.Args["limit"])
	case CodeTooManyTerms:
		return fmt.Sprintf("too many terms%s; %d are the most", where, e.Args["limit"])
	case CodeNotText:
		return "a character that cannot be searched for" + where
	case CodeUnclosedQuote:
		return `the quote` + where + ` is not closed; add " behind its last word`
	case CodeAfterQuote:
		return "a space is missing behind the quote" + where
	case CodeEmptyTerm:
		return "nothing to look for" + where
	case CodeMissingValue:
		return fmt.Sprintf("%s: a %s is missing%s; try %s", e.Field, e.Args["noun"], where, alternatives(e.Want))
	case CodeUnknownField:
		hint := "try " + alternatives(e.Want)
		if len(e.Want) == 1 {
			hint = "did you mean " + e.Want[0] + "?"
		}
		return fmt.Sprintf("'%s' is not a field%s; %s (to find the words, put them in quotes)", e.Args["value"], where, hint)
	case CodeBadRange:
		return fmt.Sprintf("%s: '%s' ends before it begins%s; try %s", e.Field, e.Args["value"], where, alternatives(e.Want))
	case CodeBadStar:
		return fmt.Sprintf("%s: '*' belongs behind a code%s; try %s", e.Field, where, alternatives(e.Want))
	case CodeOperator:
		return fmt.Sprintf("%s: '%s' cannot be used here%s; try %s", e.Field, e.Args["operator"], where, alternatives(e.Want))
	case CodeNeedsOperator:
		return fmt.Sprintf("%s: put %s before the value%s", e.Field, alternatives(e.Want), where)
	case CodeOneValue:
		return fmt.Sprintf("%s: '%s' takes one value, so no '|'%s", e.Field, e.Args["operator"], where)
	case CodeNotNegatable:
		return fmt.Sprintf("sort cannot be turned round like a term%s; try %s", where, alternatives(e.Want))
	}
	return fmt.Sprintf("%s: '%s' is not a %s%s; try %s", e.Field, e.Args["value"], e.Args["noun"], where, alternatives(e.Want))
}

// wrongValue is an error about one value of a field.
func wrongValue(code string, f FieldInfo, t token, want ...string) *Error {
	return &Error{
		Code: code, Field: f.Name, Offset: t.offset, Length: t.length,
		Args: args{"value": t.text, "field": string(f.Name), "noun": f.noun}, Want: nearestFirst(t.text, want),
	}
}

// unknownField is the error for a name that is no field. It offers the fields
// that are spelled much like it, or all of them.
func unknownField(fields []FieldInfo, name string, offset int) *Error {
	var all []string
	for _, f := range fields {
		if !f.Bare {
			all = append(all, string(f.Name))
		}
	}
	want := nearestFirst(name, all)
	if Distance(name, want[0]) <= 2 {
		want = want[:1]
	}
	return &Error{
		Code: CodeUnknownField, Offset: offset, Length: len(name),
		Args: args{"value": name}, Want: want,
	}
}

// orExample returns the field's values, or its example's if it has none.
func orExample(f FieldInfo) []string {
	if len(f.Values) > 0 {
		return f.Values
	}
	return []string{f.Example}
}

// nearestFirst returns names with the one spelled most like typed in front, if
// one is close; the others keep their order.
func nearestFirst(typed string, names []string) []string {
	names = slices.Clone(names)
	best, least := -1, 3
	for i, name := range names {
		if d := Distance(typed, name); d < least {
			best, least = i, d
		}
	}
	if best > 0 {
		name := names[best]
		names = slices.Insert(slices.Delete(names, best, best+1), 0, name)
	}
	return names
}

// Distance is how many slips lie between two spellings: letters missing, added,
// wrong, or swapped with their neighbour. Beyond 20 letters it does not look.
func Distance(typed, name string) int {
	const tooFar = 20
	if utf8.RuneCountInString(typed) > tooFar {
		return tooFar
	}
	a, b := []rune(strings.ToLower(typed)), []rune(strings.ToLower(name))
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			wrong := 0
			if a[i-1] != b[j-1] {
				wrong = 1
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// alternatives joins words the way people do: "open, active or closed".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
