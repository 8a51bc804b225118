package backup

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// begin makes a session write values in one way on every server, for as long as it takes.
func begin(ctx context.Context, tx pgx.Tx) error {
	const settings = `
		select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
		       set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'iso_8601', true),
		       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true)`
	if _, err := tx.Exec(ctx, settings); err != nil {
		return fmt.Errorf("prepare the session: %w", err)
	}
	return nil
}

// The tables are the helpdesk's own. What is unlogged is soft state that belongs to running processes; goose's table is made by
// migrating; River's jobs are made anew by their timers. A column that holds the number of the transaction which wrote the row
// means nothing in another cluster, and gets that of the restoring one. Texts are ordered by their bytes, whatever language the database sorts in.
const tables = `
	select c.oid::int8 as id, c.relname as name,
	       array(select quote_ident(a.attname) from pg_attribute a
	             left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
	             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
	               and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like '%pg_current_xact_id%'
	             order by a.attnum) as columns,
	       array(select quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end from pg_index i, unnest(i.indkey) with ordinality k(attnum, place)
	             join pg_attribute a on a.attnum = k.attnum
	             where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid order by k.place) as key,
	       array(select distinct f.confrelid::int8 from pg_constraint f
	             where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid and not f.condeferrable) as needs
	from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relpersistence = 'p'
	  and c.relname not like 'goose%' and not c.relispartition
	order by c.relname`

type tableRow struct {
	ID      int64
	Name    string
	Columns []string
	Key     []string
	Needs   []int64
}

// describe finds the tables, in an order in which each comes behind those that it refers to, and where the
// sequences stand.
func (m *Manifest) describe(ctx context.Context, tx pgx.Tx) error {
	if err := tx.QueryRow(ctx, `select current_setting('server_version'), now()`).Scan(&m.Server, &m.MadeAt); err != nil {
		return fmt.Errorf("ask for the server's version: %w", err)
	}
	m.MadeAt = m.MadeAt.UTC()
	rows, err := tx.Query(ctx, tables)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[tableRow])
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if m.Tables, err = loadable(found); err != nil {
		return err
	}
	m.Sequences, err = sequences(ctx, tx)
	return err
}

// loadable orders tables so that each comes behind those that it refers to.
func loadable(found []tableRow) ([]Table, error) {
	placed := map[int64]bool{}
	ordered := make([]Table, 0, len(found))
	for len(ordered) < len(found) {
		before := len(ordered)
		for _, t := range found {
			ready := !placed[t.ID]
			for _, need := range t.Needs {
				ready = ready && placed[need]
			}
			if !ready {
				continue
			}
			if len(t.Key) == 0 {
				return nil, fmt.Errorf("table %s has no primary key to order it by", t.Name)
			}
			placed[t.ID] = true
			ordered = append(ordered, Table{Name: t.Name, Columns: t.Columns, Key: t.Key})
		}
		if len(ordered) == before {
			return nil, fmt.Errorf("tables refer to each other in a circle, behind %s", ordered[before-1].Name)
		}
	}
	return ordered, nil
}

// sequences reads the last number that each sequence gave, so that no number is given twice.
func sequences(ctx context.Context, tx pgx.Tx) (map[string]int64, error) {
	const standing = `select sequencename::text, last_value from pg_sequences where schemaname = 'public' and last_value is not null and sequencename not like 'goose%'`
	rows, err := tx.Query(ctx, standing)
	if err != nil {
		return nil, fmt.Errorf("read sequences: %w", err)
	}
	stand := map[string]int64{}
	var name string
	var last int64
	_, err = pgx.ForEachRow(rows, []any{&name, &last}, func() error {
		stand[name] = last
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read sequences: %w", err)
	}
	return stand, nil
}

// ordered is the statement that reads the table for a backup. The feed's epoch is no part of one: whatever is
// restored begins its own.
func (t *Table) ordered() string {
	where := ""
	if t.Name == "settings" {
		where = ` where key <> 'epoch'`
	}
	return `select ` + strings.Join(t.Columns, `, `) + ` from ` + pgx.Identifier{t.Name}.Sanitize() + where + ` order by ` + strings.Join(t.Key, `, `)
}
