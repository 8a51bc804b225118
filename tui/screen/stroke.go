package screen

// Stroke is several keys pressed for one thing: "gg", or "5j", which is "j" with a count of 5. The
// console gives it to the screen on top in place of the keys.
type Stroke struct {
	Keys  string // the keys without the number: "gg", "j"
	Count int    // the number before them; 0 for none
}

// String is how a table of keys names it.
func (s Stroke) String() string { return s.Keys }
