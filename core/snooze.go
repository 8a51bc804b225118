package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core/action"
)

type snoozeStore interface {
	// DueSnoozes finds tickets whose rest has ended by now, the longest due first.
	DueSnoozes(ctx context.Context, now time.Time, limit int) ([]TicketID, error)
}

const (
	// morning is when a day begins for whoever names only the day.
	morning = 9
	// longestSnooze is how far off a ticket can be put; what is further is better closed.
	longestSnooze = 366 * 24 * time.Hour
)

// Snooze lets a ticket rest until a time, or until its reporter answers if that is sooner. A zero time
// wakes it.
func (d *Desk) Snooze(ctx context.Context, who Actor, id TicketID, version int, until time.Time) (Ticket, error) {
	return d.Perform(ctx, who, id, version, Deed{Action: action.Snooze, Until: until})
}

func (d *Desk) checkSnooze(until time.Time) error {
	switch now := d.Now(); {
	case until.IsZero():
	case !until.After(now):
		return refuse("until", "snooze_past")
	case until.Sub(now) > longestSnooze:
		return refuse("until", "snooze_far")
	}
	return nil
}

func (c *command) snooze(until time.Time) {
	c.setSnooze(until)
	level := InHand
	if c.ticket.FirstResponseAt.IsZero() || until.IsZero() {
		level = NeedsStaff
	}
	c.ticket.attend(level, c.now)
}

func (c *command) setSnooze(until time.Time) {
	until = until.UTC().Truncate(time.Second) // as exactly as the history says it
	c.changed(FieldSnoozed, c.moment(c.ticket.SnoozedUntil), c.moment(until))
	c.ticket.SnoozedUntil = until
}

// WakeSnoozed wakes the tickets whose rest has ended: they need staff again. It returns how many did.
func (d *Desk) WakeSnoozed(ctx context.Context, who Actor) (int, error) {
	const many = 200
	due, err := d.store.DueSnoozes(ctx, d.Now(), many)
	if err != nil {
		return 0, fmt.Errorf("find whose rest has ended: %w", err)
	}
	woken := 0
	for _, id := range due {
		after, err := d.change(ctx, who, id, 0, action.Snooze, func(_ context.Context, c *command) error {
			if c.ticket.SnoozedUntil.IsZero() || c.ticket.SnoozedUntil.After(c.now) {
				return nil // somebody was faster
			}
			c.snooze(time.Time{})
			return nil
		})
		if err != nil && KindOf(err) != Forbidden {
			return woken, err
		}
		if err == nil && after.SnoozedUntil.IsZero() {
			woken++
		}
	}
	return woken, nil
}

// ParseSnooze reads until when somebody wants a ticket to rest, as people write it: "30m", "2h", "3d",
// "tomorrow", "tomorrow 14:30", "mon", "fri 9:00", "17:00", "2026-12-01", "2026-12-01 8:30". A day
// without a time means nine in the morning. Hours and days are those of the zone in which the person reads times.
func (d *Desk) ParseSnooze(me User, typed string) (time.Time, error) {
	now := d.Now().In(me.Preferences.Location(d.Zone()))
	until, ok := readMoment(strings.ToLower(typed), now)
	if !ok {
		return time.Time{}, refuse("until", "snooze_form")
	}
	return until.UTC(), d.checkSnooze(until)
}

func readMoment(typed string, now time.Time) (time.Time, bool) {
	words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(typed), "in "))
	if len(words) == 0 || len(words) > 2 {
		return time.Time{}, false
	}
	if span, ok := readSpan(strings.Join(words, "")); ok {
		return now.Add(span), true
	}
	day, known := readDay(words[0], now)
	if !known {
		hour, minute, ok := readClock(words[0])
		if !ok || len(words) > 1 {
			return time.Time{}, false
		}
		at := onDay(now, 0, hour, minute)
		if !at.After(now) {
			at = onDay(now, 1, hour, minute)
		}
		return at, true
	}
	hour, minute := morning, 0
	if len(words) == 2 {
		var ok bool
		if hour, minute, ok = readClock(words[1]); !ok {
			return time.Time{}, false
		}
	}
	return onDay(day, 0, hour, minute), true
}

func onDay(day time.Time, later, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+later, hour, minute, 0, 0, day.Location())
}

// readSpan reads "2h", "30 min", "3d", "1w".
func readSpan(word string) (time.Duration, bool) {
	digits := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 || n > 1_000_000 {
		return 0, false
	}
	switch word[len(digits):] {
	case "m", "min", "mins", "minute", "minutes":
		return time.Duration(n) * time.Minute, true
	case "h", "hour", "hours":
		return time.Duration(min(n, 100_000)) * time.Hour, true
	case "d", "day", "days":
		return time.Duration(min(n, 10_000)) * 24 * time.Hour, true
	case "w", "week", "weeks":
		return time.Duration(min(n, 1_000)) * 7 * 24 * time.Hour, true
	}
	return 0, false
}

// readDay reads "today", "tomorrow", a day of the week (the next one to come) or a date.
func readDay(word string, now time.Time) (time.Time, bool) {
	switch word {
	case "today":
		return now, true
	case "tomorrow", "tom":
		return onDay(now, 1, 0, 0), true
	}
	if day, err := time.ParseInLocation("2006-01-02", word, now.Location()); err == nil {
		return day, true
	}
	names := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	at := slices.IndexFunc(names, func(name string) bool { return len(word) >= 3 && strings.HasPrefix(name, word) })
	if at < 0 {
		return time.Time{}, false
	}
	ahead := (at - int(now.Weekday()) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return onDay(now, ahead, 0, 0), true
}

// readClock reads "9", "9:00", "14:30".
func readClock(word string) (hour, minute int, ok bool) {
	h, m, colon := strings.Cut(word, ":")
	hour, err := strconv.Atoi(h)
	if err != nil || hour < 0 || hour > 23 || len(h) > 2 {
		return 0, 0, false
	}
	if !colon {
		return hour, 0, true
	}
	minute, err = strconv.Atoi(m)
	return hour, minute, err == nil && len(m) == 2 && minute >= 0 && minute <= 59
}
