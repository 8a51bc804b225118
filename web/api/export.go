package api

import (
	"context"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

type exportInput struct {
	Query    string `query:"q" maxLength:"2000" doc:"Which tickets, in the language of the console's filter; all that you work on without one" example:"status:closed"`
	Messages bool   `query:"messages" default:"true" doc:"With what was said"`
	Events   bool   `query:"events" default:"true" doc:"With what happened"`
}

// Exported is a ticket with all that was said and happened: a line of an export.
type Exported struct {
	Ticket
	Messages []Message `json:"messages,omitempty"`
	Events   []Event   `json:"events,omitempty"`
}

func (a *API) exports() {
	line := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Exported](), true, "Exported")
	register(a, operation{
		route: "GET /export", id: "exportTickets", tag: "Tickets", summary: "Export tickets", needs: core.TokenRead,
		help: "Every ticket that the query finds among those you work on, in the order of their numbers, a JSON object a line, however many there are. " +
			"An export that could not be finished breaks the connection off. Exporting a confidential ticket is recorded as reading it.",
		answer: map[string]*huma.Response{"200": {
			Description: "A ticket a line", Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: line}},
		}},
	}, a.export)
}

// export sends tickets some at a time, and who may no longer be here gets no more. Nothing of the database is held while it writes.
func (a *API) export(ctx context.Context, c *call, in *exportInput) (*huma.StreamResponse, error) {
	q, err := query.Parse(in.Query)
	if err != nil {
		return nil, err
	}
	req := core.ExportRequest{Query: q, Messages: in.Messages, Events: in.Events}
	tickets, next, err := a.desk.Export(ctx, c.who, req)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.w.Header().Set("Content-Type", "application/x-ndjson")
		c.w.WriteHeader(http.StatusOK)
		out := newPatientWriter(c.w)
		ctx, done := a.minded(ctx, c, out.stop)
		defer done()
		for {
			err := putExported(out, tickets)
			if err == nil && next == "" {
				return
			}
			if err == nil {
				req.After = next
				tickets, next, err = a.desk.Export(ctx, c.who, req)
			}
			if err != nil {
				panic(http.ErrAbortHandler) //nolint:forbidigo // half an export must not look like a whole one
			}
		}
	}}, nil
}

func putExported(out io.Writer, tickets []core.Exported) error {
	for i := range tickets {
		e := &tickets[i]
		line := Exported{Ticket: ticketOf(&e.Ticket)}
		for j := range e.Messages {
			line.Messages = append(line.Messages, messageOf(&e.Messages[j]))
		}
		for j := range e.Events {
			line.Events = append(line.Events, eventOf(&e.Events[j], ""))
		}
		if err := marshal(out, line); err != nil {
			return err
		}
	}
	return nil
}
