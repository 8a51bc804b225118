package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/bench/rig"
)

// facts are what one should know of the run: which program, which machine, and what else that did.
func (b *bench) facts(ctx context.Context) (version string, facts []figure.Fact, err error) {
	version = "the working tree"
	if out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		version = strings.TrimSpace(string(out))
	}
	var server []string
	for _, setting := range []string{"server_version", "shared_buffers", "fsync", "synchronous_commit"} {
		value, err := rig.Value[string](ctx, b.biggest(), `select current_setting('`+setting+`')`)
		if err != nil {
			return "", nil, err //nolint:wrapcheck // says what it did
		}
		server = append(server, strings.TrimPrefix(setting, "server_")+" "+value)
	}
	sizes := make([]string, len(b.desks))
	for i, d := range b.desks {
		sizes[i] = fmt.Sprint(d.Tickets)
	}
	facts = []figure.Fact{
		{Name: "Machine", Value: fmt.Sprintf("%d processors %s, %s of memory, %s/%s", runtime.NumCPU(), find("/proc/cpuinfo", "model name"), find("/proc/meminfo", "MemTotal"), runtime.GOOS, runtime.GOARCH)},
		{Name: "Load when it began", Value: fmt.Sprintf("%.1f", rig.Load())},
		{Name: "Database of the biggest desk", Value: "PostgreSQL, " + strings.Join(server, ", ")},
		{Name: "Program", Value: runtime.Version()},
		{Name: "Tickets of the desks", Value: strings.Join(sizes, ", ")},
	}
	return version, facts, nil
}

// find is what a file of /proc says of something, "unknown" where there is none.
func find(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
