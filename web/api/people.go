package api

import (
	"context"
	"slices"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// User is an account.
type User struct {
	Username string   `json:"username"`
	Name     string   `json:"name"`
	Email    string   `json:"email,omitempty"`
	Role     string   `json:"role" enum:"reporter,staff,admin"`
	Disabled bool     `json:"disabled"`
	Queues   []string `json:"queues" nullable:"false" doc:"Codes of the queues they work"`
}

func userOf(u *core.User) User {
	out := User{Username: u.Username, Name: u.Name, Email: u.Email, Role: string(u.Role), Disabled: u.Disabled, Queues: []string{}}
	for _, m := range u.Memberships {
		out.Queues = append(out.Queues, m.Code)
	}
	return out
}

// Online is a colleague who is here.
type Online struct {
	Person
	Ticket int64  `json:"ticket,omitempty" doc:"Number of the ticket that they are at, if it is one that you work on"`
	Doing  string `json:"doing" enum:"here,looking,reply,note" doc:"What they do: here, or at a ticket looking, or writing a reply or a note"`
}

// Caller is who calls, and the token they call with.
type Caller struct {
	User  User  `json:"user"`
	Token Token `json:"token"`
}

// Token is the token that a program calls with.
type Token struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Scope      string     `json:"scope" enum:"report,figures,read,write"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty" doc:"To a minute"`
}

// Bulk is what a bulk would do, or did.
type Bulk struct {
	Done    []int64   `json:"done" nullable:"false" doc:"Tickets on which it is done, or would be"`
	Same    []int64   `json:"same" nullable:"false" doc:"Tickets that were so already"`
	Refused []Refusal `json:"refused" nullable:"false"`
}

type bulkInput struct {
	Body struct {
		Tickets    []int64 `json:"tickets" minItems:"1" maxItems:"500" doc:"Numbers of tickets"`
		Action     string  `json:"action" enum:"take,release,assign,activate,deactivate,close,priority,tag" doc:"What to do to each"`
		Person     string  `json:"person,omitempty" maxLength:"254" doc:"Of assign: username or e-mail"`
		Resolution string  `json:"resolution,omitempty" enum:"fixed,answered,duplicate,declined,not_reproduced,no_answer" doc:"Of close"`
		Priority   string  `json:"priority,omitempty" enum:"low,normal,high,urgent" doc:"Of priority"`
		Tag        string  `json:"tag,omitempty" maxLength:"60" doc:"Of tag: what to put on"`
		Rehearse   bool    `json:"rehearse,omitempty" doc:"Only say what would happen"`
	}
}

func (a *API) people() {
	register(a, operation{
		route: "GET /me", id: "me", tag: "People", summary: "Say who calls", needs: core.TokenRead, help: "Your account and the token that you call with.",
	}, func(ctx context.Context, c *call, _ *nothing) (*struct{ Body Caller }, error) {
		t, err := a.desk.ThisToken(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return &struct{ Body Caller }{Caller{User: userOf(&c.me), Token: Token{
			ID: int64(t.ID), Name: t.Name, Scope: string(t.Scope), CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, LastUsedAt: timeOf(t.LastUsedAt),
		}}}, nil
	})
	register(a, operation{
		route: "DELETE /me/token", id: "revokeToken", tag: "People", summary: "Revoke the token that you call with", needs: core.TokenRead, status: 204,
		help: "For a program that has done its work, or whose token has leaked.",
	}, func(ctx context.Context, c *call, _ *nothing) (*struct{}, error) {
		return nil, a.desk.RevokeToken(ctx, c.who, c.who.Token)
	})
	register(a, operation{
		route: "GET /users/{login}", id: "getUser", tag: "People", summary: "Find an account", needs: core.TokenRead, help: "By username or e-mail. For staff.",
	}, func(ctx context.Context, c *call, in *struct {
		Login string `path:"login" maxLength:"254" doc:"Username or e-mail" example:"ines"`
	},
	) (*struct{ Body User }, error) {
		u, err := a.desk.FindUser(ctx, c.who, in.Login)
		if err != nil {
			return nil, err
		}
		return &struct{ Body User }{userOf(&u)}, nil
	})
	register(a, operation{
		route: "GET /online", id: "listOnline", tag: "People", summary: "List the colleagues who are here", needs: core.TokenRead,
		help: "Those who work one of your queues and have a console open, or looked at a ticket on the page within the last minute, on any process. For staff.",
	}, func(ctx context.Context, c *call, _ *nothing) (*listed[Online], error) {
		all, err := a.desk.Online(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(p core.Present) Online { return Online{*personOf(p.Person), int64(p.Ticket), string(p.Doing)} }), nil
	})
	register(a, operation{
		route: "GET /tickets/{ticket}/assignable", id: "listAssignable", tag: "People", summary: "List who could work on a ticket", needs: core.TokenRead,
	}, func(ctx context.Context, c *call, in *OnTicket) (*listed[Person], error) {
		id, err := a.find(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		all, err := a.desk.Assignable(ctx, c.who, id)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(p core.Person) Person { return *personOf(p) }), nil
	})
	register(a, operation{
		route: "POST /bulk", id: "bulk", tag: "Actions", summary: "Do one thing to many tickets", needs: core.TokenWrite,
		help: "It is one command: undoing it on one ticket undoes it on all. A ticket that refuses does not keep the others from it.",
	}, a.bulk)
}

func (a *API) bulk(ctx context.Context, c *call, in *bulkInput) (*struct{ Body Bulk }, error) {
	deed, err := a.deed(ctx, c, in)
	if err != nil {
		return nil, err
	}
	ids := make([]core.TicketID, len(in.Body.Tickets))
	for i, n := range in.Body.Tickets {
		ids[i] = core.TicketID(n)
	}
	plan, err := a.desk.PlanBulk(ctx, c.who, ids, deed)
	if err != nil {
		return nil, err
	}
	out := Bulk{Done: numbers(plan.Will), Same: numbers(plan.Same), Refused: a.refusals(c, plan.Refused)}
	if in.Body.Rehearse || len(plan.Will) == 0 {
		return &struct{ Body Bulk }{out}, nil
	}
	result, err := a.desk.Bulk(ctx, c.who, plan, nil)
	if err != nil {
		return nil, err
	}
	out.Done = []int64{}
	for i := range result.Done {
		out.Done = append(out.Done, int64(result.Done[i].ID))
	}
	out.Refused = slices.Concat(out.Refused, a.refusals(c, result.Refused))
	return &struct{ Body Bulk }{out}, nil
}

func (a *API) deed(ctx context.Context, c *call, in *bulkInput) (core.Deed, error) {
	deed := core.Deed{Action: action.Name(in.Body.Action), Resolution: core.Resolution(in.Body.Resolution)}
	switch deed.Action {
	case action.Assign:
		person := c.me
		if in.Body.Person != "me" {
			var err error
			if person, err = a.desk.FindUser(ctx, c.who, in.Body.Person); err != nil {
				return core.Deed{}, err
			}
		}
		deed.Person = person.ID
	case action.Prioritise:
		priority, _ := core.ParsePriority(in.Body.Priority)
		deed.Change.Priority = &priority
	case action.Tag:
		deed.Tags.Add = []string{in.Body.Tag}
	}
	return deed, nil
}

func numbers(ids []core.TicketID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}
