package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// oldestMajor is the oldest PostgreSQL that the product supports.
const oldestMajor = 15

// ErrNoPrograms says that PostgreSQL is not installed where Find looks, and what to do about it.
var ErrNoPrograms = errors.New("no PostgreSQL " + strconv.Itoa(oldestMajor) + " or later found: run deploy/setup.sh postgres " +
	"(or install your system's postgresql package, or set HELPDESK_PGBIN to the folder of its programs)")

// Find returns the folder that holds PostgreSQL's programs: pgbin when it is given, otherwise the first in PATH
// and the places where packages put them, of each place the highest version. A major above zero asks for that
// major version and no other.
func Find(pgbin string, major int) (string, error) {
	p, err := find(pgbin, major, os.Getenv("PATH"), packagePlaces())
	return p.dir, err
}

// packagePlaces are the glob patterns of the folders in which packages install the programs.
func packagePlaces() []string {
	return []string{
		"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
		"/usr/pgsql-*/bin",          // PGDG on Fedora and its relatives
		"/usr/libexec/postgresql*",  // Alpine
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
}

// programs is a folder of PostgreSQL's programs and their version.
type programs struct {
	dir   string
	major int
}

func (p programs) path(name string) string { return filepath.Join(p.dir, name) }

func find(pgbin string, major int, path string, places []string) (programs, error) {
	fits := func(p programs) bool {
		return p.major == major || major <= 0 && p.major >= oldestMajor
	}
	if pgbin != "" {
		p, ok := programsIn(pgbin)
		switch {
		case !ok:
			return programs{}, fmt.Errorf("%w; %s does not hold postgres and initdb", ErrNoPrograms, pgbin)
		case !fits(p):
			return programs{}, fmt.Errorf("%w; %s holds version %d", missing(major), pgbin, p.major)
		}
		return p, nil
	}
	for _, dir := range filepath.SplitList(path) {
		if p, ok := programsIn(dir); ok && fits(p) {
			return p, nil
		}
	}
	for _, place := range places {
		dirs, err := filepath.Glob(place)
		if err != nil {
			return programs{}, fmt.Errorf("look for PostgreSQL in %s: %w", place, err)
		}
		var found []programs
		for _, dir := range dirs {
			if p, ok := programsIn(dir); ok && fits(p) {
				found = append(found, p)
			}
		}
		if len(found) > 0 {
			return slices.MaxFunc(found, func(a, b programs) int { return cmp.Compare(a.major, b.major) }), nil
		}
	}
	return programs{}, missing(major)
}

// missing is ErrNoPrograms, with the version when a certain one was asked for.
func missing(major int) error {
	if major > 0 {
		return fmt.Errorf("PostgreSQL %d is not installed: %w", major, ErrNoPrograms)
	}
	return ErrNoPrograms
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// programsIn returns the programs in dir, or behind the link that dir has to them. A folder with postgres but
// without initdb holds no server package.
func programsIn(dir string) (programs, bool) {
	if !filepath.IsAbs(dir) {
		return programs{}, false
	}
	if server, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil && executable(filepath.Join(filepath.Dir(server), "initdb")) {
		dir = filepath.Dir(server)
	}
	p := programs{dir: dir}
	if !executable(p.path("postgres")) || !executable(p.path("initdb")) {
		return programs{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.path("postgres"), "--version").Output()
	if err != nil {
		return programs{}, false
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return programs{}, false
	}
	p.major, err = strconv.Atoi(string(m[1]))
	return p, err == nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
