package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestWhoCallsTooOftenIsToldWhenToGoOn holds the limits of a token and of an address without one.
func TestWhoCallsTooOftenIsToldWhenToGoOn(t *testing.T) {
	t.Parallel()
	limits := core.DefaultLimits()
	limits.CallsPerToken, limits.CallsPerAddress = 5, 5
	s := siteOn(t, storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, storagetest.URL(t)), core.Options{Limits: limits})))
	ines, ivan := s.program(t, s.Ines, core.TokenRead), s.program(t, s.Ivan, core.TokenRead)
	for _, p := range []*program{ines, {t: t, site: s, token: "hd_forged"}} {
		status := 0
		for call := range 20 {
			a := p.send("GET", "/api/v1/me", "")
			if status = a.Status; status != http.StatusTooManyRequests {
				continue
			}
			if call < 5 {
				t.Errorf("call %d is refused", call)
			}
			seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
			if err != nil || seconds < 1 || seconds > 3600 || a.value("code") != "calls_limited" || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("the refusal is %v, %s", a.Header, a.Body)
			}
			break
		}
		if status != http.StatusTooManyRequests {
			t.Errorf("20 calls are answered, the last with %d", status)
		}
	}
	ivan.send("GET", "/api/v1/me", "").want(http.StatusOK) // nobody pays for another's calls
}

// TestNobodyElsesScriptsMayRead asks as a browser does before it lets another site's script call.
func TestNobodyElsesScriptsMayRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := s.program(t, s.Ines, core.TokenRead)
	for _, method := range []string{"OPTIONS", "GET", "POST"} {
		a := p.send(method, "/api/v1/tickets", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization")
		for name := range a.Header {
			if len(name) > 15 && name[:15] == "Access-Control-" {
				t.Errorf("%s answers with %s", method, name)
			}
		}
	}
}
