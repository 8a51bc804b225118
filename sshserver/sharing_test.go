package sshserver_test

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"helpdesk.campus/sshserver"
)

// Programs share one connection among sessions (ControlMaster in OpenSSH). Each is a console of its own: one that dies
// takes neither the other nor the connection with it.
func TestTwoConsolesOverOneConnectionLiveAndDieApart(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(*sshserver.Options) {})
	ana := h.staff(t, "ana")
	o := newOpenSSH(t, h)
	key := o.key(t, ana, "ana")
	control := "ControlPath=" + filepath.Join(o.folder, "master")
	master := o.command(t, "-M", "-N", "-i", key, "-o", control, "127.0.0.1")
	fatal(t, master.Start())
	t.Cleanup(func() { _ = master.Process.Kill(); _ = master.Wait() })
	eventually(t, "the master", func() bool {
		return o.command(t, "-O", "check", "-o", control, "127.0.0.1").Run() == nil
	})
	type console struct {
		cmd    *exec.Cmd
		screen *journal
		keys   io.Writer
	}
	open := func() console {
		cmd, screen := o.command(t, "-tt", "-o", "ControlMaster=no", "-o", control, "-o", "BatchMode=yes", "127.0.0.1"), &journal{}
		cmd.Stdout = screen
		keys, err := cmd.StdinPipe()
		fatal(t, err)
		fatal(t, cmd.Start())
		eventually(t, "a console", func() bool { return strings.Contains(screen.String(), "Console of ana") })
		return console{cmd, screen, keys}
	}
	first, second := open(), open()
	fatal(t, first.cmd.Process.Kill())
	_ = first.cmd.Wait()
	third := open()
	for name, c := range map[string]console{"the one that was there": second, "a new one": third} {
		_, err := fmt.Fprint(c.keys, "q")
		fatal(t, err)
		if err := c.cmd.Wait(); err != nil || !strings.Contains(c.screen.String(), "Goodbye, ana") {
			t.Errorf("%s: %v, %q", name, err, c.screen)
		}
	}
	if err := o.command(t, "-O", "check", "-o", control, "127.0.0.1").Run(); err != nil {
		t.Errorf("the shared connection is gone: %v", err)
	}
}
