package storage

import "context"

// Words that stand in many tickets are found sooner by looking at one ticket after the other, in the order of the list, than by
// reading from the index which tickets hold them: that is as good as all of a stretch, and a page is full after a few hundred. A
// sweep does so, for as long as it finds what it expects; what it has not come to is left to the index.

// density is how many of the tickets that were looked at hold the words. It begins with what is known of the words, which counts
// as much as some tickets do.
type density struct{ held, of float64 }

const knownCounts = 100

// density is how many tickets are believed to hold the words.
func (p *plan) density() density {
	return density{held: knownCounts * float64(p.sure) / float64(max(p.newest, 1)), of: knownCounts}
}

func (d density) part() float64 { return d.held / d.of }

// common reports whether so many tickets that hold the words are found sooner by a sweep than from the index, which gives all
// that hold them among a number of tickets.
func (d density) common(n int, among int64) bool {
	const look = 5 // matches that the index gives take about as long as one look at a ticket: in time two, in pages eight
	return d.part()*d.part()*float64(among) > float64(n)*look
}

// looked is a ticket that was looked at.
type looked struct {
	ID   int64
	Rank *float32 // nil if it does not hold the words
}

// sweep finds the n newest matches of a part by looking at its tickets, newest first, and says which part of it is left because
// the words are not common there. It looks at about as many at once as should be enough.
func (m *match) sweep(ctx context.Context, in span, n int) (hits []hit, left span, err error) {
	among := in.stretches() * stretch
	for in.from < in.below && len(hits) < n && m.density.common(n-len(hits), among) && !m.stopped {
		most := int(float64(n-len(hits))/m.density.part()*1.1) + 10
		list, err := m.lookAt(ctx, in, most)
		if err != nil {
			return nil, in, err
		}
		for _, l := range list {
			if l.Rank != nil {
				hits = append(hits, hit{l.ID, *l.Rank})
				m.density.held++
			}
		}
		m.density.of += float64(len(list))
		if in.below = in.from; len(list) == most {
			in.below = list[most-1].ID
		}
	}
	return hits[:min(n, len(hits))], in, nil
}

// lookAt looks at the newest tickets of a part that are all else a query asks for, whether they hold the words.
func (m *match) lookAt(ctx context.Context, in span, most int) ([]looked, error) {
	f := newSearchSQL(m.scope, m.filter)
	f.add(`t.id >= ` + f.arg(in.from) + ` and t.id < ` + f.arg(in.below))
	words := f.arg(m.plan.query) + `::tsquery`
	sql := `
		select t.id, words.rank
		from (select t.id from tickets t where ` + f.where() + ` order by t.id desc limit ` + f.arg(most) + `) t
		left join lateral (
			select case when doc @@ ` + words + ` then ts_rank(doc, ` + words + `, 1) end as rank
			from (select ` + ticketWords + ` as doc from ticket_search s where s.ticket_id = t.id offset 0) said
		) words on true
		order by t.id desc`
	list, stopped, err := within[looked](ctx, m.queries, m.deadline, sql, f.args...)
	m.stopped = m.stopped || stopped
	return list, err
}
