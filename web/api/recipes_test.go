package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestRecipesWork runs the recipes of docs/scripting.md that speak HTTP, in one shell that stops at the first that fails.
func TestRecipesWork(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"curl", "jq", "bash"} {
		_, err := exec.LookPath(name)
		storagetest.Need(t, err, "the program "+name)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripting.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	s.Report(t, s.Ana, "No signal in the reading room")
	var script strings.Builder
	script.WriteString("set -eu -o pipefail\n")
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if strings.Contains(m[1], "curl") {
			script.WriteString(m[1])
		}
	}
	recipes := strings.ReplaceAll(script.String(), "https://helpdesk.example.edu", s.server.URL)
	shell := exec.CommandContext(t.Context(), "bash", "-c", recipes)
	shell.Dir, shell.Env = t.TempDir(), append(os.Environ(), "TOKEN="+s.program(t, s.Ines, core.TokenWrite).token)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("the recipes end with %v:\n%s", err, out)
	}
	for _, want := range []string{"1001\tnormal\tNo signal in the reading room\n", "\nhigh\n", "\n11\n", "There is no such ticket"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the recipes say no %q:\n%s", want, out)
		}
	}
	if rows, err := os.ReadFile(filepath.Join(shell.Dir, "export.tsv")); err != nil || !strings.HasPrefix(string(rows), "1001\t2\n") {
		t.Errorf("the export is %q, %v", rows, err)
	}
}
