package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

type userLsCommand struct {
	database `embed:""`

	Begins   string `arg:"" optional:"" help:"How username, name or e-mail begins."`
	Role     string `enum:",reporter,staff,admin" default:"" help:"Those with this role alone." placeholder:"ROLE"`
	Queue    string `help:"Who works this queue." placeholder:"CODE"`
	Disabled bool   `help:"Those that are disabled, instead of those that are not."`
	CSV      bool   `help:"As CSV."`
}

// Run lists accounts.
func (u *userLsCommand) Run(ctx context.Context, o *output) error {
	return u.work(ctx, o, func(desk *core.Desk) error {
		filter := core.UserFilter{Begins: u.Begins, Role: core.Role(u.Role), Disabled: u.Disabled}
		if u.Queue != "" {
			queue, err := desk.FindQueue(ctx, core.Operator(), u.Queue)
			if err != nil {
				return err
			}
			filter.Queue = queue.ID
		}
		out := newSheet(o.out, u.CSV, "username", "name", "email", "role", "queues", "keys", "sessions", "seen_at")
		for after := ""; ; {
			const page = 500
			list, next, err := desk.Users(ctx, core.Operator(), filter, after, page)
			if err != nil {
				return err
			}
			for _, l := range list {
				out.row(l.User.Username, l.User.Name, l.User.Email, string(l.User.Role), queueCodes(l.User.Memberships),
					strconv.Itoa(l.Keys), strconv.Itoa(l.Sessions), stamp(l.SeenAt))
			}
			if after = next; next == "" {
				return out.flush()
			}
		}
	})
}

func queueCodes(list []core.Membership) string {
	codes := make([]string, len(list))
	for i, m := range list {
		codes[i] = m.Code
	}
	return strings.Join(codes, " ")
}

type userShowCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
}

// Run prints an account with its keys and where it is signed in.
func (u *userShowCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		found, err := desk.Dossier(ctx, core.Operator(), user.ID)
		if err != nil {
			return err
		}
		state := "can sign in"
		if found.User.Disabled {
			state = "disabled"
		}
		out := newSheet(o.out, false, found.User.Username, found.User.Name, found.User.Email, string(found.User.Role), state)
		for _, m := range found.User.Memberships {
			lead := ""
			if m.Lead {
				lead = "lead"
			}
			out.row("queue", m.Code, m.Name, lead)
		}
		for _, k := range found.Keys {
			out.row("key", k.Fingerprint, k.Name, "last used "+stamp(k.LastUsedAt))
		}
		for _, s := range found.Sessions {
			out.row("session", fmt.Sprint(s.ID), string(s.Door), s.Address, "last seen "+stamp(s.SeenAt))
		}
		return out.flush()
	})
}

type userEditCommand struct {
	database `embed:""`

	Username string  `arg:"" help:"Username or e-mail."`
	FullName *string `name:"full-name" help:"Their name."`
	Email    *string `help:"Their e-mail address; empty takes it away."`
}

// Run puts a name or an address right.
func (u *userEditCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		after, err := desk.EditUser(ctx, core.Operator(), user.ID, core.UserEdit{Name: u.FullName, Email: u.Email})
		if err != nil {
			return err
		}
		o.printf("%s is called %s and has the address %q.\n", after.Username, after.Name, after.Email)
		return nil
	})
}

type userDisableCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
}

// Run keeps somebody out, and ends where they are signed in.
func (u *userDisableCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		if err := desk.Disable(ctx, core.Operator(), user.ID, true); err != nil {
			return err
		}
		o.printf("%s is kept out now, everywhere.\n", user.Username)
		return nil
	})
}

type userEnableCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
}

// Run lets somebody in again.
func (u *userEnableCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		if err := desk.Disable(ctx, core.Operator(), user.ID, false); err != nil {
			return err
		}
		o.printf("%s can sign in again.\n", user.Username)
		return nil
	})
}
