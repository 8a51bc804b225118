package battery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// gone is within what time nobody may be said to be there who is not.
const gone = 10 * time.Second

// Whoever dies, or whose network or server does, is soon no longer said to be writing; and a process that was killed holds no
// connection and no lock of the database any more.
func TestNobodyIsThereWhoDied(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	crowd := scale(9, 99)
	r := begin(t, fmt.Sprintf("%d sessions that write replies die: a third of the clients is killed, a third loses its network; then kill -9 of the server with all", crowd),
		"one SSH process; a colleague on another process looks who is there")
	w := newTown(t)
	w.tickets(t, 8)
	people := w.hire(t, crowd)
	for _, p := range people {
		p.number = 3*p.number + 2 // all of them write
	}
	server := launch(t, "ssh", w.url)
	ivan := storagetest.As(w.Ivan, core.DoorSSH)
	v := &vigil{t: t, desk: w.Desk, who: ivan, seat: w.Desk.Sit(t.Context(), ivan)}
	enter := func() {
		t.Helper()
		each(people, 8, func(_ int, p *regular) {
			var err error
			if p.at == (spot{}) {
				if err = p.enter(t.Context(), server.address); err == nil {
					p.at = p.where()
				}
			} else {
				err = p.comeBack(t.Context(), server.address, func(error) {})
			}
			if err != nil {
				t.Errorf("regular %d: %v", p.number, err)
			}
		})
		if t.Failed() {
			t.FailNow()
		}
		v.until(crowd, sshtest.Patience)
	}

	enter()
	for i, p := range people {
		switch i % 3 {
		case 0:
			p.on.vanish()
		case 1:
			p.on.fallSilent()
		}
	}
	r.Notef("clients: the last of %d is gone after %s", crowd-crowd/3, v.until(crowd/3, gone).Round(100*time.Millisecond))
	for _, p := range people {
		p.on.vanish()
	}
	v.until(0, gone)

	enter()
	server.process.Kill()
	r.Notef("server: the last of %d is gone after %s", crowd, v.until(0, gone).Round(100*time.Millisecond))
	conn := connect(t, w.url)
	var left int
	for deadline := time.Now().Add(gone); ; time.Sleep(100 * time.Millisecond) {
		if err := conn.QueryRow(t.Context(), `
			select count(*) from pg_stat_activity a where a.datname = current_database() and a.application_name like 'helpdesk%ssh%'`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left == 0 || time.Now().After(deadline) {
			break
		}
	}
	if left > 0 {
		t.Errorf("%d connections of the killed process are still open", left)
	}
	hold(t, w.url)
}

// vigil is a colleague who looks who is there.
type vigil struct {
	t    *testing.T
	desk *core.Desk
	who  core.Actor
	seat *core.Seat
}

// until waits until so many are said to be writing, and returns how long that took.
func (v *vigil) until(writing int, limit time.Duration) time.Duration {
	v.t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		there, err := v.desk.Present(context.WithoutCancel(v.t.Context()), v.who, v.seat)
		if err != nil {
			v.t.Fatal(err)
		}
		n := 0
		for _, p := range there {
			if p.Doing == core.WritingReply {
				n++
			}
		}
		switch {
		case n == writing:
			return time.Since(began)
		case time.Since(began) > limit:
			v.t.Fatalf("%s later %d are said to be writing, not %d", limit, n, writing)
		}
	}
}
