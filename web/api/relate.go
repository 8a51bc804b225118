package api

import (
	"context"
	"net/http"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// relations are how tickets stand to each other, and who reads one by its private link.
func (a *API) relations() {
	register(a, operation{
		route: "POST /tickets/{ticket}/link", id: "linkTicket", tag: "Actions", summary: "Say how a ticket stands to another", needs: core.TokenWrite,
		does: []action.Name{action.Link}, help: "Closing a ticket closes its duplicates with it.",
	}, func(ctx context.Context, c *call, in *struct {
		OnTicket
		Body struct {
			Relation string `json:"relation" enum:"related,duplicate_of,duplicated_by,blocks,blocked_by" doc:"What the ticket is to the other"`
			Other    int64  `json:"other" minimum:"1" doc:"Number of the other ticket"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, OnVersion{}, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
			return a.desk.Link(ctx, who, id, core.Relation(in.Body.Relation), core.TicketID(in.Body.Other))
		})
	})
	register(a, deed(action.Unlink, "unlinkTicket", "Take the links between two tickets away"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		Body struct {
			Other int64 `json:"other" minimum:"1" doc:"Number of the other ticket"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, OnVersion{}, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
			return a.desk.Unlink(ctx, who, id, core.TicketID(in.Body.Other))
		})
	})
	register(a, operation{
		route: "DELETE /tickets/{ticket}/private-link", id: "revokePrivateLink", tag: "Actions", summary: "End a ticket's private links", needs: core.TokenWrite,
		does: []action.Name{action.RevokeLink}, status: http.StatusNoContent, help: "A new one is made in the console or on the page alone.",
	}, func(ctx context.Context, c *call, in *OnTicket) (*struct{}, error) {
		id, err := a.find(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		return nil, a.desk.RevokeLink(ctx, c.who, id)
	})
}
