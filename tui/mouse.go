package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/tui/screen"
)

// click is where the mouse was pressed last, to know a double click.
type click struct {
	x, y int
	at   time.Time
}

// double is how soon the second click of two must come.
const double = 450 * time.Millisecond

// mouseMode is which events of the mouse the terminal is asked for. Those who do not want them keep
// their terminal's own way to select text.
func (c *Console) mouseMode() tea.MouseMode {
	if c.env.Me.Preferences.Mouse {
		return tea.MouseModeCellMotion
	}
	return tea.MouseModeNone
}

// mouse takes the wheel and the left button; everything it does has a key as well.
func (c *Console) mouse(msg tea.MouseMsg) tea.Cmd {
	if !c.env.Me.Preferences.Mouse || c.top() == nil {
		return nil
	}
	c.touched()
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		return c.wheel(at.Button)
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			return c.click(at.X, at.Y)
		}
	}
	return nil
}

// wheel turns into the keys that go up and down.
func (c *Console) wheel(button tea.MouseButton) tea.Cmd {
	key := tea.KeyPressMsg{Code: tea.KeyDown}
	switch button {
	case tea.MouseWheelDown:
	case tea.MouseWheelUp:
		key.Code = tea.KeyUp
	default:
		return nil
	}
	if len(c.dialogs) == 0 && c.top().Typing() {
		return nil
	}
	const rows = 3
	var cmds []tea.Cmd
	for range rows {
		cmds = append(cmds, c.input(key))
	}
	return tea.Batch(cmds...)
}

// click chooses what was clicked on; clicked twice it is opened.
func (c *Console) click(x, y int) tea.Cmd {
	now := c.clock()
	twice := c.clicked.x == x && c.clicked.y == y && now.Sub(c.clicked.at) <= double
	c.clicked = click{x: x, y: y, at: now}
	var on any = c.top()
	x, y = x-c.bodyAt.x, y-c.bodyAt.y
	if n := len(c.dialogs); n > 0 {
		on = c.dialogs[n-1].Dialog
	}
	target, ok := on.(screen.Clickable)
	if !ok || !target.Click(x, y) || !twice {
		return nil
	}
	c.clicked = click{}
	return c.input(tea.KeyPressMsg{Code: tea.KeyEnter})
}
