// Package plaintest holds what tests of every door need to show that text from
// people stays text: a set of hostile texts to file, and a reader of raw
// terminal bytes that reports what should never have come through.
package plaintest

import "strings"

// Payload is one hostile text.
type Payload struct {
	Name string // what it tries
	Text string // the text as a person would send it
}

// Secret is a word that each payload holds behind its attack. A screen that
// shows the payload without it let the attack hide text.
const Secret = "VISIBLE"

// Payloads returns the hostile texts, a fresh slice each time.
func Payloads() []Payload {
	return []Payload{
		{"CSI colour left open", "a\x1b[31;47;5mVISIBLE"},
		{"CSI conceal", "a\x1b[8mVISIBLE\x1b[0m"},
		{"CSI cursor home and clear", "a\x1b[2J\x1b[HVISIBLE"},
		{"CSI status report", "a\x1b[6nVISIBLE"},
		{"CSI alternate screen", "a\x1b[?1049lVISIBLE"},
		{"CSI unterminated", "a\x1b[38;5VISIBLE"},
		{"RIS full reset", "a\x1bcVISIBLE"},
		{"lone ESC at the end", "VISIBLE\x1b"},
		{"ESC ESC", "a\x1b\x1b[31mVISIBLE"},
		{"charset switch", "a\x1b(0VISIBLE\x0e\x0f"},
		{"OSC 0 title", "a\x1b]0;owned\aVISIBLE"},
		{"OSC 2 title closed by ST", "a\x1b]2;owned\x1b\\VISIBLE"},
		{"OSC 8 hyperlink", "a\x1b]8;;https://evil.example/\x1b\\bank.example\x1b]8;;\x1b\\VISIBLE"},
		{"OSC 9 notification", "a\x1b]9;owned\aVISIBLE"},
		{"OSC 52 clipboard", "a\x1b]52;c;ZXZpbA==\aVISIBLE"},
		{"OSC unterminated", "a\x1b]0;VISIBLE"},
		{"DCS DECRQSS", "a\x1bP$qm\x1b\\VISIBLE"},
		{"DCS XTGETTCAP", "a\x1bP+q544e\x1b\\VISIBLE"},
		{"DCS tmux wrapped", "a\x1bPtmux;\x1b\x1b]52;c;ZXZpbA==\a\x1b\\VISIBLE"},
		{"DCS unterminated", "a\x1bP$qVISIBLE"},
		{"APC kitty graphics", "a\x1b_Ga=T,f=24;AAAA\x1b\\VISIBLE"},
		{"PM", "a\x1b^private\x1b\\VISIBLE"},
		{"SOS", "a\x1bXstring\x1b\\VISIBLE"},
		{"C1 CSI as UTF-8", "a\u009b31mVISIBLE"},
		{"C1 OSC as UTF-8", "a\u009d52;c;ZXZpbA==\u009cVISIBLE"},
		{"C1 CSI as a raw byte", "a\x9b31mVISIBLE"},
		{"C1 DCS as a raw byte", "a\x90$qm\x9cVISIBLE"},
		{"carriage return overwrites", "Paid: no\rPaid: yes VISIBLE"},
		{"backspaces overwrite", "no\b\byes VISIBLE"},
		{"NUL and other controls", "a\x00\x01\x07\x7fVISIBLE"},
		{"invalid UTF-8", "a\xff\xc3(\xed\xa0\x80VISIBLE"},
		{"bidi override", "a\u202eexe.fdp\u202c VISIBLE"},
		{"bidi isolates and marks", "a\u2066b\u2069\u200f\u061cVISIBLE"},
		{"zero width", "a\u200b\u200c\u200d\u2060\ufeff\u00adVISIBLE"},
		{"tag characters", "a\U000e0001\U000e0068\U000e0069\U000e007fVISIBLE"},
		{"50 combining marks", "a" + strings.Repeat("\u0301\u0338", 25) + "VISIBLE"},
		{"mark without a character", "\u0336\u20ddVISIBLE"},
		{"emoji joined, toned and varied", "👩🏽\u200d💻👨\u200d👩\u200d👧❤\ufe0f🏳\ufe0f\u200d🌈1\ufe0f\u20e3🇪VISIBLE"},
		{"Hangul fillers and loose jamo", "a\u115f\u1160\u3164\uffa0\u1100\u1100\u1161\u11a8\u11a8VISIBLE"},
		{"line and paragraph separators", "a\u2028b\u2029c\u0085d\v\fVISIBLE"},
	}
}
