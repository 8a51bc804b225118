package core

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type principalStore interface {
	// Account reads a user as they are now with their memberships, and, if session is not 0,
	// whether that session still lives at now.
	Account(ctx context.Context, user UserID, session SessionID, now time.Time) (Account, error)
	// Visit is Account and Ticket in one go; nil for what is not there.
	Visit(ctx context.Context, user UserID, session SessionID, now time.Time, id TicketID) (*Account, *Ticket, error)
	// Accounts is Account for many at once, each a user with a session. Who does not exist is left out.
	Accounts(ctx context.Context, users []UserID, sessions []SessionID, now time.Time) ([]Account, error)
	// LinkTicket returns the ticket that a private link opens, unless it was revoked.
	LinkTicket(ctx context.Context, link LinkID) (TicketID, error)
}

// Account is a user and whether the session in question still lives.
type Account struct {
	User        User
	Session     SessionID // 0 for none
	SessionLive bool
}

// principal looks up what the actor is now. It is the first thing that every use-case does. Whoever came
// with a token may read with it; the few things that narrower tokens are for begin with lookUp.
func (d *Desk) principal(ctx context.Context, tx Tx, who Actor) (*principal, error) {
	p, err := d.lookUp(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if !p.token.Covers(TokenRead) {
		return nil, errTokenScope(TokenRead)
	}
	return p, nil
}

// lookUp is principal before it is asked what the token is for.
func (d *Desk) lookUp(ctx context.Context, tx Tx, who Actor) (*principal, error) {
	p := &principal{Actor: who}
	switch who.Kind {
	case ActorUser:
		account, err := tx.Account(ctx, who.User, who.Session, d.Now())
		if errors.Is(err, ErrNoRow) {
			return nil, &Error{Kind: Unauthenticated, Code: "session_ended"}
		}
		if err != nil {
			return nil, fmt.Errorf("look up user %d: %w", who.User, err)
		}
		if !p.become(account) {
			return nil, &Error{Kind: Unauthenticated, Code: "session_ended"}
		}
		if p.token, err = d.tokenOf(ctx, tx, who); err != nil {
			return nil, err
		}
	case ActorGuest:
		ticket, err := tx.LinkTicket(ctx, who.Link)
		if errors.Is(err, ErrNoRow) {
			return nil, Missing("ticket")
		}
		if err != nil {
			return nil, fmt.Errorf("look up link: %w", err)
		}
		p.guestOf = ticket
	case ActorAnonymous, ActorOperator, ActorSystem, ActorKiosk:
	default:
		return nil, &Error{Kind: Unauthenticated, Code: "sign_in_first"}
	}
	p.scope = scopeOf(p)
	return p, nil
}

// become makes somebody with an account what the account is now. It reports false if the account, or the sign-in, has ended.
func (p *principal) become(account Account) bool {
	if account.User.Disabled || p.Session != 0 && !account.SessionLive {
		return false
	}
	p.user, p.role, p.queues = account.User, account.User.Role, account.User.Memberships
	return true
}

// staffOf is staff for many at once. Whoever may do nothing that only staff may do is left out.
func (d *Desk) staffOf(ctx context.Context, actors []Actor) (map[Actor]*principal, error) {
	type signedIn struct {
		user    UserID
		session SessionID
	}
	people := make(map[Actor]*principal, len(actors))
	var users []UserID
	var sessions []SessionID
	for _, who := range actors {
		if who.Kind == ActorUser && who.Token == 0 {
			users, sessions = append(users, who.User), append(sessions, who.Session)
			continue
		}
		switch p, err := d.staff(ctx, d.store, who); KindOf(err) {
		case "":
			people[who] = p
		case Unavailable, Internal:
			return nil, err
		case NotFound, Forbidden, Invalid, Conflict, Unauthenticated, Limited:
		}
	}
	if len(users) == 0 {
		return people, nil
	}
	found, err := d.store.Accounts(ctx, users, sessions, d.Now())
	if err != nil {
		return nil, fmt.Errorf("look up users: %w", err)
	}
	accounts := make(map[signedIn]Account, len(found))
	for i := range found {
		accounts[signedIn{found[i].User.ID, found[i].Session}] = found[i]
	}
	for _, who := range actors {
		account, exists := accounts[signedIn{who.User, who.Session}]
		if p := (&principal{Actor: who}); exists && who.Kind == ActorUser && who.Token == 0 && p.become(account) && p.isStaff() {
			p.scope = scopeOf(p)
			people[who] = p
		}
	}
	return people, nil
}

// staff is principal for what only staff may do.
func (d *Desk) staff(ctx context.Context, tx Tx, who Actor) (*principal, error) {
	p, err := d.principal(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if !p.isStaff() {
		return nil, forbidden("staff_only")
	}
	return p, nil
}

// visit is principal for somebody who comes to a ticket, with the ticket. Whether they may see it has still to be asked.
func (d *Desk) visit(ctx context.Context, who Actor, id TicketID) (*principal, Ticket, error) {
	if who.Kind != ActorUser {
		p, err := d.principal(ctx, d.store, who)
		if err != nil {
			return nil, Ticket{}, err
		}
		t, err := d.store.Ticket(ctx, id)
		if errors.Is(err, ErrNoRow) {
			return nil, Ticket{}, Missing("ticket")
		}
		if err != nil {
			return nil, Ticket{}, fmt.Errorf("read %s: %w", id, err)
		}
		return p, t, nil
	}
	account, t, err := d.store.Visit(ctx, who.User, who.Session, d.Now(), id)
	if err != nil {
		return nil, Ticket{}, fmt.Errorf("look up user %d and read %s: %w", who.User, id, err)
	}
	p, err := d.principal(ctx, visited{d.store, account}, who)
	if err != nil {
		return nil, Ticket{}, err
	}
	if t == nil {
		return nil, Ticket{}, Missing("ticket")
	}
	return p, *t, nil
}

// visited is a store whose account of the visitor has been read.
type visited struct {
	Tx

	account *Account
}

// Account gives it.
func (v visited) Account(context.Context, UserID, SessionID, time.Time) (Account, error) {
	if v.account == nil {
		return Account{}, ErrNoRow
	}
	return *v.account, nil
}

// worked is staff for somebody who works on the ticket, with the ticket: for anybody else it does not exist.
func (d *Desk) worked(ctx context.Context, who Actor, id TicketID) (*principal, Ticket, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, Ticket{}, err
	}
	t, err := d.store.Ticket(ctx, id)
	if errors.Is(err, ErrNoRow) || err == nil && !p.scope.Staffs(&t) {
		return nil, Ticket{}, Missing("ticket")
	}
	if err != nil {
		return nil, Ticket{}, fmt.Errorf("read %s: %w", id, err)
	}
	return p, t, nil
}

// admin is principal for what only admins, and whoever runs the installation, may do.
func (d *Desk) admin(ctx context.Context, tx Tx, who Actor) (*principal, error) {
	p, err := d.principal(ctx, tx, who)
	if err != nil {
		return nil, err
	}
	if !p.scope.Everything && p.role != RoleAdmin {
		return nil, forbidden("admin_only")
	}
	if !p.token.Covers(TokenWrite) {
		return nil, errTokenScope(TokenWrite)
	}
	return p, nil
}

// Me returns the actor's own account as it is now. It fails with Unauthenticated when the account
// or the sign-in has ended.
func (d *Desk) Me(ctx context.Context, who Actor) (User, error) {
	p, err := d.principal(ctx, d.store, who)
	if err != nil {
		return User{}, err
	}
	if p.Kind != ActorUser {
		return User{}, &Error{Kind: Unauthenticated, Code: "sign_in_first"}
	}
	return p.user, nil
}
