package core

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

type preferenceStore interface {
	SavePreferences(ctx context.Context, user UserID, p Preferences) error
}

// Theme is in which colours somebody works.
type Theme string

// The themes.
const (
	ThemeAuto     Theme = "auto" // light or dark, as the terminal is
	ThemeLight    Theme = "light"
	ThemeDark     Theme = "dark"
	ThemeContrast Theme = "contrast"
	ThemeNone     Theme = "none" // no colour at all
)

// Themes lists the themes, in the order in which people choose from them.
func Themes() []Theme {
	return []Theme{ThemeAuto, ThemeLight, ThemeDark, ThemeContrast, ThemeNone}
}

// Preferences are how somebody wants to work. They come with the account, so that looking at them
// costs nothing.
type Preferences struct {
	Theme       Theme
	Zone        string `json:"-"` // an IANA zone; "" for the campus's. It has a column of its own
	ExactTimes  bool   // dates and hours in place of "20 min ago"
	Mouse       bool
	HoldReplies bool // a public reply waits a moment before it goes, and can be taken back
	Plain       bool // the console line by line, without drawing on the screen
}

// DefaultPreferences are those of somebody who has chosen none.
func DefaultPreferences() Preferences { return Preferences{Theme: ThemeAuto, HoldReplies: true} }

// Location is the zone in which somebody reads times, campus if they chose none.
func (p Preferences) Location(campus *time.Location) *time.Location {
	zone, err := loadZone(p.Zone)
	if err != nil || zone == nil {
		return campus
	}
	return zone
}

// loadZone finds an IANA zone; nil for the campus's. "Local" is the server's own and means nothing to people.
func loadZone(name string) (*time.Location, error) {
	switch name {
	case "":
		return nil, nil
	case "Local":
		return nil, fmt.Errorf("zone %q is the server's", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("load zone: %w", err)
	}
	return zone, nil
}

// check says what is wrong with preferences that somebody chose.
func (p Preferences) check() error {
	var wrong problems
	switch p.Theme {
	case ThemeAuto, ThemeLight, ThemeDark, ThemeContrast, ThemeNone:
	default:
		wrong.add("theme", "theme_unknown")
	}
	if _, err := loadZone(p.Zone); err != nil {
		wrong.add("zone", "zone_unknown")
	}
	return wrong.err()
}

// preferenceChange is one preference before and after, as history keeps it.
type preferenceChange struct{ field, from, to string }

// changesTo lists what differs in the other preferences.
func (p Preferences) changesTo(next Preferences) []preferenceChange {
	all := []preferenceChange{
		{FieldTheme, string(p.Theme), string(next.Theme)},
		{FieldZone, p.Zone, next.Zone},
		{FieldExactTimes, strconv.FormatBool(p.ExactTimes), strconv.FormatBool(next.ExactTimes)},
		{FieldMouse, strconv.FormatBool(p.Mouse), strconv.FormatBool(next.Mouse)},
		{FieldHoldReplies, strconv.FormatBool(p.HoldReplies), strconv.FormatBool(next.HoldReplies)},
		{FieldPlain, strconv.FormatBool(p.Plain), strconv.FormatBool(next.Plain)},
	}
	var changed []preferenceChange
	for _, c := range all {
		if c.from != c.to {
			changed = append(changed, c)
		}
	}
	return changed
}

// Preferences tells how the actor wants to work.
func (d *Desk) Preferences(ctx context.Context, who Actor) (Preferences, error) {
	p, err := d.self(ctx, d.store, who)
	if err != nil {
		return Preferences{}, err
	}
	return p.user.Preferences, nil
}

// SetPreferences chooses how the actor wants to work. Their other sessions follow at once.
func (d *Desk) SetPreferences(ctx context.Context, who Actor, in Preferences) error {
	in.Zone = cleanLine(in.Zone)
	if err := in.check(); err != nil {
		return err
	}
	return d.own(ctx, who, "set preferences", func(ctx context.Context, tx Tx, p *principal) error {
		changed := p.user.Preferences.changesTo(in)
		if len(changed) == 0 {
			return nil
		}
		if err := tx.SavePreferences(ctx, p.user.ID, in); err != nil {
			return fmt.Errorf("write preferences: %w", err)
		}
		for _, c := range changed {
			if err := d.recordOwn(ctx, tx, p, EventChanged, c.field, c.from, c.to); err != nil {
				return err
			}
		}
		return nil
	})
}
