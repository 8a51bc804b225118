package core

import (
	"context"
	"fmt"
	"time"
)

type healthStore interface {
	// Health reads how the database and whoever works with it are.
	Health(ctx context.Context) (Health, error)
	// Shape reads what [Desk.Examine] judges of people, queues and categories.
	Shape(ctx context.Context) (Shape, error)
	// SaveBackupMade keeps when the last backup was made.
	SaveBackupMade(ctx context.Context, made BackupMade) error
}

// Health is how an installation is at a moment.
type Health struct {
	At            time.Time // by the desk's clock
	DatabaseClock time.Time
	Server        string // PostgreSQL's version
	Schema        int64  // number of the newest migration
	Bytes         int64  // the database's size
	Tables        []TableSize
	Processes     []Process
	Connections   int           // of the whole server
	MostOfThem    int           // that it takes
	OldestWork    time.Duration // how long the oldest transaction has run, which the feed waits for
	Lag           time.Duration // how far the slowest replica is behind; 0 without any, and where it is not known
	LagKnown      bool          // the role that migrated may see how far replicas are behind
	Replicas      int
	Slow          []SlowStatement // slowest by mean; nil where the server keeps no count
	Jobs          []JobHealth
	LastBackup    BackupMade // zero: never
	LastSeal      time.Time  // zero: never
	Durable       bool       // the server loses nothing that it acknowledged
	HistorySafe   bool       // the role processes work as can neither change nor remove events
	BrokenIndexes []string
}

// TableSize is how much a table takes, with its indexes.
type TableSize struct {
	Name  string
	Rows  int64 // as the server estimates them
	Bytes int64
}

// Process is a part of the helpdesk that is connected to the database.
type Process struct {
	Name        string // "helpdesk web"
	Address     string // "" on the same machine
	Connections int
	Since       time.Time
}

// SlowStatement is a statement as the server counts it (pg_stat_statements).
type SlowStatement struct {
	Statement string
	Calls     int64
	Mean      time.Duration
	Share     float64 // of all time spent
}

// JobHealth is how one kind of background work goes.
type JobHealth struct {
	Kind     string
	LastDone time.Time // zero: not within what is kept
	Waiting  int
	Failed   int // given up
}

// BackupMade is when a backup was made, and how much it holds.
type BackupMade struct {
	At    time.Time `json:"at"`
	Rows  int64     `json:"rows"`
	Bytes int64     `json:"bytes"` // of the file
}

// Health says how the installation is. Admins may.
func (d *Desk) Health(ctx context.Context, who Actor) (Health, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return Health{}, err
	}
	h, err := d.store.Health(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("ask how the installation is: %w", err)
	}
	h.At = d.Now()
	return h, nil
}

// RecordBackup keeps when the last backup was made, for those who look after the installation.
func (d *Desk) RecordBackup(ctx context.Context, who Actor, made BackupMade) error {
	return d.administer(ctx, who, "record the backup", Dirty{}, func(ctx context.Context, tx Tx, p *principal) error {
		if err := tx.SaveBackupMade(ctx, made); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamSettings, 0, EventBackedUp, "", "", "")
	})
}
