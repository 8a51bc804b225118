package verb

import (
	"context"
	"errors"
	"io"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
)

var (
	errOutput      = errors.New("nobody takes the output")
	errInterrupted = errors.New("interrupted")
	errStopped     = errors.New("stopped by ctrl-c")
	errGone        = errors.New("the client has gone")
)

// refusal is an error with the words and the exit status that it ends with.
type refusal struct {
	words  string
	status int
}

// Error gives the words.
func (r *refusal) Error() string { return r.words }

// usage is the refusal of a command that is not understood.
func (s *session) usage(words string) error {
	if s.verb.Name != "" {
		words += "\n" + s.words.T("verb.help", "Host", s.Host, "Verb", s.verb.Name, "Synopsis", s.verb.Synopsis())
	}
	return &refusal{words: words, status: Usage}
}

// unknownVerb is the refusal of what is no verb. It names the one that is spelt most like it, of those that the caller may use.
func (s *session) unknownVerb(typed string) error {
	var names []string
	for _, v := range Verbs() {
		if !v.Hidden && (!v.Staff || s.Me.IsStaff()) {
			names = append(names, v.Name)
		}
	}
	s.verb = Verb{}
	if near := nearest(typed, names); near != "" {
		return s.usage(s.words.T("verb.unknown_near", "Verb", short(typed), "Near", near, "Host", s.Host))
	}
	return s.usage(s.words.T("verb.unknown", "Verb", short(typed), "Host", s.Host))
}

// unknownFlag is the refusal of what is no flag of the verb.
func (s *session) unknownFlag(typed string) error {
	var names []string
	for _, f := range s.verb.AllFlags() {
		names = append(names, f.Name)
	}
	if near := nearest(typed, names); near != "" {
		return s.usage(s.words.T("verb.flag_near", "Flag", short(typed), "Near", near))
	}
	return s.usage(s.words.T("verb.flag_unknown", "Flag", short(typed)))
}

// nearest is the name that is spelt most like what was typed, "" if none is close: one slip in a short word, two in a longer one.
func nearest(typed string, names []string) string {
	const short = 4
	best, least := "", 3
	if len(strings.TrimLeft(typed, "-")) <= short {
		least = 2
	}
	for _, name := range names {
		if d := query.Distance(typed, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// fail says what went wrong, in words, and returns the exit status.
func (s *session) fail(ctx context.Context, err error) int {
	words, status := s.explain(ctx, err)
	if words != "" {
		_, _ = io.WriteString(s.Err, "helpdesk: "+plain.Block(words).String()+"\n")
	}
	return status
}

func (s *session) explain(ctx context.Context, err error) (words string, status int) {
	var refused *refusal
	var asked *query.Error
	switch {
	case err == nil:
		return "", Done
	case errors.Is(err, errStopped) && s.verb.Endless:
		return "", Done
	case errors.Is(err, errStopped):
		return "", Interrupted
	case errors.Is(err, errInterrupted):
		return s.words.T("verb.interrupted"), Interrupted
	case errors.Is(err, errOutput), errors.Is(err, errGone), ctx.Err() != nil:
		return "", Output
	case errors.As(err, &refused):
		return refused.words, refused.status
	case errors.As(err, &asked):
		return asked.Error(), Usage
	}
	kind := core.KindOf(err)
	if kind == core.Internal {
		return s.Broke(err), Broken
	}
	return s.sentence(err), statusOf(kind)
}

func statusOf(kind core.Kind) int {
	switch kind {
	case core.NotFound:
		return NotFound
	case core.Forbidden, core.Unauthenticated:
		return NoAccess
	case core.Invalid, core.Conflict:
		return BadData
	case core.Limited, core.Unavailable:
		return Later
	case core.Internal:
	}
	return Broken
}

// sentence gives what the desk refuses its words: a line for each problem, and for a conflict what others did.
func (s *session) sentence(err error) string {
	var refused *core.Error
	if !errors.As(err, &refused) {
		return s.words.T("error.internal")
	}
	if len(refused.Problems) == 0 {
		lines := []string{s.words.T("error."+refused.Code, refused.Args)}
		for i := range refused.Events {
			lines = append(lines, "  "+eventLine(&refused.Events[i]))
		}
		return strings.Join(lines, "\n")
	}
	lines := make([]string, len(refused.Problems))
	for i, p := range refused.Problems {
		lines[i] = s.words.T("error."+p.Code, p.Args)
	}
	return strings.Join(lines, "\n")
}

// short is a word of the caller's, short enough to be repeated.
func short(word string) string {
	return plain.Truncate(plain.Line(word[:min(len(word), 400)]), 40).String()
}
