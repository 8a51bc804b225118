package core

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzReadRoll reads anything as a list of people: lines with each column that the first line names, or reasons why not.
func FuzzReadRoll(f *testing.F) {
	for _, s := range []string{
		"username,name\nana,Ana Ruiz\n", "\ufeffUSERNAME, email \n\"ana\", a@b.example\n", "username\n\"", "username\n\"a\"b\n\"c", "username,username\na,b", "", "\n\n",
		"username\r\n\r\n\"\n\n\"\x00\xff", "queues\nx", "username,name\nana\n,,,\n",
	} {
		f.Add([]byte(s))
	}
	known := []string{"username", "name", "email", "role", "queues"}
	f.Fuzz(func(t *testing.T, list []byte) {
		lines, wrong := readRoll(bytes.NewReader(list), []string{"username"}, known)
		last := 1
		for _, l := range lines {
			if _, ok := l.fields["username"]; !ok || l.number <= last {
				t.Errorf("line %d behind %d: %v", l.number, last, l.fields)
			}
			last = l.number
			for _, value := range l.fields {
				if !utf8.ValidString(value) || strings.ContainsAny(value, "\x00\n\r") {
					t.Errorf("a value that cannot be kept: %q", value)
				}
			}
		}
		for _, w := range wrong {
			if w.Line < 1 || w.Code == "" {
				t.Errorf("%+v", w)
			}
		}
	})
}

// FuzzParseKey reads anything as a line of authorized_keys: what is taken has a fingerprint and a name that can be kept.
func FuzzParseKey(f *testing.F) {
	for _, s := range []string{
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7ZJmVvpBjUYhTzYWfMqYPJmQ4d8Hk0ZJxW5xQe2nq1 ana@laptop",
		`command="/bin/sh",no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7ZJmVvpBjUYhTzYWfMqYPJmQ4d8Hk0ZJxW5xQe2nq1 x`,
		"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7", "ssh-ed25519 AAAA", "# a comment", "", "ssh-ed25519-cert-v01@openssh.com AAAA", "\x00\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, authorized string) {
		key, err := parseKey(authorized)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Invalid {
				t.Errorf("%q is refused with %v", authorized, err)
			}
			return
		}
		if !strings.HasPrefix(key.Fingerprint, "SHA256:") || !utf8.ValidString(key.Name) || strings.ContainsAny(key.Name, "\x00\n\r") {
			t.Errorf("%q is %+v", authorized, key)
		}
	})
}

// FuzzSecrets reads anything as each of the secrets that people and programs bring: nothing but what was made is taken,
// and what is taken has one form only.
func FuzzSecrets(f *testing.F) {
	f.Add(writeToken(bytes.Repeat([]byte{7}, 20)))
	f.Add(strings.ToUpper(writeToken(bytes.Repeat([]byte{7}, 20))))
	for _, s := range []string{"hd_", "K7QM-3XDPR", "k7qm 3xdpr", "AAAAA.BBBBB", "1.2.3", "", "\x00", "hd_" + strings.Repeat("a", 39), "%", "9223372036854775808:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if IsToken(typed) {
			raw, err := tokenLetters.DecodeString(strings.TrimPrefix(typed, tokenPrefix))
			if err != nil || writeToken(raw[:20]) != typed {
				t.Errorf("%q passes for a token", typed)
			}
		}
		if ref, ok := ParseReference(typed); ok {
			if again, ok := ParseReference(string(ref)); !ok || again != ref {
				t.Errorf("%q is the reference %q, which is %q", typed, ref, again)
			}
		}
		if c, ok := ParseFeedCursor(typed); ok {
			if again, ok := ParseFeedCursor(c.String()); !ok || again != c {
				t.Errorf("%q is the cursor %+v, which is %+v", typed, c, again)
			}
		}
		if respelled, next, err := splitCursor(typed); err == nil {
			again, rest, err := splitCursor(joinCursor(respelled, next))
			if err != nil || rest != next || len(again) != len(respelled) {
				t.Errorf("%q is %v and %q, which are %v and %q (%v)", typed, respelled, next, again, rest, err)
			}
		}
		if form, ok := pageForm(typed); ok && len(form) != len("files:")+22 {
			t.Errorf("%q is the form %q", typed, form)
		}
	})
}
