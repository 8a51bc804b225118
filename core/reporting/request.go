package reporting

import (
	"context"
	"fmt"
	"io"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// Request is a report as somebody asks for it, in words.
type Request struct {
	Name   string // one of [Names]
	Since  string // which days, as [core.ParseDays] reads them; the last 30 if empty
	Where  string // which tickets, as a query
	Part   string // one table of it alone
	Step   string // one of [Steps], by the range if empty
	Versus string // one of [Comparisons]; the days before if empty
	Office bool   // times in office hours
	Rows   string // one of [RowKinds]: what figures are about, instead of figures
	Format string // one of [Formats]; text for figures and CSV for rows if empty
}

// Steps are how long a row of time may be.
func Steps() []string { return []string{string(core.Hourly), string(core.Daily), string(core.Weekly)} }

// Comparisons are what a range can be compared with.
func Comparisons() []string { return []string{"before", string(core.AgainstYear)} }

// Write makes the report that was asked for and writes it.
func Write(ctx context.Context, desk *core.Desk, who core.Actor, r Request, out io.Writer) error {
	ask, err := r.Question()
	if err != nil {
		return err
	}
	if r.Rows != "" {
		return Rows(ctx, desk, who, r.Rows, r.Format, ask, out)
	}
	made, err := Make(ctx, desk, who, r.Name, ask)
	if err != nil {
		return err
	}
	if err := made.Narrow(r.Part); err != nil {
		return err
	}
	return made.Write(out, r.Format)
}

// Question is what the desk is asked for it.
func (r Request) Question() (core.Question, error) {
	var ask core.Question
	var err error
	if r.Since != "" {
		if ask, err = core.ParseDays(r.Since); err != nil {
			return core.Question{}, err
		}
	}
	if ask.Query, err = query.Parse(r.Where); err != nil {
		return core.Question{}, fmt.Errorf("read the query %q: %w", r.Where, err)
	}
	ask.Office, ask.Step = r.Office, core.Step(r.Step)
	if r.Versus == string(core.AgainstYear) {
		ask.Against = core.AgainstYear
	}
	return ask, nil
}
