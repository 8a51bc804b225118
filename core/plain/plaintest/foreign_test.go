package plaintest_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core/plain/plaintest"
)

func TestForeignSeesWhatOnlyPeopleSend(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"\x1bP$qm\x1b\\":          "DCS",
		"\x1b_Ga=T\x1b\\":         "APC",
		"\x1b^x\x1b\\":            "PM",
		"\x1bXx\x1b\\":            "SOS",
		"\x1b]8;;http://x\a":      "OSC 8",
		"\x1b]52;c;AA==\a":        "OSC 52",
		"\x1b]0;title\a":          "OSC 0",
		"\x1b]2;title\x1b\\":      "OSC 2",
		"\x1b]11;never closed":    "unterminated OSC",
		"\x1bc":                   "full reset",
		"\x1b[1;8m":               "hidden",
		"\x1b[38;5;1;5m":          "hidden",
		"\u009b31m":               "C1 control U+009B",
		"\x9b31m":                 "outside UTF-8",
		"\x00":                    "control 0x0",
		"x\x07":                   "control 0x7",
		"\u202e":                  "bidi",
		"\u200b":                  "unseen",
		"\U000e0041":              "unseen",
		"plain then \x1b":         "ESC at the end",
		"\x1b[38;5":               "unterminated CSI",
		"\x1b]11;?\x1b\\ok\u2066": "bidi",
	} {
		found := plaintest.Foreign([]byte(raw))
		if len(found) == 0 || !strings.Contains(found[0], want) {
			t.Errorf("Foreign(%q) = %q, want %q", raw, found, want)
		}
	}
}

func TestForeignAllowsWhatTheProgramDraws(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "Müller, 图书馆, Ελλάδα │ ─ …\r\n\t\b",
		"\x1b[?1049h\x1b[2J\x1b[H\x1b[1;38;5;8mname\x1b[0m\x1b[48;2;8;5;6mx\x1b[m",
		"\x1b]11;?\x07\x1b]10;?\x1b\\\x1b[>4;1m\x1b7\x1b8\x1b=",
	} {
		plaintest.AssertClean(t, []byte(raw))
	}
}

func TestEveryPayloadKeepsItsSecretAndItsName(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, p := range plaintest.Payloads() {
		if names[p.Name] || !strings.Contains(p.Text, plaintest.Secret) {
			t.Errorf("payload %q is doubled or lacks %q", p.Name, plaintest.Secret)
		}
		names[p.Name] = true
	}
	if len(names) != 40 {
		t.Errorf("%d payloads, want 40", len(names))
	}
}
