package core_test

import (
	"sync"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestAnIdempotencyKeyIsOfOneTokenAlone has several report something under the same key: each gets what they did themselves, and nobody
// the private link of what another did.
func TestAnIdempotencyKeyIsOfOneTokenAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	with := func(u core.User, scope core.TokenScope) core.Actor {
		_, secret := aToken(t, c, u, scope)
		who, err := calls(t, c, secret, core.TokenReport)
		if err != nil {
			t.Fatal(err)
		}
		return who
	}
	write := with(c.Ana, core.TokenWrite)
	in := core.NewTicket{Key: "1", Title: "Lamp", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}, Anonymous: true}
	seen := map[core.TicketID]string{}
	for name, who := range map[string]core.Actor{
		"her token for everything": write, "her token for reports": with(c.Ana, core.TokenReport), "somebody else's": with(c.Ben, core.TokenWrite),
		"her at a terminal": storagetest.As(c.Ana, core.DoorSSH), "a stranger": core.Anonymous(core.DoorAPI, "192.0.2.7"), "another": core.Anonymous(core.DoorAPI, "192.0.2.7"),
	} {
		receipt, err := c.Desk.Report(t.Context(), who, in)
		if err != nil {
			t.Fatal(err)
		}
		if before, twice := seen[receipt.Ticket]; twice || receipt.Repeated {
			t.Errorf("%s is answered with what %s did", name, before)
		}
		seen[receipt.Ticket] = name
		if who.Kind == core.ActorAnonymous {
			continue
		}
		if again, err := c.Desk.Report(t.Context(), who, in); err != nil || !again.Repeated || again.Ticket != receipt.Ticket || again.Link != receipt.Link {
			t.Errorf("%s sends it again: %+v, %v", name, again, err)
		}
	}
}

// atOnce does something several times at the same time, and counts how often it was done.
func atOnce(times int, do func() error) (done int, last error) {
	var wait sync.WaitGroup
	var mu sync.Mutex
	start := make(chan struct{})
	for range times {
		wait.Go(func() {
			<-start
			err := do()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				last = err
				return
			}
			done++
		})
	}
	close(start)
	wait.Wait()
	return done, last
}

// TestAskingAtOnceGetsNobodyMoreTokensOrKeys has eight ask at the same time for the last one that there may be.
func TestAskingAtOnceGetsNobodyMoreTokensOrKeys(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who := storagetest.As(c.Ines, core.DoorSSH)
	token := func() error {
		_, _, err := c.Desk.NewToken(t.Context(), who, core.NewToken{Name: "one of many", Scope: core.TokenRead})
		return err
	}
	lines := make(chan string, 30)
	for range cap(lines) {
		lines <- aKey(t)
	}
	key := func() error {
		_, err := c.Desk.AddOwnKey(t.Context(), who, core.NewOwnKey{Authorized: <-lines})
		return err
	}
	for _, of := range []struct {
		add  func() error
		most int
		code string
	}{{token, 50, "tokens_too_many"}, {key, 20, "keys_too_many"}} {
		for range of.most - 1 {
			if err := of.add(); err != nil {
				t.Fatal(err)
			}
		}
		done, last := atOnce(8, of.add)
		if done != 1 {
			t.Errorf("%d of 8 got the last of %d", done, of.most)
		}
		wantCode(t, last, of.code)
	}
}
