package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// These are the pages for staff on the move: the queue and a ticket on a telephone. The console is
// where staff work all day; here is what one needs in front of a broken boiler. Their words are
// English, as those of the console are.

// staffRoutes are the pages below /work.
func (h *Handler) staffRoutes() []route {
	routes := []route{
		{pattern: "GET /work", limit: noBody, do: h.forStaff(h.work)},
		{pattern: "GET /work/{number}", limit: noBody, do: h.forStaff(h.workTicket)},
		{pattern: "GET /work/{number}/files/{id}/{name}", limit: noBody, do: h.forStaff(h.workFile)},
	}
	for _, d := range h.deeds() {
		routes = append(routes, route{pattern: "POST /work/{number}/" + d.name, limit: d.limit, do: h.forStaff(h.workDo(d))})
	}
	return routes
}

// forStaff opens a page to staff. To everybody else it does not exist; what they typed, before they
// were signed out, say, comes back to them.
func (h *Handler) forStaff(do endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request, c *caller) error {
		if c.trouble != nil {
			return c.trouble
		}
		if !c.isStaff() {
			if r.Method == http.MethodPost {
				_, _ = h.readUpload(w, r, c.actor, false) // for the text alone
			}
			return refused(http.StatusNotFound, "page_not_found")
		}
		return do(w, r, c)
	}
}

func (c *caller) isStaff() bool { return c.signedIn() && c.user.IsStaff() }

// inEnglish sets the language of a page whose words are not in the catalogue.
func (h *Handler) inEnglish(c *caller) { c.words = h.words.For("en") }

// workPage is the queue.
type workPage struct {
	Tabs    []workTab
	Query   string // the filter as typed
	Wrong   *wrongQuery
	Said    []string // what became of the words that were looked for
	Tickets []core.Ticket
	More    string // address of the next page, "" at the end
	Fresh   string // address of this page, for looking again
	Rest    bool   // not the first page
}

// workTab is one of the lists.
type workTab struct {
	Title   string
	Count   string
	Path    string
	Current bool
}

// wrongQuery shows where a filter cannot be read.
type wrongQuery struct {
	Before, Bad, After string
}

// work shows a list of tickets: one of the tabs, or what the filter finds in all of them. Without
// being asked for either it shows one's own, if there are any.
func (h *Handler) work(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.inEnglish(c)
	ctx := r.Context()
	views, err := h.workViews(r, c)
	if err != nil {
		return err
	}
	counts, err := h.desk.CountViews(ctx, c.actor, views)
	if err != nil {
		return fmt.Errorf("count views: %w", err)
	}
	data := workPage{Query: fromQuery(r, "q", query.MaxBytes)}
	chosen := chosenView(views, counts, fromQuery(r, "view", 20))
	asked, where := views[chosen].Query, url.Values{"view": {views[chosen].Name}}
	p := page{Title: views[chosen].Title, Section: "work"}
	if data.Query != "" {
		p.Title, where = "Search", url.Values{"q": {data.Query}}
		if asked, err = query.Parse(data.Query); err != nil {
			return h.workWrong(w, r, c, p, data, views, counts, err)
		}
	}
	data.Fresh = "/work?" + where.Encode()
	data.Tabs = workTabs(views, counts, chosen, data.Query == "")
	after := fromQuery(r, "after", 400)
	list, err := h.desk.Tickets(ctx, c.actor, core.ListRequest{Query: asked, After: after, Limit: 25})
	if err != nil {
		return fmt.Errorf("list tickets: %w", err)
	}
	data.Tickets, data.Rest = list.Tickets, after != ""
	for _, r := range list.Respelled {
		data.Said = append(data.Said, c.words.T("search.corrected", "Typed", r.Typed, "Word", r.Word))
	}
	if list.Stopped > 0 {
		data.Said = append(data.Said, c.words.T("search.stopped", "Time", list.Stopped.String()))
	}
	if list.Next != "" {
		where.Set("after", list.Next)
		data.More = "/work?" + where.Encode()
	}
	p.Data = data
	return h.showOnce(w, r, c, c.actor, "staff-work", p)
}

// workWrong says what of a filter cannot be read, and where.
func (h *Handler) workWrong(w http.ResponseWriter, r *http.Request, c *caller, p page, data workPage, views []core.View, counts []core.Count, cause error) error {
	wrong, ok := errors.AsType[*query.Error](cause)
	if !ok {
		return cause
	}
	data.Tabs = workTabs(views, counts, 0, false)
	from := min(wrong.Offset, len(data.Query))
	to := min(from+wrong.Length, len(data.Query))
	data.Wrong = &wrongQuery{Before: data.Query[:from], Bad: data.Query[from:to], After: data.Query[to:]}
	words := []rune(wrong.Error())
	p.Problems = []problem{{Field: "q", Words: strings.ToUpper(string(words[:1])) + string(words[1:]) + "."}}
	p.Title = c.words.T("form.error_title", "Title", p.Title)
	p.Data = data
	h.show(w, r, c, http.StatusUnprocessableEntity, "staff-work", p)
	return nil
}

// workViews are the tabs: all but the closed tickets.
func (h *Handler) workViews(r *http.Request, c *caller) ([]core.View, error) {
	all, err := h.desk.Views(r.Context(), c.actor)
	if err != nil {
		return nil, fmt.Errorf("read views: %w", err)
	}
	views := make([]core.View, 0, len(all))
	for _, v := range all {
		if v.Name != "closed" {
			views = append(views, v)
		}
	}
	return views, nil
}

func chosenView(views []core.View, counts []core.Count, name string) int {
	first := 0
	for i, v := range views {
		if v.Name == name {
			return i
		}
		if v.Name == "mine" && counts[i].N > 0 {
			first = i
		}
	}
	return first
}

func workTabs(views []core.View, counts []core.Count, chosen int, current bool) []workTab {
	tabs := make([]workTab, len(views))
	for i, v := range views {
		count := strconv.Itoa(counts[i].N)
		if counts[i].More {
			count += "+"
		}
		tabs[i] = workTab{Title: v.Title, Count: count, Path: "/work?view=" + url.QueryEscape(v.Name), Current: current && i == chosen}
	}
	return tabs
}
