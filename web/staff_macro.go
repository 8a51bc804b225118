package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// workMacro is a macro as it would be used on a ticket: its words filled in, to be edited before they are sent.
type workMacro struct {
	core.Macro

	Text  string
	Means []string // what changes with it
}

// macroNamed finds the macro that an address or a form names among those that the reader can use.
func macroNamed(macros []core.Macro, number string) (core.Macro, error) {
	id, _ := strconv.ParseInt(number, 10, 64) // what is no number is no macro
	if at := slices.IndexFunc(macros, func(m core.Macro) bool { return int64(m.ID) == id }); at >= 0 {
		return macros[at], nil
	}
	return core.Macro{}, core.Missing("macro")
}

// readMacros lists the macros for a ticket's page, and works the chosen one out.
func (h *Handler) readMacros(r *http.Request, c *caller, data *workTicketPage, chosen string) error {
	if !data.May[string(action.Macro)] {
		return nil
	}
	var err error
	if data.Macros, err = h.desk.Macros(r.Context(), c.actor); err != nil {
		return fmt.Errorf("list macros: %w", err)
	}
	m, err := macroNamed(data.Macros, chosen)
	if err != nil {
		return nil //nolint:nilerr // none is chosen, or it has gone: the list shows which there are
	}
	plan, err := h.desk.PlanMacro(r.Context(), c.actor, data.Ticket.ID, m)
	if err != nil {
		return err
	}
	used := &workMacro{Macro: m, Text: plan.Text}
	for i := range plan.Effects {
		used.Means = append(used.Means, deedWords(&plan.Effects[i]))
	}
	data.Macro = used
	return nil
}

// workUse uses a macro, in the words that were shown and may have been edited.
func (h *Handler) workUse(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	macros, err := h.desk.Macros(ctx, who)
	if err != nil {
		return err
	}
	m, err := macroNamed(macros, f.get("macro"))
	if err != nil {
		return err
	}
	_, err = h.desk.Perform(ctx, who, id, version(f), core.Deed{Action: action.Macro, Macro: core.MacroRun{
		Text: f.get("body"), Edited: true, Note: m.Note, Changes: m.Changes, Key: f.get("key"),
	}})
	return err
}
