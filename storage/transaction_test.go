package storage_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// TestATransactionIsWholeForTheJobQueue has parts of one taken back and kept, and asks it for all that one of pgx's own can do.
func TestATransactionIsWholeForTheJobQueue(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	var kept []string
	storagetest.Need(t, db.InOne(t.Context(), func(tx pgx.Tx) error {
		say := func(in pgx.Tx, word string) {
			t.Helper()
			_, err := in.Exec(t.Context(), `insert into said values ($1)`, word)
			storagetest.Need(t, err, "write")
		}
		part := func(word string, end func(pgx.Tx) error) {
			t.Helper()
			in, err := tx.Begin(t.Context())
			storagetest.Need(t, err, "begin a part")
			if word != "" {
				say(in, word)
			}
			storagetest.Need(t, end(in), "end a part")
			if err := in.Rollback(t.Context()); !errors.Is(err, pgx.ErrTxClosed) {
				t.Errorf("a part that has ended: %v", err)
			}
		}
		keep := func(in pgx.Tx) error { return in.Commit(t.Context()) }
		takeBack := func(in pgx.Tx) error { return in.Rollback(t.Context()) }
		part("", takeBack) // before the server heard of anything
		_, err := tx.Exec(t.Context(), `create temporary table said (word text) on commit drop`)
		storagetest.Need(t, err, "make a table")
		part("kept", keep)
		part("taken back", takeBack)
		part("", takeBack)
		part("", keep)
		failed, err := tx.Begin(t.Context())
		storagetest.Need(t, err, "begin a part")
		if _, err := failed.Exec(t.Context(), `select 1/0`); err == nil {
			t.Error("1/0 is a number")
		}
		storagetest.Need(t, failed.Rollback(t.Context()), "take back what failed")
		n, err := tx.CopyFrom(t.Context(), pgx.Identifier{"said"}, []string{"word"}, pgx.CopyFromRows([][]any{{"copied"}, {"too"}}))
		if err != nil || n != 2 {
			t.Errorf("copied %d rows, %v", n, err)
		}
		_, err = tx.Prepare(t.Context(), "words", `select word from said`)
		storagetest.Need(t, err, "prepare")
		rows, err := tx.Query(t.Context(), "words")
		storagetest.Need(t, err, "read")
		kept, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}), "work in one transaction")
	if want := []string{"kept", "copied", "too"}; !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
}

// TestAStatementWithItsOwnTimeMayBeATransactionsFirst: before it goes what the transaction owes, of which it knows nothing.
func TestAStatementWithItsOwnTimeMayBeATransactionsFirst(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	if found, stopped, err := db.Soon(t.Context(), time.Minute, `select 7::bigint as id`); err != nil || stopped || len(found) != 1 || found[0] != 7 {
		t.Errorf("it found %v, stopped: %t, %v", found, stopped, err)
	}
	if _, stopped, err := db.Soon(t.Context(), 20*time.Millisecond, `select 7::bigint as id from pg_sleep(5)`); !stopped {
		t.Errorf("its time is over, and it goes on: %v", err)
	}
}
