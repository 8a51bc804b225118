package storage_test

import (
	"context"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// muted is the database of a process whose bells are lost.
type muted struct{ *storage.DB }

func (muted) Ring(core.Dirty) {}

func TestALostBellIsMadeGoodAndSilenceIsNot(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	lost := storagetest.OpenURL(t, url)
	desk, err := core.New(t.Context(), muted{lost}, core.Options{Hub: lost.Hub()})
	if err != nil {
		t.Fatal(err)
	}
	listening, err := storage.Open(t.Context(), storage.Config{URL: url, Unsafe: true, Service: "test", MaxConns: 2, Resync: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(listening.Close)
	box := listening.Hub().Subscribe()
	defer box.Close()

	quiet := func(d time.Duration) bool {
		wait, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		_, err := box.Wait(wait)
		return err != nil
	}
	for deadline := time.Now().Add(20 * time.Second); !quiet(300 * time.Millisecond); {
		if time.Now().After(deadline) {
			t.Fatal("nothing happens, and everybody is told to look again and again")
		}
	}
	c.Desk = desk
	c.Report(t, c.Ana, "No signal")
	dirty, err := box.Wait(t.Context())
	if err != nil || !dirty.All {
		t.Errorf("after a bell was lost: %+v, %v", dirty, err)
	}
}
