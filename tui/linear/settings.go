package linear

import (
	"context"
	"slices"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/tui/ui"
)

// Setting is a row of the table of what somebody can set of their own. Its name is that of the row, or of the rows, in the
// settings of the drawn console.
type Setting struct {
	Name string
	Help string // whole sentences

	stands func(c *Console, mine *own) string
	change func(ctx context.Context, c *Console, mine *own, value string) error
}

// own is what somebody has set, and by which keys and sign-ins they come in.
type own struct {
	preferences core.Preferences
	notices     core.Notices
	keys        []core.Key
	sessions    []core.Session
}

// Settings is the table of all settings, in the order in which they are read out.
func Settings() []Setting {
	return append(
		preferences(),
		noticed("answers", "Mail about tickets you reported: the helpdesk wrote something, or waits for your answer.", func(n *core.Notices) *bool { return &n.Answers }),
		noticed("progress", "Mail about them: somebody took one on, or it changed hands.", func(n *core.Notices) *bool { return &n.Progress }),
		noticed("closed", "Mail about them: the work ended.", func(n *core.Notices) *bool { return &n.Closed }),
		Setting{"keys", "The SSH keys that sign you in. Say settings keys to hear, add or revoke one.", keysStand, changeKeys},
		Setting{"password", "Changing it ends all other sign-ins.", passwordStands, changePassword},
		Setting{"sign-ins", "Where you are signed in. Say settings sign-ins to hear them, and to end one or all.", signInsStand, endSignIn},
	)
}

// preferences are the settings of how somebody likes to work.
func preferences() []Setting {
	var themes []string
	for _, t := range core.Themes() {
		themes = append(themes, ui.Themed(t))
	}
	return []Setting{
		switched("plain", "This console wherever you sign in, also on terminals that can be drawn on. It holds from the next time on.", func(p *core.Preferences) *bool { return &p.Plain }),
		switched("hold", "A reply waits 20 seconds before it goes, and can be taken back until then.", func(p *core.Preferences) *bool { return &p.HoldReplies }),
		switched("exact", "Times by the clock, instead of 20 minutes ago.", func(p *core.Preferences) *bool { return &p.ExactTimes }),
		preferred("zone", "The time zone in which you hear times, such as Europe/Madrid; campus for the campus's.", func(ctx context.Context, c *Console, p *core.Preferences, value string) (err error) {
			if value, err = c.need(ctx, value, "What shall zone be? "); value == "campus" {
				value = ""
			}
			p.Zone = value
			return err
		}, func(p *core.Preferences) string {
			if p.Zone == "" {
				return "campus"
			}
			return p.Zone
		}),
		{"language", "Of messages and pages; the console's own words are English.", languageStands, changeLanguage},
		preferred("theme", "The colours of the drawn console; here there are none.", func(ctx context.Context, c *Console, p *core.Preferences, value string) error {
			at, err := c.choose(ctx, "Theme", themes, value)
			p.Theme = core.Themes()[at]
			return err
		}, func(p *core.Preferences) string { return ui.Themed(p.Theme) }),
		switched("mouse", "In the drawn console: the wheel scrolls, a click chooses, a double click opens.", func(p *core.Preferences) *bool { return &p.Mouse }),
	}
}

// preferred is a setting that is a preference.
func preferred(name, help string, choose func(ctx context.Context, c *Console, p *core.Preferences, value string) error, stands func(p *core.Preferences) string) Setting {
	return Setting{name, help, func(_ *Console, mine *own) string { return stands(&mine.preferences) }, func(ctx context.Context, c *Console, mine *own, value string) error {
		p := mine.preferences
		if err := choose(ctx, c, &p, value); err != nil {
			return err
		}
		if err := c.env.Desk.SetPreferences(ctx, c.env.Who, p); err != nil {
			return err
		}
		c.env.Me.Preferences = p
		c.adapt()
		c.sayf("%s is %s now.", upper(name), stands(&p))
		return nil
	}}
}

// switched is a preference that is on or off.
func switched(name, help string, which func(p *core.Preferences) *bool) Setting {
	return preferred(name, help, func(ctx context.Context, c *Console, p *core.Preferences, value string) error {
		return c.turn(ctx, name, value, which(p))
	}, func(p *core.Preferences) string { return yes(*which(p)) })
}

// noticed is a setting of what somebody is told by mail.
func noticed(name, help string, which func(n *core.Notices) *bool) Setting {
	return Setting{name, help, func(_ *Console, mine *own) string { return yes(*which(&mine.notices)) }, func(ctx context.Context, c *Console, mine *own, value string) error {
		n := mine.notices
		if err := c.turn(ctx, name, value, which(&n)); err != nil {
			return err
		}
		if err := c.env.Desk.SetNotices(ctx, c.env.Who, n); err != nil {
			return err
		}
		c.sayf("%s is %s now.", upper(name), yes(*which(&n)))
		return nil
	}}
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// turn asks whether something is to be on, if that was not said.
func (c *Console) turn(ctx context.Context, name, value string, what *bool) error {
	at, err := c.choose(ctx, name, []string{"yes", "no"}, value)
	*what = at == 0
	return err
}

func languageStands(c *Console, _ *own) string {
	if tag := c.env.Me.Language; tag != "" {
		return c.env.Words.In(tag).T("language.name")
	}
	return "the campus's"
}

func changeLanguage(ctx context.Context, c *Console, _ *own, value string) error {
	tags := c.env.Words.Others()
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = c.env.Words.In(tag).T("language.name") + ", " + tag
	}
	at, err := c.choose(ctx, "Language", names, value)
	if err != nil {
		return err
	}
	if err := c.env.Desk.SetLanguage(ctx, c.env.Who, tags[at]); err != nil {
		return err
	}
	c.env.Me.Language = tags[at]
	c.adapt()
	c.sayf("Language is %s now.", names[at])
	return nil
}

// settings reads out what somebody has set, or changes one thing.
func settings(ctx context.Context, c *Console, rest string) error {
	mine, err := asked(ctx, c.own)
	if err != nil {
		return err
	}
	if rest == "" {
		for _, each := range Settings() {
			c.sayf("%s: %s. %s", each.Name, each.stands(c, &mine), each.Help)
		}
		c.sayf("To change one, say settings, its name and what it is to be, such as settings hold no.")
		return nil
	}
	name, value, _ := strings.Cut(rest, " ")
	table := Settings()
	at := slices.IndexFunc(table, func(each Setting) bool { return strings.EqualFold(each.Name, name) })
	if at < 0 {
		c.sayf("%s is no setting. Type settings to hear them all.", quoted(name))
		return nil
	}
	return table[at].change(ctx, c, &mine, strings.TrimSpace(value))
}

// own reads what somebody has set.
func (c *Console) own(ctx context.Context) (mine own, err error) {
	if mine.preferences, err = c.env.Desk.Preferences(ctx, c.env.Who); err != nil {
		return own{}, err
	}
	if mine.notices, err = c.env.Desk.Notices(ctx, c.env.Who); err != nil {
		return own{}, err
	}
	if mine.keys, err = c.env.Desk.OwnKeys(ctx, c.env.Who); err != nil {
		return own{}, err
	}
	mine.sessions, err = c.env.Desk.Sessions(ctx, c.env.Who)
	return mine, err
}

// settingsHelp says what can be set.
func settingsHelp() string {
	var lines []string
	for _, each := range Settings() {
		lines = append(lines, each.Name+": "+each.Help)
	}
	return strings.Join(lines, "\n")
}
