package web_test

import (
	"crypto/ed25519"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func publicKey(t *testing.T) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(gossh.MarshalAuthorizedKey(key)))
}

// submit sends a form of the account's page with a fresh key.
func (b *browser) submit(action string, fields url.Values) answer {
	b.t.Helper()
	fields.Set("key", b.open("/account").key())
	return b.post(action, fields)
}

// ids are the numbers that the forms to an address carry.
func (a answer) ids(action string) []string {
	var ids []string
	for _, m := range regexp.MustCompile(`action="`+action+`"><input[^>]*><input type="hidden" name="id" value="([0-9]+)"`).FindAllStringSubmatch(a.Body, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func TestChangingThePasswordOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb)
	signIn := func() *browser {
		b := s.browser(t)
		b.want(http.StatusSeeOther, b.post("/sign-in", url.Values{"login": {"ana"}, "password": {storagetest.Password}}))
		return b
	}
	b, elsewhere := signIn(), signIn()
	for words, fields := range map[string]url.Values{
		"This is not your present password.": {"old": {"no idea of it"}, "password": {"five very small stones"}},
		"This password is too short":         {"old": {storagetest.Password}, "password": {"2short"}},
		"one that many people use":           {"old": {storagetest.Password}, "password": {"P4ssw0rd2026!"}},
		"made of your name":                  {"old": {storagetest.Password}, "password": {"ana@campus.example.2026"}},
		"runs along the keyboard":            {"old": {storagetest.Password}, "password": {"qwertyuiop123"}},
		"repeats too few characters":         {"old": {storagetest.Password}, "password": {"xxxxxxxxxxxxx"}},
	} {
		a := b.want(refused, b.submit("/account/password", fields))
		a.says(t, words)
		a.doesNotSay(t, fields.Get("password"), storagetest.Password)
	}
	if a := b.want(http.StatusSeeOther, b.submit("/account/password", url.Values{"old": {storagetest.Password}, "password": {"five very small stones"}})); a.Location != "/account?done=password" {
		t.Errorf("went to %q", a.Location)
	}
	b.open("/account?done=password").says(t, "Your password has been changed.")
	if a := elsewhere.get("/account"); a.Status != http.StatusSeeOther {
		t.Errorf("another browser is still signed in: %d", a.Status)
	}
	var last answer
	for range 12 {
		if last = b.submit("/account/password", url.Values{"old": {"a guess of mine"}, "password": {"six very small stones"}}); last.Status == http.StatusTooManyRequests {
			break
		}
	}
	b.want(http.StatusTooManyRequests, last).says(t, "Too many attempts.")
	if last.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestSessionsAreListedAndEndedOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	console := s.SignIn(t, s.Ana, core.DoorSSH)
	b := s.browser(t)
	r := b.request(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"login": {"ana"}, "password": {storagetest.Password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	b.want(http.StatusSeeOther, b.do(r))
	page := b.open("/account")
	page.says(t, "Firefox, Linux You are here", "Console (SSH) test", "127.0.0.1")
	if ids := page.ids("/account/sessions/end"); len(ids) != 1 || ids[0] != strconv.FormatInt(int64(console.Actor.Session), 10) {
		t.Fatalf("ids %q", ids)
	}
	bens := s.SignIn(t, s.Ben, core.DoorWeb)
	for _, not := range []string{strconv.FormatInt(int64(bens.Actor.Session), 10), "0", "-1", "x", "", "99999999999999999999"} {
		b.want(missing, b.submit("/account/sessions/end", url.Values{"id": {not}}))
	}
	if _, err := s.Desk.Me(t.Context(), bens.Actor); err != nil {
		t.Errorf("somebody else's session ended: %v", err)
	}
	b.want(http.StatusSeeOther, b.submit("/account/sessions/end", url.Values{"id": page.ids("/account/sessions/end")}))
	if _, err := s.Desk.Me(t.Context(), console.Actor); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the console's session lives: %v", err)
	}
	if a := b.want(http.StatusSeeOther, b.submit("/account/sessions/end-all", url.Values{})); a.Location != "/" || b.session() != "" {
		t.Errorf("went to %q with session %q", a.Location, b.session())
	}
	if a := b.get("/account"); a.Location != "/sign-in" {
		t.Errorf("still signed in: %d", a.Status)
	}
}

func TestAttackAnOpenPageAddsNoKeyWithoutThePassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ines)
	line := publicKey(t)
	for typed, words := range map[string]string{"": "Type your password here.", "a guess of mine": "This is not your present password."} {
		a := b.want(refused, b.submit("/account/keys", url.Values{"authorized": {line}, "name": {"laptop"}, "key_password": {typed}}))
		a.says(t, words, line)
		if !strings.Contains(a.Body, `href="#key_password"`) || !strings.Contains(a.Body, `value="laptop"`) {
			t.Errorf("%q: the words lead to no field, or the name is lost", words)
		}
	}
	for range 20 { // guessing is slowed down, and says so at the field
		if a := b.submit("/account/keys", url.Values{"authorized": {line}, "key_password": {"a guess of mine"}}); a.Status == http.StatusTooManyRequests {
			if !strings.Contains(a.Body, `href="#key_password"`) {
				t.Error("the words lead to no field")
			}
			b.open("/account").doesNotSay(t, "SHA256:")
			return
		}
	}
	t.Error("the password may be guessed without end")
}

func TestKeysAreAddedAndRevokedOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ines)
	a := b.want(refused, b.submit("/account/keys", url.Values{"authorized": {"ssh-rsa <nonsense>"}, "name": {"laptop"}}))
	a.says(t, "This is not a public SSH key.", "ssh-rsa <nonsense>")
	line := publicKey(t)
	b.want(http.StatusSeeOther, b.submit("/account/keys", url.Values{"authorized": {line + " ines@home\r\n"}, "key_password": {storagetest.Password}}))
	page := b.open("/account?done=key")
	page.says(t, "The key has been added.", "ines@home", "SHA256:", "Never used")
	ids := page.ids("/account/keys/revoke")
	if len(ids) != 1 {
		t.Fatalf("ids %q", ids)
	}
	ivan := s.as(t, s.Ivan)
	ivan.want(refused, ivan.submit("/account/keys", url.Values{"authorized": {line}, "key_password": {storagetest.Password}})).says(t, "belongs to an account already")
	for _, not := range []string{ids[0], "0", "x"} {
		ivan.want(missing, ivan.submit("/account/keys/revoke", url.Values{"id": {not}}))
	}
	if !strings.Contains(b.open("/account").Body, "SHA256:") {
		t.Error("somebody else revoked it")
	}
	b.want(http.StatusSeeOther, b.submit("/account/keys/revoke", url.Values{"id": ids}))
	b.open("/account").doesNotSay(t, "SHA256:")

	// A key that was pasted outlives a change of the language.
	a = b.want(http.StatusOK, b.submit("/account/keys", url.Values{"authorized": {"ssh-ed25519 half"}, "language": {"es"}}))
	a.says(t, "ssh-ed25519 half", "Claves SSH")
}

func TestNoticesAreKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	checked := func(a answer) string {
		var names []string
		for _, m := range regexp.MustCompile(`name="(answers|progress|closed)" value="1" checked`).FindAllStringSubmatch(a.Body, -1) {
			names = append(names, m[1])
		}
		return strings.Join(names, " ")
	}
	if got := checked(b.open("/account")); got != "answers closed" {
		t.Errorf("at first %q", got)
	}
	b.want(http.StatusSeeOther, b.submit("/account/notices", url.Values{"progress": {"1"}}))
	page := b.open("/account?done=notices")
	page.says(t, "Your choice has been saved.", "sends no e-mail yet")
	if got := checked(page); got != "progress" {
		t.Errorf("then %q", got)
	}
}

func TestAGuestsTicketIsAddedToTheAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guests, id := s.guestTicket(t)
	visitor := s.browser(t)
	page := visitor.open(guests)
	page.says(t, "Sign in to add it to your account")
	visitor.want(http.StatusUnauthorized, visitor.post(guests+"/keep", url.Values{"key": {page.key()}}))
	if !visitor.open("/sign-in?next="+guests).shows("next", guests) {
		t.Error("signing in does not lead back")
	}
	ana := s.as(t, s.Ana)
	page = ana.open(guests)
	page.says(t, "Add to my account")
	a := ana.want(http.StatusSeeOther, ana.post(guests+"/keep", url.Values{"key": {page.key()}}))
	if !strings.HasPrefix(a.Location, "/tickets/") {
		t.Fatalf("went to %q", a.Location)
	}
	ana.open(a.Location).says(t, "The ticket is in your account now.", "Projector stays dark")
	ana.open("/tickets").says(t, "Projector stays dark")
	ana.open(guests).doesNotSay(t, "Add to my account")
	ben := s.as(t, s.Ben)
	ben.want(http.StatusForbidden, ben.post(guests+"/keep", url.Values{"key": {ben.open(guests).key()}})).says(t, "belongs to an account already")
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || view.Ticket.Reporter.ID != s.Ana.ID {
		t.Errorf("%+v, %v", view.Ticket.Reporter, err)
	}
}
