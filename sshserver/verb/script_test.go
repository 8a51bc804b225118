package verb_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/storage/storagetest"
)

// TestScripts runs the scripts below testdata with the real program ssh against the real helpdesk, each with a campus of
// its own. Besides the commands of testscript there are
//
//	as NAME WORDS…           ssh as somebody, which must (with ! must not) succeed
//	exits STATUS NAME WORDS… the same, and end with that status
//	tty NAME WORDS…          as, on a terminal
//	until PATTERN NAME WORDS…  as, again until standard output matches: events wait for transactions of other databases
//	revoke NAME              somebody's key is taken away
//	unsafe                   fails if standard output or error hold what a terminal would obey
//
// $T1 is ana's ticket about the network, $R1 its reference; $H1 one of ben's about heating, $C1 a confidential one of ben's.
func TestScripts(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ssh")
	storagetest.Need(t, err, "the program ssh")
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			t, ok := env.T().(testing.TB)
			if !ok {
				return errors.New("the scripts are not run by testing")
			}
			return prepare(t, env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as": func(ts *testscript.TestScript, neg bool, args []string) {
				if status := run(ts, program, args[0], nil, args[1:]); (status == 0) == neg {
					ts.Fatalf("ended with %d", status)
				}
			},
			"tty": func(ts *testscript.TestScript, neg bool, args []string) {
				if status := run(ts, program, args[0], []string{"-tt"}, args[1:]); (status == 0) == neg {
					ts.Fatalf("ended with %d", status)
				}
			},
			"exits": func(ts *testscript.TestScript, _ bool, args []string) {
				if status := run(ts, program, args[1], nil, args[2:]); strconv.Itoa(status) != args[0] {
					ts.Fatalf("ended with %d", status)
				}
			},
			"revoke": revoke,
			"until": func(ts *testscript.TestScript, _ bool, args []string) {
				wanted := regexp.MustCompile(`(?m)` + args[0])
				for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
					if status := run(ts, program, args[1], nil, args[2:]); status != 0 {
						ts.Fatalf("ended with %d", status)
					}
					if wanted.MatchString(ts.ReadFile("stdout")) {
						return
					}
					if time.Now().After(deadline) {
						ts.Fatalf("no match for %s", args[0])
					}
				}
			},
			"unsafe": func(ts *testscript.TestScript, _ bool, _ []string) {
				if out := ts.ReadFile("stdout") + ts.ReadFile("stderr"); strings.ContainsFunc(out, obeyed) {
					ts.Fatalf("what came holds characters that a terminal obeys: %q", out)
				}
			},
		},
	})
}

type campusKey struct{}

func prepare(t testing.TB, env *testscript.Env) error {
	t.Helper()
	url := storagetest.URL(t)
	c := withKeys(t, storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})))
	c.addr = startProgram(t, url)
	folder, err := os.MkdirTemp("", "keys")
	if err != nil {
		return err
	}
	env.Defer(func() { _ = os.RemoveAll(folder) })
	if err := c.writeKeys(folder); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(c.addr)
	if err != nil {
		return err
	}
	ticket := c.Report(t, c.Ana, "No signal in the reading room")
	view, err := c.Desk.Ticket(t.Context(), storagetest.As(c.Ana, core.DoorSSH), ticket)
	if err != nil {
		return err
	}
	number := func(id core.TicketID) string { return strconv.FormatInt(int64(id), 10) }
	env.Setenv("KEYS", folder)
	env.Setenv("PORT", port)
	env.Setenv("T1", number(ticket))
	env.Setenv("R1", string(view.Ticket.Reference))
	env.Setenv("H1", number(c.ReportIn(t, c.Ben, "Radiator is cold", c.Heating)))
	env.Setenv("C1", number(c.ReportIn(t, c.Ben, "Somebody shouted", c.Abuse)))
	if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
		return err
	}
	var hostile strings.Builder
	for _, p := range plaintest.Payloads() {
		hostile.WriteString(p.Text + "\n")
	}
	env.Values[campusKey{}] = c
	return os.WriteFile(filepath.Join(env.WorkDir, "hostile.txt"), []byte(hostile.String()), 0o600)
}

func run(ts *testscript.TestScript, program, name string, options, words []string) int {
	args := []string{
		"-F", "none", "-p", ts.Getenv("PORT"), "-i", filepath.Join(ts.Getenv("KEYS"), name), "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes",
		"-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes",
	}
	args = append(append(append(args, options...), "127.0.0.1"), words...)
	err := ts.Exec(program, args...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

func revoke(ts *testscript.TestScript, _ bool, args []string) {
	c, ok := ts.Value(campusKey{}).(*campus)
	if !ok {
		ts.Fatalf("there is no campus")
	}
	ctx := context.Background()
	user, err := c.Desk.FindUser(ctx, core.Operator(), args[0])
	ts.Check(err)
	key := c.keys[args[0]]
	fingerprint, err := fingerprintOf(key)
	ts.Check(err)
	ts.Check(c.Desk.RevokeKey(ctx, core.Operator(), user.ID, fingerprint))
}

// obeyed is what a terminal would act on instead of showing it.
func obeyed(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
