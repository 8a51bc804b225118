package settings

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

func (s *Screen) pickTheme() tea.Cmd {
	var items []screen.Item
	for _, t := range core.Themes() {
		items = append(items, screen.Item{Text: plain.Line(ui.Themed(t)), Detail: plain.Line(string(t)), Choose: s.prefer(func(p *core.Preferences) { p.Theme = t })})
	}
	at := slices.Index(core.Themes(), s.env.Me.Preferences.Theme)
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Theme"), items).Start(at), false)
	return nil
}

// pickZone offers zones of the world, and takes any other name of the tz database.
func (s *Screen) pickZone() tea.Cmd {
	now := s.env.Desk.Now()
	item := func(name string, zone *time.Location) screen.Item {
		return screen.Item{Text: plain.Line(name), Detail: plain.Line(now.In(zone).Format("Mon 15:04 MST")), Choose: s.prefer(func(p *core.Preferences) { p.Zone = name })}
	}
	campus := item("the campus's", s.env.Desk.Zone())
	campus.Choose = s.prefer(func(p *core.Preferences) { p.Zone = "" })
	items := []screen.Item{campus}
	for _, name := range zones() {
		if zone, err := time.LoadLocation(name); err == nil {
			items = append(items, item(name, zone))
		}
	}
	p := screen.NewPicker(s.env.Host, plain.Line("Time zone"), items)
	p.Hint = plain.Line("Type a city, or any name as in Europe/Madrid.")
	p.Free = func(typed string) (screen.Item, bool) {
		zone, err := time.LoadLocation(typed)
		if err != nil || typed == "Local" {
			return screen.Item{}, false
		}
		return item(typed, zone), true
	}
	s.env.Host.Show(p, false)
	return nil
}

func (s *Screen) pickLanguage() tea.Cmd {
	var items []screen.Item
	tags := s.env.Words.Others()
	for _, tag := range tags {
		items = append(items, screen.Item{Text: plain.Line(s.env.Words.In(tag).T("language.name")), Detail: plain.Line(tag), Choose: func() tea.Cmd { return s.env.Host.Speak(tag) }})
	}
	s.env.Host.Show(screen.NewPicker(s.env.Host, plain.Line("Language"), items).Start(slices.Index(tags, s.env.Me.Language)), false)
	return nil
}

// askKey takes the public half of a key.
func (s *Screen) askKey() tea.Cmd {
	var p *screen.Prompt
	p = screen.NewPrompt(s.env.Host, plain.Line("Add an SSH key"), plain.Line("Paste the line of the .pub file. The private half stays where it is."), "", func(typed string) (tea.Cmd, string) {
		if typed == "" {
			return nil, "Paste the public key: ssh-ed25519 AAAA… name"
		}
		return s.changeTyped(p, "add the key", "The key signs you in from now on.", func(ctx context.Context) error {
			_, err := s.env.Desk.AddOwnKey(ctx, s.env.Who, core.NewOwnKey{Authorized: typed})
			return err
		}), ""
	})
	p.Limit(keyLimit)
	s.env.Host.Show(p.Survive(s.env, "key"), false)
	return nil
}

// keyLimit has room for an RSA key of 16384 bits with its comment.
const keyLimit = 4000

func (s *Screen) ask(title, words, key, choice string, run func() tea.Cmd) tea.Cmd {
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line(title), Paragraphs: []screen.Paragraph{{Text: plain.Line(words)}},
		Choices: []screen.Binding{{Keys: []string{key}, Words: choice, Run: run}},
	}, false)
	return nil
}

func (s *Screen) askRevoke(k core.Key) tea.Cmd {
	name := plain.Line(k.Name).String()
	return s.ask("Revoke "+name+"?", "It signs you in no more, and what it has opened ends: "+k.Fingerprint, "y", "revoke it", func() tea.Cmd {
		return s.change("revoke the key", "The key signs nobody in any more.", func(ctx context.Context) error {
			return s.env.Desk.RevokeOwnKey(ctx, s.env.Who, k.ID)
		})
	})
}

func (s *Screen) askEnd(in core.Session) tea.Cmd {
	seen := "seen " + ui.Ago(s.env.Desk.Now(), in.SeenAt)
	if in.Door == core.DoorSSH {
		seen = "there since " + ui.Ago(s.env.Desk.Now(), in.CreatedAt)
	}
	words := "Whoever sits there is signed out: " + seen + " from " + in.Address + "."
	if in.ID == s.env.Who.Session {
		words = "It is this one: the console closes. Drafts are kept."
	}
	return s.ask("End this sign-in?", words, "y", "end it", func() tea.Cmd {
		return s.change("end the sign-in", "That sign-in has ended.", func(ctx context.Context) error {
			return s.env.Desk.EndSession(ctx, s.env.Who, in.ID)
		})
	})
}

func (s *Screen) askEverywhere() tea.Cmd {
	return s.ask("Sign out everywhere?", "All sign-ins of yours end, this one too. Drafts are kept.", "y", "sign out", func() tea.Cmd {
		return s.change("sign out everywhere", "Signed out.", func(ctx context.Context) error {
			return s.env.Desk.SignOutEverywhere(ctx, s.env.Who)
		})
	})
}

// askPassword asks for the old password, then for the new one twice.
func (s *Screen) askPassword() tea.Cmd {
	host := s.env.Host
	secret := func(title, hint string, submit func(typed string) (tea.Cmd, string)) {
		host.Show(screen.NewPrompt(host, plain.Line(title), plain.Line(hint), "", submit).Secret(), false)
	}
	secret("Your password now", "Then comes the new one.", func(old string) (tea.Cmd, string) {
		if old == "" {
			return nil, "Type the password you have now."
		}
		secret("The new password", "At least twelve characters; several words are easy to remember.", func(fresh string) (tea.Cmd, string) {
			if fresh == "" {
				return nil, "Type the new password."
			}
			secret("The new password once more", "So that a slip does not lock you out.", func(again string) (tea.Cmd, string) {
				if again != fresh {
					return nil, "That is not the same. Type it again, or esc and begin anew."
				}
				return s.change("change the password", "The password is changed; all other sign-ins have ended.", func(ctx context.Context) error {
					return s.env.Desk.ChangePassword(ctx, s.env.Who, old, fresh)
				}), ""
			})
			return nil, ""
		})
		return nil, ""
	})
	return nil
}

// zones are those that most people are in; any other can be typed.
func zones() []string {
	return []string{
		"UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Argentina/Buenos_Aires", "America/Bogota",
		"America/Caracas", "America/Chicago", "America/Denver", "America/Halifax", "America/Lima", "America/Los_Angeles", "America/Mexico_City",
		"America/New_York", "America/Santiago", "America/Sao_Paulo", "America/Toronto", "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai",
		"Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul",
		"Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Canary", "Atlantic/Reykjavik",
		"Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels",
		"Europe/Bucharest", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London",
		"Europe/Madrid", "Europe/Moscow", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna",
		"Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu",
	}
}
