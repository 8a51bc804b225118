package storage

import (
	"context"
	"slices"
	"strconv"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// A list by priority that holds closed tickets has its order from no index: what is closed would have to be read as a whole to sort
// it. But there are few priorities, each of many tickets. So one priority is read after the other, by number, until the page is full.

// byPriority reports whether a query asks for such an order.
func byPriority(q query.Query) bool { return len(q.Sort) == 1 && q.Sort[0].Key == "priority" }

// levels reads one page of a list by priority.
func (s queries) levels(ctx context.Context, scope core.Scope, filter core.Filter, after string, limit int, deadline time.Time, h how) (core.Found, error) {
	descending := filter.Query.Sort[0].Descending
	list := prioritiesOf(filter.Query, descending)
	if after != "" {
		place, err := decodeCursor(after)
		if err != nil || len(place) != 2 {
			return core.Found{}, wrongCursor()
		}
		for len(list) > 0 && strconv.Itoa(list[0]) != place[0] {
			list = list[1:]
		}
		if after, err = encodeCursor(place[1:]); err != nil || len(list) == 0 {
			return core.Found{}, wrongCursor()
		}
	}
	in, some, err := s.reach(ctx, filter)
	if err != nil || !some {
		return core.Found{}, err
	}
	h.in = in
	var found core.Found
	for i, level := range list {
		one := filter
		one.Query.Sort = []query.SortKey{{Key: "number", Descending: descending}}
		one.Query.Terms = append(slices.Clone(filter.Query.Terms), query.Term{Field: query.Priority, Op: query.OpIs, Values: []query.Value{{Number: int64(level - 1)}}})
		part, err := s.page(ctx, scope, one, after, limit-len(found.Tickets), deadline, h)
		if err != nil || part.Stopped {
			return core.Found{Stopped: part.Stopped}, err
		}
		found.Tickets = append(found.Tickets, part.Tickets...)
		if len(found.Tickets) == limit && (part.Next != "" || i < len(list)-1) {
			last := found.Tickets[limit-1].ID
			found.Next, err = encodeCursor([]string{strconv.Itoa(level), strconv.FormatInt(int64(last), 10)})
			return found, err
		}
		after = ""
	}
	return found, nil
}

// prioritiesOf are the priorities that a query asks for, in order.
func prioritiesOf(q query.Query, descending bool) []int {
	var list []int
	for _, p := range core.Priorities() {
		level := int64(p)
		if !slices.ContainsFunc(q.Terms, func(t query.Term) bool {
			return t.Field == query.Priority && t.Negated == slices.ContainsFunc(t.Values, func(v query.Value) bool { return holds(t.Op, level, v.Number+1) })
		}) {
			list = append(list, int(level))
		}
	}
	slices.Sort(list)
	if descending {
		slices.Reverse(list)
	}
	return list
}

// holds compares as [compare] has it.
func holds(op query.Op, a, b int64) bool {
	switch op {
	case query.OpAbove:
		return a > b
	case query.OpAtLeast:
		return a >= b
	case query.OpBelow:
		return a < b
	case query.OpAtMost:
		return a <= b
	case query.OpIs, query.OpPhrase:
	}
	return a == b
}

// reach is between which numbers all lie that a filter can find, if there can be some; no span if nothing says where.
func (s queries) reach(ctx context.Context, filter core.Filter) (in span, some bool, err error) {
	m := match{queries: s, filter: filter}
	if from, to, _ := m.made(); from.IsZero() && to.IsZero() {
		return span{}, true, nil
	}
	newest, err := scalar[int64](ctx, s, newestTicket)
	if err != nil {
		return span{}, false, err
	}
	numbers, err := m.stretches(ctx, 0, newest/stretch)
	if err != nil || len(numbers) == 0 {
		return span{}, false, err
	}
	return span{from: numbers[len(numbers)-1] * stretch, below: (numbers[0] + 1) * stretch}, true, nil
}
