package core_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// aKey is a fresh public key as it stands in a file.
func aKey(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return string(gossh.MarshalAuthorizedKey(key))
}

// alive reports whether an actor can still do anything.
func alive(t *testing.T, desk *core.Desk, who core.Actor) bool {
	t.Helper()
	_, err := desk.Me(t.Context(), who)
	if err != nil && core.KindOf(err) != core.Unauthenticated {
		t.Fatal(err)
	}
	return err == nil
}

func wantKind(t *testing.T, err error, want core.Kind) {
	t.Helper()
	if core.KindOf(err) != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestAChangedPasswordEndsEveryOtherSignIn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.SignIn(t, c.Ana, core.DoorWeb) // sets the password
	sign := func(door core.Door) core.Actor {
		t.Helper()
		in, err := c.Desk.SignIn(t.Context(), core.Anonymous(door, "127.0.0.1"), "ana", storagetest.Password, "test")
		if err != nil {
			t.Fatal(err)
		}
		return in.Actor
	}
	here, page, console := sign(core.DoorWeb), sign(core.DoorWeb), sign(core.DoorSSH)
	box := c.Desk.Hub().Subscribe()
	defer box.Close()
	if err := c.Desk.ChangePassword(t.Context(), here, storagetest.Password, "five very small stones"); err != nil {
		t.Fatal(err)
	}
	if !alive(t, c.Desk, here) || alive(t, c.Desk, page) || alive(t, c.Desk, console) {
		t.Error("not exactly the sign-in that changed it is left")
	}
	waitForUser(t, box, c.Ana.ID)
	_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "127.0.0.1"), "ana", storagetest.Password, "test")
	wantKind(t, err, core.Unauthenticated)
	if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorSSH, "127.0.0.1"), "ana", "five very small stones", "test"); err != nil {
		t.Error(err)
	}
}

// waitForUser waits until the bell says that something about a user changed.
func waitForUser(t *testing.T, box *core.Box, user core.UserID) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		d, err := box.Wait(ctx)
		if err != nil {
			t.Fatal("no bell within 5 s")
		}
		if d.Users[user] {
			return
		}
	}
}

func TestAWrongOldPasswordIsRefusedAndThenSlowed(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who := c.SignIn(t, c.Ana, core.DoorWeb).Actor
	wantKind(t, c.Desk.ChangePassword(t.Context(), who, storagetest.Password, "anaanaanaana"), core.Invalid)
	wantKind(t, c.Desk.ChangePassword(t.Context(), core.Anonymous(core.DoorWeb, ""), storagetest.Password, "five very small stones"), core.Unauthenticated)
	wantKind(t, c.Desk.ChangePassword(t.Context(), storagetest.As(c.Ben, core.DoorWeb), "", "five very small stones"), core.Forbidden) // has none
	var err error
	for range 12 {
		if err = c.Desk.ChangePassword(t.Context(), who, "not hers at all", "five very small stones"); core.KindOf(err) == core.Limited {
			break
		}
		wantKind(t, err, core.Invalid)
	}
	wantKind(t, err, core.Limited)
	// The right one has to wait too, and so has the door.
	wantKind(t, c.Desk.ChangePassword(t.Context(), who, storagetest.Password, "five very small stones"), core.Limited)
	_, err = c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "127.0.0.1"), "ana", storagetest.Password, "test")
	wantKind(t, err, core.Limited)
}

func TestSessionsAreListedAndEndedByTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ana, ben := c.SignIn(t, c.Ana, core.DoorWeb).Actor, c.SignIn(t, c.Ben, core.DoorSSH).Actor
	list, err := c.Desk.Sessions(t.Context(), ana)
	if err != nil || len(list) != 1 || list[0].ID != ana.Session || list[0].Agent != "test" || list[0].Address != "127.0.0.1" || list[0].Door != core.DoorWeb {
		t.Fatalf("%+v, %v", list, err)
	}
	wantKind(t, c.Desk.EndSession(t.Context(), ana, ben.Session), core.NotFound)
	wantKind(t, c.Desk.EndSession(t.Context(), ana, 0), core.NotFound)
	if !alive(t, c.Desk, ben) {
		t.Error("somebody else's sign-in ended")
	}
	if err := c.Desk.EndSession(t.Context(), storagetest.As(c.Ben, core.DoorWeb), ben.Session); err != nil || alive(t, c.Desk, ben) {
		t.Errorf("it lives on (%v)", err)
	}
	wantKind(t, c.Desk.EndSession(t.Context(), storagetest.As(c.Ben, core.DoorWeb), ben.Session), core.NotFound)
	if err := c.Desk.SignOutEverywhere(t.Context(), ana); err != nil || alive(t, c.Desk, ana) {
		t.Errorf("it lives on (%v)", err)
	}
	_, err = c.Desk.Sessions(t.Context(), ana)
	wantKind(t, err, core.Unauthenticated)
	_, err = c.Desk.Sessions(t.Context(), core.Operator())
	wantKind(t, err, core.Unauthenticated)
}

func TestAKeyOfOnesOwnSignsInUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ivan := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ivan, core.DoorSSH)
	line := aKey(t)
	_, err := c.Desk.AddOwnKey(t.Context(), storagetest.As(c.Ines, core.DoorWeb), core.NewOwnKey{Authorized: line}) // she has no password yet
	wantKind(t, err, core.Forbidden)
	key, err := c.Desk.AddOwnKey(t.Context(), ines, core.NewOwnKey{Authorized: line, Name: " laptop "})
	if err != nil || key.Name != "laptop" || key.User != c.Ines.ID {
		t.Fatalf("%+v, %v", key, err)
	}
	_, err = c.Desk.AddOwnKey(t.Context(), ivan, core.NewOwnKey{Authorized: line})
	wantKind(t, err, core.Invalid) // it belongs to an account already
	for _, wrong := range []string{"", "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----", "hello"} {
		_, err = c.Desk.AddOwnKey(t.Context(), ines, core.NewOwnKey{Authorized: wrong})
		wantKind(t, err, core.Invalid)
	}
	in, err := c.Desk.SignInByKey(t.Context(), core.Anonymous(core.DoorSSH, "127.0.0.1"), key.Fingerprint)
	if err != nil || !alive(t, c.Desk, in.Actor) {
		t.Fatal(err)
	}
	keys, err := c.Desk.OwnKeys(t.Context(), ines)
	if err != nil || len(keys) != 1 || keys[0].LastUsedAt.IsZero() {
		t.Errorf("%+v, %v", keys, err)
	}
	wantKind(t, c.Desk.RevokeOwnKey(t.Context(), ivan, key.ID), core.NotFound)
	wantKind(t, c.Desk.RevokeOwnKey(t.Context(), ines, key.ID+1000), core.NotFound)
	box := c.Desk.Hub().Subscribe()
	defer box.Close()
	if err := c.Desk.RevokeOwnKey(t.Context(), ines, key.ID); err != nil {
		t.Fatal(err)
	}
	waitForUser(t, box, c.Ines.ID)
	if alive(t, c.Desk, in.Actor) {
		t.Error("what the key opened is still open")
	}
	_, err = c.Desk.SignInByKey(t.Context(), core.Anonymous(core.DoorSSH, "127.0.0.1"), key.Fingerprint)
	wantKind(t, err, core.Unauthenticated)
	wantKind(t, c.Desk.RevokeOwnKey(t.Context(), ines, key.ID), core.NotFound)
}

func TestLanguageAndNoticesAreKept(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ana := storagetest.As(c.Ana, core.DoorWeb)
	if n, err := c.Desk.Notices(t.Context(), ana); err != nil || n != core.DefaultNotices() {
		t.Errorf("%+v, %v", n, err)
	}
	want := core.Notices{Progress: true}
	for range 2 {
		if err := c.Desk.SetNotices(t.Context(), ana, want); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := c.Desk.Notices(t.Context(), ana); err != nil || n != want {
		t.Errorf("%+v, %v", n, err)
	}
	for _, wrong := range []string{"", "x", "es es", "<b>", "es-" + string(make([]byte, 50))} {
		wantKind(t, c.Desk.SetLanguage(t.Context(), ana, wrong), core.Invalid)
	}
	if err := c.Desk.SetLanguage(t.Context(), ana, "es"); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Desk.Me(t.Context(), ana); err != nil || me.Language != "es" {
		t.Errorf("%+v, %v", me, err)
	}
	wantKind(t, c.Desk.SetLanguage(t.Context(), core.Anonymous(core.DoorWeb, ""), "es"), core.Unauthenticated)
}

func TestAGuestsTicketBecomesThatOfAnAccount(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	guestOf := func(anonymous bool) (core.Actor, core.TicketID) {
		t.Helper()
		receipt, err := c.Desk.Report(t.Context(), core.Anonymous(core.DoorAPI, "127.0.0.1"), core.NewTicket{
			Title: "Projector stays dark", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"},
			Contact: core.Contact{Email: "gus@example.edu"}, Anonymous: anonymous,
		})
		if err != nil {
			t.Fatal(err)
		}
		guest, id, err := c.Desk.Guest(t.Context(), core.DoorWeb, receipt.Link, "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		return guest, id
	}
	guest, id := guestOf(false)
	ana, ben := storagetest.As(c.Ana, core.DoorWeb), storagetest.As(c.Ben, core.DoorWeb)
	_, err := c.Desk.Adopt(t.Context(), core.Anonymous(core.DoorWeb, ""), guest)
	wantKind(t, err, core.Unauthenticated)
	_, err = c.Desk.Adopt(t.Context(), ana, ben) // holds no link
	wantKind(t, err, core.NotFound)
	_, err = c.Desk.Adopt(t.Context(), ana, core.Actor{Kind: core.ActorGuest, Link: guest.Link + 1000, Door: core.DoorWeb})
	wantKind(t, err, core.NotFound)
	_, err = c.Desk.Ticket(t.Context(), ana, id)
	wantKind(t, err, core.NotFound)
	for range 2 { // pressed twice
		if _, err := c.Desk.Adopt(t.Context(), ana, guest); err != nil {
			t.Fatal(err)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ana, id)
	if err != nil || view.Ticket.Reporter.ID != c.Ana.ID || view.Ticket.Version != 2 {
		t.Fatalf("%+v, %v", view.Ticket, err)
	}
	_, err = c.Desk.Adopt(t.Context(), ben, guest)
	wantKind(t, err, core.Forbidden)
	staff, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ines, core.DoorSSH), id)
	if err != nil || slices.IndexFunc(staff.Events, func(e core.Event) bool { return e.Field == core.FieldReporter && e.User.ID == c.Ana.ID }) < 0 {
		t.Errorf("no event says so: %+v, %v", staff.Events, err)
	}
	secret, secretID := guestOf(true)
	_, err = c.Desk.Adopt(t.Context(), ana, secret)
	wantKind(t, err, core.Forbidden)
	_, err = c.Desk.Ticket(t.Context(), ana, secretID)
	wantKind(t, err, core.NotFound)
}

// TestAttackKeepingTheOwnerFromTheirAccount has a stranger guess at the door until it is shut: whoever is signed in already can add
// a key and change the password all the same.
func TestAttackKeepingTheOwnerFromTheirAccount(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	in := c.SignIn(t, c.Ana, core.DoorWeb)
	for n := range 20 {
		_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, fmt.Sprint("192.0.2.", n)), "ana", "a guess of mine", "")
		if core.KindOf(err) == core.Limited {
			break
		}
		wantKind(t, err, core.Unauthenticated)
	}
	if _, err := c.Desk.AddOwnKey(t.Context(), in.Actor, core.NewOwnKey{Authorized: aKey(t), Password: storagetest.Password}); err != nil {
		t.Errorf("add a key: %v", err)
	}
	if err := c.Desk.ChangePassword(t.Context(), in.Actor, storagetest.Password, "five very small stones"); err != nil {
		t.Errorf("change the password: %v", err)
	}
}

func TestAKeyIsOneLineWithNothingBeforeIt(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	line := aKey(t)
	for typed, want := range map[string]string{
		`from="192.0.2.0/24" ` + line: "key_options", "restrict " + line: "key_options", line + "\n" + aKey(t): "key_several", line + "\n\n": "",
	} {
		_, err := c.Desk.AddOwnKey(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.NewOwnKey{Authorized: typed})
		if want == "" && err != nil || want != "" && problem(err) != want {
			t.Errorf("%.20q…: %v, want %s", typed, err, want)
		}
	}
}
