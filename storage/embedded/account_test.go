package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClosedParentIsNamed(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(newDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	// What root does on its way to start a server, here as anybody.
	c := &cluster{account: account{name: "postgres", uid: uint32(os.Geteuid()) + 1, gid: uint32(os.Getegid()) + 1, other: true}}
	err := c.makeDir(filepath.Join(closed, "a", "b"))
	if err == nil || !strings.Contains(err.Error(), "postgres may not enter "+closed+" ") {
		t.Errorf("error: %v", err)
	}
	if os.Geteuid() == 0 {
		_, err := Start(t.Context(), Config{Dir: filepath.Join(closed, "a", "b")})
		if err == nil || !strings.Contains(err.Error(), "may not enter "+closed+" ") {
			t.Errorf("error: %v", err)
		}
	}
	if _, err := os.Stat(filepath.Join(closed, "a")); err == nil {
		t.Error("directories were made where they cannot be used")
	}
}

func TestDirectoryOfRootIsOpenedToTheServersUser(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(newDir(t), "private")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	start(t, Config{Dir: dir, Unsafe: true})
}

func TestReach(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	self := account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid()), other: true}
	group := account{uid: self.uid + 1, gid: self.gid, other: true}
	others := account{uid: self.uid + 1, gid: self.gid + 1, other: true}
	tests := map[string]struct {
		who  account
		mode os.FileMode
		want bool
	}{
		"the owner":                     {self, 0o700, true},
		"the owner shut out":            {self, 0o077, false},
		"the group":                     {group, 0o710, true},
		"the group shut out":            {group, 0o701, false},
		"others":                        {others, 0o701, true},
		"others shut out":               {others, 0o770, false},
		"reading is not entering":       {others, 0o704, false},
		"our own user finds out itself": {account{}, 0o000, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.mode); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(path, 0o700) })
			if err := test.who.reach(filepath.Join(path, "not", "yet", "there")); (err == nil) != test.want {
				t.Errorf("error: %v", err)
			}
		})
	}
}

func TestDefaultDirCanBeReached(t *testing.T) {
	dir := newDir(t)
	t.Setenv("XDG_DATA_HOME", dir)
	if got, want := DefaultDir("run"), filepath.Join(dir, "helpdesk", "run"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if got, want := DefaultDir("run"), "/var/lib/helpdesk/run"; got != want {
			t.Errorf("with a closed parent: got %s, want %s", got, want)
		}
	}
}
