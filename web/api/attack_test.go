package api_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/storage/storagetest"
)

func TestAttackAnothersTicketByNumber(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Private trouble"))
	ben, fay := s.program(t, s.Ben, core.TokenWrite), s.program(t, s.Fay, core.TokenWrite)
	for _, p := range []*program{ben, fay} {
		for _, what := range []string{"", "/messages", "/history", "/files", "/files/1"} {
			p.send("GET", path+what, "").want(http.StatusNotFound)
		}
		p.send("POST", path+"/take", "").want(http.StatusNotFound)
		p.send("POST", path+"/replies", `{"body":"x"}`).want(http.StatusNotFound)
	}
	nothing, theirs := ben.send("GET", "/api/v1/tickets/999999", ""), ben.send("GET", path, "")
	if nothing.Body != theirs.Body {
		t.Errorf("one can tell what exists: %s, %s", nothing.Body, theirs.Body)
	}
}

func TestAttackForgedMissingExpiredAndNarrowTokens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Network"))
	for _, token := range []string{"", "hd_" + strings.Repeat("a", 39), "x"} {
		p := &program{t: t, site: s, token: token}
		if got := p.send("GET", path, "").want(http.StatusUnauthorized).Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
			t.Errorf("WWW-Authenticate is %q", got)
		}
	}
	reading, reporting, figures := s.program(t, s.Ines, core.TokenRead), s.program(t, s.Ines, core.TokenReport), s.program(t, s.Ines, core.TokenFigures)
	reading.send("POST", path+"/take", "").want(http.StatusForbidden)
	reporting.send("GET", path, "").want(http.StatusForbidden)
	figures.send("GET", path, "").want(http.StatusForbidden)
	figures.send("GET", "/api/v1/reports/now", "").want(http.StatusOK)
	if got := reading.send("POST", path+"/notes", `{"body":"x"}`).want(http.StatusForbidden); got.value("code") != "token_scope" {
		t.Errorf("the refusal is %s", got.Body)
	}
	reading.send("DELETE", "/api/v1/me/token", "").want(http.StatusNoContent)
	if got := reading.send("GET", path, "").want(http.StatusUnauthorized); got.value("code") != "token_revoked" {
		t.Errorf("the refusal is %s", got.Body)
	}
}

func TestAttackATokenRevokedMidStreamEndsTheStream(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token, secret, err := s.Desk.NewToken(t.Context(), storagetest.As(s.Ines, core.DoorSSH), core.NewToken{Name: "feed", Scope: core.TokenRead})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/api/v1/events/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	id := s.Report(t, s.Ana, "Network")
	in := bufio.NewReader(response.Body)
	for line := ""; !strings.HasPrefix(line, "data: "); {
		if line, err = in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Desk.RevokeToken(t.Context(), storagetest.As(s.Ines, core.DoorSSH), token.ID); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, _ = io.Copy(io.Discard, in)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the stream went on for %s", took)
	}
	_ = id
}

func TestAttackCookiesOpenNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Network"))
	cookie := s.SignIn(t, s.Ines, core.DoorWeb).Token
	p := &program{t: t, site: s}
	for _, name := range []string{"session", "__Host-session"} {
		p.send("GET", path, "", "Cookie", name+"="+cookie).want(http.StatusUnauthorized)
		p.send("POST", path+"/take", "", "Cookie", name+"="+cookie, "Origin", "https://evil.example").want(http.StatusUnauthorized)
	}
	a := s.program(t, s.Ines, core.TokenRead).send("GET", path, "", "Origin", "https://evil.example").want(http.StatusOK)
	for name := range a.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("another site's scripts are told %s", name)
		}
	}
}

func TestAttackHugeHostileAndSurplusInput(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ana, ines := s.program(t, s.Ana, core.TokenWrite), s.program(t, s.Ines, core.TokenWrite)
	ana.send("POST", "/api/v1/tickets", `{"title":"`+strings.Repeat("a", 300<<10)+`"}`).want(http.StatusRequestEntityTooLarge)
	ana.send("GET", "/api/v1/tickets?q="+strings.Repeat("a", 5000), "").want(http.StatusUnprocessableEntity)
	hostile := "x\u009b31m\u202etxt\u200b\u0085\U000e0041 \\u0000"
	made := ana.send("POST", "/api/v1/tickets", `{"title":"`+hostile+`","description":"`+hostile+`","category":"network","place":"LIB-204"}`).want(http.StatusCreated)
	path := made.Header.Get("Location")
	for _, what := range []string{"", "/messages", "/history"} {
		got := ines.send("GET", path+what, "").want(http.StatusOK)
		if strings.ContainsFunc(strings.TrimSpace(got.Body), func(r rune) bool { return r < ' ' || plain.Unseen(r) }) {
			t.Errorf("%s puts out %q", what, got.Body)
		}
	}
	// Mass assignment: what is not in the document is refused, not ignored.
	ana.send("POST", "/api/v1/tickets", `{"title":"x","category":"network","place":"LIB","status":"closed"}`).want(http.StatusUnprocessableEntity)
	ines.send("PATCH", path, `{"reporter":"ines"}`).want(http.StatusUnprocessableEntity)
	ana.send("POST", "/api/v1/tickets", `{"title":"x","category":"network","place":"LIB"}`, "Idempotency-Key", "a\tb").want(http.StatusUnprocessableEntity)
	ines.send("POST", path+"/files?name="+"a%0d%0aSet-Cookie:%20x=y.log", "some log\n").want(http.StatusCreated)
	list := ines.send("GET", path+"/files", "").want(http.StatusOK)
	number, _ := list.value("items.0.id").(float64)
	file := ines.send("GET", path+"/files/"+jsonNumber(number), "").want(http.StatusOK)
	if file.Header.Get("Set-Cookie") != "" || file.Body != "some log\n" {
		t.Errorf("the download is %q, %v", file.Body, file.Header)
	}
}

func TestALongLogGoesInAndComesOutInRanges(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Network"))
	ines := s.program(t, s.Ines, core.TokenWrite)
	log := strings.Repeat("Nov 25 03:14:15 switch-7 kernel: link is down\n", 20_000)
	ines.send("POST", path+"/files?name=syslog.log&visibility=internal", log, "Content-Type", "application/octet-stream").want(http.StatusCreated)
	number, _ := ines.send("GET", path+"/files", "").want(http.StatusOK).value("items.0.id").(float64)
	address := path + "/files/" + jsonNumber(number)
	whole := ines.send("GET", address, "").want(http.StatusOK)
	part := ines.send("GET", address, "", "Range", "bytes=262100-262200").want(http.StatusPartialContent)
	if whole.Body != log || part.Body != log[262100:262201] {
		t.Errorf("%d bytes came back, and %q", len(whole.Body), part.Body)
	}
	ines.send("GET", address, "", "Range", "bytes=99999999-").want(http.StatusRequestedRangeNotSatisfiable)
	s.program(t, s.Ana, core.TokenRead).send("GET", address, "").want(http.StatusNotFound) // it came with a note
	if !strings.Contains(whole.Header.Get("Content-Disposition"), "attachment") {
		t.Error("a browser would show the file")
	}
}

func TestTheFeedLeavesNothingOutAndWaits(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ines := s.program(t, s.Ines, core.TokenRead)
	s.Report(t, s.Ana, "One")
	s.Report(t, s.Ana, "Two")
	first := ines.send("GET", "/api/v1/events?cursor=start&limit=1&wait=20", "").want(http.StatusOK)
	next, _ := first.value("cursor").(string)
	second := ines.send("GET", "/api/v1/events?wait=20&cursor="+next, "").want(http.StatusOK)
	if first.value("items.0.kind") != "created" || second.value("items.0.kind") != "created" || first.value("items.0.ticket") == second.value("items.0.ticket") {
		t.Errorf("the feed is %s, %s", first.Body, second.Body)
	}
	next, _ = second.value("cursor").(string)
	go func() { s.Report(t, s.Ana, "Three") }()
	third := ines.send("GET", "/api/v1/events?wait=20&cursor="+next, "").want(http.StatusOK)
	if third.value("items.0.kind") != "created" {
		t.Errorf("the wait brought %s", third.Body)
	}
	ines.send("GET", "/api/v1/events?cursor=nonsense", "").want(http.StatusUnprocessableEntity)
	s.program(t, s.Ana, core.TokenRead).send("GET", "/api/v1/events", "").want(http.StatusForbidden)
}
