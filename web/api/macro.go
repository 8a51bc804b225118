package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// Macro is a canned reply with changes.
type Macro struct {
	Name    string `json:"name"`
	Key     string `json:"key,omitempty" doc:"The letter or digit that uses it in the console"`
	Queue   string `json:"queue,omitempty" doc:"Code of the queue whose team shares it; none for your own"`
	Note    bool   `json:"note" doc:"It says a note among staff"`
	Body    string `json:"body,omitempty" doc:"What it says, with placeholders"`
	Changes string `json:"changes,omitempty" doc:"What it changes" example:"status:active tag:printer"`
}

func macroOf(m core.Macro) Macro {
	return Macro{Name: m.Name, Key: m.Key, Queue: m.Queue.Code, Note: m.Note, Body: m.Body, Changes: m.Changes.String()}
}

type macroAnswer struct{ Body Macro }

type onMacro struct {
	Name string `path:"name" maxLength:"240" doc:"The macro's name or key"`
}

type saveMacroInput struct {
	Name string `path:"name" maxLength:"240" doc:"What to call it"`
	Body struct {
		Key     string `json:"key,omitempty" maxLength:"4" doc:"The letter or digit that uses it in the console"`
		Queue   string `json:"queue,omitempty" maxLength:"60" doc:"Code of the queue to share it with, for leads and admins"`
		Note    bool   `json:"note,omitempty" doc:"It says a note among staff"`
		Body    string `json:"body,omitempty" maxLength:"80000" doc:"What it says, with placeholders"`
		Changes string `json:"changes,omitempty" maxLength:"2000" doc:"What it changes" example:"status:active tag:printer"`
	}
}

type runMacroInput struct {
	OnTicket
	OnVersion
	Once
	Body struct {
		Macro string `json:"macro" maxLength:"240" doc:"Its name or key"`
		Hold  bool   `json:"hold,omitempty" doc:"Let its reply wait for 20 seconds, in which it can be taken back"`
	}
}

func (a *API) macros() {
	register(a, operation{
		route: "GET /macros", id: "listMacros", tag: "Macros", summary: "List the macros that you can use", needs: core.TokenRead,
		help: "Your own first, then those of your queues. For staff.",
	}, func(ctx context.Context, c *call, _ *nothing) (*listed[Macro], error) {
		all, err := a.desk.Macros(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return listOf(all, macroOf), nil
	})
	register(a, operation{
		route: "PUT /macros/{name}", id: "saveMacro", tag: "Macros", summary: "Save a macro", needs: core.TokenWrite,
		help: "It takes the place of the one of that name with the same owner.",
	}, a.saveMacro)
	register(a, operation{
		route: "DELETE /macros/{name}", id: "deleteMacro", tag: "Macros", summary: "Delete a macro", needs: core.TokenWrite, status: http.StatusNoContent,
	}, func(ctx context.Context, c *call, in *onMacro) (*struct{}, error) {
		m, err := a.desk.FindMacro(ctx, c.who, in.Name)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.DeleteMacro(ctx, c.who, m.ID)
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/macro", id: "useMacro", tag: "Macros", summary: "Use a macro on a ticket", needs: core.TokenWrite,
		does: []action.Name{action.Macro}, help: "Says its words and makes its changes, at once and as one command.",
	}, func(ctx context.Context, c *call, in *runMacroInput) (*ticketAnswer, error) {
		key, err := usable(c, in.Key)
		if err != nil {
			return nil, err
		}
		m, err := a.desk.FindMacro(ctx, c.who, in.Body.Macro)
		if err != nil {
			return nil, err
		}
		run := core.MacroRun{Text: m.Body, Note: m.Note, Changes: m.Changes, Key: key, Hold: holdIf(in.Body.Hold)}
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Perform(ctx, who, id, version, core.Deed{Action: action.Macro, Macro: run})
		})
	})
}

func holdIf(asked bool) core.Hold {
	if asked {
		return core.HoldForAWhile
	}
	return core.HoldNever
}

func (a *API) saveMacro(ctx context.Context, c *call, in *saveMacroInput) (*macroAnswer, error) {
	m := core.Macro{Name: in.Name, Key: in.Body.Key, Note: in.Body.Note, Body: in.Body.Body}
	var err error
	if m.Changes, err = core.ParseMacroChanges(in.Body.Changes); err != nil {
		return nil, err
	}
	if in.Body.Queue != "" {
		if m.Queue, err = a.queue(ctx, c, in.Body.Queue); err != nil {
			return nil, err
		}
	}
	all, err := a.desk.Macros(ctx, c.who)
	if err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(all, func(old core.Macro) bool {
		return strings.EqualFold(old.Name, m.Name) && old.Queue.ID == m.Queue.ID
	}); at >= 0 {
		m.ID = all[at].ID
	}
	saved, err := a.desk.SaveMacro(ctx, c.who, m)
	if err != nil {
		return nil, err
	}
	return &macroAnswer{macroOf(saved)}, nil
}
