package battery

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
)

// probe sends a report once, as somebody does who does not try again, and says how that went.
type probe struct {
	status     int
	took       time.Duration
	retryAfter string
	kept       bool // the text was on the page that said no
}

// report opens the form, unless it was opened before, and sends it.
func (p *probe) report(t *testing.T, b *programtest.Browser, key, title string, category core.CategoryID) {
	t.Helper()
	began := time.Now()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.Base+"/report", strings.NewReader(url.Values{
		"key": {key}, "title": {title}, "room": {"by the fountain"}, "category": {category.String()}, "contact": {"gus@example.org"},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	client := *b.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		t.Errorf("a report is not answered within %s: %v", time.Since(began), err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("a report is not answered whole: %v", err)
	}
	p.status, p.took, p.retryAfter, p.kept = response.StatusCode, time.Since(began), response.Header.Get("Retry-After"), strings.Contains(string(page), title)
}

// says checks that an answer is the receipt, or a no that says when to try again and keeps the text, and comes in time.
func (p *probe) says(t *testing.T, within time.Duration) {
	t.Helper()
	switch {
	case p.status == 0:
	case p.took > within:
		t.Errorf("the answer %d takes %s, more than %s", p.status, p.took, within)
	case p.status == http.StatusSeeOther:
	case p.status != http.StatusServiceUnavailable || p.retryAfter == "" || !p.kept:
		t.Errorf("a report is answered with %d, Retry-After %q, text kept: %v", p.status, p.retryAfter, p.kept)
	}
}

func (p *probe) refused(t *testing.T) {
	t.Helper()
	if p.status != http.StatusServiceUnavailable {
		t.Errorf("a report without a database is answered with %d", p.status)
	}
}

// While the database is away, first refusing and then silent, everybody is told so at once and keeps their text. When it is
// back, all goes on within five seconds.
func TestTheDatabaseIsAway(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	if !*long {
		t.Skip("only with -long: it is a minute of waiting")
	}
	away := scale(3*time.Second, time.Minute)
	r := begin(t, fmt.Sprintf("the database away for %s, refusing, then for %s, silent", away, 2*away), "2 web processes, 6 people at the form")
	w := newTown(t)
	wire := intercept(t, w.url)
	pages := newFleet(t, 2, "web", wire.url)
	l := newLoad(t)
	l.persist += 2 * away // nobody gives up in the long silence
	l.pages(6, w.Network.ID, pages.pick)
	b := programtest.NewBrowser(t, "http://"+pages[0].address)
	for _, fault := range []struct {
		name   string
		set    func(bool)
		lasts  time.Duration
		within time.Duration // in which people are answered
	}{{"refusing", wire.vanish, away, 2 * time.Second}, {"silent", wire.hush, 2*away + 4*time.Second, 13 * time.Second}} {
		l.until(l.ledger.acknowledged() + 20)
		key, err := b.Form()
		if err != nil {
			t.Fatal(err)
		}
		fault.set(true)
		var slowest time.Duration
		for end := time.Now().Add(fault.lasts); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
			var p probe
			p.report(t, b, key, "Typed while the database is away", w.Network.ID)
			p.says(t, fault.within)
			p.refused(t)
			slowest = max(slowest, p.took)
		}
		fault.set(false)
		back := time.Now()
		l.until(l.ledger.acknowledged() + 5)
		r.Notef("%s: answered within %s, back %s after it", fault.name, slowest.Round(time.Millisecond), time.Since(back).Round(time.Millisecond))
		if time.Since(back) > 5*time.Second {
			t.Errorf("%s: it takes %s until all goes on", fault.name, time.Since(back))
		}
	}
	l.finish()
	l.ledger.check(t, r, connect(t, w.url), reportsKept)
	hold(t, w.url)
}

// Reports of figures that wait for a lock take every connection that they may have. People who report still get in, or are
// told when to come back.
func TestFiguresTakeAllConnections(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	seconds := scale(6*time.Second, time.Minute)
	r := begin(t, "30 reports of figures at a time that wait for a lock", "one web process with 5 connections, 4 people at the form")
	w := newTown(t)
	token := w.token(t)
	page := launch(t, "web", w.url, "--database-conns=5")
	lock := connect(t, w.url)
	b := programtest.NewBrowser(t, "http://"+page.address)
	l := newLoad(t)
	l.pages(4, w.Network.ID, func() string { return page.address })
	l.until(10)
	for _, sql := range []string{"begin", "lock table milestones in access exclusive mode"} {
		if _, err := lock.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	end := time.Now().Add(seconds)
	var asking sync.WaitGroup
	for range 30 {
		asking.Go(func() {
			for time.Now().Before(end) {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.Base+"/api/v1/reports/speed", nil)
				if err != nil {
					return
				}
				request.Header.Set("Authorization", "Bearer "+token)
				if response, err := http.DefaultClient.Do(request); err == nil {
					_, _ = io.Copy(io.Discard, response.Body)
					_ = response.Body.Close()
				}
			}
		})
	}
	var took []time.Duration
	for n := 0; time.Now().Before(end); n++ {
		key, err := w.Desk.NewFormKey(core.Anonymous(core.DoorWeb, ""))
		if err != nil {
			t.Fatal(err)
		}
		var p probe
		p.report(t, b, key, fmt.Sprint("Typed while figures are made ", n), w.Network.ID)
		p.says(t, 6*time.Second)
		took = append(took, p.took)
		time.Sleep(50 * time.Millisecond)
	}
	asking.Wait()
	if _, err := lock.Exec(t.Context(), "rollback"); err != nil {
		t.Fatal(err)
	}
	l.until(l.ledger.acknowledged() + 5)
	l.finish()
	slices.Sort(took)
	r.Notef("of %d reports meanwhile half are answered within %s, all within %s", len(took), took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	l.ledger.check(t, r, connect(t, w.url), reportsKept)
	hold(t, w.url)
}
