package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// Queue is the list that one team works.
type Queue struct {
	Code       string `json:"code" example:"it"`
	Name       string `json:"name"`
	ReopenDays int    `json:"reopen_days" doc:"Until how many days after closing a reporter may reopen"`
}

// Category is what kind of issue a ticket is.
type Category struct {
	Code         string `json:"code" example:"network"`
	Name         string `json:"name" doc:"In the reader's language, where it is translated"`
	Parent       string `json:"parent,omitempty" doc:"Code of the category above; one reports under those below which there is none"`
	Line         string `json:"line" enum:"facilities,it,services"`
	Hint         string `json:"hint,omitempty" doc:"What helps staff to know"`
	Confidential bool   `json:"confidential"`
}

// Location is a site, a building or a room.
type Location struct {
	Code string `json:"code" example:"LIB-204"`
	Name string `json:"name"`
	Kind string `json:"kind" enum:"site,building,room"`
}

// View is a named query.
type View struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Query string `json:"query"`
	Count int    `json:"count" doc:"How many tickets it holds, counted up to 1000"`
	More  bool   `json:"more" doc:"There are more"`
}

// Known is what anybody may read of an issue that staff made public.
type Known struct {
	Handle    string     `json:"handle" doc:"Names the issue, and opens nothing"`
	Title     string     `json:"title,omitempty" doc:"In staff's words"`
	Category  string     `json:"category"`
	Location  string     `json:"location,omitempty"`
	Status    string     `json:"status" enum:"open,active,closed"`
	Since     time.Time  `json:"since"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	Followers int        `json:"followers" doc:"How many others have the same trouble"`
}

func knownOf(k core.KnownIssue) Known {
	return Known{
		Handle: k.Handle, Title: k.Title, Category: k.Category.Code, Location: k.Location.Code, Status: string(k.Status), Since: k.Since.UTC(),
		ClosedAt: timeOf(k.ClosedAt), Followers: k.Followers,
	}
}

// listed is an answer that is a whole list.
type listed[T any] struct {
	Body struct {
		Items []T `json:"items" nullable:"false"`
	}
}

func listOf[S, T any](list []S, shape func(S) T) *listed[T] {
	out := &listed[T]{}
	out.Body.Items = make([]T, len(list))
	for i := range list {
		out.Body.Items[i] = shape(list[i])
	}
	return out
}

type nothing struct{}

func (a *API) place() {
	register(a, operation{route: "GET /queues", id: "listQueues", tag: "Place", summary: "List the queues", needs: core.TokenRead}, func(ctx context.Context, c *call, _ *nothing) (*listed[Queue], error) {
		all, err := a.desk.Queues(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(q core.Queue) Queue { return Queue{q.Code, q.Name, q.ReopenDays} }), nil
	})
	register(a, operation{
		route: "GET /categories", id: "listCategories", tag: "Place", summary: "List the categories", needs: core.TokenReport, or: core.TokenRead,
		help: "What one can report under, in the order of the form.",
	}, a.categories)
	register(a, operation{
		route: "GET /locations", id: "listLocations", tag: "Place", summary: "Find locations", needs: core.TokenReport, or: core.TokenRead,
		help: "Places whose code or name begins with a text.",
	}, func(ctx context.Context, c *call, in *struct {
		Find  string `query:"find" maxLength:"200" doc:"The beginning of a code or a name" example:"LIB"`
		Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	},
	) (*listed[Location], error) {
		all, err := a.desk.Locations(ctx, c.who, in.Find, in.Limit)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(l core.Location) Location { return Location{l.Code, l.Name, string(l.Kind)} }), nil
	})
	register(a, operation{
		route: "GET /views", id: "listViews", tag: "Views", summary: "List the views and what they hold", needs: core.TokenRead,
		help: "The named queries of the console, with how many tickets each holds for you.",
	}, a.views)
	register(a, operation{
		route: "GET /count", id: "countTickets", tag: "Views", summary: "Count tickets", needs: core.TokenRead,
	}, func(ctx context.Context, c *call, in *struct {
		Query string `query:"q" maxLength:"2000" doc:"What to count, in the language of the console's filter" example:"status:open"`
	},
	) (*struct{ Body Count }, error) {
		q, err := query.Parse(in.Query)
		if err != nil {
			return nil, err
		}
		counts, err := a.desk.CountViews(ctx, c.who, []core.View{{Query: q}})
		if err != nil {
			return nil, err
		}
		return &struct{ Body Count }{Count{counts[0].N, counts[0].More}}, nil
	})
	register(a, operation{route: "GET /tags", id: "listTags", tag: "Views", summary: "List the tags in use", needs: core.TokenRead, help: "The commonest first."}, func(ctx context.Context, c *call, in *struct {
		Prefix string `query:"prefix" maxLength:"60" doc:"What they begin with"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	},
	) (*listed[string], error) {
		all, err := a.desk.Tags(ctx, c.who, in.Prefix, in.Limit)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(tag string) string { return tag }), nil
	})
	a.knownIssues()
}

// Count is how many tickets there are.
type Count struct {
	Count int  `json:"count" doc:"Counted up to 1000"`
	More  bool `json:"more" doc:"There are more"`
}

func (a *API) categories(ctx context.Context, c *call, _ *nothing) (*listed[Category], error) {
	all, err := a.desk.Categories(ctx, c.who)
	if err != nil {
		return nil, err
	}
	codes := map[core.CategoryID]string{}
	for _, k := range all {
		codes[k.ID] = k.Code
	}
	return listOf(all, func(k core.Category) Category {
		k = k.In(c.words.Tag())
		return Category{Code: k.Code, Name: k.Name, Parent: codes[k.Parent], Line: string(k.Line), Hint: k.Hint, Confidential: k.Confidential}
	}), nil
}

func (a *API) views(ctx context.Context, c *call, _ *nothing) (*listed[View], error) {
	all, err := a.desk.Views(ctx, c.who)
	if err != nil {
		return nil, err
	}
	counts, err := a.desk.CountViews(ctx, c.who, all)
	if err != nil {
		return nil, err
	}
	out := listOf(all, func(v core.View) View { return View{Name: v.Name, Title: v.Title, Query: v.Query.String()} })
	for i := range counts {
		out.Body.Items[i].Count, out.Body.Items[i].More = counts[i].N, counts[i].More
	}
	return out, nil
}

func (a *API) knownIssues() {
	register(a, operation{
		route: "GET /known-issues", id: "listKnownIssues", tag: "Known issues", summary: "List what is known", needs: core.TokenReport, or: core.TokenRead,
		help: "What staff made public and is not closed, of a building or of the whole campus.",
	}, func(ctx context.Context, c *call, in *struct {
		Building string `query:"building" maxLength:"60" doc:"Code of a building" example:"LIB"`
	},
	) (*listed[Known], error) {
		var at core.LocationID
		if in.Building != "" {
			all, err := a.desk.Buildings(ctx, c.who)
			if err != nil {
				return nil, err
			}
			i := slices.IndexFunc(all, func(l core.Location) bool { return strings.EqualFold(l.Code, in.Building) })
			if i < 0 {
				return nil, problem(http.StatusNotFound, "building_not_found", c.words.T("api.building"))
			}
			at = all[i].ID
		}
		all, err := a.desk.KnownIssues(ctx, c.who, at)
		if err != nil {
			return nil, err
		}
		return listOf(all, knownOf), nil
	})
	register(a, operation{
		route: "GET /known-issues/{handle}", id: "getKnownIssue", tag: "Known issues", summary: "Show where an issue stands", needs: core.TokenReport, or: core.TokenRead,
	}, func(ctx context.Context, c *call, in *struct {
		Handle string `path:"handle" maxLength:"60"`
	},
	) (*struct{ Body Known }, error) {
		k, err := a.desk.KnownIssue(ctx, c.who, in.Handle)
		if err != nil {
			return nil, err
		}
		return &struct{ Body Known }{knownOf(k)}, nil
	})
	register(a, operation{
		route: "POST /known-issues/{handle}/me-too", id: "meToo", tag: "Known issues", summary: "Say that you have the same trouble", needs: core.TokenWrite,
		help: "You are counted once, and follow the issue from then on.",
	}, func(ctx context.Context, c *call, in *struct {
		Handle string `path:"handle" maxLength:"60"`
	},
	) (*struct{ Body Known }, error) {
		k, err := a.desk.MeToo(ctx, c.who, in.Handle, "me-too")
		if err != nil {
			return nil, err
		}
		return &struct{ Body Known }{knownOf(k)}, nil
	})
	register(a, operation{
		route: "GET /following", id: "listFollowing", tag: "Known issues", summary: "List what you follow", needs: core.TokenRead,
	}, func(ctx context.Context, c *call, _ *nothing) (*listed[Known], error) {
		all, err := a.desk.Following(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return listOf(all, knownOf), nil
	})
}
