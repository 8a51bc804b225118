// Package helpdesk_test holds the house together: what DESIGN says of all packages alike is tested here, so that it
// stays true while the packages grow.
package helpdesk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const module = "helpdesk.campus"

// arrows says which folders of the house a folder may import, its own and those below it included. A folder that is
// not named follows the nearest one above it; a new folder at the top, such as a new door, may import core alone.
var arrows = map[string][]string{
	"core":             {"core"},
	"storage":          {"core", "storage"},
	"storage/embedded": {"storage/embedded"},
	"worker":           {"core", "worker"},
	"web":              {"core", "web"},
	"web/api":          {"core", "web/api"},
	"web/open311":      {"core", "web/open311"},
	"sshserver":        {"core", "tui", "sshserver"},
	"tui":              {"core", "tui"},
	"tui/ui":           {"core", "tui/ui"},
	"tui/screen":       {"core", "tui/ui", "tui/screen"},
	"tui/queue":        {"core", "tui/ui", "tui/screen", "tui/queue"},
	"tui/ticket":       {"core", "tui/ui", "tui/screen", "tui/ticket"},
	"tui/dashboard":    {"core", "tui/ui", "tui/screen", "tui/dashboard"},
	"tui/admin":        {"core", "tui/ui", "tui/screen", "tui/admin"},
	"tui/linear":       {"core", "tui/ui", "tui/screen", "tui/linear"},
	"cmd":              {""},
	"bench":            {""},
	"battery":          {""},
	"docs":             {""},
}

// homes says which folders may import a library, or a part of the standard library, that belongs to one side of the
// house. Tests are free to import any: they are the other end of the line.
var homes = map[string][]string{
	"net/http":                         {"web", "cmd", "bench"},
	"html/template":                    {"web"},
	"database/sql":                     {"storage"},
	"github.com/jackc/pgx":             {"storage", "worker", "cmd", "bench"},
	"github.com/pressly/goose":         {"storage"},
	"github.com/riverqueue/river":      {"storage", "worker", "cmd"},
	"charm.land":                       {"tui", "sshserver", "cmd", "docs", "bench"},
	"golang.org/x/crypto/ssh":          {"core", "sshserver", "cmd", "bench"}, // core reads public keys
	"github.com/alecthomas/kong":       {"cmd", "sshserver/verb"},
	"github.com/guptarohit/asciigraph": {"tui/ui"},
	"github.com/prometheus":            {"cmd"},
	"testing":                          {},
}

// vague are names of packages that say nothing about what is in them.
var vague = []string{"common", "helper", "helpers", "misc", "model", "models", "types", "util", "utils"}

func TestArrowsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		for _, imported := range f.imports() {
			folder, ours := strings.CutPrefix(imported, module+"/")
			if !ours || f.mayImport(folder) {
				continue
			}
			t.Errorf("%s imports %s; of this repository, %s may import only %q",
				f.path, imported, f.folder, allowed(f.folder))
		}
	}
}

func TestLibrariesStayOnTheirSide(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if f.serves {
			continue
		}
		for _, imported := range f.imports() {
			for library, folders := range homes {
				if within(imported, library) && !withinAny(f.folder, folders) {
					t.Errorf("%s imports %s, which belongs to %q", f.path, imported, folders)
				}
			}
		}
	}
}

func TestEveryPackageHasOnePackageComment(t *testing.T) {
	t.Parallel()
	comments := map[string][]string{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		if _, known := comments[f.folder]; !known {
			comments[f.folder] = nil
		}
		if f.syntax.Doc.Text() != "" {
			comments[f.folder] = append(comments[f.folder], f.path)
		}
	}
	for folder, files := range comments {
		if len(files) != 1 {
			t.Errorf("package %s has %d package comments %q, want one", folder, len(files), files)
		}
	}
}

func TestNoPackageHasAVagueName(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		if slices.Contains(vague, path.Base(f.folder)) {
			t.Errorf("%s: %q does not say what is in the package", f.path, path.Base(f.folder))
		}
	}
}

// Nothing happens behind the reader's back: a program starts at main.
func TestNoPackageHasAnInitFunction(t *testing.T) {
	t.Parallel()
	for _, f := range sources(t) {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has a function init", f.path)
			}
		}
	}
}

func TestMigrationsAreNumberedByTimestamp(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("storage/migrations")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^(\d{14})_[a-z0-9]+(_[a-z0-9]+)*\.sql$`)
	taken := map[string]string{}
	for _, e := range entries {
		m := name.FindStringSubmatch(e.Name())
		if m == nil {
			t.Errorf("migration %s: want a name like 20261123000100_tickets.sql", e.Name())
			continue
		}
		if _, err := time.Parse("20060102150405", m[1]); err != nil {
			t.Errorf("migration %s: its number is no time of the form yyyymmddhhmmss", e.Name())
		}
		if other, ok := taken[m[1]]; ok {
			t.Errorf("migrations %s and %s have the same number", other, e.Name())
		}
		taken[m[1]] = e.Name()
	}
	if len(taken) == 0 {
		t.Error("found no migrations")
	}
}

func TestEveryDependencyHasItsReason(t *testing.T) {
	t.Parallel()
	requirements, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^(?:\t|require )(\S+) (v\S+)$`)
	for _, m := range direct.FindAllStringSubmatch(string(requirements), -1) {
		row := regexp.MustCompile(`(?m)^\|.*\| ` + regexp.QuoteMeta(m[1]) + `[ ,].*\| ` + regexp.QuoteMeta(m[2]) + ` \|`)
		if !row.Match(reasons) {
			t.Errorf("docs/dependencies.md has no row for %s %s", m[1], m[2])
		}
	}
}

// source is one Go file of the repository.
type source struct {
	path   string // from the root, with slashes
	folder string
	test   bool // a _test.go file
	serves bool // serves tests only: it is one, or belongs to a package for them
	syntax *ast.File
}

// sources returns all Go files of the repository.
func sources(t *testing.T) []source {
	t.Helper()
	files, err := readOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var readOnce = sync.OnceValues(read)

// read parses all Go files. It does so itself, rather than by asking `go list`, because go test then knows which files
// the result depends on and does not answer from its cache when one of them has changed.
func read() ([]source, error) {
	var files []source
	err := filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(e.Name(), ".") && name != "."
		switch {
		case e.IsDir() && (hidden || e.Name() == "testdata" || e.Name() == "node_modules"):
			return filepath.SkipDir
		case e.IsDir() || hidden || filepath.Ext(name) != ".go":
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(name)
		folder, test := path.Dir(slashed), strings.HasSuffix(slashed, "_test.go")
		files = append(files, source{
			path:   slashed,
			folder: folder,
			test:   test,
			serves: test || servesTests(folder),
			syntax: syntax,
		})
		return nil
	})
	return files, err
}

func (f source) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// mayImport reports whether the arrows let f import a folder. A test stands on real storage, and may use packages for
// tests; nothing else may.
func (f source) mayImport(folder string) bool {
	if servesTests(folder) {
		return f.serves
	}
	return withinAny(folder, allowed(f.folder)) || f.serves && within(folder, "storage")
}

// servesTests reports whether a package is there for tests only, which its name says: storagetest, sshtest.
func servesTests(folder string) bool {
	return strings.HasSuffix(path.Base(folder), "test")
}

// allowed returns what a folder may import: its own entry of arrows, or that of the nearest folder above.
func allowed(folder string) []string {
	for f := folder; f != "."; f = path.Dir(f) {
		if a, ok := arrows[f]; ok {
			return a
		}
	}
	top, _, _ := strings.Cut(folder, "/")
	return []string{"core", top}
}

// within reports whether a path is another one or lies below it. Everything lies below "".
func within(p, other string) bool {
	return other == "" || p == other || strings.HasPrefix(p, other+"/")
}

func withinAny(p string, others []string) bool {
	return slices.ContainsFunc(others, func(other string) bool { return within(p, other) })
}
