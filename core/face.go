package core

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What an admin may set of how the campus shows itself. Until one does, what the program was started with holds.
const (
	// SettingName is what the helpdesk is called, on pages and in consoles.
	SettingName = "name"
	// SettingZone is the IANA time zone in which the campus lives: days begin by it, and office hours are told by it.
	SettingZone = "zone"
)

// maxCampusName is how long a name of the helpdesk may be: it stands in a corner of every screen.
const maxCampusName = 60

// zonePattern matches names of zones: not the other files that lie beside them on a server, nor zones that count leap seconds.
var zonePattern = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)

// face is how the campus shows itself. Everything that is drawn asks for it, so it is read without a lock and without a query.
type face struct {
	name string
	zone *time.Location
}

// Name is what the helpdesk is called.
func (d *Desk) Name() string { return d.face.Load().name }

// Zone is the campus's time zone.
func (d *Desk) Zone() *time.Location { return d.face.Load().zone }

// StartName is what the helpdesk is called while no admin has said otherwise.
func (d *Desk) StartName() string { return d.start.name }

// StartZone is the campus's time zone while no admin has said otherwise.
func (d *Desk) StartZone() *time.Location { return d.start.zone }

// look reads how the campus is to show itself, and has whoever shows something look again if that is something new.
func (d *Desk) look(ctx context.Context) error {
	d.looking.Lock() // what was read first must not be taken over last
	defer d.looking.Unlock()
	set, err := d.store.SettingTexts(ctx, SettingName, SettingZone)
	if err != nil {
		return fmt.Errorf("read name and zone: %w", err)
	}
	next := d.start
	if name := set[SettingName]; name != "" {
		next.name = name
	}
	if name := set[SettingZone]; name != "" && !d.holdZone {
		if zone, err := loadZone(name); err == nil {
			next.zone = zone
		} else {
			d.logger.Warn("the time zone that is set is unknown here; the one of the start holds", "zone", name, "error", err)
		}
	}
	before := d.face.Swap(&next)
	if before.zone.String() != next.zone.String() || before.name != next.name {
		d.hub.Publish(Dirty{All: true, Place: true})
	}
	return nil
}

// KeepFace has this process show itself as the campus is set, within moments of a change in any process, until the context ends.
func (d *Desk) KeepFace(ctx context.Context) {
	box := d.hub.Subscribe()
	defer box.Close()
	for {
		dirty, err := box.Wait(ctx)
		if err != nil {
			return
		}
		if !dirty.Place && !dirty.All {
			continue
		}
		if err := d.look(ctx); err != nil && ctx.Err() == nil {
			d.logger.Warn("what the campus is called could not be read; it is read again soon", "error", err)
		}
	}
}

// checkCampusName is a name of the helpdesk as it is kept, or what is wrong with it.
func checkCampusName(text string) (string, error) {
	const joiners = "\u200c\u200d" // letters of some scripts need them
	wrong := func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && !strings.ContainsRune(joiners, r)
	}
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, wrong):
		return "", problems{{Field: "text", Code: "campus_name_form"}}.err()
	case utf8.RuneCountInString(text) > maxCampusName:
		return "", problems{{Field: "text", Code: "name_too_long", Args: map[string]any{"Max": maxCampusName}}}.err()
	}
	return text, nil
}

// checkCampusZone is a zone as it is kept, or what is wrong with it. The database knows it too, which filters by its clock.
func (d *Desk) checkCampusZone(ctx context.Context, who Actor, text string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", nil
	}
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return "", err // nobody else has the database look
	}
	known := false
	if _, err := loadZone(text); err == nil && zonePattern.MatchString(text) {
		if known, err = d.store.KnowsZone(ctx, text); err != nil {
			return "", fmt.Errorf("look for zone: %w", err)
		}
	}
	if !known {
		return "", problems{{Field: "text", Code: "campus_zone", Args: map[string]any{"Zone": truncate(cleanLine(text), maxCampusName)}}}.err()
	}
	return text, nil
}
