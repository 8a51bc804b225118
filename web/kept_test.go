package web_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// hidden is what the forms of a page send by themselves.
func (a answer) hidden() url.Values {
	fields := url.Values{}
	for _, m := range hiddenPattern.FindAllStringSubmatch(a.Body, -1) {
		fields.Set(m[1], html.UnescapeString(m[2]))
	}
	return fields
}

// with are these fields and more.
func with(fields url.Values, pairs ...string) url.Values {
	fields = maps.Clone(fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return fields
}

// typedAll checks that a form holds a report as aTypedReport typed it.
func (a answer) typedAll(t *testing.T, s *site) {
	t.Helper()
	a.says(t, "lamp.jpg", "Since <b>Monday</b> & always. It smells.")
	for field, value := range map[string]string{"title": `Sockets "spark"`, "room": "204"} {
		if !a.shows(field, value) {
			t.Errorf("%s is lost", field)
		}
	}
	for _, mark := range []string{`<option value="LIB" selected>`, `value="` + strconv.FormatInt(int64(s.Network.ID), 10) + `" checked`, `name="anonymous" value="1" checked`} {
		if !strings.Contains(a.Body, mark) {
			t.Errorf("%s is lost", mark)
		}
	}
}

func (s *site) aTypedReport(key string) url.Values {
	return with(s.aReport(key), "title", `Sockets "spark"`, "description", "Since <b>Monday</b> & always.\nIt smells.", "anonymous", "1", "account", "1")
}

func TestAReportSurvivesASignInInBetween(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb) // so that she has a password
	b := s.browser(t)
	form := b.open("/")
	form.says(t, "Sign in and keep what I wrote")
	signIn := b.want(ok, b.send("/report", s.aTypedReport(form.key()), aPhoto(t, "lamp.jpg", 80)))
	signIn.says(t, "Your report waits here, with its files.")
	wrong := b.want(refused, b.post("/sign-in", with(signIn.hidden(), "login", "ana", "password", "not hers at all")))
	wrong.says(t, "The username or the password is wrong.")
	b.post("/sign-in", with(wrong.hidden(), "language", "es")).says(t, "Su reporte espera")
	b.post("/sign-in", with(wrong.hidden(), "language", "en"))
	b.want(ok, b.post("/sign-in", with(wrong.hidden(), "back", "1"))).typedAll(t, s) // they may think better of it

	again := b.want(ok, b.post("/sign-in", with(wrong.hidden(), "login", "ana", "password", storagetest.Password)))
	again.typedAll(t, s)
	again.says(t, "Ana Ruiz")
	again.doesNotSay(t, "Sign in and keep")
	if again.key() == form.key() {
		t.Error("the form has the key of the stranger")
	}
	fields := with(s.aTypedReport(again.key()), "contact", "", "name", "")
	fields.Del("account")
	fields.Del("anonymous")
	sent := b.want(seeOther, b.post("/report", fields))
	if !strings.HasPrefix(sent.Location, "/tickets/") {
		t.Errorf("it went to %s, as if nobody had signed in", sent.Location)
	}
	b.open(strings.TrimSuffix(sent.Location, "/sent")).says(t, "Sockets", "lamp.jpg")
}

func TestAReportSurvivesSigningUpInBetween(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	signIn := b.want(ok, b.send("/report", s.aTypedReport(b.open("/").key()), aPhoto(t, "lamp.jpg", 80)))
	signUp := b.want(ok, b.post("/sign-up", with(signIn.hidden(), "login", "noor", "show", "1")))
	signUp.says(t, "Create an account")
	account := []string{"name", "Noor Ali", "username", "noor", "email", "noor@example.edu", "password", "short"}
	b.want(ok, b.post("/new-password", with(signUp.hidden(), "show", "1"))).says(t, "one-time code")
	signUp = b.want(refused, b.post("/sign-up", with(signUp.hidden(), account...)))
	account[len(account)-1] = "four small wet stones"
	again := b.want(ok, b.post("/sign-up", with(signUp.hidden(), account...)))
	again.typedAll(t, s)
	again.says(t, "Noor Ali")
}

func TestAReportInStepsSurvivesASignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb)
	b := s.browser(t)
	a := b.step(b.open("/report/steps"), ok, "category", strconv.FormatInt(int64(s.Network.ID), 10))
	a = b.step(a, ok, "building", "LIB", "room", "204")
	fields := with(a.carried(t), "go", "next", "title", "The sockets spark")
	you := b.want(ok, b.send("/report/steps", fields, aPhoto(t, "lamp.jpg", 80)))
	review := b.step(you, ok, "contact", "gus@example.edu")
	review.says(t, "Sign in and keep what I wrote")
	for _, row := range []struct {
		from  answer
		words []string
	}{
		{review, []string{"Check your report", "Ana Ruiz", "The sockets spark", "lamp.jpg"}},
		{you, []string{"How can we reach you?", "Ana Ruiz"}},
	} {
		signIn := b.want(ok, b.post("/report", with(row.from.carried(t), "account", "1")))
		ana := s.browser(t)
		back := ana.want(ok, ana.post("/sign-in", with(signIn.hidden(), "login", "ana", "password", storagetest.Password)))
		back.says(t, row.words...)
		if back.carried(t).Get("title") != "The sockets spark" {
			t.Error("the title is lost")
		}
	}
}

func TestAKeptReportOpensNothingElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SignIn(t, s.Ana, core.DoorWeb)
	b := s.browser(t)
	a := b.want(ok, b.post("/sign-in", url.Values{
		"login": {"ana"}, "password": {storagetest.Password}, "next": {"https://elsewhere.example/"},
		"report.key": {"forged"}, "report.step": {"../../work"}, "report.title": {"<script>\x00\xff"}, "report.category": {"-9"}, "report.nonsense": {"x"},
	}))
	a.doesNotSay(t, "<script>", "elsewhere.example", "nonsense")
	if a.Location != "" || a.key() == "forged" {
		t.Errorf("it went to %q, with the key %q", a.Location, a.key())
	}
}

func TestSigningInLeadsToOnesOwnWork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, row := range []struct {
		who        core.User
		from, want string
	}{
		{s.Ines, "/work", "/work"},
		{s.Ines, "/work/12", "/work/12"},
		{s.Ines, "/", "/work"},
		{s.Ines, "", "/work"},
		{s.Ines, "/tickets", "/tickets"},
		{s.Ana, "/work", "/tickets"},
		{s.Ana, "/work/12", "/tickets"},
		{s.Ana, "", "/tickets"},
		{s.Ana, "/", "/"},
		{s.Ines, "//elsewhere.example/work", "/work"},
		{s.Ines, "/work/../sign-out", "/work"},
	} {
		s.SignIn(t, row.who, core.DoorWeb)
		b := s.browser(t)
		r := b.request(http.MethodGet, "/sign-in", nil)
		if row.from != "" {
			r.Header.Set("Referer", s.server.URL+row.from)
		}
		fields := with(b.do(r).hidden(), "login", row.who.Username, "password", storagetest.Password)
		if a := b.want(seeOther, b.post("/sign-in", fields)); a.Location != row.want {
			t.Errorf("%s, who came from %q, goes to %q, want %q", row.who.Username, row.from, a.Location, row.want)
		}
	}
}
