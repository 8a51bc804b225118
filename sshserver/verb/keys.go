package verb

import (
	"context"
	"slices"

	"helpdesk.campus/core"
)

// keys lists the caller's SSH keys, adds one that comes on standard input, or takes one away.
func keys(ctx context.Context, s *session) error {
	switch do := s.args["do"]; do {
	case "", "ls":
		return s.listKeys(ctx)
	case "add":
		return s.addKey(ctx)
	case "revoke":
		return s.revokeKey(ctx)
	default:
		return s.usage(s.words.T("verb.value", "Word", short(do), "Values", "ls, add, revoke"))
	}
}

func (s *session) listKeys(ctx context.Context) error {
	all, err := s.Desk.OwnKeys(ctx, s.Who)
	if err != nil {
		return err
	}
	p := s.print(keyShape())
	for _, k := range all {
		if err := p.put(keyRecord(k)); err != nil {
			return err
		}
	}
	return p.flush()
}

func (s *session) addKey(ctx context.Context) error {
	raw, err := s.readInput(ctx)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		return &refusal{words: s.words.T("verb.key_missing", "Host", s.Host), status: NoInput}
	}
	added, err := s.Desk.AddOwnKey(ctx, s.Who, core.NewOwnKey{Authorized: string(raw), Name: s.args["key"]})
	if err != nil {
		return err
	}
	return s.puts(keyShape(), keyRecord(added))
}

// revokeKey takes away a key that is named by its fingerprint. The one by which this very command comes goes only with
// --yes: without another, its owner is outside.
func (s *session) revokeKey(ctx context.Context) error {
	fingerprint := s.args["key"]
	if fingerprint == "" {
		return s.usage(s.words.T("verb.argument_missing", "Name", "KEY"))
	}
	if fingerprint == s.Who.Key && !s.has("--yes") {
		return s.usage(s.words.T("verb.yes"))
	}
	all, err := s.Desk.OwnKeys(ctx, s.Who)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(k core.Key) bool { return k.Fingerprint == fingerprint })
	if at < 0 {
		return core.Missing("key")
	}
	if err := s.Desk.RevokeOwnKey(ctx, s.Who, all[at].ID); err != nil {
		return err
	}
	return s.puts(keyShape(), keyRecord(all[at]))
}

func keyRecord(k core.Key) record { return record{k.Fingerprint, k.Name, k.CreatedAt, k.LastUsedAt} }
