package storage

import (
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// mentions finds where somebody is named. Words of staff name them, so that others find nothing by it.
func (f *filterSQL) mentions(scope core.Scope, me core.UserID, t query.Term) string {
	if !staffOnly(scope) {
		return `false`
	}
	mine := `select ticket_id from mentions where user_id = ` + f.arg(int64(me))
	if slices.ContainsFunc(t.Values, func(v query.Value) bool { return v.Text == query.Me }) {
		return `t.id in (` + mine + `)`
	}
	return `t.id in (` + mine + ` and seen_at is null)`
}

// ofOne reports whether a term asks for what one person works on.
func ofOne(t query.Term) bool {
	return t.Field == query.Assignee && !t.Negated && len(t.Values) == 1 && t.Values[0].Text != query.None
}

// ofNobody reports whether a term asks for what nobody works on.
func ofNobody(t query.Term) bool {
	return t.Field == query.Assignee && !t.Negated && len(t.Values) == 1 && t.Values[0].Text == query.None
}

func (f *filterSQL) person(column string, me core.UserID, t query.Term) string {
	var parts, names []string
	for _, v := range t.Values {
		switch v.Text {
		case query.Me:
			parts = append(parts, column+` = `+f.arg(int64(me)))
		case query.None:
			if f.bare && ofNobody(t) {
				return column + ` is null` // as tickets_assignee_closed has it
			}
			parts = append(parts, `coalesce(`+column+` is null, false)`) // said so that what nobody has is counted in tickets_load, and not ticket by ticket
		default:
			names = append(names, v.Text)
		}
	}
	if len(t.Values) == 1 && len(names) == 1 { // one number, so that an index serves it in order
		return negatable(column+` = (select id from users where lower(username) = `+f.arg(lowerAll(names)[0])+`)`, t)
	}
	if len(names) > 0 {
		parts = append(parts, column+` in (select id from users where lower(username) = any(`+f.arg(lowerAll(names))+`))`)
	}
	return negatable(`(`+strings.Join(parts, ` or `)+`)`, t)
}

// follower looks among those who follow a ticket; to have the same trouble is not to follow it. Only staff may know who does; others find themselves.
func (f *filterSQL) follower(scope core.Scope, me core.UserID, t query.Term) string {
	follows := `exists (select from followers w where w.ticket_id = t.id and w.watching and w.user_id `
	var parts, names []string
	for _, v := range t.Values {
		switch v.Text {
		case query.Me:
			parts = append(parts, follows+`= `+f.arg(int64(me))+`)`)
		case query.None:
			if staffOnly(scope) {
				parts = append(parts, `not exists (select from followers w where w.ticket_id = t.id and w.watching)`)
			}
		default:
			names = append(names, v.Text)
		}
	}
	if len(names) > 0 && staffOnly(scope) {
		parts = append(parts, follows+`in (select id from users where lower(username) = any(`+f.arg(lowerAll(names))+`)))`)
	}
	if len(parts) == 0 {
		return `false`
	}
	return `(` + strings.Join(parts, ` or `) + `)`
}
