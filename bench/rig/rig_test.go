package rig_test

import (
	"errors"
	"testing"

	"helpdesk.campus/bench/rig"
	"helpdesk.campus/storage/embedded"
	"helpdesk.campus/storage/storagetest"
)

// A desk that was measured on before, also by a run that was killed, has no more colleagues in its queues than a new one.
func TestWhoeverWasHiredForAMeasurementLeaves(t *testing.T) {
	t.Parallel()
	server, remove, err := storagetest.StartDurable(t.Context(), "")
	if errors.Is(err, embedded.ErrNoPrograms) {
		storagetest.Need(t, err, "PostgreSQL's programs")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	url := server.URL()
	storagetest.CampusAt(t, url)
	colleagues := func(d *rig.Desk) int {
		t.Helper()
		n, err := rig.Value[int](t.Context(), d, `select count(*) from memberships`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	open := func() *rig.Desk {
		t.Helper()
		d, err := rig.At(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	killed := open()
	before := colleagues(killed)
	if _, err := killed.Hire(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	ended := open()
	if n := colleagues(ended); n != before {
		t.Errorf("after a run that was killed there are %d, and there were %d", n, before)
	}
	if _, err := ended.Hire(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := ended.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := colleagues(killed); n != before {
		t.Errorf("after a run that ended there are %d, and there were %d", n, before)
	}
	if err := killed.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
