package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/query"
)

// OnTicket is the part of an address that names a ticket.
type OnTicket struct {
	Ticket string `path:"ticket" maxLength:"20" doc:"A number, as 1042, or a reference, as K7QM-3XDPR" example:"1042"`
}

// OnVersion is the version of the ticket that a change was decided on.
type OnVersion struct {
	IfMatch string `header:"If-Match" maxLength:"60" doc:"The ETag, or the version, that the change was decided on. If somebody has changed the same property since, the answer is 412 and says what they did; changes of other properties do no harm" example:"\"1042-7-12\""`
}

// Once makes what is sent again be done once.
type Once struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"A word of your own: sent again with the same one, it is done once"`
}

type ticketAnswer struct {
	ETag string `header:"ETag" doc:"Changes whenever anything on the ticket does; for If-Match and If-None-Match"`
	Body Ticket
}

func answerTicket(t *core.Ticket) *ticketAnswer {
	return &ticketAnswer{ETag: `"` + t.ETag() + `"`, Body: ticketOf(t)}
}

// find is the number of the ticket that an address names. A reference alone opens nothing.
func (a *API) find(ctx context.Context, c *call, name string) (core.TicketID, error) {
	if n, err := strconv.ParseInt(strings.TrimPrefix(name, "#"), 10, 64); err == nil && n > 0 {
		return core.TicketID(n), nil
	}
	if ref, ok := core.ParseReference(name); ok {
		return a.desk.TicketByReference(ctx, c.who, ref)
	}
	return 0, core.Missing("ticket")
}

// version reads the version out of If-Match, which is an ETag or just the number; 0 is any.
func (a *API) version(c *call, in OnVersion) (int, error) {
	text := strings.Trim(strings.TrimSpace(in.IfMatch), `"`)
	if text == "" || text == "*" {
		return 0, nil
	}
	if parts := strings.Split(text, "-"); len(parts) == 3 {
		text = parts[1]
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		p := problem(http.StatusPreconditionFailed, "if_match", c.words.T("api.if_match"))
		p.Errors = []Wrong{{Field: "If-Match", Code: "if_match", Detail: p.Detail}}
		return 0, p
	}
	return n, nil
}

type listInput struct {
	Query  string `query:"q" maxLength:"2000" doc:"What to look for, in the language of the console's filter" example:"queue:it status:open"`
	Cursor string `query:"cursor" maxLength:"400" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Mine   bool   `query:"mine" doc:"Only what you reported, as its reporter reads it"`
}

type listAnswer struct {
	Body struct {
		Items []Ticket `json:"items" nullable:"false"`
		Next  string   `json:"next,omitempty" doc:"The cursor of the next page; there is none at the end"`
	}
}

// TicketView is a ticket with what can be done to it.
type TicketView struct {
	Ticket
	Allowed []string `json:"allowed" nullable:"false" doc:"The actions that you may do now"`
	Related []int64  `json:"related,omitempty" doc:"Tickets of the same place and kind that are not closed"`
	Linked  []int64  `json:"linked,omitempty" doc:"Tickets that somebody linked to it"`
	Stars   int      `json:"stars,omitempty" doc:"What its reporter gave the work, 1 to 5"`
	Contact *Contact `json:"contact,omitempty" doc:"How to reach a guest"`
}

// Contact is how to reach a guest.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

type viewAnswer struct {
	ETag string `header:"ETag" doc:"Changes whenever anything on the ticket does; for If-Match and If-None-Match"`
	Body TicketView
}

type getInput struct {
	OnTicket
	IfNoneMatch string `header:"If-None-Match" maxLength:"60" doc:"An ETag: if nothing has changed since, the answer is 304"`
}

type newTicket struct {
	Once
	Body struct {
		Title       string `json:"title" maxLength:"600" doc:"What happened, in a few words"`
		Description string `json:"description,omitempty" maxLength:"80000"`
		Category    string `json:"category" maxLength:"60" doc:"Code of the category" example:"network"`
		Location    string `json:"location,omitempty" maxLength:"60" doc:"Code of the place" example:"LIB-204"`
		Place       string `json:"place,omitempty" maxLength:"800" doc:"The place in words"`
		Priority    string `json:"priority,omitempty" enum:"low,normal,high,urgent" doc:"Staff may choose one"`
		Anonymous   bool   `json:"anonymous,omitempty" doc:"Your account is not kept with it"`
		For         string `json:"for,omitempty" maxLength:"254" doc:"Username or e-mail of whom it is reported for (staff)"`

		Contact *Contact `json:"contact,omitempty" doc:"How to reach somebody without an account, for whom it is reported (staff)"`
	}
}

// Receipt is the answer to a report.
type Receipt struct {
	Number    int64  `json:"number"`
	Reference string `json:"reference"`
	Link      string `json:"link,omitempty" doc:"Of a report without an account: the end of its private address /t/…, which is the only way back"`
	Repeated  bool   `json:"repeated" doc:"The same key had made it before"`
}

type receiptAnswer struct {
	Location string `header:"Location" doc:"Where the ticket is"`
	Body     Receipt
}

func answerReceipt(r core.Receipt) *receiptAnswer {
	return &receiptAnswer{
		Location: Prefix + "/tickets/" + strconv.FormatInt(int64(r.Ticket), 10),
		Body:     Receipt{Number: int64(r.Ticket), Reference: string(r.Reference), Link: r.Link, Repeated: r.Repeated},
	}
}

func (a *API) tickets() {
	register(a, operation{
		route: "GET /tickets", id: "listTickets", tag: "Tickets", summary: "List tickets", needs: core.TokenRead,
		help: "Staff list what they work on, sorted by what needs attention unless the query says otherwise; reporters list their own reports, what changed last first, and ask by what their page shows: status, category, line, location, building, waiting, resolution, number, age, created, updated, closed and words.",
	}, a.list)
	register(a, operation{
		route: "POST /tickets", id: "createTicket", tag: "Tickets", summary: "Report an issue", needs: core.TokenReport,
		does: []action.Name{action.Report, action.ReportFor}, status: http.StatusCreated,
		help: "Files that were uploaded with the same Idempotency-Key go with it.",
	}, a.create)
	register(a, operation{
		route: "GET /tickets/{ticket}", id: "getTicket", tag: "Tickets", summary: "Show a ticket", needs: core.TokenRead, does: []action.Name{action.View},
		help: "What you may not see is answered like what does not exist.", answer: map[string]*huma.Response{"304": {Description: "Nothing has changed"}},
	}, a.get)
}

func (a *API) list(ctx context.Context, c *call, in *listInput) (*listAnswer, error) {
	q, err := query.Parse(in.Query)
	if err != nil {
		return nil, err
	}
	page, err := a.desk.Tickets(ctx, c.who, core.ListRequest{Query: q, After: in.Cursor, Limit: in.Limit, Mine: in.Mine || !c.me.IsStaff()})
	if err != nil {
		return nil, err
	}
	var out listAnswer
	out.Body.Items, out.Body.Next = ticketsOf(page.Tickets), page.Next
	return &out, nil
}

func (a *API) create(ctx context.Context, c *call, in *newTicket) (*receiptAnswer, error) {
	key, err := usable(c, in.Key)
	if err != nil {
		return nil, err
	}
	category, err := a.category(ctx, c, in.Body.Category)
	if err != nil {
		return nil, err
	}
	priority, _ := core.ParsePriority(in.Body.Priority)
	receipt, err := a.file(ctx, c, in, core.NewTicket{
		Key: key, Title: in.Body.Title, Description: in.Body.Description, Category: category, Language: c.me.Language,
		Where: core.Where{Room: in.Body.Location, Words: in.Body.Place}, Priority: priority, Anonymous: in.Body.Anonymous,
	})
	if err != nil {
		return nil, err
	}
	return answerReceipt(receipt), nil
}

// file files a report for whoever calls, or for whom they name.
func (a *API) file(ctx context.Context, c *call, in *newTicket, report core.NewTicket) (core.Receipt, error) {
	switch {
	case in.Body.For != "":
		reporter, err := a.desk.FindUser(ctx, c.who, in.Body.For)
		if err != nil {
			return core.Receipt{}, err
		}
		report.Language = reporter.Language
		return a.desk.ReportFor(ctx, c.who, reporter.ID, report)
	case in.Body.Contact != nil:
		report.Contact = core.Contact{Name: in.Body.Contact.Name, Email: in.Body.Contact.Email, Phone: in.Body.Contact.Phone}
		return a.desk.ReportFor(ctx, c.who, 0, report)
	}
	return a.desk.Report(ctx, c.who, report)
}

func (a *API) get(ctx context.Context, c *call, in *getInput) (*viewAnswer, error) {
	view, err := a.view(ctx, c, in.Ticket)
	if err != nil {
		return nil, err
	}
	out := &viewAnswer{ETag: `"` + view.Ticket.ETag() + `"`, Body: TicketView{Ticket: ticketOf(&view.Ticket), Allowed: []string{}, Stars: view.Rating.Stars}}
	for name := range view.May {
		if view.Allows(name) && name != action.View {
			out.Body.Allowed = append(out.Body.Allowed, string(name))
		}
	}
	slices.Sort(out.Body.Allowed)
	for _, t := range view.Related {
		out.Body.Related = append(out.Body.Related, int64(t.ID))
	}
	for _, t := range view.Linked {
		out.Body.Linked = append(out.Body.Linked, int64(t.ID))
	}
	if view.Contact != (core.Contact{}) {
		out.Body.Contact = &Contact{Name: view.Contact.Name, Email: view.Contact.Email, Phone: view.Contact.Phone}
	}
	return out, nil
}

// category finds a category by its code. One that does not exist is refused by the desk, in its words.
func (a *API) category(ctx context.Context, c *call, code string) (core.CategoryID, error) {
	all, err := a.desk.Categories(ctx, c.who)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(all, func(k core.Category) bool { return strings.EqualFold(k.Code, code) })
	if at < 0 {
		return -1, nil
	}
	return all[at].ID, nil
}

// usable refuses a key that is no word.
func usable(c *call, key string) (string, error) {
	if strings.ContainsFunc(key, func(r rune) bool { return !unicode.IsPrint(r) }) {
		p := problem(http.StatusUnprocessableEntity, "idempotency_key", c.words.T("api.key"))
		p.Errors = []Wrong{{Field: "Idempotency-Key", Code: "idempotency_key", Detail: p.Detail}}
		return "", p
	}
	return key, nil
}
