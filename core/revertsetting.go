package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"helpdesk.campus/core/calendar"
)

// What else is changed of the whole campus, and undone like a setting, by the names that the history has for it.
const (
	SettingOfficeHours = "office_hours"
	SettingHolidays    = "holidays"
)

// replacedStore keeps what stood in a setting before its last change, where that is words of people: those are in no event.
type replacedStore interface {
	// Replaced reads what the last change of a setting replaced, and which command that was; ErrNoRow if none is kept.
	Replaced(ctx context.Context, key string) (value, command string, err error)
	// KeepReplaced keeps what a command replaced, in the place of what was kept before.
	KeepReplaced(ctx context.Context, key, value, command string) error
}

// SettingBefore is what comes back when the newest change of a setting is undone.
type SettingBefore struct {
	Change Event  // that is undone
	Text   string // of a setting; of office hours as [calendar.Range] says them; "" if there was none

	// Of holidays.
	Back    []calendar.Holiday // will be there again
	Gone    []calendar.Holiday // will not be there any more
	Renamed []calendar.Holiday // will have these names again
}

// SettingBefore tells what [Desk.RevertSetting] would bring back, or why it would not. Admins may.
func (d *Desk) SettingBefore(ctx context.Context, who Actor, key string) (SettingBefore, error) {
	newest, err := d.newestOfSetting(ctx, who, key)
	if err != nil {
		return SettingBefore{}, err
	}
	before := SettingBefore{Change: newest, Text: newest.From}
	if said(key) {
		return before, nil
	}
	text, err := replacedBy(ctx, d.store, key, newest.Command)
	if err != nil {
		return SettingBefore{}, err
	}
	if key != SettingHolidays {
		before.Text = text
		return before, nil
	}
	then, err := readHolidays(text)
	if err != nil {
		return SettingBefore{}, err
	}
	now, err := d.store.Holidays(ctx, calendar.Day{})
	if err != nil {
		return SettingBefore{}, fmt.Errorf("read holidays: %w", err)
	}
	change := newHolidays(now, then)
	before.Text, before.Back, before.Renamed, before.Gone = "", change.Added, change.Renamed, newHolidays(then, now).Added
	return before, nil
}

// RevertSetting undoes the newest change of a setting, of the office hours or of the holidays, whoever made it; what was read from
// one file is one change. Undone once more, the change is there again. Where a command is named, nothing else is undone. Admins
// may. It returns the event of what it took back.
func (d *Desk) RevertSetting(ctx context.Context, who Actor, key, command string) (Event, error) {
	newest, err := d.newestOfSetting(ctx, who, key)
	if err != nil {
		return Event{}, err
	}
	if command != "" && command != newest.Command {
		return Event{}, forbidden("undo_built_on")
	}
	who.undoes = newest.Command
	if err := d.takeBackSetting(ctx, who, &newest); err != nil {
		return Event{}, fmt.Errorf("take back %s: %w", key, err)
	}
	return newest, nil
}

func (d *Desk) takeBackSetting(ctx context.Context, who Actor, newest *Event) error {
	switch key := newest.Field; {
	case key == SettingOfficeHours:
		hours, err := calendar.ParseWeek(newest.From)
		if err != nil {
			return fmt.Errorf("read office hours: %w", err)
		}
		return d.SetOfficeHours(ctx, who, hours)
	case key == SettingHolidays:
		return d.changeHolidays(ctx, who, func(tx Tx, _ []calendar.Holiday) ([]calendar.Holiday, error) {
			text, err := replacedBy(ctx, tx, key, newest.Command)
			if err != nil {
				return nil, err
			}
			return readHolidays(text)
		})
	case said(key):
		return d.setCode(ctx, who, key, newest.From)
	default:
		return d.setNote(ctx, who, key, func(tx Tx) (string, error) { return replacedBy(ctx, tx, key, newest.Command) })
	}
}

// said reports whether the history says what a setting was: it is not, or not only, words of people.
func said(key string) bool {
	return slices.Contains([]string{SettingTerms, SettingName, SettingZone, SettingOfficeHours}, key)
}

// newestOfSetting is the newest change of a setting.
func (d *Desk) newestOfSetting(ctx context.Context, who Actor, key string) (Event, error) {
	if key != SettingOfficeHours && key != SettingHolidays && !settingPattern.MatchString(key) {
		return Event{}, problems{{Field: "key", Code: "setting_unknown"}}.err()
	}
	events, _, err := d.Trail(ctx, who, TrailFilter{Stream: StreamSettings, Field: key, Kind: EventChanged}, TrailCursor{}, 1)
	if err != nil {
		return Event{}, err
	}
	if len(events) == 0 {
		return Event{}, forbidden("undo_none")
	}
	return events[0], nil
}

// replacedBy is what a command replaced in a setting, as long as nothing has replaced that since.
func replacedBy(ctx context.Context, store Tx, key, command string) (string, error) {
	value, by, err := store.Replaced(ctx, key)
	switch {
	case errors.Is(err, ErrNoRow) || err == nil && by != command:
		return "", forbidden("undo_not_kept")
	case err != nil:
		return "", fmt.Errorf("read what %s was: %w", key, err)
	}
	return value, nil
}

// readHolidays reads holidays that a change of them replaced.
func readHolidays(kept string) (days []calendar.Holiday, err error) {
	if err := json.Unmarshal([]byte(kept), &days); err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	return days, nil
}

// keepReplaced keeps what the command of p has replaced in a setting. Its event must be written, which names the command.
func keepReplaced(ctx context.Context, tx Tx, p *principal, key, value string) error {
	return wrap("keep what "+key+" was", tx.KeepReplaced(ctx, key, value, p.command))
}
