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
	replacedStore
	// LockSettings has nobody else change what is of the whole campus until the transaction ends.
	LockSettings(ctx context.Context) error
	// SettingText reads a setting that is a text; ErrNoRow if it was never made.
	SettingText(ctx context.Context, key string) (string, error)
	// SaveSettingText keeps a text; an empty one is removed.
	SaveSettingText(ctx context.Context, key, text string) error
	// SettingTexts reads those of the named settings that were made.
	SettingTexts(ctx context.Context, keys ...string) (map[string]string, error)
	// KnowsZone reports whether the database knows a time zone by that name.
	KnowsZone(ctx context.Context, name string) (bool, error)
	// Notes reads the emergency notes, by language; "" is for all others.
	Notes(ctx context.Context) (map[string]string, error)
}

// SettingEmergencyNote is what stands before the form, for a time of trouble that everybody knows of: a
// flood, a power cut. With a language after a dot ("emergency_note.es") it is for readers of that one.
const SettingEmergencyNote = "emergency_note"

const maxSetting = 500

// settingPattern matches the settings that people make by hand.
var settingPattern = regexp.MustCompile(`^(` + SettingEmergencyNote + `(\.[a-z]{2,3}(-[A-Za-z0-9]{2,8})?)?|` + SettingName + `|` + SettingTerms + `|` + SettingZone + `)$`)

// SetSetting changes a setting of the installation; an empty text takes it back. Admins may. The history says that it was changed and
// by whom; from what to what of all but notes, for the words of people are in no event. [Desk.RevertSetting] undoes it.
func (d *Desk) SetSetting(ctx context.Context, who Actor, key, text string) error {
	var err error
	switch {
	case !settingPattern.MatchString(key):
		err = problems{{Field: "key", Code: "setting_unknown"}}.err()
	case key == SettingTerms:
		text, err = checkTerms(text)
	case key == SettingName:
		text, err = checkCampusName(text)
	case key == SettingZone:
		text, err = d.checkCampusZone(ctx, who, text)
	default:
		if text = cleanBlock(text); utf8.RuneCountInString(text) > maxSetting {
			err = problems{{Field: "text", Code: "text_too_long", Args: map[string]any{"Max": maxSetting}}}.err()
		}
	}
	if err != nil {
		return err
	}
	if said(key) {
		return d.setCode(ctx, who, key, text)
	}
	return d.setNote(ctx, who, key, func(Tx) (string, error) { return text, nil })
}

// setCode changes a setting that the history may hold.
func (d *Desk) setCode(ctx context.Context, who Actor, key, text string) error {
	err := d.changeCampus(ctx, who, "set "+key, func(ctx context.Context, tx Tx, p *principal) error {
		before, err := settingText(ctx, tx, key)
		if err != nil || before == text {
			return err
		}
		if err := tx.SaveSettingText(ctx, key, text); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, key, before, text)
	})
	if err == nil && (key == SettingName || key == SettingZone) {
		err = d.look(ctx)
	}
	return err
}

// setNote changes a setting that is words of people to what now gives.
func (d *Desk) setNote(ctx context.Context, who Actor, key string, now func(Tx) (string, error)) error {
	return d.changeCampus(ctx, who, "set "+key, func(ctx context.Context, tx Tx, p *principal) error {
		text, err := now(tx)
		if err != nil {
			return err
		}
		before, err := settingText(ctx, tx, key)
		if err != nil || before == text {
			return err
		}
		if err := tx.SaveSettingText(ctx, key, text); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		if err := d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventChanged, key, "", ""); err != nil {
			return err
		}
		return keepReplaced(ctx, tx, p, key, before)
	})
}

// changeCampus changes what is of the whole campus, one change at a time: what is made of what there was takes no other change back.
func (d *Desk) changeCampus(ctx context.Context, who Actor, doing string, work func(context.Context, Tx, *principal) error) error {
	return d.administer(ctx, who, doing, Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.LockSettings(ctx); err != nil {
			return fmt.Errorf("lock settings: %w", err)
		}
		return work(ctx, tx, p)
	})
}

// settingText is a setting, "" if it was never made.
func settingText(ctx context.Context, store Tx, key string) (string, error) {
	text, err := store.SettingText(ctx, key)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return "", fmt.Errorf("read setting %s: %w", key, err)
	}
	return text, nil
}

// Setting reads a setting; "" if it was never made. Admins may.
func (d *Desk) Setting(ctx context.Context, who Actor, key string) (string, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return "", err
	}
	if !settingPattern.MatchString(key) {
		return "", problems{{Field: "key", Code: "setting_unknown"}}.err()
	}
	return settingText(ctx, d.store, key)
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
	keys := make([]string, 0, len(notes)+3)
	for _, language := range slices.Sorted(maps.Keys(notes)) {
		key := SettingEmergencyNote
		if language != "" {
			key += "." + language
		}
		keys = append(keys, key)
	}
	others, err := d.store.SettingTexts(ctx, SettingName, SettingTerms, SettingZone)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return append(keys, slices.Sorted(maps.Keys(others))...), nil
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
