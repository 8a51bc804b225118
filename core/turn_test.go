package core_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"helpdesk.campus/core"
)

// turn is how long a session waits until its turn comes, and ends the turn.
func turn(t *testing.T, hub *core.Hub) time.Duration {
	t.Helper()
	box := hub.Subscribe()
	defer box.Close()
	hub.Publish(core.DirtyTicket(7))
	began := time.Now()
	dirty, over, err := box.WaitTurn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	over()
	synctest.Wait()
	if !dirty.Tickets[7] {
		t.Error("the turn does not say what has changed")
	}
	return time.Since(began)
}

func TestTurnsGiveWayToWhoeverWaitsForWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := core.NewHub()
		if took := turn(t, hub); took != 0 {
			t.Errorf("nobody waits, and the turn came after %s", took)
		}
		one, other := hub.Ask(), hub.Ask()
		time.AfterFunc(10*time.Millisecond, one)
		time.AfterFunc(20*time.Millisecond, other)
		if took := turn(t, hub); took != 20*time.Millisecond {
			t.Errorf("the last who waited had their answer after 20ms; the turn came after %s", took)
		}
		one() // said twice
		if took := turn(t, hub); took != 0 {
			t.Errorf("nobody waits any more, and the turn came after %s", took)
		}
	})
}

func TestTurnsComeHoweverManyWaitForWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := core.NewHub()
		defer hub.Ask()()
		if took := turn(t, hub); took < 20*time.Millisecond || took > 100*time.Millisecond {
			t.Errorf("the turn came after %s", took)
		}
	})
}

func TestItIsQuietAfterATurnAsLongAsItTook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := core.NewHub()
		hold := func() {
			box := hub.Subscribe()
			defer box.Close()
			hub.Publish(core.DirtyTicket(7))
			_, over, err := box.WaitTurn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(10*time.Millisecond, over)
		}
		began := time.Now()
		for range max(1, runtime.GOMAXPROCS(0)/2) + 1 { // one more than have a turn at once
			hold()
		}
		if waited := time.Since(began); waited != 20*time.Millisecond {
			t.Errorf("turns that took 10ms are followed by the next after %s, want 20ms", waited)
		}
	})
}
