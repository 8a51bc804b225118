package storage

import (
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// status is a condition on the status. Where an index is of what is closed, or of what is not, the statement's own text says first
// that only that is asked for, so that the index can serve it. The rest is said in a way the planner takes for half of it: it would
// multiply what is rare by what is rare, expect next to none, and read whole queues to sort them.
func (f *filterSQL) status(t query.Term) string {
	asked := make(map[string]bool)
	for _, v := range t.Values {
		asked[v.Text] = true
	}
	if t.Negated {
		if asked["closed"] {
			f.add(`t.status <> 'closed'`)
			f.onlyOpen = true
			return `coalesce(t.status = any(` + f.arg(texts(t)) + `), false)`
		}
		return `t.status = any(` + f.arg(texts(t)) + `)`
	}
	switch {
	case !asked["closed"]:
		f.onlyOpen = true
		if asked["open"] && asked["active"] {
			return `t.status <> 'closed'`
		}
		return `t.status <> 'closed' and coalesce(t.status = any(` + f.arg(texts(t)) + `), false)`
	case len(asked) == 1:
		f.onlyClosed = true
		return `t.status = 'closed'`
	}
	return `t.status = any(` + f.arg(texts(t)) + `)`
}

// category takes in, with a star, all codes that begin so and everything below them in the tree.
func (f *filterSQL) category(t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		code := strings.ToLower(v.Text)
		if !v.Prefix {
			parts[i] = `t.category_id in (select id from categories where code = ` + f.arg(code) + `)`
			continue
		}
		parts[i] = `t.category_id in (
			with recursive below as (
				select id from categories where starts_with(code, ` + f.arg(code) + `)
				union
				select c.id from categories c join below b on c.parent_id = b.id
			) select id from below)`
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}

func (f *filterSQL) location(t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		if v.Text == query.None && !v.Prefix {
			parts[i] = `t.location_id is null`
			continue
		}
		code := f.arg(strings.ToUpper(v.Text))
		match := `code = ` + code
		if v.Prefix {
			match = `starts_with(code, ` + code + `)`
		}
		parts[i] = `t.location_id in (select id from locations where ` + match + `)`
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

func (f *filterSQL) priority(t query.Term) string {
	if t.Op == query.OpIs {
		numbers := make([]int16, len(t.Values))
		for i, v := range t.Values {
			numbers[i] = int16(v.Number + 1)
		}
		return `t.priority = any(` + f.arg(numbers) + `)`
	}
	return `t.priority ` + compare(t.Op) + ` ` + f.arg(t.Values[0].Number+1)
}

// compare gives an operator its SQL; there are no others.
func compare(op query.Op) string {
	switch op {
	case query.OpAbove:
		return `>`
	case query.OpAtLeast:
		return `>=`
	case query.OpBelow:
		return `<`
	case query.OpAtMost:
		return `<=`
	case query.OpIs, query.OpPhrase:
	}
	return `=`
}

func (f *filterSQL) waiting(t query.Term) string {
	names := texts(t)
	for i, name := range names {
		if name == query.None {
			names[i] = ""
		}
	}
	return `t.waiting_on = any(` + f.arg(names) + `)`
}

func (f *filterSQL) number(t query.Term) string {
	numbers := make([]int64, len(t.Values))
	for i, v := range t.Values {
		numbers[i] = v.Number
	}
	return `t.id = any(` + f.arg(numbers) + `)`
}

// is looks at the marks of a ticket.
func (f *filterSQL) is(scope core.Scope, clock core.Clock, t query.Term) string {
	parts := make([]string, len(t.Values))
	for i, v := range t.Values {
		switch v.Text {
		case "confidential":
			parts[i] = `t.confidential`
		case "public":
			parts[i] = `t.public`
		case "merged":
			parts[i] = `t.merged_into is not null`
		case "anonymous":
			parts[i] = `t.anonymous`
		case "repeat":
			parts[i] = f.repeat(scope)
		case "snoozed":
			parts[i] = `coalesce(t.snoozed_until > ` + f.arg(clock.Now) + `, false)`
		default:
			parts[i] = `false`
		}
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}
