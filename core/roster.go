package core

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

type accountsStore interface {
	// Users lists accounts by username, behind the one after.
	Users(ctx context.Context, filter UserFilter, after string, limit int, now time.Time) ([]UserLine, error)
	UpdateUser(ctx context.Context, user UserID, name, email string) error
	// LockAdmins counts the admins who may sign in, and keeps others from changing who is one.
	LockAdmins(ctx context.Context) (int, error)
	// LiveSessions lists sign-ins on all doors, the one used last first, behind the cursor.
	LiveSessions(ctx context.Context, now time.Time, before SessionCursor, limit int) ([]SessionLine, error)
}

// UserFilter narrows the list of accounts; zero values leave it as wide as it is.
type UserFilter struct {
	Begins   string // how username, name or e-mail begins
	Role     Role
	Queue    QueueID
	Disabled bool // those that are disabled alone; others alone if false
}

// UserLine is an account in the list of accounts.
type UserLine struct {
	User     User
	Keys     int
	Sessions int       // that live now
	SeenAt   time.Time // when it was last there; zero: never, or long ago
}

// Users lists accounts by username; the cursor is the last username of the page before. Admins may.
func (d *Desk) Users(ctx context.Context, who Actor, filter UserFilter, after string, limit int) (list []UserLine, next string, err error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, "", err
	}
	filter.Begins = strings.ToLower(cleanLine(filter.Begins))
	list, err = d.store.Users(ctx, filter, after, limit+1, d.Now())
	if err != nil {
		return nil, "", fmt.Errorf("list users: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].User.Username
	}
	return list, next, nil
}

// Dossier is all there is to know of an account.
type Dossier struct {
	User     User
	Keys     []Key
	Sessions []Session
}

// Dossier shows an account with its keys and where it is signed in. Admins may.
func (d *Desk) Dossier(ctx context.Context, who Actor, user UserID) (Dossier, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return Dossier{}, err
	}
	account, err := d.account(ctx, d.store, user)
	if err != nil {
		return Dossier{}, err
	}
	found := Dossier{User: account}
	if found.Keys, err = d.store.Keys(ctx, user); err != nil {
		return Dossier{}, fmt.Errorf("list keys: %w", err)
	}
	if found.Sessions, err = d.store.Sessions(ctx, user, d.Now()); err != nil {
		return Dossier{}, fmt.Errorf("list sessions: %w", err)
	}
	return found, nil
}

// account reads an account as it is now, or says that there is none.
func (d *Desk) account(ctx context.Context, tx Tx, user UserID) (User, error) {
	account, err := tx.Account(ctx, user, 0, d.Now())
	if errors.Is(err, ErrNoRow) {
		return User{}, Missing("user")
	}
	if err != nil {
		return User{}, fmt.Errorf("look up user %d: %w", user, err)
	}
	return account.User, nil
}

// UserEdit is what an admin may put right about an account; nil leaves it as it is.
type UserEdit struct {
	Name  *string
	Email *string // "" takes it away
}

// EditUser puts a name or an address right. The history says which, and not what: they are personal.
func (d *Desk) EditUser(ctx context.Context, who Actor, user UserID, in UserEdit) (User, error) {
	var after User
	err := d.administer(ctx, who, "edit user", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		before, err := d.account(ctx, tx, user)
		if err != nil {
			return err
		}
		after = before
		var wrong problems
		if in.Name != nil {
			after.Name = cleanLine(*in.Name)
			checkName(&wrong, after.Name)
		}
		if in.Email != nil {
			if after.Email = strings.ToLower(cleanLine(*in.Email)); after.Email != "" {
				checkEmail(&wrong, after.Email)
			}
		}
		if err := wrong.err(); err != nil {
			return err
		}
		if err := tx.UpdateUser(ctx, user, after.Name, after.Email); err != nil {
			return taken(err)
		}
		for field, changed := range map[string]bool{"name": after.Name != before.Name, "email": after.Email != before.Email} {
			if !changed {
				continue
			}
			if err := d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventChanged, field, "", ""); err != nil {
				return err
			}
		}
		return nil
	})
	return after, err
}

// keepAnAdmin refuses to take away the last admin who can sign in: nobody could give the right back.
func (d *Desk) keepAnAdmin(ctx context.Context, tx Tx, leaving User) error {
	if leaving.Role != RoleAdmin || leaving.Disabled {
		return nil
	}
	admins, err := tx.LockAdmins(ctx)
	if err != nil {
		return fmt.Errorf("count admins: %w", err)
	}
	if admins < 2 {
		return forbidden("last_admin")
	}
	return nil
}

// SessionLine is a sign-in in the list of all.
type SessionLine struct {
	Session Session
	User    Person
}

// SessionCursor is a place in the list of sign-ins: the one used last at a time. The zero cursor is its top.
type SessionCursor struct {
	SeenAt time.Time
	ID     SessionID
}

// LiveSessions lists who is signed in, on the page and over SSH, whoever was there last first. Admins may.
func (d *Desk) LiveSessions(ctx context.Context, who Actor, before SessionCursor, limit int) ([]SessionLine, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	list, err := d.store.LiveSessions(ctx, d.Now(), before, limit)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// EndSessionFor ends one sign-in of somebody, or all of them if id is 0. It works within seconds, on consoles
// that are open too.
func (d *Desk) EndSessionFor(ctx context.Context, who Actor, user UserID, id SessionID) error {
	return d.administer(ctx, who, "end session", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		if _, err := d.account(ctx, tx, user); err != nil {
			return err
		}
		if id == 0 {
			if err := tx.EndSessions(ctx, user, 0, d.Now()); err != nil {
				return fmt.Errorf("end sessions: %w", err)
			}
			return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventSignedOut, "", "all", "")
		}
		ended, err := tx.EndSessionOf(ctx, user, id, d.Now())
		if err != nil {
			return fmt.Errorf("write session: %w", err)
		}
		if !ended {
			return Missing("session")
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventSignedOut, "", fmt.Sprint(id), "")
	})
}
