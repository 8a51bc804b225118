package query

import (
	"slices"
	"unicode/utf8"
)

// Only refuses a query that asks by anything but these fields, or sorts by anything but these keys: where, and as
// if the language had no others.
func (q Query) Only(fields []Field, sorts []string) error {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(f)
	}
	for _, t := range q.Terms {
		if !slices.Contains(fields, t.Field) {
			begin := t.Offset
			if t.Negated {
				begin++
			}
			return q.outside(&Error{
				Code: CodeUnknownField, Offset: begin, Length: len(t.Field), Args: args{"value": string(t.Field)},
				Want: slices.DeleteFunc(names, func(name string) bool { return name == string(Text) }),
			})
		}
	}
	for _, k := range q.Sort {
		if !slices.Contains(sorts, k.Key) {
			return q.outside(&Error{
				Code: CodeUnknownValue, Field: Sort, Offset: k.Offset, Length: k.Length,
				Args: args{"value": k.Key, "field": string(Sort), "noun": "way to sort"}, Want: sorts,
			})
		}
	}
	return nil
}

// outside says where an error begins for a person, as far as the query knows its source.
func (q Query) outside(e *Error) error {
	e.Offset = min(e.Offset, len(q.Source))
	e.Length = min(e.Length, len(q.Source)-e.Offset)
	e.Character = 1 + utf8.RuneCountInString(q.Source[:e.Offset])
	return e
}

// Only leaves of what could stand there what asks by these fields, or sorts by these keys.
func (c Completion) Only(fields []Field, sorts []string) Completion {
	c.Choices = slices.DeleteFunc(slices.Clone(c.Choices), func(choice string) bool {
		switch c.Field {
		case "":
			return !slices.Contains(fields, Field(choice[:len(choice)-1])) && choice != string(Sort)+":"
		case Sort:
			return !slices.Contains(sorts, choice)
		}
		return !slices.Contains(fields, c.Field)
	})
	return c
}
