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
)

// SettingText implements core.
func (s queries) SettingText(ctx context.Context, key string) (string, error) {
	return scalar[string](ctx, s, selectText, key)
}

// SaveSettingText implements core.
func (s queries) SaveSettingText(ctx context.Context, key, text string) error {
	if text == "" {
		return s.exec(ctx, removeText, key)
	}
	return s.exec(ctx, saveText, key, text)
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
