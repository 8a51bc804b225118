package sshserver_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// While the database is away, whoever comes with a key is told that it is not their key: once, in words, whether the key is
// known or not, and without being asked for a password that could not help either.
func TestASignInWithoutTheDatabaseIsToldWhy(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	h := newHelpdeskOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	ana := h.staff(t, "ana")
	why := h.words.For("en").T("error.unavailable")
	strangers := []gossh.Signer{sshtest.NewKey(t), sshtest.NewKey(t)}
	restore := storagetest.Cut(t, url)

	told := map[string]string{}
	for name, keys := range map[string][]gossh.Signer{"a known key": {ana.key}, "an unknown key": strangers[:1], "an agent's keys": append(strangers, ana.key)} {
		asked := 0
		config := sshtest.Config("ana", gossh.PublicKeys(keys...), gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			asked += len(questions)
			return make([]string, len(questions)), nil
		}))
		config.BannerCallback = func(text string) error { told[name] += text; return nil }
		if _, err := gossh.Dial("tcp", h.addr, config); err == nil {
			t.Errorf("%s signs in without a database", name)
		}
		if told[name] != why+"\r\n" || asked != 0 {
			t.Errorf("%s: told %q, and asked %d questions", name, told[name], asked)
		}
	}

	t.Run("OpenSSH", func(t *testing.T) {
		o := newOpenSSH(t, h)
		o.key(t, ana, "ana")
		cmd := o.command(t, "-i", filepath.Join(o.folder, "ana"), "127.0.0.1", "ls")
		cmd.Args[slices.Index(cmd.Args, "LogLevel=ERROR")] = "LogLevel=INFO" // as it is without any option: below it ssh shows no words of servers
		output, err := cmd.CombinedOutput()
		if err == nil || strings.Count(string(output), why) != 1 {
			t.Errorf("%v, %q", err, output)
		}
	})

	restore()
	sshtest.Open(t, sshtest.Dial(t, h.addr, "ana", gossh.PublicKeys(ana.key)), 80, 24).Wait("Console of ana")
}

// An outage is no fault of those who try again and again: their network is not slowed for it.
func TestAnOutageSlowsNobodyDown(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	h := newHelpdeskOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}), func(o *sshserver.Options) { o.Exempt = nil })
	ana := h.staff(t, "ana")
	restore := storagetest.Cut(t, url)
	for range 20 {
		if _, err := gossh.Dial("tcp", h.addr, sshtest.Config("ana", gossh.PublicKeys(ana.key))); err == nil {
			t.Fatal("somebody signs in without a database")
		}
	}
	restore()
	for range 3 {
		sshtest.Dial(t, h.addr, "ana", gossh.PublicKeys(ana.key))
	}
}
