package web_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// mutation is a way in which a request can be wrong.
type mutation struct {
	name  string
	apply func(*mutant)
}

// mutant is a request before it is sent.
type mutant struct {
	method string
	path   string
	media  string
	fields url.Values
	body   string          // instead of the fields, if not empty
	hurt   map[string]bool // fields that are not as they were typed
}

// everything are values for all fields that any of our forms has.
func everything() url.Values {
	return url.Values{
		"title": {"Typed: the title"}, "description": {"Typed: the description"}, "body": {"Typed: the body"}, "building": {"LIB"}, "room": {"204"},
		"category": {"1"}, "contact": {"gus@example.edu"}, "name": {"Typed: the name"}, "stars": {"3"}, "version": {"1"}, "login": {"nobody.at.all"},
		"username": {"somebody"}, "email": {"somebody@example.edu"}, "password": {"seven green bicycles"}, "old": {"x"}, "new": {"y"}, "code": {"K7QM-3XDPR"},
		"id": {"1"}, "person": {"1"}, "status": {"active"}, "priority": {"high"}, "waiting": {"reporter"}, "resolution": {"fixed"}, "issue": {"1"},
		"next": {"/tickets"}, "step": {"what"}, "go": {"next"}, "anonymous": {""}, "key_text": {"ssh-ed25519 AAAA"}, "fingerprint": {"SHA256:x"},
	}
}

// mutations are all the ways, with each of these fields hurt as a field can be.
func mutations(fields ...string) []mutation {
	list := []mutation{
		{"as it should be", func(*mutant) {}},
		{"nothing at all", func(m *mutant) { m.fields = url.Values{}; m.hurtAll() }},
		{"forged key", func(m *mutant) { m.fields.Set("key", strings.Repeat("A", 22)+"."+strings.Repeat("A", 22)) }},
		{"key of another length", func(m *mutant) { m.fields.Set("key", ".") }},
		{"no key", func(m *mutant) { m.fields.Del("key") }},
		{"everything twice", func(m *mutant) {
			for name, values := range m.fields {
				m.fields[name] = append(values, "second")
			}
		}},
		{"wrong method", func(m *mutant) { m.method = http.MethodPut }},
		{"another wrong method", func(m *mutant) { m.method = http.MethodDelete }},
		{"made-up method", func(m *mutant) { m.method = "BREW" }},
		{"JSON", func(m *mutant) { m.media, m.body = "application/json", `{"title":"x"}` }},
		{"no media type", func(m *mutant) { m.media = "" }},
		{"media type of nonsense", func(m *mutant) { m.media = "application/x-www-form-urlencoded; charset=\x7f;;=" }},
		{"broken escapes", func(m *mutant) { m.body = "title=%zz&body=%" }},
		{"semicolons", func(m *mutant) { m.body = "title=a;body=b" }},
		{"multipart without a boundary", func(m *mutant) { m.media, m.body = "multipart/form-data", "--x\r\n" }},
		{"multipart cut off", func(m *mutant) {
			m.media, m.body = "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nTyped"
		}},
		{"multipart with a hostile file name", func(m *mutant) {
			m.media = "multipart/form-data; boundary=x"
			m.body = "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"../../etc/\x00\xff\u202egpj.exe\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n<script>\r\n--x--\r\n"
		}},
		{"a thousand fields", func(m *mutant) {
			for i := range 1000 {
				m.fields.Set(fmt.Sprintf("f%d", i), "x")
			}
		}},
	}
	for _, field := range fields {
		for _, change := range []struct{ name, value string }{
			{"NUL", "a\x00b"},
			{"invalid UTF-8", "\xff\xc0\xaf\xed\xa0\x80"},
			{"1 MB", strings.Repeat("x", 1<<20)},
			{"another type", "-9223372036854775809"},
			{"only spaces", " \t\r\n\u00a0"},
			{"markup", `"><script>alert(1)</script>`},
		} {
			list = append(list, mutation{change.name + " in " + field, func(m *mutant) { m.fields.Set(field, change.value); m.hurt[field] = true }})
		}
		list = append(list, mutation{"no " + field, func(m *mutant) { m.fields.Del(field); m.hurt[field] = true }})
	}
	return list
}

func (m *mutant) hurtAll() {
	for _, name := range []string{"title", "description", "body"} {
		m.hurt[name] = true
	}
}

// typed says which field of a form must come back when the form is refused.
func typed(path string) string {
	switch {
	case strings.HasSuffix(path, "/reply"), strings.HasSuffix(path, "/reopen"), strings.HasSuffix(path, "/rate"), strings.HasSuffix(path, "/note"):
		return "body"
	case path == "/report", strings.HasSuffix(path, "/correct"), strings.HasSuffix(path, "/again"):
		return "description"
	}
	return ""
}

// TestBadRequestsAreAnsweredAndLoseNothing sends every form of ours wrong in every way: no answer is a
// failure of the server, and a form that is refused comes back with what was typed.
func TestBadRequestsAreAnsweredAndLoseNothing(t *testing.T) {
	t.Parallel()
	s, clock := siteAt(t, core.Limits{})
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	s.SignIn(t, s.Ana, core.DoorWeb) // gives them a password
	s.SignIn(t, s.Ines, core.DoorWeb)
	signIn := func(u core.User) core.SignedIn {
		t.Helper()
		clock.by += 2 * time.Hour // some of the forms, sent wrong, count as guessing at a password
		signed, err := s.Desk.SignIn(t.Context(), core.Anonymous(core.DoorWeb, "127.0.0.1"), u.Username, storagetest.Password, "test")
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	sent := 0
	for _, route := range s.handler.Routes() {
		method, pattern, _ := strings.Cut(route, " ")
		if method != http.MethodPost {
			continue
		}
		guests, guestID := s.guestTicket(t)
		var signed core.SignedIn
		switch {
		case strings.HasPrefix(pattern, "/work"):
			signed = signIn(s.Ines)
		case !strings.HasPrefix(pattern, "/t/") && !strings.HasPrefix(pattern, "/sign-in") && !strings.HasPrefix(pattern, "/sign-up") && !strings.HasPrefix(pattern, "/new-"):
			signed = signIn(s.Ana)
		}
		actor := signed.Actor
		if strings.HasPrefix(pattern, "/t/") {
			actor, _, _ = s.Desk.Guest(t.Context(), core.DoorWeb, strings.TrimPrefix(guests, "/t/"), "")
		} else if signed.Token == "" {
			actor = core.Anonymous(core.DoorWeb, "")
		}
		path := strings.NewReplacer("/tickets/{reference}", own, "/t/{link}", guests, "/work/{number}", fmt.Sprintf("/work/%d", guestID)).Replace(pattern)
		fields := []string{"name"}
		if field := typed(path); field != "" {
			fields = []string{field, "title", "version"}
		}
		for _, change := range mutations(fields...) {
			key, err := s.Desk.NewFormKey(actor)
			if err != nil {
				t.Fatal(err)
			}
			m := &mutant{method: method, path: path, media: "application/x-www-form-urlencoded", fields: maps.Clone(everything()), hurt: map[string]bool{}}
			m.fields.Set("key", key)
			change.apply(m)
			status := s.survives(t, change.name, m, signed.Token)
			if sent++; change.name == "forged key" && status == http.StatusNotFound && !strings.HasSuffix(path, "/renew") && !strings.HasSuffix(path, "/revoke") {
				t.Errorf("%s did not open for who should be let in", route)
			}
		}
	}
	if sent < 300 {
		t.Errorf("only %d requests were sent", sent)
	}
	if _, panicked, found := strings.Cut(s.log.String(), "panicked"); found {
		t.Errorf("a request made the page panic: %.2000s", panicked)
	}
}

// survives sends a mutant past the network and checks the answer.
func (s *site) survives(t *testing.T, name string, m *mutant, token string) int {
	t.Helper()
	body := m.body
	if body == "" {
		body = m.fields.Encode()
	}
	r := httptest.NewRequestWithContext(t.Context(), m.method, s.server.URL+m.path, strings.NewReader(body))
	if m.media != "" {
		r.Header.Set("Content-Type", m.media)
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	answer := w.Body.String()
	if w.Code >= http.StatusInternalServerError || !slices.Contains([]int{200, 303, 401, 403, 404, 405, 409, 413, 415, 422, 429}, w.Code) {
		t.Errorf("%s %s, %s: status %d", m.method, m.path, name, w.Code)
	}
	if w.Code != http.StatusSeeOther && !strings.Contains(answer, "</html>") {
		t.Errorf("%s %s, %s: no page of ours", m.method, m.path, name)
	}
	if strings.Contains(answer, "<script>") {
		t.Errorf("%s %s, %s: the page has a script", m.method, m.path, name)
	}
	if field := typed(m.path); w.Code == http.StatusUnprocessableEntity && m.body == "" && m.media != "" && field != "" && !m.hurt[field] {
		if !strings.Contains(html.UnescapeString(answer), m.fields.Get(field)) {
			t.Errorf("%s %s, %s: what was typed as %s does not come back", m.method, m.path, name, field)
		}
	}
	return w.Code
}
