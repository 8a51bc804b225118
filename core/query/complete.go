package query

import (
	"slices"
	"strings"
	"unicode"
)

// Completion says what could stand at one place of a query that is being typed.
type Completion struct {
	Field   Field  // whose value stands there; "" where a field's name or a word does
	Typed   string // what there is of it already, without quotes
	Offset  int    // where what would be replaced begins in the source, in bytes
	Length  int    // in bytes, up to the cursor
	Choices []string
	// Choices are what the language knows could stand there: names of fields with their colon, or
	// the field's own values. What exists on a campus is known to others, who ask for Field and Typed.
}

// Complete looks at the cursor, which is at a byte of the source.
func Complete(source string, cursor int) Completion {
	cursor = max(0, min(cursor, len(source)))
	begin := wordStart(source[:cursor])
	word := source[begin:cursor]
	bare := strings.TrimPrefix(word, "-")
	begin += len(word) - len(bare)
	name, isField := fieldName(bare)
	if !isField {
		c := Completion{Typed: bare, Offset: begin, Length: len(bare)}
		if !strings.HasPrefix(bare, `"`) {
			c.Choices = names(bare)
		}
		return c
	}
	field, known := lookup(Fields(), name)
	if !known {
		return Completion{Typed: bare, Offset: begin, Length: len(bare)}
	}
	return completeValue(field, bare, begin)
}

// completeValue completes the last alternative behind a field's name.
func completeValue(field FieldInfo, word string, begin int) Completion {
	at := strings.IndexByte(word, ':') + 1
	operator := len(word) - at - len(strings.TrimLeft(word[at:], "<>="))
	at += operator
	separator := "|"
	if field.Name == Sort {
		separator = ","
	}
	at += strings.LastIndex(word[at:], separator) + 1
	if field.Name == Sort && strings.HasPrefix(word[at:], "-") {
		at++
	}
	typed := word[at:]
	c := Completion{Field: field.Name, Typed: strings.Trim(typed, `"`), Offset: begin + at, Length: len(typed)}
	for _, value := range field.Values {
		if hasPrefixFold(value, c.Typed) {
			c.Choices = append(c.Choices, value)
		}
	}
	if operator == 0 && c.Typed == "" && !allows(field, OpIs) {
		for _, op := range field.Operators {
			c.Choices = append(c.Choices, string(op))
		}
	}
	return c
}

// names are the fields that begin so, with the colon that follows.
func names(typed string) []string {
	var list []string
	for _, f := range Fields() {
		if !f.Bare && hasPrefixFold(string(f.Name), typed) {
			list = append(list, string(f.Name)+":")
		}
	}
	return list
}

func allows(field FieldInfo, op Op) bool {
	return slices.Contains(field.Operators, op)
}

// wordStart is where the word begins that ends the text; blanks inside quotes are part of it.
func wordStart(text string) int {
	start, quoted, escaped := 0, false, false
	for i, r := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && unicode.IsSpace(r):
			start = i + len(string(r))
		}
	}
	return start
}

// Apply puts a choice in the place of what is typed, and says where the cursor stands then. A value
// that would be read as something else is quoted.
func (c Completion) Apply(source, choice string) (text string, cursor int) {
	if c.Field != "" && needsQuotes(choice) && !isOperator(choice) {
		choice = quote(choice)
	}
	head := source[:c.Offset] + choice
	return head + source[c.Offset+c.Length:], len(head)
}

func isOperator(s string) bool { return s != "" && strings.Trim(s, "<>=") == "" }

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
