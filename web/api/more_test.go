package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web/api"
)

func TestAProgramLinksMergesAndEndsPrivateLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	one, other := s.path(s.Report(t, s.Ana, "Printer")), s.path(s.Report(t, s.Ben, "Printer again"))
	ines, ana := s.program(t, s.Ines, core.TokenWrite), s.program(t, s.Ana, core.TokenWrite)
	number := other[strings.LastIndex(other, "/")+1:]
	ines.send("POST", one+"/link", `{"relation":"blocks","other":`+number+`}`).want(http.StatusOK)
	if got := ines.send("GET", one, "").want(http.StatusOK); !strings.Contains(got.Body, `"linked":[`+number) {
		t.Errorf("the linked ticket is %s", got.Body)
	}
	ines.send("POST", one+"/unlink", `{"other":`+number+`}`).want(http.StatusOK)
	ines.send("POST", one+"/unlink", `{"other":`+number+`}`).want(http.StatusUnprocessableEntity)
	ana.send("POST", one+"/link", `{"relation":"blocks","other":`+number+`}`).want(http.StatusForbidden)
	guest := ines.send("POST", "/api/v1/tickets", `{"title":"Lamp","category":"network","location":"LIB-204","contact":{"name":"Gus","phone":"555 0123"}}`).want(http.StatusCreated)
	ines.send("DELETE", guest.Header.Get("Location")+"/private-link", "").want(http.StatusNoContent)
	ana.send("DELETE", guest.Header.Get("Location")+"/private-link", "").want(http.StatusNotFound)
	theirs := ines.send("POST", "/api/v1/tickets", `{"title":"Lamp","category":"network","location":"LIB-204","for":"ana"}`).want(http.StatusCreated)
	ana.send("GET", theirs.Header.Get("Location"), "").want(http.StatusOK)
	ana.send("POST", "/api/v1/tickets", `{"title":"Lamp","category":"network","location":"LIB-204","for":"ben"}`).want(http.StatusForbidden)
}

func TestAProgramKeepsViewsAndMacros(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Printer"))
	ines, reading := s.program(t, s.Ines, core.TokenWrite), s.program(t, s.Ines, core.TokenRead)
	made := ines.send("POST", "/api/v1/views", `{"title":"My lamps","query":"tag:lamp"}`).want(http.StatusOK)
	reading.send("POST", "/api/v1/views", `{"title":"x","query":""}`).want(http.StatusForbidden)
	ines.send("POST", "/api/v1/views", `{"title":"Bad","query":"status:nowhere"}`).want(http.StatusUnprocessableEntity)
	if made.value("name") != "my-lamps" {
		t.Errorf("the view is %s", made.Body)
	}
	ines.send("DELETE", "/api/v1/views/my-lamps", "").want(http.StatusNoContent)
	ines.send("DELETE", "/api/v1/views/my-lamps", "").want(http.StatusNotFound)
	ines.send("DELETE", "/api/v1/views/open", "").want(http.StatusNotFound)
	if got := reading.send("GET", "/api/v1/complete?q=queue:i", "").want(http.StatusOK); got.value("items.0.text") != "it" {
		t.Errorf("it is completed by %s", got.Body)
	}

	ines.send("PUT", "/api/v1/macros/hello", `{"body":"Hello, we look at it.","changes":"status:active tag:seen"}`).want(http.StatusOK)
	ines.send("PUT", "/api/v1/macros/hello", `{"body":"Hello!","changes":"status:active"}`).want(http.StatusOK)
	if got := reading.send("GET", "/api/v1/macros", "").want(http.StatusOK); strings.Count(got.Body, `"hello"`) != 1 || !strings.Contains(got.Body, "Hello!") {
		t.Errorf("the macros are %s", got.Body)
	}
	used := ines.send("POST", path+"/macro", `{"macro":"hello"}`, "Idempotency-Key", "m").want(http.StatusOK)
	if used.value("status") != "active" {
		t.Errorf("afterwards the ticket is %s", used.Body)
	}
	ines.send("DELETE", "/api/v1/macros/hello", "").want(http.StatusNoContent)
	ines.send("POST", path+"/macro", `{"macro":"hello"}`).want(http.StatusNotFound)

	ines.send("POST", path+"/replies", `{"body":"Wait, no.","hold":true}`).want(http.StatusCreated)
	if got := ines.send("POST", path+"/take-back", "").want(http.StatusOK); got.value("body") != "Wait, no." {
		t.Errorf("taken back is %s", got.Body)
	}
}

func TestAProgramExportsAndReadsTheCalendarAndPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const many = 60 // more than are read at once
	for range many {
		s.Report(t, s.Ana, "Printer")
	}
	ines := s.program(t, s.Ines, core.TokenRead)
	got := ines.send("GET", "/api/v1/export?q=queue:it", "").want(http.StatusOK)
	if lines := strings.Count(got.Body, "\n"); lines != many || strings.Count(got.Body, `"messages"`) != many || strings.Count(got.Body, `"kind":"created"`) != many {
		t.Errorf("there are %d lines: %.300s", lines, got.Body)
	}
	if got := ines.send("GET", "/api/v1/export?messages=false&events=false", "").want(http.StatusOK); strings.Contains(got.Body, `"messages"`) {
		t.Errorf("messages are in it: %.300s", got.Body)
	}
	s.program(t, s.Ana, core.TokenRead).send("GET", "/api/v1/export", "").want(http.StatusForbidden)
	ines.send("GET", "/api/v1/calendar", "").want(http.StatusOK)
	s.program(t, s.Ana, core.TokenRead).send("GET", "/api/v1/calendar", "").want(http.StatusForbidden)
	ines.send("GET", "/api/v1/reports/people", "").want(http.StatusOK)
	hours := ines.send("GET", "/api/v1/reports/flow?range=2d&step=hour&office=true&versus=year", "").want(http.StatusOK)
	if hours.value("parts.hours") == nil {
		t.Errorf("the report has no hours: %.300s", hours.Body)
	}
	rows := ines.send("GET", "/api/v1/rows/tickets?range=7d&q=queue:it", "").want(http.StatusOK)
	if lines := strings.Count(rows.Body, "\n"); lines != many || strings.Count(rows.Body, `"title":"Printer"`) != many {
		t.Errorf("there are %d rows: %.300s", lines, rows.Body)
	}
	if rows := ines.send("GET", "/api/v1/rows/milestones", "").want(http.StatusOK); rows.Body != "" {
		t.Errorf("there are milestones: %s", rows.Body)
	}
	s.Desk.Glance(t.Context(), storagetest.As(s.Ivan, core.DoorWeb), s.Report(t, s.Ana, "Printer"))
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		online := ines.send("GET", "/api/v1/online", "").want(http.StatusOK)
		if online.value("items.0.username") == "ivan" && online.value("items.0.doing") == "looking" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("online is %s", online.Body)
		}
	}
	s.program(t, s.Ana, core.TokenRead).send("GET", "/api/v1/online", "").want(http.StatusForbidden)
	ines.send("GET", "/api/v1/rows/tickets?range=soon", "").want(http.StatusUnprocessableEntity)
	s.program(t, s.Ana, core.TokenRead).send("GET", "/api/v1/rows/tickets", "").want(http.StatusForbidden)
}

// TestAFileIsRefusedBeforeItIsRead sends the head of a file of 90 MB, and no more than that.
func TestAFileIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.path(s.Report(t, s.Ana, "Printer"))
	ana := s.program(t, s.Ana, core.TokenWrite)
	body, never := io.Pipe()
	t.Cleanup(func() { _ = never.Close() })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+path+"/files?name=a.log&visibility=internal", body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 90 << 20
	r.Header.Set("Authorization", "Bearer "+ana.token)
	r.Header.Set("Expect", "100-continue")
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{ExpectContinueTimeout: 10 * time.Second}}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("it is answered with %d", response.StatusCode)
	}
}

func TestWhatWaitsEndsWhenTheServerStops(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	closing := make(chan struct{})
	handler, err := api.New(s.Desk, words, api.Options{
		Address: func(*http.Request) string { return "192.0.2.7" }, Recheck: time.Hour, Closing: closing,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	token := s.program(t, s.Ines, core.TokenRead).token
	ended := make(chan error, 2)
	for _, path := range []string{"/api/v1/events/stream", "/api/v1/events?wait=50"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		go func() {
			response, err := http.DefaultClient.Do(r)
			if err == nil {
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
			}
			ended <- err
		}()
	}
	select {
	case err := <-ended:
		t.Fatalf("one ends by itself: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	close(closing)
	for range 2 {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Second):
			t.Fatal("it goes on")
		}
	}
}
