package reports

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/bench/rig"
)

// statement is one statement as the server logged it.
type statement struct {
	sql        string
	parameters []*string // nil is NULL
}

// script is what pgbench runs in place of a report.
type script struct {
	sql        string
	variables  []string // name=value, which become parameters of the prepared statements
	statements int
}

// record sends reports while the server logs statements, and makes of what two of them brought about a script that
// pgbench runs: what differs between the two is drawn anew each time, everything else is a parameter that stays as it
// was, so that the server plans for pgbench what it plans for the program.
func record(ctx context.Context, r *rig.Rig, d *rig.Desk, send func() error) (*script, error) {
	var marks []string
	conn, err := pgx.Connect(ctx, d.URL)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for n := range 3 {
		mark := fmt.Sprintf("select 'the bench sends report %d of %d'", n, os.Getpid())
		marks = append(marks, mark)
		if _, err := conn.Exec(ctx, mark, pgx.QueryExecModeSimpleProtocol); err != nil {
			return nil, fmt.Errorf("mark the log: %w", err)
		}
		if n < 2 {
			if err := send(); err != nil {
				return nil, err
			}
		}
	}
	log, err := os.ReadFile(r.ServerLog())
	if err != nil {
		return nil, fmt.Errorf("read the server's log: %w", err)
	}
	first, second := between(string(log), marks[0], marks[1]), between(string(log), marks[1], marks[2])
	one, two := statementsOf(first), statementsOf(second)
	if len(one) == 0 || !slices.EqualFunc(one, two, func(a, b statement) bool { return a.sql == b.sql && len(a.parameters) == len(b.parameters) }) {
		return nil, errors.New("two reports run different statements:\n" + first + "\nand\n" + second)
	}
	made := &script{statements: len(one)}
	for i := range one {
		if err := made.add(ctx, conn, one[i], two[i]); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// between is the part of the log from the last line with one text to the last with another.
func between(log, from, to string) string {
	begin, end := strings.LastIndex(log, from), strings.LastIndex(log, to)
	if begin < 0 || end < begin {
		return ""
	}
	return log[begin+len(from) : end]
}

var (
	entry     = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] `)
	executed  = regexp.MustCompile(`(?s)^LOG:  (?:execute [^:]*|statement): (.*)`)
	parameter = regexp.MustCompile(`\$\d+ = (NULL|'(?:[^']|'')*')`)
	numbered  = regexp.MustCompile(`\$(\d+)`)
)

// statementsOf reads the statements in a part of the log. The bell is left out: it is merged under load, so that it does
// not belong to any one report; and so are the pool's signs of life.
func statementsOf(log string) []statement {
	var list []statement
	for _, e := range entry.Split(log, -1) {
		e = strings.ReplaceAll(strings.TrimRight(e, "\n"), "\n\t", "\n")
		if details, ok := strings.CutPrefix(e, "DETAIL:  parameters: "); ok && len(list) > 0 {
			for _, m := range parameter.FindAllStringSubmatch(details, -1) {
				var value *string
				if m[1] != "NULL" {
					text := strings.ReplaceAll(m[1][1:len(m[1])-1], "''", "'")
					value = &text
				}
				list[len(list)-1].parameters = append(list[len(list)-1].parameters, value)
			}
		}
		if m := executed.FindStringSubmatch(e); len(m) > 1 && m[1] != "" { // the mark that ends this part of the log begins with nothing
			list = append(list, statement{sql: m[1]})
		}
	}
	return slices.DeleteFunc(list, func(s statement) bool {
		return strings.Contains(s.sql, "pg_notify") || strings.HasPrefix(s.sql, "-- ping") || strings.Contains(s.sql, "the bench sends")
	})
}

// add writes a statement, with its values as the types that the server takes them for.
func (s *script) add(ctx context.Context, conn *pgx.Conn, one, two statement) error {
	prepared, err := conn.Prepare(ctx, "", one.sql)
	if err != nil {
		return fmt.Errorf("prepare what was logged: %w", err)
	}
	if len(prepared.ParamOIDs) != len(one.parameters) {
		return fmt.Errorf("the log has %d parameters of %d", len(one.parameters), len(prepared.ParamOIDs)) //nolint:err113 // said once, to a person
	}
	values := make([]string, len(one.parameters))
	for i, oid := range prepared.ParamOIDs {
		var kind string
		if err := conn.QueryRow(ctx, `select $1::oid::regtype::text`, oid).Scan(&kind); err != nil {
			return fmt.Errorf("look up a type: %w", err)
		}
		values[i] = s.value(kind, one.parameters[i], two.parameters[i])
	}
	sql := numbered.ReplaceAllStringFunc(one.sql, func(p string) string {
		n, _ := strconv.Atoi(p[1:])
		return values[n-1]
	})
	s.sql += strings.Join(strings.Fields(sql), " ") + ";\n"
	return nil
}

func (s *script) value(kind string, one, two *string) string {
	switch {
	case one == nil || two == nil:
		return "null::" + kind
	case *one == *two:
		return s.variable(*one) + "::" + kind
	}
	switch kind {
	case "uuid":
		return "gen_random_uuid()"
	case "timestamp with time zone":
		return "now()"
	case "bytea":
		return "sha256(random()::text::bytea)"
	case "text", "character varying":
		const digest = 32 // letters of one
		drawn := strings.TrimSuffix(strings.Repeat("md5(random()::text) || ", (len(*one)+digest-1)/digest), " || ")
		return fmt.Sprintf("left(%s, %d)", drawn, len(*one))
	}
	return s.variable(*one) + "::" + kind
}

func (s *script) variable(value string) string {
	if value == "" { // pgbench takes none for a name without a value
		return "''"
	}
	name := fmt.Sprintf("value%d", len(s.variables))
	s.variables = append(s.variables, name+"="+value)
	return ":" + name
}
