package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"helpdesk.campus/core"
)

// deed is one thing that staff do to a ticket here.
type deed struct {
	name  string // of its form, its section of the page and the end of its address
	limit int64  // bytes of body
	files bool   // takes files
	done  string // what is said afterwards
	do    func(ctx context.Context, who core.Actor, id core.TicketID, f form) error
	// left tells the event that doing it leaves behind, with which a form that was sent twice is told
	// from one that came too late; nil where sending twice does no harm anyway.
	left func(e core.Event, f form, me core.Person) bool
}

// deeds lists what staff can do on the page of a ticket.
func (h *Handler) deeds() []deed {
	return []deed{
		{name: "reply", limit: withFiles, files: true, done: "Your reply has been sent.", do: h.workReply},
		{name: "note", limit: withFiles, files: true, done: "Your note has been saved. The reporter does not see it.", do: h.workNote},
		{name: "take", limit: fewFields, done: "It is yours now.", do: h.workTake, left: func(e core.Event, _ form, me core.Person) bool {
			return e.Field == core.FieldAssignee && e.To == personChoice(me)
		}},
		{name: "release", limit: fewFields, done: "Given back to the queue.", do: h.workRelease, left: func(e core.Event, _ form, _ core.Person) bool {
			return e.Field == core.FieldAssignee && e.To == ""
		}},
		{name: "status", limit: fewFields, done: "The status has been changed.", do: h.workStatus, left: func(e core.Event, f form, _ core.Person) bool {
			return e.Field == core.FieldStatus && e.To == f.get("status")
		}},
		{name: "close", limit: longText, done: "Closed.", do: h.workClose, left: func(e core.Event, _ form, _ core.Person) bool {
			return e.Field == core.FieldStatus && e.To == string(core.Closed)
		}},
		{name: "reopen", limit: longText, done: "Reopened.", do: h.workReopen, left: func(e core.Event, _ form, _ core.Person) bool {
			return e.Field == core.FieldStatus && e.From == string(core.Closed)
		}},
		{name: "priority", limit: fewFields, done: "The priority has been changed.", do: h.workPriority},
		{name: "assign", limit: fewFields, done: "Handed over.", do: h.workAssign},
		{name: "macro", limit: longText, done: "Done, with the macro.", do: h.workUse},
		{name: "waiting", limit: fewFields, done: "Noted whom it waits for.", do: h.workWaiting},
	}
}

// workDo is the frame of every deed: find the ticket, check that it is a form of ours for this
// person, do it, and go back to the page.
func (h *Handler) workDo(d deed) endpoint {
	return func(w http.ResponseWriter, r *http.Request, c *caller) error {
		h.inEnglish(c)
		view, notOpen := h.openWork(r, c)
		f, err := h.readUpload(w, r, c.actor, d.files && notOpen == nil)
		switch {
		case notOpen != nil:
			return notOpen
		case err != nil && f.values == nil:
			return err
		case err != nil:
			return h.workAgain(w, r, c, f, d.name, err)
		}
		id := view.Ticket.ID
		err = h.desk.CheckFormKey(c.actor, f.get("key"))
		if err == nil {
			err = d.do(r.Context(), c.actor, id, f)
		}
		kind := core.KindOf(err)
		if kind == core.Conflict || kind == core.Forbidden {
			again, viewErr := h.openWork(r, c)
			if viewErr != nil {
				return viewErr
			}
			if d.repeated(&again, f, c.user.Person()) {
				kind = ""
			}
		}
		switch kind {
		case "":
			goTo(w, r, workPath(id), "done", d.name)
			return nil
		case core.Invalid, core.Conflict, core.Forbidden:
			return h.workAgain(w, r, c, f, d.name, err)
		default:
			return err
		}
	}
}

// repeated reports whether the reader has done this already, and nobody has changed it since: then a
// double click is no conflict with oneself.
func (d deed) repeated(view *core.TicketView, f form, me core.Person) bool {
	if d.left == nil {
		return false
	}
	var field string
	last := -1
	for i, e := range view.Events {
		switch {
		case d.left(e, f, me) && e.User.ID == me.ID && e.Version > version(f) && version(f) > 0:
			last, field = i, e.Field
		case last >= 0 && e.Field == field:
			last = -1
		}
	}
	return last >= 0
}

// workAgain shows the ticket as it is now, why nothing was done, what others did, and what was typed
// and chosen.
func (h *Handler) workAgain(w http.ResponseWriter, r *http.Request, c *caller, f form, name string, cause error) error {
	view, err := h.openWork(r, c)
	if err != nil {
		return err
	}
	data, err := h.workTicketData(r, c, &view)
	if err != nil {
		return err
	}
	data.Typed[name] = f.get("body")
	if slices.Contains([]string{"close", "reopen", "macro"}, name) && !data.May[name] {
		data.Lost = f.get("body")
	}
	for _, field := range []string{"resolution", "priority", "person", "waiting"} {
		if f.values.Has(field) {
			data.Picked[field] = f.get(field)
		}
	}
	if err := h.readMacros(r, c, &data, f.get("macro")); err != nil {
		return err
	}
	if e, ok := errors.AsType[*core.Error](cause); ok && e.Kind == core.Conflict {
		data.Meanwhile = history(e.Events)
	}
	key, err := h.desk.NewFormKey(c.actor)
	if err != nil {
		return fmt.Errorf("make form key: %w", err)
	}
	switch name { // what came along waits under the form's key
	case "reply":
		if key, err = h.keepKey(r.Context(), c.actor, f.nextKey()); err != nil {
			return err
		}
		data.Waiting = h.waiting(r.Context(), c.actor, key)
	case "note":
		if data.noteKey, err = h.keepKey(r.Context(), c.actor, f.nextKey()); err != nil {
			return err
		}
		data.NoteWaiting = h.waiting(r.Context(), c.actor, data.noteKey)
	}
	p := workTicketTitle(&view, data)
	p.Key = key
	p.Title = c.words.T("form.error_title", "Title", p.Title)
	p.Problems = c.problems(cause)
	for i, wrong := range p.Problems {
		switch wrong.Field {
		case "body":
			p.Problems[i].Field = name
		case "files":
			if name == "note" {
				p.Problems[i].Field = "note-files"
			}
		case "resolution", "priority", "person", "waiting":
		default:
			p.Problems[i].Field = ""
		}
	}
	h.show(w, r, c, statusOf(cause), "staff-ticket", p)
	return nil
}

func (h *Handler) workReply(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Reply(ctx, who, id, core.NewMessage{Key: f.get("key"), Body: f.get("body")})
	return err
}

func (h *Handler) workNote(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Note(ctx, who, id, core.NewMessage{Key: f.get("key"), Body: f.get("body")})
	return err
}

func (h *Handler) workTake(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Take(ctx, who, id, version(f))
	return err
}

func (h *Handler) workRelease(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Release(ctx, who, id, version(f))
	return err
}

func (h *Handler) workStatus(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.SetStatus(ctx, who, id, version(f), core.Status(f.get("status")))
	return err
}

func (h *Handler) workClose(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Close(ctx, who, id, version(f), core.Closing{
		Resolution: core.Resolution(f.get("resolution")), Body: f.get("body"), Key: f.get("key"),
	})
	return err
}

func (h *Handler) workReopen(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	_, err := h.desk.Reopen(ctx, who, id, version(f), f.get("body"))
	return err
}

func (h *Handler) workPriority(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	priority, _ := core.ParsePriority(f.get("priority")) // one that is none is refused by the desk
	_, err := h.desk.Change(ctx, who, id, version(f), core.Change{Priority: &priority})
	return err
}

func (h *Handler) workAssign(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	person, _ := strconv.ParseInt(f.get("person"), 10, 64) // as above
	_, err := h.desk.Assign(ctx, who, id, version(f), core.UserID(person))
	return err
}

func (h *Handler) workWaiting(ctx context.Context, who core.Actor, id core.TicketID, f form) error {
	waiting := core.Waiting(f.get("waiting"))
	_, err := h.desk.Change(ctx, who, id, version(f), core.Change{Waiting: &waiting})
	return err
}
