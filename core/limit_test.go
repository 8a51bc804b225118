package core_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestReportsAreLimitedByAddressAndByAccount(t *testing.T) {
	t.Parallel()
	c, clock := campusAt(t, core.Limits{ReportsPerAddress: 3, ReportsPerAccount: 2})
	ctx := t.Context()
	forms := map[string]string{} // whoever has no account sends the form of the page
	send := func(who core.Actor, key, title string) error {
		t.Helper()
		if who.Door == core.DoorWeb {
			form := who.Address + " " + key
			if forms[form] == "" {
				fresh, err := c.Desk.NewFormKey(who)
				if err != nil {
					t.Fatal(err)
				}
				forms[form] = fresh
			}
			key = forms[form]
		}
		_, err := c.Desk.Report(ctx, who, core.NewTicket{
			Key: key, Title: title, Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}, Contact: core.Contact{Email: "gus@example.edu"},
		})
		return err
	}
	from := func(address string) core.Actor { return core.Anonymous(core.DoorWeb, address) }
	for _, sender := range []struct {
		name  string
		who   core.Actor
		share int
	}{
		{"an address", from("192.0.2.1"), 3},
		{"another address", from("192.0.2.2"), 3},
		{"a network of the new kind", from("2001:db8::1"), 3},
		{"an account", storagetest.As(c.Ana, core.DoorSSH), 2},
		{"another account at the same address", storagetest.As(c.Ben, core.DoorSSH), 2},
	} {
		for i := range sender.share {
			if err := send(sender.who, fmt.Sprint(i), "Dark"); err != nil {
				t.Fatalf("%s, report %d: %v", sender.name, i, err)
			}
		}
		err := send(sender.who, "more", "Dark")
		e, ok := errors.AsType[*core.Error](err)
		if !ok || e.Kind != core.Limited || e.RetryAfter <= 0 || e.RetryAfter > time.Hour {
			t.Errorf("%s, one more: %v", sender.name, err)
		}
		if err := send(sender.who, "0", "Dark"); err != nil {
			t.Errorf("%s, the first once more: %v", sender.name, err)
		}
	}
	if err := send(from("2001:db8::2"), "x", "Dark"); core.KindOf(err) != core.Limited {
		t.Errorf("a neighbour in the same network: %v", err)
	}
	for i := range 10 {
		if err := send(storagetest.As(c.Ines, core.DoorSSH), fmt.Sprint(i), "On the phone"); err != nil {
			t.Errorf("staff, report %d: %v", i, err)
		}
	}
	clock.by = 61 * time.Minute
	if err := send(from("192.0.2.1"), "later", "Dark"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestRepliesOnThePageAreLimited(t *testing.T) {
	t.Parallel()
	c, _ := campusAt(t, core.Limits{RepliesPerAccount: 2})
	ctx, ana := t.Context(), storagetest.As(c.Ana, core.DoorWeb)
	id := c.Report(t, c.Ana, "No Wifi")
	say := func() (string, error) {
		t.Helper()
		key, err := c.Desk.NewFormKey(ana)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Desk.Reply(ctx, ana, id, core.NewMessage{Key: key, Body: "hello"})
		return key, err
	}
	first, err := say()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := say(); err != nil {
		t.Fatal(err)
	}
	if _, err := say(); core.KindOf(err) != core.Limited {
		t.Errorf("one more: %v", err)
	}
	if _, err := c.Desk.Reply(ctx, ana, id, core.NewMessage{Key: first, Body: "hello"}); err != nil {
		t.Errorf("the first once more: %v", err)
	}
}

// TestAddressesAreCountedWithoutBeingKept looks for an address of somebody without an account in all that
// was written.
func TestAddressesAreCountedWithoutBeingKept(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{Limits: core.DefaultLimits()}))
	ctx := t.Context()
	const address = "198.51.100.77"
	who := core.Anonymous(core.DoorSSH, address)
	if _, err := c.Desk.Report(ctx, who, core.NewTicket{Title: "Dark", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}, Anonymous: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.SignIn(ctx, who, "ana", "not her password", ""); core.KindOf(err) != core.Unauthenticated {
		t.Fatal(err)
	}
	tables, err := db.Pool().Query(ctx, `select format('select coalesce(string_agg(t::text, chr(10)), '''') from %I t', table_name) from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	if err != nil {
		t.Fatal(err)
	}
	var dumps []string
	for tables.Next() {
		var sql string
		if err := tables.Scan(&sql); err != nil {
			t.Fatal(err)
		}
		dumps = append(dumps, sql)
	}
	if tables.Err() != nil || len(dumps) < 10 {
		t.Fatalf("%d tables (%v)", len(dumps), tables.Err())
	}
	counted := 0
	for _, sql := range dumps {
		var all string
		if err := db.Pool().QueryRow(ctx, sql).Scan(&all); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(all, address) {
			t.Errorf("the address stands in the answer to %s", sql)
		}
		counted += strings.Count(all, "reports from ")
	}
	if counted != 1 {
		t.Errorf("counted %d times, want once", counted)
	}
}
