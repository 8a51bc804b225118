package core_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// aToken is a token of somebody's, and its secret.
func aToken(t *testing.T, c *storagetest.Campus, u core.User, scope core.TokenScope) (core.Token, string) {
	t.Helper()
	token, secret, err := c.Desk.NewToken(t.Context(), storagetest.As(u, core.DoorSSH), core.NewToken{Name: "laptop", Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

func calls(t *testing.T, c *storagetest.Campus, secret string, need core.TokenScope) (core.Actor, error) {
	t.Helper()
	who, _, err := c.Desk.TokenActor(t.Context(), core.DoorAPI, secret, "192.0.2.7", need)
	return who, err
}

func TestATokenSignsInItsOwnerUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	token, secret := aToken(t, c, c.Ines, core.TokenWrite)
	if !regexp.MustCompile(`^hd_[a-z2-7]{39}$`).MatchString(secret) || !core.IsToken(secret) {
		t.Errorf("the secret is %q", secret)
	}
	who, err := calls(t, c, secret, core.TokenWrite)
	if err != nil || who.User != c.Ines.ID || who.Door != core.DoorAPI {
		t.Fatalf("the actor is %+v: %v", who, err)
	}
	id := c.Report(t, c.Ana, "No network")
	if _, err := c.Desk.Take(t.Context(), who, id, 0); err != nil {
		t.Errorf("take: %v", err)
	}
	list, err := c.Desk.Tokens(t.Context(), storagetest.As(c.Ines, core.DoorSSH))
	if err != nil || len(list) != 1 || list[0].LastUsedAt.IsZero() || list[0].ExpiresAt.Sub(list[0].CreatedAt) != 90*24*time.Hour {
		t.Errorf("the tokens are %+v: %v", list, err)
	}
	wantKind(t, c.Desk.RevokeToken(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), token.ID), core.NotFound)
	if err := c.Desk.RevokeToken(t.Context(), storagetest.As(c.Ines, core.DoorSSH), token.ID); err != nil {
		t.Fatal(err)
	}
	if alive(t, c.Desk, who) {
		t.Error("the actor of a revoked token still acts")
	}
	_, err = calls(t, c, secret, core.TokenRead)
	wantCode(t, err, "token_revoked")
}

func TestATokenDiesWithItsOwnersAccount(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	_, secret := aToken(t, c, c.Ines, core.TokenRead)
	who, err := calls(t, c, secret, core.TokenRead)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.Disable(t.Context(), storagetest.As(c.Ada, core.DoorSSH), c.Ines.ID, true); err != nil {
		t.Fatal(err)
	}
	if alive(t, c.Desk, who) {
		t.Error("the token of a disabled account still acts")
	}
	_, err = calls(t, c, secret, core.TokenRead)
	wantKind(t, err, core.Unauthenticated)
}

func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	_, secret := aToken(t, c, c.Ines, core.TokenRead)
	other := "hd_" + strings.Repeat("a", 39)
	for _, forged := range []string{"", "hd_", other, secret + "a", strings.ToUpper(secret), secret[:41], secret[:41] + "\x00", "Bearer " + secret} {
		_, err := calls(t, c, forged, core.TokenRead)
		wantCode(t, err, "token_unknown")
	}
}

func TestATokenDoesNoMoreThanItsScope(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No network")
	uses := map[core.TokenScope]func(context.Context, core.Actor) error{
		core.TokenReport: func(ctx context.Context, who core.Actor) error {
			_, err := c.Desk.Report(ctx, who, core.NewTicket{Title: "Lamp", Category: c.Network.ID, Where: core.Where{Words: "LIB-204"}})
			return err
		},
		core.TokenFigures: func(ctx context.Context, who core.Actor) error {
			_, err := c.Desk.AnalyseNow(ctx, who, query.Query{})
			return err
		},
		core.TokenRead: func(ctx context.Context, who core.Actor) error {
			if _, err := c.Desk.Ticket(ctx, who, id); err != nil {
				return err
			}
			_, err := c.Desk.Tickets(ctx, who, core.ListRequest{})
			return err
		},
		core.TokenWrite: func(ctx context.Context, who core.Actor) error {
			_, err := c.Desk.Note(ctx, who, id, core.NewMessage{Body: "Seen."})
			return err
		},
	}
	for _, scope := range core.TokenScopes() {
		_, secret := aToken(t, c, c.Ines, scope)
		who, err := calls(t, c, secret, scope)
		if err != nil {
			t.Fatal(err)
		}
		for need, use := range uses {
			err := use(t.Context(), who)
			if scope.Covers(need) {
				if err != nil {
					t.Errorf("a token for %s does not serve to %s: %v", scope, need, err)
				}
				continue
			}
			wantCode(t, err, "token_scope")
			_, err = calls(t, c, secret, need)
			wantCode(t, err, "token_scope")
		}
	}
}

func TestATokenMakesNoOtherWayIn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	_, secret := aToken(t, c, c.Ada, core.TokenWrite)
	who, err := calls(t, c, secret, core.TokenWrite)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Desk.NewToken(t.Context(), who, core.NewToken{Name: "another", Scope: core.TokenRead})
	wantCode(t, err, "token_own")
	_, err = c.Desk.AddOwnKey(t.Context(), who, core.NewOwnKey{Authorized: aKey(t)})
	wantCode(t, err, "token_own")
	_, err = c.Desk.AddKey(t.Context(), who, c.Ivan.ID, aKey(t), "")
	wantCode(t, err, "token_own")
	_, _, err = c.Desk.IssueCode(t.Context(), who, c.Ana.ID)
	wantCode(t, err, "token_own")
	wantCode(t, c.Desk.SetRole(t.Context(), who, c.Ana.ID, core.RoleAdmin), "token_own")
}

func TestTheSameFormMakesOneToken(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who := c.SignIn(t, c.Ana, core.DoorWeb).Actor
	key, err := c.Desk.NewFormKey(who)
	if err != nil {
		t.Fatal(err)
	}
	in := core.NewToken{Key: key, Name: "app", Scope: core.TokenReport, Days: 7, Password: storagetest.Password}
	first, secret, err := c.Desk.NewToken(t.Context(), who, in)
	if err != nil {
		t.Fatal(err)
	}
	again, same, err := c.Desk.NewToken(t.Context(), who, in)
	if err != nil || again.ID != first.ID || same != secret {
		t.Errorf("again: %+v, %v", again, err)
	}
	for _, days := range []int{-1, 366} {
		in.Days = days
		_, _, err = c.Desk.NewToken(t.Context(), who, in)
		wantKind(t, err, core.Invalid)
	}
}

func TestATokenEndsByItself(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: func() time.Time { return now }})
	c := storagetest.CampusOn(t, desk)
	_, secret := aToken(t, c, c.Ana, core.TokenRead)
	who, err := calls(t, c, secret, core.TokenRead)
	if err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, core.DefaultTokenDays)
	if alive(t, desk, who) {
		t.Error("the actor of an expired token still acts")
	}
	_, err = calls(t, c, secret, core.TokenRead)
	wantCode(t, err, "token_expired")
}

func TestCallsAreLimited(t *testing.T) {
	t.Parallel()
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Limits: core.Limits{CallsPerToken: 40, CallsPerAddress: 20}})
	c := storagetest.CampusOn(t, desk)
	_, secret := aToken(t, c, c.Ana, core.TokenRead)
	allowed := func(secret string) int {
		for n := range 100 {
			if _, err := calls(t, c, secret, core.TokenRead); core.KindOf(err) == core.Limited {
				return n
			}
		}
		return 100
	}
	if n := allowed(secret); n != 40 {
		t.Errorf("%d calls with a token went through, want 40", n)
	}
	if n := allowed("hd_" + strings.Repeat("a", 39)); n != 20 {
		t.Errorf("%d calls without a token went through, want 20", n)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if e, ok := errors.AsType[*core.Error](err); !ok || e.Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestTokensEndWithThePasswordThatTheyWereMadeUnder(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	in := c.SignIn(t, c.Ana, core.DoorWeb)
	_, first := aToken(t, c, c.Ana, core.TokenRead)
	if err := c.Desk.ChangePassword(t.Context(), in.Actor, storagetest.Password, "five very small stones"); err != nil {
		t.Fatal(err)
	}
	_, err := calls(t, c, first, core.TokenRead)
	wantKind(t, err, core.Unauthenticated)
	_, second := aToken(t, c, c.Ana, core.TokenRead)
	c.SignIn(t, c.Ana, core.DoorWeb) // with a one-time code
	_, err = calls(t, c, second, core.TokenRead)
	wantKind(t, err, core.Unauthenticated)
}

func TestAttackAnOpenPageMakesNoTokenWithoutThePassword(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	in := c.SignIn(t, c.Ana, core.DoorWeb)
	key, err := c.Desk.NewFormKey(in.Actor)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"", "a guess of mine"} {
		_, _, err := c.Desk.NewToken(t.Context(), in.Actor, core.NewToken{Key: key, Name: "x", Scope: core.TokenWrite, Password: typed})
		wantKind(t, err, core.Invalid)
	}
	if _, _, err := c.Desk.NewToken(t.Context(), in.Actor, core.NewToken{Key: key, Name: "x", Scope: core.TokenWrite, Password: storagetest.Password}); err != nil {
		t.Error(err)
	}
}
