package open311

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"helpdesk.campus/core"
)

// The standard's bounds of a list and of a description, and ours of how many requests one call asks for: each is looked up.
const (
	usualDays      = 90
	maxDescription = 4000
	maxAsked       = 50
)

// kinds are the categories that one can report under.
func (h *Handler) kinds(call request) ([]core.Category, error) {
	all, err := h.desk.Categories(call.Context(), call.who)
	if err != nil {
		return nil, err
	}
	above := map[core.CategoryID]bool{}
	for _, c := range all {
		above[c.Parent] = true
	}
	return slices.DeleteFunc(all, func(c core.Category) bool { return above[c.ID] }), nil
}

func (h *Handler) services(call request) (any, error) {
	kinds, err := h.kinds(call)
	if err != nil {
		return nil, err
	}
	list := make(services, len(kinds))
	for i, c := range kinds {
		list[i] = service{Code: c.Code, Name: c.Name, Description: c.Hint, Type: "realtime", Group: string(c.Line)}
	}
	return list, nil
}

func (h *Handler) kind(call request, code string) (core.Category, error) {
	kinds, err := h.kinds(call)
	if err != nil {
		return core.Category{}, err
	}
	at := slices.IndexFunc(kinds, func(c core.Category) bool { return strings.EqualFold(c.Code, code) })
	if at < 0 {
		return core.Category{}, &fault{http.StatusNotFound, "service_code: there is no such service"}
	}
	return kinds[at], nil
}

func (h *Handler) definition(call request) (any, error) {
	c, err := h.kind(call, call.which)
	if err != nil {
		return nil, err
	}
	return definition{Code: c.Code, Attributes: []attribute{}}, nil
}

// report files what somebody reports with an app. The account of the key is its reporter; how to reach the person stands
// with the description, which staff read.
func (h *Handler) report(call request) (any, error) {
	if err := call.ParseForm(); err != nil {
		return nil, &fault{http.StatusBadRequest, "the form could not be read"}
	}
	f := call.PostForm
	key := f.Get("api_key")
	if key == "" {
		key = call.URL.Query().Get("api_key")
	}
	who, me, err := h.desk.TokenActor(call.Context(), core.DoorAPI, key, call.who.Address, core.TokenReport)
	if err != nil {
		return nil, err
	}
	if f.Get("service_code") == "" {
		return nil, &fault{http.StatusBadRequest, "service_code: say which service this is about"}
	}
	c, err := h.kind(call, f.Get("service_code"))
	if err != nil {
		return nil, err
	}
	where, err := h.where(call)
	if err != nil {
		return nil, err
	}
	description := strings.TrimSpace(f.Get("description"))
	if description == "" || utf8.RuneCountInString(description) > maxDescription {
		return nil, &fault{http.StatusBadRequest, "description: say what happened, in 4000 characters at most"}
	}
	filed, err := h.desk.Report(call.Context(), who, core.NewTicket{
		Title: titleOf(description), Description: withContact(description, call), Category: c.ID, Where: where, Language: me.Language,
	})
	if err != nil {
		return nil, err
	}
	handle, err := h.desk.IssueHandle(call.Context(), who, filed.Ticket)
	if err != nil {
		return nil, err
	}
	return receipts{{ID: handle, Account: me.Username}}, nil
}

// where is the place of a report: a room's code, words, or a position as words. One of them is needed.
func (h *Handler) where(call request) (core.Where, error) {
	f := call.PostForm
	lat, latErr := strconv.ParseFloat(f.Get("lat"), 64)
	long, longErr := strconv.ParseFloat(f.Get("long"), 64)
	switch {
	case f.Get("address_id") != "":
		return core.Where{Room: f.Get("address_id"), Words: f.Get("address_string")}, nil
	case f.Get("address_string") != "":
		return core.Where{Words: f.Get("address_string")}, nil
	case latErr == nil && longErr == nil && lat >= -90 && lat <= 90 && long >= -180 && long <= 180:
		return core.Where{Words: strconv.FormatFloat(lat, 'f', 6, 64) + ", " + strconv.FormatFloat(long, 'f', 6, 64)}, nil
	}
	return core.Where{}, &fault{http.StatusBadRequest, "address_id: say where it is, by address_id (the code of a room or building), by address_string, or by lat and long"}
}

// titleOf is the first line of a description, cut where a title has to end.
func titleOf(description string) string {
	line, _, _ := strings.Cut(description, "\n")
	if r := []rune(line); len(r) > core.MaxTitle {
		return string(r[:core.MaxTitle-1]) + "…"
	}
	return line
}

// withContact adds how to reach whoever used the app.
func withContact(description string, call request) string {
	var parts []string
	for _, name := range []string{"first_name", "last_name", "email", "phone", "media_url"} {
		if value := strings.TrimSpace(call.PostForm.Get(name)); value != "" {
			parts = append(parts, value)
		}
	}
	if len(parts) == 0 {
		return description
	}
	return description + "\n\n" + strings.Join(parts, " · ")
}

func (h *Handler) requests(call request) (any, error) {
	ids := call.which
	if ids == "" {
		ids = call.URL.Query().Get("service_request_id")
	}
	if ids == "" {
		return h.list(call)
	}
	if strings.Count(ids, ",") >= maxAsked {
		return nil, &fault{http.StatusBadRequest, "service_request_id: ask for " + strconv.Itoa(maxAsked) + " at most at once"}
	}
	var list issues
	for id := range strings.SplitSeq(ids, ",") {
		known, err := h.public(call, strings.TrimSpace(id))
		if err != nil {
			return nil, err
		}
		list = append(list, h.shape(known))
	}
	return list, nil
}

// public finds an issue, if staff made it public.
func (h *Handler) public(call request, id string) (core.KnownIssue, error) {
	known, err := h.desk.KnownIssue(call.Context(), call.who, id)
	if err == nil && known.Title == "" || core.KindOf(err) == core.NotFound {
		return core.KnownIssue{}, &fault{http.StatusNotFound, "service_request_id: no public request has this id"}
	}
	return known, err
}

func (h *Handler) list(call request) (any, error) {
	q := call.URL.Query()
	ask := core.PublicQuery{To: h.desk.Now().Add(time.Second)}
	if code := q.Get("service_code"); code != "" {
		c, err := h.kind(call, code)
		if err != nil {
			return nil, err
		}
		ask.Category = c.ID
	}
	switch status := q.Get("status"); status {
	case "", "open,closed", "closed,open":
	case "open", "closed":
		closed := status == "closed"
		ask.Closed = &closed
	default:
		return nil, &fault{http.StatusBadRequest, "status: it is open or closed"}
	}
	var err error
	if text := q.Get("end_date"); text != "" {
		if ask.To, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, &fault{http.StatusBadRequest, "end_date: write it as 2026-11-25T00:00:00Z"}
		}
	}
	ask.From = ask.To.AddDate(0, 0, -usualDays)
	if text := q.Get("start_date"); text != "" {
		if ask.From, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, &fault{http.StatusBadRequest, "start_date: write it as 2026-11-25T00:00:00Z"}
		}
	}
	found, err := h.desk.PublicIssues(call.Context(), call.who, ask)
	if err != nil {
		return nil, err
	}
	list := make(issues, len(found))
	for i := range found {
		list[i] = h.shape(found[i])
	}
	return list, nil
}

func (h *Handler) shape(k core.KnownIssue) issue {
	status, updated := "open", k.Since
	if k.IsClosed() {
		status, updated = "closed", k.ClosedAt
	}
	return issue{
		ID: k.Handle, Status: status, ServiceName: k.Category.Name, ServiceCode: k.Category.Code, Description: shown(k.Title),
		Agency: h.desk.Name(), Requested: moment(k.Since), Updated: moment(updated), Address: k.PlaceWords(), AddressID: k.Location.Code,
	}
}

// token says what a token stands for. Here a request has its id at once, so that both are the same.
func (h *Handler) token(call request) (any, error) {
	known, err := h.public(call, call.which)
	if err != nil {
		return nil, err
	}
	return pairs{{ID: known.Handle, Token: known.Handle}}, nil
}
