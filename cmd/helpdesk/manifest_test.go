package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// tree is a YAML document, or a part of one.
type tree map[string]any

func (d tree) at(keys ...string) any {
	var v any = map[string]any(d)
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func (d tree) word(keys ...string) string {
	text, _ := d.at(keys...).(string)
	return text
}

// list is what stands in a list of trees.
func (d tree) list(keys ...string) []tree {
	items, _ := d.at(keys...).([]any)
	var all []tree
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

func (d tree) words(keys ...string) []string {
	items, _ := d.at(keys...).([]any)
	var all []string
	for _, item := range items {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// documents reads a file of deploy/ as YAML. A key that stands twice, or an indentation that means nothing, is an error.
func documents(t *testing.T, path ...string) []tree {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{deployFolder}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	var all []tree
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var d map[string]any
		switch err := decoder.Decode(&d); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%s: %v", filepath.Join(path...), err)
		}
		all = append(all, d)
	}
}

// checkContainer holds what a container is told against the program: its command and its settings exist.
func checkContainer(t *testing.T, name string, args []string, settings map[string]string) {
	t.Helper()
	var c cli
	parser, err := c.parser()
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, node := range parser.Model.Children {
		commands = append(commands, node.Name)
	}
	if len(args) == 0 || !slices.Contains(commands, args[0]) {
		t.Errorf("%s runs %q, which is no command of the program", name, args)
	}
	flags := known(t)
	for setting, value := range settings {
		if !slices.Contains(flags, setting) {
			t.Errorf("%s sets %s, which nothing reads", name, setting)
		}
		if setting == "HELPDESK_ONLY" && value != name {
			t.Errorf("%s is the service %s", name, value)
		}
	}
}

func TestComposeFileFitsTheProgram(t *testing.T) {
	t.Parallel()
	file := documents(t, "compose.yaml")[0]
	services, _ := file.at("services").(map[string]any)
	volumes, _ := file.at("volumes").(map[string]any)
	for _, name := range []string{"database", "migrate", "web", "ssh", "worker"} {
		if services[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	for name, one := range services {
		m, _ := one.(map[string]any)
		s := tree(m)
		on, _ := s.at("depends_on").(map[string]any)
		for other := range on {
			if services[other] == nil {
				t.Errorf("%s waits for %s, which there is not", name, other)
			}
		}
		for _, volume := range s.words("volumes") {
			if from, _, named := strings.Cut(volume, ":"); named && !strings.HasPrefix(from, ".") && !strings.HasPrefix(from, "/") {
				if _, there := volumes[from]; !there {
					t.Errorf("%s keeps things on %s, which there is not", name, from)
				}
			}
		}
		if image := s.word("image"); image != "helpdesk" {
			if !strings.Contains(image, ":") {
				t.Errorf("%s runs %q, whichever that is on the day", name, image)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(deployFolder, s.word("build", "context"), s.word("build", "dockerfile"))); err != nil {
			t.Errorf("%s is built from %v", name, err)
		}
		settings := map[string]string{}
		environment, _ := s.at("environment").(map[string]any)
		for setting, value := range environment {
			settings[setting], _ = value.(string)
		}
		args := s.words("command")
		if args == nil {
			args = []string{"serve"} // the image's own
		}
		checkContainer(t, name, args, settings)
	}
}

func TestManifestsFitTheProgramAndEachOther(t *testing.T) {
	t.Parallel()
	kustomization := documents(t, "kubernetes", "kustomization.yaml")[0]
	configs := map[string]bool{"helpdesk-database": true} // a secret that is made by hand, as migrate.yaml says
	for _, c := range kustomization.list("configMapGenerator") {
		configs[c.word("name")] = true
	}
	listed := kustomization.words("resources")
	files, err := filepath.Glob(filepath.Join(deployFolder, "kubernetes", "*.yaml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("there are %d files: %v", len(files), err)
	}
	labels, selectors, count := map[string]tree{}, map[string]tree{}, 0
	for _, file := range files {
		base := filepath.Base(file)
		if base == "kustomization.yaml" {
			continue
		}
		if !slices.Contains(listed, base) {
			t.Errorf("%s is not among the resources", base)
		}
		for _, d := range documents(t, "kubernetes", base) {
			name := d.word("metadata", "name")
			if d.word("apiVersion") == "" || d.word("kind") == "" || name == "" {
				t.Errorf("%s holds something without version, kind or name", base)
			}
			switch selector, _ := d.at("spec", "selector").(map[string]any); d.word("kind") {
			case "Service":
				selectors["the service "+name] = selector
			case "PodDisruptionBudget":
				matched, _ := tree(selector).at("matchLabels").(map[string]any)
				selectors["the budget "+name] = matched
			case "Deployment":
				matched, _ := tree(selector).at("matchLabels").(map[string]any)
				pod, _ := d.at("spec", "template", "metadata", "labels").(map[string]any)
				labels[name], selectors["the deployment "+name] = pod, matched
			}
			pod, _ := d.at("spec", "template", "spec").(map[string]any)
			for _, c := range tree(pod).list("containers") {
				count++
				checkPod(t, tree(pod), c, configs)
			}
		}
	}
	if count != 4 {
		t.Errorf("there are %d containers", count)
	}
	for whose, selector := range selectors {
		found := false
		for _, pod := range labels {
			same := len(selector) > 0
			for key, value := range selector {
				same = same && pod[key] == value
			}
			found = found || same
		}
		if !found {
			t.Errorf("%s selects %v, which nothing is", whose, selector)
		}
	}
}

// checkPod holds a container against its pod and against the program.
func checkPod(t *testing.T, pod, c tree, configs map[string]bool) {
	t.Helper()
	name := c.word("name")
	settings := map[string]string{}
	for _, e := range c.list("env") {
		settings[e.word("name")] = e.word("value")
	}
	checkContainer(t, name, c.words("args"), settings)
	if c.word("image") != "helpdesk" {
		t.Errorf("%s runs %s, which is not the image that is set in one place", name, c.word("image"))
	}
	for _, from := range c.list("envFrom") {
		if source := from.word("configMapRef", "name") + from.word("secretRef", "name"); !configs[source] {
			t.Errorf("%s reads settings from %s, which there is not", name, source)
		}
	}
	var ports, volumes []string
	for _, p := range c.list("ports") {
		ports = append(ports, p.word("name"))
	}
	for _, v := range pod.list("volumes") {
		volumes = append(volumes, v.word("name"))
	}
	for _, probe := range []string{"livenessProbe", "readinessProbe"} {
		if at := c.word(probe, "httpGet", "port"); at != "" && !slices.Contains(ports, at) {
			t.Errorf("%s is asked on the port %s, which it has not", name, at)
		}
	}
	for _, m := range c.list("volumeMounts") {
		if !slices.Contains(volumes, m.word("name")) {
			t.Errorf("%s mounts %s, which there is not", name, m.word("name"))
		}
	}
}
