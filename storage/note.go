package storage

import (
	"context"
	"strings"

	"helpdesk.campus/core"
)

const (
	selectText = `select value #>> '{}' from settings where key = $1`
	saveText   = `
		insert into settings (key, value, updated_at) values ($1, to_jsonb($2::text), now())
		on conflict (key) do update set value = excluded.value, updated_at = now()`
	removeText = `delete from settings where key = $1`

	selectTexts  = `select key, value #>> '{}' as text from settings where key = any($1::text[])`
	lockSettings = `select pg_advisory_xact_lock(hashtext('helpdesk settings'))`
	knowsZone    = `select now() at time zone $1::text is not null` // to read all names of pg_timezone_names takes seconds
)

// SettingText implements core.
func (s queries) SettingText(ctx context.Context, key string) (string, error) {
	return scalar[string](ctx, s, selectText, key)
}

// LockSettings implements core.
func (s queries) LockSettings(ctx context.Context) error { return s.exec(ctx, lockSettings) }

// SaveSettingText implements core.
func (s queries) SaveSettingText(ctx context.Context, key, text string) error {
	if text == "" {
		return s.exec(ctx, removeText, key)
	}
	return s.exec(ctx, saveText, key, text)
}

// SettingTexts implements core.
func (s queries) SettingTexts(ctx context.Context, keys ...string) (map[string]string, error) {
	rows, err := collect[noteRow](ctx, s, selectTexts, keys)
	texts := make(map[string]string, len(rows))
	for _, r := range rows {
		texts[r.Key] = r.Text
	}
	return texts, err
}

// KnowsZone implements core.
func (s queries) KnowsZone(ctx context.Context, name string) (bool, error) {
	known, err := scalar[bool](ctx, s, knowsZone, name)
	if code(err) == "22023" { // invalid_parameter_value
		return false, nil
	}
	return known, err
}

const (
	selectReplaced = `select value, command::text as command from replaced_settings where key = $1`
	saveReplaced   = `
		insert into replaced_settings (key, value, command) values ($1, $2, $3)
		on conflict (key) do update set value = excluded.value, command = excluded.command`
)

type replacedRow struct{ Value, Command string }

// Replaced implements core.
func (s queries) Replaced(ctx context.Context, key string) (value, command string, err error) {
	r, err := one[replacedRow](ctx, s, selectReplaced, key)
	return r.Value, r.Command, err
}

// KeepReplaced implements core.
func (s queries) KeepReplaced(ctx context.Context, key, value, command string) error {
	return s.exec(ctx, saveReplaced, key, value, command)
}

type noteRow struct {
	Key  string
	Text string
}

const selectNotes = `
	select key, value #>> '{}' as text from settings where key = 'emergency_note' or key like 'emergency\_note.%'`

// Notes implements core.
func (s queries) Notes(ctx context.Context) (map[string]string, error) {
	rows, err := collect[noteRow](ctx, s, selectNotes)
	notes := make(map[string]string, len(rows))
	for _, r := range rows {
		notes[strings.TrimPrefix(strings.TrimPrefix(r.Key, core.SettingEmergencyNote), ".")] = r.Text
	}
	return notes, err
}
