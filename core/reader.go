package core

import (
	"slices"

	"helpdesk.campus/core/query"
)

// What whoever is no staff reads of a ticket, and asks by, stands in this file and nowhere else: all doors go by it. The
// measure is the page: what it shows a ticket's reporter may be read and asked for at every door, and the rest is among staff.

// reads is a ticket that the principal sees, as they may read it: staff all of it, its reporter what the page tells them,
// and everybody else what staff made public.
func (p *principal) reads(t Ticket) Ticket {
	switch {
	case p.scope.Staffs(&t):
		return t
	case p.scope.Owns(&t):
		return forReporter(t)
	}
	return forEverybody(t)
}

// forReporter is a ticket as its reporter reads it. That it goes on together with another they are told, and not with which:
// that one is somebody else's.
func forReporter(t Ticket) Ticket {
	own := Ticket{
		ID: t.ID, Reference: t.Reference, Version: t.Version, LastSeq: t.LastSeq, Status: t.Status, WaitingOn: t.WaitingOn,
		Resolution: t.Resolution, Title: t.Title, Category: t.Category, Location: t.Location, Place: t.Place, Reporter: t.Reporter,
		ReporterName: t.ReporterName, Assignee: t.Assignee, Confidential: t.Confidential, Public: t.Public, PublicTitle: t.PublicTitle,
		Anonymous: t.Anonymous, Door: t.Door, Language: t.Language, Together: t.GoesOn(), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
		FirstResponseAt: t.FirstResponseAt, ClosedAt: t.ClosedAt,
	}
	if t.Public {
		own.Followers = t.Followers
	}
	return own
}

// forEverybody is a public ticket as those read it who neither report nor work on it.
func forEverybody(t Ticket) Ticket {
	return Ticket{
		ID: t.ID, Reference: t.Reference, Version: t.Version, LastSeq: t.LastSeq, Status: t.Status, WaitingOn: t.WaitingOn,
		Resolution: t.Resolution, Title: t.PublicTitle, PublicTitle: t.PublicTitle, Category: t.Category, Location: t.Location,
		Public: true, Together: t.GoesOn(), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, ClosedAt: t.ClosedAt,
	}
}

// publicEvent says what of the history a reporter reads.
func publicEvent(e Event) bool {
	switch e.Kind {
	case EventCreated, EventReplied, EventCorrected:
		return true
	case EventChanged:
		return slices.Contains([]string{FieldStatus, FieldAssignee, FieldResolution, FieldWaiting, FieldPlace, FieldCategory}, e.Field)
	}
	return false
}

// publicEvents are those of them that a reporter reads. In which queue the ticket began is among staff, as is in which it stands.
func publicEvents(events []Event) []Event {
	events = slices.DeleteFunc(events, func(e Event) bool { return !publicEvent(e) })
	for i := range events {
		if e := &events[i]; e.Kind == EventCreated {
			e.To, e.ToName = "", ""
		}
	}
	return events
}

// reporterFields are the fields of the query language by which one may look for what one reported.
func reporterFields() []query.Field {
	return []query.Field{
		query.Status, query.Category, query.Line, query.Location, query.Building, query.Waiting, query.Resolution, query.Number, query.Age,
		query.Created, query.Updated, query.Closed, query.Text,
	}
}

// reporterSorts are the orders in which one may list it.
func reporterSorts() []string { return []string{"created", "updated", "number"} }

// asReporter is a query of what one reported: refused where it asks by what is among staff. What changed last comes first,
// as on the page: the order of staff's lists says how much a ticket needs them.
func asReporter(q query.Query) (query.Query, error) {
	if err := q.Only(reporterFields(), reporterSorts()); err != nil {
		return query.Query{}, err
	}
	if len(q.Sort) == 0 && !slices.ContainsFunc(q.Terms, func(t query.Term) bool { return t.Field == query.Text }) {
		q.Sort = []query.SortKey{{Key: "updated", Descending: true}}
	}
	return q, nil
}
