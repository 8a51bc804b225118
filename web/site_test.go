package web_test

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web"
)

// site is the pages over a small campus of their own, served on the loopback.
type site struct {
	*storagetest.Campus
	handler *web.Handler
	server  *httptest.Server
	log     *safeBuffer
}

// safeBuffer is a log that many requests write to.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteWith(t, storagetest.NewCampus(t), web.Options{})
}

func newSiteWith(t *testing.T, campus *storagetest.Campus, opts web.Options) *site {
	t.Helper()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Campus: campus, log: &safeBuffer{}}
	s.server = httptest.NewUnstartedServer(nil)
	if opts.PublicURL == nil {
		opts.PublicURL = &url.URL{Scheme: "http", Host: s.server.Listener.Addr().String()}
	}
	opts.Logger = slog.New(slog.NewJSONHandler(s.log, nil))
	if s.handler, err = web.New(campus.Desk, words, opts); err != nil {
		t.Fatal(err)
	}
	s.server.Config.Handler = s.handler
	s.server.Start()
	t.Cleanup(s.server.Close)
	return s
}

// browser is one person at the pages. It keeps cookies and follows no redirects by itself.
type browser struct {
	t    *testing.T
	site *site
	http *http.Client
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as is a browser in which somebody has signed in.
func (s *site) as(t *testing.T, u core.User) *browser {
	t.Helper()
	b := s.browser(t)
	address, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	b.http.Jar.SetCookies(address, []*http.Cookie{{Name: "session", Value: s.SignIn(t, u, core.DoorWeb).Token, Path: "/"}})
	return b
}

// answer is what came back, read to its end.
type answer struct {
	Status   int
	Header   http.Header
	Body     string
	Location string
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	response, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if text.IsMissing(string(body)) {
		b.t.Errorf("%s %s: a message is missing: %s", r.Method, r.URL.Path, regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(string(body)))
	}
	return answer{Status: response.StatusCode, Header: response.Header, Body: string(body), Location: response.Header.Get("Location")}
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.site.server.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil))
}

func (b *browser) post(path string, fields url.Values) answer {
	b.t.Helper()
	r := b.request(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// want checks a status, and returns the answer for more.
func (b *browser) want(status int, a answer) answer {
	b.t.Helper()
	if a.Status != status {
		b.t.Fatalf("status %d, want %d: %.600s", a.Status, status, a.words())
	}
	return a
}

// open gets a page that must be there.
func (b *browser) open(path string) answer {
	b.t.Helper()
	return b.want(http.StatusOK, b.get(path))
}

var (
	keyPattern     = regexp.MustCompile(`name="key" value="([^"]*)"`)
	versionPattern = regexp.MustCompile(`name="version" value="([^"]*)"`)
	tagPattern     = regexp.MustCompile(`<[^>]*>`)
	titlePattern   = regexp.MustCompile(`<title>([^<]*)</title>`)
	checkedPattern = regexp.MustCompile(`name="category" id="[^"]*" value="([^"]*)" checked`)
)

func (a answer) key() string { return found(keyPattern, a.Body) }

func (a answer) version() string { return found(versionPattern, a.Body) }

func (a answer) title() string { return html.UnescapeString(found(titlePattern, a.Body)) }

// words is the page as it is read.
func (a answer) words() string {
	return strings.Join(strings.Fields(html.UnescapeString(tagPattern.ReplaceAllString(a.Body, " "))), " ")
}

func found(pattern *regexp.Regexp, s string) string {
	if m := pattern.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// says checks that a page says something.
func (a answer) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.words(), w) {
			t.Errorf("the page does not say %q: %s", w, a.words())
		}
	}
}

func (a answer) doesNotSay(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			t.Errorf("the page says %q", w)
		}
	}
}

// aReport is a report that a guest could send.
func (s *site) aReport(key string) url.Values {
	return url.Values{
		"key": {key}, "title": {"Projector stays dark"}, "building": {"LIB"}, "room": {"204"},
		"category": {strconv.FormatInt(int64(s.Network.ID), 10)}, "description": {"Since Monday."}, "contact": {"guest@example.edu"}, "name": {"Gus"},
	}
}

// guestTicket is a ticket of somebody without an account: the path of its private page, its number.
func (s *site) guestTicket(t *testing.T) (string, core.TicketID) {
	t.Helper()
	b := s.browser(t)
	sent := b.want(http.StatusSeeOther, b.post("/report", s.aReport(b.open("/").key())))
	path := strings.TrimSuffix(sent.Location, "/sent")
	_, id, err := s.Desk.Guest(t.Context(), core.DoorWeb, strings.TrimPrefix(path, "/t/"), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return path, id
}

// ownTicket is a ticket of somebody with an account: the path of its page, its number.
func (s *site) ownTicket(t *testing.T, u core.User, title string) (string, core.TicketID) {
	t.Helper()
	id := s.Report(t, u, title)
	view, err := s.Desk.Ticket(t.Context(), storagetest.As(u, core.DoorWeb), id)
	if err != nil {
		t.Fatal(err)
	}
	return "/tickets/" + string(view.Ticket.Reference), id
}
