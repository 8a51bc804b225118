package storagetest

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// Cut takes a database away: whoever is connected is thrown out, and nobody gets in until the function
// it returns is called.
func Cut(t testing.TB, url string) (restore func()) {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	name := pgx.Identifier{config.Database}.Sanitize()
	admin(t, s, `alter database `+name+` with allow_connections false`)
	admin(t, s, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '`+config.Database+`'`)
	return func() {
		t.Helper()
		admin(t, s, `alter database `+name+` with allow_connections true`)
	}
}
