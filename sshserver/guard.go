package sshserver

import (
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// guard is a model that contains the panics of another, and of the commands it returns: they end one
// console, with a number in the log.
type guard struct {
	model tea.Model
	broke func(cause any, stack []byte) (id string)
	id    string // under which a panic was logged
	drawn string // what was drawn last
}

// panicked is what a command that panicked returns.
type panicked struct {
	cause any
	stack []byte
}

// Init starts the model.
func (g *guard) Init() (cmd tea.Cmd) {
	defer g.contain()
	return safely(g.model.Init())
}

// Update passes a message on.
func (g *guard) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() { next = g }() // even after a panic
	defer g.contain()
	if p, ok := msg.(panicked); ok {
		g.fail(p)
	}
	if g.id != "" {
		return g, nil
	}
	g.model, cmd = g.model.Update(msg)
	return g, safely(cmd)
}

// View draws the model, or nothing once it has panicked.
func (g *guard) View() (view tea.View) {
	defer g.contain()
	if g.id != "" {
		return tea.View{}
	}
	view = g.model.View()
	if view.Content == g.drawn {
		view.Content = g.drawn // the same bytes: the renderer, which compares them a hundred times a second, sees that at once
	}
	g.drawn = view.Content
	return view
}

func (g *guard) contain() {
	if cause := recover(); cause != nil {
		g.fail(panicked{cause, debug.Stack()})
	}
}

func (g *guard) fail(p panicked) {
	if g.id == "" {
		g.id = g.broke(p.cause, p.stack)
	}
}

// farewell is what the model says last; without such words, those with which it was closed.
func (g *guard) farewell(parting string) string {
	if polite, ok := g.model.(interface{ Farewell() string }); ok && polite.Farewell() != "" {
		return polite.Farewell()
	}
	return parting
}

// safely makes a command whose panic is a message.
func safely(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if cause := recover(); cause != nil {
				msg = panicked{cause, debug.Stack()}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, each := range batch {
				batch[i] = safely(each)
			}
		}
		return msg
	}
}
