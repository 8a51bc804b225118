package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

func TestEveryAnswerTellsBrowsersToBeCareful(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	guests, _ := s.guestTicket(t)
	b := s.as(t, s.Ana)
	answers := map[string]answer{"an unknown page": b.get("/nothing"), "a wrong method": b.do(b.request(http.MethodDelete, "/", nil))}
	for _, route := range s.handler.Routes() {
		answers[route] = b.ask(route, own, guests)
	}
	for name, a := range answers {
		for header, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		} {
			if got := a.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if a.Header.Get("Referrer-Policy") == "" || a.Header.Get("Cache-Control") == "" {
			t.Errorf("%s: no Referrer-Policy or Cache-Control", name)
		}
	}
}

func TestAnotherSitesFormsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, id := s.ownTicket(t, s.Ana, "No Wifi")
	b := s.as(t, s.Ana)
	page := b.open(own)
	for name, headers := range map[string]map[string]string{
		"another site":       {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		"a neighbour":        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
		"an old browser":     {"Origin": "https://evil.example"},
		"a page without one": {"Origin": "null"},
	} {
		r := b.request(http.MethodPost, own+"/withdraw", strings.NewReader(url.Values{"key": {page.key()}, "version": {page.version()}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		a := b.do(r)
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, a.Status)
		}
		a.says(t, "This was sent from another site", "Nothing was sent or saved.")
	}
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || view.Ticket.IsClosed() {
		t.Errorf("the ticket was withdrawn (%v)", err)
	}
}

func TestWhatThePageCannotDoIsSaidOnAPageOfOurs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	key := b.open("/").key()
	request := func(method, path, media, body string) *http.Request {
		r := b.request(method, path, strings.NewReader(body))
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		return r
	}
	const formMedia = "application/x-www-form-urlencoded"
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		words   string
	}{
		"an unknown page":      {request(http.MethodGet, "/wp-login.php", "", ""), 404, "There is no such page."},
		"a page below another": {request(http.MethodGet, "/help/me", "", ""), 404, "There is no such page."},
		"an unknown method":    {request("BREW", "/", "", ""), 405, "use the buttons"},
		"a form that is none":  {request(http.MethodPost, "/", formMedia, ""), 405, "use the buttons"},
		"a deletion":           {request(http.MethodDelete, "/tickets", "", ""), 405, "use the buttons"},
		"no kind of content":   {request(http.MethodPost, "/report", "", "title=x"), 415, "not a form of ours"},
		"another kind":         {request(http.MethodPost, "/report", "application/json", "{}"), 415, "Nothing was sent or saved."},
		"a kind that is none":  {request(http.MethodPost, "/report", "?;;", "{}"), 415, "not a form of ours"},
		"too much":             {request(http.MethodPost, "/report", formMedia, "title="+strings.Repeat("x", 600<<10)), 413, "larger than we take"},
		"too much to sign in":  {request(http.MethodPost, "/sign-in", formMedia, "login="+strings.Repeat("x", 2<<20)), 413, "larger than we take"},
		"a broken escape":      {request(http.MethodPost, "/report", formMedia, "title=%zz"), 422, "could not be read"},
		"a semicolon":          {request(http.MethodPost, "/report", formMedia, "title=a;key="+key), 422, "could not be read"},
		"an empty form":        {request(http.MethodPost, "/report", formMedia, ""), 422, "Say in a few words"},
		"a reference too long": {request(http.MethodGet, "/tickets/"+strings.Repeat("K", 4000), "", ""), 404, "not yours to see"},
	} {
		a := b.do(test.request)
		if a.Status != test.status {
			t.Errorf("%s: status %d, want %d", name, a.Status, test.status)
		}
		a.says(t, test.words)
		if !strings.Contains(a.Body, "</html>") {
			t.Errorf("%s: not a page of ours", name)
		}
		if test.status == http.StatusMethodNotAllowed && a.Header.Get("Allow") == "" {
			t.Errorf("%s: no Allow", name)
		}
	}
	if a := b.do(request(http.MethodHead, "/", "", "")); a.Status != http.StatusOK || a.Body != "" {
		t.Errorf("HEAD: status %d with %d bytes", a.Status, len(a.Body))
	}
}

// bomb is what somebody sends, and goes off when it is read.
type bomb struct{}

func (bomb) Read([]byte) (int, error) { panic("it goes off") }

func TestAPanicIsAPageAndALineInTheLog(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/report", bomb{})
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, r)
	if answer.Code != http.StatusInternalServerError || !strings.Contains(answer.Body.String(), "Something went wrong on our side") {
		t.Errorf("status %d: %s", answer.Code, answer.Body)
	}
	if !strings.Contains(s.log.String(), "it goes off") {
		t.Errorf("the log does not say so: %s", s.log)
	}
}

func TestTheLogHoldsNoSecretsAndNothingPeopleWrote(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, _ := s.guestTicket(t)
	b := s.browser(t)
	page := b.open(path)
	b.post(path+"/reply", url.Values{"key": {page.key()}, "body": {"canary-reply"}})
	b.post("/sign-in", url.Values{"login": {"canary-login"}, "password": {"canary-password"}})
	b.get("/?building=canary-query")
	b.get("/tickets/canary-reference")
	b.get("/canary-path")
	log := s.log.String()
	for _, secret := range []string{"canary", strings.TrimPrefix(path, "/t/"), page.key(), "Projector", "guest@example.edu"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, line := range []string{`"route":"POST /t/{link}/reply"`, `"status":303`, `"route":"GET /t/{link}"`} {
		if !strings.Contains(log, line) {
			t.Errorf("the log lacks %s: %s", line, log)
		}
	}
}

func TestOnlyASafePublicAddressIsTaken(t *testing.T) {
	t.Parallel()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	for address, good := range map[string]bool{
		"https://help.example.edu": true, "http://localhost:8080": true, "http://127.0.0.1": true, "http://[::1]:8080": true,
		"http://help.example.edu": false, "http://10.0.0.1": false, "ftp://localhost": false, "": false, "/": false,
	} {
		public, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := web.New(nil, words, web.Options{PublicURL: public}); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestTheServerWaitsForNobodyForever(t *testing.T) {
	t.Parallel()
	server := web.Server(http.NotFoundHandler())
	if server.ReadHeaderTimeout != 5*time.Second || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 || server.MaxHeaderBytes != 16<<10 {
		t.Errorf("limits are %+v", server)
	}
}

var (
	linkPattern = regexp.MustCompile(`<link[^>]*rel="stylesheet"[^>]*href="([^"]*)"`)
	inputs      = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	idPattern   = regexp.MustCompile(`\bid="([^"]*)"`)
)

func TestPagesAreSmallAndPlain(t *testing.T) {
	t.Parallel()
	s := newSiteWith(t, storagetest.NewCampus(t), web.Options{Demo: true, Emergency: "555-0100", Phone: "555-0199", Email: "helpdesk@example.edu"})
	// A campus as large as they come on one form: 60 buildings, 30 kinds of issues.
	for i := range 60 {
		if _, err := s.Desk.AddLocation(t.Context(), core.Operator(), core.Location{Kind: core.Building, Code: fmt.Sprintf("B%02d", i), Name: fmt.Sprintf("Building of somebody else %d", i)}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			if _, err := s.Desk.AddCategory(t.Context(), core.Operator(), core.Category{
				Code: fmt.Sprintf("k%02d", i), Name: fmt.Sprintf("Kind of issue %d", i), Hint: "Say since when and how often it happens.",
				Line: core.Lines()[i%3], Queue: s.IT.ID,
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	guests, _ := s.guestTicket(t)
	b := s.as(t, s.Ana)
	compressed := func(path string) int {
		r := b.request(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		a := b.do(r)
		if a.Header.Get("Content-Encoding") == "gzip" {
			if _, err := gzip.NewReader(strings.NewReader(a.Body)); err != nil {
				t.Error(err)
			}
		}
		return len(a.Body)
	}
	for _, path := range []string{"/", "/report?building=LIB&room=204", "/tickets", own, own + "/correct", own + "/sent", guests, guests + "/sent", "/new-password", "/account", "/help", "/nothing"} {
		page := b.get(path)
		style := found(linkPattern, page.Body)
		if n := compressed(path) + compressed(style); n > 14<<10 {
			t.Errorf("%s takes %d bytes with its stylesheet", path, n)
		}
		for _, banned := range []string{"<script", " style=", "onclick", "placeholder=", " required", "@import", "<iframe", "http-equiv", "<form class=\"sheet\" method=\"post\" action=\"/report\">"} {
			page.doesNotSay(t, banned)
		}
		for _, input := range inputs.FindAllString(page.Body, -1) {
			id := found(idPattern, input)
			if !strings.Contains(input, `type="hidden"`) && !strings.Contains(page.Body, `<label for="`+id+`">`) {
				t.Errorf("%s: %s has no label", path, input)
			}
		}
		seen := map[string]bool{}
		for _, m := range idPattern.FindAllStringSubmatch(page.Body, -1) {
			if seen[m[1]] {
				t.Errorf("%s: two elements are %q", path, m[1])
			}
			seen[m[1]] = true
		}
		if strings.Count(page.Body, "<h1") != 1 || !strings.Contains(page.Body, `<html lang="en" dir="ltr">`) || !strings.Contains(page.Body, `<a href="/help">`) {
			t.Errorf("%s: not one heading, no language or no help", path)
		}
	}
}

func TestTheStylesheetIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	style := found(linkPattern, b.open("/").Body)
	a := b.open(style)
	if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control is %q", got)
	}
	r := b.request(http.MethodGet, "/style.css?v=old", nil)
	r.Header.Set("If-None-Match", a.Header.Get("ETag"))
	if again := b.do(r); again.Status != http.StatusNotModified || again.Header.Get("Cache-Control") != "public, no-cache" {
		t.Errorf("status %d, Cache-Control %q", again.Status, again.Header.Get("Cache-Control"))
	}
	for _, banned := range []string{"@import", "@font-face", "url(", "http"} {
		if strings.Contains(a.Body, banned) {
			t.Errorf("the stylesheet has %s", banned)
		}
	}
}

// A slow sender is given up by the server's time-outs; one that goes away midway leaves nothing behind.
func TestACutReportIsNoReport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	body := s.aReport(b.open("/").key()).Encode()
	r := b.request(http.MethodPost, "/report", io.MultiReader(strings.NewReader(body), brokenReader{}))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if response, err := b.http.Do(r); err == nil {
		_ = response.Body.Close()
		t.Errorf("status %d", response.StatusCode)
	}
	page, err := s.Desk.Tickets(t.Context(), core.Operator(), core.ListRequest{})
	if err != nil || len(page.Tickets) != 0 {
		t.Errorf("%d tickets (%v)", len(page.Tickets), err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
