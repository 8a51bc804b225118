package core

import (
	"slices"
	"strings"
	"testing"
)

func TestPasswordsThatAGuesserTriesFirstAreRefused(t *testing.T) {
	t.Parallel()
	names := []string{"ana.ruiz", "ana.ruiz@larkfield.example", "Ana Ruiz", "Larkfield University"}
	for password, want := range map[string]string{
		"aaaaaaaaaaaa": "password_repeated", "121212121212": "password_repeated", "ab ab ab ab ab": "password_repeated",
		"qwertyuiop12345": "password_row", "1234567890123": "password_row", "abcdefghijklmnop": "password_row",
		"zyxwvutsrqpon": "password_row", "asdfghjkl asdfghjkl": "password_row", "1qaz2wsx3edc4rfv": "password_row", "qwertzuiopyxcv": "password_row",
		"Ana.Ruiz.2026": "password_personal", "ana.ruiz@larkfield.example": "password_personal", "LarkfieldUniversity1": "password_personal",
		"larkfield2026!": "password_personal", "ruizruizruiz12": "password_personal",
		"passwordpassword": "password_common", "Password1234": "password_common", "P4ssw0rd2026!": "password_common", "Dragon!Dragon!": "password_common",
		"iloveyou-123456": "password_common", "thisismypassword": "password_common", "correct horse battery staple": "password_common",
		"monkeymonkey99": "password_common", "contraseña2026": "password_common", "__password__": "password_common", "123password123": "password_common",
		"teamoteamoteamo": "password_common",
		// And what is good enough.
		"correct horse battery": "", "four small wet stones": "", "seven green bicycles": "", "five very small stones": "",
		"tr0ub4dor&3-again": "", "xkT9#vvQ2mLp": "", "491827364551": "", "ana likes quiet lagoons": "", "caballo grapa batería cierto": "",
		"привет большой мир": "", "正確な馬の電池と留め金です": "",
	} {
		if got := weakness(password, names...); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestTheListOfCommonPasswordsIsSearchable(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSuffix(commonPasswords, "\n"), "\n")
	if len(lines) < 2000 || !slices.IsSorted(lines) {
		t.Fatalf("%d lines, sorted: %v", len(lines), slices.IsSorted(lines))
	}
	for i, line := range lines {
		if line == "" || line != strings.ToLower(line) || !isCommon(line) {
			t.Fatalf("line %d, %q, is never found", i+1, line)
		}
	}
	for _, never := range []string{"", "\n", lines[0] + "\n" + lines[1], "zzzzzzzzzzzzzzzzz", "!", "four small wet stones"} {
		if isCommon(never) {
			t.Errorf("%q is found", never)
		}
	}
}

func FuzzWeakness(f *testing.F) {
	f.Add("P4ssw0rd", "ana")
	f.Add("\xff\xfe", "\x00")
	f.Fuzz(func(_ *testing.T, password, name string) { weakness(password, name) })
}
