package web_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

func workPath(id core.TicketID) string { return "/work/" + strconv.FormatInt(int64(id), 10) }

// deed sends a form of a ticket's page, with the key and the version that the page has.
func (b *browser) deed(page answer, path, name string, fields url.Values) answer {
	b.t.Helper()
	all := url.Values{"key": {page.key()}, "version": {page.version()}}
	maps.Copy(all, fields)
	return b.post(path+"/"+name, all)
}

func TestATicketIsWorkedFromATelephone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guests, id := s.guestTicket(t)
	path, b, guest := workPath(id), s.as(t, s.Ines), s.browser(t)

	queue := b.open("/work?view=unassigned")
	queue.says(t, "Open 1", "Active 0", "Mine 0", "Unassigned 1", "Projector stays dark", "LIB-204", "nobody", "new")
	if !strings.Contains(queue.Body, `href="`+path+`"`) {
		t.Error("the list does not lead to the ticket")
	}
	page := b.open(path)
	page.says(t, "Projector stays dark", "Nobody works on it yet.", "Since Monday.", "Gus", "guest@example.edu", "Network and Wi-Fi")
	step := func(name, says string, fields url.Values) {
		t.Helper()
		done := b.want(http.StatusSeeOther, b.deed(page, path, name, fields))
		page = b.open(done.Location)
		page.says(t, says)
	}
	step("take", "It is yours now.", nil)
	b.open("/work").says(t, "Mine 1", "Projector stays dark")
	step("reply", "Your reply has been sent.", url.Values{"body": {"I am on my way."}})
	step("note", "The reporter does not see it.", url.Values{"body": {"spare-lamp-in-the-cellar"}})
	page.says(t, "NOTE — not shown to the reporter", "spare-lamp-in-the-cellar", "Ines Itani wrote a note")
	step("priority", "The priority has been changed.", url.Values{"priority": {"urgent"}})
	step("waiting", "Waits for a third party.", url.Values{"waiting": {"third_party"}})
	step("waiting", "Yours.", url.Values{"waiting": {""}})
	step("status", "The status has been changed.", url.Values{"status": {"open"}})
	step("assign", "Ivan Iota works on it.", url.Values{"person": {strconv.FormatInt(int64(s.Ivan.ID), 10)}})
	step("take", "It is yours now.", nil)
	step("release", "Given back to the queue.", nil)
	step("close", "Closed: fixed.", url.Values{"resolution": {"fixed"}, "body": {"A new lamp."}})
	page.doesNotSay(t, `/close"`, `/take"`)
	step("reopen", "Reopened.", url.Values{"body": {"It flickers."}})
	page.says(t, "Ines Itani took it", "Ines Itani changed the priority from normal to urgent", "Ines Itani gave it to Ivan Iota", "Ines Itani closed it", "Ines Itani reopened it")

	theirs := guest.open(guests)
	theirs.says(t, "I am on my way.", "A new lamp.", "It flickers.")
	theirs.doesNotSay(t, "spare-lamp-in-the-cellar", "NOTE", "Work</a>")
}

func TestSayingSomethingTwiceOnATelephoneSaysItOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	path, b := workPath(id), s.as(t, s.Ines)
	page := b.open(path)
	for _, deed := range []struct {
		name   string
		fields url.Values
	}{
		{"take", nil},
		{"reply", url.Values{"body": {"once"}}},
		{"note", url.Values{"body": {"once, too"}}},
		{"priority", url.Values{"priority": {"high"}}},
		{"status", url.Values{"status": {"open"}}},
		{"release", nil},
		{"close", url.Values{"resolution": {"answered"}, "body": {"last word"}}},
		{"reopen", url.Values{"body": {"not yet"}}},
	} {
		for range 2 {
			if a := b.deed(page, path, deed.name, deed.fields); a.Location != path+"?done="+deed.name {
				t.Errorf("%s: status %d: %s", deed.name, a.Status, a.words())
			}
		}
		page = b.open(path)
	}
	// Going back to a form that was sent and writing something else is not sending it twice.
	for _, body := range []string{"once more", "and another thing"} {
		b.want(http.StatusSeeOther, b.deed(page, path, "reply", url.Values{"body": {body}}))
	}
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || len(view.Messages) != 7 {
		t.Errorf("%d messages, want 7 (%v)", len(view.Messages), err)
	}
}

func TestATicketOffersWhoWorksItsQueue(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	path, b := workPath(id), s.as(t, s.Ines)
	option := func(u core.User, chosen string) string {
		return fmt.Sprintf(`<option value="%d"%s>%s</option>`, u.ID, chosen, u.Name)
	}
	page := b.open(path)
	for _, want := range []string{`<option value="">Choose somebody</option>`, option(s.Ines, ""), option(s.Ivan, "")} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("it does not offer %s", want)
		}
	}
	if _, err := s.Desk.Assign(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, s.Ivan.ID); err != nil {
		t.Fatal(err)
	}
	page = b.open(path)
	if !strings.Contains(page.Body, option(s.Ivan, " selected")) || !strings.Contains(page.Body, option(s.Ines, "")) {
		t.Error("it does not show whose it is, or who else there is")
	}
	if strings.Contains(page.Body, "Choose somebody") || strings.Contains(page.Body, s.Fay.Name) {
		t.Error("it offers nobody, or somebody of another queue")
	}
}

func TestAConflictShowsWhatOthersDidAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	path, b := workPath(id), s.as(t, s.Ines)
	page := b.open(path)
	ivan := storagetest.As(s.Ivan, core.DoorSSH)
	urgent := core.Urgent
	if _, err := s.Desk.Change(t.Context(), ivan, id, 0, core.Change{Priority: &urgent}); err != nil {
		t.Fatal(err)
	}
	again := b.want(http.StatusConflict, b.deed(page, path, "priority", url.Values{"priority": {"low"}}))
	again.says(t, "What happened meanwhile", "Ivan Iota changed the priority from normal to urgent")
	if !strings.Contains(again.Body, `<option value="low" selected>`) {
		t.Error("what was chosen is gone")
	}
	if _, err := s.Desk.Close(t.Context(), ivan, id, 0, core.Closing{Resolution: core.Answered}); err != nil {
		t.Fatal(err)
	}
	page = b.want(http.StatusConflict, b.deed(page, path, "close", url.Values{"resolution": {"fixed"}, "body": {"A last word <of mine>"}}))
	page.says(t, "What happened meanwhile", "Ivan Iota closed it", "A last word <of mine>")
	if _, err := s.Desk.Reopen(t.Context(), ivan, id, 0, ""); err != nil {
		t.Fatal(err)
	}
	b.want(http.StatusConflict, b.deed(page, path, "take", nil)) // the page was of the closed ticket
	page = b.open(path)
	b.want(http.StatusSeeOther, b.deed(page, path, "close", url.Values{"resolution": {"fixed"}, "body": {"A last word"}}))
}

func TestWhatThePolicyRefusesIsSaidInWordsAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	path, b := workPath(id), s.as(t, s.Ines)
	page := b.open(path)
	for _, wrong := range []struct {
		name   string
		fields url.Values
		status int
		says   string
	}{
		{"reopen", url.Values{"body": {"kept text"}}, http.StatusForbidden, "This ticket is not closed."},
		{"status", url.Values{"status": {"open"}}, http.StatusForbidden, "This ticket is open already."},
		{"status", url.Values{"status": {"closed"}}, refused, "A status is open, active or closed."},
		{"release", nil, http.StatusForbidden, "Nobody works on this ticket."},
		{"reply", url.Values{"body": {"  "}}, refused, "Write a few words."},
		{"reply", url.Values{"body": {"kept text"}, "key": {"forged"}}, refused, "kept text"},
		{"note", url.Values{"body": {"kept text"}, "key": {s.as(t, s.Ivan).open(path).key()}}, refused, "kept text"},
		{"close", url.Values{"resolution": {"withdrawn"}, "body": {"kept text"}}, refused, "kept text"},
		{"priority", url.Values{"priority": {"9"}}, refused, "A priority is low, normal, high or urgent."},
		{"assign", url.Values{"person": {strconv.FormatInt(int64(s.Fay.ID), 10)}}, refused, "This person does not work in the ticket's queue."},
		{"waiting", url.Values{"waiting": {"godot"}}, refused, "A ticket waits for"},
	} {
		a := b.want(wrong.status, b.deed(page, path, wrong.name, wrong.fields))
		a.says(t, "Error: ", wrong.says)
		if wrong.fields.Get("body") == "kept text" && wrong.name != "reopen" {
			a.says(t, "kept text")
		}
	}
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || view.Ticket.Version != 1 || len(view.Messages) != 1 {
		t.Errorf("the ticket changed: %+v (%v)", view.Ticket, err)
	}
}

func TestStaffPagesAreForStaffOfTheTicketAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	confidential := s.ReportIn(t, s.Ana, "Somebody shouts", s.Abuse)
	mine := s.ReportIn(t, s.Ines, "My heating", s.Heating)
	for name, b := range map[string]*browser{"nobody": s.browser(t), "the reporter": s.as(t, s.Ana)} {
		never := stripped(b.get("/nothing-here"))
		for _, path := range []string{"/work", "/work?q=x", workPath(id), workPath(confidential), "/work/999999", "/work/x"} {
			same(t, name+" at "+path, never, stripped(b.get(path)))
		}
		for _, deed := range []string{"reply", "note", "take", "close"} {
			same(t, name+" sends "+deed, stripped(b.post("/work/999999/"+deed, url.Values{"body": {"x"}})), stripped(b.post(workPath(id)+"/"+deed, url.Values{"body": {"x"}})))
		}
	}
	ines := s.as(t, s.Ines)
	for name, c := range map[string]struct {
		b     *browser
		other core.TicketID
	}{"staff elsewhere": {s.as(t, s.Fay), id}, "staff": {ines, confidential}, "an admin": {s.as(t, s.Ada), confidential}, "staff who reported it": {ines, mine}} {
		never := stripped(c.b.want(missing, c.b.get("/work/999999")))
		for _, path := range []string{workPath(c.other), "/work/0", "/work/-1", "/work/x", "/work/" + strings.Repeat("9", 30)} {
			same(t, name+" at "+path, never, stripped(c.b.get(path)))
		}
		c.b.open("/work?q=shouts").doesNotSay(t, "Somebody")
		key := c.b.open("/work").key()
		for _, deed := range []string{"reply", "note", "take", "release", "status", "close", "reopen", "priority", "assign", "waiting"} {
			fields := url.Values{"key": {key}, "body": {"x"}, "version": {"1"}, "status": {"active"}, "resolution": {"fixed"}}
			same(t, name+" sends "+deed, stripped(c.b.post("/work/999999/"+deed, fields)), stripped(c.b.post(workPath(c.other)+"/"+deed, fields)))
		}
	}
	s.as(t, s.Cora).open(workPath(confidential)).says(t, "Somebody shouts", "Confidential")
}

var ownAddress = regexp.MustCompile(`value="/[^"]*"`)

// stripped takes the address that was asked for out of an answer: a page may name it to lead back.
func stripped(a answer) answer {
	a.Body = ownAddress.ReplaceAllString(a.Body, "")
	a.Header = a.Header.Clone()
	a.Header.Del("Content-Length")
	return a
}

func TestTheFilterSaysWhereItCannotBeRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Report(t, s.Ana, "No Wifi")
	b := s.as(t, s.Ines)
	b.open("/work?q="+url.QueryEscape("wifi status:open")).says(t, "No Wifi")
	b.open("/work?q="+url.QueryEscape("status:closed")).says(t, "Nothing in your queues fits this search.")
	a := b.want(refused, b.get("/work?q="+url.QueryEscape(`wifi stauts:open <b>`)))
	a.says(t, "'stauts' is not a field at character 6; did you mean status?")
	if !strings.Contains(a.Body, `wifi <mark>stauts</mark>:open &lt;b&gt;`) || !strings.Contains(a.Body, `value="wifi stauts:open &lt;b&gt;"`) {
		t.Errorf("the wrong part is not marked, or the filter is gone: %s", a.Body)
	}
	for _, cursor := range []string{`!`, `["x"]`, `["x","1"]`, `["0","0","now or never","1"]`, `["99999999","0","now","1"]`, `[null,null,null,null]`} {
		after := base64.RawURLEncoding.EncodeToString([]byte(cursor))
		for _, path := range []string{"/work?view=open&after=", "/tickets?after=", "/tickets?closed="} {
			if got := b.get(path + after).Status; got >= http.StatusInternalServerError {
				t.Errorf("%s%s: status %d", path, cursor, got)
			}
		}
	}
	for _, odd := range []string{"/work?q=%00", "/work?q=%ff", "/work?view=nonsense", "/work?q=" + strings.Repeat("x", 5000), "/work?q=%22", "/work?q=status%3A"} {
		if got := b.get(odd).Status; got >= http.StatusInternalServerError {
			t.Errorf("%.40s: status %d", odd, got)
		}
	}
}

func TestALongQueueGoesOnAndIsSentOnlyWhenItChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 30 {
		s.Report(t, s.Ana, "Ticket "+strconv.Itoa(i))
	}
	b := s.as(t, s.Ines)
	page := b.open("/work?view=open")
	seen := strings.Count(page.Body, `<li><a href="/work/`)
	next := strings.ReplaceAll(found(regexp.MustCompile(`href="([^"]*after=[^"]*)"`), page.Body), "&amp;", "&")
	rest := strings.Count(b.open(next).Body, `<li><a href="/work/`)
	if seen != 25 || rest != 5 {
		t.Errorf("%d and %d tickets", seen, rest)
	}
	for _, path := range []string{"/work?view=open", found(regexp.MustCompile(`<li><a href="(/work/[0-9]+)"`), page.Body)} {
		r := b.request(http.MethodGet, path, nil)
		r.Header.Set("If-None-Match", b.open(path).Header.Get("ETag"))
		if a := b.do(r); a.Status != http.StatusNotModified || a.Body != "" {
			t.Errorf("%s: status %d with %d bytes", path, a.Status, len(a.Body))
		}
	}
}

func TestADraftFromTheConsoleIsOnTheTelephone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "No Wifi")
	if _, err := s.Desk.KeepDraft(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, core.Typed{Kind: core.DraftNote, Body: "begun at the desk"}); err != nil {
		t.Fatal(err)
	}
	s.as(t, s.Ines).open(workPath(id)).says(t, "begun at the desk")
	s.as(t, s.Ivan).open(workPath(id)).doesNotSay(t, "begun at the desk")
}

func TestStaffPagesAreSmallAndTheirInputsHaveLabels(t *testing.T) {
	t.Parallel()
	s := newSiteWith(t, storagetest.NewCampus(t), web.Options{Demo: true})
	for i := range 30 {
		s.Report(t, s.Ana, "The projector in the reading room stays dark, number "+strconv.Itoa(i))
	}
	b := s.as(t, s.Ines)
	list := b.open("/work?view=open")
	for _, path := range []string{"/work?view=open", found(regexp.MustCompile(`<li><a href="(/work/[0-9]+)"`), list.Body), "/work?q=stauts:x"} {
		page := b.get(path)
		bytes := 0
		for _, part := range []string{path, found(linkPattern, page.Body)} {
			r := b.request(http.MethodGet, part, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			bytes += len(b.do(r).Body)
		}
		if bytes > 14<<10 {
			t.Errorf("%s takes %d bytes with its stylesheet", path, bytes)
		}
		page.doesNotSay(t, "<script", " style=", "onclick", "placeholder=", " required")
		for _, input := range inputs.FindAllString(page.Body, -1) {
			if id := found(idPattern, input); !strings.Contains(input, `type="hidden"`) && !strings.Contains(page.Body, `<label for="`+id+`">`) {
				t.Errorf("%s: %s has no label", path, input)
			}
		}
	}
}

func TestAMacroIsReadEditedAndUsedOnATelephone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	guests, id := s.guestTicket(t)
	path, b := workPath(id), s.as(t, s.Ines)
	changes, err := core.ParseMacroChanges("priority:high assignee:me")
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Desk.SaveMacro(t.Context(), storagetest.As(s.Ines, core.DoorSSH), core.Macro{Name: "Lamp", Body: "Hello {reporter}, a lamp is coming.", Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
	number := strconv.FormatInt(int64(m.ID), 10)
	b.open(path).says(t, "Use a macro", "Lamp")
	page := b.open(path + "?macro=" + number)
	page.says(t, "Hello Gus, a lamp is coming.", "Its reply to the reporter", "priority")
	fields := url.Values{"macro": {number}, "body": {"Hello Gus, a new lamp is coming."}}
	for range 2 { // a double click does it once
		done := b.want(http.StatusSeeOther, b.deed(page, path, "macro", fields))
		b.open(done.Location).says(t, "Done, with the macro.", "Yours.")
	}
	view, err := s.Desk.Ticket(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id)
	if err != nil || view.Ticket.Priority != core.High || len(view.Messages)+len(view.Held) != 2 {
		t.Errorf("%+v, %d messages, %d held, %v", view.Ticket, len(view.Messages), len(view.Held), err)
	}
	s.browser(t).open(guests).doesNotSay(t, "{reporter}")
	wrong := b.want(http.StatusNotFound, b.deed(page, path, "macro", url.Values{"macro": {"999"}, "body": {"lost?"}}))
	wrong.says(t, "lost?")
}
