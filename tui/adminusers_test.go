package tui_test

import (
	"testing"

	"helpdesk.campus/core"
)

func TestAnAdminMakesAnAccountAndInvitesItsOwner(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.press("a")
	ada.sees("Add a user")
	ada.write("No Way!\n")
	ada.write("Zoe Zimmer\n")
	ada.press("enter", "right", "enter") // no address; staff
	ada.sees("letter first.")
	ada.retypes("zoe")
	ada.press("ctrl+s")
	ada.sees("zoe has an account now.")
	ada.enter("Zoe Zimmer")
	ada.sees("a key or a one-time code is the way in")
	ada.press("K")
	ada.agrees("Make a one-time code for zoe?")
	ada.sees("One-time code for Zoe Zimmer")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "zoe"); err != nil || user.Role != core.RoleStaff {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestAnAccountIsFoundWhileOneTypes(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.press("/")
	ada.write("iv")
	ada.sees("Ivan Iota")
	ada.seesNot("Ben Okafor")
	ada.write("zzz")
	ada.sees("Nothing is found by that.")
	ada.press("esc")
	ada.sees("Ben Okafor")
	ada.press("r")
	ada.sees("Whose accounts?")
	ada.write("admin")
	ada.press("enter")
	ada.sees("of the role admin")
	ada.seesNot("Ben Okafor")
}

func TestARoleIsGivenAndTakenBack(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.enter("Ben Okafor")
	ada.enter("Role")
	ada.sees("Which role for ben?")
	ada.press("down", "enter")
	ada.agrees("Make ben staff?")
	ada.sees("ben is staff now.")
	ada.press("u")
	ada.agrees("Take back the newest change of ben?")
	ada.sees("Taken back.")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "ben"); err != nil || user.Role != core.RoleReporter {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestTheLastAdminCannotDisableThemselves(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.enter("Ada Admin")
	ada.enter("State")
	ada.sees("Keep ada out?")
	ada.press("enter") // never by chance
	ada.press("enter", "y")
	ada.sees("Could not disable the account.")
	if user, err := c.Desk.FindUser(t.Context(), core.Operator(), "ada"); err != nil || user.Disabled {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestSomebodyJoinsATeamLeadsItAndLeaves(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Users")
	ada.enter("Fay Field")
	ada.sees("Facilities")
	ada.press("a")
	ada.sees("Add fay to which queue?")
	ada.write("IT sup")
	ada.sees("IT support")
	ada.press("enter")
	ada.sees("fay works in IT support now.")
	ada.enter("IT support")
	ada.sees("Make them lead")
	ada.press("enter")
	ada.sees("fay leads IT support now.")
	ada.press("enter", "down", "enter")
	ada.agrees("Take fay out of IT support?")
	ada.sees("fay works in IT support no more.")
}

func TestASignInIsEnded(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	in := c.SignIn(t, c.Ines, core.DoorWeb)
	ada := administer(t, c, "Sessions")
	ada.enter("Ines Itani")
	ada.sees("End this sign-in of ines")
	ada.press("y")
	ada.sees("Ended.")
	ada.seesNot("Ines Itani")
	if _, err := c.Desk.Me(t.Context(), in.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("it lives on: %v", err)
	}
}

func TestAKeyForTheWallIsAddedAndRevoked(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	ada := administer(t, c, "Kiosk keys")
	ada.sees("No key opens the wall.")
	ada.press("a")
	ada.write("not a key\nwall\n")
	ada.sees("This is not a public SSH key.")
	ada.retypes("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWb0dlHCEcrO0fY/yXxGgYOWgZfXl4NMFPgGXL0aVwl")
	ada.press("ctrl+s")
	ada.sees("The key wall opens the wall.")
	ada.enter("SHA256:")
	ada.agrees("Revoke wall?")
	ada.sees("revoked")
}
