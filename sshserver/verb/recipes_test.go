package verb_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

var recipe = regexp.MustCompile("(?s)```sh\n(.*?)```")

// TestRecipesWork runs the recipes of docs/scripting.md that speak SSH, one after another in one shell that stops at the first that
// fails. Those over HTTP are run where the API is tested.
func TestRecipesWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ssh", "jq", "xargs", "bash"} {
		_, err := exec.LookPath(name)
		storagetest.Need(t, err, "the program "+name)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripting.md"))
	fatal(t, err)
	c := newCampus(t)
	id := c.Report(t, c.Ana, "No signal in the reading room")
	if id.String() != "#1001" {
		t.Fatalf("the first ticket is %s, and the recipes speak of 1001", id)
	}
	urgent := core.Urgent
	_, err = c.Desk.Change(t.Context(), storagetest.As(c.Ines, core.DoorSSH), c.Report(t, c.Ben, "Projector smokes"), 0, core.Change{Priority: &urgent})
	fatal(t, err)
	folder := t.TempDir()
	fatal(t, c.writeKeys(folder))
	host, port, _ := strings.Cut(c.addr, ":")
	config := "Host helpdesk.example.edu\n HostName " + host + "\n Port " + port + "\n IdentityFile " + filepath.Join(folder, "ines") +
		"\n IdentityAgent none\n IdentitiesOnly yes\n BatchMode yes\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n"
	fatal(t, os.WriteFile(filepath.Join(folder, "config"), []byte(config), 0o600))
	openSSH, err := exec.LookPath("ssh")
	fatal(t, err)
	bin := filepath.Join(folder, "bin") // an ssh with this test's settings, as one's own has one's own
	fatal(t, os.Mkdir(bin, 0o700))
	fatal(t, os.WriteFile(filepath.Join(bin, "ssh"), []byte("#!/bin/sh\nexec "+openSSH+" -F "+filepath.Join(folder, "config")+" \"$@\"\n"), 0o700))

	awaitFeed(t, c, id)
	var script strings.Builder
	script.WriteString("set -eu -o pipefail\n")
	for _, m := range recipe.FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(m[1], "curl") {
			script.WriteString(m[1])
		}
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	shell.Dir, shell.Env = folder, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("the recipes end with %v:\n%s", err, out)
	}
	for _, want := range []string{
		"1002\turgent\tProjector smokes\n", "2 LIB-204\n", "\ntrue\n", "ap-17.log\t", `"queue": "it"`, "There is no such ticket",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the recipes say no %q:\n%s", want, out)
		}
	}
	for file, want := range map[string]string{"ap-17.log": "radio reset", "flow.csv": "from,to,created", "tickets.csv": "number,status", "cursor": ""} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil || len(text) == 0 || !strings.Contains(string(text), want) {
			t.Errorf("%s holds %q, %v", file, text, err)
		}
	}
}

// awaitFeed waits until a ticket's event can be watched, which transactions of other databases of the server may hold up.
func awaitFeed(t *testing.T, c *campus, id core.TicketID) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		events, _, err := c.Desk.Watch(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.FeedCursor{}, 10)
		fatal(t, err)
		for _, e := range events {
			if e.Ticket() == id {
				return
			}
		}
	}
	t.Fatal("the event does not come")
}
