package tui

import (
	"cmp"
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/text"
	"helpdesk.campus/tui/dashboard"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Wall is the dashboards on a wall, a [tea.Model]: they follow one another, it takes no keys, and it shows numbers
// alone.
type Wall struct {
	env        *screen.Env
	screen     *dashboard.Screen
	theme      *ui.Theme
	box        *core.Box
	backdrop   ui.Background // of the terminal, as far as it says
	colourless bool
	trouble,
	farewell string
	width, height int
}

// NewWall makes the wall of a kiosk. The context ends with the session.
func NewWall(ctx context.Context, desk *core.Desk, who core.Actor, opts Options) *Wall {
	w := &Wall{width: opts.Width, height: opts.Height, box: desk.Hub().Subscribe(), theme: ui.NewTheme(ui.Unknown)}
	context.AfterFunc(ctx, w.box.Close)
	if opts.Words == (text.Language{}) {
		if catalogue, err := text.New(); err == nil {
			opts.Words = catalogue.For("")
		}
	}
	w.env = &screen.Env{Context: ctx, Desk: desk, Who: who, Words: opts.Words, Host: wallHost{w}}
	if opts.Arrived != nil {
		opts.Arrived() // walls are few
	}
	w.screen = dashboard.NewWall(w.env, cmp.Or(opts.Turn, dashboard.Turn))
	return w
}

// Farewell is what to print after the wall has ended.
func (w *Wall) Farewell() string { return plain.Block(w.farewell).String() }

// Init begins with how things stand, and asks the terminal for its background.
func (w *Wall) Init() tea.Cmd {
	return tea.Batch(w.screen.Enter(), w.listen(0), tea.RequestBackgroundColor)
}

// listen waits for what changes.
func (w *Wall) listen(pause time.Duration) tea.Cmd {
	return func() tea.Msg {
		if w.env.After(pause, screen.Changed{})() == nil {
			return nil
		}
		dirty, err := w.box.Wait(w.env.Context)
		if err != nil {
			return nil
		}
		return screen.Changed{Dirty: dirty}
	}
}

// Update takes what was read, what changed and the size; keys it does not take.
func (w *Wall) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
		return w, nil
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+c" || msg.String() == "q" {
			return w, tea.Quit
		}
		return w, nil
	case tea.PasteMsg, tea.MouseMsg:
		return w, nil
	case tea.BackgroundColorMsg:
		w.backdrop = ui.Light
		if msg.IsDark() {
			w.backdrop = ui.Dark
		}
		w.retheme()
		return w, nil
	case tea.ColorProfileMsg:
		w.colourless = msg.Profile == colorprofile.ASCII || msg.Profile == colorprofile.NoTTY
		w.retheme()
		return w, nil
	case Goodbye:
		w.farewell = msg.Text
		return w, tea.Quit
	case screen.Changed:
		return w, tea.Batch(w.screen.Update(msg), w.listen(merging))
	}
	return w, w.screen.Update(msg)
}

// retheme chooses colours that read on the terminal's background.
func (w *Wall) retheme() {
	w.theme = ui.NewTheme(w.backdrop)
	if w.colourless {
		w.theme = ui.NewTheme(ui.NoColour)
	}
}

// View draws the dashboard over the whole window, and the time.
func (w *Wall) View() tea.View {
	width, height := max(1, w.width), max(1, w.height)
	now := w.env.Desk.Now()
	f := screen.Frame{Width: width, Height: height - 1, Theme: w.theme, Clock: ui.Clock{Now: now, Zone: w.env.Zone()}}
	lines, _ := w.screen.View(f)
	left := []ui.Span{ui.Say(w.theme.Plain, " "), ui.Quote(w.theme.Bold, plain.Line(w.env.Desk.Name()))}
	if w.trouble != "" {
		left = append(left, ui.Quote(w.theme.Bad, plain.Line("  "+w.trouble)))
	}
	lines = append(lines, ui.Ends(width, left, []ui.Span{ui.Say(w.theme.Dim, now.In(w.env.Zone()).Format("Mon 2 Jan 15:04 "))}))
	return tea.View{Content: strings.Join(lines, "\n"), AltScreen: true}
}

// wallHost is the console around the dashboards of a wall: there is hardly any.
type wallHost struct{ wall *Wall }

// Toast shows nothing: nobody has done anything.
func (wallHost) Toast(screen.Level, plain.Text) tea.Cmd { return nil }

// Fail says why there are no figures, and ends a wall whose key opens it no more.
func (h wallHost) Fail(_ string, err error) tea.Cmd {
	h.wall.trouble = h.wall.env.Explain(err)
	if kind := core.KindOf(err); kind == core.Unauthenticated || kind == core.Forbidden {
		h.wall.farewell = h.wall.trouble
		return tea.Quit
	}
	return nil
}

// Show opens nothing.
func (wallHost) Show(screen.Dialog, bool) {}

// Hide closes nothing.
func (wallHost) Hide(screen.Dialog) {}

// Open opens nothing: a wall shows no tickets.
func (wallHost) Open(core.TicketID) tea.Cmd { return nil }

// Go goes nowhere.
func (wallHost) Go(screen.Screen) tea.Cmd { return nil }

// Search finds nothing.
func (wallHost) Search(query.Query) tea.Cmd { return nil }

// Analyse stays where it is.
func (wallHost) Analyse() tea.Cmd { return nil }

// Administer lets nobody in.
func (wallHost) Administer() tea.Cmd { return nil }

// Back goes nowhere.
func (wallHost) Back() tea.Cmd { return nil }

// Prefer changes nothing: a wall is nobody's.
func (wallHost) Prefer(core.Preferences) tea.Cmd { return nil }

// Speak changes nothing.
func (wallHost) Speak(string) tea.Cmd { return nil }
