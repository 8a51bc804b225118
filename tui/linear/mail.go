package linear

import (
	"context"
	"fmt"
	"sync"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// mail is what others tell a console, kept until it looks: the newest of each, never a queue.
type mail struct {
	bell chan struct{}

	mu      sync.Mutex
	notice  string
	goodbye string
	closing bool // the goodbye has come
	dirty   core.Dirty
}

// put changes what is kept, and rings.
func (m *mail) put(change func()) {
	m.mu.Lock()
	change()
	m.mu.Unlock()
	select {
	case m.bell <- struct{}{}:
	default:
	}
}

// Notice says something to whoever sits there, before they enter their next line.
func (c *Console) Notice(words string) { c.mail.put(func() { c.mail.notice = words }) }

// Goodbye ends the console with words as soon as the command that runs is done. What is being written is kept.
func (c *Console) Goodbye(words string) {
	c.mail.put(func() {
		if !c.mail.closing {
			c.mail.closing, c.mail.goodbye = true, words
		}
	})
}

// Silent says whether the client has stopped giving signs of life.
func (c *Console) Silent(silent bool) { c.seat.Silent(silent) }

// Resize says how wide the terminal is now.
func (c *Console) Resize(width int) {
	const most = 1000
	c.width.Store(int32(max(1, min(width, most)-1)))
	c.source.resize(width)
}

// over reports whether the console was told to end, and takes the words for it.
func (c *Console) over() bool {
	c.mail.mu.Lock()
	defer c.mail.mu.Unlock()
	if c.mail.closing && c.mail.goodbye != "" {
		c.farewell = c.mail.goodbye
	}
	return c.mail.closing
}

// open looks at the mail while a line is wanted. It reports whether the console is over. News are told where they do
// not disturb what is being typed, and between two commands alone.
func (c *Console) open(ctx context.Context, between bool) bool {
	if c.over() {
		return true
	}
	c.mail.mu.Lock()
	notice := c.mail.notice
	c.mail.notice = ""
	c.mail.mu.Unlock()
	if notice != "" {
		c.source.interject(c.folded(plain.Line(notice), 0))
	}
	if between && c.source.quiet() {
		c.interrupt(ctx)
	}
	return false
}

// merging is how long news are collected before they are looked at.
const merging = 300 * time.Millisecond

// listen collects what changes.
func (c *Console) listen(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		dirty, err := c.box.Wait(ctx)
		if err != nil {
			return
		}
		c.mail.put(func() { c.mail.dirty.Merge(dirty) })
		pause.Reset(merging)
	}
}

// warning is how long before it signs out the console says so.
func (c *Console) warning() time.Duration { return min(time.Minute, c.opts.Idle/4) }

// quiet is how long nobody has typed.
func (c *Console) quiet() time.Duration { return c.now().Sub(time.Unix(0, c.lastKey.Load())) }

// idleIn is when to look again whether somebody is there.
func (c *Console) idleIn() time.Duration {
	if c.opts.Idle <= 0 {
		return 24 * time.Hour
	}
	quiet := c.quiet()
	left := c.opts.Idle - quiet
	if left > c.warning() {
		left -= c.warning()
	}
	return max(10*time.Millisecond, left)
}

// checkIdle warns, then signs out.
func (c *Console) checkIdle() bool {
	quiet := c.quiet()
	switch {
	case c.opts.Idle <= 0:
	case quiet >= c.opts.Idle:
		c.farewell = fmt.Sprintf("Signed out after %s without a key. Drafts are kept.", ui.Took(c.opts.Idle))
		return true
	case quiet >= c.opts.Idle-c.warning():
		c.source.interject(c.folded(plain.Line(fmt.Sprintf("Nothing was typed for a while: signing out in %s. Enter stays.", ui.Took(c.opts.Idle-quiet))), 0))
	}
	return false
}
