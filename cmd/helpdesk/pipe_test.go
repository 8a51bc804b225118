package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// sshAs makes somebody a key and returns how to call the program ssh with it.
func sshAs(t *testing.T, c *storagetest.Campus, who core.User) func(address string, words ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("ssh")
	storagetest.Need(t, err, "the program ssh")
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.AddKey(t.Context(), core.Operator(), who.ID, string(gossh.MarshalAuthorizedKey(key)), "laptop"); err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, who.Username)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key")
	save(t, file, pem.EncodeToMemory(block))
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(address string, words ...string) *exec.Cmd {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		args := []string{
			"-F", "none", "-p", port, "-i", file, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
			"-o", "LogLevel=ERROR", "-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes", host,
		}
		return exec.CommandContext(t.Context(), program, append(args, words...)...)
	}
}

// peak is the most memory that a process has had, in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("there is no /proc to read the memory of a process from")
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Skip("/proc does not say how much memory a process has had")
	}
	kB, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB << 10
}

// lines is a log of so many bytes.
type lines struct{ left int }

func (l *lines) Read(p []byte) (int, error) {
	const line = "Nov 25 03:00:00 ap-17 kernel: radio reset, trying the next channel of the list\n"
	if l.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && l.left > 0 {
		took := copy(p[n:min(len(p), n+l.left)], line)
		n, l.left = n+took, l.left-took
	}
	return n, nil
}

// TestAHundredMegabytesTakeNoMemory sends a file of the largest size through the real program and gets it back. What the
// program needed for it is measured by the system, and is far below the file's size.
func TestAHundredMegabytesTakeNoMemory(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	number := strconv.FormatInt(int64(c.Report(t, c.Ana, "The access point resets")), 10)
	p := programtest.Start(t, nil, "serve", "--only=ssh", "--unsafe", "--ssh-addr=127.0.0.1:0", "--public-url=https://helpdesk.example.edu", "--database-url="+url)
	address := p.Find(`msg=serving .*ssh=(\S+)`)
	ines := sshAs(t, c, c.Ines)
	if out, err := ines(address, "me").CombinedOutput(); err != nil {
		t.Fatalf("me: %v: %s", err, out)
	}
	before := peak(t, p.Cmd.Process.Pid)

	const size, room = 100 << 20, 48 << 20
	sent := sha256.New()
	attach := ines(address, "attach", number, "syslog.log", "--json")
	attach.Stdin = io.TeeReader(&lines{left: size}, sent)
	out, err := attach.CombinedOutput()
	if err != nil {
		t.Fatalf("attach: %v: %s", err, out)
	}
	if want := fmt.Sprintf(`"sha256":"%x"`, sent.Sum(nil)); !strings.Contains(string(out), want) {
		t.Errorf("attach says %s, want %s in it", out, want)
	}
	came := sha256.New()
	get := ines(address, "get", number, "syslog.log")
	get.Stdout = came
	if err := get.Run(); err != nil {
		t.Fatalf("get: %v", err)
	}
	if string(came.Sum(nil)) != string(sent.Sum(nil)) {
		t.Error("what came is not what was sent")
	}
	grown := peak(t, p.Cmd.Process.Pid) - before
	t.Logf("the program took %d MB more than the %d MB that it had", grown>>20, before>>20)
	if grown > room {
		t.Errorf("that is more than %d MB", room>>20)
	}

	more := ines(address, "attach", number, "more.log")
	more.Stdin = &lines{left: size + 1}
	said, err := more.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 65 || !strings.Contains(string(said), "larger than 100 MB") {
		t.Errorf("one byte too many: %v: %s", err, said)
	}
}

// TestAReaderThatStopsHoldsUpNobody leaves a large file half-read, and works on beside it with as many connections to
// the database as the program has.
func TestAReaderThatStopsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	number := strconv.FormatInt(int64(c.Report(t, c.Ana, "The access point resets")), 10)
	p := programtest.Start(t, nil, "serve", "--only=ssh", "--unsafe", "--ssh-addr=127.0.0.1:0", "--database-conns=2", "--public-url=https://helpdesk.example.edu", "--database-url="+url)
	address := p.Find(`msg=serving .*ssh=(\S+)`)
	ines := sshAs(t, c, c.Ines)
	attach := ines(address, "attach", number, "syslog.log")
	attach.Stdin = &lines{left: 20 << 20}
	if out, err := attach.CombinedOutput(); err != nil {
		t.Fatalf("attach: %v: %s", err, out)
	}
	const readers = 4 // twice as many as there are connections to the database
	for range readers {
		get := ines(address, "get", number, "syslog.log")
		out, err := get.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := get.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 1<<10)); err != nil { // and no more of it
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = get.Process.Kill(); _ = get.Wait() })
	}
	if out, err := ines(address, "note", number, "--message", "Works").CombinedOutput(); err != nil {
		t.Errorf("note: %v: %s", err, out)
	}
	if code := p.Stop(); code != 0 {
		t.Errorf("the program ends with %d:\n%s", code, p.Output)
	}
}
