package plain

import "strings"

// CSV returns s as safe text for a cell of a spreadsheet. A cell that a
// spreadsheet would compute instead of show gets a leading apostrophe, also
// when blanks or dropped characters hide the sign. Quoting for the file format
// is the CSV writer's work.
func CSV(s string) string {
	safe := Block(s).String()
	switch firstRune(strings.TrimLeft(safe, " \n")) {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return "'" + safe
	}
	if s != "" && strings.ContainsRune("\t\r\n\x00", rune(s[0])) {
		return "'" + safe
	}
	return safe
}

// firstRune returns the first rune of s, or 0 if there is none.
func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
