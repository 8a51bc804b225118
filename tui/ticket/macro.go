package ticket

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// macroPlanned is the answer to what a macro would do here.
type macroPlanned struct {
	id    core.TicketID
	macro core.Macro
	plan  core.MacroPlan
	err   error
}

func (s *Screen) pickMacro() tea.Cmd { return s.env.PickMacro(s.id.String(), s.useMacro) }

// useMacro looks at what a macro would do, and shows it before anything is done.
func (s *Screen) useMacro(m core.Macro) tea.Cmd {
	id := s.id
	return s.env.Do(func(ctx context.Context) tea.Msg {
		plan, err := s.env.Desk.PlanMacro(ctx, s.env.Who, id, m)
		return macroPlanned{id: id, macro: m, plan: plan, err: err}
	})
}

func (s *Screen) previewMacro(m macroPlanned) tea.Cmd {
	if m.id != s.id {
		return nil
	}
	if m.err != nil {
		return s.env.Host.Fail("use the macro "+m.macro.Name, m.err)
	}
	var said []screen.Paragraph
	if m.plan.Text != "" {
		said = append(said, screen.Paragraph{Text: plain.Block(m.plan.Text), Strong: true})
	}
	effects := make([]string, len(m.plan.Effects))
	for i := range m.plan.Effects {
		effects[i] = ui.Effect(&m.plan.Effects[i])
	}
	if len(effects) == 0 {
		effects = []string{"no property changes"}
	}
	said = append(said, screen.Paragraph{Text: plain.Line("With it: " + strings.Join(effects, ", ") + ".")})
	choice := screen.Binding{Keys: []string{"y", "enter"}, Words: "do it", Run: func() tea.Cmd { return s.runMacro(&m.macro, "", "") }}
	if m.plan.Text != "" {
		choice.Words, choice.Run = "put it in the editor", func() tea.Cmd { return s.writeMacro(m) }
	}
	s.env.Host.Show(&screen.Message{Host: s.env.Host, Title: plain.Line(m.macro.Name), Paragraphs: said, Choices: []screen.Binding{choice}}, true)
	return nil
}

// writeMacro puts a macro's words behind what is in the editor already. Its changes happen with the sending.
func (s *Screen) writeMacro(m macroPlanned) tea.Cmd {
	kind := core.DraftReply
	if m.macro.Note {
		kind = core.DraftNote
	}
	if s.editor != nil && s.editor.kind != kind {
		return s.env.Host.Toast(screen.Warning, plain.Line("Something else is being written. Send it or leave it first."))
	}
	var open tea.Cmd
	if s.editor == nil {
		open = s.write(kind, "")
	}
	e := s.editor
	if e == nil {
		return open
	}
	before := e.text()
	text := m.plan.Text
	if strings.TrimSpace(before) != "" {
		text = strings.TrimRight(before, "\n") + "\n\n" + text
	}
	e.area.Set(text)
	e.macro = &m.macro
	return tea.Batch(open, s.typed(before))
}

// runMacro says the words and makes the changes, in one command.
func (s *Screen) runMacro(m *core.Macro, text, key string) tea.Cmd {
	in := core.Deed{Action: action.Macro, Macro: core.MacroRun{
		Text: text, Edited: true, Note: m.Note, Changes: m.Changes, Key: key, Hold: core.HoldAsChosen,
	}}
	return s.act("use the macro “"+m.Name+"” on", "is done with: “"+m.Name+"”.", func(ctx context.Context, version int) (core.Ticket, error) {
		return s.env.Desk.Perform(ctx, s.env.Who, s.id, version, in)
	}, writes)
}

// with says what else happens when what is in the editor is sent.
func (e *editor) with() string {
	if e.macro == nil {
		return ""
	}
	if e.macro.Changes.Empty() {
		return "with “" + e.macro.Name + "” "
	}
	return "with “" + e.macro.Name + "”: " + e.macro.Changes.String() + " "
}
