package helpdesk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// levelTwo is the last requirement of levels 1 and 2 in each section of ASVS 5.0.0; they are numbered from 1 there.
const levelTwo = `1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4 5.1.1 5.2.3 5.3.2 5.4.3
	6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 8.2.3 8.3.1 8.4.1 9.1.3 9.2.4
	10.1.2 10.2.2 10.3.4 10.4.11 10.5.5 10.6.2 10.7.3 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4 13.1.1 13.2.5 13.3.2 13.4.5
	14.1.2 14.2.4 14.3.3 15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3 17.1.1 17.2.4 17.3.2`

// requirements lists them all, in their order.
func requirements(t *testing.T) []string {
	t.Helper()
	var all []string
	for last := range strings.FieldsSeq(levelTwo) {
		at := strings.LastIndexByte(last, '.')
		most, err := strconv.Atoi(last[at+1:])
		if err != nil {
			t.Fatal(err)
		}
		for n := range most {
			all = append(all, fmt.Sprint(last[:at+1], n+1))
		}
	}
	if len(all) != 253 { // 70 of level 1 and 183 of level 2
		t.Fatalf("there are %d requirements", len(all))
	}
	return all
}

var (
	rowPattern    = regexp.MustCompile(`(?m)^\| ([\d.]+|T\d+)(?: – ([\d.]+))? \| (.+?) \| (.+) \|$`)
	testPattern   = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")
	linkPattern   = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	answerPattern = regexp.MustCompile(`^(Not applicable because|Not met|Documented|Operator:|Waits:) ?.{15,}`)
)

// TestEveryThreatAndRequirementIsAnswered reads docs/security.md: every test that it names exists, every threat and every
// requirement has its row once, and a row without a test says why.
func TestEveryThreatAndRequirementIsAnswered(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	page, tests := string(raw), namesOfTests(t)
	for _, name := range testPattern.FindAllStringSubmatch(page, -1) {
		if !tests[name[1]] {
			t.Errorf("there is no test %s", name[1])
		}
	}
	for _, link := range linkPattern.FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join("docs", link[1])); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
	wanted := requirements(t)
	for n := range 30 {
		wanted = append(wanted, fmt.Sprint("T", n+1))
	}
	answers := make(map[string]int)
	for _, row := range rowPattern.FindAllStringSubmatch(page, -1) {
		first, last, answer := row[1], row[2], row[4]
		if !testPattern.MatchString(answer) && !answerPattern.MatchString(answer) {
			t.Errorf("%s is answered with neither a test nor a reason: %s", first, answer)
		}
		for _, id := range between(wanted, first, last) {
			answers[id]++
		}
	}
	for _, id := range wanted {
		if answers[id] != 1 {
			t.Errorf("%s is answered %d times", id, answers[id])
		}
	}
}

// between are the requirements from the first to the last; the first alone if there is no last.
func between(all []string, first, last string) []string {
	if last == "" {
		return []string{first}
	}
	var some []string
	inside := false
	for _, id := range all {
		inside = inside || id == first
		if inside {
			some = append(some, id)
		}
		if id == last {
			return some
		}
	}
	return nil
}

// namesOfTests are the tests and fuzz targets of all packages.
func namesOfTests(t *testing.T) map[string]bool {
	t.Helper()
	found, declared := make(map[string]bool), regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, name := range declared.FindAllStringSubmatch(string(source), -1) {
			found[name[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
