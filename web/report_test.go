package web_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

func TestAGuestReportsAndFollows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	form := b.open("/")
	form.says(t, "What happened?", "Fire, flood or somebody in danger?", "Send report", "Library (LIB)", "Network and Wi-Fi")
	sent := b.want(http.StatusSeeOther, b.post("/report", s.aReport(form.key())))
	if !strings.HasPrefix(sent.Location, "/t/") || !strings.HasSuffix(sent.Location, "/sent") {
		t.Fatalf("went to %q", sent.Location)
	}
	// The confirmation can be reloaded, and opened in another browser from a bookmark.
	var confirmation answer
	for _, reader := range []*browser{b, b, s.browser(t)} {
		confirmation = reader.open(sent.Location)
		confirmation.says(t, "We have your report", "Projector stays dark", s.server.URL+strings.TrimSuffix(sent.Location, "/sent"))
	}
	ticket := b.open(strings.TrimSuffix(sent.Location, "/sent"))
	ticket.says(t, "Projector stays dark", "Since Monday.", "Nobody works on it yet", "LIB-204", "guest@example.edu")
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "private, no-cache"} {
		if got := ticket.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestSomebodySignedInIsNotAskedWhoTheyAre(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	form := b.open("/")
	form.says(t, "You are signed in as Ana Ruiz")
	form.doesNotSay(t, `name="contact"`)
	fields := s.aReport(form.key())
	fields.Del("contact")
	sent := b.want(http.StatusSeeOther, b.post("/report", fields))
	if !strings.HasPrefix(sent.Location, "/tickets/") {
		t.Fatalf("went to %q", sent.Location)
	}
	b.open(sent.Location).says(t, "We have your report", "View Tickets")
	b.open("/tickets").says(t, "Open and active", "Projector stays dark")
}

func TestAReportWithoutAName(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	fields := s.aReport(b.open("/").key())
	fields.Set("anonymous", "1")
	sent := b.want(http.StatusSeeOther, b.post("/report", fields))
	b.open(sent.Location).says(t, "the only way back to your report")
	ticket := b.open(strings.TrimSuffix(sent.Location, "/sent"))
	ticket.doesNotSay(t, "guest@example.edu", "We reach you at")
	b.open("/tickets").says(t, "Nothing is open")
}

func TestWhatIsWrongIsSaidAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for name, test := range map[string]struct {
		change map[string]string
		wrong  map[string]string // field: words
	}{
		"nothing typed": {
			map[string]string{"title": "", "building": "", "room": "", "category": "", "contact": ""},
			map[string]string{
				"title": "Say in a few words what is wrong.", "building": "Choose a building, or say in your words where it is.",
				"category": "Choose what kind of issue it is.", "contact": "Enter an e-mail address or a phone number, so that we can answer you.",
			},
		},
		"only spaces":             {map[string]string{"title": " \t\r\n "}, map[string]string{"title": "Say in a few words what is wrong."}},
		"a title too long":        {map[string]string{"title": strings.Repeat("é", core.MaxTitle+1)}, map[string]string{"title": "too long"}},
		"details too long":        {map[string]string{"description": strings.Repeat("é", core.MaxBody+1)}, map[string]string{"description": "too long"}},
		"a place too long":        {map[string]string{"room": strings.Repeat("x", core.MaxPlace+1)}, map[string]string{"room": "too long"}},
		"no address":              {map[string]string{"contact": "guest@"}, map[string]string{"contact": "not an e-mail address"}},
		"two addresses":           {map[string]string{"contact": "a@example.edu, b@example.edu"}, map[string]string{"contact": "not an e-mail address"}},
		"a line break in it":      {map[string]string{"contact": "a@example.edu\r\nBcc: b@example.edu"}, map[string]string{"contact": "not an e-mail address"}},
		"a number with words":     {map[string]string{"contact": "call 12345 please"}, map[string]string{"contact": "phone number"}},
		"an unknown category":     {map[string]string{"category": "999999"}, map[string]string{"category": "does not exist"}},
		"a category of words":     {map[string]string{"category": "'; drop table tickets"}, map[string]string{"category": "Choose what kind"}},
		"a name too long":         {map[string]string{"name": strings.Repeat("n", 101)}, map[string]string{"name": "too long"}},
		"an unknown building":     {map[string]string{"building": strings.Repeat("Z", 300), "room": ""}, map[string]string{"room": "too long"}},
		"markup and nothing else": {map[string]string{"title": "", "description": `"><script>alert(1)</script>`}, map[string]string{"title": "Say in a few words"}},
	} {
		fields := s.aReport(b.open("/").key())
		for field, value := range test.change {
			fields.Set(field, value)
		}
		a := b.post("/report", fields)
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, a.Status)
			continue
		}
		if !strings.HasPrefix(a.title(), "Error: ") || !strings.Contains(a.Body, `role="alert"`) {
			t.Errorf("%s: no error summary, or a title of %q", name, a.title())
		}
		for field, words := range test.wrong {
			if !strings.Contains(a.Body, `<a href="#`+field+`">`) || !strings.Contains(a.Body, `id="`+field+`"`) {
				t.Errorf("%s: the summary does not lead to %s", name, field)
			}
			if strings.Count(a.words(), words) < 2 {
				t.Errorf("%s: %q does not stand in the summary and beside the field", name, words)
			}
		}
		for field, value := range fields {
			if shown := a.shows(field, value[0]); value[0] != "" && !shown && field != "category" && field != "building" {
				t.Errorf("%s: %s was lost", name, field)
			}
		}
		a.doesNotSay(t, "<script>")
	}
	if page, err := s.Desk.Tickets(t.Context(), core.Operator(), core.ListRequest{}); err != nil || len(page.Tickets) != 0 {
		t.Errorf("%d tickets were made (%v)", len(page.Tickets), err)
	}
}

func TestAWholePhoneNumberIsEnoughToBeReached(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	fields := s.aReport(b.open("/").key())
	fields.Set("contact", " +1 (555) 010-9999 ")
	sent := b.want(http.StatusSeeOther, b.post("/report", fields))
	b.open(strings.TrimSuffix(sent.Location, "/sent")).says(t, "555")
}

func TestTheSameFormSentTwentyTimesAtOnceIsOneTicket(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	fields := s.aReport(b.open("/").key())
	var senders sync.WaitGroup
	answers := make([]answer, 20)
	for i := range answers {
		senders.Go(func() { answers[i] = b.post("/report", fields) })
	}
	senders.Wait()
	first, again := "", 0
	for _, a := range answers {
		b.want(http.StatusSeeOther, a)
		path, query, _ := strings.Cut(a.Location, "?")
		if first == "" {
			first = path
		}
		if path != first {
			t.Errorf("went to %s and to %s", first, path)
		}
		if query != "" {
			again++
		}
	}
	if again != len(answers)-1 {
		t.Errorf("%d answers say that the report had arrived before, want %d", again, len(answers)-1)
	}
	page, err := s.Desk.Tickets(t.Context(), core.Operator(), core.ListRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Tickets) != 1 {
		t.Fatalf("%d tickets", len(page.Tickets))
	}
	b.open(first).says(t, string(page.Tickets[0].Reference))
	b.open(first+"?again=1").says(t, "This report had already arrived", string(page.Tickets[0].Reference))
}

func TestAFormOutlivesTheSessionItWasOpenedIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	fields := s.aReport(b.open("/").key())
	stranger := s.browser(t) // as Ana is, once her session has ended
	again := stranger.want(http.StatusUnprocessableEntity, stranger.post("/report", fields))
	again.says(t, "You signed in or out since this page was opened")
	if !again.shows("title", "Projector stays dark") || !again.shows("description", "Since Monday.") {
		t.Error("what was typed was lost")
	}
	fields.Set("key", again.key())
	stranger.want(http.StatusSeeOther, stranger.post("/report", fields))
}

func TestAFormKeyThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	good := b.open("/").key()
	for _, key := range []string{"", "x", ".", good + "x", "A" + good[1:], strings.Repeat("k", 10_000), good[:len(good)-2], "\x00"} {
		b.want(http.StatusUnprocessableEntity, b.post("/report", s.aReport(key)))
	}
}

func TestTheAddressOfADoorFillsInThePlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for query, want := range map[string]struct{ building, room string }{
		"building=LIB&room=204": {"LIB", "204"},
		"building=lib":          {"LIB", ""},
		"room=204":              {"", "204"},
		"building=GONE&room=7":  {"", "GONE 7"},
		"building=%22%3E%3Cscript%3Ealert(1)%3C/script%3E": {"", `"><script>alert(1)</script>`},
		"building=LIB%00&room=%ff%fe":                      {"LIB", "\uFFFD"},
		"building=%20%20&room=":                            {"", ""},
		"building=" + strings.Repeat("A", 5_000):           {"", strings.Repeat("A", core.MaxPlace)},
		"building=LIB&building=SCI":                        {"LIB", ""},
		"building=SCI&room=%D8%B4":                         {"SCI", "ش"},
	} {
		for _, path := range []string{"/?", "/report?"} {
			a := b.open(path + query)
			if selected := strings.Contains(a.Body, `<option value="`+want.building+`" selected>`); want.building != "" && !selected {
				t.Errorf("%s: building %s is not chosen", query, want.building)
			}
			if !a.shows("room", want.room) {
				t.Errorf("%s: room is not %q", query, want.room)
			}
			a.doesNotSay(t, "<script>alert")
		}
	}
}

func TestAReportSurvivesADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t)
	s := newSiteWith(t, storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{})), web.Options{})
	guest, ana := s.browser(t), s.as(t, s.Ana)
	path, _ := s.guestTicket(t)
	reply := url.Values{"key": {guest.open(path).key()}, "body": {"It is loose now."}}
	forms := map[*browser]url.Values{guest: s.aReport(guest.open("/").key()), ana: s.aReport(ana.open("/").key())}
	db.Close()
	for b, fields := range forms {
		a := b.post("/report", fields)
		if a.Status < http.StatusInternalServerError {
			t.Fatalf("status %d", a.Status)
		}
		a.says(t, "Your report has not been sent yet", "it will not arrive twice")
		if !a.shows("title", "Projector stays dark") || !a.shows("description", "Since Monday.") || a.key() != fields.Get("key") {
			t.Error("what was typed, or the key that makes sending it again safe, was lost")
		}
	}
	a := guest.post(path+"/reply", reply)
	if !a.shows("body", "It is loose now.") || a.key() != reply.Get("key") || !strings.Contains(a.Body, `action="`+path+`/reply"`) {
		t.Errorf("status %d: the reply was lost, or cannot be sent again", a.Status)
	}
	if a := ana.get("/tickets"); a.Status < http.StatusInternalServerError || !strings.Contains(a.Body, "</html>") {
		t.Errorf("status %d without a page of ours", a.Status)
	}
}

// shows reports whether a field of the page's form holds a value.
func (a answer) shows(field, value string) bool {
	at := strings.Index(a.Body, ` name="`+field+`"`)
	if at < 0 {
		return false
	}
	end := ">"
	if field == "description" || field == "body" {
		end = "</textarea>"
	}
	element, _, whole := strings.Cut(a.Body[at:], end)
	return whole && strings.Contains(html.UnescapeString(element), strings.TrimSpace(value))
}

func TestOddBytesAreNoReasonToFail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for name, value := range map[string]string{
		"NUL": "a\x00b", "invalid UTF-8": "a\xff\xc0\xafb", "only NUL": "\x00", "overrides": "a\u202eb\u2066c", "surrogates": "\xed\xa0\x80", "escape": "\x1b[2J",
	} {
		for _, field := range []string{"title", "building", "room", "category", "description", "name", "contact", "anonymous", "key"} {
			fields := s.aReport(b.open("/").key())
			fields.Set(field, value)
			if a := b.post("/report", fields); a.Status != http.StatusSeeOther && a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s in %s: status %d", name, field, a.Status)
			}
		}
		for _, path := range []string{"/sign-in", "/sign-up", "/new-password"} {
			fields := url.Values{"login": {value}, "name": {value}, "username": {value}, "email": {value}, "code": {value}, "password": {value}, "next": {value}}
			if a := b.post(path, fields); a.Status >= http.StatusInternalServerError {
				t.Errorf("%s at %s: status %d", name, path, a.Status)
			}
		}
		for _, path := range []string{"/tickets?reference=", "/?building=", "/sign-in?next=", "/tickets?after=", "/t/", "/tickets/"} {
			if a := b.get(path + url.QueryEscape(value)); a.Status >= http.StatusInternalServerError {
				t.Errorf("%s in %s: status %d", name, path, a.Status)
			}
		}
	}
}
