package storage_test

import (
	"context"
	"errors"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// TestWhatIsOwedIsDoneInItsOrderOrNotAtAll has a transaction on the only connection there is write a ticket, which goes to the server
// with what is asked next, or with the commit.
func TestWhatIsOwedIsDoneInItsOrderOrNotAtAll(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "The lift stands still")
	db, err := storage.Open(t.Context(), storage.Config{URL: url, Unsafe: true, Service: "test", MaxConns: 1})
	storagetest.Need(t, err, "open")
	t.Cleanup(db.Close)
	title := func() string {
		now, err := db.Ticket(t.Context(), id)
		storagetest.Need(t, err, "read ticket")
		return now.Title
	}
	ticket, err := db.Ticket(t.Context(), id)
	storagetest.Need(t, err, "read ticket")
	write := func(ctx context.Context, tx core.Tx, title string) {
		ticket.Title = title
		storagetest.Need(t, tx.UpdateTicket(ctx, ticket), "write ticket")
	}

	storagetest.Need(t, db.InTx(t.Context(), func(core.Tx) error { return nil }), "do nothing")
	storagetest.Need(t, db.InTx(t.Context(), func(tx core.Tx) error {
		write(t.Context(), tx, "The lift moves")
		now, err := tx.Ticket(t.Context(), id)
		if err == nil && now.Title != "The lift moves" {
			t.Errorf("within the transaction the title is %q", now.Title)
		}
		write(t.Context(), tx, "The lift moves again")
		return err
	}), "write and read")
	if got := title(); got != "The lift moves again" {
		t.Errorf("after the commit the title is %q", got)
	}

	changedMind := errors.New("changed my mind")
	for name, ends := range map[string]func(tx core.Tx) error{
		"before the server heard of it": func(tx core.Tx) error {
			write(t.Context(), tx, "Nobody reads this")
			return changedMind
		},
		"after the server heard of it": func(tx core.Tx) error {
			write(t.Context(), tx, "Nobody reads this")
			_, err := tx.Ticket(t.Context(), id)
			return errors.Join(changedMind, err)
		},
		"by what cannot be written": func(tx core.Tx) error {
			write(t.Context(), tx, "Nobody reads this")
			wrong := ticket
			wrong.Queue.ID = -1
			return tx.UpdateTicket(t.Context(), wrong)
		},
		"by what cannot be written, asked for something else": func(tx core.Tx) error {
			wrong := ticket
			wrong.Queue.ID = -1
			storagetest.Need(t, tx.UpdateTicket(t.Context(), wrong), "owe it")
			_, err := tx.Ticket(t.Context(), id)
			return err
		},
	} {
		if err := db.InTx(t.Context(), ends); err == nil {
			t.Errorf("ended %s: no error", name)
		}
		if got := title(); got != "The lift moves again" {
			t.Errorf("ended %s: the title is %q", name, got)
		}
	}

	func() {
		defer func() { _ = recover() }()
		_ = db.InTx(t.Context(), func(tx core.Tx) error {
			write(t.Context(), tx, "Nobody reads this")
			_, _ = tx.Ticket(t.Context(), id)
			panic("in the middle")
		})
	}()
	if got := title(); got != "The lift moves again" {
		t.Errorf("after a panic the title is %q", got)
	}
}
