package linear

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// writing is words of several lines while they are written. They are on the server from the first line on.
type writing struct {
	kind  core.DraftKind
	lines []string
	saved string // what is on the server
	// hold keeps words that are about no ticket.
	hold func(ctx context.Context, body string) error
}

func (t *writing) body() string { return strings.Join(t.lines, "\n") }

func (t *writing) set(body string) {
	t.lines = nil
	if body != "" {
		t.lines = strings.Split(body, "\n")
	}
}

// pauseBefore is how long nobody types before what was typed is kept: lines that come all at once are kept at once.
const pauseBefore = 150 * time.Millisecond

// howToWrite is said before words of several lines are written.
const howToWrite = "End it with a full stop on a line of its own. Type cancel on a line of its own to leave it; what you have written is kept. Type .help for more."

const writingHelp = `.        on a line of its own: that was all.
cancel   on a line of its own: leave it. What you have written is kept. So does control c.
.read    read back what you have written.
.back    take the last line away.
.drop    throw away all that you have written.
A line that is to begin with a full stop begins with two.`

// compose has somebody write words about the open ticket. It returns what they wrote; errGivenUp if they left it. An
// initial text goes behind what they wrote before.
func (c *Console) compose(ctx context.Context, kind core.DraftKind, initial *string) (string, error) {
	t := &writing{kind: kind}
	draft, err := c.draft(ctx, kind)
	if err != nil {
		return "", err
	}
	t.saved = draft.Body
	t.set(draft.Body)
	switch {
	case initial != nil && draft.Body != "":
		t.set(strings.TrimRight(draft.Body, "\n") + "\n\n" + *initial)
		c.readBack(t)
	case initial != nil:
		t.set(*initial)
		c.readBack(t)
	case draft.Body != "":
		c.quote("You began this "+c.ago(draft.UpdatedAt), draft.Body)
		c.sayf("What you type now goes on behind it. Type .drop to begin anew.")
	}
	c.sayf(howToWrite)
	c.keepPlace(ctx, kind)
	c.seat.At(c.view.Ticket.ID, doing(kind))
	defer func() {
		if c.view != nil {
			c.seat.At(c.view.Ticket.ID, core.Looking)
		}
	}()
	if err = c.write(ctx, t); !errors.Is(err, errOver) { // whoever was cut off while writing finds it open again
		c.keepPlace(ctx, "")
	}
	return t.body(), err
}

func doing(kind core.DraftKind) core.Doing {
	if kind == core.DraftNote {
		return core.WritingNote
	}
	return core.WritingReply
}

// write takes lines until they are all there.
func (c *Console) write(ctx context.Context, t *writing) error {
	for {
		got, err := c.await(ctx, "", pauseBefore, func() { c.save(ctx, t) })
		switch {
		case errors.Is(err, errOver):
			if got.text != "" { // somebody whose connection broke off in the middle of a line finds it again
				t.lines = append(t.lines, plain.Line(got.text).String())
			}
			c.save(ctx, t)
			return errOver
		case err != nil:
			c.save(ctx, t)
			c.leaveDraft(t)
			return errGivenUp
		}
		switch c.take(t, c.whole(got)) {
		case goesOn:
			continue
		case left:
			err = errGivenUp
		case finished:
		}
		joined, failed := c.keep(ctx, t)
		switch {
		case failed != nil: // nothing is lost as long as somebody can try again
			c.complain(failed)
			c.sayf("It is not on the server yet. Type a full stop to try again.")
		case joined:
			c.sayf(twoWindows)
		default:
			if err != nil {
				c.leaveDraft(t)
			}
			return err
		}
	}
}

// step is what a line means for what is being written.
type step int

const (
	goesOn step = iota
	finished
	left
)

// take takes one line: words, or what is to be done with them.
func (c *Console) take(t *writing, line string) step {
	switch strings.TrimSpace(line) {
	case ".":
		return finished
	case "cancel", ".cancel":
		return left
	case ".help":
		for help := range strings.SplitSeq(writingHelp, "\n") {
			c.sayf("%s", help)
		}
	case ".read":
		c.readBack(t)
	case ".back":
		if len(t.lines) == 0 {
			c.sayf("There is no line yet.")
			return goesOn
		}
		c.sayf("Taken away: %s", t.lines[len(t.lines)-1])
		t.lines = t.lines[:len(t.lines)-1]
	case ".drop":
		t.lines = nil
		c.sayf("All of it is thrown away. You can begin anew.")
	default:
		if strings.HasPrefix(line, "..") {
			line = line[1:]
		}
		t.lines = append(t.lines, plain.Line(line).String())
	}
	return goesOn
}

func (c *Console) readBack(t *writing) {
	if len(t.lines) == 0 {
		c.sayf("Nothing is written yet.")
		return
	}
	c.quote("So far", t.body())
}

func (c *Console) leaveDraft(t *writing) {
	if strings.TrimSpace(t.body()) != "" && t.kind != "" {
		c.sayf("It is kept. Type %s to go on with it.", commandOf(t.kind))
	}
}

func commandOf(kind core.DraftKind) string {
	switch kind {
	case core.DraftNote:
		return "note"
	case core.DraftClose:
		return "close"
	case core.DraftReopen:
		return "reopen"
	case core.DraftReply:
	}
	return "reply"
}

// draft is what somebody wrote about the open ticket before.
func (c *Console) draft(ctx context.Context, kind core.DraftKind) (core.Draft, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	drafts, err := c.env.Desk.Drafts(ctx, c.env.Who, c.view.Ticket.ID)
	if err != nil {
		return core.Draft{}, err
	}
	for _, d := range drafts {
		if d.Kind == kind {
			return d, nil
		}
	}
	return core.Draft{}, nil
}

// twoWindows is said when the draft changed in another window: what is to be sent reads differently now.
const twoWindows = "You wrote on this in another window too. Nothing is lost: both texts are here. Type .read to hear them before you send."

// several has somebody write words that are about no ticket yet, and kept otherwise.
func (c *Console) several(ctx context.Context, body string, hold func(ctx context.Context, body string) error) (string, error) {
	t := &writing{saved: body, hold: hold}
	t.set(body)
	if body != "" {
		c.readBack(t)
	}
	c.sayf("End it with a full stop on a line of its own. Type cancel on a line of its own to leave it; what you have written is kept. Type .help for more.")
	err := c.write(ctx, t)
	return t.body(), err
}

// save keeps what is written, also when the connection has just been lost. Who writes hears of it only if that fails, or
// changes what they wrote.
func (c *Console) save(ctx context.Context, t *writing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	switch joined, err := c.keep(ctx, t); {
	case err != nil:
		c.source.interject(c.folded(plain.Line("What you write is not kept on the server at the moment. "+c.env.Explain(err)), 0))
	case joined:
		c.source.interject(c.folded(plain.Line(twoWindows), 0))
	}
}

// keep puts what is written on the server. If another window wrote on it too, both texts are joined then.
func (c *Console) keep(ctx context.Context, t *writing) (joined bool, err error) {
	body := t.body()
	if body == t.saved {
		return false, nil
	}
	if t.kind == "" {
		if err := t.hold(ctx, body); err != nil {
			return false, err
		}
		t.saved = body
		return false, nil
	}
	stands, err := c.env.Desk.KeepDraft(ctx, c.env.Who, c.view.Ticket.ID, core.Typed{Kind: t.kind, Base: t.saved, Body: body})
	if err != nil {
		return false, err
	}
	t.saved = stands
	if stands != body {
		t.set(stands)
	}
	return stands != body, nil
}

// describeDrafts tells what somebody has begun to write about the open ticket, and what colleagues hand them.
func (c *Console) describeDrafts(ctx context.Context) {
	ctx, cancel := within(ctx)
	defer cancel()
	drafts, err := c.env.Desk.Drafts(ctx, c.env.Who, c.view.Ticket.ID)
	if err != nil {
		return // what is there is found again by whoever writes
	}
	for _, d := range drafts {
		c.sayf("You have begun %s, %s. Type %s to go on with it.", draftWords(d), c.ago(d.UpdatedAt), commandOf(d.Kind))
	}
	handed, err := c.env.Desk.HandedOn(ctx, c.env.Who, c.view.Ticket.ID)
	if err != nil {
		return
	}
	for _, h := range handed {
		c.sayf("%s hands you what they have written. Type take over to go on with it.", c.person(h.From, "A colleague"))
	}
}

func draftWords(d core.Draft) string {
	return fmt.Sprintf("a %s of %s", d.Kind.Words(), ui.Plural(strings.Count(d.Body, "\n")+1, "line", "lines"))
}
