package sshserver_test

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"helpdesk.campus/storage/storagetest"
)

// TestAttackWeakAlgorithmsAsSSHAuditSeesThem lets ssh-audit judge the server.
func TestAttackWeakAlgorithmsAsSSHAuditSeesThem(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ssh-audit")
	storagetest.Need(t, err, "the program ssh-audit")
	h := newHelpdesk(t)
	_, port, err := net.SplitHostPort(h.addr)
	fatal(t, err)

	report, _ := exec.CommandContext(t.Context(), program, "-n", "-p", port, "127.0.0.1").CombinedOutput()
	if !strings.Contains(string(report), "(key) ssh-ed25519") {
		t.Fatalf("no report:\n%s", report)
	}
	for line := range strings.Lines(string(report)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.Contains(line, "[fail]"), strings.Contains(line, "[warn]") && !olderThanTheProgram(line):
			t.Errorf("ssh-audit says: %s", line)
		case strings.HasPrefix(line, "(key)") && !strings.Contains(line, "ssh-ed25519"),
			strings.HasPrefix(line, "(mac)") && strings.Contains(line, "sha1"), strings.HasPrefix(line, "(kex)") && strings.Contains(line, "nistp"):
			t.Errorf("the server offers %s", line)
		}
	}
}

// olderThanTheProgram reports whether a warning is about an algorithm that is newer than ssh-audit knows.
func olderThanTheProgram(line string) bool { return strings.Contains(line, "unknown algorithm") }
