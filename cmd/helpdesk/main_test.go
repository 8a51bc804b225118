package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"helpdesk.campus/core"
)

// built is the program as `make build` makes it, built once for all tests of the package.
var built struct {
	sync.Once

	dir string
	err error
	out []byte
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// program builds the program and returns where it is.
func program(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "helpdesk-built-"); built.err != nil {
			return
		}
		built.out, built.err = exec.Command("go", "build", "-o", filepath.Join(built.dir, "helpdesk"), ".").CombinedOutput()
	})
	if built.err != nil {
		t.Fatalf("build the program: %v\n%s", built.err, built.out)
	}
	return filepath.Join(built.dir, "helpdesk")
}

// process is the program running.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	output *lockedBuffer
	ended  chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs the program with arguments, and with nothing of the test's own settings.
func start(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, output: &lockedBuffer{}, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), program(t), args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(p.kill)
	return p
}

// kill ends the program as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop ends the program as an operator does, and returns its exit code.
func (p *process) stop() int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(40 * time.Second):
		p.t.Fatalf("the program does not stop:\n%s", p.output)
	}
	return p.cmd.ProcessState.ExitCode()
}

// find waits until the program has written something, and returns its first group.
func (p *process) find(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if m := re.FindStringSubmatch(p.output.String()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-p.ended:
			if m := re.FindStringSubmatch(p.output.String()); m != nil {
				return m[len(m)-1]
			}
			p.t.Fatalf("the program ended without writing %s:\n%s", pattern, p.output)
		default:
		}
	}
	p.t.Fatalf("the program does not write %s:\n%s", pattern, p.output)
	return ""
}

// browser is somebody's browser without JavaScript, and without a screen.
type browser struct {
	base   string
	client *http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{base: base, client: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{}}}
}

func (b *browser) get(path string) (status int, body string, err error) {
	return b.do(http.MethodGet, path, nil)
}

func (b *browser) post(path string, form url.Values) (status int, body string, err error) {
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (b *browser) do(method, path string, body *strings.Reader) (int, string, error) {
	reader := strings.NewReader("")
	if body != nil {
		reader = body
	}
	request, err := http.NewRequestWithContext(context.Background(), method, b.base+path, reader)
	if err != nil {
		return 0, "", err //nolint:wrapcheck // a test's own
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", b.base)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, "", err //nolint:wrapcheck // a test's own
	}
	defer func() { _ = response.Body.Close() }()
	var page bytes.Buffer
	_, err = page.ReadFrom(response.Body)
	return response.StatusCode, page.String(), err //nolint:wrapcheck // a test's own
}

var (
	formKey   = regexp.MustCompile(`name="key" value="([^"]+)"`)
	reference = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{5}`)
)

// report sends a report as a guest, and returns its reference once the page has confirmed it.
func (b *browser) report(title string, category core.CategoryID) (core.Reference, error) {
	_, page, err := b.get("/")
	if err != nil {
		return "", err
	}
	key := formKey.FindStringSubmatch(page)
	if key == nil {
		return "", errNoForm
	}
	status, page, err := b.post("/report", url.Values{
		"key": {key[1]}, "title": {title}, "room": {"by the fountain"}, "category": {category.String()}, "contact": {"gus@example.org"},
	})
	if err != nil {
		return "", err
	}
	found := reference.FindString(page)
	if status != http.StatusOK || found == "" {
		return "", errNotConfirmed
	}
	return core.Reference(found), nil
}
