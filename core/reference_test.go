package core

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestReferencesAreReadAloudAndCheckThemselves(t *testing.T) {
	t.Parallel()
	seen := make(map[Reference]bool)
	for range 20_000 {
		ref, err := NewReference(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if seen[ref] {
			t.Fatalf("%s was drawn twice", ref)
		}
		seen[ref] = true
		if strings.ContainsAny(string(ref), "01OI") || len(ref) != 10 || ref[4] != '-' {
			t.Fatalf("%s is hard to read aloud", ref)
		}
		for _, written := range []string{string(ref), strings.ToLower(string(ref)), strings.ReplaceAll(string(ref), "-", ""), " " + string(ref[:4]) + " " + string(ref[5:]) + " "} {
			if read, ok := ParseReference(written); !ok || read != ref {
				t.Fatalf("%q is read as %q, %t", written, read, ok)
			}
		}
	}
}

func TestOneWrongCharacterIsNoticed(t *testing.T) {
	t.Parallel()
	ref, err := NewReference(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for at := range len(ref) {
		for _, letter := range referenceAlphabet {
			if ref[at] == '-' || byte(letter) == ref[at] {
				continue
			}
			wrong := string(ref[:at]) + string(letter) + string(ref[at+1:])
			if _, ok := ParseReference(wrong); ok {
				t.Errorf("%s passes for %s", wrong, ref)
			}
		}
	}
}

func TestWhatIsNoReferenceIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", "K7QM", "K7QM-3XDP", "K7QM-3XDPRR", "K0QM-3XDPR", "K7QM-3XDP\x00", strings.Repeat("K", 10_000), "٣٣٣٣-٣٣٣٣٣"} {
		if ref, ok := ParseReference(text); ok {
			t.Errorf("%q is read as %s", text, ref)
		}
	}
}
