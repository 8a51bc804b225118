package verb

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
)

const (
	pageSize    = 200
	screenLimit = 50 // tickets that a terminal is shown unless it asks for more
)

func list(ctx context.Context, s *session) error {
	otherwise := ""
	if s.Me.IsStaff() && !s.has("--mine") {
		otherwise = "status:open|active"
	}
	q, err := s.query(ctx, otherwise)
	if err != nil {
		return err
	}
	return s.list(ctx, q)
}

// search looks for words, and nothing else: what could be read as a field stands in quotes.
func search(ctx context.Context, s *session) error {
	words := strings.Fields(s.args["words"])
	for i, w := range words {
		if strings.HasPrefix(w, "-") || strings.ContainsAny(w, `:"#`) {
			words[i] = strconv.Quote(strings.ReplaceAll(w, `"`, " "))
		}
	}
	q, err := query.Parse(strings.Join(words, " "))
	if err != nil {
		return err
	}
	return s.list(ctx, q)
}

// list puts out tickets page by page, so that a long list takes no more memory than a short one.
func (s *session) list(ctx context.Context, q query.Query) error {
	mine := s.has("--mine") || !s.Me.IsStaff()
	shape, recordOf := ticketShape(), ticketRecord
	if mine {
		shape, recordOf = reportShape(), reportRecord
	}
	limit, err := s.limit()
	if err != nil {
		return err
	}
	p := s.print(shape)
	shown := 0
	for after := ""; shown < limit; {
		page, err := s.Desk.Tickets(ctx, s.Who, core.ListRequest{Query: q, Mine: mine, After: after, Limit: min(pageSize, limit-shown)})
		if err != nil {
			return err
		}
		if after == "" {
			s.tellOfSearch(&page)
		}
		for i := range page.Tickets {
			if err := p.put(recordOf(&page.Tickets[i])); err != nil {
				return err
			}
		}
		if err := p.flush(); err != nil {
			return err
		}
		shown += len(page.Tickets)
		if after = page.Next; after == "" {
			return nil
		}
	}
	if s.Terminal && !s.has("--limit") {
		_, _ = fmt.Fprintln(s.Err, s.words.T("verb.more", "Count", shown))
	}
	return nil
}

// tellOfSearch says beside the list what became of the words that were looked for.
func (s *session) tellOfSearch(page *core.Page) {
	for _, r := range page.Respelled {
		line := s.words.T("search.corrected", "Typed", short(r.Typed), "Word", short(r.Word))
		_, _ = fmt.Fprintln(s.Err, plain.Line(line))
	}
	if page.Stopped > 0 {
		_, _ = fmt.Fprintln(s.Err, s.words.T("search.stopped", "Time", page.Stopped.String()))
	}
}

func (s *session) limit() (int, error) {
	text, given := s.flags["--limit"]
	if !given && s.Terminal {
		return screenLimit, nil
	}
	n, err := strconv.Atoi(cmp.Or(text, "0"))
	if err != nil || n < 0 {
		return 0, s.usage(s.words.T("verb.value", "Word", short(text), "Values", "0, 1, 2 …"))
	}
	if n == 0 {
		n = math.MaxInt
	}
	return n, nil
}

// ticket finds the ticket that the command is about: by number or by reference.
func (s *session) ticket(ctx context.Context) (core.TicketID, error) {
	return s.named(ctx, s.args["ticket"])
}

// named finds the ticket of a number or a reference.
func (s *session) named(ctx context.Context, name string) (core.TicketID, error) {
	if id, ok := core.ParseTicketID(name); ok {
		return id, nil
	}
	if ref, ok := core.ParseReference(name); ok {
		return s.Desk.TicketByReference(ctx, s.Who, ref)
	}
	return 0, s.usage(s.words.T("verb.number", "Word", short(name)))
}

func show(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	view, err := s.Desk.Ticket(ctx, s.Who, id)
	if err != nil {
		return err
	}
	shape, r := viewRecord(&view)
	if s.has("--json") || s.has("--csv") || s.has("-q") {
		return s.puts(shape, r)
	}
	return s.showWords(shape, r, &view)
}

// viewRecord is a ticket with all that its viewer may see of it.
func viewRecord(view *core.TicketView) (Shape, record) {
	shape, r := reportShape(), reportRecord(&view.Ticket)
	if view.AsStaff {
		shape, r = ticketShape(), ticketRecord(&view.Ticket)
	}
	said, happened := records{shape: messageShape()}, records{shape: eventShape()}
	for i := range view.Messages {
		said.list = append(said.list, messageRecord(view.Ticket.ID, &view.Messages[i]))
	}
	for i := range view.Events {
		happened.list = append(happened.list, eventRecord(&view.Events[i], ""))
	}
	for i, f := range shape.Fields {
		switch f.Name {
		case "messages":
			r[i] = said
		case "history":
			r[i] = happened
		case "contact":
			if view.Contact != (core.Contact{}) {
				r[i] = contactRecords(view.Contact)
			}
		}
	}
	return shape, r
}

func contactRecords(c core.Contact) records {
	return records{
		shape: Shape{Name: "contact", Fields: []Field{{Name: "name"}, {Name: "email"}, {Name: "phone"}}},
		list:  []record{{c.Name, c.Email, c.Phone}},
	}
}

// showWords puts a ticket out for people: its fields, a line each, and what was said.
func (s *session) showWords(shape Shape, r record, view *core.TicketView) error {
	p := &printer{session: s, shape: shape}
	for i, f := range shape.Fields {
		text := valueText(r[i])
		if s.Terminal {
			text = s.seen(r[i])
		}
		if text == "" || text == "false" || f.list {
			continue
		}
		line := f.Name + "\t" + plain.Line(text).String()
		if s.Terminal {
			line = fmt.Sprintf("%-18s%s", f.Name, plain.Line(text))
		}
		if err := p.write(line + "\n"); err != nil {
			return err
		}
	}
	if c := view.Contact; c != (core.Contact{}) {
		for _, line := range []string{c.Name, c.Email, c.Phone} {
			if line == "" {
				continue
			}
			if err := p.write("contact\t" + plain.Line(line).String() + "\n"); err != nil {
				return err
			}
		}
	}
	for i := range view.Messages {
		if err := p.write(s.messageWords(&view.Messages[i])); err != nil {
			return err
		}
	}
	return p.flush()
}

// messageWords is a message as people read it. What was said is indented, so that nothing in it can look like a heading
// of ours.
func (s *session) messageWords(m *core.Message) string {
	heading := fmt.Sprintf("%s  %s (%s)", s.seen(m.CreatedAt), cmp.Or(m.AuthorName, m.Author.Username, string(m.Side)), m.Side)
	if m.Visibility == core.InternalNote {
		heading += "  internal note"
	}
	var out strings.Builder
	out.WriteString("\n" + plain.Line(heading).String() + "\n")
	lines := []plain.Text{plain.Block(m.Body)}
	if s.Terminal {
		lines = plain.Wrap(lines[0], max(20, s.width()-4))
	}
	for _, line := range lines {
		for part := range strings.SplitSeq(line.String(), "\n") {
			out.WriteString("    " + part + "\n")
		}
	}
	for _, f := range m.Files {
		line := fmt.Sprintf("    file %d  %s  %s  %s", f.ID, f.Name, f.MediaType, f.SizeWords())
		out.WriteString(plain.Line(line).String() + "\n")
	}
	return out.String()
}

func me(_ context.Context, s *session) error {
	var codes []string
	for _, m := range s.Me.Memberships {
		codes = append(codes, m.Code)
	}
	return s.puts(accountShape(), record{s.Me.Username, s.Me.Name, string(s.Me.Role), strings.Join(codes, ","), s.Me.Email, s.Who.Key})
}

func version(_ context.Context, s *session) error {
	_, err := s.out.WriteString("helpdesk " + s.Version + "\n")
	return err
}
