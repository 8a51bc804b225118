package sshserver_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// openssh is the ssh program that people really use.
type openssh struct {
	program string
	folder  string
	port    string
}

func newOpenSSH(t *testing.T, h *helpdesk) *openssh {
	t.Helper()
	program, err := exec.LookPath("ssh")
	storagetest.Need(t, err, "the program ssh")
	// A socket's path is short by law; the folders of tests are not.
	folder, err := os.MkdirTemp("", "ssh")
	fatal(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	_, port, err := net.SplitHostPort(h.addr)
	fatal(t, err)
	return &openssh{program: program, folder: folder, port: port}
}

func (o *openssh) file(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(o.folder, name)
	fatal(t, os.WriteFile(path, []byte(content), mode))
	return path
}

// key writes both halves of somebody's key and returns the path of the private one.
func (o *openssh) key(t *testing.T, p person, name string) string {
	t.Helper()
	block, err := gossh.MarshalPrivateKey(p.private, "")
	fatal(t, err)
	o.file(t, name+".pub", string(gossh.MarshalAuthorizedKey(p.key.PublicKey())), 0o600)
	return o.file(t, name, string(pem.EncodeToMemory(block)), 0o600)
}

// command prepares "ssh" with arguments; it ends with the test.
func (o *openssh) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), sshtest.Patience)
	t.Cleanup(cancel)
	base := []string{
		"-F", "none", "-p", o.port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes",
	}
	cmd := exec.CommandContext(ctx, o.program, append(base, args...)...)
	cmd.Env = []string{"HOME=" + o.folder, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color"}
	cmd.WaitDelay = time.Second
	return cmd
}

func TestOpenSSH(t *testing.T) {
	t.Parallel()
	h := newHelpdesk(t, func(o *sshserver.Options) { o.KeepAlive = 200 * time.Millisecond })
	ana, boss := h.staff(t, "ana"), h.staff(t, "boss")
	o := newOpenSSH(t, h)
	key := o.key(t, ana, "ana")

	t.Run("console by key", func(t *testing.T) {
		cmd := o.command(t, "-tt", "-i", key, "127.0.0.1")
		screen := &journal{}
		cmd.Stdout = screen
		keys, err := cmd.StdinPipe()
		fatal(t, err)
		fatal(t, cmd.Start())
		eventually(t, "the console", func() bool { return strings.Contains(screen.String(), "Console of ana") })
		_, err = io.WriteString(keys, "q")
		fatal(t, err)
		if err := cmd.Wait(); err != nil || !strings.Contains(screen.String(), "Goodbye, ana") {
			t.Errorf("%v, %q", err, screen)
		}
	})
	t.Run("verbs", func(t *testing.T) {
		for command, want := range map[string]int{"version": 0, "ls": 0, "show": 64} {
			for _, terminal := range []string{"-tt", "-T"} {
				err := o.command(t, terminal, "-i", key, "127.0.0.1", command).Run()
				status := 0
				if exit, ok := errors.AsType[*exec.ExitError](err); ok {
					status = exit.ExitCode()
				}
				if status != want {
					t.Errorf("ssh %s %s ended with %d", terminal, command, status)
				}
			}
		}
	})
	t.Run("no forwarding", func(t *testing.T) {
		cmd := o.command(t, "-i", key, "-W", h.addr, "127.0.0.1")
		if output, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(output), "forwarding failed") {
			t.Errorf("%v, %q", err, output)
		}
	})
	t.Run("neither sftp nor scp", func(t *testing.T) {
		cmd := o.command(t, "-i", key, "-s", "127.0.0.1", "sftp")
		if output, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(output), "There is no sftp and no scp here.") {
			t.Errorf("sftp: %v, %q", err, output)
		}
		secret := o.file(t, "secret", "what lies on the machine", 0o600)
		for _, command := range []string{"scp -f " + secret, "scp -t " + o.folder, "cat " + secret, "sftp-server"} {
			cmd := o.command(t, "-i", key, "127.0.0.1", command)
			if output, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(output), "There is no verb") {
				t.Errorf("%s: %v, %q", command, err, output)
			}
		}
	})
	t.Run("somebody else's public half, then a password", func(t *testing.T) {
		o.key(t, boss, "boss")
		fatal(t, os.Remove(filepath.Join(o.folder, "boss")))
		answers := o.file(t, "askpass", "#!/bin/sh\ncase \"$1\" in *Username*) echo ana;; *) echo '"+ana.password+"';; esac\n", 0o700)
		cmd := o.command(t, "-tt", "-i", filepath.Join(o.folder, "boss.pub"), "boss@127.0.0.1")
		cmd.Env = append(cmd.Env, "SSH_ASKPASS="+answers, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0")
		cmd.Stdin = strings.NewReader("q")
		var screen bytes.Buffer
		cmd.Stdout, cmd.Stderr = &screen, &screen
		err := cmd.Run()
		if err != nil || !strings.Contains(screen.String(), "Console of ana") || strings.Contains(screen.String(), "Console of boss") {
			t.Errorf("%v, %q", err, screen.String())
		}
	})
	t.Run("a window closed on a shared connection", func(t *testing.T) {
		control := filepath.Join(o.folder, "control")
		master := o.command(t, "-i", key, "-M", "-S", control, "-N", "127.0.0.1")
		fatal(t, master.Start())
		defer func() { _ = master.Process.Kill(); _ = master.Wait() }()
		eventually(t, "the shared connection", func() bool { _, err := os.Stat(control); return err == nil })
		before := h.server.Consoles()
		window := o.command(t, "-tt", "-S", control, "127.0.0.1")
		screen := &journal{}
		window.Stdout = screen
		_, err := window.StdinPipe()
		fatal(t, err)
		fatal(t, window.Start())
		eventually(t, "the console", func() bool { return strings.Contains(screen.String(), "Console of ana") })
		fatal(t, window.Process.Kill())
		_ = window.Wait()
		eventually(t, "the console to end", func() bool { return h.server.Consoles() == before })
	})
}
