package core_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestTheFeedLosesAndDoublesNothing writes events in transactions that commit in another order than
// they began, beside one that stays open for a while, and reads the feed meanwhile.
func TestTheFeedLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	const tickets, notes = 8, 20
	ids := make([]core.TicketID, tickets)
	for i := range ids {
		ids[i] = c.Report(t, c.Ana, fmt.Sprint("report ", i))
	}

	long, err := db.Pool().Begin(ctx) // a long transaction that has written, and so holds the feed back
	if err != nil {
		t.Fatal(err)
	}
	if _, err := long.Exec(ctx, `insert into settings (key, value) values ('slow', 'true')`); err != nil {
		t.Fatal(err)
	}

	var writers sync.WaitGroup
	for _, id := range ids {
		writers.Go(func() {
			for range notes {
				tx, err := db.Pool().Begin(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				var seq int
				if err := tx.QueryRow(ctx, `update tickets set last_seq = last_seq + 1 where id = $1 returning last_seq`, int64(id)).Scan(&seq); err != nil {
					t.Error(err)
				}
				_, err = tx.Exec(ctx, `insert into events (stream, stream_id, seq, command, kind, actor, door, at)
					values ('ticket', $1, $2, gen_random_uuid(), 'noted', 'system', 'worker', now())`, int64(id), seq)
				if err != nil {
					t.Error(err)
				}
				if _, err := tx.Exec(ctx, `select pg_sleep($1)`, rand.Float64()*0.01); err != nil {
					t.Error(err)
				}
				if err := tx.Commit(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { writers.Wait(); close(written) }()

	seen := make(map[string]int)
	var cursor core.FeedCursor
	read := func() int {
		events, next, err := c.Desk.Watch(ctx, ines, cursor, 7)
		if err != nil {
			t.Fatal(err)
		}
		cursor = next
		for _, e := range events {
			seen[fmt.Sprint(e.StreamID, "/", e.Seq)]++
		}
		return len(events)
	}
	for writing := true; writing; {
		select {
		case <-written:
			writing = false
		default:
		}
		for read() > 0 { //nolint:revive // reading is the work
		}
	}
	held := len(seen)
	if err := long.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); len(seen) < tickets*(notes+1) && time.Now().Before(deadline); {
		if read() == 0 {
			time.Sleep(5 * time.Millisecond) // a transaction of another test may hold the cluster's feeds back for a moment
		}
	}
	if held >= tickets*(notes+1) {
		t.Errorf("the feed showed all %d events beside a transaction that could still have come before them", held)
	}
	for _, id := range ids {
		for seq := 1; seq <= notes+1; seq++ {
			if n := seen[fmt.Sprint(int64(id), "/", seq)]; n != 1 {
				t.Errorf("event %d of %s was seen %d times", seq, id, n)
			}
		}
	}
}

func TestABellWakesEveryProcess(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	here := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	there := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
	box := there.Hub().Subscribe()
	defer box.Close()
	id := here.Report(t, here.Ana, "No signal")
	for {
		dirty, err := box.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if dirty.Tickets[id] {
			return
		}
	}
}
