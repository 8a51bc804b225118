package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web/api"
)

var document = flag.String("document", "", "write the OpenAPI document to this file")

// site is an API over a small campus.
type site struct {
	*storagetest.Campus
	api    *api.API
	server *httptest.Server
	check  *contract
	logged *bytes.Buffer
}

func newSite(t testing.TB) *site {
	t.Helper()
	return siteOn(t, storagetest.NewCampus(t))
}

func siteOn(t testing.TB, campus *storagetest.Campus) *site {
	t.Helper()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Campus: campus, logged: &bytes.Buffer{}}
	s.api, err = api.New(campus.Desk, words, api.Options{
		Address: func(*http.Request) string { return "192.0.2.7" },
		Logger:  slog.New(slog.NewTextHandler(s.logged, nil)), Recheck: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.check = readContract(t, s.api.Document())
	s.server = httptest.NewServer(s.api)
	t.Cleanup(s.server.Close)
	return s
}

// program is somebody's program with a token.
type program struct {
	t     testing.TB
	site  *site
	token string
}

func (s *site) program(t testing.TB, u core.User, scope core.TokenScope) *program {
	t.Helper()
	_, secret, err := s.Desk.NewToken(t.Context(), storagetest.As(u, core.DoorSSH), core.NewToken{Name: "test", Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	return &program{t: t, site: s, token: secret}
}

// answer is what came back, read to its end.
type answer struct {
	t      testing.TB
	Status int
	Header http.Header
	Body   string
}

// send sends a request; pairs are headers. What comes back must be what the document says.
func (p *program) send(method, path, body string, pairs ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.site.server.URL+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if body != "" && (strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[")) {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	return p.do(r)
}

func (p *program) do(r *http.Request) answer {
	p.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{t: p.t, Status: response.StatusCode, Header: response.Header, Body: string(raw)}
	p.site.validate(p.t, r, response, raw)
	return a
}

// validate fails the test if an answer is not what the document says.
func (s *site) validate(t testing.TB, r *http.Request, response *http.Response, body []byte) {
	t.Helper()
	if strings.HasPrefix(r.URL.Path, api.Prefix) {
		if err := s.check.answer(r, response, body); err != nil {
			t.Errorf("%s %s: %d is not as documented: %v\n%.300s", r.Method, r.URL.Path, response.StatusCode, err, body)
		}
	}
}

// want checks the status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("status %d, want %d: %.500s", a.Status, status, a.Body)
	}
	return a
}

// value is what stands at a place in the answer: "errors.0.field".
func (a answer) value(path string) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		a.t.Fatalf("%v: %.300s", err, a.Body)
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i := int(key[0] - '0')
			if i >= len(at) {
				return nil
			}
			v = at[i]
		}
	}
	return v
}

func TestTheDocumentIsWhole(t *testing.T) {
	t.Parallel()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(&core.Desk{}, words, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if *document != "" {
		if err := os.WriteFile(*document, a.Document(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	readContract(t, a.Document())
}

func (s *site) path(id core.TicketID) string {
	return api.Prefix + "/tickets/" + strings.TrimPrefix(id.String(), "#")
}

func jsonNumber(n float64) string { return strconv.FormatInt(int64(n), 10) }
