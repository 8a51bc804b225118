package helpdesk_test

import (
	"go/ast"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// What docs/architecture.md leads a reader to is there: every package has its row, and a name like
// `core/work.go: Desk.Take` is a function of that file.
func TestTheArchitectureNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	declared, packages := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		packages[f.folder] = true
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				declared[f.path+": "+nameOf(fn)] = true
			}
		}
	}
	delete(packages, ".")
	for folder := range packages {
		if !strings.Contains(page, "`"+folder+"`") {
			t.Errorf("it says nothing of package %s", folder)
		}
	}
	leads := regexp.MustCompile("`([a-z0-9_/]+\\.go): ([A-Za-z.]+)`").FindAllStringSubmatch(page, -1)
	if len(leads) == 0 {
		t.Error("it leads nowhere")
	}
	for _, m := range leads {
		if !declared[m[1]+": "+m[2]] {
			t.Errorf("there is no %s in %s", m[2], m[1])
		}
	}
	for _, m := range regexp.MustCompile("`([a-z0-9_]+(?:/[a-z0-9_]+)+(?:\\.[a-z]+)?)`").FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(path.Clean(m[1])); err != nil {
			t.Errorf("there is no %s", m[1])
		}
	}
}

// nameOf is a function's name, a method's with its type: Desk.Take.
func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	of := fn.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name + "." + fn.Name.Name
	}
	return fn.Name.Name
}
