package core

import (
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

// principal is an actor as the database knows him now: what a use-case decides with.
type principal struct {
	Actor
	user    User         // of a user
	role    Role         // "" for those without an account
	queues  []Membership // queues of a member of staff
	guestOf TicketID     // of a guest: the ticket of the link
	token   TokenScope   // of a user who came with a token, "" for everybody else
	scope   Scope
	command string // that all it records of what is no ticket belongs to; "" until there is something
}

// Scope says which tickets an actor may see. Every list, count, search and feed is given one; no
// query sees more than its actor may.
type Scope struct {
	Everything bool      // the operator and the system
	AllQueues  bool      // tickets of every queue but the confidential ones: admins
	Queues     []QueueID // tickets of these queues, confidential ones too: their staff
	Own        UserID    // tickets this person reported
	Ticket     TicketID  // this one ticket: a guest
	Public     bool      // tickets that staff made public
}

// Sees reports whether the scope holds the ticket.
func (s Scope) Sees(t *Ticket) bool {
	return s.Staffs(t) || s.Owns(t) || s.Public && t.Public && !t.Confidential
}

// Staffs reports whether the scope holds the ticket as one to work on: internal notes included.
func (s Scope) Staffs(t *Ticket) bool {
	return s.Everything || s.AllQueues && !t.Confidential || slices.Contains(s.Queues, t.Queue.ID)
}

// Owns reports whether the scope holds the ticket as its reporter's own.
func (s Scope) Owns(t *Ticket) bool {
	return s.Own != 0 && t.Reporter.ID == s.Own || s.Ticket != 0 && t.ID == s.Ticket
}

func scopeOf(p *principal) Scope {
	switch p.Kind {
	case ActorOperator, ActorSystem:
		return Scope{Everything: true}
	case ActorGuest:
		return Scope{Ticket: p.guestOf}
	case ActorUser:
		scope := Scope{Own: p.user.ID, AllQueues: p.role == RoleAdmin}
		if p.user.IsStaff() {
			for _, m := range p.queues {
				scope.Queues = append(scope.Queues, m.Queue)
			}
		}
		return scope
	case ActorKiosk:
		return Scope{}
	case ActorAnonymous:
		return Scope{Public: true}
	}
	return Scope{}
}

// rule is one row of the policy: on which side of the ticket one must stand, and in which statuses.
type rule struct {
	staff    bool // staff of the ticket's queue, and admins
	reporter bool // whoever reported it: an account or the private link
	open     bool // while it is open
	active   bool
	closed   bool
}

const yes, no = true, false

// policy is the table of who may do what to a ticket.
var policy = map[action.Name]rule{
	//                  staff reporter  open active closed
	action.View:       {yes, yes, yes, yes, yes},
	action.Reply:      {yes, yes, yes, yes, yes},
	action.Note:       {yes, no, yes, yes, yes},
	action.Take:       {yes, no, yes, yes, no},
	action.Release:    {yes, no, yes, yes, no},
	action.Assign:     {yes, no, yes, yes, no},
	action.Activate:   {yes, no, yes, no, no},
	action.Deactivate: {yes, no, no, yes, no},
	action.Close:      {yes, no, yes, yes, no},
	action.Reopen:     {yes, yes, no, no, yes},
	action.Withdraw:   {no, yes, yes, yes, no},
	action.Correct:    {yes, yes, yes, yes, no},
	action.Prioritise: {yes, no, yes, yes, no},
	action.Categorise: {yes, no, yes, yes, no},
	action.Move:       {yes, no, yes, yes, no},
	action.Place:      {yes, no, yes, yes, no},
	action.Wait:       {yes, no, yes, yes, no},
	action.Tag:        {yes, no, yes, yes, yes},
	action.Snooze:     {yes, no, yes, yes, no},
	action.Undo:       {yes, no, yes, yes, yes},
	action.TakeBack:   {yes, no, yes, yes, yes},
	action.Macro:      {yes, no, yes, yes, yes},
	action.Follow:     {yes, no, yes, yes, yes},
	action.Unfollow:   {yes, no, yes, yes, yes},
	action.Rate:       {no, yes, no, no, yes},
	action.Again:      {no, yes, no, no, yes},
	action.RenewLink:  {yes, yes, yes, yes, yes},
	action.RevokeLink: {yes, yes, yes, yes, yes},
	action.Link:       {yes, no, yes, yes, yes},
	action.Unlink:     {yes, no, yes, yes, yes},
	action.Merge:      {yes, no, yes, yes, yes},
	action.Unmerge:    {yes, no, yes, yes, yes},
	action.Split:      {yes, no, yes, yes, yes},
	action.Publish:    {yes, no, yes, yes, no},
	action.Unpublish:  {yes, no, yes, yes, yes},
	action.HandOver:   {yes, no, yes, yes, yes},
}

// may answers whether the principal may do this to the ticket now: nil, or why not. What may not be
// seen is not found.
func (p *principal) may(name action.Name, t *Ticket, now time.Time) *Error {
	if !p.scope.Sees(t) {
		return &Error{Kind: NotFound, Code: "ticket_not_found"}
	}
	if refused := p.tokenAllows(name); refused != nil {
		return refused
	}
	row, known := policy[name]
	staff, owner := p.scope.Staffs(t), p.scope.Owns(t)
	switch {
	case !known:
		return forbidden("not_yours")
	case row.staff && staff, row.reporter && owner:
	case name == action.View: // a public ticket
	case row.staff && !row.reporter:
		return forbidden("staff_only")
	case row.reporter && !row.staff:
		return forbidden("reporter_only")
	default:
		return forbidden("not_yours")
	}
	if t.MergedInto != 0 && !whileMerged(name) {
		return goesOn(t, staff)
	}
	if !row.allows(t.Status) {
		return wrongStatus(name, t.Status)
	}
	return p.mayInDetail(name, t, staff, now)
}

func (r rule) allows(s Status) bool {
	return s == Open && r.open || s == Active && r.active || s == Closed && r.closed
}

// wrongStatus says why the ticket's status forbids the action.
func wrongStatus(name action.Name, s Status) *Error {
	switch {
	case name == action.Activate && s == Active:
		return forbidden("already_active")
	case name == action.Deactivate && s == Open:
		return forbidden("already_open")
	case s == Closed:
		return forbidden("ticket_closed")
	default:
		return forbidden("ticket_not_closed")
	}
}

// mayInDetail holds what a table of sides and statuses cannot say.
func (p *principal) mayInDetail(name action.Name, t *Ticket, staff bool, now time.Time) *Error {
	switch name {
	case action.Take:
		if p.Kind == ActorUser && t.Assignee.ID == p.user.ID {
			return forbidden("already_yours")
		}
		if p.Kind != ActorUser {
			return forbidden("account_needed")
		}
	case action.Release:
		if t.Assignee.ID == 0 {
			return forbidden("not_assigned")
		}
	case action.Reopen:
		if !staff && now.Sub(t.ClosedAt) > t.reopenTime() {
			return &Error{Kind: Forbidden, Code: "reopen_too_late", Args: map[string]any{"Count": t.Queue.ReopenDays}}
		}
	case action.Publish:
		if t.Confidential || t.Category.Confidential {
			return forbidden("confidential_stays")
		}
	case action.Unpublish:
		if !t.Public {
			return forbidden("not_public")
		}
	case action.Unmerge:
		if t.MergedInto == 0 {
			return forbidden("not_merged")
		}
	case action.Withdraw:
		if t.Merged != 0 {
			return forbidden("others_too")
		}
	case action.Rate:
		if t.MergedInto != 0 && t.Resolution == Duplicate {
			return goesOn(t, false)
		}
		if t.Resolution == Withdrawn {
			return forbidden("rating_withdrawn")
		}
	}
	return nil
}

// mayAdopt answers whether somebody who holds a ticket's private link may become its reporter.
func mayAdopt(t *Ticket) *Error {
	switch {
	case t.Anonymous:
		return forbidden("report_anonymous")
	case t.Reporter.ID != 0:
		return forbidden("reporter_known")
	case t.MergedInto != 0:
		return goesOn(t, false)
	}
	return nil
}

// mayChangeView answers whether the principal may change a saved view: their own, or one that is shared by
// a team they lead; admins change those of all teams.
func (p *principal) mayChangeView(v View) *Error {
	lead := slices.ContainsFunc(p.queues, func(m Membership) bool { return m.Queue == v.Queue.ID && m.Lead })
	switch {
	case p.scope.Everything, v.Shared() && (p.role == RoleAdmin || lead):
		return nil
	case !v.Shared() && v.Owner == p.user.ID:
		return nil
	case !v.Shared():
		return &Error{Kind: NotFound, Code: "view_not_found"}
	case !slices.Contains(p.scope.Queues, v.Queue.ID):
		return &Error{Kind: NotFound, Code: "view_not_found"}
	}
	return &Error{Kind: Forbidden, Code: "view_leads", Args: map[string]any{"Queue": v.Queue.Name}}
}

// isStaff reports whether the principal works here, or is the installation itself.
func (p *principal) isStaff() bool {
	return p.scope.Everything || p.Kind == ActorUser && p.user.IsStaff()
}
