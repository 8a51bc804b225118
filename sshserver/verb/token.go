package verb

import (
	"cmp"
	"context"
	"strconv"

	"helpdesk.campus/core"
)

// token lists the caller's tokens, makes one or ends one.
func token(ctx context.Context, s *session) error {
	switch what := cmp.Or(s.args["what"], "ls"); what {
	case "ls":
		return listTokens(ctx, s)
	case "new":
		return newToken(ctx, s)
	case "revoke":
		return revokeToken(ctx, s)
	default:
		return s.usage(s.words.T("verb.value", "Word", short(what), "Values", "ls, new, revoke"))
	}
}

func listTokens(ctx context.Context, s *session) error {
	all, err := s.Desk.Tokens(ctx, s.Who)
	if err != nil {
		return err
	}
	p := s.print(tokenShape())
	for _, t := range all {
		if err := p.put(tokenRecord(t, "")); err != nil {
			return err
		}
	}
	return p.flush()
}

func newToken(ctx context.Context, s *session) error {
	if s.args["which"] == "" {
		return s.usage(s.words.T("verb.argument_missing", "Name", "NAME"))
	}
	days := core.DefaultTokenDays
	if text, given := s.flags["--days"]; given {
		n, err := strconv.Atoi(text)
		if err != nil {
			return s.usage(s.words.T("verb.value", "Word", short(text), "Values", "1, 2, 3 …"))
		}
		days = cmp.Or(n, -1) // none is too few, not the usual
	}
	made, secret, err := s.Desk.NewToken(ctx, s.Who, core.NewToken{
		Key: s.flags["--key"], Name: s.args["which"], Scope: cmp.Or(core.TokenScope(s.flags["--scope"]), core.TokenRead), Days: days,
	})
	if err != nil {
		return err
	}
	return s.puts(tokenShape(), tokenRecord(made, secret))
}

func revokeToken(ctx context.Context, s *session) error {
	id, err := strconv.ParseInt(s.args["which"], 10, 64)
	if err != nil {
		return s.usage(s.words.T("verb.argument_missing", "Name", "NUMBER"))
	}
	return s.Desk.RevokeToken(ctx, s.Who, core.TokenID(id))
}

func tokenRecord(t core.Token, secret string) record {
	return record{int64(t.ID), t.Name, string(t.Scope), t.CreatedAt, t.ExpiresAt, t.LastUsedAt, secret}
}

func tokenShape() Shape {
	return Shape{Name: "token", Help: "A token with which a program of yours uses the API.", Quiet: "secret", Fields: []Field{
		{Name: "token", Help: "its number", title: "TOKEN", width: 6},
		{Name: "name", Help: "what it is for", title: "NAME", flex: true, width: 12},
		{Name: "scope", Help: "report, figures, read or write", title: "SCOPE", width: 8},
		{Name: "created_at", Help: "since when it holds"},
		{Name: "expires_at", Help: "until when it holds", title: "EXPIRES", width: 20},
		{Name: "last_used_at", Help: "when it was last used, to a minute", title: "LAST USED", width: 20, rank: 1},
		{Name: "secret", Help: "what the program sends; of a new one only", title: "SECRET", width: 42},
	}}
}
