package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

// A guest who makes an account on the way back to a ticket comes back to it: the private link may be nowhere else.
func TestWhoeverSignsUpOnTheWayToAPageComesToIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guest := s.browser(t)
	fields := s.aTypedReport(guest.open("/").key())
	fields.Del("account")
	link := strings.TrimSuffix(guest.want(seeOther, guest.post("/report", fields)).Location, "/sent")
	next := url.QueryEscape(link)
	signIn := guest.open("/sign-in?next=" + next)
	for _, page := range []string{"/sign-up", "/new-password"} {
		if !strings.Contains(strings.ToLower(signIn.Body), `href="`+page+"?next="+strings.ToLower(next)) {
			t.Errorf("the sign-in forgets on the way to %s where one came from", page)
		}
	}
	signUp := guest.open("/sign-up?next=" + next)
	account := url.Values{"name": {"Noor Ali"}, "username": {"noor"}, "email": {"noor@example.edu"}, "password": {"short"}, "next": {signUp.hidden().Get("next")}}
	again := guest.want(refused, guest.post("/sign-up", account))
	account.Set("next", again.hidden().Get("next"))
	account.Set("password", "four small wet stones")
	if a := guest.want(seeOther, guest.post("/sign-up", account)); a.Location != link {
		t.Errorf("went to %q, not back to the ticket", a.Location)
	}
	for _, page := range []string{"/sign-up", "/new-password"} {
		if next := s.browser(t).open(page + "?next=//evil.example").hidden().Get("next"); next != "" {
			t.Errorf("%s would go on to %q", page, next)
		}
	}
}

func TestSignUpOutAndInAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.open("/sign-up").says(t, "Create an account")
	account := url.Values{"name": {"Noor Ali"}, "username": {"Noor.Ali"}, "email": {"noor@example.edu"}, "password": {"four small wet stones"}}
	if a := b.want(http.StatusSeeOther, b.post("/sign-up", account)); a.Location != "/tickets" {
		t.Errorf("went to %q", a.Location)
	}
	page := b.open("/account")
	page.says(t, "Noor Ali", "noor.ali", "noor@example.edu")

	old := b.session()
	b.want(http.StatusSeeOther, b.post("/sign-out", url.Values{"key": {page.key()}}))
	b.open("/").says(t, "Sign in")
	thief := s.browser(t)
	thief.setSession(old)
	if a := thief.get("/account"); a.Status != http.StatusSeeOther || a.Location != "/sign-in" {
		t.Errorf("the session that was signed out still opens the account: %d", a.Status)
	}

	for _, login := range []string{"noor.ali", "NOOR.ALI", "noor@example.edu", " Noor@Example.edu "} {
		b := s.browser(t)
		b.want(http.StatusSeeOther, b.post("/sign-in", url.Values{"login": {login}, "password": {"four small wet stones"}}))
		b.open("/account").says(t, "Noor Ali")
	}
}

func TestSigningInMakesANewSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb)
	b := s.browser(t)
	b.setSession("planted-by-somebody-else")
	b.want(http.StatusSeeOther, b.post("/sign-in", url.Values{"login": {"ana"}, "password": {storagetest.Password}}))
	first := b.session()
	if first == "" || first == "planted-by-somebody-else" {
		t.Fatalf("the session is %q", first)
	}
	b.want(http.StatusSeeOther, b.post("/sign-in", url.Values{"login": {"ana"}, "password": {storagetest.Password}}))
	if b.session() == first {
		t.Error("signing in again kept the session")
	}
	thief := s.browser(t)
	thief.setSession(first)
	if a := thief.get("/account"); a.Status != http.StatusSeeOther {
		t.Error("the session before still opens the account")
	}
}

func TestWrongNamesAndWrongPasswordsLookTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb)
	b := s.browser(t)
	wrong := b.want(refused, b.post("/sign-in", url.Values{"login": {"ana"}, "password": {"not her password"}}))
	wrong.says(t, "The username or the password is wrong.")
	wrong.doesNotSay(t, "not her password")
	unknown := b.want(refused, b.post("/sign-in", url.Values{"login": {"abe"}, "password": {"not her password"}}))
	if strings.ReplaceAll(unknown.Body, `value="abe"`, `value="ana"`) != wrong.Body {
		t.Error("the pages differ")
	}
}

func TestGuessingIsSlowedAndSaysForHowLong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	var last answer
	for range 12 {
		last = b.post("/sign-in", url.Values{"login": {"ana"}, "password": {"a guess"}})
		if last.Status == http.StatusTooManyRequests {
			break
		}
	}
	b.want(http.StatusTooManyRequests, last).says(t, "Too many attempts.")
	if last.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestWhatIsWrongWithANewAccountIsSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	good := url.Values{"name": {"Noor"}, "username": {"noor"}, "email": {"noor@example.edu"}, "password": {"four small wet stones"}}
	for field, values := range map[string]map[string]string{
		"name":     {"": "Enter a name.", strings.Repeat("n", 200): "too long"},
		"username": {"": "Enter a username.", "ana": "taken", "me": "Use 2 to 32", "no or": "Use 2 to 32", "-rf": "Use 2 to 32", strings.Repeat("n", 40): "too long"},
		"email":    {"": "Enter an e-mail address.", "noor": "not an e-mail address", "ana@campus.example": "exists", "a@b.example\nBcc: x@y.example": "not an e-mail address"},
		"password": {"": "at least 12", "short": "at least 12", strings.Repeat("p", 300): "too long"},
	} {
		for value, words := range values {
			fields := url.Values{"role": {"admin"}} // and a field that is nobody's to send
			maps.Copy(fields, good)
			fields.Set(field, value)
			a := b.want(refused, b.post("/sign-up", fields))
			if strings.Count(a.words(), words) < 2 || !strings.Contains(a.Body, `<a href="#`+field+`">`) {
				t.Errorf("%s %q: %q does not stand in the summary and beside the field", field, value, words)
			}
			if field != "name" && !a.shows("name", "Noor") {
				t.Errorf("%s %q: the name was lost", field, value)
			}
			if strings.Contains(a.Body, "four small wet stones") {
				t.Error("the password is shown")
			}
		}
	}
}

func TestAOneTimeCodeSetsAPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	old := s.as(t, s.Ana)
	code, _, err := s.Desk.IssueCode(t.Context(), storagetest.As(s.Ines, core.DoorSSH), s.Ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	fields := url.Values{"login": {"ana"}, "code": {"2222-22222"}, "password": {"five very small stones"}}
	b.want(refused, b.post("/new-password", fields)).says(t, "This code is wrong or has been used.")
	fields.Set("code", " "+strings.ToLower(strings.ReplaceAll(code, "-", " "))+" ")
	b.want(http.StatusSeeOther, b.post("/new-password", fields))
	b.open("/account").says(t, "Ana Ruiz")
	if a := old.get("/account"); a.Status != http.StatusSeeOther {
		t.Error("a session from before still opens the account")
	}
	b.want(refused, s.browser(t).post("/new-password", fields))
}

func TestSigningInLeadsBackToAPageOfOursOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	s.SignIn(t, s.Ana, core.DoorWeb)
	for next, want := range map[string]string{
		own: own, "/tickets": "/tickets", "/": "/", "": "/tickets", "https://evil.example/": "/tickets", "//evil.example": "/tickets",
		"/\\evil.example": "/tickets", "/sign-out": "/tickets", "javascript:alert(1)": "/tickets", own + "/../../x": "/tickets",
	} {
		b := s.browser(t)
		if a := b.post("/sign-in", url.Values{"login": {"ana"}, "password": {storagetest.Password}, "next": {next}}); a.Location != want {
			t.Errorf("next %q leads to %q, want %q", next, a.Location, want)
		}
	}
	b := s.browser(t)
	r := b.request(http.MethodGet, "/sign-in", nil)
	r.Header.Set("Referer", s.server.URL+own) // the page that did not open
	if a := b.want(http.StatusOK, b.do(r)); !a.shows("next", own) {
		t.Error("the page that did not open is forgotten")
	}
}

func TestTheSessionsCookieIsForOurPagesAlone(t *testing.T) {
	t.Parallel()
	campus := storagetest.NewCampus(t)
	campus.SignIn(t, campus.Ana, core.DoorWeb)
	for address, name := range map[string]string{"https://help.example.edu": "__Host-session", "http://localhost:8080": "session"} {
		public, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		s := newSiteWith(t, campus, web.Options{PublicURL: public})
		a := s.browser(t).post("/sign-in", url.Values{"login": {"ana"}, "password": {storagetest.Password}})
		cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
		if err != nil {
			t.Fatal(err)
		}
		secure := public.Scheme == "https"
		if cookie.Name != name || cookie.Secure != secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.Expires.Before(time.Now()) {
			t.Errorf("%s: cookie is %+v", address, cookie)
		}
		if strict := a.Header.Get("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"; strict != secure {
			t.Errorf("%s: Strict-Transport-Security is %q", address, a.Header.Get("Strict-Transport-Security"))
		}
	}
}

func TestARoleOrAnAccountThatIsTakenAwayIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	b.open("/account")
	if err := s.Desk.Disable(t.Context(), core.Operator(), s.Ana.ID, true); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/account"); a.Status != http.StatusSeeOther {
		t.Errorf("status %d", a.Status)
	}
}

func (b *browser) session() string {
	for _, cookie := range b.http.Jar.Cookies(b.address()) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func (b *browser) setSession(token string) {
	b.http.Jar.SetCookies(b.address(), []*http.Cookie{{Name: "session", Value: token, Path: "/"}})
}

func (b *browser) address() *url.URL {
	return httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, b.site.server.URL, nil).URL
}
