package storage

import (
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
	"helpdesk.campus/core/query"
)

// milestone finds tickets by what happened to them. What a query says of one thing that happened, it says of one and
// the same: "replied:2026-11 reply:>1d by:ines" is one reply. So the first of such terms asks for all of them.
func (f *filterSQL) milestone(scope core.Scope, filter core.Filter, t query.Term) string {
	if t.Field == query.By && !staffOnly(scope) {
		return `false`
	}
	var conditions strings.Builder
	conditions.WriteString(f.happened(filter, t))
	if !t.Negated {
		for _, other := range filter.Query.Terms {
			if (other.Offset != t.Offset || other.Field != t.Field) && !other.Negated && sameHappening(t.Field, other.Field) {
				conditions.WriteString(f.happened(filter, other))
			}
		}
	}
	these := `select m.ticket_id from milestones m where true` + conditions.String()
	if f.led && !t.Negated { // read as a whole before any ticket is
		return `t.id = any(array(` + these + `))`
	}
	return `t.id in (` + these + `)`
}

// happening is the kind of milestone that a field speaks of; "" for any.
func happening(field query.Field) string {
	switch field {
	case query.Answered:
		return "answered"
	case query.Replied, query.Reply:
		return "replied"
	case query.Ended, query.Finished, query.Closing:
		return "closed"
	case query.Reopened:
		return "reopened"
	default:
		return ""
	}
}

func isHappening(field query.Field) bool {
	return field == query.By || field == query.At || field == query.Office || happening(field) != ""
}

func sameHappening(a, b query.Field) bool {
	return isHappening(a) && isHappening(b) && (happening(a) == happening(b) || happening(a) == "" || happening(b) == "")
}

// happened are the conditions of one term on a milestone m.
func (f *filterSQL) happened(filter core.Filter, t query.Term) string {
	conditions := ``
	if kind := happening(t.Field); kind != "" {
		conditions = ` and m.kind = ` + f.arg(kind)
	}
	plain := t
	plain.Negated = false
	switch t.Field {
	case query.Finished, query.Closing: // only the first closing was waited for
		conditions += ` and m.waited_since is not null`
	default:
	}
	switch t.Field {
	case query.Reply, query.Closing:
		return conditions + ` and greatest(m.at - m.waited_since, interval '0') ` + compare(t.Op) + ` ` + f.arg(t.Values[0].Duration) + `::interval`
	case query.Office:
		return conditions + ` and m.waited_since is not null and ` + f.inOffice(filter.Office, `m.waited_since`, `m.at`) + compare(t.Op) + ` ` + f.arg(t.Values[0].Duration) + `::interval`
	case query.At:
		return conditions + ` and ` + f.clockOf(`hour`, `m.at`, filter.Clock, plain, 0)
	case query.By:
		return conditions + ` and ` + f.person(`m.user_id`, filter.Me, plain)
	default:
		return conditions + ` and ` + f.days(`m.at`, filter.Clock, plain)
	}
}

// inOffice is how long the office was open between two columns, as [calendar.Clock.Between] has it: each of them is looked up
// among the times at which the office opened.
func (f *filterSQL) inOffice(clock *calendar.Clock, since, until string) string {
	opens, closes, before := []time.Time{}, []time.Time{}, []time.Duration{}
	if clock != nil {
		clock.Parts(func(o, c time.Time, b time.Duration) {
			opens, closes, before = append(opens, o), append(closes, c), append(before, b)
		})
	}
	o, c, b := f.arg(opens)+`::timestamptz[]`, f.arg(closes)+`::timestamptz[]`, f.arg(before)+`::interval[]`
	read := func(column string) string {
		part := `[width_bucket(` + column + `, ` + o + `)]`
		return `coalesce((` + b + `)` + part + ` + (least(` + column + `, (` + c + `)` + part + `) - (` + o + `)` + part + `), interval '0')`
	}
	return `greatest(` + read(until) + ` - ` + read(since) + `, interval '0') `
}

// clockOf looks at what the campus's clock said at a time.
func (f *filterSQL) clockOf(part, column string, clock core.Clock, t query.Term, first int64) string {
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	numbers := make([]int32, len(t.Values))
	for i, v := range t.Values {
		numbers[i] = int32(v.Number + first)
	}
	return `extract(` + part + ` from ` + column + ` at time zone ` + f.arg(zone.String()) + `::text)::int = any(` + f.arg(numbers) + `::int[])`
}

// building is where a ticket counts: a room for its building, anything else for itself.
func (f *filterSQL) building(t query.Term) string {
	codes := f.arg(upperAll(texts(t)))
	return `coalesce(t.location_id in (
		select l.id from locations l left join locations b on b.id = l.parent_id
		where case l.kind when 'room' then b.code else l.code end = any(` + codes + `)), false)`
}

// repeat finds what came back: the same kind at the same place within some days after another that the reader may see.
func (f *filterSQL) repeat(scope core.Scope) string {
	if !staffOnly(scope) {
		return `false`
	}
	return `exists (select from tickets p where p.location_id = t.location_id and p.category_id = t.category_id
		and p.created_at >= t.created_at - ` + f.arg(core.ReturnDays*24*time.Hour) + `::interval
		and (p.created_at, p.id) < (t.created_at, t.id) and ` + f.within(scope, `p`) + `)`
}

func upperAll(list []string) []string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ToUpper(list[i])
	}
	return list
}
