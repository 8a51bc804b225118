package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

// reportFields are a report as it is typed; what is wrong with it changes nothing of it.
type reportFields struct {
	Title       string
	Building    string // code
	Room        string // or the place in the reporter's words
	Category    core.CategoryID
	Description string
	Name        string
	Contact     string // e-mail address or telephone number
	Anonymous   bool
	Asked       string // the place that a question was asked about, and the answer to it
	Meant       string

	question question // to be asked about the place
	check    bool     // sent only to see whether it has been reported already
}

// newTicket is the report as the desk takes it.
func (f *reportFields) newTicket(key, language string) core.NewTicket {
	return core.NewTicket{
		Key: key, Title: f.Title, Description: f.Description, Category: f.Category, Where: f.where(), Contact: f.contact(),
		Anonymous: f.Anonymous, Language: language,
	}
}

func (f *reportFields) where() core.Where { return core.Where{Building: f.Building, Room: f.Room} }

// reportPage is what the form shows.
type reportPage struct {
	reportFields
	Place  string // the building in words, when the address of the page gave it
	Sites  []site
	Lines  []line
	Unsure core.CategoryID
	Max    int
	notes  map[string]string // what everybody should read first, by language

	Waiting []core.File // files that came with the form before

	Question question          // which place was meant, if one must ask
	Checked  bool              // whether it has been reported already is answered
	Issues   []core.KnownIssue // by these
	KnownAt  core.Location     // where something is known: a building, or the whole campus
	Known    int               // how much
}

// Picked reports whether a category is the one that was chosen.
func (p reportPage) Picked(id core.CategoryID) bool { return p.Category == id }

// Note is what everybody should read before reporting, "" if there is nothing.
func (p reportPage) Note(language string) string {
	if note := p.notes[language]; note != "" {
		return note
	}
	return p.notes[""]
}

// fillReport makes the page of a form with these fields.
func (h *Handler) fillReport(ctx context.Context, who core.Actor, fields reportFields) (reportPage, error) {
	categories, buildings, err := h.lists(ctx, who)
	p := reportPage{reportFields: fields, Sites: sites(buildings), Max: core.MaxTitle}
	p.Lines, p.Unsure = lines(categories)
	if p.Category == 0 {
		p.Category = p.Unsure
	}
	p.Question = fields.question
	if err == nil {
		p.KnownAt, p.Known = h.countKnown(ctx, who, fields.Building)
	}
	if err == nil && fields.check {
		p.Checked = true
		p.Issues, err = h.desk.Reported(ctx, who, p.Category, fields.where(), fields.Title+" "+fields.Description)
	}
	if notes, err := h.desk.EmergencyNotes(ctx); err == nil {
		p.notes = notes
	}
	return p, err
}

// reportForm shows the form, with the place filled in if the address names one, as the labels on
// doors do. A place that is not known is kept as words.
func (h *Handler) reportForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	fields := reportFields{Room: fromQuery(r, "room", core.MaxPlace)}
	place, err := h.prefill(r.Context(), c.actor, &fields, fromQuery(r, "building", core.MaxPlace))
	if err != nil {
		return err
	}
	p, err := h.fillReport(r.Context(), c.actor, fields)
	if err != nil {
		return err
	}
	p.Place = place
	key, err := h.desk.NewFormKey(c.actor)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	h.show(w, r, c, http.StatusOK, "report", page{Title: c.words.T("report.title"), Section: "report", Key: key, Form: "report", Data: p})
	return nil
}

// prefill puts the building of an address into the form, and says in words where that is. A code that
// is not known is words too.
func (h *Handler) prefill(ctx context.Context, who core.Actor, fields *reportFields, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	_, buildings, err := h.lists(ctx, who)
	if err != nil {
		return "", err
	}
	known, ok := building(buildings, code)
	if !ok {
		fields.Room = strings.TrimSpace(code + " " + fields.Room)
		return "", nil
	}
	fields.Building = known.Code
	if fields.Room != "" {
		if _, room, err := h.desk.FindPlace(ctx, who, known.Code+fields.Room); err == nil && room.Name != "" {
			return known.Name + ", " + room.Name, nil
		}
	}
	return known.Name, nil
}

func readReport(f form) reportFields {
	category, _ := strconv.ParseInt(f.get("category"), 10, 64)
	return reportFields{
		Title: f.get("title"), Building: f.get("building"), Room: f.get("room"), Category: core.CategoryID(category),
		Description: f.get("description"), Name: f.get("name"), Contact: f.get("contact"), Anonymous: f.get("anonymous") != "",
		Asked: f.get("asked"), Meant: f.get("meant"), check: f.get("check") != "",
	}
}

// contact tells an e-mail address from a telephone number. What is neither is answered as the latter, with words about both.
func (f reportFields) contact() core.Contact {
	contact := core.Contact{Name: f.Name}
	if reach := strings.TrimSpace(f.Contact); strings.Contains(reach, "@") {
		contact.Email = reach
	} else {
		contact.Phone = reach
	}
	return contact
}

// report takes a report. Whatever goes wrong, the form comes back with everything that was typed,
// and with the same key, so that sending it again cannot make a second ticket.
func (h *Handler) report(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := h.readUpload(w, r, c.actor, c.trouble == nil)
	if err != nil && f.values == nil {
		return err
	}
	fields, key := readReport(f), f.nextKey()
	if c.trouble != nil {
		return h.reportAgain(w, r, c, fields, key, c.trouble)
	}
	if err != nil {
		return h.reportAgain(w, r, c, fields, key, h.alsoWrong(r.Context(), c, fields, err))
	}
	if h.switched(w, r, c, f) {
		if f.get("step") != "" { // the review of a report in steps
			return h.showStep(w, r, c, stepReview, stepState{reportFields: fields, key: key})
		}
		return h.reportAgain(w, r, c, fields, key, nil)
	}
	h.chooseCategory(r.Context(), c.actor, &fields)
	if f.get("account") != "" {
		return h.signInKeeping(w, r, c, keptFrom(f, fields, key))
	}
	if fields.check {
		return h.reportAgain(w, r, c, fields, key, nil)
	}
	if err := h.settle(r.Context(), c.actor, &fields); err != nil {
		return h.reportAgain(w, r, c, fields, key, err)
	}
	receipt, err := h.desk.Report(r.Context(), c.actor, fields.newTicket(f.get("key"), c.words.Tag()))
	if err != nil {
		return h.reportAgain(w, r, c, fields, key, err)
	}
	path := "/tickets/" + string(receipt.Reference) + "/sent"
	if receipt.Link != "" {
		path = "/t/" + receipt.Link + "/sent"
	}
	if receipt.Repeated {
		goTo(w, r, path, "again", "1")
		return nil
	}
	goTo(w, r, path)
	return nil
}

// chooseCategory takes what nobody is sure of for a report that says nothing else.
func (h *Handler) chooseCategory(ctx context.Context, who core.Actor, fields *reportFields) {
	if fields.Category != 0 {
		return
	}
	if categories, _, err := h.lists(ctx, who); err == nil {
		_, fields.Category = lines(categories)
	}
}

// alsoWrong adds to what is wrong with the files of a report all else that is wrong with it, so that nobody learns of one thing
// after the other.
func (h *Handler) alsoWrong(ctx context.Context, c *caller, fields reportFields, cause error) error {
	files, ok := errors.AsType[*core.Error](cause)
	if !ok || !hasProblem(cause, "files") {
		return cause
	}
	h.chooseCategory(ctx, c.actor, &fields)
	other, ok := errors.AsType[*core.Error](h.desk.CheckReport(ctx, c.actor, fields.newTicket("", c.words.Tag())))
	if !ok || other.Kind != core.Invalid {
		return cause
	}
	all := *files
	all.Problems = slices.Concat(other.Problems, files.Problems)
	return &all
}

// reportAgain shows the form as it was sent, and why it was not taken; without a cause, it was sent
// only to be read in another language.
func (h *Handler) reportAgain(w http.ResponseWriter, r *http.Request, c *caller, fields reportFields, key string, cause error) error {
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
		h.complain(r.Context(), r, status, cause)
	}
	data, err := h.fillReport(r.Context(), c.actor, fields)
	if err != nil && data.Lines == nil {
		return cmp.Or(cause, err) // there is nothing to make a form of
	}
	if hasProblem(cause, "form") { // signed in or out since the form was shown, or made elsewhere
		if key, err = h.keepKey(r.Context(), c.actor, key); err != nil {
			return err
		}
	}
	data.Waiting = h.waiting(r.Context(), c.actor, key)
	p := page{Title: c.words.T("report.title"), Section: "report", Key: key, Form: "report", Data: data}
	switch status {
	case http.StatusOK: // only its language was changed
	case http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		p.Problems = reportProblems(c.problems(cause))
		p.Title = c.words.T("form.error_title", "Title", p.Title)
	default:
		p.NotSent = c.say(cause)
		p.Title = c.words.T("report.not_sent.title")
	}
	sayWhen(w.Header(), cause)
	h.show(w, r, c, status, "report", p)
	return nil
}

// reportProblems gives problems the names of the inputs on the page, which has one for reaching
// somebody where the core has two.
func reportProblems(list []problem) []problem {
	for i := range list {
		switch list[i].Field {
		case "email", "phone":
			list[i].Field = "contact"
		case "form":
			list[i].Field = "title"
		}
	}
	return list
}

// sentPage confirms a report.
type sentPage struct {
	Reference core.Reference
	Ticket    core.Ticket
	Said      string // what was written besides the title
	Files     []core.File
	Contact   string
	Link      string // the whole private link, for guests
	Path      string
	Again     bool // the same form had been sent before
	Building  string
	Room      string
	Anonymous bool
}

// sent confirms a report. It can be reloaded, kept and opened again.
func (h *Handler) sent(w http.ResponseWriter, r *http.Request, c *caller) error {
	open, err := h.open(w, r, c)
	if err != nil {
		return err
	}
	if !open.owned(c) {
		return core.Missing("ticket")
	}
	t := open.view.Ticket
	data := sentPage{
		Reference: t.Reference, Ticket: t, Path: open.path, Again: r.URL.Query().Get("again") != "", Anonymous: t.Anonymous,
	}
	if messages := open.view.Messages; len(messages) > 0 {
		if data.Files = messages[0].Files; messages[0].Body != t.Title {
			data.Said = messages[0].Body
		}
	}
	data.Contact = contactWords(open.view.Contact)
	if open.guest {
		data.Link = h.opts.PublicURL.JoinPath(open.path).String()
	}
	if data.Building, data.Room, err = h.placeFields(r.Context(), open.actor, &t); err != nil {
		return err
	}
	return h.showOnce(w, r, c, open.actor, "sent", page{Title: c.words.T("sent.title"), Section: "report", Data: data})
}
