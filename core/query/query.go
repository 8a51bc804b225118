// Package query reads the language in which people search for tickets.
//
//	status:open|active category:it.network* priority:>=high idle:>1d "no signal" -tag:duplicate sort:-priority
//
// A query is a row of terms, all of which must hold. A term names a field and
// one or more alternatives, or is a word to look for; "-" in front turns it
// round. [Parse] makes a tree in which each term and value knows its place in
// the source, so that an error can be underlined and a completion offered. The
// tree says what was asked and nothing about how to find it: whether a queue
// exists and when a day begins on campus is decided by whoever runs the query.
//
// The language is one table, [Fields]. Parser, errors and help are made from it.
package query

import (
	"strings"
	"time"
	"unicode"
)

// Limits of one query. They keep a search that anybody may send cheap to read.
const (
	MaxBytes = 2000
	MaxTerms = 50
)

// Query is a parsed search. Its zero value finds everything.
type Query struct {
	Terms  []Term
	Sort   []SortKey // first key first; empty for the default order
	Source string    // the text as typed
}

// Term is one condition.
type Term struct {
	Field   Field
	Op      Op
	Values  []Value // alternatives, at least one; exactly one if Op compares
	Negated bool
	Offset  int // where the term begins in the source, in bytes, its "-" included
	Length  int // in bytes
}

// Value is one alternative of a term. Which parts of it count depends on the field.
type Value struct {
	Text     string        // the word, name or code; for fields with fixed values their spelling
	Prefix   bool          // a code that stands for all codes that begin with it (typed with a final "*")
	Number   int64         // the ticket number; for fields with fixed values the place in their order, from 0
	Duration time.Duration // of age, idle, response, duration, reply, closing and office; a day is 24 hours
	From, To Date          // the days asked for, both included; a zero Date leaves that side open
	Offset   int           // where the value begins in the source, in bytes
	Length   int           // in bytes
}

// Names that stand for a person in assignee, reporter and follower.
const (
	Me   = "me"   // whoever asks
	None = "none" // nobody
)

// Unseen stands in mentions for those that one has not opened yet.
const Unseen = "unseen"

// SortKey is one key of the order in which tickets are listed.
type SortKey struct {
	Key        string
	Descending bool
	Offset     int // where it begins in the source, in bytes
	Length     int // in bytes
}

// Op is how a term compares.
type Op string

// The operators, spelled as they are typed.
const (
	OpIs      Op = ""   // one of the alternatives
	OpAbove   Op = ">"  // more than
	OpAtLeast Op = ">=" // as much or more
	OpBelow   Op = "<"  // less than
	OpAtMost  Op = "<=" // as much or less
	OpPhrase  Op = `"`  // these exact words in this order (text only)
)

// String returns the query in its canonical form: parsing it gives the same
// query again, whatever spaces, spelling of names or units were typed.
func (q Query) String() string {
	parts := make([]string, 0, len(q.Terms)+len(q.Sort))
	for _, t := range q.Terms {
		parts = append(parts, t.String())
	}
	for _, k := range q.Sort {
		parts = append(parts, k.String())
	}
	return strings.Join(parts, " ")
}

// String returns the key as it is typed.
func (k SortKey) String() string {
	if k.Descending {
		return "sort:-" + k.Key
	}
	return "sort:" + k.Key
}

// String returns the term in its canonical form.
func (t Term) String() string {
	var out strings.Builder
	if t.Negated {
		out.WriteByte('-')
	}
	switch {
	case t.Field == Text && t.Op == OpPhrase:
		out.WriteString(quote(t.Values[0].Text))
		return out.String()
	case t.Field == Text:
		out.WriteString(t.Values[0].Text)
		return out.String()
	case t.Field == Number && len(t.Values) == 1:
		out.WriteString("#" + t.Values[0].Text)
		return out.String()
	}
	out.WriteString(string(t.Field) + ":" + string(t.Op))
	for i, v := range t.Values {
		if i > 0 {
			out.WriteByte('|')
		}
		out.WriteString(v.String())
	}
	return out.String()
}

// String returns the value as it is typed, in quotes where it needs them.
func (v Value) String() string {
	text := v.Text
	if needsQuotes(text) {
		text = quote(text)
	}
	if v.Prefix {
		text += "*"
	}
	return text
}

// needsQuotes reports whether a value would be read as something else if bare.
func needsQuotes(s string) bool {
	return s == "" || strings.ContainsRune(`"<>`, rune(s[0])) || strings.ContainsAny(s, "*|") ||
		strings.ContainsFunc(s, unicode.IsSpace)
}

// quote puts s in quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
