package storage

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// A stretch is so many tickets with numbers that follow each other. Wide ones are eight of them.
const (
	stretch = 16384
	wide    = 8
	narrow  = 2 // stretches that are as soon read whole as what is found in them
)

// span is a part of the tickets by number, and the words of the index that stand for it.
type span struct {
	from, below int64
	words       string
}

// stretches is in how many stretches a part lies.
func (s span) stretches() int64 { return (s.below-1)/stretch - s.from/stretch + 1 }

// spans cuts the tickets below a number into parts, newest first: at first two stretches, then wide ones. Where the days on
// which they were made are asked for, only the stretches that hold such tickets are looked at.
func (m *match) spans(ctx context.Context, from, below int64) ([]span, error) {
	if m.plan.tickets < rare {
		return []span{{from: from, below: below}}, nil
	}
	numbers, err := m.stretches(ctx, from/stretch, (below-1)/stretch)
	if err != nil {
		return nil, err
	}
	var list []span
	for len(numbers) > 0 {
		n := 1
		for n < len(numbers) && (n < narrow && len(list) == 0 || len(list) > 0 && numbers[n]/wide == numbers[0]/wide) {
			n++
		}
		list = append(list, span{
			from: max(from, numbers[n-1]*stretch), below: min(below, (numbers[0]+1)*stretch), words: marks(numbers[:n]),
		})
		numbers = numbers[n:]
	}
	return list, nil
}

// ahead joins the first of the parts with those behind it that are within reach, so that they are looked at by one statement.
func ahead(parts []span, reach int64) (joined span, rest []span) {
	n := 1
	for n < len(parts) && parts[0].below-parts[n].from <= reach {
		n++
	}
	words := make([]string, n)
	for i, part := range parts[:n] {
		words[i] = part.words
	}
	return span{from: parts[n-1].from, below: parts[0].below, words: strings.Join(words, ` | `)}, parts[n:]
}

// marks writes the words of some stretches: the one word of a wide stretch where all of it is meant.
func marks(numbers []int64) string {
	if len(numbers) == wide && numbers[0]-numbers[wide-1] == wide-1 && numbers[0]/wide == numbers[wide-1]/wide {
		return mark("##", numbers[0]/wide)
	}
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = mark("#", n)
	}
	return strings.Join(words, ` | `)
}

func mark(prefix string, n int64) string { return `'` + prefix + strconv.FormatInt(n, 10) + `'` }

// stretchesOf asks the index for each stretch by itself: numbers follow the days roughly, but nothing says that they must. Where the
// days follow from when a ticket last changed, those that changed before they were made, as other systems say, lie anywhere; there are
// few, and that is said so that the planner expects few.
const stretchesOf = `
	select n from generate_series($1::bigint, $2::bigint) n
	cross join lateral (
		select from tickets t where t.id / 16384 = n and t.created_at >= coalesce($3::timestamptz, '-infinity') and t.created_at < coalesce($4::timestamptz, 'infinity') limit 1) made
	union
	select t.id / 16384 from tickets t where $5 and (t.updated_at < t.created_at)::int = 1 and t.id / 16384 between $1 and $2
	order by n desc`

// stretches are the numbers of the stretches to look at between two, newest first.
func (m *match) stretches(ctx context.Context, first, last int64) ([]int64, error) {
	from, to, changed := m.made()
	if from.IsZero() && to.IsZero() {
		all := make([]int64, 0, last-first+1)
		for n := last; n >= first; n-- {
			all = append(all, n)
		}
		return all, nil
	}
	rows, err := m.q.Query(ctx, stretchesOf, first, last, moment(from), moment(to), changed)
	if err != nil {
		return nil, outage(err)
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return numbers, outage(err)
}

// made is between which two moments a match can have been made; zero if any time. What last changed by some day was made by then,
// too, but for what changed before it was made: changed reports whether that was counted on.
func (m *match) made() (from, to time.Time, changed bool) {
	for _, t := range m.filter.Query.Terms {
		if t.Negated {
			continue
		}
		var first, last time.Time
		switch t.Field {
		case query.Created:
			first, last = hull(t.Values, m.filter.Clock)
		case query.Age:
			first, last = aged(t, m.filter.Clock)
		case query.Updated:
			_, last = hull(t.Values, m.filter.Clock)
		case query.Idle:
			_, last = aged(t, m.filter.Clock)
		default:
			continue
		}
		changed = changed || t.Field == query.Updated || t.Field == query.Idle
		if first.After(from) {
			from = first
		}
		if !last.IsZero() && (to.IsZero() || last.Before(to)) {
			to = last
		}
	}
	return from, to, changed
}

// hull is from when until when days last that are alternatives, with all that lies between them.
func hull(alternatives []query.Value, clock core.Clock) (from, to time.Time) {
	for i, days := range alternatives {
		first, last := lasting(days, clock)
		if i == 0 || first.Before(from) {
			from = first
		}
		if i == 0 || last.IsZero() || !to.IsZero() && last.After(to) {
			to = last
		}
	}
	return from, to
}

// aged is between which moments something is as old as a term asks for.
func aged(t query.Term, clock core.Clock) (from, to time.Time) {
	then := clock.Now.Add(-t.Values[0].Duration)
	switch t.Op {
	case query.OpAbove, query.OpAtLeast:
		return time.Time{}, then.Add(time.Second)
	case query.OpBelow, query.OpAtMost:
		return then, time.Time{}
	case query.OpIs, query.OpPhrase:
	}
	return then, then.Add(time.Second)
}
