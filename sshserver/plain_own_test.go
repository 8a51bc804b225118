package sshserver_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// anotherKey is the public half of a key that nobody holds.
const anotherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWb0dlHCEcrO0fY/yXxGgYOWgZfXl4NMFPgGXL0aVwl ines@home"

func TestPlainSettingsOfHowOneWorks(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	ines := c.lines(t, c.Ines)
	ines.Say("settings")
	ines.Hear("zone: campus.", "language: ", "theme: as the terminal is.", "mouse: no.", "answers: yes.", "progress: no.", "keys: 1 key.", "password: none.", "sign-ins: 1 place.")
	ines.Say("settings theme", "high contrast", "settings mouse yes", "settings progress", "yes", "settings zone Europe/Madrid")
	ines.Hear("Theme:\n1. as the terminal is", "Theme is high contrast now.", "Mouse is yes now.", "progress:\n1. yes", "Progress is yes now.", "Zone is Europe/Madrid now.")
	ines.Say("settings language es", "open nowhere")
	ines.Hear("Language is Español, es now.")
	p, err := c.Desk.Preferences(t.Context(), as(c.Ines))
	fatal(t, err)
	n, err := c.Desk.Notices(t.Context(), as(c.Ines))
	fatal(t, err)
	me, err := c.Desk.Me(t.Context(), as(c.Ines))
	fatal(t, err)
	if p.Theme != core.ThemeContrast || !p.Mouse || p.Zone != "Europe/Madrid" || !n.Progress || me.Language != "es" {
		t.Errorf("kept: %+v, %+v, language %q", p, n, me.Language)
	}
	ines.Say("settings colour")
	ines.Hear("“colour” is no setting.")
}

func TestPlainKeysAreAddedAndRevoked(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	ines := c.lines(t, c.Ines)
	ines.Say("settings keys add nonsense")
	ines.Hear("helpdesk> ")
	ines.Say("settings keys", "add", anotherKey)
	ines.Hear("laptop, used", "What shall become of them?", "The line of the .pub file", "The key signs you in from now on.")
	ines.Say("settings keys revoke home", "no")
	ines.Hear("Revoke it?", "Nothing was done.")
	ines.Say("settings keys revoke home", "yes")
	ines.Hear("The key signs nobody in any more.")
	if keys, err := c.Desk.OwnKeys(t.Context(), as(c.Ines)); err != nil || len(keys) != 1 || keys[0].Name != "laptop" {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestPlainSignInsAreEnded(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	page := c.SignIn(t, c.Ines, core.DoorWeb)
	ines := c.lines(t, c.Ines)
	ines.Say("settings sign-ins page", "yes")
	ines.Hear("Whoever sits there is signed out. End it?", "That sign-in has ended.")
	if _, err := c.Desk.Me(t.Context(), page.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the page is still signed in: %v", err)
	}
	ines.Say("settings sign-ins", "all", "yes")
	ines.Hear("1. console, here, since", "2. all of them", "Sign out everywhere?")
	ines.Exit()
	if all := ines.All(); !strings.Contains(all, "Signed out.") && !strings.Contains(all, "Your sign-in to this console has ended.") {
		t.Errorf("nothing says why it ended: %q", all) // the one, or the other from who keeps the door
	}
}

func TestAPasswordIsChangedUnseenInPlainWords(t *testing.T) {
	t.Parallel()
	c := newPlainCampus(t)
	p := core.DefaultPreferences()
	p.Plain = true
	fatal(t, c.Desk.SetPreferences(t.Context(), as(c.Ines), p))
	page := c.SignIn(t, c.Ines, core.DoorWeb)
	tm := sshtest.Open(t, c.dial(t, c.Ines), 80, 24)
	tm.Wait("plain console", "helpdesk>")
	tm.Type("settings password\r")
	tm.Wait("Your password now:")
	tm.Type(storagetest.Password + "\r")
	tm.Wait("The new password:")
	tm.Type("five very small\x17small stones\r")
	tm.Wait("Once more")
	tm.Type("five very small st0nes\r")
	tm.Wait("That is not the same.", "The new password:")
	tm.Type("five very small stones\r")
	tm.Wait("Once more")
	tm.Type("five very small stones\r")
	tm.Wait("The password is changed")
	if shown := tm.Screen(); strings.Contains(shown, storagetest.Password) || strings.Contains(shown, "stones") || strings.Contains(shown, "st0nes") {
		t.Errorf("a password is on the screen:\n%s", shown)
	}
	tm.Type("list\r")
	tm.Wait("helpdesk> list")
	if _, err := c.Desk.Me(t.Context(), page.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the other sign-in lives on: %v", err)
	}
	if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.7"), "ines", "five very small stones", "test"); err != nil {
		t.Errorf("the new password does not sign in: %v", err)
	}
}
