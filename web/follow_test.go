package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

// later is a clock that a test moves by hand.
type later struct{ by time.Duration }

func (l *later) Now() time.Time { return time.Now().Add(l.by) }

func siteAt(t *testing.T, limits core.Limits) (*site, *later) {
	t.Helper()
	clock := &later{}
	campus := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock.Now, Limits: limits}))
	return newSiteWith(t, campus, web.Options{}), clock
}

func (s *site) close(t *testing.T, id core.TicketID) {
	t.Helper()
	if _, err := s.Desk.Close(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed, Body: "A new lamp."}); err != nil {
		t.Fatal(err)
	}
}

func TestTheReporterSaysWhetherItWasFixed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, id := s.guestTicket(t)
	b := s.browser(t)
	b.open(path).doesNotSay(t, "/rate")
	s.close(t, id)
	page := b.open(path)
	page.says(t, "Was it fixed?", "No, it is not fixed: open it again")
	wrong := b.want(http.StatusUnprocessableEntity, b.post(path+"/rate", url.Values{"key": {page.key()}, "body": {"so-so"}}))
	wrong.says(t, "Choose an answer from 1 to 5.", "so-so")
	if !strings.Contains(wrong.Body, `<a href="#stars">`) {
		t.Error("the summary does not lead to the stars")
	}
	for _, again := range []bool{false, true} {
		done := b.want(http.StatusSeeOther, b.post(path+"/rate", url.Values{"key": {page.key()}, "stars": {"4"}, "body": {"quick"}}))
		page = b.open(done.Location)
		page.says(t, "Thank you. Your answer has been kept.", "Your answer: 4 of 5. You can change it once.")
		if again != strings.Contains(page.Body, `value="4" checked`) && again {
			t.Error("the answer is not shown on the form")
		}
	}
	b.want(http.StatusSeeOther, b.post(path+"/rate", url.Values{"key": {page.key()}, "stars": {"1"}}))
	page = b.open(path)
	page.says(t, "Your answer: 1 of 5.")
	page.doesNotSay(t, "You can change it once")
	b.want(http.StatusForbidden, b.post(path+"/rate", url.Values{"key": {page.key()}, "stars": {"5"}})).says(t, "Your answer stands")
}

func TestThePageSaysWhatIsNewAndThenNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, id := s.ownTicket(t, s.Ana, "No Wifi")
	b := s.as(t, s.Ana)
	b.open(path).doesNotSay(t, `id="new"`)
	for _, words := range []string{"Which room?", "Which device?"} {
		if _, err := s.Desk.Reply(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, core.NewMessage{Body: words}); err != nil {
			t.Fatal(err)
		}
	}
	b.open("/tickets").says(t, "2 new")
	b.open("/tickets").says(t, "2 new") // looking at the list is not reading
	page := b.open(path)
	page.says(t, "2 new answers", "New since your last visit Ines Itani", "Check for answers")
	b.open("/tickets").doesNotSay(t, "2 new")
	again := b.open(path)
	again.doesNotSay(t, `id="new"`)
	check := b.request(http.MethodGet, path, nil)
	check.Header.Set("If-None-Match", again.Header.Get("ETag"))
	if a := b.do(check); a.Status != http.StatusNotModified || a.Body != "" {
		t.Errorf("nothing is new, and the answer is %d with %d bytes", a.Status, len(a.Body))
	}
	if _, err := s.Desk.Reply(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, core.NewMessage{Body: "Hello?"}); err != nil {
		t.Fatal(err)
	}
	check = b.request(http.MethodGet, path, nil)
	check.Header.Set("If-None-Match", again.Header.Get("ETag"))
	b.want(http.StatusOK, b.do(check)).says(t, "1 new answer", "Hello?")
}

func TestAGuestRenewsAndEndsTheLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	old, _ := s.guestTicket(t)
	b := s.browser(t)
	page := b.open(old)
	b.want(http.StatusMethodNotAllowed, b.get(old+"/renew"))
	b.open(old) // asking changes nothing
	var path string
	for range 2 { // a double click
		done := b.want(http.StatusSeeOther, b.post(old+"/renew", url.Values{"key": {page.key()}}))
		if path != "" && path != done.Location {
			t.Error("the second click led elsewhere")
		}
		path = done.Location
	}
	b.want(http.StatusNotFound, b.get(old))
	page = b.open(path)
	path, _, _ = strings.Cut(path, "?")
	page.says(t, "Your new private link is ready.", s.server.URL+path)
	if got := page.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy is %q", got)
	}
	b.open(path).doesNotSay(t, s.server.URL+path) // once
	done := b.want(http.StatusSeeOther, b.post(path+"/revoke", url.Values{"key": {page.key()}}))
	b.open(done.Location).says(t, "The private link has ended")
	b.want(http.StatusNotFound, b.get(path))
	b.want(http.StatusNotFound, b.post(path+"/reply", url.Values{"key": {page.key()}, "body": {"hello"}}))
}

func TestWhatHasComeBackIsReportedAgain(t *testing.T) {
	t.Parallel()
	s, clock := siteAt(t, core.Limits{})
	guests, id := s.guestTicket(t)
	b := s.browser(t)
	s.close(t, id)
	b.open(guests).doesNotSay(t, "/again")
	clock.by = 300 * 24 * time.Hour
	page := b.open(guests)
	page.says(t, "If it has come back, report it again.")
	page.doesNotSay(t, guests+"/reopen")
	form := b.open(guests + "/again")
	if !form.shows("title", "Projector stays dark") {
		t.Error("the title is not filled in")
	}
	form.says(t, "LIB-204", "Network and Wi-Fi")
	wrong := b.want(http.StatusUnprocessableEntity, b.post(guests+"/again", url.Values{"key": {form.key()}, "title": {""}, "description": {"as in May"}}))
	if !wrong.shows("description", "as in May") {
		t.Error("what was typed was lost")
	}
	var sent answer
	for range 2 {
		sent = b.want(http.StatusSeeOther, b.post(guests+"/again", url.Values{"key": {form.key()}, "title": {"Dark again"}, "description": {"as in May"}}))
	}
	b.open(sent.Location).says(t, "Dark again", "LIB-204")
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || len(view.Linked) != 1 || view.Linked[0].Title != "Dark again" {
		t.Errorf("linked %v (%v)", view.Linked, err)
	}
}

func TestTooManyReportsComeBackWithTheirWords(t *testing.T) {
	t.Parallel()
	s, _ := siteAt(t, core.Limits{ReportsPerAddress: 1, RepliesPerAddress: 1})
	path, _ := s.guestTicket(t)
	b := s.browser(t)
	limited := b.want(http.StatusTooManyRequests, b.post("/report", s.aReport(b.open("/").key())))
	limited.says(t, "Your report has not been sent yet", "within an hour")
	if limited.Header.Get("Retry-After") == "" || !limited.shows("title", "Projector stays dark") || !limited.shows("description", "Since Monday.") {
		t.Errorf("Retry-After %q, or what was typed was lost", limited.Header.Get("Retry-After"))
	}
	page := b.open(path)
	b.want(http.StatusSeeOther, b.post(path+"/reply", url.Values{"key": {page.key()}, "body": {"one"}}))
	page = b.open(path)
	limited = b.want(http.StatusTooManyRequests, b.post(path+"/reply", url.Values{"key": {page.key()}, "body": {"and two"}}))
	limited.says(t, "and two", "within an hour")
	if limited.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestTheEmergencyNoteStandsBeforeTheForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	if err := s.Desk.SetSetting(t.Context(), core.Operator(), core.SettingEmergencyNote, "Flood in the <library>.\nUse the other door."); err != nil {
		t.Fatal(err)
	}
	page := b.open("/")
	page.says(t, "Flood in the <library>. Use the other door.")
	if strings.Index(page.Body, "Flood") > strings.Index(page.Body, "<form") {
		t.Error("the note does not stand before the form")
	}
}
