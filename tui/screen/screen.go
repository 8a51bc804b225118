// Package screen says what a screen of the console is: what it shows, which keys it answers, and what
// it may ask of the console around it. All screens import it; they do not import each other.
package screen

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/ui"
)

// Frame is the room a screen is drawn in, and when.
type Frame struct {
	Width, Height int
	Theme         *ui.Theme
	ui.Clock
}

// Inset is the frame less some columns and lines.
func (f Frame) Inset(columns, lines int) Frame {
	f.Width, f.Height = max(0, f.Width-columns), max(0, f.Height-lines)
	return f
}

// Screen is one full screen of the console. Screens do no reading or writing themselves: what takes
// time is a [tea.Cmd], whose answer comes back as a message to every screen.
type Screen interface {
	// Title is the screen's name in the header.
	Title() plain.Text
	// Enter is called when the screen comes on top, Leave when it is taken off or covered.
	Enter() tea.Cmd
	Leave() tea.Cmd
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly f.Height lines of f.Width columns, and says where the cursor is.
	View(f Frame) ([]string, *tea.Cursor)
	// Status is the line above the footer when no toast is there.
	Status(f Frame) []ui.Span
	// Bindings is the one table of keys: it drives the keys themselves, the footer and the help.
	Bindings() []Binding
	// Typing reports whether letters are text at the moment, and not commands.
	Typing() bool
	// Unsaved reports whether something typed is not on the server yet.
	Unsaved() bool
}

// Nested is what a screen also is if it belongs under the one it was opened from: the header shows the
// way to it.
type Nested interface{ Nested() bool }

// Whole is what a screen also is that may take the whole window, without the console's header and footer. They come
// back for a dialog and for what has to be said.
type Whole interface{ Whole() bool }

// Clickable is what a screen or a dialog also is if things on it can be chosen with the mouse: x and y
// count from its upper left corner. It reports whether something was chosen.
type Clickable interface{ Click(x, y int) bool }

// Dialog is a box over the screen. It gets all keys while it is open.
type Dialog interface {
	Update(msg tea.Msg) tea.Cmd
	View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor)
	// Foot says which keys work in it.
	Foot() []Binding
}

// Level is how serious a toast is.
type Level int

// The levels. Errors stay until a key is pressed.
const (
	Info Level = iota
	Warning
	Failure
)

// Host is the console around a screen. Its methods change what is on the screen at once and are called
// from Update only, never from a command.
type Host interface {
	// Toast shows one line for some seconds.
	Toast(level Level, text plain.Text) tea.Cmd
	// Fail shows what went wrong in words; an account that may no longer be here is signed out.
	Fail(doing string, err error) tea.Cmd
	// Show opens a dialog. One that nobody asked for at this moment ignores keys until the person
	// has paused, so that it does not eat an answer meant for something else.
	Show(d Dialog, unasked bool)
	// Hide closes a dialog.
	Hide(d Dialog)
	// Open goes to a ticket. This and what follows is done before the next key is taken, however fast it was typed.
	Open(id core.TicketID) tea.Cmd
	// Go goes to a screen that belongs under the one in sight.
	Go(to Screen) tea.Cmd
	// Search goes to the tickets that a query finds.
	Search(q query.Query) tea.Cmd
	// Analyse goes to Data Analysis.
	Analyse() tea.Cmd
	// Administer goes to Administration.
	Administer() tea.Cmd
	// Back leaves the screen on top.
	Back() tea.Cmd
	// Prefer works in another way from now on, and has it kept.
	Prefer(p core.Preferences) tea.Cmd
	// Speak uses another language from now on, and has it kept.
	Speak(language string) tea.Cmd
}

// Changed tells all screens that something they show may have changed.
type Changed struct{ Dirty core.Dirty }

// Minute tells all screens that ages in words have moved on.
type Minute struct{}
