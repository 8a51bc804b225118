package api

import (
	"context"
	"net/http"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// joining are the operations that make one ticket of two, and two of one.
func (a *API) joining() {
	a.simple(action.Unmerge, "unmergeTicket", "Take a ticket out of the one it was merged into", a.desk.Unmerge)
	register(a, deed(action.Merge, "mergeTicket", "Merge a ticket into another"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		OnVersion
		Body struct {
			Into int64 `json:"into" minimum:"1" doc:"Number of the ticket that goes on"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Merge(ctx, who, id, version, core.TicketID(in.Body.Into))
		})
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/split", id: "splitTicket", tag: "Actions", summary: "Make a ticket of its own out of a message", needs: core.TokenWrite,
		does: []action.Name{action.Split}, status: http.StatusCreated,
	}, a.split)
}

type splitInput struct {
	OnTicket
	Once
	Body struct {
		Message     int64  `json:"message" minimum:"1" doc:"Number of the message"`
		Title       string `json:"title" maxLength:"600" doc:"What the new ticket is called; its reporter reads it"`
		Category    string `json:"category" maxLength:"60" doc:"Code of the category"`
		ForReporter bool   `json:"for_reporter,omitempty" doc:"Words of staff become a report of the reporter's. What the reporter said is theirs in any case"`
	}
}

func (a *API) split(ctx context.Context, c *call, in *splitInput) (*receiptAnswer, error) {
	key, err := usable(c, in.Key)
	if err != nil {
		return nil, err
	}
	category, err := a.category(ctx, c, in.Body.Category)
	if err != nil {
		return nil, err
	}
	id, err := a.find(ctx, c, in.Ticket)
	if err != nil {
		return nil, err
	}
	receipt, err := a.desk.Split(ctx, c.who, id, core.NewSplit{
		Message: core.MessageID(in.Body.Message), Key: key, Title: in.Body.Title, Category: category, ForReporter: in.Body.ForReporter,
	})
	if err != nil {
		return nil, err
	}
	return answerReceipt(receipt), nil
}
