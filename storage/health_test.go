package storage_test

import (
	"encoding/binary"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// The role that migrates owns the functions by which processes ask; they themselves sign in as one that owns nothing. Neither
// is a superuser.
func TestHowFarAReplicaIsBehindIsKnownOrSaidNotToBe(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "helpdesk-replica-") // unlike that of the test, the server's user may enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	server, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, Unsafe: true})
	if errors.Is(err, embedded.ErrNoPrograms) {
		storagetest.Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	super, err := pgx.Connect(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = super.Close(t.Context()) })
	exec := func(sql string) {
		t.Helper()
		if _, err := super.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`create role keeper login createrole`)
	exec(`create database kept owner keeper`)
	as := func(login string) string {
		t.Helper()
		address, err := url.Parse(server.DatabaseURL("kept"))
		if err != nil {
			t.Fatal(err)
		}
		address.User = url.User(login)
		return address.String()
	}
	if err := storage.Migrate(t.Context(), as("keeper")); err != nil {
		t.Fatal(err)
	}
	exec(`create role service login in role helpdesk_app`)
	db := storagetest.OpenURL(t, as("service"))
	health := func() core.Health {
		t.Helper()
		h, err := db.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if h := health(); h.Replicas != 0 || h.Lag != 0 {
		t.Errorf("without a replica there are %d, %s behind", h.Replicas, h.Lag)
	}

	replica := follow(t, server.URL())
	exec(`create table something as select 1 as x`)
	replica.confirm(t, 200*time.Millisecond)
	if h := health(); h.Replicas != 1 || h.LagKnown {
		t.Errorf("a role that may not see how far it is behind knows it: %+v", h)
	}
	exec(`grant pg_monitor to keeper`)
	var h core.Health
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && h.Lag == 0; { // until the server has read what the replica said
		h = health()
	}
	if h.Replicas != 1 || !h.LagKnown || h.Lag < 200*time.Millisecond {
		t.Errorf("the replica is said to be %s behind (known: %t), of %d", h.Lag, h.LagKnown, h.Replicas)
	}

	// What processes may ask is no way to what they may not: no view of theirs is read in the owner's name, and nobody else asks.
	thief, err := pgx.Connect(t.Context(), as("service"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = thief.Close(t.Context()) })
	for _, sql := range []string{
		`create temp view pg_stat_activity as select 'mine' as application_name, null::inet as client_addr, now() as backend_start, now() as xact_start, current_database() as datname`,
		`create temp view pg_stat_replication as select interval '1 day' as replay_lag`,
	} {
		if _, err := thief.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	var stolen bool
	const steal = `select exists (select from helpdesk_activity() where name = 'mine') or (select lag from helpdesk_replicas()) > 3600`
	if err := thief.QueryRow(t.Context(), steal).Scan(&stolen); err != nil || stolen {
		t.Errorf("a view of the caller's is read by the owner's function (%v)", err)
	}
	exec(`create role stranger login`)
	stranger, err := pgx.Connect(t.Context(), as("stranger"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Close(t.Context()) })
	for _, ask := range []string{`select * from helpdesk_replicas()`, `select * from helpdesk_activity()`} {
		if _, err := stranger.Exec(t.Context(), ask); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("a stranger asks %s: %v", ask, err)
		}
	}
}

// replica is a connection that receives the server's log as a standby does.
type replica struct{ conn *pgconn.PgConn }

// follow begins to receive.
func follow(t *testing.T, address string) replica {
	t.Helper()
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["replication"] = "true"
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	who, err := conn.Exec(t.Context(), `IDENTIFY_SYSTEM`).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	conn.Frontend().SendQuery(&pgproto3.Query{String: `START_REPLICATION PHYSICAL ` + string(who[0].Rows[0][2])})
	if err := conn.Frontend().Flush(); err != nil {
		t.Fatal(err)
	}
	for {
		msg, err := conn.ReceiveMessage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, begun := msg.(*pgproto3.CopyBothResponse); begun {
			return replica{conn}
		}
	}
}

// confirm says of what comes next that it has been applied, some time after it came.
func (r replica) confirm(t *testing.T, late time.Duration) {
	t.Helper()
	for {
		msg, err := r.conn.ReceiveMessage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		data, ok := msg.(*pgproto3.CopyData)
		if !ok || data.Data[0] != 'w' { // not the log
			continue
		}
		const head = 1 + 8 + 8 + 8
		upto := binary.BigEndian.Uint64(data.Data[1:]) + uint64(len(data.Data)-head)
		time.Sleep(late) // the lag itself
		status := []byte{'r'}
		for range 3 { // written, flushed, applied
			status = binary.BigEndian.AppendUint64(status, upto)
		}
		status = binary.BigEndian.AppendUint64(status, 0) // its clock
		r.conn.Frontend().Send(&pgproto3.CopyData{Data: append(status, 0)})
		if err := r.conn.Frontend().Flush(); err != nil {
			t.Fatal(err)
		}
		return
	}
}
