package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
)

// TestRunBringsItsOwn starts the demo from nothing, reports something, stops it, and finds the report
// there the next time.
func TestRunBringsItsOwn(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "helpdesk-run-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	args := []string{"run", "--data=" + dir, "--web-addr=127.0.0.1:0", "--ssh-addr=127.0.0.1:0"}
	first := programtest.Start(t, nil, args...)
	base := first.Find(`on the page +(http://\S+)`)
	first.Find(`(Ctrl-C stops it)`)
	first.Find(`ssh -p (\d+)`)
	b := programtest.NewBrowser(t, base)
	status, page, err := b.Get("/")
	if err != nil || status != 200 {
		t.Fatalf("the page answers %d, %v", status, err)
	}
	if !strings.Contains(page, "Library") {
		t.Error("the form does not know the demo's library")
	}
	if code := first.Stop(); code != 0 {
		t.Errorf("it ends with %d:\n%s", code, first.Output)
	}
	second := programtest.Start(t, nil, args...)
	second.Find(`(Ctrl-C stops it)`)
	if strings.Contains(second.Output.String(), "making") {
		t.Errorf("the demo was made again:\n%s", second.Output)
	}
	if code := second.Stop(); code != 0 {
		t.Errorf("the second time it ends with %d:\n%s", code, second.Output)
	}
}

// TestRunBringsItsDatabaseBack kills the private database under the program, and finds the page serving again.
func TestRunBringsItsDatabaseBack(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "helpdesk-run-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := programtest.Start(t, nil, "run", "--empty", "--data="+dir, "--web-addr=127.0.0.1:0", "--ssh-addr=127.0.0.1:0")
	b := programtest.NewBrowser(t, p.Find(`on the page +(http://\S+)`))
	answers := func() bool { status, _, err := b.Get("/known"); return err == nil && status == 200 }
	await(t, "the page", answers)
	for range 2 {
		pid := postmaster(t, dir)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		await(t, "another database", func() bool { now := postmaster(t, dir); return now != 0 && now != pid })
		await(t, "the page", answers)
	}
	if code := p.Stop(); code != 0 {
		t.Errorf("it ends with %d:\n%s", code, p.Output)
	}
}

// postmaster is the process of a private database; 0 while there is none.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}

func TestAWrongSettingIsRefusedWithItsName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no database":          {[]string{"serve"}, "HELPDESK_DATABASE_URL is not set"},
		"not a database":       {[]string{"migrate", "--database-url=mysql://db"}, "HELPDESK_DATABASE_URL is not the URL of a PostgreSQL database"},
		"no public URL":        {[]string{"serve", "--database-url=postgres://db/x"}, "HELPDESK_PUBLIC_URL is not set"},
		"public URL with path": {[]string{"serve", "--public-url=https://a.example/desk"}, "HELPDESK_PUBLIC_URL"},
		"zone":                 {[]string{"serve", "--zone=Europe/Atlantis"}, "HELPDESK_ZONE"},
		"proxies":              {[]string{"serve", "--trusted-proxies=10.0.0.0/99"}, "HELPDESK_TRUSTED_PROXIES"},
		"startups":             {[]string{"serve", "--ssh-max-startups=20:30:10"}, "HELPDESK_SSH_MAX_STARTUPS"},
		"startups in words":    {[]string{"run", "--ssh-max-startups=many"}, "HELPDESK_SSH_MAX_STARTUPS"},
		"exempt":               {[]string{"serve", "--ssh-exempt=the library"}, "HELPDESK_SSH_EXEMPT"},
		"certificate alone":    {[]string{"serve", "--tls-cert=/x.pem"}, "HELPDESK_TLS_KEY"},
		"demo for the world":   {[]string{"run", "--web-addr=0.0.0.0:80"}, "HELPDESK_WEB_ADDR"},
		"service":              {[]string{"serve", "--only=mail"}, "--only"},
		"role":                 {[]string{"user", "add", "--role=boss", "ana"}, "--role"},
		"size of a file":       {[]string{"serve", "--ssh-max-file=enough"}, "--ssh-max-file"},
		"reports per address":  {[]string{"serve", "--reports-per-address=-5"}, "HELPDESK_REPORTS_PER_ADDRESS is -5: give a number from 0 on"},
		"reports per account":  {[]string{"run", "--reports-per-account=-1"}, "HELPDESK_REPORTS_PER_ACCOUNT is -1: give a number from 0 on"},
		"calls per token":      {[]string{"serve", "--calls-per-token=-5"}, "HELPDESK_CALLS_PER_TOKEN is -5: give a number from 0 on"},
		"calls per address":    {[]string{"serve", "--calls-per-address=-5"}, "HELPDESK_CALLS_PER_ADDRESS is -5: give a number from 0 on"},
		"per source":           {[]string{"serve", "--ssh-per-source=0"}, "HELPDESK_SSH_PER_SOURCE is 0: give a number from 1 on"},
		"startups below none":  {[]string{"serve", "--ssh-max-startups=-1"}, "HELPDESK_SSH_MAX_STARTUPS"},
		"files below none":     {[]string{"serve", "--api-max-file=-5MB"}, "--api-max-file"},
		"drain below none":     {[]string{"serve", "--drain-wait=-1s"}, "HELPDESK_DRAIN_WAIT"},
		"connections":          {[]string{"migrate", "--database-conns=0"}, "HELPDESK_DATABASE_CONNS"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			if code := run(t.Context(), c.args, &out, &errs); code == 0 {
				t.Error("it is accepted")
			}
			if !strings.Contains(errs.String(), c.want) {
				t.Errorf("it says %q, want %q in it", errs.String(), c.want)
			}
		})
	}
}

// Who says nothing gets every usual limit, and what is said is what holds.
func TestTheLimitsAreTheUsualOnesAndWhatTheFlagsSay(t *testing.T) {
	t.Parallel()
	said := core.DefaultLimits()
	said.CallsPerToken, said.CallsPerAddress = 5, 0
	for _, test := range []struct {
		args []string
		want core.Limits
	}{
		{nil, core.DefaultLimits()},
		{[]string{"--calls-per-token=5", "--calls-per-address=0"}, said},
	} {
		var flags campus
		parser, err := kong.New(&flags)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(test.args); err != nil {
			t.Fatal(err)
		}
		if got := flags.options().Limits; got != test.want {
			t.Errorf("with %v the limits are %+v, want %+v", test.args, got, test.want)
		}
	}
}

func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{{}, {"serve"}, {"run"}, {"migrate"}, {"user"}, {"user", "add"}, {"user", "code"}, {"user", "role"}, {"import"}, {"report"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(command, "--help"), &out, &errs); code != 0 || !strings.Contains(out.String(), "Usage: helpdesk") {
			t.Errorf("helpdesk %s --help ends with %d and says %q %q", strings.Join(command, " "), code, out.String(), errs.String())
		}
	}
}

// TestTheReadmeNamesEverySetting compares the variables of the README with those of the command line,
// both ways.
func TestTheReadmeNamesEverySetting(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]bool)
	for _, name := range regexp.MustCompile(`HELPDESK_[A-Z_]*[A-Z]`).FindAllString(string(readme), -1) {
		told[name] = true
	}
	var c cli
	parser, err := c.parser()
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, flags := range append(parser.Model.AllFlags(true), commandFlags(parser.Model.Node)...) {
		for _, flag := range flags {
			for _, env := range flag.Envs {
				known[env] = true
				if strings.HasPrefix(env, "HELPDESK_") && !told[env] {
					t.Errorf("the README does not name %s", env)
				}
			}
		}
	}
	for name := range told {
		if !known[name] {
			t.Errorf("the README names %s, which nothing reads", name)
		}
	}
}

func commandFlags(node *kong.Node) [][]*kong.Flag {
	all := [][]*kong.Flag{node.Flags}
	for _, child := range node.Children {
		all = append(all, commandFlags(child)...)
	}
	return all
}
