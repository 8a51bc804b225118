package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

// inLanguage gets a page with what a browser says of the languages it is set to.
func (b *browser) inLanguage(path, accept string) answer {
	b.t.Helper()
	r := b.request(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", accept)
	return b.want(http.StatusOK, b.do(r))
}

func (a answer) language() string {
	return found(regexp.MustCompile(`<html lang="([^"]*)" dir="ltr">`), a.Body)
}

func TestThePageIsInTheLanguageOfItsReader(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for accept, want := range map[string]string{"": "en", "es-MX,es;q=0.9": "es", "tlh": "en", "de, es;q=0.1": "es", "en;q=0.2, es;q=0.1": "en"} {
		if a := b.inLanguage("/", accept); a.language() != want || a.Header.Get("Content-Language") != want {
			t.Errorf("%q: %q", accept, a.language())
		}
	}
	b.inLanguage("/help", "es").says(t, "Ayuda y contacto", "Español")

	// What was chosen on a page is stronger than what the browser is set to.
	a := b.want(http.StatusSeeOther, b.post("/language", url.Values{"language": {"es"}, "back": {"/help?x=1"}}))
	if a.Location != "/help?x=1" {
		t.Errorf("went to %q", a.Location)
	}
	cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "lang" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge < 86400 {
		t.Errorf("cookie %+v, %v", cookie, err)
	}
	if a := b.inLanguage("/", "en"); a.language() != "es" {
		t.Errorf("%q after the switch", a.language())
	}
	b.want(refused, b.post("/language", url.Values{"language": {"xx"}, "back": {"/"}}))

	// And the account's is stronger than both, in every browser of theirs.
	ana := s.as(t, s.Ana)
	ana.want(http.StatusSeeOther, ana.post("/language", url.Values{"language": {"es"}, "back": {"/account"}}))
	other := s.browser(t)
	other.want(http.StatusSeeOther, other.post("/language", url.Values{"language": {"en"}}))
	other.setSession(ana.session())
	if a := other.inLanguage("/tickets", "en"); a.language() != "es" {
		t.Errorf("%q in another browser", a.language())
	}
	b.setSession("")
	for _, nonsense := range []string{"xx", "../../etc", strings.Repeat("e", 3000)} {
		r := s.browser(t).request(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: nonsense})
		s.browser(t).want(http.StatusOK, s.browser(t).do(r))
	}
}

func TestChangingTheLanguageLeadsBackToAPageOfOursOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guests, _ := s.guestTicket(t)
	b := s.browser(t)
	for back, want := range map[string]string{
		"/": "/", "/help": "/help", guests: guests, guests + "?done=reply": guests + "?done=reply", "": "/", "https://evil.example/": "/",
		"//evil.example/help": "/", "/\\evil.example": "/", "/%5cevil.example": "/", "javascript:alert(1)": "/", "/no-such-page": "/", "help": "/",
		"/../help": "/", "/sign-out": "/", "/help\r\nX: y": "/", "http:/help": "/",
	} {
		if a := b.post("/language", url.Values{"language": {"es"}, "back": {back}}); a.Status != http.StatusSeeOther || a.Location != want {
			t.Errorf("back %q leads to %q, want %q", back, a.Location, want)
		}
	}
	if !b.open(guests+"/sent").shows("back", guests+"/sent") {
		t.Error("the page does not say where it is to come back to")
	}
}

func TestChangingTheLanguageInMidFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guests, id := s.guestTicket(t)
	b := s.browser(t)
	for _, form := range []struct {
		page, action string
		fields       url.Values
		kept         []string
	}{
		{"/report", "/report", s.aReport(""), []string{"Projector stays dark", "Since Monday.", "guest@example.edu", "Gus"}},
		{guests, guests + "/reply", url.Values{"body": {"and it smells"}}, []string{"and it smells"}},
		{guests + "/correct", guests + "/correct", url.Values{"title": {"Beamer is dark"}, "description": {"for days"}}, []string{"Beamer is dark", "for days"}},
		{"/sign-in", "/sign-in", url.Values{"login": {"somebody"}, "password": {"a secret of mine"}}, []string{"somebody"}},
		{"/sign-up", "/sign-up", url.Values{"name": {"Noor"}, "username": {"noor"}, "email": {"noor@example.edu"}, "password": {"a secret of mine"}}, []string{"Noor", "noor@example.edu"}},
		{"/new-password", "/new-password", url.Values{"login": {"noor"}, "code": {"2222-2222"}, "password": {"a secret of mine"}}, []string{"noor", "2222-2222"}},
	} {
		page := b.open(form.page)
		if !regexp.MustCompile(`<button form="[a-z-]+" formnovalidate name="language" value="es"`).MatchString(page.Body) {
			t.Errorf("%s has no button that keeps what is typed", form.page)
		}
		form.fields.Set("key", page.key())
		form.fields.Set("version", page.version())
		form.fields.Set("language", "es")
		a := b.want(http.StatusOK, b.post(form.action, form.fields))
		if a.language() != "es" || strings.Contains(a.Body, `class="summary"`) {
			t.Errorf("%s: in %q, or with problems", form.page, a.language())
		}
		for _, kept := range form.kept {
			if !strings.Contains(a.Body, kept) {
				t.Errorf("%s: %q was lost", form.page, kept)
			}
		}
		a.doesNotSay(t, "a secret of mine")
		b.want(http.StatusSeeOther, b.post("/language", url.Values{"language": {"en"}}))
	}
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || view.Ticket.Version != 1 || len(view.Messages) != 1 {
		t.Errorf("something was done: %+v (%v)", view.Ticket, err)
	}
}

func TestALanguageIsOneFileAndMayRunFromRightToLeft(t *testing.T) {
	t.Parallel()
	english, err := os.ReadFile("../core/text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	words, err := text.Load(fstest.MapFS{
		"en.json": {Data: english},
		"he.json": {Data: []byte(`{"language.name": "עברית", "report.heading": "מה דורש טיפול?"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.New(storagetest.NewCampus(t).Desk, words, web.Options{PublicURL: &url.URL{Scheme: "http", Host: "localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/report", nil)
	r.Header.Set("Accept-Language", "he")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	for _, want := range []string{`<html lang="he" dir="rtl">`, "מה דורש טיפול?", ">עברית</b>", `lang="en">English</button>`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// What is laid out from left to right would stay so in a language that is not.
func TestTheStylesheetKnowsNoLeftAndRight(t *testing.T) {
	t.Parallel()
	style, err := os.ReadFile("style.css")
	if err != nil {
		t.Fatal(err)
	}
	physical := regexp.MustCompile(`[{;](?:(?:margin|padding|border)-(?:left|right)[a-z-]*|left|right|(?:text-align|float|clear):(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\b[^;}]*`)
	for _, found := range physical.FindAllString(string(style), -1) {
		t.Errorf("%s", found[1:])
	}
}
