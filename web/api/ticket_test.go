package api_test

import (
	"net/http"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

func TestAProgramReportsAndFollowsATicket(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ana, ines := s.program(t, s.Ana, core.TokenWrite), s.program(t, s.Ines, core.TokenWrite)
	report := `{"title":"No network","category":"network","location":"LIB-204","description":"Since Monday."}`
	made := ana.send("POST", "/api/v1/tickets", report, "Idempotency-Key", "once").want(http.StatusCreated)
	again := ana.send("POST", "/api/v1/tickets", report, "Idempotency-Key", "once").want(http.StatusCreated)
	if again.value("repeated") != true || again.value("number") != made.value("number") {
		t.Errorf("the same key made two: %s", again.Body)
	}
	path := made.Header.Get("Location")
	ticket := ines.send("GET", path, "").want(http.StatusOK)
	if ticket.value("title") != "No network" || ticket.value("location") != "LIB-204" || ticket.value("reporter.username") != "ana" {
		t.Errorf("the ticket is %s", ticket.Body)
	}
	ines.send("GET", path, "", "If-None-Match", ticket.Header.Get("ETag")).want(http.StatusNotModified)
	taken := ines.send("POST", path+"/take", "", "If-Match", ticket.Header.Get("ETag")).want(http.StatusOK)
	if taken.value("status") != "active" || taken.value("assignee.username") != "ines" {
		t.Errorf("the taken ticket is %s", taken.Body)
	}
	ines.send("POST", path+"/replies", `{"body":"We are on it."}`, "Idempotency-Key", "r1").want(http.StatusCreated)
	ines.send("POST", path+"/replies", `{"body":"We are on it."}`, "Idempotency-Key", "r1").want(http.StatusCreated)
	ines.send("POST", path+"/notes", `{"body":"Switch 7 is down."}`).want(http.StatusCreated)
	theirs := ana.send("GET", path+"/messages", "").want(http.StatusOK)
	if strings.Contains(theirs.Body, "Switch 7") || strings.Count(theirs.Body, "We are on it.") != 1 {
		t.Errorf("the reporter reads %s", theirs.Body)
	}
	ines.send("PATCH", path, `{"priority":"urgent","queue":"it","waiting_on":"third_party"}`).want(http.StatusOK)
	ines.send("POST", path+"/tag", `{"add":["switch"]}`).want(http.StatusOK)
	ines.send("POST", path+"/snooze", `{"until":"2h"}`).want(http.StatusOK)
	ines.send("POST", path+"/undo", "").want(http.StatusOK)
	ines.send("POST", path+"/publish", `{"title":"Network in the library"}`).want(http.StatusOK)
	known := ana.send("GET", "/api/v1/known-issues?building=LIB", "").want(http.StatusOK)
	if strings.Contains(known.Body, "No network") || known.value("items.0.title") != "Network in the library" {
		t.Errorf("what is known is %s", known.Body)
	}
	ines.send("POST", path+"/close", `{"resolution":"fixed","body":"It works again."}`, "Idempotency-Key", "c").want(http.StatusOK)
	ana.send("POST", path+"/rate", `{"stars":5}`).want(http.StatusOK)
	ana.send("POST", path+"/reopen", `{"body":"No, it does not."}`).want(http.StatusOK)
	history := ines.send("GET", path+"/history", "").want(http.StatusOK)
	if !strings.Contains(history.Body, `"field":"resolution"`) {
		t.Errorf("the history is %s", history.Body)
	}
}

func TestWhatWasChangedMeanwhileIsNotOverwritten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Printer"))
	ines, ivan := s.program(t, s.Ines, core.TokenWrite), s.program(t, s.Ivan, core.TokenWrite)
	seen := ines.send("GET", path, "").want(http.StatusOK).Header.Get("ETag")
	ivan.send("PATCH", path, `{"priority":"high"}`, "If-Match", seen).want(http.StatusOK)
	refused := ines.send("PATCH", path, `{"priority":"low"}`, "If-Match", seen).want(http.StatusPreconditionFailed)
	if refused.value("changes.0.by.username") != "ivan" || refused.value("changes.0.to") != "high" || refused.value("code") != "conflict" {
		t.Errorf("the refusal is %s", refused.Body)
	}
	ines.send("PATCH", path, `{"category":"printing"}`, "If-Match", seen).want(http.StatusOK) // another property
	ines.send("PATCH", path, `{"priority":"low"}`, "If-Match", `"nonsense"`).want(http.StatusPreconditionFailed)
}

func TestListsPageByCursor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, title := range []string{"One", "Two", "Three", "Four", "Five"} {
		s.Report(t, s.Ana, title)
	}
	ines := s.program(t, s.Ines, core.TokenRead)
	var titles []string
	for path := "/api/v1/tickets?limit=2&q=status:open"; ; {
		page := ines.send("GET", path, "").want(http.StatusOK)
		for _, key := range []string{"items.0.title", "items.1.title"} {
			if title, ok := page.value(key).(string); ok {
				titles = append(titles, title)
			}
		}
		next, more := page.value("next").(string)
		if !more {
			break
		}
		path = "/api/v1/tickets?limit=2&q=status:open&cursor=" + next
	}
	if len(titles) != 5 {
		t.Errorf("the pages hold %q", titles)
	}
	wrong := ines.send("GET", "/api/v1/tickets?q=staus:open", "").want(http.StatusUnprocessableEntity)
	if wrong.value("errors.0.field") != "q" {
		t.Errorf("the answer is %s", wrong.Body)
	}
	ines.send("GET", "/api/v1/tickets?cursor=nonsense", "").want(http.StatusUnprocessableEntity)
	ines.send("GET", "/api/v1/tickets?page=2", "").want(http.StatusUnprocessableEntity)
}

func TestProblemsNameTheFieldsToPutRight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ana := s.program(t, s.Ana, core.TokenWrite)
	for body, field := range map[string]string{
		`{"title":"","category":"network","place":"LIB-204"}`:    "title",
		`{"title":"x","category":"none","place":"LIB-204"}`:      "category",
		`{"title":"x","category":"network"}`:                     "building",
		`{"title":7,"category":"network","place":"LIB-204"}`:     "title",
		`{"title":"x","category":"network","place":"y","x":"1"}`: "x",
	} {
		a := ana.send("POST", "/api/v1/tickets", body).want(http.StatusUnprocessableEntity)
		if a.value("errors.0.field") != field || a.value("detail") == "" || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s: %s", body, a.Body)
		}
	}
	a := ana.send("POST", "/api/v1/tickets", `{"title":"","category":"network","place":"LIB"}`, "Accept-Language", "es").want(http.StatusUnprocessableEntity)
	if strings.Contains(a.Body, "Say") || a.value("errors.0.code") != "title_missing" {
		t.Errorf("in Spanish: %s", a.Body)
	}
	ana.send("GET", "/api/v1/nothing", "").want(http.StatusNotFound)
	if got := ana.send("DELETE", "/api/v1/tickets", "").want(http.StatusMethodNotAllowed).Header.Get("Allow"); got != "GET, POST" {
		t.Errorf("Allow is %q", got)
	}
}

// TestAReporterReadsAndAsksAsOnTheirPage has a reporter's program look at a ticket that staff have worked on and merged into somebody
// else's.
func TestAReporterReadsAndAsksAsOnTheirPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ana, ines := s.program(t, s.Ana, core.TokenWrite), s.program(t, s.Ines, core.TokenWrite)
	id, other := s.Report(t, s.Ana, "No signal"), s.Report(t, s.Ben, "Wi-Fi is gone")
	path := s.path(id)
	ines.send("PATCH", path, `{"priority":"urgent"}`).want(http.StatusOK)
	ines.send("POST", path+"/snooze", `{"until":"2h"}`).want(http.StatusOK)
	among := []string{"priority", "urgent", "attention", "snoozed_until", "queue", "merged_into", "tags"}
	reads := func(when, body string) {
		t.Helper()
		for _, word := range among {
			if strings.Contains(body, `"`+word+`"`) {
				t.Errorf("%s the reporter reads of %q: %s", when, word, body)
			}
		}
	}
	reads("of what rests", ana.send("GET", path, "").want(http.StatusOK).Body)
	reads("having put it right", ana.send("POST", path+"/correct", `{"title":"No signal at all"}`).want(http.StatusOK).Body)
	ines.send("POST", path+"/merge", `{"into":`+s.path(other)[len("/api/v1/tickets/"):]+`}`).want(http.StatusOK)
	merged := ana.send("GET", path, "").want(http.StatusOK)
	reads("of what is merged", merged.Body)
	if merged.value("together") != true || merged.value("resolution") != "duplicate" {
		t.Errorf("they are told %s", merged.Body)
	}
	reads("in a list", ana.send("GET", "/api/v1/tickets", "").want(http.StatusOK).Body)
	for _, place := range []string{"tickets", "count"} {
		for _, q := range []string{"priority:urgent", "is:snoozed", "assignee:ines", "sort:priority"} {
			refused := ana.send("GET", "/api/v1/"+place+"?q="+q, "").want(http.StatusUnprocessableEntity)
			if refused.value("code") != "query" || refused.value("errors.0.field") != "q" {
				t.Errorf("%s: %s", q, refused.Body)
			}
		}
		ana.send("GET", "/api/v1/"+place+"?q=status:closed+resolution:duplicate", "").want(http.StatusOK)
	}
	ines.send("GET", "/api/v1/tickets?mine=true&q=priority:urgent", "").want(http.StatusUnprocessableEntity)
	if staffs := ines.send("GET", path, "").want(http.StatusOK); staffs.value("priority") != "urgent" || staffs.value("merged_into") == nil {
		t.Errorf("staff read %s", staffs.Body)
	}
}

// TestWhatHelpsToReportServesForReportsAndForReading tries tokens of each scope on what a report needs to know, and on saying "me too", which
// does something.
func TestWhatHelpsToReportServesForReportsAndForReading(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ines := s.program(t, s.Ines, core.TokenWrite)
	ines.send("POST", s.path(s.Report(t, s.Ana, "No signal"))+"/publish", `{"title":"Network in the library"}`).want(http.StatusOK)
	handle, _ := ines.send("GET", "/api/v1/known-issues", "").want(http.StatusOK).value("items.0.handle").(string)
	known := "/api/v1/known-issues/" + handle
	for scope, may := range map[core.TokenScope]struct{ read, say int }{
		core.TokenReport: {http.StatusOK, http.StatusForbidden}, core.TokenRead: {http.StatusOK, http.StatusForbidden},
		core.TokenFigures: {http.StatusForbidden, http.StatusForbidden}, core.TokenWrite: {http.StatusOK, http.StatusOK},
	} {
		ben := s.program(t, s.Ben, scope)
		for _, path := range []string{"/api/v1/categories", "/api/v1/locations", "/api/v1/known-issues", known} {
			ben.send("GET", path, "").want(may.read)
		}
		ben.send("POST", known+"/me-too", "").want(may.say)
	}
	if after := ines.send("GET", known, "").want(http.StatusOK); after.value("followers") != 1.0 {
		t.Errorf("it is %s", after.Body)
	}
}
