package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/worker"
)

const deployFolder = "../../deploy"

// known are the variables that some flag of the command line reads.
func known(t *testing.T) []string {
	t.Helper()
	var c cli
	parser, err := c.parser()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, flags := range append(parser.Model.AllFlags(true), commandFlags(parser.Model.Node)...) {
		for _, flag := range flags {
			names = append(names, flag.Envs...)
		}
	}
	return names
}

var variable = regexp.MustCompile(`\bHELPDESK_[A-Z_]*[A-Z]`)

// TestDeployedSettingsExist looks for a flag behind every variable in deploy/ and in the pages about running it.
func TestDeployedSettingsExist(t *testing.T) {
	t.Parallel()
	flags := known(t)
	files := []string{"../../docs/operate.md", "../../docs/services.md"}
	for _, pattern := range []string{"*", "*/*"} {
		found, err := filepath.Glob(filepath.Join(deployFolder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		for _, name := range variable.FindAllString(string(text), -1) {
			if seen++; !slices.Contains(flags, name) {
				t.Errorf("%s sets %s, which nothing reads", file, name)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d variables were found: the test no longer looks where they are", seen)
	}
}

// tool finds a program that checks files; where it is not installed there is nothing to check with.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

func TestUnitsAreAccepted(t *testing.T) {
	t.Parallel()
	analyze := tool(t, "systemd-analyze")
	folder := t.TempDir()
	for _, name := range []string{"helpdesk@.service", "helpdesk-migrate.service"} {
		unit, err := os.ReadFile(filepath.Join(deployFolder, "systemd", name))
		if err != nil {
			t.Fatal(err)
		}
		unit = []byte(strings.ReplaceAll(string(unit), "/usr/local/bin/helpdesk", programtest.Path(t)))
		save(t, filepath.Join(folder, strings.Replace(name, "@.", "@web.", 1)), unit)
	}
	units, err := filepath.Glob(filepath.Join(folder, "*.service"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), analyze, append([]string{"verify", "--man=no"}, units...)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), folder) {
		t.Errorf("systemd says %v: %s", err, out)
	}
}

func TestManifestsAreRead(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), tool(t, "kubectl"), "kustomize", filepath.Join(deployFolder, "kubernetes")).CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl says %v: %s", err, out)
	}
	for kind, want := range map[string]int{"Deployment": 3, "Service": 2, "Job": 1, "ConfigMap": 1, "PodDisruptionBudget": 3, "Namespace": 1} {
		if got := len(regexp.MustCompile(`(?m)^kind: `+kind+`$`).FindAll(out, -1)); got != want {
			t.Errorf("there are %d of %s, want %d", got, kind, want)
		}
	}
	if strings.Contains(string(out), "image: helpdesk\n") {
		t.Error("an image is not that of the registry")
	}
}

func TestComposeFileIsRead(t *testing.T) {
	t.Parallel()
	docker := tool(t, "docker")
	if err := exec.CommandContext(t.Context(), docker, "compose", "version").Run(); err != nil {
		t.Skip("docker has no compose")
	}
	config := exec.CommandContext(t.Context(), docker, "compose", "-f", filepath.Join(deployFolder, "compose.yaml"), "config", "--quiet")
	config.Env = append(os.Environ(), "POSTGRES_PASSWORD=x", "HELPDESK_PUBLIC_URL=https://helpdesk.example.edu")
	if out, err := config.CombinedOutput(); err != nil {
		t.Errorf("docker compose says %v: %s", err, out)
	}
}

// TestMetricsAreDocumented compares the table of docs/services.md with the registry, both ways.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/services.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(helpdesk_[a-z_]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		told[m[1]] = true
	}
	m := newMetrics()
	m.request("GET /", 200, 0)
	ssh := m.ssh()
	ssh.Verb("ls", 0, 0)
	ssh.SignedIn("key")
	ssh.Refused("key", core.Unauthenticated)
	m.job(worker.Done{Kind: "clean_up", State: "completed"})
	m.consoles(nil)
	m.database(storagetest.Open(t))
	descriptions := make(chan *prometheus.Desc, 1000)
	m.registry.Describe(descriptions)
	close(descriptions)
	name := regexp.MustCompile(`fqName: "(helpdesk_[a-z_]+)"`)
	for d := range descriptions {
		found := name.FindStringSubmatch(d.String())
		if found == nil {
			continue
		}
		if !told[found[1]] {
			t.Errorf("docs/services.md does not tell of %s", found[1])
		}
		delete(told, found[1])
	}
	for name := range told {
		t.Errorf("docs/services.md tells of %s, which there is not", name)
	}
}

func TestANewerSchemaIsServedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(t.Context()) }()
	if _, err := owner.Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values (99990101000000, true)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("a process that serves already is no longer ready: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), programtest.Path(t), "setting", "get", "emergency_note", "--unsafe", "--database-url="+url).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() == 0 || !strings.Contains(string(out), "it is newer") {
		t.Errorf("it is served without being asked: %v %s", err, out)
	}
	out, err = exec.CommandContext(t.Context(), programtest.Path(t), "setting", "get", "emergency_note", "--unsafe", "--allow-newer-schema", "--database-url="+url).CombinedOutput()
	if err != nil {
		t.Errorf("it is not served when asked: %v %s", err, out)
	}
}
