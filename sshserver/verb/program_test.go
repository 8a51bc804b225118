package verb_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the program, built once for all scripts: with the race detector where the tests have it.
var built struct {
	sync.Once

	dir string
	err error
}

func program(t testing.TB) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "helpdesk-built-"); built.err != nil {
			return
		}
		args := []string{"build", "-o", filepath.Join(built.dir, "helpdesk")}
		if raced {
			args = append(args, "-race")
		}
		if out, err := exec.Command("go", append(args, "helpdesk.campus/cmd/helpdesk")...).CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatalf("build the program: %v", built.err)
	}
	return filepath.Join(built.dir, "helpdesk")
}

// foundRace is what a program ends with that found a race.
const foundRace = 66

var listens = regexp.MustCompile(`msg=serving .*ssh=(\S+)`)

// startProgram serves the console of a database by the real program, and returns where. It fails the test if the program
// found a race.
func startProgram(t testing.TB, url string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program(t), "serve", "--only=ssh", "--unsafe", "--ssh-addr=127.0.0.1:0",
		"--public-url=https://helpdesk.example.edu", "--ssh-port=22", "--database-url="+url)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "GORACE=exitcode=" + strconv.Itoa(foundRace)}
	log, err := cmd.StderrPipe()
	fatal(t, err)
	fatal(t, cmd.Start())
	address := make(chan string, 1)
	read := make(chan struct{})
	var said strings.Builder // of the reader alone, until it has ended
	go func() {
		defer close(read)
		defer close(address)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if m := listens.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	t.Cleanup(func() {
		stop()
		<-read
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("the program ended with %d and had said:\n%s", code, said.String())
		}
	})
	select {
	case at, ok := <-address:
		if !ok {
			t.Fatal("the program ended before it served")
		}
		return at
	case <-time.After(time.Minute):
		t.Fatal("the program does not say that it serves")
	}
	return ""
}
