package sshserver_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

func TestAKiosksKeyOpensTheWallAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	key := sshtest.NewKey(t)
	added, err := h.desk.AddKioskKey(t.Context(), core.Operator(), string(gossh.MarshalAuthorizedKey(key.PublicKey())), "hall")
	fatal(t, err)
	client := sshtest.Dial(t, h.addr, "wall", gossh.PublicKeys(key))
	wall := sshtest.Open(t, client, 120, 40)
	wall.Wait("Console of  (0)")
	wall.Type("4")
	if _, said, status := sshtest.Run(t, client, "list"); status == 0 || !strings.Contains(said, "the wall of figures and nothing else") {
		t.Errorf("a verb is answered with %d: %s", status, said)
	}
	who := core.Kiosk(added.Fingerprint, "")
	probe, err := query.Parse("secret")
	fatal(t, err)
	if _, err := h.desk.AnalyseNow(t.Context(), who, probe); core.KindOf(err) != core.Forbidden {
		t.Errorf("a wall asks for words: %v", err)
	}
	if _, err := h.desk.Tickets(t.Context(), who, core.ListRequest{}); err == nil {
		if page, _ := h.desk.Tickets(t.Context(), who, core.ListRequest{}); len(page.Tickets) > 0 {
			t.Error("a wall lists tickets")
		}
	}
	fatal(t, h.desk.RevokeKioskKey(t.Context(), core.Operator(), added.ID))
	<-wall.Ended()
	if _, err := h.desk.AnalyseNow(t.Context(), who, query.Query{}); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("a wall whose key was revoked is told %v", err)
	}
}

func TestAKeyOpensTheWallOrSignsInButNotBoth(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	line := func() string { return string(gossh.MarshalAuthorizedKey(sshtest.NewKey(t).PublicKey())) }
	admin, err := h.desk.AddUser(t.Context(), core.Operator(), core.NewUser{Username: "keeper", Name: "Keeper", Role: core.RoleAdmin})
	fatal(t, err)
	wall, person := line(), line()
	added, err := h.desk.AddKioskKey(t.Context(), core.Operator(), wall, "hall")
	fatal(t, err)
	_, err = h.desk.AddKey(t.Context(), core.Operator(), admin.ID, person, "")
	fatal(t, err)

	_, err = h.desk.AddKioskKey(t.Context(), core.Operator(), wall, "again")
	saysOfKey(t, err, "kiosk_key_taken")
	_, err = h.desk.AddKioskKey(t.Context(), core.Operator(), person, "a person's")
	saysOfKey(t, err, "key_taken")
	_, err = h.desk.AddKey(t.Context(), core.Operator(), admin.ID, wall, "the wall's")
	saysOfKey(t, err, "kiosk_key_taken")

	fatal(t, h.desk.RevokeKioskKey(t.Context(), core.Operator(), added.ID))
	_, err = h.desk.AddKioskKey(t.Context(), core.Operator(), wall, "again")
	fatal(t, err)
}

// saysOfKey expects a problem of the field in which the key was typed.
func saysOfKey(t *testing.T, err error, code string) {
	t.Helper()
	problem, ok := errors.AsType[*core.Error](err)
	if !ok || problem.Kind != core.Invalid || len(problem.Problems) != 1 || problem.Problems[0].Field != "key" || problem.Problems[0].Code != code {
		t.Errorf("got %v, want the problem %s", err, code)
	}
}

// On the wall of a hall the dashboards follow one another without a key, and say nothing of anybody.
func TestAWallGoesRoundByItselfAndNamesNobody(t *testing.T) {
	t.Parallel()
	desk := storagetest.Desk(t)
	c := storagetest.CampusOn(t, desk)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	for i, title := range []string{"No signal in my room", "Printer eats paper", "Insulted in the corridor"} {
		id := c.ReportIn(t, c.Ana, title, []core.Category{c.Network, c.Printing, c.Abuse}[i])
		if i > 0 {
			continue
		}
		_, err := desk.Take(t.Context(), ines, id, 0)
		fatal(t, err)
		_, err = desk.Close(t.Context(), ines, id, 0, core.Closing{Resolution: core.Fixed})
		fatal(t, err)
		_, err = desk.Rate(t.Context(), storagetest.As(c.Ana, core.DoorWeb), id, 5, "Quick and kind")
		fatal(t, err)
	}
	h := newHelpdeskOn(t, desk, func(o *sshserver.Options) { o.Console, o.Turn = nil, 300*time.Millisecond })
	key := sshtest.NewKey(t)
	_, err := desk.AddKioskKey(t.Context(), core.Operator(), string(gossh.MarshalAuthorizedKey(key.PublicKey())), "hall")
	fatal(t, err)

	unseen := []string{
		"Ines", "Ivan", "Ana", "Fay", "Cora", "Ada", "No signal", "eats paper", "Insulted", "Quick and kind", "conduct", "Harassment", "#1",
		"enter ", "esc back", // it takes no keys, and so shows none
		"Oldest", "followed", // nor headings of what it does not list
	}
	for _, size := range []struct{ width, height int }{{80, 24}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			t.Parallel()
			client := sshtest.Dial(t, h.addr, "wall", gossh.PublicKeys(key))
			wall := sshtest.Open(t, client, size.width, size.height)
			for _, shown := range []string{"1 open (usual", "created 2", "to first answer", "by  building", "team ", "1 open (usual"} {
				wall.Wait(shown)
				screen := wall.Screen()
				for _, words := range unseen {
					if strings.Contains(screen, words) {
						t.Errorf("the wall shows %q:\n%s", words, screen)
					}
				}
			}
			if !strings.Contains(wall.Screen(), "Example Campus") {
				t.Errorf("the wall does not say whose it is:\n%s", wall.Screen())
			}
			wall.Type("5r/eqj\r") // whoever finds its keyboard
			<-wall.Ended()
		})
	}
}

// Whoever knows the public half of a wall's key shows it without holding the key: that is no use of it.
func TestAttackAWallsKeyThatIsOnlyOffered(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t)
	wall := sshtest.NewKey(t)
	_, err := h.desk.AddKioskKey(t.Context(), core.Operator(), string(gossh.MarshalAuthorizedKey(wall.PublicKey())), "hall")
	fatal(t, err)
	used := func() time.Time {
		keys, err := h.desk.KioskKeys(t.Context(), core.Operator())
		fatal(t, err)
		return keys[0].LastUsedAt
	}
	asked := gossh.PublicKeys(forger{sshtest.NewKey(t), wall.PublicKey()})
	if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("wall", asked)); err == nil || !used().IsZero() {
		t.Errorf("signed in: %t; noted as used: %s", err == nil, used())
	}
	sshtest.Open(t, sshtest.Dial(t, h.addr, "wall", gossh.PublicKeys(wall)), 120, 40).Wait("Console of  (0)")
	if used().IsZero() {
		t.Error("a wall that is open was never used")
	}
}
