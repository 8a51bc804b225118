package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

// Item is one thing to pick.
type Item struct {
	Text   plain.Text
	Detail plain.Text
	Key    plain.Text // the key that does the same, for those who want to learn it
	Dim    bool       // it cannot be chosen now; the detail says why
	Choose func() tea.Cmd
}

// Picker is a dialog to pick one thing from a list; typing narrows the list.
type Picker struct {
	Host  Host
	Title plain.Text
	Hint  plain.Text
	// Seek asks for other items when what is typed has changed; nil if the list is all there is. The
	// answer comes through [Picker.Offer].
	Seek func(typed string) tea.Cmd
	// List makes the whole list for what is typed, in order; nil if typing narrows the items given.
	List func(typed string) []Item
	// Free takes what was typed itself; nil if only items will do.
	Free func(typed string) (Item, bool)
	// Direct chooses at once when exactly this has been typed; nil if enter chooses.
	Direct func(typed string) (Item, bool)
	// Other takes keys that mean something for the item under the cursor, or, past the last, for none.
	Other func(key string, at int) (cmd tea.Cmd, known bool)

	items   []Item
	given   int   // how many of the items came from elsewhere; one more is what was typed itself
	shown   []int // of items, what matches
	input   Input
	at      int
	top     int
	loading bool
}

// pickerRows is how many items are in sight at once.
const pickerRows = 12

// NewPicker makes a picker over a known list.
func NewPicker(host Host, title plain.Text, items []Item) *Picker {
	p := &Picker{Host: host, Title: title, items: items, given: len(items)}
	p.input.Limit = 200
	p.narrow()
	return p
}

// Start puts the cursor on an item.
func (p *Picker) Start(at int) *Picker {
	p.at = max(0, min(at, len(p.shown)-1))
	return p
}

// Wait shows that the list is on its way; [Picker.Fill] brings it.
func (p *Picker) Wait() *Picker {
	p.loading = true
	return p
}

// Fill brings the list that the picker waited for.
func (p *Picker) Fill(items []Item) {
	p.items, p.given, p.loading = items, len(items), false
	p.narrow()
}

// Offer gives the items found for what was typed; an answer to something older is dropped.
func (p *Picker) Offer(typed string, items []Item) {
	if typed != p.input.Text() {
		return
	}
	p.items, p.given, p.loading, p.at, p.top = items, len(items), false, 0, 0
	p.narrow()
}

// Renew makes the list anew because there is more to list.
func (p *Picker) Renew() { p.narrow() }

// narrow finds the items that hold every word typed.
func (p *Picker) narrow() {
	p.shown, p.items = p.shown[:0], p.items[:p.given]
	if p.List != nil {
		p.items = p.List(p.input.Text())
		p.given = len(p.items)
	}
	words := strings.Fields(strings.ToLower(p.input.Text()))
	for i := range p.items {
		text := strings.ToLower(p.items[i].Text.String() + " " + p.items[i].Detail.String())
		if p.Seek != nil || p.List != nil || holds(text, words) {
			p.shown = append(p.shown, i)
		}
	}
	if p.Free != nil && p.input.Text() != "" {
		if item, ok := p.Free(p.input.Text()); ok && !p.offers(item.Text) {
			p.items = append(slices.Clip(p.items), item)
			p.shown = append(p.shown, len(p.items)-1)
		}
	}
	p.at = max(0, min(p.at, len(p.shown)-1))
}

// offers tells whether a row with these words is shown already.
func (p *Picker) offers(text plain.Text) bool {
	return slices.ContainsFunc(p.shown, func(i int) bool { return strings.EqualFold(p.items[i].Text.String(), text.String()) })
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Update moves, narrows, picks or closes.
func (p *Picker) Update(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		if p.Other != nil && !p.loading {
			at := len(p.items)
			if len(p.shown) > 0 {
				at = p.shown[p.at]
			}
			if cmd, known := p.Other(key.String(), at); known {
				return cmd
			}
		}
		switch key.String() {
		case "esc":
			p.Host.Hide(p)
			return nil
		case "enter":
			return p.pick()
		case "up", "ctrl+p", "shift+tab":
			p.at = max(0, p.at-1)
			return nil
		case "down", "ctrl+n", "tab":
			p.at = max(0, min(len(p.shown)-1, p.at+1))
			return nil
		case "pgup":
			p.at = max(0, p.at-pickerRows)
			return nil
		case "pgdown":
			p.at = max(0, min(len(p.shown)-1, p.at+pickerRows))
			return nil
		}
	}
	before := p.input.Text()
	if !p.input.Update(msg) || p.input.Text() == before {
		return nil
	}
	if p.Direct != nil {
		if item, ok := p.Direct(p.input.Text()); ok {
			p.Host.Hide(p)
			return item.Choose()
		}
	}
	p.dropFree(before)
	p.at, p.top = 0, 0
	p.narrow()
	if p.Seek != nil {
		p.loading = true
		return p.Seek(p.input.Text())
	}
	return nil
}

// dropFree takes out the item that was made of what had been typed before.
func (p *Picker) dropFree(before string) {
	if p.Free == nil || before == "" || len(p.items) == 0 {
		return
	}
	if _, ok := p.Free(before); ok {
		p.items = p.items[:len(p.items)-1]
	}
}

// Click puts the cursor on the item that was clicked on.
func (p *Picker) Click(_, y int) bool {
	const above = 2 // the input and the rule under it
	at := p.top + y - above
	if y < above || at >= len(p.shown) {
		return false
	}
	p.at = at
	return true
}

func (p *Picker) pick() tea.Cmd {
	if len(p.shown) == 0 {
		return nil
	}
	p.Host.Hide(p)
	return p.items[p.shown[p.at]].Choose()
}

// View draws the input, the items in sight and how many there are.
func (p *Picker) View(f Frame) (title plain.Text, lines []string, cursor *tea.Cursor) {
	w := f.Width
	field, column := p.input.View(f.Theme, w-2)
	lines = append(lines, f.Theme.Key.Render("› ")+field, ui.Rule(f.Theme, w))
	rows := max(1, min(pickerRows, f.Height-4, max(1, len(p.shown))))
	p.top = min(max(p.top, p.at-rows+1), p.at)
	for n := range rows {
		i := p.top + n
		if i >= len(p.shown) {
			break
		}
		lines = append(lines, p.row(f.Theme, w, &p.items[p.shown[i]], i == p.at))
	}
	if len(p.shown) == 0 {
		words := "Nothing matches. Change what you typed."
		switch {
		case p.loading:
			words = "Looking…"
		case p.input.Text() == "" && p.Free != nil:
			words = "Nothing to choose from yet. Type it."
		case p.input.Text() == "" && p.Seek != nil:
			words = "Type what to look for."
		case p.input.Text() == "":
			words = "There is nothing to choose from."
		}
		lines = append(lines, ui.Line(w, ui.Say(f.Theme.Dim, words)))
	}
	foot := p.Hint
	if len(p.shown) > rows {
		foot = plain.Line(fmt.Sprintf("%d of %d", p.at+1, len(p.shown)))
	}
	lines = append(lines, ui.Line(w, ui.Quote(f.Theme.Dim, foot)))
	return p.Title, lines, tea.NewCursor(2+column, 0)
}

func (p *Picker) row(theme *ui.Theme, width int, item *Item, selected bool) string {
	detail := min(item.Detail.Width(), width/2)
	cols := ui.FitColumns([]ui.Column{{Flex: true, Least: 12}, {Width: detail, Rank: 2}, {Width: item.Key.Width(), Rank: 1}}, width)
	style := theme.Plain
	if item.Dim {
		style = theme.Dim
	}
	return cols.Row(theme, width, selected, []ui.Cell{{Style: style, Text: item.Text}, {Style: theme.Dim, Text: item.Detail}, {Style: theme.Key, Text: item.Key}})
}

// Foot says which keys work.
func (p *Picker) Foot() []Binding {
	return []Binding{
		{Keys: []string{"enter"}, Words: "choose", Foot: true},
		{Keys: []string{"up"}, Label: "↑ ↓", Words: "move", Foot: true},
		{Label: "letters", Words: "narrow", Foot: true},
		{Keys: []string{"esc"}, Words: "cancel", Foot: true},
	}
}
