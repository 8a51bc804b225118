package core

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"
)

type settingStore interface {
	// SettingText reads a setting that is a text; ErrNoRow if it was never made.
	SettingText(ctx context.Context, key string) (string, error)
	// SaveSettingText keeps a text; an empty one is removed.
	SaveSettingText(ctx context.Context, key, text string) error
	// Notes reads the emergency notes, by language; "" is for all others.
	Notes(ctx context.Context) (map[string]string, error)
}

// SettingEmergencyNote is what stands before the form, for a time of trouble that everybody knows of: a
// flood, a power cut. With a language after a dot ("emergency_note.es") it is for readers of that one.
const SettingEmergencyNote = "emergency_note"

const maxSetting = 500

// settingPattern matches the settings that people make by hand.
var settingPattern = regexp.MustCompile(`^(` + SettingEmergencyNote + `(\.[a-z]{2,3}(-[A-Za-z0-9]{2,8})?)?|` + SettingTerms + `)$`)

// SetSetting changes a setting of the installation; an empty text takes it back. Admins may. The history
// says that it was changed and by whom; to what only of terms, for the words of people are in no event.
func (d *Desk) SetSetting(ctx context.Context, who Actor, key, text string) error {
	text = cleanBlock(text)
	var wrong problems
	if !settingPattern.MatchString(key) {
		wrong.add("key", "setting_unknown")
	}
	if utf8.RuneCountInString(text) > maxSetting {
		wrong.add("text", "text_too_long", "Max", maxSetting)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	if key == SettingTerms {
		return d.setTerms(ctx, who, text)
	}
	return d.administer(ctx, who, "set "+key, Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.SaveSettingText(ctx, key, text); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, key, "", "")
	})
}

// Setting reads a setting; "" if it was never made. Admins may.
func (d *Desk) Setting(ctx context.Context, who Actor, key string) (string, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return "", err
	}
	if !settingPattern.MatchString(key) {
		return "", problems{{Field: "key", Code: "setting_unknown"}}.err()
	}
	text, err := d.store.SettingText(ctx, key)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", fmt.Errorf("read setting %s: %w", key, err)
	}
	return text, nil
}

// Settings names the settings that have been made. Admins may.
func (d *Desk) Settings(ctx context.Context, who Actor) ([]string, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	notes, err := d.store.Notes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	keys := make([]string, 0, len(notes)+1)
	for _, language := range slices.Sorted(maps.Keys(notes)) {
		key := SettingEmergencyNote
		if language != "" {
			key += "." + language
		}
		keys = append(keys, key)
	}
	switch _, err := d.store.SettingText(ctx, SettingTerms); {
	case err == nil:
		keys = append(keys, SettingTerms)
	case !errors.Is(err, ErrNoRow):
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return keys, nil
}

// EmergencyNotes are what everybody should read before reporting, by language; that of "" is for all
// other languages. They are a few seconds old at most.
func (d *Desk) EmergencyNotes(ctx context.Context) (map[string]string, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return maps.Clone(dir.notes), nil
}
