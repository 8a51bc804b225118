package fill

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage"
)

// generation changes with what is written, so that a database kept from before is not taken for a new one.
const generation = 2

// Keep returns the URL of a filled database on the server of serverURL, which is kept: the next call finds it. One
// that was filled under an older schema is copied and migrated, which takes seconds where filling takes minutes.
// Whoever changes what is in it works on a [Clone].
func Keep(ctx context.Context, serverURL string, o Options) (string, error) {
	if err := o.complete(); err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return "", fmt.Errorf("connect to the server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	family := o.family()
	name := family + storage.MigrationsHash()[:8]
	kept, err := named(serverURL, name)
	if err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext($1))`, family); err != nil {
		return "", fmt.Errorf("wait for whoever fills it: %w", err)
	}
	before, err := filled(ctx, conn, family, name)
	if err != nil {
		return "", err
	}
	if before == name {
		return kept, nil
	}
	raw := name + "_raw"
	rawURL, err := named(serverURL, raw)
	if err != nil {
		return "", err
	}
	if before != "" && copyOf(ctx, conn, raw, before) == nil && storage.Migrate(ctx, rawURL) == nil {
		o.Log("migrated a copy of " + before)
		return kept, rename(ctx, conn, raw, name)
	}
	if err := run(ctx, conn, `drop database if exists `+raw+` with (force)`, `create database `+raw); err != nil {
		return "", err
	}
	result, err := Database(ctx, rawURL, o)
	if err != nil {
		return "", err
	}
	o.Log(result.String())
	return kept, rename(ctx, conn, raw, name)
}

// family is how the names of databases with this desk begin; the schema's hash follows.
func (o *Options) family() string {
	return fmt.Sprintf("fill_%d_%d_%d_%d_", generation, o.Tickets, o.Seed, o.Years)
}

// filled finds the newest database of a family, the one with a name if there is one, "" if there is none.
func filled(ctx context.Context, conn *pgx.Conn, family, name string) (found string, err error) {
	err = conn.QueryRow(ctx, `
		select datname from pg_database where starts_with(datname, $1) and not datname like '%\_raw'
		order by datname = $2 desc, oid desc limit 1`, family, name).Scan(&found)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("look for a filled database: %w", err)
	}
	return found, nil
}

// Kept reports whether the server keeps such a desk already, so that [Keep] need not fill one.
func Kept(ctx context.Context, serverURL string, o Options) (bool, error) {
	if err := o.complete(); err != nil {
		return false, err
	}
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return false, fmt.Errorf("connect to the server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	found, err := filled(ctx, conn, o.family(), "")
	return found != "", err
}

// Clone returns the URL of a copy of the database that [Keep] keeps, and what drops it.
func Clone(ctx context.Context, serverURL string, o Options) (copied string, drop func(context.Context) error, err error) {
	kept, err := Keep(ctx, serverURL, o)
	if err != nil {
		return "", nil, err
	}
	config, err := pgx.ParseConfig(kept)
	if err != nil {
		return "", nil, fmt.Errorf("read database URL: %w", err)
	}
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return "", nil, fmt.Errorf("connect to the server: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	name := fmt.Sprintf("clone_%s_%d", config.Database, conn.PgConn().PID())
	if err := copyOf(ctx, conn, name, config.Database); err != nil {
		return "", nil, err
	}
	copied, err = named(serverURL, name)
	return copied, func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, serverURL)
		if err != nil {
			return fmt.Errorf("connect to the server: %w", err)
		}
		defer func() { _ = conn.Close(ctx) }()
		return run(ctx, conn, `drop database `+name+` with (force)`)
	}, err
}

// copyOf copies files, which is the fastest way for a big database.
func copyOf(ctx context.Context, conn *pgx.Conn, name, of string) error {
	return run(ctx, conn, `drop database if exists `+name+` with (force)`, `create database `+name+` template `+of+` strategy file_copy`)
}

func rename(ctx context.Context, conn *pgx.Conn, from, to string) error {
	return run(ctx, conn, `alter database `+from+` rename to `+to)
}

func run(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// named is the URL of another database of the same server.
func named(serverURL, name string) (string, error) {
	u, err := url.Parse(serverURL)
	if err != nil {
		return "", fmt.Errorf("read the server's URL: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}
