package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/reporting"
)

type reportInput struct {
	Report string `path:"report" enum:"now,flow,speed,where,people"`
	Query  string `query:"q" maxLength:"2000" doc:"Of which tickets, in the language of the console's filter" example:"queue:it"`
	Range  string `query:"range" maxLength:"40" doc:"Which days: 30d (unless you say otherwise), 2026-09, 2026-09-01..2026-12-20. Not of now" example:"7d"`
}

// Report is the figures of one dashboard, as tables.
type Report struct {
	Report string                      `json:"report" enum:"now,flow,speed,where,people"`
	At     time.Time                   `json:"at" doc:"When it was made"`
	Zone   string                      `json:"zone" doc:"In which days begin"`
	From   string                      `json:"from,omitempty" doc:"First day"`
	To     string                      `json:"to,omitempty" doc:"Last day, included"`
	Where  string                      `json:"where,omitempty" doc:"The query"`
	Parts  map[string][]map[string]any `json:"parts" doc:"A table each, of rows of named values; durations are seconds"`
}

func (a *API) reports() {
	register(a, operation{
		route: "GET /reports/{report}", id: "getReport", tag: "Reports", summary: "Read the analysis", needs: core.TokenFigures,
		help: "The figures of the console's Data Analysis, of the queues that you work: now, flow, speed, where, or people: each by themselves, all of a queue for its leads. For staff.",
	}, func(ctx context.Context, c *call, in *reportInput) (*struct{ Body Report }, error) {
		q, err := query.Parse(in.Query)
		if err != nil {
			return nil, err
		}
		var ask core.Question
		if in.Range != "" {
			if ask, err = core.ParseDays(in.Range); err != nil {
				return nil, err
			}
		}
		ask.Query = q
		made, err := reporting.Make(ctx, a.desk, c.who, in.Report, ask)
		if err != nil {
			return nil, err
		}
		var raw bytes.Buffer
		if err := made.Write(&raw, "json"); err != nil {
			return nil, fmt.Errorf("write report: %w", err)
		}
		var out Report
		if err := json.Unmarshal(raw.Bytes(), &out); err != nil {
			return nil, fmt.Errorf("read report: %w", err)
		}
		return &struct{ Body Report }{out}, nil
	})
}
