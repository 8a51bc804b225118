package core

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"helpdesk.campus/core/query"
)

// How long a list may be looked for: with words, for somebody may be typing them, and without.
const (
	searchPatience = 300 * time.Millisecond
	listPatience   = 2 * time.Second
)

// maxRespellings is how many words that are near are tried.
const maxRespellings = 3

type searchStore interface {
	// NearWords finds, for each word, others that tickets hold and that are spelled nearly so; the
	// commonest first.
	NearWords(ctx context.Context, words []string) ([][]KnownWord, error)
	// LearnWords reads the words of some tickets that have changed, and says how many those were.
	LearnWords(ctx context.Context, now time.Time, most int) (int, error)
	// ForgetWords drops words that only one ticket had, and that a time ago.
	ForgetWords(ctx context.Context, before time.Time) error
}

// KnownWord is a word that tickets hold.
type KnownWord struct {
	Word    string
	Tickets int // roughly
}

// Respelling is a word that was looked for in place of one that nothing has.
type Respelling struct {
	Typed string `json:"typed"`
	Word  string `json:"word"`
}

// search reads one page. A page after the first goes on with the words that the first was respelled to.
func (d *Desk) search(ctx context.Context, p *principal, req ListRequest) (Page, error) {
	respelled, after, err := splitCursor(req.After)
	if err != nil {
		return Page{}, err
	}
	page, err := d.lookFor(ctx, p, req, respell(req.Query, respelled), after)
	if err != nil || req.After != "" || len(page.Tickets) > 0 || page.Stopped > 0 {
		page.Respelled = respelled
		page.Next = joinCursor(respelled, page.Next)
		return page, err
	}
	attempts, err := d.respellings(ctx, p, req)
	if err != nil {
		return Page{}, err
	}
	for _, attempt := range attempts {
		other, err := d.lookFor(ctx, p, req, respell(req.Query, attempt), "")
		if err != nil {
			return Page{}, err
		}
		if len(other.Tickets) > 0 { // what finds nothing is not said: it may stand where the actor may not read
			other.Respelled, other.Next = attempt, joinCursor(attempt, other.Next)
			return other, nil
		}
	}
	return page, nil
}

func (d *Desk) lookFor(ctx context.Context, p *principal, req ListRequest, q query.Query, after string) (Page, error) {
	filter, err := d.filter(ctx, p, q)
	if err != nil {
		return Page{}, err
	}
	filter.Mine, filter.Patience = req.Mine, listPatience
	if slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == query.Text }) {
		filter.Patience = searchPatience
	}
	found, err := d.store.Tickets(ctx, listScope(p, req.Mine), filter, after, req.Limit)
	if err != nil {
		return Page{}, err
	}
	page := Page{Tickets: found.Tickets, Next: found.Next, Ranked: found.Ranked}
	if found.Stopped {
		page.Stopped = filter.Patience
	}
	return page, nil
}

// respellings are what might have been meant by the words of a query that nothing has, best first. A word is right if
// something has it that the actor may see: what others have says nothing, or leaving a word as it is would tell that it
// stands where the actor may not read.
func (d *Desk) respellings(ctx context.Context, p *principal, req ListRequest) ([][]Respelling, error) {
	const longest = 24
	var words []string
	for _, t := range req.Query.Terms {
		if word := t.Values[0].Text; t.Field == query.Text && t.Op == query.OpIs && !t.Negated && utf8.RuneCountInString(word) <= longest {
			words = append(words, word)
		}
	}
	if len(words) == 0 || len(words) > maxPage/10 {
		return nil, nil
	}
	near, err := d.store.NearWords(ctx, words)
	if err != nil {
		return nil, fmt.Errorf("look for words that are near: %w", err)
	}
	var attempts [][]Respelling
	for i, word := range words {
		others := nearest(word, near[i])
		if len(others) == 0 {
			continue
		}
		alone := ListRequest{Mine: req.Mine, Limit: 1}
		itself, err := d.lookFor(ctx, p, alone, wordAlone(word), "")
		if err != nil {
			return nil, err
		}
		if len(itself.Tickets) > 0 || itself.Stopped > 0 {
			continue
		}
		for n, known := range others {
			if n == len(attempts) {
				attempts = append(attempts, nil)
			}
			attempts[n] = append(attempts[n], Respelling{Typed: word, Word: known})
		}
	}
	return attempts, nil
}

// wordAlone is a query for one word and nothing else.
func wordAlone(word string) query.Query {
	return query.Query{Terms: []query.Term{{Field: query.Text, Values: []query.Value{{Text: word}}}}}
}

// nearest puts the words that differ least first, and of those the commonest.
func nearest(typed string, known []KnownWord) []string {
	written := spell(strings.ToLower(typed))
	far := func(k KnownWord) int { return written.slips(spell(k.Word)) }
	known = slices.DeleteFunc(known, func(k KnownWord) bool { return far(k) == noSlip })
	slices.SortStableFunc(known, func(a, b KnownWord) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(b.Tickets, a.Tickets))
	})
	var words []string
	for _, k := range known[:min(len(known), maxRespellings)] {
		words = append(words, k.Word)
	}
	return words
}

// respell puts other words in the place of some that were typed.
func respell(q query.Query, respellings []Respelling) query.Query {
	if len(respellings) == 0 {
		return q
	}
	q.Terms = slices.Clone(q.Terms)
	for i, t := range q.Terms {
		at := slices.IndexFunc(respellings, func(c Respelling) bool { return t.Field == query.Text && t.Values[0].Text == c.Typed })
		if at < 0 || t.Op != query.OpIs {
			continue
		}
		value := t.Values[0]
		value.Text = respellings[at].Word
		q.Terms[i].Values = []query.Value{value}
	}
	return q
}

// A cursor of a respelled list holds what was respelled, in front of a dot, which no cursor has.
func joinCursor(respelled []Respelling, next string) string {
	if len(respelled) == 0 || next == "" {
		return next
	}
	raw, err := json.Marshal(respelled)
	if err != nil {
		return "" // strings can always be written
	}
	return base64.RawURLEncoding.EncodeToString(raw) + "." + next
}

func splitCursor(cursor string) (respelled []Respelling, next string, err error) {
	head, next, both := strings.Cut(cursor, ".")
	if !both {
		return nil, cursor, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil || json.Unmarshal(raw, &respelled) != nil || len(respelled) > query.MaxTerms {
		return nil, "", &Error{Kind: Invalid, Code: "cursor"}
	}
	return respelled, next, nil
}

// LearnWords reads the words of tickets that are new or have changed, so that what is misspelt finds
// them, and drops words that one ticket had long ago. It is the worker's.
func (d *Desk) LearnWords(ctx context.Context, who Actor) error {
	const (
		atOnce = 500
		most   = 200 // so that one run ends
		memory = 30 * 24 * time.Hour
	)
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return err
	}
	if !p.scope.Everything {
		return forbidden("not_yours")
	}
	for range most {
		n, err := d.store.LearnWords(ctx, d.Now(), atOnce)
		if err != nil {
			return fmt.Errorf("learn words: %w", err)
		}
		if n < atOnce {
			break
		}
	}
	if err := d.store.ForgetWords(ctx, d.Now().Add(-memory)); err != nil {
		return fmt.Errorf("forget words: %w", err)
	}
	return nil
}
