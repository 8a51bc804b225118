package api_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/web/api"
)

var writeDocs = flag.Bool("write", false, "write the table of operations in docs/api.md anew")

const docsPage = "../../docs/api.md"

// TestTheDocsListEveryOperation holds the table of docs/api.md against the OpenAPI document.
func TestTheDocsListEveryOperation(t *testing.T) {
	t.Parallel()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	a, err := api.New(&core.Desk{}, words, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(docsPage)
	if err != nil {
		t.Fatal(err)
	}
	const head, tail = "## Operations\n", "\n## Open311\n"
	before, rest, ok := strings.Cut(string(page), head)
	_, after, both := strings.Cut(rest, tail)
	if !ok || !both {
		t.Fatalf("docs/api.md has no %q and %q", head, tail)
	}
	want := before + head + "\n" + operationsOf(t, a.Document()) + tail + after
	if *writeDocs {
		if err := os.WriteFile(docsPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(page) {
		t.Error("docs/api.md does not list the operations as they are: go test ./web/api -run Docs -write")
	}
}

// operationsOf is a table of the operations, by what they are about.
func operationsOf(t *testing.T, document []byte) string {
	t.Helper()
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string
			Summary     string
			Description string
			Tags        []string
		}
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for path, methods := range d.Paths {
		for method, op := range methods {
			_, scope, _ := strings.Cut(op.Description, " Takes a token for ")
			cells := []string{
				op.Tags[0], "`" + strings.ToUpper(method) + " " + strings.TrimPrefix(path, api.Prefix) + "`", "`" + op.OperationID + "`", op.Summary, strings.TrimSuffix(scope, "."),
			}
			rows = append(rows, "| "+strings.Join(cells, " | ")+" |")
		}
	}
	slices.Sort(rows)
	return "Below `/api/v1`, by what they are about; the last column is the least scope that a token needs.\n\n" +
		"| about | request | operation | what it does | scope |\n| --- | --- | --- | --- | --- |\n" + strings.Join(rows, "\n") + "\n"
}
