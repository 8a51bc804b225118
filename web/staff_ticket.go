package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// workTicketPage is a ticket as staff see it.
type workTicketPage struct {
	Ticket    core.Ticket
	Path      string
	Mine      bool // the reader works on it
	Status    string
	Contact   core.Contact
	Messages  []core.Message
	History   []pastEvent
	Related   []core.Ticket
	Linked    []core.LinkedTicket
	Merged    []core.Ticket // merged into it
	People    []core.Person // to whom it can be given
	Macros    []core.Macro  // that can be used on it
	Macro     *workMacro    // the one that is looked at
	May       map[string]bool
	Typed     map[string]string // what was typed and has not been sent, by the form it was typed into
	Picked    map[string]string // the same of what was chosen, by field
	Lost      string            // what was typed into a form that is no longer there
	Meanwhile []pastEvent       // what others did, when that stands in the way

	Waiting     []core.File // files that came with the reply before
	NoteWaiting []core.File // the same of the note

	newKey  func() (string, error)
	noteKey string // of a note that is shown again
}

// pastEvent is a line of history in words.
type pastEvent struct {
	Words string
	At    time.Time
}

// NoteKey is the key of the form for notes. It is another than that of the form for replies, so that
// what was sent along with a note cannot come to light with a reply.
func (p workTicketPage) NoteKey() (string, error) {
	if p.noteKey != "" {
		return p.noteKey, nil
	}
	return p.newKey()
}

// Attachments are the files of a message.
func (workTicketPage) Attachments(m core.Message) []attached {
	return attachments(workPath(m.Ticket), m.Files)
}

// Elsewhere reports whether a message stands on another ticket, which is merged into this one.
func (p workTicketPage) Elsewhere(m core.Message) bool { return m.Ticket != p.Ticket.ID }

// Resolutions are how a ticket can end.
func (workTicketPage) Resolutions() []core.Resolution { return core.StaffResolutions() }

// Priorities are how urgent it can be, the most urgent first.
func (workTicketPage) Priorities() []core.Priority {
	list := core.Priorities()
	slices.Reverse(list)
	return list
}

// Urgent reports whether the priority is worth a mark of its own.
func (p workTicketPage) Urgent() bool { return p.Ticket.Priority >= core.High }

// Is reports whether a choice is the one to show as chosen: what was picked before, or what holds.
func (p workTicketPage) Is(field, value, now string) bool {
	if picked, ok := p.Picked[field]; ok {
		return picked == value
	}
	return value == now
}

// personOption is somebody as a choice in a form has them.
type personOption struct {
	Value, Name string
	Chosen      bool
}

// Choices are the people to whom the ticket can be given. They are made ready here because a team may have hundreds: to ask for the
// parts of each from the template takes many times as long.
func (p workTicketPage) Choices() []personOption {
	list, assignee := make([]personOption, len(p.People)), personChoice(p.Ticket.Assignee)
	for i, who := range p.People {
		value := personChoice(who)
		list[i] = personOption{Value: value, Name: who.Name, Chosen: p.Is("person", value, assignee)}
	}
	return list
}

func personChoice(who core.Person) string { return strconv.FormatInt(int64(who.ID), 10) }

// openWork finds the ticket of an address. Staff of other queues, and whoever only reported it, do
// not find it here.
func (h *Handler) openWork(r *http.Request, c *caller) (core.TicketView, error) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number <= 0 {
		return core.TicketView{}, core.Missing("ticket")
	}
	view, err := h.desk.Ticket(r.Context(), c.actor, core.TicketID(number))
	if err != nil {
		return core.TicketView{}, err
	}
	if !view.AsStaff {
		return core.TicketView{}, core.Missing("ticket")
	}
	return view, nil
}

// workFile sends a file of a ticket.
func (h *Handler) workFile(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.inEnglish(c)
	view, err := h.openWork(r, c)
	if err != nil {
		return err
	}
	return h.sendFile(w, r, c.actor, view.Ticket.ID)
}

// workTicket shows a ticket, with what the reader has typed on it elsewhere and not sent.
func (h *Handler) workTicket(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.inEnglish(c)
	view, err := h.openWork(r, c)
	if err != nil {
		return err
	}
	data, err := h.workTicketData(r, c, &view)
	if err != nil {
		return err
	}
	h.desk.Glance(r.Context(), c.actor, view.Ticket.ID)
	drafts, err := h.desk.Drafts(r.Context(), c.actor, view.Ticket.ID)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		data.Typed[string(d.Kind)] = d.Body
	}
	if err := h.readMacros(r, c, &data, r.URL.Query().Get("macro")); err != nil {
		return err
	}
	if data.Macro != nil {
		data.Typed["macro"] = data.Macro.Text
	}
	p := workTicketTitle(&view, data)
	for _, d := range h.deeds() {
		if r.URL.Query().Get("done") == d.name {
			p.Done = d.done
		}
	}
	return h.showOnce(w, r, c, c.actor, "staff-ticket", p)
}

func workTicketTitle(view *core.TicketView, data workTicketPage) page {
	return page{Title: view.Ticket.ID.String() + " " + view.Ticket.Title, Section: "work", Data: data}
}

func (h *Handler) workTicketData(r *http.Request, c *caller, view *core.TicketView) (workTicketPage, error) {
	t := view.Ticket
	data := workTicketPage{
		Ticket: t, Path: workPath(t.ID), Mine: t.Assignee.ID == c.user.ID, Status: workStatus(view, c.user.ID),
		Contact: view.Contact, Messages: view.Messages, History: history(view.Events), Linked: view.Linked, Merged: view.Merged,
		May: make(map[string]bool), Typed: make(map[string]string), Picked: make(map[string]string),
		newKey: func() (string, error) { return h.desk.NewFormKey(c.actor) },
	}
	for name := range view.May {
		data.May[string(name)] = view.Allows(name)
	}
	for _, other := range view.Related {
		if other.Queue.ID == t.Queue.ID { // those of other queues may have no page for this reader
			data.Related = append(data.Related, other)
		}
	}
	if data.May[string(action.Assign)] {
		var err error
		if data.People, err = h.desk.Assignable(r.Context(), c.actor, t.ID); err != nil {
			return workTicketPage{}, err
		}
	}
	return data, nil
}

func workPath(id core.TicketID) string { return "/work/" + strconv.FormatInt(int64(id), 10) }

// workStatus says in a sentence where the work stands.
func workStatus(view *core.TicketView, me core.UserID) string {
	t := &view.Ticket
	switch {
	case t.MergedInto != 0:
		return "Goes on in " + t.MergedInto.String() + "."
	case t.IsClosed() && t.Resolution != "":
		return "Closed: " + t.Resolution.Words() + "."
	case t.IsClosed():
		return "Closed."
	case t.WaitingOn == core.WaitingReporter:
		return "Waits for the reporter."
	case t.WaitingOn == core.WaitingThirdParty:
		return "Waits for a third party."
	case t.Assignee.ID == me:
		return "Yours."
	case t.Assignee.ID != 0:
		return t.Assignee.Name + " works on it."
	case t.Status == core.Active:
		return "Active, and nobody has it."
	}
	return "Nobody works on it yet."
}

// attentionWords says what of a ticket in a list matters to who passes by.
func attentionWords(t core.Ticket) string {
	switch {
	case t.IsClosed():
		return "closed"
	case t.WaitingOn == core.WaitingReporter:
		return "waits for the reporter"
	case t.WaitingOn == core.WaitingThirdParty:
		return "waits for a third party"
	case t.Attention == core.NeedsStaff && t.FirstResponseAt.IsZero():
		return "new"
	case t.Attention == core.NeedsStaff:
		return "needs an answer"
	case t.Attention == core.Resting:
		return "rests"
	}
	return "answered"
}

// history gives events their words, the newest first.
func history(events []core.Event) []pastEvent {
	list := make([]pastEvent, len(events))
	for i, e := range events {
		list[len(events)-1-i] = pastEvent{Words: doer(&e) + " " + deedWords(&e), At: e.At}
	}
	return list
}

func doer(e *core.Event) string {
	switch {
	case e.User.Name != "":
		return e.User.Name
	case e.Actor == core.ActorOperator:
		return "The operator"
	case e.Actor == core.ActorSystem:
		return "The helpdesk"
	}
	return "The reporter"
}

func deedWords(e *core.Event) string {
	switch e.Kind {
	case core.EventCreated:
		return "reported it"
	case core.EventReplied:
		return "replied"
	case core.EventNoted:
		return "wrote a note"
	case core.EventCorrected:
		return "corrected the " + e.Field
	case core.EventChanged:
		return changeWords(e)
	case core.EventMerged, core.EventUnmerged, core.EventHeard, core.EventSplit:
		return e.Joins()
	}
	return "did: " + strings.ReplaceAll(string(e.Kind), "_", " ")
}

func changeWords(e *core.Event) string {
	from, to := valueWords(e.FromName, e.From), valueWords(e.ToName, e.To)
	switch {
	case e.Field == core.FieldLink && e.To == "":
		return "took a link away: " + e.JoinedTo()
	case e.Field == core.FieldLink:
		return "linked it: " + e.JoinedTo()
	case e.Field == core.FieldMerged && e.To == "":
		return "let it stand by itself again, no longer " + e.JoinedTo()
	case e.Field == core.FieldMerged:
		return "merged it into #" + e.To
	case e.Field == core.FieldAssignee && to == "":
		return "released it"
	case e.Field == core.FieldAssignee && e.To == personChoice(e.User):
		return "took it"
	case e.Field == core.FieldAssignee:
		return "gave it to " + to
	case e.Field == core.FieldStatus && e.To == string(core.Closed):
		return "closed it"
	case e.Field == core.FieldStatus && e.From == string(core.Closed):
		return "reopened it, " + to
	case e.Field == core.FieldStatus:
		return "set it " + to
	case e.Field == core.FieldWaiting && to == "":
		return "ended the waiting"
	case e.Field == core.FieldWaiting:
		return "set it waiting for the " + to
	case to == "":
		return "cleared the " + e.Field
	case from == "":
		return "set the " + e.Field + " to " + to
	}
	return "changed the " + e.Field + " from " + from + " to " + to
}

func valueWords(name, code string) string {
	if name != "" {
		return name
	}
	return strings.ReplaceAll(code, "_", " ")
}
