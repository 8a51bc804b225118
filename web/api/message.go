package api

import (
	"context"
	"net/http"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

type sayInput struct {
	OnTicket
	Once
	Body struct {
		Body string `json:"body" maxLength:"80000" doc:"What to say; it may be empty where files go with it"`
		Hold bool   `json:"hold,omitempty" doc:"Of a reply of staff: let it wait for 20 seconds, in which it can be taken back"`
	}
}

// TakenBack is the draft that a reply has become again.
type TakenBack struct {
	Body string `json:"body"`
}

type messageAnswer struct{ Body Message }

func (a *API) messages() {
	register(a, operation{
		route: "GET /tickets/{ticket}/messages", id: "listMessages", tag: "Messages", summary: "Read the conversation", needs: core.TokenRead,
		help: "What was said on a ticket, oldest first, the last 500 at most; notes among staff are for staff alone.",
	}, func(ctx context.Context, c *call, in *OnTicket) (*listed[Message], error) {
		view, err := a.view(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		return listOf(view.Messages, func(m core.Message) Message { return messageOf(&m) }), nil
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/replies", id: "reply", tag: "Messages", summary: "Reply", needs: core.TokenWrite,
		does: []action.Name{action.Reply}, status: http.StatusCreated, help: "Files that were uploaded with the same Idempotency-Key go with it.",
	}, func(ctx context.Context, c *call, in *sayInput) (*messageAnswer, error) {
		return a.say(ctx, c, in, a.desk.Reply)
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/take-back", id: "takeBackReply", tag: "Messages", summary: "Take a held reply back", needs: core.TokenWrite,
		does: []action.Name{action.TakeBack},
	}, func(ctx context.Context, c *call, in *OnTicket) (*struct{ Body TakenBack }, error) {
		id, err := a.find(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		draft, err := a.desk.TakeBack(ctx, c.who, id)
		if err != nil {
			return nil, err
		}
		return &struct{ Body TakenBack }{TakenBack{draft.Body}}, nil
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/notes", id: "note", tag: "Messages", summary: "Write a note among staff", needs: core.TokenWrite,
		does: []action.Name{action.Note}, status: http.StatusCreated, help: "Files that were uploaded with the same Idempotency-Key go with it.",
	}, func(ctx context.Context, c *call, in *sayInput) (*messageAnswer, error) {
		return a.say(ctx, c, in, a.desk.Note)
	})
	register(a, operation{
		route: "GET /tickets/{ticket}/history", id: "ticketHistory", tag: "Tickets", summary: "Read the history", needs: core.TokenRead,
		help: "What happened to a ticket, oldest first, the last 1000 events at most. Reporters read what concerns them.",
	}, func(ctx context.Context, c *call, in *OnTicket) (*listed[Event], error) {
		view, err := a.view(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		return listOf(view.Events, func(e core.Event) Event { return eventOf(&e, "") }), nil
	})
}

func (a *API) view(ctx context.Context, c *call, ticket string) (core.TicketView, error) {
	id, err := a.find(ctx, c, ticket)
	if err != nil {
		return core.TicketView{}, err
	}
	return a.desk.Ticket(ctx, c.who, id)
}

func (a *API) say(ctx context.Context, c *call, in *sayInput, do func(context.Context, core.Actor, core.TicketID, core.NewMessage) (core.Message, error)) (*messageAnswer, error) {
	id, key, err := a.once(ctx, c, in.OnTicket, in.Once)
	if err != nil {
		return nil, err
	}
	said, err := do(ctx, c.who, id, core.NewMessage{Key: key, Body: in.Body.Body, Hold: holdIf(in.Body.Hold)})
	if err != nil {
		return nil, err
	}
	return &messageAnswer{messageOf(&said)}, nil
}
