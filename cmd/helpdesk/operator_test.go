package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestAnOperatorLooksAfterAnInstallation backs a helpdesk up, proves that the copy can be restored, asks the
// doctor, and finds out that somebody rewrote the history.
func TestAnOperatorLooksAfterAnInstallation(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	id := c.Report(t, c.Ana, "No signal")
	operate := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != want {
			t.Fatalf("helpdesk %s ends with %d, want %d: %s%s", strings.Join(args, " "), code, want, out.String(), errs.String())
		}
		return out.String() + errs.String()
	}
	at := []string{"--database-url=" + url, "--unsafe"}
	file := filepath.Join(t.TempDir(), "helpdesk.backup")

	if got := operate(1, append([]string{"doctor"}, at...)...); !strings.Contains(got, "No backup was made") || !strings.Contains(got, "fsync") {
		t.Errorf("the doctor says %s", got)
	}
	if got := operate(0, append([]string{"backup", file}, at...)...); !strings.Contains(got, "Backed up") {
		t.Errorf("the backup says %s", got)
	}
	if got := operate(1, append([]string{"doctor", "--deep"}, at...)...); strings.Contains(got, "No backup was made") || !strings.Contains(got, "The whole history is as it was written.") ||
		!strings.Contains(got, "The figures follow from the history.") {
		t.Errorf("after a backup the doctor says %s", got)
	}
	if got := operate(0, "restore", "--try", file); !regexp.MustCompile(`Restored [1-9]\d* rows .* SHA-256 are those of the backup`).MatchString(got) {
		t.Errorf("the trial says %s", got)
	}
	if got := operate(1, append([]string{"restore", file}, at...)...); !strings.Contains(got, "in use") {
		t.Errorf("over a helpdesk in use it says %s", got)
	}

	head := regexp.MustCompile(`\d+:[0-9a-f]{64}`).FindString(operate(0, append([]string{"audit", "seal"}, at...)...))
	if got := operate(0, append([]string{"audit", "heads"}, at...)...); head == "" || !strings.Contains(got, head) {
		t.Errorf("the heads are %s, want %s", got, head)
	}
	operate(0, append([]string{"audit", "verify", "--head=" + head}, at...)...)
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(t.Context()) }()
	if _, err := owner.Exec(t.Context(), `update events set user_id = null where stream = 'ticket' and stream_id = $1`, int64(id)); err != nil {
		t.Fatal(err)
	}
	if got := operate(1, append([]string{"audit", "verify"}, at...)...); !strings.Contains(got, "ticket 1001, event 1") {
		t.Errorf("the audit says %s", got)
	}
	if got := operate(1, append([]string{"audit", "verify", "--head=1:00"}, at...)...); !strings.Contains(got, "not part of this history") {
		t.Errorf("of a head of another history it says %s", got)
	}
}

// TestAnOperatorArrangesACampus makes people and places of lists, and sees who did what.
func TestAnOperatorArrangesACampus(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	c.SignIn(t, c.Ana, core.DoorWeb)
	dir := t.TempDir()
	list := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	people := list("people.csv", "username,name,role,queues\nzoe,Zoe Zane,staff,it\n")
	again := list("again.csv", "username,name,role,queues\nzoe,Zoë Zane,admin,it facilities\n")
	broken := list("broken.csv", "username,role\nyan,boss\n")
	moved := list("moved.csv", "code,name,kind\nART,Art,building\n")
	places := list("places.csv", "code,name,kind,parent\nART,Art House,building,MAIN\n")
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"user", "import", "--dry-run", people}, 0, "It would make 1"},
		{[]string{"user", "import", people}, 0, "Made 1"},
		{[]string{"user", "import", "--dry-run", again}, 0, "line 2: zoe: name Zoe Zane becomes Zoë Zane\nline 2: zoe: role staff becomes admin\nline 2: zoe: joins facilities\nIt would make 0, change 1"},
		{[]string{"user", "import", broken}, 1, "line 2: role:"},
		{[]string{"user", "ls", "zo"}, 0, "Zoe Zane"},
		{[]string{"user", "ls", "--role=admin", "--csv"}, 0, "ada,Ada Admin,ada@campus.example,admin"},
		{[]string{"user", "show", "zoe"}, 0, "IT support"},
		{[]string{"user", "edit", "zoe", "--email=zoe@campus.example"}, 0, "zoe@campus.example"},
		{[]string{"user", "disable", "zoe"}, 0, "kept out"},
		{[]string{"user", "disable", "ada"}, 1, "last admin"},
		{[]string{"user", "enable", "zoe"}, 0, "can sign in again"},
		{[]string{"location", "import", places}, 0, "Made 1"},
		{[]string{"location", "import", moved}, 0, "line 2: ART: name Art House becomes Art\nline 2: ART: parent MAIN goes\nMade 0, changed 1"},
		{[]string{"location", "import", places}, 0, "parent becomes MAIN"},
		{[]string{"location", "ls", "--csv"}, 0, "ART,Art House,building,MAIN"},
		{[]string{"queue", "add", "av", "Audio and video"}, 0, "Made the queue av"},
		{[]string{"queue", "join", "av", "zoe", "--lead"}, 0, "zoe works in av"},
		{[]string{"queue", "edit", "av", "--name=AV", "--reopen-days=3"}, 0, "AV; reporters may reopen for 3 days"},
		{[]string{"queue", "edit", "it", "--archived"}, 1, "lead to this queue"},
		{[]string{"queue", "ls"}, 0, "zoe"},
		{[]string{"queue", "leave", "av", "zoe"}, 0, "no more"},
		{[]string{"category", "add", "beamer", "Beamers", "--line=it", "--queue=av"}, 0, "go to av"},
		{[]string{"category", "edit", "beamer", "--priority=high", "--parent=network"}, 0, "Changed"},
		{[]string{"category", "ls"}, 0, "beamer"},
		{[]string{"category", "remove", "beamer"}, 0, "Removed"},
		{[]string{"sessions", "ls"}, 0, "ana"},
		{[]string{"sessions", "end", "ana"}, 0, "signed out"},
		{[]string{"trail", "--about=user", "--limit=1"}, 0, "user ana  signed out everywhere\n"},
		{[]string{"trail", "--about=user", "--limit=1", "--csv"}, 0, ",signed_out,,all,,ana,signed out everywhere\n"},
		{[]string{"trail", "--about=macro", "--csv"}, 0, "about_name,words\n"},
		{[]string{"trail", "--about=queue"}, 0, "queue made"},
		{[]string{"trail", "--who=nobody"}, 1, "no such person"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append(test.args, "--database-url="+url, "--unsafe"), &out, &errs)
		if said := out.String() + errs.String(); code != test.code || !strings.Contains(said, test.want) {
			t.Errorf("helpdesk %s ends with %d and says %q, want %d and %q", strings.Join(test.args, " "), code, said, test.code, test.want)
		}
	}
}
