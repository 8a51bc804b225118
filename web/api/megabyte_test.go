package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

// TestAttackAMegabyteInEveryPlace puts as much as the server reads, and more, wherever a program may write.
func TestAttackAMegabyteInEveryPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Network"))
	ines := s.program(t, s.Ines, core.TokenWrite)
	much, megabyte := strings.Repeat("x", 200_000), strings.Repeat("x", 1<<20)
	for name, send := range map[string]func() answer{
		"query":           func() answer { return ines.send("GET", "/api/v1/tickets?q="+much, "") },
		"cursor":          func() answer { return ines.send("GET", "/api/v1/events?cursor="+much, "") },
		"ticket":          func() answer { return ines.send("GET", "/api/v1/tickets/"+strings.Repeat("1", 200_000), "") },
		"name of a file":  func() answer { return ines.send("POST", path+"/files?name="+much+".log", "a log\n") },
		"key":             func() answer { return ines.send("POST", path+"/notes", `{"body":"x"}`, "Idempotency-Key", much) },
		"version":         func() answer { return ines.send("PATCH", path, `{"priority":"low"}`, "If-Match", much) },
		"words":           func() answer { return ines.send("POST", path+"/notes", `{"body":"`+megabyte+`"}`) },
		"depth":           func() answer { return ines.send("POST", path+"/notes", strings.Repeat(`{"body":`, 30_000)) },
		"name of a field": func() answer { return ines.send("POST", path+"/notes", `{"`+much+`":1}`) },
		"login":           func() answer { return ines.send("GET", "/api/v1/users/"+much, "") },
		"hostile bytes": func() answer {
			return ines.send("GET", "/api/v1/tickets?q="+url.QueryEscape("\x1b]0;x\a\xff\xfe\x00"), "")
		},
	} {
		if a := send(); a.Status < 400 || a.Status >= 500 || len(a.Body) > 10_000 || strings.ContainsAny(a.Body, "\x1b\a") {
			t.Errorf("%s: %d, %.300s", name, a.Status, a.Body)
		}
	}
	forged := &program{t: t, site: s, token: much}
	forged.send("GET", path, "").want(http.StatusUnauthorized)
	ines.send("GET", path, "").want(http.StatusOK)
}

// TestAttackHeadersInsideOfValues sends line ends where a value comes back in a header.
func TestAttackHeadersInsideOfValues(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Network"))
	ines := s.program(t, s.Ines, core.TokenWrite)
	const injected = "a\r\nSet-Cookie: x=y\r\n\r\n<script>.log"
	ines.send("POST", path+"/files?visibility=internal&name="+url.QueryEscape(injected), "some log\n").want(http.StatusCreated)
	number, _ := ines.send("GET", path+"/files", "").want(http.StatusOK).value("items.0.id").(float64)
	for _, a := range []answer{
		ines.send("GET", path+"/files/"+jsonNumber(number), "").want(http.StatusOK),
		ines.send("POST", "/api/v1/tickets", `{"title":"a\r\nSet-Cookie: x=y","category":"network","place":"b\r\nSet-Cookie: x=y"}`).want(http.StatusCreated),
		ines.send("GET", "/api/v1/tickets/1%0d%0aSet-Cookie:%20x=y", ""),
		ines.send("GET", "/api/v1/tickets?q="+url.QueryEscape(injected), ""),
	} {
		if a.Header.Get("Set-Cookie") != "" || strings.Contains(a.Header.Get("Content-Type"), "html") {
			t.Errorf("the answer has the headers %v", a.Header)
		}
	}
}
