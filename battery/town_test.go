package battery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// running is a server with what removes it.
type running struct {
	*embedded.Server

	remove func()
}

// durable is the server that the trials share, which keeps what it acknowledges. Its database is the template of theirs.
var durable = sync.OnceValues(func() (*running, error) {
	server, remove, err := storagetest.StartDurable(context.Background(), "")
	if err != nil {
		return nil, err
	}
	shared.Store(&running{server, remove})
	return shared.Load(), nil
})

// shared is that server, nil if no trial has asked for it; towns counts those on it.
var (
	shared atomic.Pointer[running]
	towns  atomic.Int64
)

// town is a campus in a database of its own.
type town struct {
	*storagetest.Campus

	server *embedded.Server
	url    string
}

// newTown makes a campus on the server that the trials share.
func newTown(t *testing.T) *town {
	t.Helper()
	if raced {
		t.Skip("processes are built without the race detector, so this part would only repeat the other")
	}
	server, err := durable()
	if errors.Is(err, embedded.ErrNoPrograms) {
		storagetest.Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprint("town_", towns.Add(1))
	admin := connect(t, server.DatabaseURL("postgres"))
	if _, err := admin.Exec(t.Context(), "create database "+pgx.Identifier{name}.Sanitize()+" template helpdesk"); err != nil {
		t.Fatal(err)
	}
	url := server.DatabaseURL(name)
	return &town{Campus: storagetest.CampusAt(t, url), server: server.Server, url: url}
}

// connect opens a connection of the test's own, as the owner of the database.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.WithoutCancel(t.Context()), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// token is that of a program of somebody of the staff.
func (w *town) token(t *testing.T) string {
	t.Helper()
	_, secret, err := w.Desk.NewToken(t.Context(), storagetest.As(w.Ines, core.DoorSSH), core.NewToken{Name: "battery", Scope: core.TokenWrite})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// key gives somebody a key.
func (w *town) key(t *testing.T, u core.User) gossh.Signer {
	t.Helper()
	key := sshtest.NewKey(t)
	if _, err := w.Desk.AddKey(t.Context(), core.Operator(), u.ID, string(gossh.MarshalAuthorizedKey(key.PublicKey())), "battery"); err != nil {
		t.Fatal(err)
	}
	return key
}

// ticket is one that replies are said on.
type ticket struct {
	id  core.TicketID
	ref core.Reference
}

// tickets files some to work on.
func (w *town) tickets(t *testing.T, n int) []ticket {
	t.Helper()
	list := make([]ticket, n)
	for i := range list {
		id := w.Report(t, w.Ana, fmt.Sprint("Lamp ", i, " is broken"))
		view, err := w.Desk.Ticket(t.Context(), core.Operator(), id)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = ticket{id: id, ref: view.Ticket.Reference}
	}
	return list
}
