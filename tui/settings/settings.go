// Package settings is the console's screen of one's own account: how one works, what one hears of, and
// by which keys and sign-ins one comes in.
package settings

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Screen is the settings of one person.
type Screen struct {
	env *screen.Env

	notices  core.Notices
	keys     []core.Key
	sessions []core.Session
	known    bool  // they have been read
	trouble  error // why they may be old
	asked    int
	changes  screen.Turns

	at     string // the id of the row under the cursor
	top    int    // first line on the screen
	height int
	drawn  []string // ids of the rows by line on the screen, "" for lines that are no row
}

// read is the answer to a request for what is kept beside the account.
type read struct {
	asked    int
	notices  core.Notices
	keys     []core.Key
	sessions []core.Session
	err      error
}

// done is the answer to a change. The list is read anew after it.
type done struct {
	doing string
	words string
	typed screen.Dialog // that comes again if it is not taken; nil if nothing was typed
	err   error
}

// New makes the settings.
func New(env *screen.Env) *Screen { return &Screen{env: env} }

// Title is the section's name.
func (s *Screen) Title() plain.Text { return plain.Line("Settings") }

// Enter reads what is kept beside the account.
func (s *Screen) Enter() tea.Cmd { return s.reload() }

// Leave waits for changes that are under way.
func (s *Screen) Leave() tea.Cmd { return s.changes.Wait(s.env) }

// Typing is never true: what is typed here is typed in dialogs.
func (s *Screen) Typing() bool { return false }

// Unsaved is never true: every change is kept at once.
func (s *Screen) Unsaved() bool { return false }

// Update takes keys, answers and news.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		cmd, _ := screen.Press(s.env.Host, s.Bindings(), msg)
		return cmd
	case screen.Stroke:
		cmd, _ := screen.Press(s.env.Host, s.Bindings(), msg)
		return cmd
	case screen.Changed:
		if msg.Dirty.All || msg.Dirty.Users[s.env.Me.ID] {
			return s.reload()
		}
	case read:
		s.take(msg)
	case done:
		return s.settle(msg)
	}
	return nil
}

func (s *Screen) reload() tea.Cmd {
	s.asked++
	asked, desk, who := s.asked, s.env.Desk, s.env.Who
	return s.env.Do(func(ctx context.Context) tea.Msg {
		answer := read{asked: asked}
		if answer.notices, answer.err = desk.Notices(ctx, who); answer.err != nil {
			return answer
		}
		if answer.keys, answer.err = desk.OwnKeys(ctx, who); answer.err != nil {
			return answer
		}
		answer.sessions, answer.err = desk.Sessions(ctx, who)
		return answer
	})
}

func (s *Screen) take(m read) {
	if m.asked != s.asked {
		return
	}
	if s.trouble = m.err; m.err != nil {
		return
	}
	s.keys, s.sessions, s.known = m.keys, m.sessions, true
	if !s.changes.Open() {
		s.notices = m.notices
	}
}

// change carries a change out.
func (s *Screen) change(doing, words string, work func(ctx context.Context) error) tea.Cmd {
	return s.changeTyped(nil, doing, words, work)
}

// changeTyped is change with what was typed in a dialog.
func (s *Screen) changeTyped(in screen.Dialog, doing, words string, work func(ctx context.Context) error) tea.Cmd {
	return s.changes.Do(s.env, func(ctx context.Context) tea.Msg { return done{doing: doing, words: words, typed: in, err: work(ctx)} })
}

func (s *Screen) settle(m done) tea.Cmd {
	s.changes.Answered()
	if m.err != nil {
		s.env.Again(m.typed)
		return tea.Batch(s.env.Host.Fail(m.doing, m.err), s.reload())
	}
	return tea.Batch(s.env.Host.Toast(screen.Info, plain.Line(m.words)), s.reload())
}

// Status says what stands here, or why it may be old.
func (s *Screen) Status(f screen.Frame) []ui.Span {
	if s.trouble != nil {
		return []ui.Span{ui.Say(f.Theme.Bad, s.env.Explain(s.trouble)+" ctrl+r tries again.")}
	}
	return []ui.Span{ui.Say(f.Theme.Dim, "Every change is kept at once, and holds wherever you sign in.")}
}

// Bindings is the table of keys.
func (s *Screen) Bindings() []screen.Binding {
	down, downs := screen.Steps(s.move, 1)
	up, ups := screen.Steps(s.move, -1)
	words, why := "change", ""
	if r, ok := s.current(); ok {
		words, why = r.verb, r.why
	}
	return []screen.Binding{
		{Keys: []string{"enter", "space", "right", "l"}, Words: words, Help: "Change what is under the cursor.", Disabled: why, Foot: true, Run: s.press},
		{Keys: []string{"j", "down"}, Label: "j ↓", Words: "down", Help: "One setting down.", Foot: true, Run: down, Count: downs},
		{Keys: []string{"k", "up"}, Label: "k ↑", Words: "up", Help: "One setting up.", Foot: true, Run: up, Count: ups},
		{Keys: []string{"gg", "home"}, Words: "to the top", Help: "The first setting.", Run: func() tea.Cmd { s.move(-len(s.rows())); return nil }},
		{Keys: []string{"G", "end"}, Words: "to the end", Help: "The last setting.", Run: func() tea.Cmd { s.move(len(s.rows())); return nil }},
		{Keys: []string{"ctrl+r"}, Words: "refresh", Help: "Read keys and sign-ins anew.", Run: s.reload},
		{Keys: []string{"esc", "left"}, Words: "back", Help: "Go back to where you were.", Foot: true, Run: s.env.Host.Back},
	}
}

// Click chooses the row that was clicked on.
func (s *Screen) Click(_, y int) bool {
	if y < 0 || y >= len(s.drawn) || s.drawn[y] == "" {
		return false
	}
	s.at = s.drawn[y]
	return true
}
