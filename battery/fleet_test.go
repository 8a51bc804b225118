package battery

import (
	"math/rand/v2"
	"testing"

	"helpdesk.campus/cmd/helpdesk/programtest"
)

// member is one process of the program. It is started again where it was.
type member struct {
	kind    string // web, ssh or worker
	url     string // of the database
	flags   []string
	process *programtest.Process
	address string
	admin   string
}

// launch starts a process and waits until it serves.
func launch(t testing.TB, kind, url string, flags ...string) *member {
	t.Helper()
	m := &member{kind: kind, url: url, flags: flags, address: "127.0.0.1:0", admin: "127.0.0.1:0"}
	m.start(t)
	return m
}

func (m *member) start(t testing.TB) {
	t.Helper()
	m.process = programtest.Start(t, []string{"HELPDESK_DATABASE_URL=" + m.url, "HELPDESK_PUBLIC_URL=http://127.0.0.1", "HELPDESK_REPORTS_PER_ADDRESS=0", "HELPDESK_CALLS_PER_TOKEN=0"},
		append([]string{"serve", "--only=" + m.kind, "--" + m.kind + "-addr=" + m.address, "--admin-addr=" + m.admin}, m.flags...)...)
	if m.kind != "worker" {
		m.address = m.process.Find(`msg=serving .*` + m.kind + `=(127\.0\.0\.1:\d+)`)
	}
	m.admin = m.process.Find(`msg=serving .*admin=(127\.0\.0\.1:\d+)`)
}

// restart is what a supervisor does with a process that was killed.
func (m *member) restart(t testing.TB) {
	t.Helper()
	m.process.Kill()
	m.start(t)
}

// renew is what an operator does to start a newer program: the process ends as it does when told to, and is started again.
func (m *member) renew(t testing.TB) {
	t.Helper()
	if code := m.process.Stop(); code != 0 {
		t.Errorf("a process that is told to stop ends with %d:\n%s", code, m.process.Output)
	}
	m.start(t)
}

// fleet is some processes, of which clients pick any, the dead too, as with a plain list of addresses.
type fleet []*member

func newFleet(t testing.TB, n int, kind, url string) fleet {
	t.Helper()
	f := make(fleet, n)
	for i := range f {
		f[i] = launch(t, kind, url)
	}
	return f
}

// pick chooses a process; the address does not change while it is restarted.
func (f fleet) pick() string { return f[rand.IntN(len(f))].address }
