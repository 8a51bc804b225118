package storage

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// plan is what the words of a query come to: what to ask the index for, and how much it will give.
type plan struct {
	query   string // as PostgreSQL reads it; "" if there is no word that says anything
	tickets int    // roughly how many hold the rarest of the words
	sure    int    // the same, but 0 if of one of the words nobody knows
	newest  int64  // number of the newest ticket
}

// beginnings is how many words that begin like one that is typed are looked for: the commonest.
const beginnings = 32

// longest is how many letters a word may have that is looked for as others write it.
const longest = 24

// forms are the other ways in which people write a word, for to_tsquery: "wifi" with a hyphen between any two of its letters, "wi-fi"
// without. The index holds what has a hyphen as a word of its own too; ways that nobody writes are not in it, and cost next to nothing.
// There are none, which is "", of a phrase, which is looked for as it stands, and of what is not letters alone.
func forms(t query.Term) string {
	word := t.Values[0].Text
	joined := []rune(strings.ReplaceAll(word, "-", ""))
	other := func(r rune) bool { return !unicode.IsLetter(r) }
	if t.Op == query.OpPhrase || len(joined) < 3 || len(joined) > longest || slices.ContainsFunc(joined, other) {
		return ""
	}
	if strings.Contains(word, "-") {
		return string(joined)
	}
	ways := make([]string, 0, len(joined))
	for i := range joined[1:] {
		ways = append(ways, string(joined[:i+1])+"-"+string(joined[i+1:]))
	}
	return strings.Join(ways, " | ")
}

type wordRow struct {
	N       int
	Exact   string   // as a query, by stems
	Forms   []string // its lexemes where it is written otherwise
	Written []string // those of them that are known to be written
	Nodes   int      // how many words that is; 0 for words that say nothing, such as "the"
	Lexemes []string // of the commonest words that begin so
	Known   int      // tickets with the word itself, roughly
	Others  int      // tickets with its other forms
	Begun   int      // tickets with words that begin so
	Words   int      // how many such words there are
}

// planWords looks words up among those that exist: how common they are, and which begin so, since people search while they type.
const (
	planWords = `
		select w.n, w.asked::text as exact, numnode(w.asked) as nodes, coalesce(b.lexemes, '{}') as lexemes,
		       coalesce(o.forms, '{}') as forms, coalesce(o.written, '{}') as written, coalesce(o.tickets, 0)::int as others,
		       coalesce((select sum(k.tickets) from words k where k.lexeme = any(tsvector_to_array(to_tsvector('english', w.word)))), 0)::int as known,
		       coalesce(b.tickets, 0)::int as begun, coalesce(b.words, 0)::int as words
		from (
			select n, word, forms, case when phrase then phraseto_tsquery('english', word) else plainto_tsquery('english', word) end as asked
			from unnest($1::text[], $2::boolean[], $3::text[]) with ordinality as typed (word, phrase, forms, n)
		) w
		left join lateral (
			select array_agg(lexeme) as forms, array_agg(lexeme) filter (where k.tickets > 0) as written, sum(k.tickets) as tickets
			from string_to_table(w.forms, ' | ') form cross join unnest(ts_lexize('english_stem', form)) as stems (lexeme)
			cross join lateral (select sum(k.tickets) as tickets from words k where k.lexeme = stems.lexeme) k
		) o on true
		left join lateral (
			select array_agg(distinct lexeme) as lexemes, sum(tickets) as tickets, count(*) as words
			from (
				select lexeme, tickets from words
				where word >= lower(w.word) and word < lower(w.word) || U&'\+10FFFF' and length(w.word) > 1
				order by tickets desc limit 32) commonest
		) b on true
		order by w.n`
	newestTicket = `select coalesce(max(id), 0) from tickets`
)

// planFor looks the words of a query up.
func (s queries) planFor(ctx context.Context, q query.Query) (*plan, error) {
	var terms []query.Term
	var words, others []string
	var phrases []bool
	for _, t := range q.Terms {
		if t.Field == query.Text {
			terms, words, phrases = append(terms, t), append(words, t.Values[0].Text), append(phrases, t.Op == query.OpPhrase)
			others = append(others, forms(t))
		}
	}
	var batch pgx.Batch
	batch.Queue(planWords, words, phrases, others)
	batch.Queue(newestTicket)
	results := s.q.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, outage(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[wordRow])
	if err != nil {
		return nil, outage(err)
	}
	var p plan
	if err := results.QueryRow().Scan(&p.newest); err != nil {
		return nil, outage(err)
	}
	p.tickets, p.sure = int(p.newest), int(p.newest)
	var parts []string
	for i, w := range found {
		if w.Nodes == 0 {
			continue
		}
		if terms[i].Negated {
			parts = append(parts, `!(`+strings.Join(w.itself(w.Forms), ` | `)+`)`)
			continue
		}
		part, tickets := w.term(phrases[i])
		parts = append(parts, part)
		if tickets > 0 {
			p.tickets = min(p.tickets, tickets)
		}
		p.sure = min(p.sure, tickets)
	}
	p.query = strings.Join(parts, ` & `)
	return &p, nil
}

// itself is a word and other forms of it.
func (w *wordRow) itself(forms []string) []string {
	parts := []string{`(` + w.Exact + `)`}
	for _, lexeme := range forms {
		parts = append(parts, quoteLexeme(lexeme))
	}
	return parts
}

// term writes one word, with its other forms and those that begin so, and estimates how many tickets hold one of them; 0 if nobody
// knows. Where that is few, the index itself is asked for the beginning and for every form, which also finds what has not been learnt
// yet. Where it is many, each form would be looked for in ticket after ticket: then those that nobody is known to write are left out.
func (w *wordRow) term(phrase bool) (asked string, tickets int) {
	if phrase || w.Nodes > 1 {
		return `(` + strings.Join(w.itself(w.Forms), ` | `) + `)`, 0
	}
	tickets = max(w.Known, w.Begun) + w.Others
	parts := w.itself(w.Written)
	if tickets < rare {
		parts = w.itself(w.Forms)
		if w.Words < beginnings {
			parts = append(parts, w.Exact+`:*`)
		}
	}
	for _, lexeme := range w.Lexemes {
		if quoted := quoteLexeme(lexeme); quoted != w.Exact && !slices.Contains(parts, quoted) {
			parts = append(parts, quoted)
		}
	}
	return `(` + strings.Join(parts, ` | `) + `)`, tickets
}

// hasWords reports whether a query looks for a word.
func hasWords(q query.Query) bool {
	return slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == query.Text && !t.Negated })
}

// words looks a word up by its stem, by its beginning and in its other forms, and a phrase word for word. Internal words, people and
// places are looked at only where all that is listed is staff's own. Ranked searches ask the index first instead: see match.
func (f *filterSQL) words(scope core.Scope, t query.Term) string {
	word := f.arg(t.Values[0].Text)
	search := `phraseto_tsquery('english', ` + word + `)`
	if t.Op != query.OpPhrase {
		search = `(plainto_tsquery('english', ` + word + `)::text || ':*')::tsquery`
	}
	if others := forms(t); others != "" {
		search = `(` + search + ` || to_tsquery('english', ` + f.arg(others) + `))`
	}
	found := `exists (select from ticket_search s where s.ticket_id = t.id and s.public_doc @@ ` + search + `)`
	switch {
	case staffOnly(scope) && f.sweep:
		found = `coalesce((select (` + ticketWords + `) @@ (select ` + search + `) from ticket_search s where s.ticket_id = t.id), false)`
	case staffOnly(scope):
		found = `t.id in (select s.ticket_id from ticket_search s where ` + staffDoc + ` @@ ` + search + `)`
	}
	return `case when numnode(plainto_tsquery('english', ` + word + `)) = 0 then true else ` + found + ` end`
}

type nearRow struct {
	Word    string
	Tickets int
}

// nearWords finds words that are left with the same letters when one is taken from either, without those that looking for the
// word itself finds: its other forms, and what begins with it.
const nearWords = `
	select word, tickets from words
	where slips && $2::text[]
	  and lexeme <> all(tsvector_to_array(to_tsvector('english', $1)))
	  and not starts_with(word, lower($1))
	order by tickets desc limit 40`

// NearWords implements core.
func (s queries) NearWords(ctx context.Context, words []string) ([][]core.KnownWord, error) {
	var batch pgx.Batch
	for _, w := range words {
		batch.Queue(nearWords, w, slips(strings.ToLower(w)))
	}
	results := s.q.SendBatch(ctx, &batch)
	defer func() { _ = results.Close() }()
	near := make([][]core.KnownWord, len(words))
	for i := range words {
		rows, err := results.Query()
		if err != nil {
			return nil, outage(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[nearRow])
		if err != nil {
			return nil, outage(err)
		}
		for _, r := range found {
			near[i] = append(near[i], core.KnownWord(r))
		}
	}
	return near, nil
}

// slips are a word and what is left of it without any one letter.
func slips(word string) []string {
	letters := []rune(word)
	list := []string{word}
	for i := range letters {
		list = append(list, string(letters[:i])+string(letters[i+1:]))
	}
	return list
}

// learnWords reads the words of some tickets that are due, newest first. Reading them in one order keeps two who learn at once
// out of each other's way. What has a hyphen is known as another form of what has none, and is not what somebody misspelt.
const (
	learnWords = `
		with due as (
			delete from words_due where ticket_id in (
				select ticket_id from words_due order by ticket_id desc limit $1 for update skip locked)
			returning ticket_id
		), said as (
			select left(t.title || ' ' || coalesce(l.name, '') || ' ' || coalesce(u.name, '') || ' ' || coalesce(
				(select string_agg(body, ' ') from messages where ticket_id = t.id and visibility = 'public'), ''), 200000) as body
			from due join tickets t on t.id = due.ticket_id
			left join locations l on l.id = t.location_id
			left join users u on u.id = t.reporter_id
			where not t.confidential
		), counted as (
			select w.lexeme as word, count(*) as tickets
			from said cross join lateral unnest(to_tsvector('simple', body)) w
			where w.lexeme ~ '^[[:alpha:]]+(-[[:alpha:]]+)?$' and length(replace(w.lexeme, '-', '')) between 3 and 24
			group by 1
		), learnt as (
			insert into words as k (word, lexeme, tickets, slips, seen_at)
			select word, stems[1], tickets, case when word not like '%-%'
			       then array(select left(word, i - 1) || substr(word, i + 1) from generate_series(1, length(word)) i) || word else '{}' end, $2
			from counted cross join ts_lexize('english_stem', word) stems where cardinality(stems) > 0
			order by word
			on conflict (word) do update set tickets = k.tickets + excluded.tickets, seen_at = excluded.seen_at
		)
		select count(*) from due`
	forgetWords = `delete from words where tickets = 1 and seen_at < $1`
)

// LearnWords implements core.
func (s queries) LearnWords(ctx context.Context, now time.Time, most int) (int, error) {
	return scalar[int](ctx, s, learnWords, most, now)
}

// ForgetWords implements core.
func (s queries) ForgetWords(ctx context.Context, before time.Time) error {
	return s.exec(ctx, forgetWords, before)
}
