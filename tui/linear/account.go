package linear

import (
	"context"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/ui"
)

func keysStand(_ *Console, mine *own) string { return ui.Plural(len(mine.keys), "key", "keys") }

// changeKeys reads out the keys that sign somebody in, and adds or revokes one.
func changeKeys(ctx context.Context, c *Console, mine *own, value string) error {
	names := make([]string, len(mine.keys))
	for i := range mine.keys {
		names[i] = c.keyWords(&mine.keys[i])
	}
	ways := []string{"add"}
	if len(names) > 0 {
		ways = append(ways, "revoke")
	}
	way, rest, _ := strings.Cut(value, " ")
	if way == "" {
		for _, name := range names {
			c.sayf("%s.", name)
		}
	}
	at, err := c.choose(ctx, "What shall become of them?", ways, way)
	if err != nil {
		return err
	}
	if at == 0 {
		return c.addKey(ctx, rest)
	}
	which, err := c.choose(ctx, "Revoke which key?", names, rest)
	if err != nil {
		return err
	}
	if err := c.agreed(ctx, "Revoke it? It signs you in no more, and what it has opened ends."); err != nil {
		return err
	}
	if err := c.env.Desk.RevokeOwnKey(ctx, c.env.Who, mine.keys[which].ID); err != nil {
		return err
	}
	c.sayf("The key signs nobody in any more.")
	return nil
}

// keyWords names a key, and says when it was used.
func (c *Console) keyWords(k *core.Key) string {
	name, used := plain.Line(k.Name).String(), "never used"
	if name == "" {
		name = "key"
	}
	if !k.LastUsedAt.IsZero() {
		used = "used " + c.ago(k.LastUsedAt)
	}
	return name + ", " + used + ", " + k.Fingerprint
}

func (c *Console) addKey(ctx context.Context, line string) error {
	line, err := c.need(ctx, line, "The line of the .pub file; the private half stays where it is: ")
	if err != nil {
		return err
	}
	if _, err := c.env.Desk.AddOwnKey(ctx, c.env.Who, core.NewOwnKey{Authorized: line}); err != nil {
		return err
	}
	c.sayf("The key signs you in from now on.")
	return nil
}

func passwordStands(c *Console, _ *own) string {
	if c.env.Me.HasPassword {
		return "set"
	}
	return "none"
}

// changePassword asks for the old password, then for the new one twice.
func changePassword(ctx context.Context, c *Console, _ *own, value string) error {
	if !c.env.Me.HasPassword {
		c.sayf("%s", c.env.Words.T("error.password_unset"))
		return nil
	}
	if value != "" {
		c.sayf("Passwords are asked for one by one. What stood behind the command is not taken.")
	}
	if !c.opts.Terminal {
		c.sayf("Without a terminal your own side shows what you type. Cancel leaves it; with a terminal, as ssh -t opens one, it stays unseen.")
	}
	old, err := c.secret(ctx, "Your password now: ")
	if err != nil {
		return err
	}
	c.sayf("The new one has at least twelve characters; several words are easy to remember.")
	for {
		fresh, err := c.secret(ctx, "The new password: ")
		if err != nil {
			return err
		}
		again, err := c.secret(ctx, "Once more, so that a slip does not lock you out: ")
		if err != nil {
			return err
		}
		if again != fresh {
			c.sayf("That is not the same.")
			continue
		}
		if err := c.env.Desk.ChangePassword(ctx, c.env.Who, old, fresh); err != nil {
			return err
		}
		c.sayf("The password is changed; all other sign-ins have ended.")
		return nil
	}
}

// secret wants a line that is not shown while it is typed; none gives the command up.
func (c *Console) secret(ctx context.Context, prompt string) (string, error) {
	c.source.hide(true)
	defer c.source.hide(false)
	typed, err := c.ask(ctx, prompt)
	if err == nil && typed == "" {
		return "", errGivenUp
	}
	return typed, err
}

func signInsStand(_ *Console, mine *own) string {
	return ui.Plural(len(mine.sessions), "place", "places")
}

// endSignIn reads out where somebody is signed in, and ends one sign-in or all of them.
func endSignIn(ctx context.Context, c *Console, mine *own, value string) error {
	names := make([]string, 0, len(mine.sessions)+1)
	for i := range mine.sessions {
		names = append(names, c.signInWords(&mine.sessions[i]))
	}
	at, err := c.choose(ctx, "End which sign-in?", append(names, "all of them, this one too"), value)
	if err != nil {
		return err
	}
	if at == len(names) {
		if err := c.agreed(ctx, "Sign out everywhere? All sign-ins of yours end, this one too. Drafts are kept."); err != nil {
			return err
		}
		if err := c.env.Desk.SignOutEverywhere(ctx, c.env.Who); err != nil {
			return err
		}
		c.sayf("Signed out.")
		return nil
	}
	means := "Whoever sits there is signed out."
	if mine.sessions[at].ID == c.env.Who.Session {
		means = "It is this one: the console closes. Drafts are kept."
	}
	if err := c.agreed(ctx, means+" End it?"); err != nil {
		return err
	}
	if err := c.env.Desk.EndSession(ctx, c.env.Who, mine.sessions[at].ID); err != nil {
		return err
	}
	c.sayf("That sign-in has ended.")
	return nil
}

// signInWords says where somebody is signed in, since when, and how.
func (c *Console) signInWords(in *core.Session) string {
	words := []string{ui.Door(in.Door)}
	if in.ID == c.env.Who.Session {
		words[0] += ", here"
	}
	if in.Door == core.DoorSSH { // a console is there as long as it is signed in
		words = append(words, "since "+c.ago(in.CreatedAt))
	} else {
		words = append(words, "seen "+c.ago(in.SeenAt))
	}
	for _, w := range []string{in.Address, in.KeyName, in.Agent} {
		if w != "" {
			words = append(words, plain.Line(w).String())
		}
	}
	return strings.Join(words, ", ")
}
