package api

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// Account is a line of the list of accounts.
type Account struct {
	User
	Keys     int        `json:"keys" doc:"SSH keys that sign them in"`
	Sessions int        `json:"sessions" doc:"Where they are signed in now"`
	SeenAt   *time.Time `json:"seen_at,omitempty" doc:"When they were last there, if not long ago"`
}

type accountsInput struct {
	Begins   string `query:"begins" maxLength:"254" doc:"How username, name or e-mail begins"`
	Role     string `query:"role" enum:"reporter,staff,admin"`
	Queue    string `query:"queue" maxLength:"60" doc:"Code of a queue that they work"`
	Disabled bool   `query:"disabled" doc:"Those that are disabled, and no others"`
	Cursor   string `query:"cursor" maxLength:"400" doc:"The next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type accountsAnswer struct {
	Body struct {
		Items []Account `json:"items" nullable:"false"`
		Next  string    `json:"next,omitempty" doc:"The cursor of the next page; there is none at the end"`
	}
}

// administration is what programs may read of how the helpdesk is arranged. They change nothing of it: a token that leaks
// gives nobody rights and sends no report elsewhere.
func (a *API) administration() {
	register(a, operation{
		route: "GET /users", id: "listUsers", tag: "People", summary: "List the accounts", needs: core.TokenRead, help: "By username. For admins.",
	}, a.accounts)
	register(a, operation{
		route: "GET /team", id: "listTeam", tag: "People", summary: "List your colleagues", needs: core.TokenRead,
		help: "Those who work in your queues, you too; for an admin everybody who works here. For staff.",
	}, func(ctx context.Context, c *call, _ *nothing) (*listed[Person], error) {
		all, err := a.desk.Team(ctx, c.who)
		if err != nil {
			return nil, err
		}
		return listOf(all, func(p core.Person) Person { return *personOf(p) }), nil
	})
}

func (a *API) accounts(ctx context.Context, c *call, in *accountsInput) (*accountsAnswer, error) {
	filter := core.UserFilter{Begins: in.Begins, Role: core.Role(in.Role), Disabled: in.Disabled}
	if in.Queue != "" {
		queue, err := a.queue(ctx, c, in.Queue)
		if err != nil {
			return nil, err
		}
		filter.Queue = queue.ID
	}
	list, next, err := a.desk.Users(ctx, c.who, filter, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &accountsAnswer{}
	out.Body.Next, out.Body.Items = next, make([]Account, len(list))
	for i := range list {
		out.Body.Items[i] = Account{User: userOf(&list[i].User), Keys: list[i].Keys, Sessions: list[i].Sessions, SeenAt: timeOf(list[i].SeenAt)}
	}
	return out, nil
}
