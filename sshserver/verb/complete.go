package verb

import (
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/reporting"
)

// maxCandidates bounds what a completion offers.
const maxCandidates = 100

// candidate is what may be offered to a shell: nothing that a shell, or the person who looks at it, could read as
// anything but a word.
var candidate = regexp.MustCompile(`^[-\pL\pN._@:]{1,64}$`)

// complete offers what could stand at the end of a command that is being typed. It is asked by the scripts of the verb
// "completion" and never complains.
func complete(ctx context.Context, s *session) error {
	typed := s.args["typed"]
	words := split(typed)
	last := ""
	if n := len(words); n > 0 && !strings.ContainsRune(blanks, rune(typed[len(typed)-1])) {
		last, words = words[n-1].text, words[:n-1]
	}
	offers := s.offers(ctx, words, last)
	for i, offer := range slices.Compact(offers) {
		if i == maxCandidates {
			break
		}
		if strings.HasPrefix(strings.ToLower(offer), strings.ToLower(last)) && candidate.MatchString(offer) {
			_, _ = s.out.WriteString(offer + "\n")
		}
	}
	return nil
}

// offers are the words that could follow.
func (s *session) offers(ctx context.Context, words []word, last string) []string {
	if len(words) == 0 {
		return s.offer(ctx, VerbName, last)
	}
	verb, ok := Find(words[0].text)
	if !ok {
		return nil
	}
	typed := session{Call: s.Call, words: s.words, verb: verb, args: map[string]string{}, flags: map[string]string{}}
	rest := words[1:]
	if flag, within := typed.valueOf(rest); within {
		return s.offer(ctx, flag.Kind, last)
	}
	if strings.HasPrefix(last, "--") || strings.HasPrefix(last, "-") && !verb.raw() {
		var names []string
		for _, f := range verb.AllFlags() {
			names = append(names, f.Name)
		}
		return names
	}
	loose, err := typed.parseFlags(rest)
	if err != nil {
		return nil
	}
	kind, ok := verb.kindAt(len(loose))
	switch {
	case !ok:
		return nil
	case kind != Person:
		return s.offer(ctx, kind, last)
	case len(loose) == 0:
		return nil
	}
	s.args["ticket"] = loose[0].text
	return s.colleagues(ctx)
}

// valueOf finds the flag whose value a word behind these is part of.
func (s *session) valueOf(words []word) (Flag, bool) {
	for i, w := range slices.Backward(words) {
		if !s.isFlag(w) {
			continue
		}
		flag, _ := s.verb.flag(w.text)
		return flag, flag.Value != "" && (flag.Words || i == len(words)-1)
	}
	return Flag{}, false
}

// kindAt is what stands behind so many words of the verb.
func (v *Verb) kindAt(n int) (Kind, bool) {
	if last := len(v.Arguments) - 1; n > last {
		if last < 0 || !v.Arguments[last].Rest {
			return Free, false
		}
		n = last
	}
	return v.Arguments[n].Kind, true
}

func (s *session) offer(ctx context.Context, kind Kind, last string) []string {
	var offers []string
	switch kind {
	case VerbName:
		for _, v := range Verbs() {
			if !v.Hidden && (!v.Staff || s.Me.IsStaff()) {
				offers = append(offers, v.Name)
			}
		}
	case Ticket:
		return s.tickets(ctx)
	case Query:
		return s.queryWords(ctx, last)
	case ViewName:
		all, _ := s.Desk.Views(ctx, s.Who)
		for _, v := range all {
			offers = append(offers, v.Name)
		}
	case Category:
		all, _ := s.Desk.Categories(ctx, s.Who)
		for _, c := range all {
			offers = append(offers, c.Code)
		}
	case Queue:
		all, _ := s.Desk.Queues(ctx, s.Who)
		for _, q := range all {
			offers = append(offers, q.Code)
		}
	case Place:
		all, _ := s.Desk.Locations(ctx, s.Who, last, maxCandidates)
		for _, l := range all {
			offers = append(offers, l.Code)
		}
	case Priority:
		for _, p := range core.Priorities() {
			offers = append(offers, p.String())
		}
	case Status:
		return []string{string(core.Open), string(core.Active)}
	case Resolution:
		for _, r := range core.StaffResolutions() {
			offers = append(offers, string(r))
		}
	case Relation:
		for _, r := range core.Relations() {
			offers = append(offers, string(r))
		}
	case Waiting:
		return []string{"nobody", string(core.WaitingReporter), string(core.WaitingThirdParty)}
	case Shell:
		return []string{"bash", "fish", "zsh"}
	case TokenVerb:
		return []string{"ls", "new", "revoke"}
	case TokenScope:
		for _, scope := range core.TokenScopes() {
			offers = append(offers, string(scope))
		}
	case ReportName:
		return reporting.Names()
	case ReportFormat:
		return reporting.Formats()
	case ReportStep:
		return reporting.Steps()
	case ReportVersus:
		return reporting.Comparisons()
	case ReportRows:
		return reporting.RowKinds()
	case Person, Free:
	}
	return offers
}

// queryWords are the words of a query that begin so: fields, and behind a field its values, as far as they exist for the
// caller.
func (s *session) queryWords(ctx context.Context, typed string) []string {
	found, err := s.Desk.Complete(ctx, s.Who, typed, len(typed))
	if err != nil {
		return nil
	}
	var offers []string
	for _, choice := range found.Choices {
		text, _ := found.Apply(typed, choice.Text)
		offers = append(offers, text)
	}
	return offers
}

// tickets are those that need somebody most, by number for staff and by reference for reporters.
func (s *session) tickets(ctx context.Context) []string {
	q, err := query.Parse("status:open|active")
	if err != nil {
		return nil
	}
	page, _ := s.Desk.Tickets(ctx, s.Who, core.ListRequest{Query: q, Mine: !s.Me.IsStaff(), Limit: maxCandidates})
	offers := make([]string, len(page.Tickets))
	for i, t := range page.Tickets {
		if offers[i] = strconv.FormatInt(int64(t.ID), 10); !s.Me.IsStaff() {
			offers[i] = string(t.Reference)
		}
	}
	return offers
}

// colleagues are those to whom the ticket can be given.
func (s *session) colleagues(ctx context.Context) []string {
	id, err := s.ticket(ctx)
	if err != nil {
		return nil
	}
	people, _ := s.Desk.Assignable(ctx, s.Who, id)
	offers := make([]string, len(people))
	for i, p := range people {
		offers[i] = p.Username
	}
	return offers
}

//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

// hostPattern is a name, with its port before it or not, that can stand in a script as it is.
var hostPattern = regexp.MustCompile(`^(-p [0-9]+ )?[A-Za-z0-9][A-Za-z0-9.:-]*$`)

func completion(_ context.Context, s *session) error {
	script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[s.args["shell"]]
	if !ok {
		return s.usage(s.words.T("verb.value", "Word", short(s.args["shell"]), "Values", "bash, zsh, fish"))
	}
	host := s.Host
	if !hostPattern.MatchString(host) {
		host = "HOST"
	}
	_, err := s.out.WriteString(strings.ReplaceAll(script, "@HOST@", host))
	return err
}
