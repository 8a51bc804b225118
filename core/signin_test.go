package core_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestGuessingAPasswordIsSlowedOverBothDoorsAndEndsByItself(t *testing.T) {
	t.Parallel()
	now := &clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: now.Now}))
	c.SignIn(t, c.Ana, core.DoorWeb)
	doors := []core.Door{core.DoorWeb, core.DoorSSH}
	guess := func(n int, password string) error {
		_, err := c.Desk.SignIn(t.Context(), core.Anonymous(doors[n%2], fmt.Sprint("192.0.2.", n%250)), "ana", password, "")
		return err
	}
	for n := range 5 {
		if err := guess(n, "wrong wrong wrong"); core.KindOf(err) != core.Unauthenticated {
			t.Fatalf("try %d: %v", n, err)
		}
		now.pass(time.Second)
	}
	if err := guess(6, "wrong wrong wrong"); core.KindOf(err) != core.Unauthenticated {
		t.Fatalf("the sixth try: %v", err)
	}
	if err := guess(7, storagetest.Password); core.KindOf(err) != core.Limited {
		t.Errorf("right after too many tries even the right password gives %v, want limited", err)
	}
	now.pass(time.Hour)
	if err := guess(8, storagetest.Password); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// Whoever takes a key away at the moment somebody signs in with it leaves no session behind.
func TestAKeyThatIsRevokedWhileItSignsInLeavesNoSession(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	root := core.Operator()
	for n := range 25 {
		key, err := c.Desk.AddKey(t.Context(), root, c.Ana.ID, publicKey(t), "")
		if err != nil {
			t.Fatal(err)
		}
		var signed core.SignedIn
		var wg sync.WaitGroup
		wg.Go(func() {
			signed, err = c.Desk.SignInByKey(t.Context(), core.Anonymous(core.DoorSSH, "192.0.2.1"), key.Fingerprint)
		})
		wg.Go(func() {
			if err := c.Desk.RevokeKey(t.Context(), root, c.Ana.ID, key.Fingerprint); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if err != nil {
			if core.KindOf(err) != core.Unauthenticated {
				t.Fatal(err)
			}
			continue
		}
		if _, err := c.Desk.Me(t.Context(), signed.Actor); core.KindOf(err) != core.Unauthenticated {
			t.Fatalf("try %d: the session of a revoked key lives on: %v", n, err)
		}
	}
}

func publicKey(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(key))
}

func TestManyHonestPeopleBehindOneAddressSignIn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.SignIn(t, c.Ana, core.DoorWeb)
	for n := range 60 {
		if _, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "198.51.100.1"), "ana", storagetest.Password, ""); err != nil {
			t.Fatalf("sign-in %d: %v", n, err)
		}
	}
}

func TestSixteenGuessesAtOnceGetNoMoreThanTheirShare(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.SignIn(t, c.Ana, core.DoorWeb)
	var wg sync.WaitGroup
	var mu sync.Mutex
	kinds := make(map[core.Kind]int)
	for n := range 16 {
		wg.Go(func() {
			_, err := c.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, fmt.Sprint("192.0.2.", n)), "ana", "wrong wrong wrong", "")
			mu.Lock()
			defer mu.Unlock()
			kinds[core.KindOf(err)]++
		})
	}
	wg.Wait()
	if kinds[core.Unauthenticated] > 6 || kinds[core.Limited] < 10 {
		t.Errorf("of sixteen guesses at once: %v", kinds)
	}
}

func TestAOneTimeCodeWorksOnceAndEndsOtherSignIns(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	first := c.SignIn(t, c.Ana, core.DoorWeb)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	code, _, err := c.Desk.IssueCode(ctx, ines, c.Ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	anybody := core.Anonymous(core.DoorWeb, "192.0.2.1")
	if _, err := c.Desk.SignInWithCode(ctx, anybody, "ana", code, "another fine password", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.SignInWithCode(ctx, anybody, "ana", code, "and yet another one", ""); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the second time: %v", err)
	}
	if _, _, err := c.Desk.SessionActor(ctx, core.DoorWeb, first.Token, ""); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the sign-in from before: %v", err)
	}
	for _, other := range []core.User{c.Ada, c.Ivan} {
		if _, _, err := c.Desk.IssueCode(ctx, ines, other.ID); core.KindOf(err) != core.Forbidden {
			t.Errorf("staff make a code for %s: %v", other.Username, err)
		}
	}
}

// TestAOneTimeCodeHoldsForTenMinutes makes codes for somebody who has forgotten a password, and for somebody who never had one.
func TestAOneTimeCodeHoldsForTenMinutes(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64
	clock := func() time.Time {
		return time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC).Add(time.Duration(passed.Load()))
	}
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock}))
	c.SignIn(t, c.Ana, core.DoorWeb)
	for _, test := range []struct {
		whose core.User
		holds time.Duration
	}{{c.Ana, 10 * time.Minute}, {c.Ben, 24 * time.Hour}} {
		code, expires, err := c.Desk.IssueCode(t.Context(), storagetest.As(c.Ines, core.DoorSSH), test.whose.ID)
		if err != nil {
			t.Fatal(err)
		}
		made := c.Desk.Now()
		if got := expires.Sub(made); got != test.holds {
			t.Errorf("%s's code holds for %s, want %s", test.whose.Username, got, test.holds)
		}
		try := func() error {
			_, err := c.Desk.SignInWithCode(t.Context(), core.Anonymous(core.DoorWeb, "192.0.2.1"), test.whose.Username, code, "another fine password", "")
			return err
		}
		passed.Add(int64(test.holds))
		wantCode(t, try(), "code_wrong")
		passed.Add(-int64(time.Second))
		if err := try(); err != nil {
			t.Errorf("just before it ends %s's code does not sign in: %v", test.whose.Username, err)
		}
	}
}

// TestAOneTimeCodeIsKeptAsAPasswordIs looks at what is kept: each is hashed with a salt of its own. One that is not the newest signs in too.
func TestAOneTimeCodeIsKeptAsAPasswordIs(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	ines := storagetest.As(c.Ines, core.DoorSSH)
	first, _, err := c.Desk.IssueCode(t.Context(), ines, c.Ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Desk.IssueCode(t.Context(), ines, c.Ana.ID); err != nil {
		t.Fatal(err)
	}
	kept, err := db.Codes(t.Context(), c.Ana.ID, c.Desk.Now(), 10)
	if err != nil || len(kept) != 2 || kept[0].Hash == kept[1].Hash {
		t.Fatalf("kept are %v (%v)", kept, err)
	}
	for _, k := range kept {
		if !strings.HasPrefix(k.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("kept as %s", k.Hash)
		}
	}
	anybody := core.Anonymous(core.DoorWeb, "192.0.2.1")
	for _, wrong := range []string{"", "K7QM-3XDPR", kept[1].Hash} {
		_, err := c.Desk.SignInWithCode(t.Context(), anybody, "ana", wrong, "another fine password", "")
		wantCode(t, err, "code_wrong")
	}
	if _, err := c.Desk.SignInWithCode(t.Context(), anybody, "ana", first, "another fine password", ""); err != nil {
		t.Error(err)
	}
}

// countsAccounts is a database that counts how often an account is looked up in a transaction.
type countsAccounts struct {
	core.Store

	n *atomic.Int64
}

type countedAccounts struct {
	core.Tx

	n *atomic.Int64
}

func (s countsAccounts) InTx(ctx context.Context, work func(core.Tx) error) error {
	return s.Store.InTx(ctx, func(tx core.Tx) error { return work(countedAccounts{tx, s.n}) })
}

func (x countedAccounts) Account(ctx context.Context, user core.UserID, session core.SessionID, now time.Time) (core.Account, error) {
	x.n.Add(1)
	return x.Tx.Account(ctx, user, session, now)
}

// TestWhoMakesACodeIsLookedUpOnce makes codes for somebody with one confidential ticket, and with five.
func TestWhoMakesACodeIsLookedUpOnce(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	db := storagetest.Open(t)
	desk, err := core.New(t.Context(), countsAccounts{db, &n}, core.Options{Hub: db.Hub()})
	if err != nil {
		t.Fatal(err)
	}
	c := storagetest.CampusOn(t, desk)
	var lookups []int64
	for _, tickets := range []int{1, 4} {
		for range tickets {
			c.ReportIn(t, c.Ana, "Somebody shouted", c.Abuse)
		}
		before := n.Load()
		if _, _, err := c.Desk.IssueCode(t.Context(), storagetest.As(c.Ines, core.DoorSSH), c.Ana.ID); err != nil {
			t.Fatal(err)
		}
		lookups = append(lookups, n.Load()-before)
	}
	if lookups[0] != lookups[1] {
		t.Errorf("with more confidential tickets accounts are looked up %d times instead of %d", lookups[1], lookups[0])
	}
}
