package main

import (
	"context"
	"fmt"
	"os"

	"helpdesk.campus/core"
)

type userCommand struct {
	Add     userAddCommand     `cmd:"" help:"Make an account; the first admin is made so."`
	Code    userCodeCommand    `cmd:"" help:"Make a one-time code with which somebody sets a new password."`
	Role    userRoleCommand    `cmd:"" help:"Change what an account may be."`
	Ls      userLsCommand      `cmd:"" help:"List accounts."`
	Show    userShowCommand    `cmd:"" help:"Print an account with its queues, keys and sign-ins."`
	Edit    userEditCommand    `cmd:"" help:"Put a name or an address right."`
	Disable userDisableCommand `cmd:"" help:"Keep an account out, and end where it is signed in."`
	Enable  userEnableCommand  `cmd:"" help:"Let a disabled account in again."`
	Import  userImportCommand  `cmd:"" help:"Make accounts of a list in CSV."`
}

type userAddCommand struct {
	database `embed:""`

	Username string   `arg:"" name:"username" help:"What they sign in as: small letters, digits, dots and dashes."`
	Role     string   `default:"reporter" enum:"reporter,staff,admin" help:"What they may be: ${enum}."`
	FullName string   `name:"full-name" help:"Their name; the username by default."`
	Email    string   `help:"Their e-mail address."`
	Key      string   `type:"existingfile" help:"Public SSH key (a .pub file) that signs them in." placeholder:"FILE"`
	Queue    []string `help:"Codes of the queues they work, with commas." placeholder:"CODES"`
}

// Run makes the account, with its key, or with a one-time code for the first sign-in.
func (u *userAddCommand) Run(ctx context.Context, o *output) error {
	key, err := readKey(u.Key)
	if err != nil {
		return err
	}
	return u.work(ctx, o, func(desk *core.Desk) error {
		operator := core.Operator()
		queues, err := findQueues(ctx, desk, u.Queue)
		if err != nil {
			return err
		}
		name := u.FullName
		if name == "" {
			name = u.Username
		}
		user, err := desk.AddUser(ctx, operator, core.NewUser{Username: u.Username, Name: name, Email: u.Email, Role: core.Role(u.Role)})
		if err != nil {
			return err
		}
		for _, queue := range queues {
			if err := desk.Join(ctx, operator, user.ID, queue.ID, false); err != nil {
				return err
			}
		}
		o.printf("Made the account %s (%s).\n", user.Username, user.Role)
		if key == "" {
			return printCode(ctx, o, desk, user)
		}
		added, err := desk.AddKey(ctx, operator, user.ID, key, "")
		if err != nil {
			return err
		}
		o.printf("The key %s signs them in.\n", added.Fingerprint)
		return nil
	})
}

func readKey(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	return string(raw), nil
}

func findQueues(ctx context.Context, desk *core.Desk, codes []string) ([]core.Queue, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	all, err := desk.Queues(ctx, core.Operator())
	if err != nil {
		return nil, err
	}
	known := make(map[string]core.Queue, len(all))
	for _, q := range all {
		known[q.Code] = q
	}
	var found []core.Queue
	for _, code := range codes {
		queue, ok := known[code]
		if !ok {
			return nil, fmt.Errorf("there is no queue %q", code)
		}
		found = append(found, queue)
	}
	return found, nil
}

func printCode(ctx context.Context, o *output, desk *core.Desk, user core.User) error {
	code, expires, err := desk.IssueCode(ctx, core.Operator(), user.ID)
	if err != nil {
		return err
	}
	o.printf("One-time code: %s\nWith it they set a password, on the page under \"Forgotten password\" or over SSH in place of the password.\nIt holds until %s, once.\n",
		code, expires.Local().Format("2 January 15:04 MST"))
	return nil
}

type userCodeCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
}

// Run prints a one-time code.
func (u *userCodeCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		return printCode(ctx, o, desk, user)
	})
}

type userRoleCommand struct {
	database `embed:""`

	Username string `arg:"" help:"Username or e-mail."`
	Role     string `arg:"" enum:"reporter,staff,admin" help:"What they may be: ${enum}."`
}

// Run changes the role, which works at once, on open consoles too.
func (u *userRoleCommand) Run(ctx context.Context, o *output) error {
	return u.named(ctx, o, u.Username, func(desk *core.Desk, user core.User) error {
		if err := desk.SetRole(ctx, core.Operator(), user.ID, core.Role(u.Role)); err != nil {
			return err
		}
		o.printf("%s is %s now.\n", user.Username, u.Role)
		return nil
	})
}

// named runs a command about one account, found by username or e-mail.
func (d *database) named(ctx context.Context, o *output, login string, do func(*core.Desk, core.User) error) error {
	return d.work(ctx, o, func(desk *core.Desk) error {
		user, err := desk.FindUser(ctx, core.Operator(), login)
		if err != nil {
			return err
		}
		return do(desk, user)
	})
}
