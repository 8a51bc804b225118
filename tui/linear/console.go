// Package linear is the plain console: commands in words, answers in lines. It draws nothing, moves no cursor and uses
// no colour, so that a screen reader reads it from top to bottom and any terminal, or none, will do. Whatever the drawn
// console does with tickets can be done here.
package linear

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Options are what a console is given by whoever starts it.
type Options struct {
	In       io.Reader
	Out      io.Writer
	Terminal bool // keys come singly and are not shown by themselves: the console edits the line
	Width    int  // of the terminal, until [Console.Resize]

	Words text.Language // for errors
	Idle  time.Duration // how long without a key until it signs out; 0: for ever
	Page  string        // where people reach the page, for links

	Touched func()                               // called when somebody types
	Broke   func(cause any, stack []byte) string // logs an error of ours and gives its number
}

// Console is one person's plain console. Notice, Goodbye, Silent and Resize may be called from anywhere and take no
// time; the rest belongs to Run.
type Console struct {
	env  *screen.Env
	opts Options
	box  *core.Box
	seat *core.Seat

	out     *bufio.Writer
	source  source
	wanted  chan struct{} // a line is wanted
	entries chan entry
	now     func() time.Time // for idling, which goes by the real time
	width   atomic.Int32     // of the terminal, as far as lines go
	lastKey atomic.Int64     // when, in nanoseconds

	mail     mail
	farewell string

	list      list             // what was listed last
	view      *core.TicketView // of the open ticket as it was last told; nil if none is open
	around    []core.Present   // who else was at the open ticket when that was last told
	marks     []core.TicketID
	mentioned map[core.TicketID]bool // where somebody was told that they are mentioned
	handed    map[string]bool        // drafts that somebody was told are theirs to take over
}

// errOver ends the console: it was left, its input ended, or it was closed.
var errOver = errors.New("the console is over")

// errGivenUp ends a command without an answer to what it asked.
var errGivenUp = errors.New("given up")

// New makes the console of somebody who has signed in. The context ends with the session.
func New(ctx context.Context, desk *core.Desk, who core.Actor, me core.User, opts Options) *Console {
	c := &Console{
		now: time.Now, opts: opts, box: desk.Hub().Subscribe(), seat: desk.Sit(ctx, who), out: bufio.NewWriter(opts.Out),
		wanted: make(chan struct{}), entries: make(chan entry), mentioned: map[core.TicketID]bool{}, handed: map[string]bool{},
		env:  &screen.Env{Context: ctx, Desk: desk, Who: who, Me: me, Words: opts.Words, Page: opts.Page},
		mail: mail{bell: make(chan struct{}, 1)},
	}
	context.AfterFunc(ctx, c.box.Close)
	c.adapt()
	c.lastKey.Store(c.now().UnixNano())
	if opts.Terminal {
		c.source = newKeyboard(opts.In, opts.Out, opts.Width, c.touched)
	} else {
		c.source = newPipe(opts.In, opts.Out, c.touched)
	}
	c.Resize(opts.Width)
	return c
}

// Farewell is what to print after the console has ended; "" if it was just left.
func (c *Console) Farewell() string { return plain.Block(c.farewell).String() }

// Run answers commands until the console is over.
func (c *Console) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer cancel()
	beside.Go(func() { c.listen(ctx) })
	go c.read(ctx) // it ends with the channel, if not before

	if c.attempt(ctx, c.greet) != nil {
		return nil
	}
	for {
		c.hear(ctx)
		got, err := c.await(ctx, c.prompt(), 0, nil)
		switch {
		case got.key == dismissed:
			return nil
		case errors.Is(err, errGivenUp):
			c.sayf("To leave, type quit.")
		case err != nil:
			return nil
		case c.attempt(ctx, func(ctx context.Context) error { return c.obey(ctx, c.whole(got)) }) != nil:
			return nil
		}
	}
}

// adapt takes over what somebody prefers: their zone and language.
func (c *Console) adapt() {
	c.env.Chosen = c.env.Me.Preferences.Location(nil)
	if tag := c.env.Me.Language; tag != "" {
		c.env.Words = c.env.Words.In(tag)
	}
}

func (c *Console) clock() ui.Clock {
	return ui.Clock{Now: c.env.Desk.Now(), Zone: c.env.Zone(), Exact: c.env.Me.Preferences.ExactTimes}
}

// ago says when something was, in words that are whole: "5 days ago".
func (c *Console) ago(then time.Time) string {
	words := strings.Fields(c.clock().Ago(then))
	if len(words) != 3 {
		return strings.Join(words, " ")
	}
	unit := map[string]string{"min": "minute", "h": "hour", "d": "day", "mon": "month", "yr": "year"}[words[1]]
	if unit != "" && words[0] != "1" {
		unit += "s"
	}
	return words[0] + " " + cmp.Or(unit, words[1]) + " " + words[2]
}

// full says when something was in words and by the clock.
func (c *Console) full(then time.Time) string {
	clock := c.clock()
	if clock.Exact {
		return clock.Full(then)
	}
	return c.ago(then) + ", " + clock.When(then)
}

func (c *Console) touched() {
	c.lastKey.Store(c.now().UnixNano())
	if c.opts.Touched != nil {
		c.opts.Touched()
	}
}

// prompt names the open ticket.
func (c *Console) prompt() string {
	if c.view != nil {
		return fmt.Sprintf("%d> ", int64(c.view.Ticket.ID))
	}
	return "helpdesk> "
}

// sayf writes one line. Words of people in it are made safe.
func (c *Console) sayf(format string, words ...any) {
	line := format
	if len(words) > 0 {
		line = fmt.Sprintf(format, words...)
	}
	_, _ = c.out.WriteString(c.folded(plain.Line(spoken.Replace(counted(line))), 0))
}

// folded is a text with the ends of its lines. On a terminal lines end between words; elsewhere they are as long as they
// are, for whoever reads them to fold. An indent is left for it at their beginning.
func (c *Console) folded(text plain.Text, indent int) string {
	if !c.opts.Terminal {
		return text.String() + "\n"
	}
	var out strings.Builder
	for _, line := range plain.Wrap(text, max(1, int(c.width.Load())-indent)) {
		out.WriteString(line.String() + "\n")
	}
	return out.String()
}

// spoken puts words in the place of signs that other screens use, which are read out oddly or not at all.
var spoken = strings.NewReplacer(" · ", ", ", " → ", " becomes ", " › ", ", ", " — ", ", ", "…", "")

// counted puts words in the place of a number of tickets with the sign of multiplying: "3 × status → active".
func counted(line string) string {
	number, rest, ok := strings.Cut(line, " × ")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return line
	}
	on := "on " + ui.Plural(n, "ticket", "tickets") + ": "
	if why, not := strings.CutPrefix(rest, "not: "); not {
		return "Not " + on + why
	}
	return upper(on) + rest
}

// ask wants one line of an answer. While it waits, whatever else happens to the console happens. Cancel gives up what is
// asked: without a terminal there is no ctrl-c that does not end the connection.
func (c *Console) ask(ctx context.Context, prompt string) (string, error) {
	got, err := c.await(ctx, prompt, 0, nil)
	if err == nil && strings.EqualFold(strings.TrimSpace(got.text), "cancel") {
		return "", errGivenUp
	}
	return c.whole(got), err
}

// whole is what was entered; it says so if that is not all of it.
func (c *Console) whole(got entry) string {
	if got.cut {
		c.sayf("That line was longer than %d characters. What came behind them is left out.", longest)
	}
	return got.text
}

// await wants one line. If none comes for a while, meanwhile is done, once.
func (c *Console) await(ctx context.Context, prompt string, after time.Duration, meanwhile func()) (entry, error) {
	if c.over() {
		return entry{}, errOver
	}
	_ = c.out.Flush()
	c.source.ask(prompt)
	select {
	case c.wanted <- struct{}{}:
	case <-ctx.Done():
		return entry{}, errOver
	}
	idle := time.NewTimer(c.idleIn())
	defer idle.Stop()
	var rest <-chan time.Time
	if meanwhile != nil {
		timer := time.NewTimer(after)
		defer timer.Stop()
		rest = timer.C
	}
	for {
		select {
		case got := <-c.entries:
			switch got.key {
			case interrupted, dismissed:
				return got, errGivenUp
			case ended:
				return got, errOver
			case entered:
			}
			return got, nil
		case <-c.mail.bell:
			if c.open(ctx, meanwhile == nil) {
				return entry{}, errOver
			}
		case <-rest:
			meanwhile()
		case <-idle.C:
			if c.checkIdle() {
				return entry{}, errOver
			}
			idle.Reset(c.idleIn())
		case <-ctx.Done():
			return entry{}, errOver
		}
	}
}

// read hands on lines as they are wanted.
func (c *Console) read(ctx context.Context) {
	for {
		select {
		case <-c.wanted:
		case <-ctx.Done():
			return
		}
		got := c.source.next()
		select {
		case c.entries <- got:
		case <-ctx.Done():
			return
		}
	}
}
