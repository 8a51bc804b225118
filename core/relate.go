package core

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core/action"
)

// Relation is how one ticket stands to another, as seen from the one. What a link says from one end
// follows from what it says at the other.
type Relation string

// The relations.
const (
	RelatedTo    Relation = "related"
	Blocks       Relation = "blocks"
	BlockedBy    Relation = "blocked_by"
	DuplicateOf  Relation = "duplicate_of"
	DuplicatedBy Relation = "duplicated_by" // is closed with it
)

// Relations lists them, the commonest first.
func Relations() []Relation {
	return []Relation{RelatedTo, DuplicateOf, DuplicatedBy, Blocks, BlockedBy}
}

// Valid reports whether r is one that exists.
func (r Relation) Valid() bool { return slices.Contains(Relations(), r) }

// Reverse is the relation as seen from the other end.
func (r Relation) Reverse() Relation {
	switch r {
	case Blocks:
		return BlockedBy
	case BlockedBy:
		return Blocks
	case DuplicateOf:
		return DuplicatedBy
	case DuplicatedBy:
		return DuplicateOf
	case RelatedTo:
	}
	return RelatedTo
}

// Words gives a relation as people read it, before the other ticket.
func (r Relation) Words() string {
	if r == RelatedTo {
		return "related to"
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

// LinkedTicket is a ticket that somebody linked another with, and how it stands to that.
type LinkedTicket struct {
	Relation Relation
	Ticket
}

type relationStore interface {
	// Relate and Unrelate write and remove a link.
	Relate(ctx context.Context, id TicketID, r Relation, other TicketID) error
	Unrelate(ctx context.Context, id TicketID, r Relation, other TicketID) error
	RelationsBetween(ctx context.Context, id, other TicketID) ([]Relation, error)
}

// Link says how a ticket stands to another. It is seen at both, by those who may see the other.
func (d *Desk) Link(ctx context.Context, who Actor, id TicketID, r Relation, other TicketID) (Ticket, error) {
	if !r.Valid() {
		return Ticket{}, refuse("relation", "relation_unknown")
	}
	return d.changeWith(ctx, who, order{ticket: id, name: action.Link, with: []TicketID{other}}, func(ctx context.Context, c *command) error {
		return c.link(ctx, r, other)
	})
}

// Unlink takes all links between two tickets away.
func (d *Desk) Unlink(ctx context.Context, who Actor, id, other TicketID) (Ticket, error) {
	return d.changeWith(ctx, who, order{ticket: id, name: action.Unlink, with: []TicketID{other}}, func(ctx context.Context, c *command) error {
		far, err := c.far(ctx, other)
		if err != nil {
			return err
		}
		standing, err := c.tx.RelationsBetween(ctx, id, other)
		if err != nil {
			return fmt.Errorf("read links: %w", err)
		}
		if len(standing) == 0 {
			return refuse("other", "not_linked", "Ticket", other.String())
		}
		for _, r := range standing {
			if err := c.unrelate(ctx, r, far); err != nil {
				return err
			}
		}
		return nil
	})
}

// far is the ticket at the other end, which the actor must work on too.
func (c *command) far(ctx context.Context, other TicketID) (*command, error) {
	far, err := c.beside(ctx, other)
	if err != nil {
		return nil, err
	}
	if !c.who.scope.Staffs(&far.before) {
		return nil, Missing("ticket")
	}
	if far == c {
		return nil, refuse("other", "link_itself")
	}
	return far, nil
}

func (c *command) link(ctx context.Context, r Relation, other TicketID) error {
	far, err := c.far(ctx, other)
	if err != nil {
		return err
	}
	standing, err := c.tx.RelationsBetween(ctx, c.ticket.ID, other)
	switch {
	case err != nil:
		return fmt.Errorf("read links: %w", err)
	case slices.Contains(standing, r):
		return nil
	case slices.Contains(standing, r.Reverse()):
		return refuse("relation", "link_reversed", "Ticket", other.String())
	}
	return c.relate(ctx, r, far)
}

func (c *command) relate(ctx context.Context, r Relation, far *command) error {
	if err := c.tx.Relate(ctx, c.ticket.ID, r, far.ticket.ID); err != nil {
		return fmt.Errorf("write link: %w", err)
	}
	c.record(EventChanged, FieldLink, "", linkCode(r, far.ticket.ID))
	far.record(EventChanged, FieldLink, "", linkCode(r.Reverse(), c.ticket.ID))
	return nil
}

func (c *command) unrelate(ctx context.Context, r Relation, far *command) error {
	if err := c.tx.Unrelate(ctx, c.ticket.ID, r, far.ticket.ID); err != nil {
		return fmt.Errorf("remove link: %w", err)
	}
	c.record(EventChanged, FieldLink, linkCode(r, far.ticket.ID), "")
	far.record(EventChanged, FieldLink, linkCode(r.Reverse(), c.ticket.ID), "")
	return nil
}

// relink takes a link's making or removal back, as long as whoever does it still works on both tickets.
func (c *command) relink(ctx context.Context, e Event) error {
	r, other := linkOf(e.From + e.To)
	far, err := c.far(ctx, other)
	if err != nil {
		return err
	}
	if e.To != "" {
		return c.unrelate(ctx, r, far)
	}
	return c.relate(ctx, r, far)
}

// linkCode writes one end of a link for the history: "blocks 1042".
func linkCode(r Relation, other TicketID) string { return string(r) + " " + number(other) }

func linkOf(code string) (Relation, TicketID) {
	r, other, _ := strings.Cut(code, " ")
	id, err := strconv.ParseInt(other, 10, 64)
	if err != nil {
		return "", 0
	}
	return Relation(r), TicketID(id)
}

// Link reads the relation and the other ticket out of an event about a link, from either side of it.
func (e *Event) Link() (Relation, TicketID) { return linkOf(e.From + e.To) }

// Joins says what an event of a merging or a splitting did with another ticket, for staff; "" for other events.
func (e *Event) Joins() string {
	switch e.Kind {
	case EventMerged:
		return "merged #" + e.To + " into it"
	case EventUnmerged:
		return "let #" + e.To + " stand by itself again"
	case EventHeard:
		return "wrote on #" + e.To + ", which is merged into it"
	case EventSplit:
		if e.From != "" {
			return "split it off #" + e.From
		}
		return "made a message a ticket of its own, #" + e.To
	default:
		return ""
	}
}

// JoinedTo says what an event about a link or a merging joins the ticket to: "blocks #1042".
func (e *Event) JoinedTo() string {
	if e.Field == FieldMerged {
		return "merged into #" + e.From + e.To
	}
	r, other := e.Link()
	return r.Words() + " " + other.String()
}
