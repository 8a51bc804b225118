package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestFindTakesTheRightPrograms(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	install := func(dir, version string, names ...string) string {
		dir = filepath.Join(root, dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", name, version)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	v9 := install("lib/9.6/bin", "9.6.24", "postgres", "initdb")
	v14 := install("lib/14/bin", "14.9", "postgres", "initdb")
	v16 := install("lib/16/bin", "16.3 (Debian 16.3-1)", "postgres", "initdb")
	v17 := install("lib/17/bin", "17beta1", "postgres", "initdb")
	client := install("client", "17.1", "psql", "postgres")
	linked := filepath.Join(root, "linked")
	if err := os.Mkdir(linked, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(v16, "postgres"), filepath.Join(linked, "postgres")); err != nil {
		t.Fatal(err)
	}
	places := []string{filepath.Join(root, "nowhere/*"), filepath.Join(root, "lib/*/bin")}

	tests := map[string]struct {
		pgbin string
		major int
		path  string
		want  string
	}{
		"the highest where packages put them": {want: v17},
		"the major version asked for":         {major: 16, want: v16},
		"an old version only when asked for":  {major: 14, want: v14},
		"PATH before the packages' places":    {path: "/nowhere:" + v16, want: v16},
		"not from PATH if it is another":      {path: v16, major: 17, want: v17},
		"not from PATH if it is too old":      {path: v9, want: v17},
		"not from PATH without a server":      {path: client, want: v17},
		"never from a relative PATH":          {path: ".:lib/16/bin", want: v17},
		"through a link to the folder":        {path: linked, want: v16},
		"the folder that was named":           {pgbin: v16, path: v17, want: v16},
		"a named folder that is too old":      {pgbin: v9},
		"a named folder of another version":   {pgbin: v16, major: 17},
		"a named folder without programs":     {pgbin: client},
		"a version that is not there":         {major: 18},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := find(test.pgbin, test.major, test.path, places)
			if got.dir != test.want {
				t.Errorf("found %q (%v), want %q", got.dir, err, test.want)
			}
			if test.want == "" && !errors.Is(err, ErrNoPrograms) {
				t.Errorf("error: %v", err)
			}
		})
	}
}
