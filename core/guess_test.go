package core_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// guessing is a campus whose Ana has a password, and a clock.
func guessing(t *testing.T) (*storagetest.Campus, *clock) {
	t.Helper()
	now := &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now.Now}))
	c.SignIn(t, c.Ana, core.DoorWeb)
	return c, now
}

// TestAttackGuessingUnderEachNameOfAnAccount: a username, an e-mail address and other ways to write them are one account.
func TestAttackGuessingUnderEachNameOfAnAccount(t *testing.T) {
	t.Parallel()
	c, now := guessing(t)
	names := []string{"ana", "ANA", " ana ", c.Ana.Email, strings.ToUpper(c.Ana.Email)}
	guessed := 0
	for n := range 30 {
		_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorSSH, fmt.Sprint("192.0.2.", n)), names[n%len(names)], "wrong wrong wrong", "")
		if core.KindOf(err) == core.Unauthenticated {
			guessed++
		}
		now.pass(time.Second / 2)
	}
	if guessed > 8 {
		t.Errorf("%d guesses at one account within 15 seconds", guessed)
	}
}

// TestAttackAHundredGuessesAnHour tries as often as it may from ever new addresses, in turn at the page, over SSH, and
// with one-time codes.
func TestAttackAHundredGuessesAnHour(t *testing.T) {
	t.Parallel()
	c, now := guessing(t)
	ctx, guesses := t.Context(), 0
	for end := now.Now().Add(time.Hour); now.Now().Before(end); {
		door := []core.Door{core.DoorWeb, core.DoorSSH}[guesses%2]
		who := core.Anonymous(door, fmt.Sprintf("2001:db8:%x::1", guesses))
		var err error
		if guesses%3 == 0 {
			_, err = c.Desk.SignInWithCode(ctx, who, "ana", "2222-22222", "a fine new password", "")
		} else {
			_, err = c.Desk.SignIn(ctx, who, "ana", "wrong wrong wrong", "")
		}
		refused, ok := errors.AsType[*core.Error](err)
		switch {
		case ok && refused.Kind == core.Limited:
			now.pass(refused.RetryAfter)
		case ok && refused.Kind == core.Unauthenticated:
			guesses++
		default:
			t.Fatal(err)
		}
	}
	if guesses < 6 || guesses > 100 {
		t.Errorf("%d guesses in an hour", guesses)
	}
	now.pass(15 * time.Minute) // the longest there is to wait: no account is locked
	if _, err := c.Desk.SignIn(ctx, core.Anonymous(core.DoorWeb, "192.0.2.1"), "ana", storagetest.Password, ""); err != nil {
		t.Errorf("Ana herself: %v", err)
	}
}

// TestAttackManyAccountsFromOneAddress sprays one password over ever new accounts.
func TestAttackManyAccountsFromOneAddress(t *testing.T) {
	t.Parallel()
	c, now := guessing(t)
	for _, network := range []string{"192.0.2.7", "2001:db8:0:1::%x"} {
		tried := 0
		for n := range 120 {
			from := network
			if strings.Contains(from, "%") {
				from = fmt.Sprintf(from, n+1)
			}
			_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, from), fmt.Sprint("somebody", n), "Summer of 2026", "")
			if core.KindOf(err) == core.Unauthenticated {
				tried++
			}
			now.pass(100 * time.Millisecond)
		}
		if tried < 50 || tried > 56 {
			t.Errorf("%d tries from %s", tried, network)
		}
	}
}

// TestAttackTellingNamesApart compares what somebody who has an account is told, with what nobody is told.
func TestAttackTellingNamesApart(t *testing.T) {
	t.Parallel()
	c, now := guessing(t)
	told := func(login string) (answers []string) {
		for n := range 12 {
			_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, fmt.Sprint("192.0.2.", n)), login, "wrong wrong wrong", "")
			refused, _ := errors.AsType[*core.Error](err)
			answers = append(answers, fmt.Sprint(refused.Kind, refused.Code, refused.Args, refused.RetryAfter))
			now.pass(time.Second)
		}
		return answers
	}
	if err := c.Desk.Disable(t.Context(), core.Operator(), c.Ben.ID, true); err != nil {
		t.Fatal(err)
	}
	member := told("ana")
	for _, login := range []string{"nobody", "ben", "ines", "nobody@campus.example"} { // unknown, disabled, without a password
		if got := told(login); !slices.Equal(got, member) {
			t.Errorf("%s is told\n%s\nand ana\n%s", login, strings.Join(got, "\n"), strings.Join(member, "\n"))
		}
	}
}

// TestAttackTellingNamesApartByTime measures refusals of known and unknown names in turn. A round that another program
// disturbed is done again.
func TestAttackTellingNamesApartByTime(t *testing.T) {
	t.Parallel()
	c, now := guessing(t)
	median := func(all []time.Duration) time.Duration {
		slices.Sort(all)
		return all[len(all)/2]
	}
	var ratios []float64
	for range 4 {
		var known, unknown []time.Duration
		for n := range 2 * 25 {
			now.pass(2 * time.Hour)
			login, into := "ana", &known
			if n%2 == 0 {
				login, into = "nobody", &unknown
			}
			began := time.Now()
			if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.1"), login, "wrong wrong wrong", ""); core.KindOf(err) != core.Unauthenticated {
				t.Fatal(err)
			}
			*into = append(*into, time.Since(began))
		}
		ratio := float64(median(known)) / float64(median(unknown))
		if ratio > 0.9 && ratio < 1.1 {
			return
		}
		ratios = append(ratios, ratio)
	}
	t.Errorf("a known name takes %.2f of the time that an unknown one takes", ratios)
}

// TestWhatIsTypedAsANameIsNotKept: people type passwords into that field.
func TestWhatIsTypedAsANameIsNotKept(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.1"), "typed into the wrong field", "x", ""); core.KindOf(err) != core.Unauthenticated {
		t.Fatal(err)
	}
	var kept string
	if err := db.Pool().QueryRow(t.Context(), `select string_agg(subject, ' ') from attempts`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if kept == "" || strings.Contains(kept, "typed") {
		t.Errorf("the count is kept as %q", kept)
	}
}
