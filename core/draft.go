package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core/action"
)

type draftStore interface {
	Drafts(ctx context.Context, user UserID, ticket TicketID) ([]Draft, error)
	// KeepDraft writes a draft if base is what stands there, or nothing does. It returns what stands
	// there then.
	KeepDraft(ctx context.Context, user UserID, draft Draft, base string) (string, error)
	// DropDraft removes a draft of which everything is in what was said.
	DropDraft(ctx context.Context, user UserID, ticket TicketID, kind DraftKind, said string) error
	ConsoleState(ctx context.Context, user UserID) ([]byte, error)
	SaveConsoleState(ctx context.Context, user UserID, state []byte, now time.Time) error
}

// maxDraft is how much text a draft keeps, in bytes: more than a message may have characters, so
// that a paste that is too long to send is not lost.
const maxDraft = 1 << 20

// Drafts returns what the actor has typed on a ticket and not sent.
func (d *Desk) Drafts(ctx context.Context, who Actor, id TicketID) ([]Draft, error) {
	p, err := d.drafter(ctx, who, id)
	if err != nil {
		return nil, err
	}
	drafts, err := d.store.Drafts(ctx, p.user.ID, id)
	if err != nil {
		return nil, fmt.Errorf("read drafts on %s: %w", id, err)
	}
	return drafts, nil
}

// Typed is how a draft has changed under somebody's hands: from what the typist last saw on the server to
// what it is now. Empty text removes it.
type Typed struct {
	Kind DraftKind
	Base string
	Body string
}

// KeepDraft keeps typed text on the server, and returns the draft as it is there. Usually that is the
// text that was given; if the same person changed the draft in another window since, it is both.
func (d *Desk) KeepDraft(ctx context.Context, who Actor, id TicketID, in Typed) (string, error) {
	if !slices.Contains([]DraftKind{DraftReply, DraftNote, DraftClose, DraftReopen}, in.Kind) {
		return "", &Error{Kind: Invalid, Code: "draft_kind"}
	}
	p, err := d.drafter(ctx, who, id)
	if err != nil {
		return "", err
	}
	base, body := cleanDraft(in.Base), cleanDraft(in.Body)
	const tries = 5 // each is lost only to another window that was faster
	for range tries {
		if len(body) > maxDraft {
			return "", &Error{Kind: Invalid, Code: "draft_too_long", Args: map[string]any{"Max": maxDraft}}
		}
		stands, err := d.store.KeepDraft(ctx, p.user.ID, Draft{Ticket: id, Kind: in.Kind, Body: body, UpdatedAt: d.Now()}, base)
		if err != nil {
			return "", fmt.Errorf("keep draft on %s: %w", id, err)
		}
		if stands == body {
			return body, nil
		}
		base, body = stands, MergeDrafts(base, body, stands)
	}
	return "", &Error{Kind: Conflict, Code: "conflict"}
}

// drafter is somebody with an account who sees the ticket.
func (d *Desk) drafter(ctx context.Context, who Actor, id TicketID) (*principal, error) {
	if who.Kind != ActorUser {
		return nil, forbidden("account_needed")
	}
	p, t, err := d.visit(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if refused := p.may(action.View, &t, d.Now()); refused != nil {
		return nil, refused
	}
	return p, nil
}

// Place returns where the actor's console was when it was last seen, as the console wrote it; nil if
// it never was.
func (d *Desk) Place(ctx context.Context, who Actor) ([]byte, error) {
	me, err := d.Me(ctx, who)
	if err != nil {
		return nil, err
	}
	state, err := d.store.ConsoleState(ctx, me.ID)
	if errors.Is(err, ErrNoRow) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the console's place: %w", err)
	}
	return state, nil
}

// SavePlace keeps where the actor's console is, as JSON of at most 256 KiB: a report that is being written
// belongs to it.
func (d *Desk) SavePlace(ctx context.Context, who Actor, state []byte) error {
	const most = 256 << 10
	if len(state) > most || !json.Valid(state) {
		return &Error{Kind: Invalid, Code: "console_state"}
	}
	me, err := d.Me(ctx, who)
	if err != nil {
		return err
	}
	if err := d.store.SaveConsoleState(ctx, me.ID, state, d.Now()); err != nil {
		return fmt.Errorf("save the console's place: %w", err)
	}
	return nil
}
