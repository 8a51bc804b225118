package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage"
)

// named runs a command about one account, found by username or e-mail.
func (d *database) named(ctx context.Context, o *output, login string, do func(*core.Desk, core.User) error) error {
	return d.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		user, err := desk.FindUser(ctx, core.Operator(), login)
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		return do(desk, user)
	})
}

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
	return u.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		filter := core.UserFilter{Begins: u.Begins, Role: core.Role(u.Role), Disabled: u.Disabled}
		if u.Queue != "" {
			queue, err := desk.FindQueue(ctx, core.Operator(), u.Queue)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			filter.Queue = queue.ID
		}
		out := newSheet(o.out, u.CSV, "username", "name", "email", "role", "queues", "keys", "sessions", "seen_at")
		for after := ""; ; {
			const page = 500
			list, next, err := desk.Users(ctx, core.Operator(), filter, after, page)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
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
			return err //nolint:wrapcheck // says what it did
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
			return err //nolint:wrapcheck // says what it did
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
			return err //nolint:wrapcheck // says what it did
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
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("%s can sign in again.\n", user.Username)
		return nil
	})
}

type userImportCommand struct {
	database `embed:""`

	DryRun bool   `help:"Say what would be made, and every line that cannot be used, and make nothing."`
	File   string `arg:"" type:"existingfile" help:"CSV whose first line names the columns: username, name, email, role, queues."`
}

// Run makes the accounts of a list: all of them, or none if one line cannot be used.
func (u *userImportCommand) Run(ctx context.Context, o *output) error {
	return u.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		return importRoll(o, u.File, u.DryRun, func(file *os.File) (core.RollReport, error) {
			return desk.ImportUsers(ctx, core.Operator(), file, u.DryRun)
		})
	})
}

var errRoll = errors.New("lines of the list cannot be used; nothing was changed")

// importRoll reads a list and says what became of it.
func importRoll(o *output, name string, dry bool, read func(*os.File) (core.RollReport, error)) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open the list: %w", err)
	}
	defer func() { _ = file.Close() }()
	report, err := read(file)
	if err != nil {
		return err
	}
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	words := catalogue.For("en")
	for _, p := range report.Problems {
		fmt.Fprintf(o.err, "line %d: %s: %s\n", p.Line, p.Field, words.T("error."+p.Code, p.Args))
	}
	if len(report.Problems) > 0 {
		return errRoll
	}
	would := "Made %d, changed %d, left %d as they were.\n"
	if dry {
		would = "It would make %d, change %d and leave %d as they are.\n"
	}
	o.printf(would, report.Made, report.Changed, report.Same)
	return nil
}

type sessionsCommand struct {
	Ls  sessionsLsCommand  `cmd:"" help:"List who is signed in, on the page and over SSH."`
	End sessionsEndCommand `cmd:"" help:"End a sign-in of somebody, or all of them."`
}

type sessionsLsCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run lists sign-ins, whoever was there last first.
func (s *sessionsLsCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, time.UTC, func(_ *storage.DB, desk *core.Desk) error {
		out := newSheet(o.out, s.CSV, "session", "username", "door", "address", "key", "since", "seen_at", "with")
		var cursor core.SessionCursor
		for {
			const page = 500
			list, err := desk.LiveSessions(ctx, core.Operator(), cursor, page)
			if err != nil {
				return err //nolint:wrapcheck // says what it did
			}
			for _, l := range list {
				out.row(fmt.Sprint(l.Session.ID), l.User.Username, string(l.Session.Door), l.Session.Address, l.Session.Key,
					stamp(l.Session.CreatedAt), stamp(l.Session.SeenAt), l.Session.Agent)
				cursor = core.SessionCursor{SeenAt: l.Session.SeenAt, ID: l.Session.ID}
			}
			if len(list) < page {
				return out.flush()
			}
		}
	})
}

type sessionsEndCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
	Session  int64  `arg:"" optional:"" help:"Number of the sign-in, as 'sessions ls' prints it; without it all end."`
}

// Run ends sign-ins, which works within seconds, on open consoles too.
func (s *sessionsEndCommand) Run(ctx context.Context, o *output) error {
	return s.named(ctx, o, s.Username, func(desk *core.Desk, user core.User) error {
		if err := desk.EndSessionFor(ctx, core.Operator(), user.ID, core.SessionID(s.Session)); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		o.printf("%s is signed out there.\n", user.Username)
		return nil
	})
}
