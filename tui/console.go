// Package tui is the console of staff: a stack of screens over one desk, drawn with Bubble Tea. Any
// number of consoles share a process; they share nothing else. It knows of tickets what the desk tells,
// and nothing of SSH: package sshserver brings keys and takes frames.
package tui

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Options are what a console is given by whoever starts it.
type Options struct {
	Words         text.Language // for errors; English if not given
	Width, Height int           // of the terminal, until it says otherwise
	Idle          time.Duration // how long without a key until it signs out; 0: for ever
	Turn          time.Duration // how long a wall shows one dashboard; [dashboard.Turn] if 0
	Logger        *slog.Logger
	Page          string // where people reach the page, for links
	Arrived       func() // called once when what it opens with is on the screen
}

// Notice is a message that anybody may send to a console: it is shown above the footer and stays.
type Notice struct{ Text string }

// Goodbye is a message that anybody may send to a console: it keeps what is typed, restores the terminal
// and ends. The text is what [Console.Farewell] returns then.
type Goodbye struct{ Text string }

// Silence is a message to a console whose terminal has stopped giving signs of life, or gives them again.
type Silence struct{ Silent bool }

// Console is one person's console, a [tea.Model].
type Console struct {
	env      *screen.Env
	logger   *slog.Logger
	exact    bool // times are shown by the clock
	profile  colorprofile.Profile
	backdrop ui.Background
	theme    *ui.Theme
	box      *core.Box

	width, height int
	home          *queue.Screen      // nil until the place is known
	trail         trail              // the screens one has been on
	early         []tea.Msg          // keys that came before there was a screen
	chord         chord              // keys that wait for the next one
	clicked       click              // the last click of the mouse
	bodyAt        struct{ x, y int } // where what has the focus was drawn
	dialogs       []dialog           // the last is on top

	toast    toast
	toasts   int
	small    int // the number of the toast that says how small the window is
	notice   string
	farewell string
	leaving  bool
	warned   bool // ctrl+c was pressed while something was not saved

	idle     time.Duration
	lastKey  time.Time
	idleSaid bool
	clock    func() time.Time // for idling and grace, which go by the real time

	around   around    // who else is where
	handedAt time.Time // when the newest draft that was handed over came

	place    place // as it is kept on the server
	placeDue bool
	lost     error  // why the place could not be read so far
	arrived  func() // nil once it has been called
	myself   myself
}

// dialog is an open dialog with what it takes to be graceful.
type dialog struct {
	screen.Dialog
	unasked bool
	opened  time.Time
	key     time.Time // the last one that was held back
}

// New makes the console of somebody who has signed in. The context ends with the session.
func New(ctx context.Context, desk *core.Desk, who core.Actor, me core.User, opts Options) *Console {
	c := &Console{
		logger: opts.Logger, width: opts.Width, height: opts.Height, idle: opts.Idle,
		arrived: opts.Arrived, clock: time.Now, box: desk.Hub().Subscribe(), profile: colorprofile.TrueColor,
	}
	context.AfterFunc(ctx, c.box.Close)
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if opts.Words == (text.Language{}) {
		catalogue, err := text.New()
		if err != nil {
			c.logger.ErrorContext(ctx, "the console has no words", "error", err)
		} else {
			opts.Words = catalogue.For(me.Language)
		}
	}
	c.env = &screen.Env{Context: ctx, Desk: desk, Who: who, Me: me, Words: opts.Words, Host: host{c}, Page: opts.Page}
	c.around.seat = desk.Sit(ctx, who)
	c.lastKey = c.clock()
	c.adapt()
	return c
}

// Farewell is what to print after the console has ended; "" if it was just quit.
func (c *Console) Farewell() string { return plain.Block(c.farewell).String() }

// Init asks where the person was, listens for what changes, and asks the terminal for its background.
func (c *Console) Init() tea.Cmd {
	cmds := []tea.Cmd{c.readPlace(), c.listen(0), c.env.After(time.Minute, screen.Minute{}), c.watchIdle(), c.readHanded(), c.readUnfinished()}
	cmds = append(cmds, tea.RequestBackgroundColor)
	return tea.Batch(cmds...)
}

// merging is how long bells are collected before all screens look again.
const merging = 150 * time.Millisecond

// news is what has changed, told to the console when it is its turn to read it.
type news struct {
	dirty core.Dirty
	over  func()
}

func (c *Console) listen(pause time.Duration) tea.Cmd {
	return func() tea.Msg {
		if c.env.After(pause, news{})() == nil {
			return nil
		}
		dirty, over, err := c.box.WaitTurn(c.env.Context)
		if err != nil {
			return nil
		}
		return news{dirty, over}
	}
}

// hear has the screens read what has changed: the one in sight, and the queue. The others read anew when one comes back.
// The turn ends when the list is read: dashboards wait a while by themselves.
func (c *Console) hear(m news) tea.Cmd {
	changed := screen.Changed{Dirty: m.dirty}
	c.somebodyMoved(m.dirty)
	cmds := []tea.Cmd{c.checkMe(m.dirty)}
	if m.dirty.Users[c.env.Me.ID] {
		cmds = append(cmds, c.readHanded())
	}
	if top := c.top(); top != nil && top != screen.Screen(c.home) {
		cmds = append(cmds, top.Update(changed))
	}
	var read tea.Cmd
	if c.home != nil {
		read = c.home.Update(changed)
	}
	again := func() tea.Msg {
		m.over()
		return c.listen(merging)()
	}
	return tea.Batch(append(cmds, tea.Sequence(read, again))...)
}

// Update takes one message.
func (c *Console) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := c.handle(msg)
	c.attend()
	c.sayArrived()
	return c, tea.Batch(cmd, c.keepPlace(), c.lookAround())
}

func (c *Console) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.width, c.height = msg.Width, msg.Height
		return c.sayIfSmall()
	case tea.KeyPressMsg:
		c.env.Asked = true
		defer func() { c.env.Asked = false }()
		return c.key(msg)
	case tea.PasteMsg:
		return c.input(msg)
	case tea.MouseMsg:
		return c.mouse(msg)
	case tea.BackgroundColorMsg:
		c.backdrop = ui.Light
		if msg.IsDark() {
			c.backdrop = ui.Dark
		}
		c.retheme()
	case tea.ColorProfileMsg:
		c.profile = msg.Profile
		c.retheme()
	case Notice:
		c.notice = msg.Text
	case Goodbye:
		return c.leave(msg.Text)
	case news:
		return c.hear(msg)
	case toastOver:
		if msg.number == c.toast.number {
			c.toast = toast{}
		}
	case idleCheck:
		return c.checkIdle()
	case placeRead:
		return c.arrive(msg)
	case placeAgain:
		return c.readPlace()
	case placeDue:
		return c.savePlace()
	case Silence:
		c.around.seat.Silent(msg.Silent)
	case aroundRead:
		c.takeAround(msg)
	case handedRead:
		return c.takeHanded(msg)
	case unfinishedRead:
		c.askUnfinished(msg.found)
	case wentOn, leftOff:
		return c.settleUnfinished(msg)
	default:
		return c.spread(msg)
	}
	return nil
}

// spread takes what concerns the screens: news, and the answers to what they asked.
func (c *Console) spread(msg tea.Msg) tea.Cmd {
	cmd, ofForm := c.env.TakeForm(msg)
	if ofForm {
		return cmd
	}
	switch msg := msg.(type) {
	case screen.Minute:
		return c.env.After(time.Minute, screen.Minute{})
	case meRead:
		return c.takeMe(msg)
	case screen.Code:
		return c.env.ShowCode(msg, c.env.Desk.Now())
	case screen.Filled:
		if msg.Err != nil {
			host{c}.Hide(msg.Picker)
			return host{c}.Fail(msg.Doing, msg.Err)
		}
		msg.Picker.Fill(msg.Items)
		return nil
	case screen.Offered:
		if msg.Err != nil {
			return host{c}.Fail("look places up", msg.Err)
		}
		msg.Picker.Offer(msg.Typed, msg.Items)
		return nil
	case screen.MacrosRead:
		return c.env.TakeMacros(msg)
	case screen.MacroRemoved:
		return c.env.SettleMacro(msg)
	case screen.Undone:
		cmd = c.env.SettleUndo(msg)
	case teamRead:
		c.takeTeam(msg)
		return nil
	case accountFound:
		c.takeAccount(msg)
		return nil
	case wishKept:
		return c.wishKept(msg)
	case chordDue:
		return c.chordOver(msg)
	case screen.Acted:
		cmd = c.env.Settle(msg)
	}
	cmds := []tea.Cmd{cmd}
	for _, s := range c.trail.each() {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

func (c *Console) top() screen.Screen { return c.trail.top() }

func (c *Console) sayIfSmall() tea.Cmd {
	if c.width >= 80 && c.height >= 24 {
		if c.small != 0 && c.small == c.toast.number {
			c.toast = toast{}
		}
		return nil
	}
	cmd := host{c}.Toast(screen.Info, plain.Line(fmt.Sprintf("The window is %d×%d; from 80×24 on everything has room.", c.width, c.height)))
	c.small = c.toast.number
	return cmd
}
