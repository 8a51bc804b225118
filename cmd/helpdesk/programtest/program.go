// Package programtest runs the program itself, for tests: as processes that are killed and stopped, and looked at with a
// browser without a screen.
package programtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
)

// built is the program as `make build` makes it, built once for all tests of a package.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "helpdesk-built-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "helpdesk")
	if out, err := exec.Command("go", "build", "-o", path, "helpdesk.campus/cmd/helpdesk").CombinedOutput(); err != nil {
		return path, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// Run runs the tests of a package that runs the program, removes what was built for them, and returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if path := used.Load(); path != nil {
		_ = os.RemoveAll(filepath.Dir(*path))
	}
	return code
}

// used is where the program was built; nil if no test has asked for it.
var used atomic.Pointer[string]

// Path builds the program and returns where it is.
func Path(t testing.TB) string {
	t.Helper()
	path, err := built()
	if path != "" {
		used.Store(&path)
	}
	if err != nil {
		t.Fatalf("build the program: %v", err)
	}
	return path
}

// Process is the program running.
type Process struct {
	t      testing.TB
	Cmd    *exec.Cmd
	Output *Buffer
	Ended  chan struct{} // closed when it has
}

// Buffer is written and read at the same time.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to it.
func (l *Buffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is what was written so far.
func (l *Buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Start runs the program with arguments, and with nothing of the test's own settings.
func Start(t testing.TB, env []string, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, Output: &Buffer{}, Ended: make(chan struct{})}
	p.Cmd = exec.CommandContext(context.WithoutCancel(t.Context()), Path(t), args...)
	p.Cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.Cmd.Stdout, p.Cmd.Stderr = p.Output, p.Output
	if err := p.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.Cmd.Wait(); close(p.Ended) }()
	t.Cleanup(p.Kill)
	return p
}

// Kill ends the program as a power cut would.
func (p *Process) Kill() {
	_ = p.Cmd.Process.Kill()
	<-p.Ended
}

// Stop ends the program as an operator does, and returns its exit code.
func (p *Process) Stop() int {
	p.t.Helper()
	_ = p.Cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.Ended:
	case <-time.After(40 * time.Second):
		p.t.Fatalf("the program does not stop:\n%s", p.Output)
	}
	return p.Cmd.ProcessState.ExitCode()
}

// Find waits until the program has written something, and returns its first group.
func (p *Process) Find(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := re.FindStringSubmatch(p.Output.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-p.Ended:
			if m := re.FindStringSubmatch(p.Output.String()); m != nil {
				return m[len(m)-1]
			}
			p.t.Fatalf("the program ended without writing %s:\n%s", pattern, p.Output)
		default:
		}
	}
	p.t.Fatalf("the program does not write %s:\n%s", pattern, p.Output)
	return ""
}

// Browser is somebody's browser without JavaScript, and without a screen.
type Browser struct {
	Base     string // of the pages
	Client   *http.Client
	Answered string // the method of what was answered last, which a redirect changes
}

// NewBrowser opens a browser on the pages at base.
func NewBrowser(t testing.TB, base string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{Base: base, Client: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{}}}
}

// Get opens a page.
func (b *Browser) Get(path string) (status int, body string, err error) {
	return b.do(http.MethodGet, path, nil)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) (status int, body string, err error) {
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (b *Browser) do(method, path string, body *strings.Reader) (int, string, error) {
	reader := strings.NewReader("")
	if body != nil {
		reader = body
	}
	request, err := http.NewRequestWithContext(context.Background(), method, b.Base+path, reader)
	if err != nil {
		return 0, "", err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", b.Base)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := b.Client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	b.Answered = response.Request.Method
	var page bytes.Buffer
	_, err = page.ReadFrom(response.Body)
	return response.StatusCode, page.String(), err
}

var (
	formKey   = regexp.MustCompile(`name="key" value="([^"]+)"`)
	reference = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{5}`)

	errNoForm       = errors.New("the page has no form")
	errNotConfirmed = errors.New("the report was not confirmed")
)

// Report sends a report as a guest, and returns its reference once the page has confirmed it.
func (b *Browser) Report(title string, category core.CategoryID) (core.Reference, error) {
	key, err := b.Form()
	if err != nil {
		return "", err
	}
	ref, _, err := b.Send(key, title, category)
	return ref, err
}

// Form opens the form of a report, and returns its key.
func (b *Browser) Form() (string, error) {
	_, page, err := b.Get("/")
	if err != nil {
		return "", err
	}
	key := formKey.FindStringSubmatch(page)
	if key == nil {
		return "", errNoForm
	}
	return key[1], nil
}

// Send sends a form of a report, and returns its reference once the page has confirmed it; or else the page that came.
func (b *Browser) Send(key, title string, category core.CategoryID) (core.Reference, string, error) {
	status, page, err := b.Post("/report", url.Values{
		"key": {key}, "title": {title}, "room": {"by the fountain"}, "category": {category.String()}, "contact": {"gus@example.org"},
	})
	if err != nil {
		return "", page, err
	}
	found := Reference(page)
	if status != http.StatusOK || found == "" {
		return "", page, fmt.Errorf("%w: %d", errNotConfirmed, status)
	}
	return found, page, nil
}

// Reference is the first reference of a ticket on a page, "" if there is none.
func Reference(page string) core.Reference { return core.Reference(reference.FindString(page)) }
