package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"helpdesk.campus/core"
)

const (
	insertSecret = `insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing`
	selectSecret = `select value from secrets where name = $1`
)

// Secret implements core: the first process that asks makes it, all others get the same.
func (db *DB) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	value, err := scalar[[]byte](ctx, db.queries, selectSecret, name)
	if !errors.Is(err, core.ErrNoRow) {
		return value, err
	}
	if err := db.exec(ctx, insertSecret, name, fresh); err != nil {
		return nil, err
	}
	return scalar[[]byte](ctx, db.queries, selectSecret, name)
}

const (
	selectSetting = `select value from settings where key = $1`
	saveSetting   = `
		insert into settings (key, value, updated_at) values ($1, $2, now())
		on conflict (key) do update set value = excluded.value, updated_at = now()`
)

// Setting reads a setting into value; false if it was never made.
func (db *DB) Setting(ctx context.Context, key string, value any) (bool, error) {
	return db.setting(ctx, key, value)
}

func (s queries) setting(ctx context.Context, key string, value any) (bool, error) {
	raw, err := scalar[[]byte](ctx, s, selectSetting, key)
	if errors.Is(err, core.ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(raw, value); err != nil {
		return false, fmt.Errorf("read setting %s: %w", key, err)
	}
	return true, nil
}

// SaveSetting keeps a setting.
func (db *DB) SaveSetting(ctx context.Context, key string, value any) error {
	return db.saveSetting(ctx, key, value)
}

func (s queries) saveSetting(ctx context.Context, key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write setting %s: %w", key, err)
	}
	return s.exec(ctx, saveSetting, key, raw)
}

const selectUsed = `select exists (select from users) or exists (select from queues)`

// Used reports whether anybody has begun to work with the database.
func (db *DB) Used(ctx context.Context) (bool, error) {
	return scalar[bool](ctx, db.queries, selectUsed)
}
