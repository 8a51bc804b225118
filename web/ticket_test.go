package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestAGuestAndStaffTalk(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, ines := t.Context(), storagetest.As(s.Ines, core.DoorSSH)
	path, id := s.guestTicket(t)
	b := s.browser(t)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Desk.Take(ctx, ines, id, 0))
	must(s.Desk.Reply(ctx, ines, id, core.NewMessage{Body: "Which projector?\nSee https://av.example.edu/help."}))
	must(s.Desk.Note(ctx, ines, id, core.NewMessage{Body: "between-ourselves"}))
	page := b.open(path)
	page.says(t, "Ines Itani is working on it since", "Which projector?")
	page.doesNotSay(t, "between-ourselves")
	if !strings.Contains(page.Body, `<a href="https://av.example.edu/help" rel="nofollow ugc noopener noreferrer">https://av.example.edu/help</a>.`) {
		t.Error("the address is no link, or the full stop is part of it")
	}

	fields := url.Values{"key": {page.key()}, "body": {"The left one.\r\n<b>Please</b>"}}
	for range 2 { // a double click
		done := b.want(http.StatusSeeOther, b.post(path+"/reply", fields))
		b.open(done.Location).says(t, "Your reply has been sent.", "The left one. <b>Please</b>")
	}
	view, err := s.Desk.Ticket(ctx, ines, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Messages) != 4 || view.Messages[3].Body != "The left one.\n<b>Please</b>" || view.Messages[3].Side != core.ReporterSide {
		t.Errorf("messages are %+v", view.Messages)
	}

	must(s.Desk.Close(ctx, ines, id, 0, core.Closing{Resolution: core.Fixed, Body: "A new lamp."}))
	page = b.open(path)
	page.says(t, "Closed as fixed", "A new lamp.", "No, it is not fixed: open it again")
	b.want(http.StatusSeeOther, b.post(path+"/reopen", url.Values{"key": {page.key()}, "version": {page.version()}, "body": {"Dark again"}}))
	page = b.open(path)
	page.says(t, "Ines Itani is working on it", "Dark again", "Opened again")
}

func TestTheReporterPutsTheReportRight(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	path, id := s.ownTicket(t, s.Ana, "No Wifi")
	form := b.open(path + "/correct")
	if !form.shows("title", "No Wifi") || !form.shows("room", "LIB-204") || !form.shows("description", "What happened: No Wifi") {
		t.Error("the form is not filled with the report")
	}
	right := url.Values{
		"key": {form.key()}, "version": {form.version()}, "title": {"No network at all"}, "building": {"SCI"}, "room": {"Lab 3"},
		"category": {found(checkedPattern, form.Body)}, "description": {"What happened: No Wifi\r\nCable neither."},
	}
	wrong := maps.Clone(right)
	wrong.Set("title", "")
	again := b.want(http.StatusUnprocessableEntity, b.post(path+"/correct", wrong))
	if !again.shows("room", "Lab 3") || !again.shows("description", "Cable neither.") {
		t.Error("what was typed was lost")
	}
	right.Set("key", again.key())
	done := b.want(http.StatusSeeOther, b.post(path+"/correct", right))
	b.open(done.Location).says(t, "Your report has been corrected.", "No network at all", "SCI", "Lab 3", "Cable neither.", "The report was corrected")

	// Sending the form as it is changes nothing.
	form = b.open(path + "/correct")
	before, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	b.want(http.StatusSeeOther, b.post(path+"/correct", url.Values{
		"key": {form.key()}, "version": {form.version()}, "title": {"No network at all"}, "building": {"SCI"}, "room": {"Lab 3"},
		"category": {found(checkedPattern, form.Body)}, "description": {"What happened: No Wifi\r\nCable neither."},
	}))
	after, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	if after.Ticket.ETag() != before.Ticket.ETag() {
		t.Error("a correction of nothing changed the ticket")
	}
}

// Whoever comes late with a correction finds the way back to the ticket, a guest as well.
func TestAClosedTicketCannotBeCorrectedAndLeadsBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	path, id := s.ownTicket(t, s.Ana, "No Wifi")
	if _, err := s.Desk.Close(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	late := b.want(http.StatusForbidden, b.get(path+"/correct"))
	late.says(t, "Reopen it first")
	if !strings.Contains(late.Body, `href="`+path+`"`) {
		t.Error("nothing leads back to the ticket")
	}
}

func TestACorrectionShowsWhatSomebodyElseChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	path, id := s.ownTicket(t, s.Ana, "No Wifi")
	form := b.open(path + "/correct")
	if _, err := s.Desk.Change(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, core.Change{Where: &core.Where{Building: "SCI"}}); err != nil {
		t.Fatal(err)
	}
	fields := url.Values{
		"key": {form.key()}, "version": {form.version()}, "title": {"No Wifi"}, "building": {"LIB"}, "room": {"the cellar"},
		"category": {found(checkedPattern, form.Body)}, "description": {"What happened: No Wifi"},
	}
	again := b.want(http.StatusConflict, b.post(path+"/correct", fields))
	again.says(t, "Somebody else changed this meanwhile")
	if !again.shows("room", "the cellar") {
		t.Error("what was typed was lost")
	}
	fields.Set("key", again.key())
	fields.Set("version", again.version())
	b.want(http.StatusSeeOther, b.post(path+"/correct", fields))
	b.open(path).says(t, "the cellar")
}

func TestTheReporterWithdraws(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, _ := s.guestTicket(t)
	b := s.browser(t)
	page := b.open(path)
	fields := url.Values{"key": {page.key()}, "version": {page.version()}}
	done := b.want(http.StatusSeeOther, b.post(path+"/withdraw", fields))
	closed := b.open(done.Location)
	closed.says(t, "Your report has been withdrawn.", "You withdrew this report")
	closed.doesNotSay(t, "/withdraw", "/correct")
	b.want(http.StatusSeeOther, b.post(path+"/withdraw", fields)) // a double click
	b.want(http.StatusForbidden, b.get(path+"/correct")).says(t, "This ticket is closed.")
}

func TestWhatStaffDidMeanwhileIsShownInsteadOfAnError(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, id := s.guestTicket(t)
	b := s.browser(t)
	page := b.open(path)
	if _, err := s.Desk.Close(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	a := b.want(http.StatusConflict, b.post(path+"/withdraw", url.Values{"key": {page.key()}, "version": {page.version()}}))
	a.says(t, "Somebody else changed this meanwhile", "Closed as fixed")
}

func TestAReplyThatIsNotTakenComesBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, _ := s.guestTicket(t)
	b := s.browser(t)
	key := b.open(path).key()
	b.want(http.StatusUnprocessableEntity, b.post(path+"/reply", url.Values{"key": {key}, "body": {" \n "}})).says(t, "Write a few words.")
	long := strings.Repeat("é", core.MaxBody+1)
	a := b.want(http.StatusUnprocessableEntity, b.post(path+"/reply", url.Values{"key": {key}, "body": {long}}))
	if !a.shows("body", long) {
		t.Error("what was typed was lost")
	}
	a = b.want(http.StatusUnprocessableEntity, b.post(path+"/reply", url.Values{"key": {"stale"}, "body": {"my words"}}))
	if !a.shows("body", "my words") {
		t.Error("what was typed was lost")
	}
	b.want(http.StatusSeeOther, b.post(path+"/reply", url.Values{"key": {a.key()}, "body": {"my words"}}))
}

func TestAPageThatDidNotChangeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, id := s.guestTicket(t)
	b := s.browser(t)
	first := b.open(path)
	r := b.request(http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	if a := b.do(r); a.Status != http.StatusNotModified || a.Body != "" {
		t.Errorf("status %d with %d bytes", a.Status, len(a.Body))
	}
	if _, err := s.Desk.Reply(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, core.NewMessage{Body: "News"}); err != nil {
		t.Fatal(err)
	}
	r = b.request(http.MethodGet, path, nil)
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	b.want(http.StatusOK, b.do(r)).says(t, "News")
}

func TestATicketIsFoundByItsReference(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path, _ := s.ownTicket(t, s.Ana, "No Wifi")
	others, _ := s.ownTicket(t, s.Ben, "Not for Ana")
	b := s.as(t, s.Ana)
	ref := strings.TrimPrefix(path, "/tickets/")
	for _, typed := range []string{ref, strings.ToLower(ref), strings.ReplaceAll(ref, "-", " "), " " + strings.ReplaceAll(ref, "-", "") + " "} {
		if a := b.get("/tickets?reference=" + url.QueryEscape(typed)); a.Status != http.StatusSeeOther || a.Location != path {
			t.Errorf("%q: status %d to %q", typed, a.Status, a.Location)
		}
	}
	for _, typed := range []string{strings.TrimPrefix(others, "/tickets/"), "7777-77777", "nonsense", strings.Repeat("K", 1000)} {
		a := b.want(http.StatusNotFound, b.get("/tickets?reference="+url.QueryEscape(typed)))
		a.says(t, "None of your tickets has this reference")
	}
}

func TestHostileTextIsShownAsText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hostile := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'--><svg/onload=alert(1)>`, `javascript:alert(1)`, `{{.}}`, "`${alert(1)}`",
		`</textarea><script>alert(1)</script>`, `</title><script>alert(1)</script>`, `https://x.example/"onmouseover="alert(1)`, "data:text/html,<script>alert(1)</script>",
	}
	b := s.browser(t)
	for _, text := range hostile {
		fields := s.aReport(b.open("/").key())
		fields.Set("title", text)
		fields.Set("description", text)
		fields.Set("room", text)
		fields.Set("name", text)
		sent := b.want(http.StatusSeeOther, b.post("/report", fields))
		path := strings.TrimSuffix(sent.Location, "/sent")
		for _, page := range []string{sent.Location, path, path + "/correct"} {
			a := b.open(page)
			a.doesNotSay(t, "<script", "<img", "onerror=alert(1)>", `href="javascript`, `href="data:text`, `"onmouseover="`)
			if !strings.Contains(a.words(), strings.Join(strings.Fields(tagPattern.ReplaceAllString(text, " ")), " ")) && strings.Contains(text, "{{") {
				t.Errorf("%s does not show %q", page, text)
			}
		}
	}
}
