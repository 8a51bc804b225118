package pages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// words are what the tickets of a desk hold, and who is there.
type words struct {
	common, rare, queues, people []string
	who                          []core.Actor
}

// look finds out what there is to look for.
func look(ctx context.Context, d *rig.Desk) (*words, error) {
	w := &words{}
	for sql, list := range map[string]*[]string{
		`select word from words order by tickets desc, word limit 20`: &w.common,
		`select substring(body from 'HD-[0-9]+') from (select body from messages order by id limit 2000) as old
			where body ~ 'HD-[0-9]+' limit 20`: &w.rare, // the fill puts one of 100,000 into every third message or so
		`select code from queues order by id`:                                  &w.queues,
		`select username from users where role = 'staff' order by id limit 10`: &w.people,
	} {
		var err error
		if *list, err = rig.Values[string](ctx, d, sql); err != nil {
			return nil, err //nolint:wrapcheck // says what it did
		}
	}
	for _, sql := range []string{
		`select id from users where role = 'admin' limit 1`,
		`select user_id from memberships group by user_id order by count(*) desc, user_id limit 1`,
	} {
		id, err := rig.Value[int64](ctx, d, sql)
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it did
		}
		w.who = append(w.who, core.Actor{Kind: core.ActorUser, User: core.UserID(id), Door: core.DoorSSH})
	}
	return w, nil
}

// measureSearch looks for words of every kind, lists without words, and counts the standard views.
func measureSearch(ctx context.Context, d *rig.Desk, note noter, times int) error {
	w, err := look(ctx, d)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name     string
		requests []string
	}{
		{"a common word", w.common},
		{"a rare word", w.rare},
		{"a rare word, newest first", around("", w.rare, " sort:-created")},
		{"a word that nothing has", []string{"zyzzyva", "qwxyzzy", "xylofonx", "4711081542"}},
		{"a misspelt word", misspelt(w.common)},
		{"two common words", pairs(w.common, w.common)},
		{"a common and a rare word", pairs(w.common, w.rare)},
		{"five common words", pairs(pairs(w.common, w.common), pairs(w.common[3:], w.common[5:]))},
		{"the first two letters", beginnings(w.common, 2)},
		{"the first four letters", beginnings(w.common, 4)},
		{"a common word, not closed", around("", w.common, " status:open|active")},
		{"a common word of last year", around("", w.common, fmt.Sprintf(" created:%d", time.Now().Year()-1))},
		{"a common word, by priority", around("", w.common, " status:open|active sort:-priority")},
		{"all that is open", []string{"status:open"}},
		{"all that is open, newest first", []string{"status:open sort:-created"}},
		{"all that is closed", []string{"status:closed"}},
		{"what is closed of a queue", around("queue:", w.queues, " status:closed")},
		{"somebody's own", around("assignee:", w.people, " status:open|active")},
	} {
		if err := w.find(ctx, d, note, c.name, c.requests, times); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return w.count(ctx, d, note, times)
}

// find runs one request after the other. Of what the desk has none, nothing is measured.
func (w *words) find(ctx context.Context, d *rig.Desk, note noter, name string, requests []string, times int) error {
	if len(requests) == 0 {
		return nil
	}
	var took figure.Times
	for n := -warm; n < times; n++ {
		q, err := query.Parse(requests[(n+warm)%len(requests)])
		if err != nil {
			return fmt.Errorf("read the query: %w", err)
		}
		began := time.Now()
		if _, err := d.Desk.Tickets(ctx, w.who[(n+warm)%len(w.who)], core.ListRequest{Query: q}); err != nil {
			return fmt.Errorf("find: %w", err)
		}
		if n >= 0 {
			took = append(took, time.Since(began))
		}
	}
	note(name, took)
	return nil
}

func (w *words) count(ctx context.Context, d *rig.Desk, note noter, times int) error {
	var took figure.Times
	for n := range times {
		who := w.who[n%len(w.who)]
		views, err := d.Views(ctx, who)
		if err != nil {
			return fmt.Errorf("read views: %w", err)
		}
		began := time.Now()
		if _, err := d.CountViews(ctx, who, views); err != nil {
			return fmt.Errorf("count views: %w", err)
		}
		took = append(took, time.Since(began))
	}
	note("counts of the standard views", took)
	return nil
}

// promiseSearch says how soon an answer must be there, whatever is looked for.
func (g *growth) promiseSearch() {
	var median, slowest float64
	for _, row := range g.Rows {
		median, slowest = max(median, g.value(row.Subject, false)), max(slowest, g.value(row.Subject, true))
	}
	g.AtMost("median of every kind at most 50 ms on the biggest desk", median, 50, " ms")
	g.AtMost("99 of 100 of every kind within 300 ms on the biggest desk", slowest, 300, " ms")
}

func pairs(a, b []string) []string {
	var list []string
	for i := range min(len(a), len(b)) {
		list = append(list, a[i]+" "+b[(i+7)%len(b)])
	}
	return list
}

func around(before string, words []string, behind string) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = before + w + behind
	}
	return list
}

func beginnings(words []string, letters int) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string([]rune(w)[:min(letters, len([]rune(w)))])
	}
	return list
}

func misspelt(words []string) []string {
	var list []string
	for _, w := range words {
		if len(w) > 4 && !strings.ContainsFunc(w, func(r rune) bool { return r > 127 }) {
			list = append(list, w[:2]+w[3:4]+w[2:3]+w[4:])
		}
	}
	return list
}
