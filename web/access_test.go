package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

// who are the people that ask for everything: nobody, another reporter, the owner, staff of the
// ticket's queue, staff of another queue, and an admin.
const (
	nobody = iota
	other
	owner
	staff
	elsewhere
	admin
	people
)

// expected is what each of them is answered. A form is sent without its key, so that 422 means that
// the door was open and the form was looked at.
type expected [people]int

const (
	ok       = http.StatusOK
	seeOther = http.StatusSeeOther
	missing  = http.StatusNotFound
	refused  = http.StatusUnprocessableEntity
	notYet   = http.StatusForbidden
)

func everybody(status int) expected {
	return expected{status, status, status, status, status, status}
}

// matrix has a row for every route. A ticket opened by reference is the owner's; one opened by its
// link is a guest's, which opens for whoever has the link.
func matrix() map[string]expected {
	ownersOnly := expected{missing, missing, ok, missing, missing, missing}
	ownersForm := expected{missing, missing, refused, missing, missing, missing}
	staffForm := expected{missing, missing, missing, refused, missing, refused}
	// What has not been closed cannot be reported again.
	ownersNotYet := expected{missing, missing, notYet, missing, missing, missing}
	ownForm := expected{seeOther, refused, refused, refused, refused, refused}
	signedIn := expected{ok, seeOther, seeOther, seeOther, seeOther, seeOther}
	return map[string]expected{
		"GET /{$}":                       everybody(ok),
		"GET /report":                    everybody(ok),
		"POST /report":                   everybody(refused),
		"GET /tickets":                   everybody(ok),
		"GET /sign-in":                   signedIn,
		"POST /sign-in":                  everybody(refused),
		"GET /sign-up":                   signedIn,
		"POST /sign-up":                  everybody(refused),
		"GET /new-password":              everybody(ok),
		"POST /new-password":             everybody(refused),
		"GET /account":                   {seeOther, ok, ok, ok, ok, ok},
		"POST /language":                 everybody(refused),
		"POST /account/notices":          ownForm,
		"POST /account/password":         ownForm,
		"POST /account/keys":             ownForm,
		"POST /account/keys/revoke":      ownForm,
		"POST /account/tokens":           ownForm,
		"POST /account/tokens/revoke":    ownForm,
		"POST /account/sessions/end":     ownForm,
		"POST /account/sessions/end-all": ownForm,
		"POST /t/{link}/keep":            everybody(refused),
		"POST /sign-out":                 {seeOther, refused, refused, refused, refused, refused},
		"GET /work":                      {missing, missing, missing, ok, ok, ok},
		"GET /help":                      everybody(ok),
		"GET /report/steps":              everybody(ok),
		"POST /report/steps":             everybody(refused),
		"GET /r/{code}":                  everybody(seeOther),
		"GET /known":                     everybody(ok),
		"GET /known/{building}":          everybody(missing), // there is no building of that name
		"POST /me-too":                   everybody(refused),
		"GET /me-too/{issue}":            everybody(missing), // nor such an issue
		"GET /files/once/{token}":        everybody(missing), // no link of that name was made
		"GET /style.css":                 everybody(ok),
		"GET /favicon.svg":               everybody(ok),
		"GET /favicon.ico":               everybody(ok),
		"GET /robots.txt":                everybody(ok),

		"GET /tickets/{reference}":           ownersOnly,
		"GET /tickets/{reference}/sent":      ownersOnly,
		"GET /tickets/{reference}/correct":   ownersOnly,
		"POST /tickets/{reference}/correct":  ownersForm,
		"POST /tickets/{reference}/reply":    ownersForm,
		"POST /tickets/{reference}/withdraw": ownersForm,
		"POST /tickets/{reference}/reopen":   ownersForm,

		"GET /work/{number}": {missing, missing, missing, ok, missing, ok},
		// No file has this number; those of a ticket have a test of their own.
		"GET /work/{number}/files/{id}/{name}": everybody(missing),
		"POST /work/{number}/reply":            staffForm,
		"POST /work/{number}/note":             staffForm,
		"POST /work/{number}/take":             staffForm,
		"POST /work/{number}/release":          staffForm,
		"POST /work/{number}/status":           staffForm,
		"POST /work/{number}/close":            staffForm,
		"POST /work/{number}/reopen":           staffForm,
		"POST /work/{number}/priority":         staffForm,
		"POST /work/{number}/assign":           staffForm,
		"POST /work/{number}/waiting":          staffForm,
		"POST /work/{number}/macro":            staffForm,

		"POST /tickets/{reference}/rate":  ownersForm,
		"GET /tickets/{reference}/again":  ownersNotYet,
		"POST /tickets/{reference}/again": ownersNotYet,
		"POST /t/{link}/rate":             everybody(refused),
		"GET /t/{link}/again":             everybody(notYet),
		"POST /t/{link}/again":            everybody(notYet),
		"POST /t/{link}/renew":            everybody(refused),
		"POST /t/{link}/revoke":           everybody(refused),
		"GET /link-ended":                 everybody(ok),

		// No file has this number either.
		"GET /tickets/{reference}/files/{id}/{name}": everybody(missing),
		"GET /t/{link}/files/{id}/{name}":            everybody(missing),

		"GET /t/{link}":           everybody(ok),
		"GET /t/{link}/sent":      everybody(ok),
		"GET /t/{link}/correct":   everybody(ok),
		"POST /t/{link}/correct":  everybody(refused),
		"POST /t/{link}/reply":    everybody(refused),
		"POST /t/{link}/withdraw": everybody(refused),
		"POST /t/{link}/reopen":   everybody(refused),
	}
}

func TestEveryRouteOpensForThoseItShouldAndNobodyElse(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	guests, _ := s.guestTicket(t)
	browsers := [people]*browser{
		nobody: s.browser(t), other: s.as(t, s.Ben), owner: s.as(t, s.Ana), staff: s.as(t, s.Ines), elsewhere: s.as(t, s.Fay), admin: s.as(t, s.Ada),
	}
	rows := matrix()
	for _, route := range s.handler.Routes() {
		want, known := rows[route]
		if !known {
			t.Errorf("%s has no row: say who may use it", route)
			continue
		}
		delete(rows, route)
		for who, b := range browsers {
			a := b.ask(route, own, guests)
			if a.Status != want[who] {
				t.Errorf("%s as %d: status %d, want %d", route, who, a.Status, want[who])
			}
		}
	}
	for route := range rows {
		t.Errorf("%s has a row, and does not exist", route)
	}
}

// ask calls a route for the tickets at these paths; by its number staff find the first one.
func (b *browser) ask(route, own, guests string) answer {
	b.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer("{$}", "", "/tickets/{reference}", own, "/t/{link}", guests, "/work/{number}", "/work/1001").Replace(path)
	if method == http.MethodPost {
		return b.post(path, url.Values{"body": {"words"}, "title": {"t"}})
	}
	return b.get(path)
}

func TestWhatIsNotYoursLooksLikeWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	confidential := s.ReportIn(t, s.Ana, "Somebody shouts", s.Abuse)
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), confidential)
	if err != nil {
		t.Fatal(err)
	}
	guests, id := s.guestTicket(t)
	guestView, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil {
		t.Fatal(err)
	}
	altered := []byte(guests)
	altered[len(altered)-2] ^= 1
	browsers := map[string]*browser{"nobody": s.browser(t), "another reporter": s.as(t, s.Ben), "staff": s.as(t, s.Ines), "an admin": s.as(t, s.Ada)}
	for name, b := range browsers {
		for _, rest := range []string{"", "/sent", "/correct"} {
			never := b.want(missing, b.get("/tickets/2222-22222"+rest))
			for _, path := range []string{
				own, "/tickets/" + string(view.Ticket.Reference), "/tickets/" + string(guestView.Ticket.Reference),
				"/tickets/1001", "/tickets/%231001", "/tickets/" + strings.TrimPrefix(guests, "/t/"),
			} {
				same(t, name+" at "+path+rest, never, b.get(path+rest))
			}
			neverLink := b.want(missing, b.get("/t/AAAAAAAAAAAAAAAAAAAAAA"+rest))
			for _, path := range []string{string(altered), "/t/" + string(guestView.Ticket.Reference), "/t/1001", "/t/" + strings.Repeat("A", 5000), guests + "A"} {
				same(t, name+" at "+path+rest, neverLink, b.get(path+rest))
			}
		}
		for _, rest := range []string{"/reply", "/correct", "/withdraw", "/reopen"} {
			fields := url.Values{"key": {b.open("/").key()}, "body": {"hello"}, "title": {"mine now"}, "version": {"1"}}
			same(t, name+" sends "+rest, b.post("/tickets/2222-22222"+rest, fields), b.post(own+rest, fields))
			same(t, name+" sends "+rest+" to an altered link", b.post("/t/AAAAAAAAAAAAAAAAAAAAAA"+rest, fields), b.post(string(altered)+rest, fields))
		}
	}
	after, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || after.Ticket.ETag() != guestView.Ticket.ETag() {
		t.Errorf("the guest's ticket changed (%v)", err)
	}
}

// same checks that two answers cannot be told apart.
func same(t *testing.T, what string, a, b answer) {
	t.Helper()
	if a.Status != b.Status || a.Body != b.Body {
		// The form of what was typed names where it goes; nothing else may differ.
		t.Errorf("%s: %d with %d bytes, want %d with %d", what, b.Status, len(b.Body), a.Status, len(a.Body))
	}
	for name := range a.Header {
		if name != "Date" && a.Header.Get(name) != b.Header.Get(name) {
			t.Errorf("%s: %s is %q, want %q", what, name, b.Header.Get(name), a.Header.Get(name))
		}
	}
}

func TestAFormOfSomebodyElsesPageIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mine, id := s.guestTicket(t)
	others, _ := s.guestTicket(t)
	b := s.browser(t)
	for _, key := range []string{b.open(others).key(), b.open("/").key(), s.as(t, s.Ana).open("/").key()} {
		for _, rest := range []string{"/reply", "/correct", "/withdraw", "/reopen"} {
			b.want(refused, b.post(mine+rest, url.Values{"key": {key}, "body": {"x"}, "title": {"x"}, "version": {"1"}}))
		}
	}
	view, err := s.Desk.Ticket(t.Context(), core.Operator(), id)
	if err != nil || view.Ticket.Version != 1 || len(view.Messages) != 1 {
		t.Errorf("the ticket changed: %+v (%v)", view.Ticket, err)
	}
}
