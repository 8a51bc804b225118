package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/text"
)

// call is one request: who makes it, and the connection it came by.
type call struct {
	who   core.Actor
	me    core.User
	words text.Language
	w     http.ResponseWriter
	r     *http.Request
}

// operation is one thing that a program can ask for.
type operation struct {
	route   string // method and path below the prefix: "POST /tickets"
	id      string
	tag     string
	summary string
	help    string
	needs   core.TokenScope // what a token must be for
	or      core.TokenScope // what else serves: of those that do no more than that, neither covers the other; "" for nothing
	does    []action.Name   // of the helpdesk
	status  int             // of success, if not 200
	body    *huma.RequestBody
	answer  map[string]*huma.Response // where it is no JSON
	headers []*huma.Param
}

const maxBody = 256 << 10 // bytes of JSON: the longest text, escaped

// contextKey is where huma's middleware leaves the call for the one function that hands it to the operation.
type contextKey struct{}

// register makes an operation of a function. Who calls is found out before anything of the request is looked at, and
// given to the function as an argument.
func register[I, O any](a *API, op operation, do func(ctx context.Context, c *call, in *I) (*O, error)) {
	method, path, _ := strings.Cut(op.route, " ")
	for _, name := range op.does {
		a.done[name] = true
	}
	help := op.help
	if len(op.does) > 0 {
		help = strings.TrimSpace(actionHelp(op.does[0]) + " " + help)
	}
	if help == "" {
		help = op.summary + "."
	}
	responses := op.answer
	if responses == nil {
		responses = map[string]*huma.Response{}
	}
	responses["default"] = &huma.Response{Ref: "#/components/responses/Problem"}
	responses["4XX"] = &huma.Response{Ref: "#/components/responses/Problem"}
	huma.Register(a.huma, huma.Operation{
		Method: method, Path: Prefix + path, OperationID: op.id, Tags: []string{op.tag}, Summary: op.summary,
		Description: help + " Takes a token for " + op.scopes() + ".", DefaultStatus: op.status, MaxBodyBytes: maxBody,
		Responses: responses, RequestBody: op.body, Parameters: op.headers, BodyReadTimeout: 30 * time.Second,
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			c, err := a.caller(ctx, &op)
			if err != nil {
				p := a.problemOf(a.words.For(wordsOf(ctx), "en"), err)
				for name, values := range p.header {
					ctx.SetHeader(name, values[0])
				}
				a.logInternal(ctx.Context(), p, err)
				_, w := humago.Unwrap(ctx)
				op.leaveUnread(w)
				write(w, p)
				return
			}
			next(huma.WithValue(ctx, contextKey{}, c))
		}},
	}, func(ctx context.Context, in *I) (*O, error) {
		c, _ := ctx.Value(contextKey{}).(*call)
		out, err := do(ctx, c, in)
		if err != nil {
			p := a.problemOf(c.words, err)
			a.logInternal(ctx, p, err)
			op.leaveUnread(c.w)
			return nil, p
		}
		return out, nil
	})
}

// leaveUnread ends the connection with a refusal of what comes with a file: the server would otherwise wait for the rest of
// the file before it says anything.
func (op *operation) leaveUnread(w http.ResponseWriter) {
	if op.body != nil {
		w.Header().Set("Connection", "close")
	}
}

// scopes are the least scopes of a token that it takes.
func (op *operation) scopes() string {
	if op.or == "" {
		return string(op.needs)
	}
	return string(op.needs) + " or " + string(op.or)
}

func actionHelp(name action.Name) string {
	found, _ := action.Find(name)
	return found.Help
}

func (a *API) logInternal(ctx context.Context, p *Problem, err error) {
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		a.opts.Logger.ErrorContext(ctx, "api failed", "code", p.Code, "error", err)
	}
}

// caller is the one place where a request becomes an actor.
func (a *API) caller(ctx huma.Context, op *operation) (*call, error) {
	r, w := humago.Unwrap(ctx)
	secret := ""
	if scheme, rest, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		secret = strings.TrimSpace(rest)
	}
	who, me, err := a.desk.TokenActor(r.Context(), core.DoorAPI, secret, a.opts.Address(r), op.needs, op.or)
	if err != nil {
		return nil, err
	}
	return &call{who: who, me: me, words: a.words.For(r.Header.Get("Accept-Language"), me.Language, "en"), w: w, r: r}, nil
}
