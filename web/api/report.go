package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/reporting"
)

type reportInput struct {
	Report string `path:"report" enum:"now,flow,speed,where,people"`
	Query  string `query:"q" maxLength:"2000" doc:"Of which tickets, in the language of the console's filter" example:"queue:it"`
	Range  string `query:"range" maxLength:"40" doc:"Which days: 30d (unless you say otherwise), 2026-09, 2026-09-01..2026-12-20, term. Not of now" example:"7d"`
	Office bool   `query:"office" doc:"Times in office hours, not in calendar time"`
	Step   string `query:"step" enum:"hour,day,week" doc:"How long a row of time is: hour (up to 14 days), day (up to 92) or week; by the range if not said"`
	Versus string `query:"versus" enum:"before,year" default:"before" doc:"What to compare with: as many days before, or the same days a year before"`
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
		ask, err := reporting.Request{Since: in.Range, Where: in.Query, Office: in.Office, Step: in.Step, Versus: in.Versus}.Question()
		if err != nil {
			return nil, err
		}
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
	row := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	register(a, operation{
		route: "GET /rows/{kind}", id: "listRows", tag: "Reports", summary: "Read what the figures count", needs: core.TokenRead,
		help: "A JSON object a line, without limit: all tickets reported in those days (tickets), or all answers, replies, closings and reopenings (milestones). " +
			"What could not be finished breaks the connection off. For staff.",
		answer: map[string]*huma.Response{"200": {Description: "A row a line", Content: map[string]*huma.MediaType{"application/x-ndjson": {Schema: row}}}},
	}, a.rows)
}

type rowsInput struct {
	Kind  string `path:"kind" enum:"tickets,milestones"`
	Query string `query:"q" maxLength:"2000" doc:"Of which tickets, in the language of the console's filter" example:"queue:it"`
	Range string `query:"range" maxLength:"40" doc:"Which days, as in reports" example:"7d"`
}

// rows sends what figures are about. The first of it decides whether it is an answer or a problem.
func (a *API) rows(ctx context.Context, c *call, in *rowsInput) (*huma.StreamResponse, error) {
	ask, err := reporting.Request{Since: in.Range, Where: in.Query}.Question()
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) {
		out := &lateWriter{patientWriter: newPatientWriter(c.w)}
		ctx, done := a.minded(ctx, c, out.stop)
		defer done()
		lines := bufio.NewWriterSize(out, outputPiece)
		err := reporting.Rows(ctx, a.desk, c.who, in.Kind, "json", ask, lines)
		if err == nil {
			err = lines.Flush()
		}
		switch {
		case err == nil:
			out.begin()
		case out.begun:
			panic(http.ErrAbortHandler) //nolint:forbidigo // half of it must not look like the whole
		default:
			p := a.problemOf(c.words, err)
			a.logInternal(ctx, p, err)
			write(c.w, p)
		}
	}}, nil
}

// lateWriter says that an answer comes when its first line does.
type lateWriter struct {
	*patientWriter

	begun bool
}

func (w *lateWriter) begin() {
	if !w.begun {
		w.begun = true
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.WriteHeader(http.StatusOK)
	}
}

// Write writes on.
func (w *lateWriter) Write(b []byte) (int, error) {
	w.begin()
	return w.patientWriter.Write(b)
}
