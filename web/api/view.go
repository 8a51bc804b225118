package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/calendar"
)

// Saved is a view as it is kept.
type Saved struct {
	Name  string `json:"name" doc:"By which commands call it"`
	Title string `json:"title"`
	Query string `json:"query"`
}

type saveViewInput struct {
	Body struct {
		Title string `json:"title" maxLength:"160" doc:"As people read it"`
		Query string `json:"query" maxLength:"2000" doc:"In the language of the console's filter"`
		Queue string `json:"queue,omitempty" maxLength:"60" doc:"Code of the queue to share it with, for leads"`
	}
}

// Completion is what could stand at a place of a query.
type Completion struct {
	Text  string `json:"text" doc:"As it is typed"`
	Words string `json:"words,omitempty" doc:"What people call it"`
}

// savedViews are the operations that keep views, and complete the queries of which they are made.
func (a *API) savedViews() {
	register(a, operation{
		route: "POST /views", id: "saveView", tag: "Views", summary: "Save a view", needs: core.TokenWrite,
		help: "It takes the place of one of the same name.",
	}, func(ctx context.Context, c *call, in *saveViewInput) (*struct{ Body Saved }, error) {
		v, err := a.desk.SaveView(ctx, c.who, core.ViewChange{Title: in.Body.Title, Query: in.Body.Query, Queue: in.Body.Queue})
		if err != nil {
			return nil, err
		}
		return &struct{ Body Saved }{Saved{v.Name, v.Title, v.Query.String()}}, nil
	})
	register(a, operation{
		route: "DELETE /views/{name}", id: "deleteView", tag: "Views", summary: "Delete a view", needs: core.TokenWrite, status: http.StatusNoContent,
	}, func(ctx context.Context, c *call, in *struct {
		Name string `path:"name" maxLength:"240" doc:"As the list of views has it"`
	},
	) (*struct{}, error) {
		all, err := a.desk.Views(ctx, c.who)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(v core.View) bool { return v.ID != 0 && strings.EqualFold(v.Name, in.Name) })
		if at < 0 {
			return nil, core.Missing("view")
		}
		return nil, a.desk.DeleteView(ctx, c.who, all[at].ID)
	})
	register(a, operation{
		route: "GET /complete", id: "completeQuery", tag: "Views", summary: "Complete a query", needs: core.TokenRead,
		help: "What could stand at the end of what is typed so far: fields, values, and what exists as far as you may see it.",
	}, func(ctx context.Context, c *call, in *struct {
		Query string `query:"q" maxLength:"2000" doc:"What is typed so far" example:"queue:"`
	},
	) (*listed[Completion], error) {
		found, err := a.desk.Complete(ctx, c.who, in.Query, len(in.Query))
		if err != nil {
			return nil, err
		}
		return listOf(found.Choices, func(o core.Choice) Completion { return Completion{o.Text, o.Words} }), nil
	})
}

// Calendar is when the helpdesk is open.
type Calendar struct {
	Zone     string    `json:"zone" doc:"On whose clock" example:"Europe/Lisbon"`
	Hours    []Hours   `json:"hours" nullable:"false" doc:"By weekday from Monday on"`
	Holidays []Holiday `json:"holidays" nullable:"false" doc:"From today on"`
}

// Hours are a time of a weekday in which the helpdesk is open.
type Hours struct {
	Weekday string `json:"weekday" enum:"Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday"`
	Opens   int    `json:"opens" doc:"Minutes after midnight"`
	Closes  int    `json:"closes" doc:"Minutes after midnight; 1440 is the midnight after"`
}

// Holiday is a day on which the helpdesk stays closed.
type Holiday struct {
	Day  string `json:"day" format:"date"`
	Name string `json:"name"`
}

func (a *API) calendar() {
	register(a, operation{
		route: "GET /calendar", id: "getCalendar", tag: "Place", summary: "Read office hours and holidays", needs: core.TokenRead, help: "For staff.",
	}, func(ctx context.Context, c *call, _ *nothing) (*struct{ Body Calendar }, error) {
		hours, err := a.desk.OfficeHours(ctx, c.who)
		if err != nil {
			return nil, err
		}
		zone := a.desk.Zone()
		days, err := a.desk.Holidays(ctx, c.who, calendar.DayOf(a.desk.Now().In(zone)))
		if err != nil {
			return nil, err
		}
		out := Calendar{Zone: zone.String(), Hours: make([]Hours, len(hours)), Holidays: make([]Holiday, len(days))}
		for i, h := range hours {
			out.Hours[i] = Hours{h.Weekday.String(), h.Opens, h.Closes}
		}
		for i, d := range days {
			out.Holidays[i] = Holiday{d.Day.String(), d.Name}
		}
		return &struct{ Body Calendar }{out}, nil
	})
}
