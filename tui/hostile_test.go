package tui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/storage/storagetest"
)

// Every screen is walked with hostile texts in every field: none of their bytes may reach the terminal as
// they are.
func TestTextFromPeopleStaysText(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {160, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			staysText(t, size)
		})
	}
}

// staysText walks the screens in one window, on a campus of its own: a console begins where the last one was left.
func staysText(t *testing.T, size [2]int) {
	t.Helper()
	c, at := newCampus(t)
	ctx, ines := t.Context(), storagetest.As(c.Ines, core.DoorSSH)
	var last core.TicketID
	for _, payload := range plaintest.Payloads() {
		receipt, err := c.Desk.Report(ctx, core.Anonymous(core.DoorSSH, "192.0.2.1"), core.NewTicket{
			Title: payload.Text, Description: payload.Text, Category: c.Network.ID, Where: core.Where{Words: payload.Text},
			Contact: core.Contact{Name: payload.Text, Email: "x@example.edu"},
		})
		if err != nil {
			continue // refused at the door, which is safe too
		}
		last = receipt.Ticket
		if _, err := c.Desk.Note(ctx, ines, last, core.NewMessage{Body: payload.Text}); err != nil {
			continue
		}
		at.Pass(time.Second)
	}
	var all strings.Builder
	for _, payload := range plaintest.Payloads() {
		all.WriteString(payload.Text + "\n")
	}
	if _, err := c.Desk.KeepDraft(ctx, ines, last, core.Typed{Kind: core.DraftReply, Body: all.String()}); err != nil {
		t.Log("the draft was refused:", err)
	}
	p := sit(t, c, c.Ines, size[0], size[1])
	check := func(where string) {
		t.Helper()
		for _, found := range plaintest.Foreign([]byte(p.raw)) {
			t.Errorf("%s at %v: %s", where, size, found)
		}
	}
	p.sees("Open ")
	p.sees("#10")
	for range 60 {
		check("queue")
		p.press("j")
	}
	p.settled()
	check("preview")
	p.press("enter")
	p.sees("NOTE")
	check("ticket")
	for _, dialog := range []string{"v", "e", "?", "l", "a"} {
		p.press(dialog)
		check("dialog " + dialog)
		p.press("esc")
	}
	p.press("h")
	check("history")
	p.press("r")
	check("reply")
	p.send(tea.PasteMsg{Content: all.String()})
	for _, r := range all.String() {
		p.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	check("pasted reply")
	p.press("esc")
	p.press("esc", "/")
	p.send(tea.PasteMsg{Content: all.String()})
	check("filter")
	p.press("enter")
	check("wrong filter")
}

// No size of a terminal may break the console, and no line may be wider than it.
func TestEverySizeIsDrawnWhole(t *testing.T) {
	t.Parallel()
	c, at := newCampus(t)
	busy(t, c, at)
	p := sit(t, c, c.Ines, 80, 24)
	p.sees("#1024")
	sizes := [][2]int{{1, 1}, {2, 2}, {10, 3}, {3, 10}, {20, 6}, {79, 23}, {80, 24}, {119, 30}, {120, 5}, {160, 4}, {400, 120}}
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		sizes = append(sizes, [2]int{1 + random.IntN(220), 1 + random.IntN(70)})
	}
	everywhere := func(where string) {
		t.Helper()
		for _, size := range sizes {
			p.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			whole(t, fmt.Sprintf("%s at %dx%d", where, size[0], size[1]), p, size[0], size[1])
		}
		p.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	}
	everywhere("queue")
	p.press("?")
	everywhere("help")
	p.press("esc", "K")
	everywhere("prompt")
	p.press("esc", "/")
	p.write("status:nonsense")
	p.press("enter")
	everywhere("filter")
	p.press("esc", "esc", ":")
	p.write("clo")
	everywhere("palette")
	p.press("esc", "W")
	p.sees("Save as a view of your own")
	everywhere("views")
	p.press("esc", "N")
	p.sees("New ticket for somebody who phones")
	p.write("ana")
	p.sees("› Ana Ruiz")
	everywhere("new ticket")
	p.press("esc", "space", "space", "c", "enter")
	p.sees("Close 2 tickets?")
	everywhere("bulk")
	p.press("esc", "esc", ",")
	p.sees("SSH keys that sign you in")
	everywhere("settings")
	p.press("esc", "2")
	p.sees("#1021 · ")
	p.press("enter")
	p.sees("Seat 41")
	everywhere("ticket")
	p.press("h")
	everywhere("history")
	p.press("y")
	p.sees("Printing")
	everywhere("picker")
	p.press("esc", "d")
	everywhere("question")
	p.press("esc", "M")
	p.sees("into which ticket?")
	everywhere("merge")
	p.press("esc", "S")
	p.sees("What becomes a ticket of its own?")
	p.press("enter")
	p.sees("Split a message")
	everywhere("split")
	p.press("esc", ";")
	p.sees("ctrl+o new")
	everywhere("macros")
	p.settled()
	p.press("ctrl+o")
	p.sees("New macro")
	everywhere("macro")
	p.press("esc", "c", "enter")
	p.sees("a last word")
	everywhere("last word")
	p.press("esc", "n")
	p.send(tea.PasteMsg{Content: strings.Repeat("wide 漢字 and more words\n", 40)})
	everywhere("note")
}

func whole(t *testing.T, where string, p *person, width, height int) {
	t.Helper()
	lines := strings.Split(p.raw, "\n")
	if len(lines) != height {
		t.Errorf("%s: %d lines", where, len(lines))
	}
	for i, line := range lines {
		if got := ansi.StringWidth(line); got != width {
			t.Errorf("%s: line %d is %d wide: %q", where, i, got, ansi.Strip(line))
			return
		}
	}
	if at := p.console.View().Cursor; at != nil && (at.X < 0 || at.Y < 0 || at.X >= width || at.Y >= height) {
		t.Errorf("%s: the cursor is at %d,%d", where, at.X, at.Y)
	}
}
