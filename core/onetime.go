package core

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"helpdesk.campus/core/action"
)

// fileLinkLasts is for how long a link to one file can be opened. It is meant to be opened at once.
const fileLinkLasts = 5 * time.Minute

type onceStore interface {
	InsertFileLink(ctx context.Context, l FileLink) error
	// UseFileLink marks an unused link as used and returns what it was made for; [ErrNoRow] if it was
	// used before, has run out or never was.
	UseFileLink(ctx context.Context, hash []byte, now time.Time) (FileLink, error)
	// TicketFiles lists all files of a ticket, oldest first; those of internal notes only if asked.
	TicketFiles(ctx context.Context, ticket TicketID, internal bool) ([]TicketFile, error)
}

// FileLink is a link that opens one file once, for one person.
type FileLink struct {
	Hash    []byte
	Ticket  TicketID
	File    FileID
	User    UserID
	Session SessionID // the sign-in that asked for it: the link ends with it
	Created time.Time
	Expires time.Time
}

// TicketFile is a file of a ticket, and where it came from.
type TicketFile struct {
	File
	Message    MessageID
	By         string // name of who sent it; "" for guests without one
	Visibility Visibility
	At         time.Time
}

// TicketFiles lists the files of a ticket that the actor may open.
func (d *Desk) TicketFiles(ctx context.Context, who Actor, id TicketID) ([]TicketFile, error) {
	_, _, staff, err := d.filesOf(ctx, who, id)
	if err != nil {
		return nil, err
	}
	files, err := d.store.TicketFiles(ctx, id, staff)
	if err != nil {
		return nil, fmt.Errorf("list files of %s: %w", id, err)
	}
	return files, nil
}

// filesOf checks that the actor reads what was said on a ticket, and tells whether as staff.
func (d *Desk) filesOf(ctx context.Context, who Actor, id TicketID) (*principal, *Ticket, bool, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return nil, nil, false, err
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) {
		return nil, nil, false, Missing("ticket")
	}
	if err != nil {
		return nil, nil, false, fmt.Errorf("read %s: %w", id, err)
	}
	if refused := p.may(action.View, &t, d.Now()); refused != nil {
		return nil, nil, false, refused
	}
	staff := p.scope.Staffs(&t)
	if !staff && !p.scope.Owns(&t) {
		return nil, nil, false, Missing("ticket") // a public ticket does not show what was said on it
	}
	return p, &t, staff, nil
}

// LinkFile makes a link that opens one file of a ticket in any browser, once and soon, as the actor: for
// a terminal, which cannot show a picture. It ends with the sign-in and the rights of whoever asked.
func (d *Desk) LinkFile(ctx context.Context, who Actor, ticket TicketID, file FileID) (token string, expires time.Time, err error) {
	p, _, staff, err := d.filesOf(ctx, who, ticket)
	if err != nil {
		return "", time.Time{}, err
	}
	if p.Kind != ActorUser {
		return "", time.Time{}, forbidden("account_needed")
	}
	if _, err := d.store.Attachment(ctx, ticket, file, staff); errors.Is(err, ErrNoRow) {
		return "", time.Time{}, Missing("file")
	} else if err != nil {
		return "", time.Time{}, fmt.Errorf("find file of %s: %w", ticket, err)
	}
	random, err := d.bytes(16)
	if err != nil {
		return "", time.Time{}, err
	}
	token = tokenEncoding.EncodeToString(random)
	link := FileLink{
		Hash: hashToken(token), Ticket: ticket, File: file, User: p.user.ID, Session: who.Session,
		Created: d.Now(), Expires: d.Now().Add(fileLinkLasts),
	}
	if err := d.store.InsertFileLink(ctx, link); err != nil {
		return "", time.Time{}, fmt.Errorf("write link to a file of %s: %w", ticket, err)
	}
	return token, link.Expires, nil
}

// OpenLinkedFile opens the file of a link, which is used up by that, whatever comes of it. Whoever asked
// for the link must still be allowed to open the file.
func (d *Desk) OpenLinkedFile(ctx context.Context, token string) (File, iter.Seq2[[]byte, error], error) {
	if raw, err := tokenEncoding.DecodeString(token); err != nil || len(raw) != 16 {
		return File{}, nil, Missing("file_link")
	}
	link, err := d.store.UseFileLink(ctx, hashToken(token), d.Now())
	if errors.Is(err, ErrNoRow) {
		return File{}, nil, Missing("file_link")
	}
	if err != nil {
		return File{}, nil, fmt.Errorf("use link to a file: %w", err)
	}
	who := Actor{Kind: ActorUser, User: link.User, Session: link.Session, Door: DoorWeb}
	file, pieces, err := d.OpenFile(ctx, who, link.Ticket, link.File)
	switch KindOf(err) {
	case NotFound, Unauthenticated, Forbidden: // whoever holds the link learns no more than that it has ended
		return File{}, nil, Missing("file_link")
	}
	return file, pieces, err
}
