package verb_test

import (
	"fmt"
	"strings"
	"testing"

	"helpdesk.campus/sshserver/sshtest"
)

func TestTicketsAreJoinedByVerbs(t *testing.T) {
	t.Parallel()
	c := newCampus(t)
	a, b := c.Report(t, c.Ana, "A"), c.Report(t, c.Ben, "B")
	client := c.dial(t, "ines")
	for _, test := range []struct {
		command string
		status  int
		says    string
	}{
		{"link %[1]d duplicate_of %[2]d", 0, ""},
		{"link %[1]d likes %[2]d", 65, "Choose how they stand"},
		{"unlink %[1]d %[2]d", 0, ""},
		{"unlink %[1]d %[2]d", 65, "is not linked"},
		{"merge %[1]d %[1]d", 65, "cannot be merged into itself"},
		{"merge %[2]d %[1]d", 0, ""},
		{"merge %[1]d %[2]d", 65, "already goes on in"},
		{"merge %[1]d 999999", 69, ""},
		{"unmerge %[2]d", 0, ""},
		{"unmerge %[2]d", 77, "not merged"},
		{"undo %[2]d", 0, ""},
	} {
		command := fmt.Sprintf(test.command, int64(a), int64(b))
		_, complaints, status := sshtest.Run(t, client, command)
		if status != test.status || !strings.Contains(complaints, test.says) {
			t.Errorf("%s: %d, %q; want %d and %q", command, status, complaints, test.status, test.says)
		}
	}
	out, _, _ := sshtest.Run(t, client, fmt.Sprintf("show %d --json", b))
	if !strings.Contains(out, fmt.Sprintf(`"merged_into":%d`, a)) {
		t.Errorf("undoing the unmerging gave %s", out)
	}
}
