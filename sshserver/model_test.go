package sshserver_test

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/tui"
)

// probe is a console that shows who is there, how large the window is and what was typed, and that
// misbehaves on demand.
type probe struct {
	name     string
	size     string
	typed    string
	notice   string
	farewell string
	stubborn bool // ignores goodbyes
	flood    int
	broken   bool
}

type flooding struct{}

func newProbe(_ context.Context, who core.Actor, me core.User, on sshserver.Terminal) tea.Model {
	on.Arrived()
	return &probe{name: fmt.Sprintf("%s (%d)", me.Username, who.User), size: fmt.Sprintf("%dx%d", on.Width, on.Height)}
}

func (p *probe) Init() tea.Cmd { return nil }

func (p *probe) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.size = fmt.Sprintf("%dx%d", msg.Width, msg.Height)
	case flooding:
		p.flood++
		return p, func() tea.Msg { return flooding{} }
	case tea.KeyPressMsg:
		return p.press(msg.String())
	default:
		return p.hear(msg)
	}
	return p, nil
}

func (p *probe) press(key string) (tea.Model, tea.Cmd) {
	switch key {
	case "q":
		p.farewell = "Goodbye, " + p.name
		return p, tea.Quit
	case "ctrl+z":
		return p, tea.Suspend
	case "U":
		panic("in Update")
	case "V":
		p.broken = true
	case "C":
		return p, func() tea.Msg { panic("in a command") }
	case "B":
		return p, tea.Batch(func() tea.Msg { return nil }, func() tea.Msg { panic("in a batch") })
	case "F":
		return p, func() tea.Msg { return flooding{} }
	case "S":
		p.stubborn = true
	}
	p.typed += key
	return p, nil
}

// Farewell is printed when the console has closed.
func (p *probe) Farewell() string { return p.farewell }

func (p *probe) View() tea.View {
	if p.broken {
		panic("in View")
	}
	view := tea.NewView(strings.Join([]string{"Console of " + p.name, p.size, "typed:" + p.typed, p.notice}, "\n"))
	if p.flood > 0 {
		view.Content += "\n" + strings.Repeat(fmt.Sprint(p.flood)+" ", 300)
	}
	view.AltScreen = true
	return view
}

func (p *probe) hear(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tui.Notice:
		p.notice = msg.Text
	case tui.Goodbye:
		if !p.stubborn {
			p.farewell = msg.Text
			return p, tea.Quit
		}
	}
	return p, nil
}
