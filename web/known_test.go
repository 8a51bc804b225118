package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

var issuePattern = regexp.MustCompile(`name="issue" value="([^"]*)"`)

// publish makes a ticket known in these words.
func (s *site) publish(t *testing.T, id core.TicketID, words string) {
	t.Helper()
	if _, err := s.Desk.Publish(t.Context(), storagetest.As(s.Ines, core.DoorSSH), id, 0, words); err != nil {
		t.Fatal(err)
	}
}

func (s *site) followers(t *testing.T, id core.TicketID) int {
	t.Helper()
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	return view.Ticket.Followers
}

func TestKnownIssuesAreListedInStaffsWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	b.open("/").doesNotSay(t, `href="/known`)
	b.open("/known").says(t, "Nothing is known here")
	_, id := s.ownTicket(t, s.Ana, "Ana cannot print her thesis")
	s.publish(t, id, "Wifi is down in the library")
	for _, path := range []string{"/known", "/known/LIB", "/known/lib"} {
		a := b.open(path)
		a.says(t, "Wifi is down in the library", "Library", "Reading room", "Reported just now")
		a.doesNotSay(t, "thesis", "Ruiz", "/tickets/2", "1001")
	}
	b.open("/known/SCI").says(t, "Nothing is known here")
	b.want(missing, b.get("/known/NOWHERE"))
	b.want(missing, b.get("/known/"+url.PathEscape("<script>\x00")))
	b.open("/").says(t, "1 known issue here")
	b.open("/?building=LIB").says(t, "1 known issue here")
	b.open("/?building=SCI").doesNotSay(t, `href="/known`)
}

func TestMeTooFollowsInsteadOfDoubling(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, id := s.ownTicket(t, s.Ana, "Ana's own words")
	s.publish(t, id, "Wifi is down in the library")
	guest := s.browser(t)
	list := guest.open("/known")
	fields := url.Values{"key": {list.key()}, "issue": {found(issuePattern, list.Body)}}
	for range 2 {
		sent := guest.want(seeOther, guest.post("/me-too", fields))
		a := guest.open(sent.Location)
		a.says(t, "one more person", "Wifi is down in the library", "The team knows of it")
		a.doesNotSay(t, "Ana", "own words")
	}
	if n := s.followers(t, id); n != 1 {
		t.Errorf("sent twice, it counts %d", n)
	}
	ben := s.as(t, s.Ben)
	list = ben.open("/known")
	ben.want(seeOther, ben.post("/me-too", url.Values{"key": {list.key()}, "issue": {found(issuePattern, list.Body)}}))
	a := ben.open("/tickets")
	a.says(t, "Following", "Wifi is down in the library")
	a.doesNotSay(t, "own words", "Ana")
	ben.open("/known").says(t, "2 others have it too")
	ben.want(refused, ben.post("/me-too", fields)) // the guest's key
	ben.want(missing, ben.post("/me-too", url.Values{"key": {list.key()}, "issue": {"1001"}}))
	if n := s.followers(t, id); n != 2 {
		t.Errorf("it counts %d, want the guest and Ben", n)
	}
}

func TestALabelLeadsToAFormWithItsPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for _, code := range []string{"LIB-204", "lib-204", "lib204", "LIB%20204"} {
		sent := b.want(seeOther, b.get("/r/"+code))
		if sent.Location != "/?building=LIB&room=204" {
			t.Errorf("%s leads to %s", code, sent.Location)
		}
		a := b.open(sent.Location)
		a.says(t, "Library, Reading room, 204", "Change")
		if !strings.Contains(a.Body, `value="LIB" selected`) || !a.shows("room", "204") {
			t.Errorf("%s: the place is not filled in", code)
		}
	}
	if sent := b.want(seeOther, b.get("/r/SCI")); sent.Location != "/?building=SCI" {
		t.Errorf("a building leads to %s", sent.Location)
	}
	for _, hostile := range []string{
		"XYZ-9", "<script>alert(1)</script>", `"onload=x`, "../../etc/passwd", "a\x00b", "a\xff", "//evil.example", "\\evil.example",
		strings.Repeat("A", 10_000), "{{.}}", "%0d%0aSet-Cookie:x", "LIB-999", "javascript:alert(1)", "\u202e402",
	} {
		sent := b.want(seeOther, b.get("/r/"+url.PathEscape(hostile)))
		if !strings.HasPrefix(sent.Location, "/?") {
			t.Errorf("%.20q leads to %.60s", hostile, sent.Location)
			continue
		}
		a := b.open(sent.Location)
		if a.key() == "" || strings.Contains(a.Body, "<script") || strings.Contains(a.Body, `"onload=x`) {
			t.Errorf("%.20q gives no good form", hostile)
		}
	}
}

func TestARoomThatIsNotKnownIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	send := func(change url.Values) answer {
		b := s.browser(t)
		fields := s.aReport(b.open("/").key())
		fields.Set("room", "240")
		asked := b.want(refused, b.post("/report", fields))
		asked.says(t, "Did you mean one of these?", "LIB-204 · Reading room", "No, use what I wrote", "Projector stays dark")
		maps.Copy(fields, change)
		return b.post("/report", fields)
	}
	place := func(a answer) string {
		t.Helper()
		if a.Status != http.StatusSeeOther {
			t.Fatalf("status %d: %.500s", a.Status, a.words())
		}
		_, id, err := s.Desk.Guest(t.Context(), core.DoorWeb, strings.TrimSuffix(strings.TrimPrefix(strings.SplitN(a.Location, "?", 2)[0], "/t/"), "/sent"), "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
		if err != nil {
			t.Fatal(err)
		}
		return view.Ticket.PlaceWords()
	}
	if got := place(send(url.Values{"asked": {"LIB 240"}, "meant": {"LIB-204"}})); got != "LIB-204 · Reading room" {
		t.Errorf("the room that was meant is %q", got)
	}
	if got := place(send(url.Values{"asked": {"LIB 240"}, "meant": {""}})); got != "LIB · Library · 240" {
		t.Errorf("in their own words it is %q", got)
	}
	if got := place(send(url.Values{"asked": {"LIB 240"}, "meant": {"<script>"}})); got != "LIB · Library · 240" {
		t.Errorf("with a forged answer it is %q", got)
	}
	if got := place(send(url.Values{"asked": {"LIB 240"}, "meant": {"LIB-204"}, "room": {"roof garden"}})); got != "LIB · Library · roof garden" {
		t.Errorf("the answer to another question was taken: %q", got)
	}
}

func TestTheFormCanBeAskedWhetherItIsKnown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.ownTicket(t, s.Ana, "Ana's thesis")
	b := s.browser(t)
	fields := s.aReport(b.open("/").key())
	fields.Set("check", "1")
	a := b.want(ok, b.post("/report", fields))
	a.says(t, "Already reported here?", "Network and Wi-Fi", "Reading room", "Projector stays dark", "Me too")
	a.doesNotSay(t, "thesis", "Ana")
	if !a.shows("title", "Projector stays dark") || !a.shows("contact", "guest@example.edu") {
		t.Error("what was typed is gone")
	}
	fields.Set("category", strconv.FormatInt(int64(s.Heating.ID), 10))
	b.want(ok, b.post("/report", fields)).says(t, "Nothing like it is known yet")
	fields.Set("category", strconv.FormatInt(int64(s.Network.ID), 10))
	fields.Del("check")
	b.want(seeOther, b.post("/report", fields)) // nothing stands in the way of sending it
}
