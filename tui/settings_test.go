package tui_test

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
	"helpdesk.campus/tui/linear"
)

// choose goes to a setting by its name and presses enter on it.
func (p *person) choose(setting string) {
	p.t.Helper()
	p.press("g", "g")
	for range 40 {
		if at := p.console.View().Cursor; at != nil && strings.Contains(strings.Split(p.screen(), "\n")[at.Y], setting) {
			p.press("enter")
			return
		}
		p.press("j")
	}
	p.t.Fatalf("there is no setting %q\n%s", setting, p.screen())
}

// settings opens the settings.
func (p *person) settings() {
	p.t.Helper()
	p.sees("Manage Tickets")
	p.press(",")
	p.sees("Sign out everywhere")
}

// TestTheSettingsAreThoseOfThePlainConsole holds that nobody has to go to the other console for one of them.
func TestTheSettingsAreThoseOfThePlainConsole(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	who := c.SignIn(t, c.Ines, core.DoorSSH)
	if _, err := c.Desk.AddOwnKey(t.Context(), who.Actor, core.NewOwnKey{Authorized: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWb0dlHCEcrO0fY/yXxGgYOWgZfXl4NMFPgGXL0aVwl ines@laptop"}); err != nil {
		t.Fatal(err)
	}
	ines := sitAs(t, c, who.Actor, who.User, tui.Options{Width: 120, Height: 50})
	ines.settings()
	ines.sees("ines@laptop")
	ines.sees("(here)")
	drawn := tui.Offers(ines.console)
	var plainly []string
	for _, each := range linear.Settings() {
		plainly = append(plainly, each.Name)
	}
	slices.Sort(drawn)
	slices.Sort(plainly)
	if !slices.Equal(drawn, plainly) {
		t.Errorf("drawn one can set %q, in plain words %q", drawn, plainly)
	}
}

func (p *person) coloured() bool {
	p.draw()
	return strings.Contains(p.raw, "\x1b[38;2;") || strings.Contains(p.raw, ";38;2;")
}

func TestAThemeHoldsAtOnceAndOnEveryConsole(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	here, there := sit(t, c, c.Ines, 100, 40), sit(t, c, c.Ines, 100, 40)
	there.sees("Manage Tickets")
	if !here.coloured() || !there.coloured() {
		t.Error("there are no colours to begin with")
	}
	here.settings()
	here.choose("Theme")
	here.sees("high contrast")
	here.write("no colour")
	here.press("enter")
	here.sees("no colour")
	here.until("no colours", func() bool { return !here.coloured() })
	there.until("no colours there either", func() bool { return !there.coloured() })
	if p, err := c.Desk.Preferences(t.Context(), storagetest.As(c.Ines, core.DoorSSH)); err != nil || p.Theme != core.ThemeNone {
		t.Errorf("kept: %+v, %v", p, err)
	}
}

func TestATerminalWithoutColoursGetsNone(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	prefs := core.DefaultPreferences()
	prefs.Theme = core.ThemeDark
	if err := c.Desk.SetPreferences(t.Context(), storagetest.As(c.Ines, core.DoorSSH), prefs); err != nil {
		t.Fatal(err)
	}
	me, err := c.Desk.Me(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if err != nil {
		t.Fatal(err)
	}
	ines := sit(t, c, me, 100, 30)
	ines.sees("No ticket is open")
	if !ines.coloured() {
		t.Error("the dark theme has no colours")
	}
	ines.send(tea.ColorProfileMsg{Profile: colorprofile.Env([]string{"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=1"})})
	if ines.coloured() {
		t.Error("NO_COLOR is not honoured")
	}
}

func TestTimesAreShownInOnesZoneAndExactOnDemand(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t) // nine in the morning, UTC
	shelf(t, c, at, 2)
	ines := sit(t, c, c.Ines, 100, 40)
	ines.sees("since 09:00")
	ines.press("X")
	ines.sees("2026-03-10 09:00")
	ines.press("X")
	ines.sees("2 min")
	ines.seesNot("2026-03-10")
	ines.settings()
	ines.choose("Time zone")
	ines.write("Atlantis/Sunk")
	ines.sees("Nothing matches")
	ines.retypes("tokyo")
	ines.press("enter")
	ines.sees("Asia/Tokyo")
	ines.choose("Times ")
	ines.sees("by the clock")
	ines.press("esc")
	ines.sees("2026-03-10 18:00")
	ines.press("enter")
	ines.sees("2026-03-10 18:00:00 JST")
}

// A change of one's own ways is not taken back by what was read before it was kept.
func TestASettingStaysAsItWasChanged(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ines := sit(t, c, c.Ines, 100, 40)
	ines.settings()
	ines.settled()
	elsewhere := storagetest.As(c.Ines, core.DoorWeb)
	if err := c.Desk.SetLanguage(t.Context(), elsewhere, "es"); err != nil {
		t.Fatal(err)
	}
	var old tea.Msg
	for old == nil {
		msg := <-ines.msgs
		if tui.TellsWhoOneIs(msg) {
			old = msg
			continue
		}
		ines.send(msg)
	}
	before := c.Ines.Preferences
	ines.choose("Times ")
	ines.choose("Hold replies")
	ines.sees("by the clock")
	ines.send(old)
	if !strings.Contains(ines.screen(), "by the clock") {
		t.Errorf("the change is gone again:\n%s", ines.screen())
	}
	ines.sees("Español")
	ines.sees("by the clock")
	kept, err := c.Desk.Preferences(t.Context(), elsewhere)
	if err != nil || kept.ExactTimes == before.ExactTimes || kept.HoldReplies == before.HoldReplies {
		t.Errorf("what is kept is %+v, %v", kept, err)
	}
}

// Whoever leaves right after a change has it kept all the same.
func TestASettingIsKeptBeforeTheConsoleEnds(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	before := c.Ines.Preferences
	ines := sit(t, c, c.Ines, 100, 40)
	ines.settings()
	heard, err := c.Desk.Notices(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"Times ", "Hold replies", "Answers", "Progress", "Closed", "Answers", "Progress", "Answers"} {
		ines.choose(setting)
	}
	ines.press("esc", "q")
	ines.until("the end", func() bool { return ines.quit })
	hears, err := c.Desk.Notices(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if want := (core.Notices{Answers: !heard.Answers, Progress: heard.Progress, Closed: !heard.Closed}); err != nil || hears != want {
		t.Errorf("of mail is kept %+v (%v), want %+v", hears, err, want)
	}
	kept, err := c.Desk.Preferences(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if err != nil || kept.ExactTimes == before.ExactTimes || kept.HoldReplies == before.HoldReplies {
		t.Errorf("what is kept is %+v, %v", kept, err)
	}
}

func TestKeysAreAddedAndRevokedInTheSettings(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	who := storagetest.As(c.Ines, core.DoorSSH)
	ines := sit(t, c, c.Ines, 120, 50)
	ines.settings()
	ines.choose("Add a key")
	ines.send(tea.PasteMsg{Content: "-----BEGIN OPENSSH PRIVATE KEY-----"})
	ines.press("enter")
	ines.sees("Could not add the key.")
	ines.sees("Add an SSH key")
	ines.settled()
	ines.press("ctrl+u")
	ines.send(tea.PasteMsg{Content: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWb0dlHCEcrO0fY/yXxGgYOWgZfXl4NMFPgGXL0aVwl ines@laptop"})
	ines.press("enter")
	ines.sees("The key signs you in from now on.")
	ines.sees("ines@laptop")
	ines.choose("ines@laptop")
	ines.sees("Revoke ines@laptop?")
	ines.press("enter") // never by chance
	ines.seesNot("Revoke ines@laptop?")
	if keys, err := c.Desk.OwnKeys(t.Context(), who); err != nil || len(keys) != 1 {
		t.Fatalf("%v, %v", keys, err)
	}
	ines.choose("ines@laptop")
	ines.press("y")
	ines.sees("The key signs nobody in any more.")
	ines.seesNot("ines@laptop")
}

func TestAPasswordIsChangedUnseenAndOtherSignInsEnd(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	first := c.SignIn(t, c.Ines, core.DoorWeb)
	in, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorSSH, "127.0.0.1"), "ines", storagetest.Password, "test")
	if err != nil {
		t.Fatal(err)
	}
	ines := sitAs(t, c, in.Actor, in.User, tui.Options{Width: 100, Height: 50})
	ines.settings()
	ines.sees("(here)")
	ines.choose("Password")
	ines.sees("Your password now")
	ines.write(storagetest.Password)
	if strings.Contains(ines.screen(), storagetest.Password) {
		t.Error("the password is on the screen")
	}
	ines.press("enter")
	ines.write("five very small stones")
	ines.press("enter")
	ines.write("five very small st0nes")
	ines.press("enter")
	ines.sees("That is not the same.")
	ines.retypes("five very small stones")
	ines.press("enter")
	ines.sees("The password is changed")
	if _, err := c.Desk.Me(t.Context(), first.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the other sign-in lives on: %v", err)
	}
}

func TestTheMouseWorksForThoseWhoWantIt(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	shelf(t, c, at, 12)
	ines := sit(t, c, c.Ines, 100, 30)
	ines.sees("Ticket number 12")
	click := func(words string) {
		ines.send(tea.MouseClickMsg{X: 20, Y: ines.row(words), Button: tea.MouseLeft})
	}
	click("Ticket number 05")
	ines.onRow("Ticket number 01")
	if ines.console.View().MouseMode != tea.MouseModeNone {
		t.Error("the terminal is asked for the mouse of somebody who did not choose it")
	}
	ines.settings()
	ines.choose("Mouse")
	ines.until("the terminal to be asked for the mouse", func() bool { return ines.console.View().MouseMode == tea.MouseModeCellMotion })
	ines.press("esc")
	ines.sees("Ticket number 12")
	click("Ticket number 05")
	ines.onRow("Ticket number 05")
	ines.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	ines.onRow("Ticket number 08")
	click("Ticket number 03")
	click("Ticket number 03")
	ines.sees("What happened: Ticket number 03")
}
