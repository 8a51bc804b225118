package tui_test

import (
	"bytes"
	"io"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

// wire is what a program writes to its terminal.
type wire struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *wire) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.buf.Bytes())
}

func TestTheProgramRunsAndLeavesTheTerminalAsItWas(t *testing.T) {
	t.Parallel()
	c, _ := newCampus(t)
	c.Report(t, c.Ana, "No signal")
	console := tui.New(t.Context(), c.Desk, storagetest.As(c.Ines, core.DoorSSH), c.Ines, tui.Options{Width: 80, Height: 24})
	in, keys := io.Pipe()
	out := &wire{}
	program := tea.NewProgram(console, tea.WithContext(t.Context()), tea.WithInput(in), tea.WithOutput(out), tea.WithWindowSize(80, 24),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignalHandler())
	ended := make(chan error, 1)
	go func() { _, err := program.Run(); ended <- err }()
	deadline := time.Now().Add(10 * time.Second)
	for !bytes.Contains(out.bytes(), []byte("No signal")) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was drawn: %q", out.bytes())
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := keys.Write([]byte("q")); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it did not end")
	}
	raw := out.bytes()
	plaintest.AssertClean(t, raw)
	if !bytes.Contains(raw, []byte("\x1b[?1049l")) {
		t.Error("the terminal was left on the alternate screen")
	}
}
