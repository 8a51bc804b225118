package queue

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// Report is a report for somebody who phones while it is written. It is kept with the place, so that it
// outlives a lost connection.
type Report struct {
	Open     bool   `json:"open,omitempty"` // it is on the screen
	Field    int    `json:"field,omitempty"`
	Key      string `json:"key,omitempty"` // sending it twice makes one ticket
	For      string `json:"for,omitempty"`
	Reach    string `json:"reach,omitempty"`
	Title    string `json:"title,omitempty"`
	Category string `json:"category,omitempty"`
	Where    string `json:"where,omitempty"`
	Priority string `json:"priority,omitempty"`
	Text     string `json:"text,omitempty"`
}

// blank reports whether nothing is typed.
func (r Report) blank() bool {
	return r.For+r.Reach+r.Title+r.Category+r.Where+r.Priority+r.Text == ""
}

// filing is what came of sending a report: a ticket, or what may be about the same.
type filing struct {
	name    string // of the reporter
	receipt core.Receipt
	already []core.Ticket
}

// draft is the report as it stands.
func (s *Screen) draft() Report {
	r := s.report
	if s.form == nil {
		return r
	}
	t := s.form.Typed()
	r.Open, r.Field = true, s.form.Field()
	r.For, r.Reach, r.Title, r.Category, r.Where, r.Priority, r.Text = t["for"], t["email"], t["title"], t["category"], t["building"], t["priority"], t["description"]
	return r
}

// writeReport opens the form with what was typed before.
func (s *Screen) writeReport() tea.Cmd { return s.openReport(false) }

func (s *Screen) openReport(unasked bool) tea.Cmd {
	if s.report.Key == "" {
		var err error
		if s.report.Key, err = s.env.Desk.NewFormKey(s.env.Who); err != nil {
			return s.env.Host.Fail("begin a ticket", err)
		}
	}
	urgency := []screen.Choice{{Value: "", Words: "as usual for its kind"}}
	for _, p := range core.Priorities() {
		urgency = append(urgency, screen.Choice{Value: p.String(), Words: p.String()})
	}
	r := s.report
	var came filing // written before the answer is sent, read after it came
	agreed := ""    // about which place and kind it was said that this is another matter
	s.form = screen.NewForm(s.env, "New ticket for somebody who phones", "file it", []screen.Field{
		{Name: "for", Label: "For", Start: r.For, Seek: s.env.SeekCaller, Hint: "Name, username or address. Whoever has no account is called as you type it."},
		{Name: "email", Label: "E-mail or phone", Start: r.Reach, Hint: "Of somebody without an account, so that they can be answered."},
		{Name: "title", Label: "What", Start: r.Title, Limit: core.MaxTitle, Hint: "What happened, in a few words."},
		{Name: "category", Label: "Kind", Start: r.Category, Seek: s.env.SeekCategory, Hint: "What kind of issue it is; it goes to the queue of its kind."},
		{Name: "building", Label: "Where", Start: r.Where, Seek: s.env.SeekPlace, Hint: "A building or room code, or words."},
		{Name: "priority", Label: "Urgency", Start: r.Priority, Choices: urgency, Hint: "← and → choose."},
		{Name: "description", Label: "More", Start: r.Text, Lines: true, Limit: core.MaxBody, Hint: "What else they say. The reporter reads it. ctrl+x drops all that is typed."},
	}, func(ctx context.Context, typed screen.Typed) (words string, err error) {
		came, err = s.file(ctx, r.Key, typed, agreed)
		return "", err
	})
	s.form.Then = func(string) tea.Cmd {
		if len(came.already) > 0 {
			return s.askAlready(came.already, func(about string) { agreed = about })
		}
		return s.filed(&came)
	}
	s.form.Keep, s.form.Drop = s.keepReport, s.dropReport
	s.env.Host.Show(s.form, unasked)
	return s.form.Go(r.Field)
}

// keepReport leaves the form; what is typed stays.
func (s *Screen) keepReport() tea.Cmd {
	s.report = s.draft()
	s.form, s.report.Open = nil, false
	if s.report.blank() {
		s.report = Report{}
		return nil
	}
	return s.env.Host.Toast(screen.Info, plain.Line("The new ticket is kept as a draft. N goes on with it."))
}

func (s *Screen) dropReport() tea.Cmd {
	s.env.Host.Show(&screen.Message{
		Host: s.env.Host, Title: plain.Line("Drop the new ticket?"), Paragraphs: []screen.Paragraph{{Text: plain.Line("What is typed is gone then.")}},
		Choices: []screen.Binding{{Keys: []string{"y"}, Words: "drop it", Run: func() tea.Cmd {
			s.env.Host.Hide(s.form)
			s.form, s.report = nil, Report{}
			return nil
		}}}, Cancel: "go on",
	}, false)
	return nil
}

// file reads what is typed, looks whether it has been reported already, and files it.
func (s *Screen) file(ctx context.Context, key string, typed screen.Typed, agreed string) (filing, error) {
	in := core.NewTicket{Key: key, Title: typed["title"], Description: typed["description"], Where: core.Where{Words: typed["building"]}}
	in.Priority, _ = core.ParsePriority(typed["priority"])
	var err error
	if in.Category, err = s.env.CategoryNamed(ctx, typed["category"]); err != nil {
		return filing{}, err
	}
	caller, err := s.caller(ctx, typed, &in)
	if err != nil {
		return filing{}, err
	}
	about := typed["category"] + " " + typed["building"]
	if in.Title != "" && about != agreed {
		already, err := s.env.Desk.ReportedAlready(ctx, s.env.Who, in.Category, in.Where, in.Title+" "+in.Description)
		if err != nil || len(already) > 0 {
			return filing{already: already}, err
		}
	}
	receipt, err := s.env.Desk.ReportFor(ctx, s.env.Who, caller.ID, in)
	who := ui.Person(caller.Person(), in.Contact.Name).String()
	return filing{name: who, receipt: receipt}, err
}

// caller finds the account, or takes name and address of somebody without one.
func (s *Screen) caller(ctx context.Context, typed screen.Typed, in *core.NewTicket) (core.User, error) {
	name, reach := strings.TrimSpace(typed["for"]), strings.TrimSpace(typed["email"])
	if name != "" {
		user, err := s.env.Desk.FindUser(ctx, s.env.Who, strings.TrimPrefix(name, "@"))
		switch {
		case err == nil:
			return user, nil
		case core.KindOf(err) != core.NotFound:
			return core.User{}, err
		case reach == "":
			return core.User{}, core.UnknownCaller()
		}
	}
	in.Contact = core.Contact{Name: name, Phone: reach}
	if strings.Contains(reach, "@") {
		in.Contact.Email, in.Contact.Phone = reach, ""
	}
	return core.User{}, nil
}

// askAlready shows what may be about the same thing, before the form that is still there.
func (s *Screen) askAlready(already []core.Ticket, agree func(about string)) tea.Cmd {
	now, form := s.env.Desk.Now(), s.form
	items := []screen.Item{{Text: plain.Line("It is something else: file it"), Choose: func() tea.Cmd {
		typed := form.Typed()
		agree(typed["category"] + " " + typed["building"])
		return form.Send()
	}}}
	for _, t := range already {
		items = append(items, screen.Item{
			Text: plain.Line("Open " + t.ID.String() + " " + t.Title), Detail: plain.Line(ui.Status(&t) + ", " + ui.Ago(now, t.CreatedAt)),
			Choose: func() tea.Cmd {
				s.env.Host.Hide(form)
				return tea.Batch(s.keepReport(), s.env.Host.Open(t.ID))
			},
		})
	}
	p := screen.NewPicker(s.env.Host, plain.Line("Has it been reported already?"), items)
	p.Hint = plain.Line("The same place and kind. What you typed is kept.")
	s.env.Host.Show(p, false)
	return nil
}

// filed says that the ticket is there.
func (s *Screen) filed(came *filing) tea.Cmd {
	s.env.Host.Hide(s.form)
	s.form, s.report = nil, Report{}
	said := came.receipt.Ticket.String() + " is filed for " + came.name + "."
	cmds := []tea.Cmd{s.env.Host.Toast(screen.Info, plain.Line(said)), s.refresh()}
	if came.receipt.Link != "" {
		cmds = append(cmds, s.env.ShowPrivateLink(came.receipt))
	}
	return tea.Batch(cmds...)
}
