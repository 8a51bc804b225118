package tui_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

// clock is a desk's clock that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newCampus is a small campus whose clock and references are the same in every run.
func newCampus(t *testing.T) (*storagetest.Campus, *clock) {
	t.Helper()
	at := newClock()
	desk := storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: at.Now, Rand: rand.NewChaCha8([32]byte{7})})
	return storagetest.CampusOn(t, desk), at
}

// oneTicket is a campus on which Ana has reported "No signal", and Ines before the queue in which it stands.
func oneTicket(t *testing.T, width, height int) (*storagetest.Campus, core.TicketID, *person) {
	t.Helper()
	c, _ := newCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ines := sit(t, c, c.Ines, width, height)
	ines.sees("No signal")
	return c, id, ines
}

// atEverySize runs a test in the windows for which the screens are drawn.
func atEverySize(t *testing.T, test func(t *testing.T, width, height int)) {
	t.Helper()
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			t.Parallel()
			test(t, size.w, size.h)
		})
	}
}

// takes has somebody take a ticket while others look on.
func takes(t *testing.T, c *storagetest.Campus, who core.User, id core.TicketID) {
	t.Helper()
	if _, err := c.Desk.Take(t.Context(), storagetest.As(who, core.DoorSSH), id, 0); err != nil {
		t.Fatal(err)
	}
}

// urges has somebody change a ticket's priority while others look on.
func urges(t *testing.T, c *storagetest.Campus, who core.User, id core.TicketID, priority core.Priority) {
	t.Helper()
	if _, err := c.Desk.Change(t.Context(), storagetest.As(who, core.DoorSSH), id, 0, core.Change{Priority: &priority}); err != nil {
		t.Fatal(err)
	}
}

// makes has the operator give somebody another role.
func makes(t *testing.T, c *storagetest.Campus, who core.User, role core.Role) {
	t.Helper()
	if err := c.Desk.SetRole(t.Context(), core.Operator(), who.ID, role); err != nil {
		t.Fatal(err)
	}
}

// atOnce has somebody's replies go when they are sent, and not twenty seconds later.
func atOnce(t *testing.T, c *storagetest.Campus, who core.User) {
	t.Helper()
	plainly := core.DefaultPreferences()
	plainly.HoldReplies = false
	if err := c.Desk.SetPreferences(t.Context(), storagetest.As(who, core.DoorSSH), plainly); err != nil {
		t.Fatal(err)
	}
}

// person is somebody at a console: keys go in, the screen comes out. Commands run as the program would
// run them, each on its own goroutine; their answers are taken one at a time.
type person struct {
	t       *testing.T
	console *tui.Console
	msgs    chan tea.Msg
	ctx     context.Context
	quit    bool
	raw     string
}

// sit opens somebody's console.
func sit(t *testing.T, c *storagetest.Campus, who core.User, width, height int) *person {
	t.Helper()
	return sitAs(t, c, storagetest.As(who, core.DoorSSH), who, tui.Options{Width: width, Height: height})
}

func sitAs(t *testing.T, c *storagetest.Campus, actor core.Actor, me core.User, opts tui.Options) *person {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return sitIn(ctx, t, c, actor, me, opts)
}

// sitIn opens a console that ends with the context.
func sitIn(ctx context.Context, t *testing.T, c *storagetest.Campus, actor core.Actor, me core.User, opts tui.Options) *person {
	t.Helper()
	p := &person{t: t, ctx: ctx, msgs: make(chan tea.Msg, 1024), console: tui.New(ctx, c.Desk, actor, me, opts)}
	p.run(p.console.Init())
	p.draw()
	return p
}

func (p *person) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() { p.deliver(cmd()) }()
}

// deliver hands a command's answer over; batches and sequences are run as the program runs them.
func (p *person) deliver(msg tea.Msg) {
	if batch, ok := msg.(tea.BatchMsg); ok {
		for _, cmd := range batch {
			p.run(cmd)
		}
		return
	}
	if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			if cmd, ok := reflect.TypeAssert[tea.Cmd](v.Index(i)); ok && cmd != nil {
				p.deliver(cmd())
			}
		}
		return
	}
	if msg == nil {
		return
	}
	select {
	case p.msgs <- msg:
	case <-p.ctx.Done():
	}
}

func (p *person) send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		p.quit = true
		return
	}
	_, cmd := p.console.Update(msg)
	p.run(cmd)
	p.draw()
}

func (p *person) draw() { p.raw = p.console.View().Content }

func (p *person) screen() string { return ansi.Strip(p.raw) }

// press sends keys by their names: "j", "enter", "ctrl+s".
func (p *person) press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.send(keyOf(k))
	}
}

// write types text, a key a letter.
func (p *person) write(text string) {
	p.t.Helper()
	for _, r := range text {
		if r == '\n' {
			p.press("enter")
			continue
		}
		p.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// retypes puts other text into a field.
func (p *person) retypes(text string) {
	p.t.Helper()
	p.press("ctrl+u")
	p.write(text)
}

// opens opens the ticket under the cursor, once its title is there, and waits for the conversation.
func (p *person) opens(title string) {
	p.t.Helper()
	p.sees(title)
	p.press("enter")
	p.sees("What happened")
}

// agrees says yes to a question.
func (p *person) agrees(question string) {
	p.t.Helper()
	p.sees(question)
	p.press("y")
}

func keyOf(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
		"right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": tea.KeySpace,
	}
	var key tea.KeyPressMsg
	rest := name
	for {
		before, after, ok := strings.Cut(rest, "+")
		if !ok {
			break
		}
		switch before {
		case "ctrl":
			key.Mod |= tea.ModCtrl
		case "alt":
			key.Mod |= tea.ModAlt
		case "shift":
			key.Mod |= tea.ModShift
		}
		rest = after
	}
	if code, ok := special[rest]; ok {
		key.Code = code
		return key
	}
	key.Code = []rune(rest)[0]
	if key.Mod&^tea.ModShift == 0 {
		key.Text = rest
	}
	return key
}

// until takes answers and news until the screen is as wanted.
func (p *person) until(what string, done func() bool) {
	p.t.Helper()
	timeout, again := time.After(time.Minute), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case msg := <-p.msgs:
			p.send(msg)
		case <-again.C: // what is waited for need not be on the screen
		case <-timeout:
			p.t.Fatalf("waited in vain for %s; the screen is\n%s", what, p.screen())
		}
	}
}

func (p *person) sees(words string) {
	p.t.Helper()
	p.until(words, func() bool { return strings.Contains(p.screen(), words) })
}

func (p *person) seesNot(words string) {
	p.t.Helper()
	p.until("no "+words, func() bool { return !strings.Contains(p.screen(), words) })
}

// row returns the number of the line that holds the words, -1 if none does.
func (p *person) row(words string) int {
	for i, line := range strings.Split(p.screen(), "\n") {
		if strings.Contains(line, words) {
			return i
		}
	}
	return -1
}

// settled takes answers until none has come for a while: long enough for a dialog that came up by itself to take keys.
func (p *person) settled() {
	p.t.Helper()
	for {
		select {
		case msg := <-p.msgs:
			p.send(msg)
		case <-time.After(450 * time.Millisecond):
			return
		}
	}
}
