package fill

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgxpool"

	"helpdesk.campus/core"
)

// lexicon is in how many tickets each word occurs, as a desk has learned it that has been at work for long.
type lexicon map[string]int

// add counts the words of a ticket, each once.
func (v lexicon) add(s *story) {
	if s.t.Confidential {
		return
	}
	seen := map[string]bool{}
	one := func(word string) {
		if word = strings.ToLower(word); !seen[word] {
			seen[word] = true
			v[word]++
		}
	}
	count := func(text string) {
		for joined := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			parts := strings.Split(joined, "-")
			for _, word := range parts {
				one(word)
			}
			number := slices.IndexFunc(parts, func(part string) bool { return part != "" && unicode.IsDigit(rune(part[0])) }) // stands by itself: "RES-A-12"
			if number >= 0 {
				parts = parts[:number]
			}
			one(strings.Join(parts, "-"))
		}
	}
	count(s.t.Title)
	count(s.t.Location.Name)
	count(s.t.Reporter.Name)
	for i := range s.messages {
		if m := &s.messages[i]; m.Visibility == core.PublicMessage {
			count(m.Body)
		}
	}
}

// learned writes words as storage does that learns them.
const learned = `
	insert into words (word, lexeme, tickets, slips, seen_at)
	select word, stems[1], tickets, case when word not like '%-%'
	       then array(select left(word, i - 1) || substr(word, i + 1) from generate_series(1, length(word)) i) || word else '{}' end, now()
	from unnest($1::text[], $2::int[]) counted (word, tickets) cross join ts_lexize('english_stem', word) stems
	where word ~ '^[[:alpha:]]+(-[[:alpha:]]+)?$' and length(replace(word, '-', '')) between 3 and 24 and cardinality(stems) > 0
	order by word`

func (v lexicon) write(ctx context.Context, pool *pgxpool.Pool) error {
	words, tickets := make([]string, 0, len(v)), make([]int, 0, len(v))
	for word, n := range v {
		words, tickets = append(words, word), append(tickets, n)
	}
	if _, err := pool.Exec(ctx, learned, words, tickets); err != nil {
		return fmt.Errorf("write the words: %w", err)
	}
	return nil
}
