package storage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/storage"
)

// firstVersion is the number below which migrations make the schema of the first version: over a database in which nothing is
// yet, they may do as they like.
const firstVersion = "20261126"

// safe are the forms of statements that a migration may have while people work: none reads or writes a whole table that was there
// before under a lock which others wait for, and none takes something away that the program before it uses.
var safe = []*regexp.Regexp{
	regexp.MustCompile(`^create (unlogged )?table `),
	regexp.MustCompile(`^create (or replace )?(function|view) `),
	regexp.MustCompile(`^create (unique )?index concurrently `),
	regexp.MustCompile(`^drop (index|view|function)( concurrently)? if exists `),
	regexp.MustCompile(`^alter table \w+ add column( if not exists)? \w+ [\w()\[\]]+( not null default ('[^']*'|\d+|true|false))?$`), // the default is kept beside the table
	regexp.MustCompile(`^alter table \w+ add constraint \w+ .* not valid$`),
	regexp.MustCompile(`^alter table \w+ validate constraint \w+$`), // reads all, and nobody waits for it
	regexp.MustCompile(`^alter table \w+ alter column \w+ (set default|drop default|drop not null|set statistics|set storage)`),
	regexp.MustCompile(`^(grant|comment on) `),
	regexp.MustCompile(`^revoke all on function \w+\(\) from public$`), // this and the next wait for nobody who works with tables
	regexp.MustCompile(`^alter function \w+\(\) set search_path = `),
	regexp.MustCompile(`^insert into settings `),
}

// objection says why a migration may not run while people work, "" if it may.
func objection(text string) string {
	fresh := map[string]bool{} // tables that it makes itself, with which it may do anything
	without := strings.Contains(text, "+goose NO TRANSACTION")
	for _, statement := range statements(text) {
		table := regexp.MustCompile(`^create (?:unlogged )?table (?:if not exists )?(\w+)`).FindStringSubmatch(statement)
		if table != nil {
			fresh[table[1]] = true
			if other := regexp.MustCompile(`references (\w+)`).FindStringSubmatch(statement); without && other != nil {
				return "a foreign key locks " + other[1] + ", so that the file has to be a transaction: " + statement
			}
		}
		if about := subject(statement); about != "" && fresh[about] {
			continue
		}
		allowed := false
		for _, form := range safe {
			allowed = allowed || form.MatchString(statement)
		}
		switch {
		case !allowed:
			return "this form is not in the list of safe ones: " + statement
		case strings.Contains(statement, "concurrently") && !without:
			return "what is done concurrently is done in a file without a transaction: " + statement
		}
	}
	return ""
}

// subject is the table that a statement is about.
func subject(statement string) string {
	if m := regexp.MustCompile(`^(?:alter table|insert into|update|create (?:unique )?index \w+ on) (\w+)`).FindStringSubmatch(statement); m != nil {
		return m[1]
	}
	return ""
}

// statements are those of a file, each on one line and without remarks.
func statements(text string) []string {
	text = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(text, "")
	bodies := regexp.MustCompile(`(?s)\$\$.*?\$\$`)
	text = bodies.ReplaceAllString(text, "$$$$")
	var list []string
	for one := range strings.SplitSeq(text, ";") {
		if one = strings.ToLower(strings.Join(strings.Fields(one), " ")); one != "" {
			list = append(list, one)
		}
	}
	return list
}

func TestMigrationsMayRunWhilePeopleWork(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) < firstVersion {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if why := objection(string(text)); why != "" {
			t.Errorf("%s: %s", file, why)
		}
	}
}

// Only who holds nobody up meanwhile may wait for long: a migration in which anything else is done as well may not.
func TestWhichMigrationsWaitForOldTransactions(t *testing.T) {
	t.Parallel()
	patient, err := storage.PatientMigrations()
	if err != nil || len(patient) < 2 || !slices.IsSorted(patient) {
		t.Fatal(patient, err)
	}
	for version, may := range map[int64]bool{
		20261130150000: true,  // builds an index beside everything else
		20261125041000: false, // makes tables
	} {
		if slices.Contains(patient, version) != may {
			t.Errorf("%d waits: %v", version, !may)
		}
	}
	for _, version := range patient {
		files, err := filepath.Glob(fmt.Sprintf("migrations/%d_*.sql", version))
		if err != nil || len(files) != 1 {
			t.Fatal(version, files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range statements(string(text)) {
			if !strings.Contains(statement, " concurrently ") {
				t.Errorf("%s waits for long, and may hold others up: %s", files[0], statement)
			}
		}
	}
}

func TestWhatAMigrationMayDo(t *testing.T) {
	t.Parallel()
	for text, may := range map[string]bool{
		`alter table tickets add column weight int;`:                                                                 true,
		`alter table tickets add column weight int not null default 0; -- kept beside the table`:                     true,
		`revoke all on function f() from public; alter function f() set search_path = pg_catalog, pg_temp;`:          true,
		`revoke select on tickets from helpdesk_app;`:                                                                false,
		`alter function f() rename to g;`:                                                                            false,
		`alter table tickets add column made timestamptz not null default now();`:                                    false,
		`alter table tickets add column weight int not null;`:                                                        false,
		`alter table tickets alter column title type varchar(80);`:                                                   false,
		`alter table tickets alter column title set not null;`:                                                       false,
		`alter table tickets add constraint light check (weight < 9);`:                                               false,
		`alter table tickets add constraint light check (weight < 9) not valid;`:                                     true,
		`alter table tickets validate constraint light;`:                                                             true,
		`alter table tickets drop column title;`:                                                                     false,
		`alter table tickets rename column title to name;`:                                                           false,
		`create index heavy on tickets (weight);`:                                                                    false,
		`create index concurrently heavy on tickets (weight);`:                                                       false,
		"-- +goose NO TRANSACTION\ndrop index if exists heavy; create index concurrently heavy on tickets (id);":     true,
		`create table pets (id bigint primary key); create index pets_id on pets (id); insert into pets values (1);`: true,
		`update tickets set weight = 1;`:                                                                             false,
		`delete from messages;`:                                                                                      false,
		`lock table tickets;`:                                                                                        false,
		`drop table tickets;`:                                                                                        false,
		`truncate presence;`:                                                                                         false,
		`cluster tickets using tickets_pkey;`:                                                                        false,
		`create function f() returns int language sql as $$ update tickets set weight = 1; select 1 $$;`:             true,
	} {
		if why := objection(text); (why == "") != may {
			t.Errorf("%s: %q", text, why)
		}
	}
	if got := fmt.Sprint(statements("a -- x;\n ;b $$ c; $$ d;")); got != "[a b $$ d]" {
		t.Error(got)
	}
}
