package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
)

const (
	selectOfficeHours = `select weekday, opens, closes from calendar_hours order by weekday, opens`
	clearOfficeHours  = `delete from calendar_hours`
	insertOfficeHours = `
		insert into calendar_hours (weekday, opens, closes) select * from unnest($1::smallint[], $2::smallint[], $3::smallint[])`

	selectHolidays = `select day, name from holidays where day >= $1 order by day`
	clearHolidays  = `delete from holidays`
	insertHolidays = `insert into holidays (day, name) select * from unnest($1::date[], $2::text[])`
)

type hoursRow struct{ Weekday, Opens, Closes int16 }

// OfficeHours implements core.
func (s queries) OfficeHours(ctx context.Context) ([]calendar.Range, error) {
	rows, err := collect[hoursRow](ctx, s, selectOfficeHours)
	list := make([]calendar.Range, len(rows))
	for i, r := range rows {
		list[i] = calendar.Range{Weekday: time.Weekday(r.Weekday % 7), Opens: int(r.Opens), Closes: int(r.Closes)}
	}
	return list, err
}

// ReplaceOfficeHours implements core.
func (s queries) ReplaceOfficeHours(ctx context.Context, hours []calendar.Range) error {
	if err := s.exec(ctx, clearOfficeHours); err != nil {
		return err
	}
	weekday, opens, closes := make([]int16, len(hours)), make([]int16, len(hours)), make([]int16, len(hours))
	for i, h := range hours {
		weekday[i], opens[i], closes[i] = int16((h.Weekday+6)%7+1), int16(h.Opens), int16(h.Closes)
	}
	return s.exec(ctx, insertOfficeHours, weekday, opens, closes)
}

type holidayRow struct {
	Day  time.Time
	Name string
}

func midnight(d calendar.Day) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// Holidays implements core.
func (s queries) Holidays(ctx context.Context, from calendar.Day) ([]calendar.Holiday, error) {
	if from == (calendar.Day{}) {
		from = calendar.Day{Year: 1, Month: time.January, Day: 1}
	}
	rows, err := collect[holidayRow](ctx, s, selectHolidays, midnight(from))
	list := make([]calendar.Holiday, len(rows))
	for i, r := range rows {
		list[i] = calendar.Holiday{Day: calendar.DayOf(r.Day), Name: r.Name}
	}
	return list, err
}

// ReplaceHolidays implements core.
func (s queries) ReplaceHolidays(ctx context.Context, days []calendar.Holiday) error {
	if err := s.exec(ctx, clearHolidays); err != nil {
		return err
	}
	dates, names := make([]time.Time, len(days)), make([]string, len(days))
	for i, d := range days {
		dates[i], names[i] = midnight(d.Day), d.Name
	}
	return s.exec(ctx, insertHolidays, dates, names)
}

const (
	selectKioskKeys = `select id, fingerprint, name, created_at, last_used_at, revoked_at from kiosk_keys order by revoked_at is not null, id`
	selectKioskKey  = `select id, fingerprint, name, created_at, last_used_at, revoked_at from kiosk_keys where fingerprint = $1 and revoked_at is null`
	insertKioskKey  = `insert into kiosk_keys (fingerprint, public_key, name, created_at) values ($1, $2, $3, $4) returning id`
	revokeKioskKey  = `update kiosk_keys set revoked_at = $2 where id = $1 and revoked_at is null`
	touchKioskKey   = `update kiosk_keys set last_used_at = $2 where id = $1`
)

type kioskKeyRow struct {
	ID          int64
	Fingerprint string
	Name        string
	CreatedAt   time.Time
	LastUsedAt  *time.Time
	RevokedAt   *time.Time
}

func (r *kioskKeyRow) key() core.KioskKey {
	return core.KioskKey{ID: r.ID, Fingerprint: r.Fingerprint, Name: r.Name, CreatedAt: r.CreatedAt.UTC(), LastUsedAt: since(r.LastUsedAt), RevokedAt: since(r.RevokedAt)}
}

// KioskKeys implements core.
func (s queries) KioskKeys(ctx context.Context) ([]core.KioskKey, error) {
	rows, err := collect[kioskKeyRow](ctx, s, selectKioskKeys)
	list := make([]core.KioskKey, len(rows))
	for i := range rows {
		list[i] = rows[i].key()
	}
	return list, err
}

// KioskKey implements core.
func (s queries) KioskKey(ctx context.Context, fingerprint string) (core.KioskKey, error) {
	r, err := one[kioskKeyRow](ctx, s, selectKioskKey, fingerprint)
	return r.key(), err
}

// InsertKioskKey implements core.
func (s queries) InsertKioskKey(ctx context.Context, key core.KioskKey, authorized string) (int64, error) {
	id, err := scalar[int64](ctx, s, insertKioskKey, key.Fingerprint, authorized, key.Name, key.CreatedAt)
	return id, unique(err, map[string]string{"kiosk_keys_fingerprint": "kiosk_key"})
}

// RevokeKioskKey implements core.
func (s queries) RevokeKioskKey(ctx context.Context, id int64, now time.Time) (bool, error) {
	return s.some(ctx, revokeKioskKey, id, now)
}

// TouchKioskKey implements core.
func (s queries) TouchKioskKey(ctx context.Context, id int64, now time.Time) error {
	return s.exec(ctx, touchKioskKey, id, now)
}
