package web_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// Where the words of pages and errors are asked for.
var (
	inTemplates = regexp.MustCompile(`\.T "([^"]+)"`)
	inCode      = regexp.MustCompile(`\.T\("([^"]+)"[,)]`)
	accountForm = regexp.MustCompile(`accountAgain\(w, r, c, "[^"]+", "([^"]+)"`)
	refusals    = regexp.MustCompile(`refused\([^,]+, "([^"]+)"\)`)
	errorCodes  = []*regexp.Regexp{
		regexp.MustCompile(`Code: "([a-z_]+)"`),
		regexp.MustCompile(`(?:forbidden|limited)\("([a-z_]+)"`),
		regexp.MustCompile(`(?:\.add|refuse)\([^,]+, "([a-z_]+)"[,)]`),
		regexp.MustCompile(`\.blame\([^,]+, "[a-z_]+", "([a-z_]+)"`),
		regexp.MustCompile(`fileProblem\("([a-z_]+)"`),
	}
	missings   = regexp.MustCompile(`Missing\("([a-z_]+)"\)`)
	heldUnique = regexp.MustCompile(`unique\([^\n]*map\[string\]string\{([^}]*)\}`)
	heldField  = regexp.MustCompile(`"([a-z_]+)": +"([a-z_]+)"`)
)

func TestEveryWordThatIsUsedIsInTheCatalogueAndNoOther(t *testing.T) {
	t.Parallel()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	collect := func(source, prefix, suffix string, pattern *regexp.Regexp) {
		for _, m := range pattern.FindAllStringSubmatch(source, -1) {
			used[prefix+m[1]+suffix] = true
		}
	}
	pages := read(t, ".", "*.html") + read(t, ".", "*.go")
	collect(pages, "", "", inTemplates)
	collect(pages, "", "", inCode)
	collect(pages, "", "", accountForm)
	collect(pages, "failed.", "", refusals)
	rules := read(t, "../core", "*.go")
	for _, pattern := range errorCodes {
		collect(rules, "error.", "", pattern)
	}
	collect(rules, "error.", "_not_found", missings)
	for _, made := range append(madeKeys(), takenKeys(t)...) {
		used[made] = true
	}
	english := words.For("en")
	for key := range used {
		if !english.Has(key) {
			t.Errorf("%q is used, and is not in the catalogue", key)
		}
	}
	everything := read(t, "..", "*.go")
	for _, key := range words.Keys() {
		if !used[key] && !strings.Contains(everything, `"`+key+`"`) {
			t.Errorf("%q is in the catalogue, and nothing uses it", key)
		}
	}
}

// madeKeys are the keys that are put together while the program runs.
func madeKeys() []string {
	var keys []string
	for _, scope := range core.TokenScopes() {
		keys = append(keys, "account.tokens.scope."+string(scope))
	}
	for _, line := range core.Lines() {
		keys = append(keys, "line."+string(line), "line."+string(line)+".about")
	}
	for _, status := range []core.Status{core.Open, core.Active, core.Closed} {
		keys = append(keys, "status."+string(status))
	}
	for _, how := range append(core.StaffResolutions(), core.Withdrawn) {
		keys = append(keys, "ticket.now.closed."+string(how))
	}
	for _, step := range []string{"kind", "place", "known", "what", "you", "review"} {
		keys = append(keys, "steps."+step)
	}
	keys = append(keys, "me_too.open", "me_too.active") // statuses, as others read them
	for month := range 12 {
		keys = append(keys, fmt.Sprintf("month.%02d", month+1))
	}
	for _, why := range []string{"common", "personal", "repeated", "row"} {
		keys = append(keys, "error.password_"+why)
	}
	for _, done := range []string{"keep", "key", "key_revoked", "notices", "password", "session", "token_revoked", "reply", "correct", "withdraw", "reopen", "rate", "renew"} {
		keys = append(keys, "done."+done)
	}
	for stars := range 5 {
		keys = append(keys, fmt.Sprintf("rate.star.%d", stars+1))
	}
	for _, status := range []int{401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503} {
		keys = append(keys, fmt.Sprintf("failed.title.%d", status))
	}
	// Errors of a kind, for doors that know no more than that.
	for _, kind := range []core.Kind{core.NotFound, core.Forbidden, core.Invalid, core.Unauthenticated, core.Limited, core.Unavailable, core.Internal} {
		keys = append(keys, "error."+string(kind))
	}
	for _, finding := range []string{
		"admins", "audit", "backup", "buildings", "categories", "categories_lost", "clock", "connections", "demo", "durable", "figures", "history",
		"indexes", "jobs", "oldest_work", "queues", "replicas", "seal", "worker",
	} {
		keys = append(keys, "doctor."+finding, "doctor."+finding+"_ok")
	}
	keys = append(keys, "doctor.replicas_unknown") // which has no good end
	return append(keys, "error.cursor")            // a place in a list that no list gave
}

// takenKeys are the words for a value that must be its owner's alone: whatever the database holds to be unique.
func takenKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, held := range heldUnique.FindAllStringSubmatch(read(t, "../storage", "*.go"), -1) {
		for _, m := range heldField.FindAllStringSubmatch(held[1], -1) {
			of := ""
			if strings.HasPrefix(m[1], "macros_") {
				of = "macro_"
			}
			keys = append(keys, "error."+of+m[2]+"_taken")
		}
	}
	if len(keys) == 0 {
		t.Fatal("nothing is held to be unique")
	}
	return keys
}

// read joins the files below a folder whose names match, but for tests and those of other modules.
func read(t *testing.T, folder, name string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		fits, err := filepath.Match(name, entry.Name())
		if err != nil || !fits || strings.HasSuffix(path, "_test.go") || slices.Contains(strings.Split(path, string(filepath.Separator)), "testdata") {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
