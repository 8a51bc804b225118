package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// plainChange is a change that needs nothing said about it.
type plainChange struct {
	OnTicket
	OnVersion
}

// command is a use-case of the desk on one ticket.
type command func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error)

// change does something to a ticket, and answers with the ticket as it is afterwards.
func (a *API) change(ctx context.Context, c *call, on OnTicket, match OnVersion, do command) (*ticketAnswer, error) {
	version, err := a.version(c, match)
	if err != nil {
		return nil, err
	}
	id, err := a.find(ctx, c, on.Ticket)
	if err != nil {
		return nil, err
	}
	after, err := do(ctx, c.who, id, version)
	if core.KindOf(err) == core.Conflict && version != 0 {
		p := a.problemOf(c.words, err)
		p.Status, p.Title = http.StatusPreconditionFailed, http.StatusText(http.StatusPreconditionFailed)
		return nil, p
	}
	if err != nil {
		return nil, err
	}
	return answerTicket(&after), nil
}

// once reads which ticket something is said on, and the key under which it is said there once.
func (a *API) once(ctx context.Context, c *call, on OnTicket, once Once) (id core.TicketID, key string, err error) {
	if key, err = usable(c, once.Key); err != nil {
		return 0, "", err
	}
	id, err = a.find(ctx, c, on.Ticket)
	return id, key, err
}

// deed is the operation that does an action to a ticket and needs no more words than the registry has.
func deed(name action.Name, id, summary string) operation {
	return operation{
		route: "POST /tickets/{ticket}/" + string(name), id: id, tag: "Actions", summary: summary, needs: core.TokenWrite, does: []action.Name{name},
	}
}

// simple registers a change that needs nothing said about it.
func (a *API) simple(name action.Name, id, summary string, do command) {
	register(a, deed(name, id, summary), func(ctx context.Context, c *call, in *plainChange) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, in.OnVersion, do)
	})
}

func (a *API) actions() {
	a.simple(action.Take, "takeTicket", "Take a ticket", a.desk.Take)
	a.simple(action.Release, "releaseTicket", "Release a ticket", a.desk.Release)
	a.simple(action.Withdraw, "withdrawTicket", "Withdraw your report", a.desk.Withdraw)
	a.simple(action.Unpublish, "unpublishTicket", "Take a ticket off the known issues", a.desk.Unpublish)
	for name, to := range map[action.Name]core.Status{action.Activate: core.Active, action.Deactivate: core.Open} {
		a.simple(name, string(name)+"Ticket", "Set a ticket "+string(to), func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.SetStatus(ctx, who, id, version, to)
		})
	}
	for name, do := range map[action.Name]func(context.Context, core.Actor, core.TicketID) error{action.Follow: a.desk.Follow, action.Unfollow: a.desk.Unfollow} {
		a.simple(name, string(name)+"Ticket", "Hear of a ticket, or no longer", func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
			if err := do(ctx, who, id); err != nil {
				return core.Ticket{}, err
			}
			view, err := a.desk.Preview(ctx, who, id)
			return view.Ticket, err
		})
	}
	a.joining()
	a.settings()
	a.endings()
	a.rest()
}

type setInput struct {
	OnTicket
	OnVersion
	Body struct {
		Priority *string `json:"priority,omitempty" enum:"low,normal,high,urgent"`
		Category *string `json:"category,omitempty" maxLength:"60" doc:"Code of the category"`
		Queue    *string `json:"queue,omitempty" maxLength:"60" doc:"Code of the queue. The assignee is released unless they work there too"`
		Place    *string `json:"place,omitempty" maxLength:"800" doc:"A code, as LIB-204, or words"`
		Waiting  *string `json:"waiting_on,omitempty" enum:"reporter,third_party,nobody" doc:"Whom it waits for"`
	}
}

type assignInput struct {
	OnTicket
	OnVersion
	Body struct {
		Person string `json:"person" maxLength:"254" doc:"Username or e-mail; me is you" example:"ines"`
	}
}

type correctInput struct {
	OnTicket
	OnVersion
	Body struct {
		Title       *string `json:"title,omitempty" maxLength:"600"`
		Description *string `json:"description,omitempty" maxLength:"80000"`
		Category    *string `json:"category,omitempty" maxLength:"60" doc:"Code of the category"`
		Place       *string `json:"place,omitempty" maxLength:"800" doc:"A code, as LIB-204, or words"`
	}
}

// settings are the operations that set properties.
func (a *API) settings() {
	register(a, operation{
		route: "PATCH /tickets/{ticket}", id: "changeTicket", tag: "Tickets", summary: "Set properties", needs: core.TokenWrite,
		does: []action.Name{action.Prioritise, action.Categorise, action.Move, action.Place, action.Wait}, help: "What is not named stays.",
	}, a.set)
	register(a, deed(action.Assign, "assignTicket", "Assign a ticket"), func(ctx context.Context, c *call, in *assignInput) (*ticketAnswer, error) {
		person := c.me
		if in.Body.Person != "me" {
			var err error
			if person, err = a.desk.FindUser(ctx, c.who, in.Body.Person); err != nil {
				return nil, err
			}
		}
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Assign(ctx, who, id, version, person.ID)
		})
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/correct", id: "correctTicket", tag: "Actions", summary: "Put a report right", needs: core.TokenWrite,
		does: []action.Name{action.Correct}, help: "What is not named stays.",
	}, a.correct)
	register(a, deed(action.Tag, "tagTicket", "Put tags on, or take them off"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		Body struct {
			Add    []string `json:"add,omitempty" maxItems:"50"`
			Remove []string `json:"remove,omitempty" maxItems:"50"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, OnVersion{}, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
			return a.desk.Tag(ctx, who, id, core.TagChange{Add: in.Body.Add, Remove: in.Body.Remove})
		})
	})
	register(a, deed(action.Publish, "publishTicket", "Make a ticket a known issue"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		OnVersion
		Body struct {
			Title string `json:"title" maxLength:"600" doc:"What everybody may read; the report itself stays private"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Publish(ctx, who, id, version, in.Body.Title)
		})
	})
}

func (a *API) set(ctx context.Context, c *call, in *setInput) (*ticketAnswer, error) {
	var to core.Change
	if in.Body.Priority != nil {
		p, _ := core.ParsePriority(*in.Body.Priority)
		to.Priority = &p
	}
	if in.Body.Category != nil {
		id, err := a.category(ctx, c, *in.Body.Category)
		if err != nil {
			return nil, err
		}
		to.Category = &id
	}
	if in.Body.Queue != nil {
		queue, err := a.queue(ctx, c, *in.Body.Queue)
		if err != nil {
			return nil, err
		}
		to.Queue = &queue.ID
	}
	if in.Body.Place != nil {
		to.Where = &core.Where{Words: *in.Body.Place}
	}
	if in.Body.Waiting != nil {
		whom := core.Waiting(strings.Replace(*in.Body.Waiting, "nobody", "", 1))
		to.Waiting = &whom
	}
	return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return a.desk.Change(ctx, who, id, version, to)
	})
}

// queue finds a queue by its code. One that is not found is refused by the desk, in its words.
func (a *API) queue(ctx context.Context, c *call, code string) (core.Queue, error) {
	all, err := a.desk.Queues(ctx, c.who)
	if err != nil {
		return core.Queue{}, err
	}
	if at := slices.IndexFunc(all, func(q core.Queue) bool { return strings.EqualFold(q.Code, code) }); at >= 0 {
		return all[at], nil
	}
	return core.Queue{ID: -1}, nil
}

func (a *API) correct(ctx context.Context, c *call, in *correctInput) (*ticketAnswer, error) {
	to := core.Correction{Title: in.Body.Title, Description: in.Body.Description}
	if in.Body.Category != nil {
		id, err := a.category(ctx, c, *in.Body.Category)
		if err != nil {
			return nil, err
		}
		to.Category = &id
	}
	if in.Body.Place != nil {
		to.Where = &core.Where{Words: *in.Body.Place}
	}
	return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
		return a.desk.Correct(ctx, who, id, version, to)
	})
}

// endings are the operations around the end of the work.
func (a *API) endings() {
	register(a, deed(action.Close, "closeTicket", "Close a ticket"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		OnVersion
		Once
		Body struct {
			Resolution string `json:"resolution" enum:"fixed,answered,duplicate,declined,not_reproduced,no_answer"`
			Body       string `json:"body,omitempty" maxLength:"80000" doc:"A last word to the reporter"`
		}
	},
	) (*ticketAnswer, error) {
		key, err := usable(c, in.Key)
		if err != nil {
			return nil, err
		}
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Close(ctx, who, id, version, core.Closing{Resolution: core.Resolution(in.Body.Resolution), Body: in.Body.Body, Key: key})
		})
	})
	register(a, deed(action.Reopen, "reopenTicket", "Reopen a ticket"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		OnVersion
		Body struct {
			Body string `json:"body,omitempty" maxLength:"80000" doc:"Why"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Reopen(ctx, who, id, version, in.Body.Body)
		})
	})
	register(a, deed(action.Rate, "rateTicket", "Say how good the work was"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		Body struct {
			Stars int    `json:"stars" minimum:"1" maximum:"5"`
			Body  string `json:"body,omitempty" maxLength:"80000" doc:"What was good or bad"`
		}
	},
	) (*ticketAnswer, error) {
		return a.change(ctx, c, in.OnTicket, OnVersion{}, func(ctx context.Context, who core.Actor, id core.TicketID, _ int) (core.Ticket, error) {
			return a.desk.Rate(ctx, who, id, in.Body.Stars, in.Body.Body)
		})
	})
	register(a, operation{
		route: "POST /tickets/{ticket}/again", id: "reportAgain", tag: "Actions", summary: "Report what was closed anew", needs: core.TokenWrite,
		does: []action.Name{action.Again}, status: http.StatusCreated,
	}, a.again)
}

type againInput struct {
	OnTicket
	Once
	Body struct {
		Title       string `json:"title" maxLength:"600"`
		Description string `json:"description,omitempty" maxLength:"80000"`
	}
}

func (a *API) again(ctx context.Context, c *call, in *againInput) (*receiptAnswer, error) {
	id, key, err := a.once(ctx, c, in.OnTicket, in.Once)
	if err != nil {
		return nil, err
	}
	receipt, err := a.desk.ReportAgain(ctx, c.who, id, core.NewAgain{Key: key, Title: in.Body.Title, Description: in.Body.Description, Language: c.me.Language})
	if err != nil {
		return nil, err
	}
	return answerReceipt(receipt), nil
}

// Undone is what undoing took back.
type Undone struct {
	Tickets []int64   `json:"tickets" nullable:"false" doc:"On which something was taken back: more than one after a bulk"`
	Taken   []Event   `json:"taken" nullable:"false" doc:"What was taken back on the first"`
	Refused []Refusal `json:"refused" nullable:"false" doc:"On which it stays, and why"`
}

// Refusal is a ticket on which something was not done, and why.
type Refusal struct {
	Ticket  int64   `json:"ticket"`
	Problem Problem `json:"problem"`
}

func (a *API) refusals(c *call, list []core.Refusal) []Refusal {
	all := make([]Refusal, len(list))
	for i, r := range list {
		all[i] = Refusal{Ticket: int64(r.Ticket), Problem: *a.problemOf(c.words, r.Err)}
	}
	return all
}

// rest are snoozing and undoing.
func (a *API) rest() {
	register(a, deed(action.Snooze, "snoozeTicket", "Let a ticket rest"), func(ctx context.Context, c *call, in *struct {
		OnTicket
		OnVersion
		Body struct {
			Until string `json:"until" maxLength:"60" doc:"2h, 3d, tomorrow 9:00, mon, 2026-12-01 8:30, a time as RFC 3339 has it, or now to wake it" example:"tomorrow 9:00"`
		}
	},
	) (*ticketAnswer, error) {
		until, err := time.Parse(time.RFC3339, in.Body.Until)
		if err != nil && in.Body.Until != "now" {
			if until, err = a.desk.ParseSnooze(c.me, in.Body.Until); err != nil {
				return nil, err
			}
		}
		return a.change(ctx, c, in.OnTicket, in.OnVersion, func(ctx context.Context, who core.Actor, id core.TicketID, version int) (core.Ticket, error) {
			return a.desk.Snooze(ctx, who, id, version, until)
		})
	})
	register(a, deed(action.Undo, "undoTicket", "Take back your last change"), func(ctx context.Context, c *call, in *OnTicket) (*struct{ Body Undone }, error) {
		id, err := a.find(ctx, c, in.Ticket)
		if err != nil {
			return nil, err
		}
		done, err := a.desk.Undo(ctx, c.who, id)
		if err != nil {
			return nil, err
		}
		out := Undone{Tickets: []int64{}, Taken: []Event{}, Refused: a.refusals(c, done.Refused)}
		for _, t := range done.Tickets {
			out.Tickets = append(out.Tickets, int64(t))
		}
		for i := range done.Taken {
			out.Taken = append(out.Taken, eventOf(&done.Taken[i], ""))
		}
		return &struct{ Body Undone }{out}, nil
	})
}
