package core_test

import (
	"bytes"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// withPhoto is a ticket of ana's with a photograph.
func withPhoto(t *testing.T, c *storagetest.Campus) (core.TicketID, core.TicketFile) {
	t.Helper()
	ana := storagetest.As(c.Ana, core.DoorSSH)
	if _, err := c.Desk.Upload(t.Context(), ana, "photo", "lamp.jpg", bytes.NewReader(photo(t, 9, 20, 10))); err != nil {
		t.Fatal(err)
	}
	receipt, err := c.Desk.Report(t.Context(), ana, core.NewTicket{Key: "photo", Title: "The lamp is broken", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Desk.TicketFiles(t.Context(), storagetest.As(c.Ines, core.DoorSSH), receipt.Ticket)
	if err != nil || len(files) != 1 || files[0].By != "Ana Ruiz" || files[0].Name != "lamp.jpg" {
		t.Fatalf("%+v, %v", files, err)
	}
	return receipt.Ticket, files[0]
}

func TestALinkOpensItsFileOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id, file := withPhoto(t, c)
	token, _, err := c.Desk.LinkFile(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, file.ID)
	if err != nil {
		t.Fatal(err)
	}
	var opened atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			got, pieces, err := c.Desk.OpenLinkedFile(t.Context(), token)
			if core.KindOf(err) == core.NotFound {
				return
			}
			if err != nil || got.ID != file.ID {
				t.Errorf("%+v, %v", got, err)
				return
			}
			size := 0
			for data, err := range pieces {
				if err != nil {
					t.Error(err)
				}
				size += len(data)
			}
			if int64(size) != got.Size {
				t.Errorf("%d of %d bytes came", size, got.Size)
			}
			opened.Add(1)
		})
	}
	all.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("the link opened %d times", n)
	}
}

func TestALinkToAFileEndsWithWhatItStandsOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		after func(t *testing.T, c *storagetest.Campus, clock *later, id core.TicketID)
	}{
		{"after five minutes", func(_ *testing.T, _ *storagetest.Campus, clock *later, _ core.TicketID) {
			clock.by += 5*time.Minute + time.Second
		}},
		{"with the account", func(t *testing.T, c *storagetest.Campus, _ *later, _ core.TicketID) {
			t.Helper()
			if err := c.Desk.Disable(t.Context(), core.Operator(), c.Ines.ID, true); err != nil {
				t.Fatal(err)
			}
		}},
		{"with the place in the queue", func(t *testing.T, c *storagetest.Campus, _ *later, _ core.TicketID) {
			t.Helper()
			if err := c.Desk.Leave(t.Context(), core.Operator(), c.Ines.ID, c.IT.ID); err != nil {
				t.Fatal(err)
			}
		}},
		{"with the role", func(t *testing.T, c *storagetest.Campus, _ *later, _ core.TicketID) {
			t.Helper()
			if err := c.Desk.SetRole(t.Context(), core.Operator(), c.Ines.ID, core.RoleReporter); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, clock := campusAt(t, core.Limits{})
			id, file := withPhoto(t, c)
			token, _, err := c.Desk.LinkFile(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, file.ID)
			if err != nil {
				t.Fatal(err)
			}
			test.after(t, c, clock, id)
			if _, _, err := c.Desk.OpenLinkedFile(t.Context(), token); core.KindOf(err) != core.NotFound {
				t.Errorf("it still opens: %v", err)
			}
		})
	}
}

func TestLinksToFilesAreForThoseWhoMayOpenThem(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id, file := withPhoto(t, c)
	other := c.Report(t, c.Ana, "No signal")
	for name, test := range map[string]struct {
		who    core.Actor
		ticket core.TicketID
		file   core.FileID
	}{
		"staff of another queue":               {storagetest.As(c.Fay, core.DoorSSH), id, file.ID},
		"another reporter":                     {storagetest.As(c.Ben, core.DoorSSH), id, file.ID},
		"by way of a ticket that it is not on": {storagetest.As(c.Ines, core.DoorSSH), other, file.ID},
		"a file that is none":                  {storagetest.As(c.Ines, core.DoorSSH), id, file.ID + 1},
	} {
		if _, _, err := c.Desk.LinkFile(t.Context(), test.who, test.ticket, test.file); core.KindOf(err) != core.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, forged := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAA", string(make([]byte, 22))} {
		if _, _, err := c.Desk.OpenLinkedFile(t.Context(), forged); core.KindOf(err) != core.NotFound {
			t.Errorf("%q: %v", forged, err)
		}
	}
}

func TestLinksThatHaveEndedAreRemoved(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{})
	id, file := withPhoto(t, c)
	if _, _, err := c.Desk.LinkFile(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id, file.ID); err != nil {
		t.Fatal(err)
	}
	clock.by += time.Hour
	if n, err := c.Desk.CleanUp(t.Context(), core.System()); err != nil || n == 0 {
		t.Errorf("%d rows removed, %v", n, err)
	}
}
