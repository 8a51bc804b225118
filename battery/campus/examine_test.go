package campus_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// examine looks at everything that should hold, however the week was.
func (w *world) examine() {
	w.need(w.desk.PackDays(w.Context(), core.System()), "pack days")
	w.examineHistory()
	w.examineWords()
	w.examineSets()
	w.examineScopes()
}

// examineSets asks in SQL for what there must be none of.
func (w *world) examineSets() {
	for what, sql := range map[string]string{
		"tickets that are closed and do not say since when": `select count(*) from tickets where (status = 'closed') <> (closed_at is not null)`,
		"tickets that say how they ended and go on":         `select count(*) from tickets where (status = 'closed') <> (resolution <> '')`,
		"closed tickets that rest":                          `select count(*) from tickets where status = 'closed' and (waiting_on <> '' or snoozed_until is not null)`,
		"resting tickets that ask for staff":                `select count(*) from tickets where status <> 'closed' and waiting_on <> '' and attention <> 2`,
		"confidential tickets that are public":              `select count(*) from tickets where confidential and public`,
		"public tickets without public words":               `select count(*) from tickets where public <> (public_title <> '')`,
		"merged tickets with another team than theirs":      `select count(*) from tickets t join tickets r on r.id = t.merged_into where t.queue_id <> r.queue_id or t.confidential <> r.confidential`,
		"merged tickets that are not closed":                `select count(*) from tickets where merged_into is not null and status <> 'closed'`,
		"links that say nothing":                            `select count(*) from links where ticket_id = other_id`,
		"tickets that begin twice or never": `select count(*) from tickets t where 1 <> (
			select count(*) from events where stream = 'ticket' and stream_id = t.id and kind = 'created' and seq = 1)`,
		"tickets that cannot be found":     `select count(*) from tickets t where not exists (select from ticket_search where ticket_id = t.id)`,
		"private links that open too much": `select count(*) from (select ticket_id from access_links where revoked_at is null group by ticket_id having count(*) > 1) x`,
	} {
		if n := w.number(sql); n != 0 {
			w.wrongf("there are %d %s", n, what)
		}
	}
	if n := w.number(`select count(*) from tickets`); n != int64(len(slices.Compact(slices.Sorted(slices.Values(w.tickets))))) {
		w.wrongf("there are %d tickets, and %d were acknowledged", n, len(w.tickets))
	}
	wrong, err := w.db.CheckPacked(w.Context())
	w.need(err, "compare packed days")
	if wrong != 0 {
		w.wrongf("%d packed days do not follow from the events", wrong)
	}
}

// spoken is a message as it stands in the database.
type spoken struct {
	TicketID   core.TicketID
	Visibility string
	Body       string
	Copied     bool // brought here from another ticket
	Split      bool // the description of a ticket that was split off
}

var wordForm = regexp.MustCompile(`zk\d+z`)

// examineWords looks for everything that was said or typed: once, where it was said, and no word more.
func (w *world) examineWords() {
	found, err := w.raw.Query(w.Context(), `
		select m.ticket_id, m.visibility, m.body, m.said_on is not null as copied,
		       m.id = (select min(id) from messages where ticket_id = m.ticket_id)
		       and exists (select from events where stream = 'ticket' and stream_id = m.ticket_id and kind = 'split' and from_value <> '') as split
		from messages m`)
	w.need(err, "read messages")
	messages, err := pgx.CollectRows(found, pgx.RowToStructByName[spoken])
	w.need(err, "read messages")
	first := map[string]spoken{}
	copies := map[string]map[core.TicketID]bool{}
	for _, m := range messages {
		for _, word := range wordForm.FindAllString(m.Body, -1) {
			switch _, twice := first[word]; {
			case m.Split:
			case m.Copied:
				if copies[word] == nil {
					copies[word] = map[core.TicketID]bool{}
				}
				if copies[word][m.TicketID] {
					w.wrongf("%s was brought to %s twice", word, m.TicketID)
				}
				copies[word][m.TicketID] = true
			case twice && first[word].Body != m.Body || twice && !slices.ContainsFunc(w.typed, func(t typed) bool { return t.word == word }):
				w.wrongf("%s was said twice: %+v and %+v", word, first[word], m)
			default:
				first[word] = m
			}
		}
	}
	var kept strings.Builder // what is no message: taken back, typed, replaced
	for _, sql := range []string{`select body from drafts`, `select body from held_replies`, `select body from revisions`} {
		found, err := w.raw.Query(w.Context(), sql)
		w.need(err, "read what is kept")
		bodies, err := pgx.CollectRows(found, pgx.RowTo[string])
		w.need(err, "read what is kept")
		kept.WriteString(strings.Join(bodies, "\n"))
		kept.WriteString("\n")
	}
	known := map[string]bool{}
	for _, s := range w.said {
		known[s.word] = true
		m, there := first[s.word]
		switch {
		case !there && !(s.held && strings.Contains(kept.String(), s.word)):
			w.wrongf("%s was acknowledged on %s, and is lost", s.word, s.ticket)
		case there && (m.TicketID != s.ticket || (m.Visibility == "internal") != s.internal):
			w.wrongf("%s was said as %+v and stands as %+v", s.word, s, m)
		}
	}
	for _, t := range w.typed {
		known[t.word] = true
		if _, there := first[t.word]; t.user != 0 && !there && !strings.Contains(kept.String(), t.word) {
			w.wrongf("%s was typed by %d, and is lost", t.word, t.user)
		}
	}
	for word, m := range first {
		if !known[word] && !strings.Contains(m.Body, "In other words") && !strings.Contains(m.Body, "Another thing") {
			w.wrongf("%s was never acknowledged, and stands on %s", word, m.TicketID)
		}
	}
}

// examineScopes compares what everybody finds with what they should, by the model of standing.
func (w *world) examineScopes() {
	rows := w.rows("")
	someWord := pick(w, w.said)
	for _, u := range w.people {
		who := storagetest.As(u, core.DoorSSH)
		s := w.standing(who)
		w.examineList(who, s, rows, false)
		w.examineList(who, s, rows, true)
		w.examineSearch(who, s, rows, someWord)
		w.examineCounts(who, s, rows)
		for range 4 {
			w.examineView(who, s, pick(w, rows))
		}
	}
	for range 3 {
		if len(w.guests) == 0 {
			break
		}
		g := pick(w, w.guests)
		who, _, err := w.desk.Guest(w.Context(), core.DoorWeb, g.token, "10.0.0.1")
		if err != nil {
			continue
		}
		s := w.standing(who)
		w.examineList(who, s, rows, false)
		w.examineSearch(who, s, rows, someWord)
		w.examineView(who, s, pick(w, rows))
		w.examineView(who, s, w.row(g.ticket))
	}
}

// list pages through everything that a query finds.
func (w *world) list(who core.Actor, text string, mine bool) (ids []core.TicketID, page core.Page) {
	q, err := query.Parse(text)
	w.need(err, "parse "+text)
	req := core.ListRequest{Query: q, Mine: mine, Limit: 7}
	for {
		page, err = w.desk.Tickets(w.Context(), who, req)
		w.need(err, "list "+text)
		for i := range page.Tickets {
			ids = append(ids, page.Tickets[i].ID)
		}
		if req.After = page.Next; page.Next == "" {
			slices.Sort(ids)
			return ids, page
		}
	}
}

func (w *world) examineList(who core.Actor, s standing, rows []row, mine bool) {
	if s.disabled {
		if _, err := w.desk.Tickets(w.Context(), who, core.ListRequest{}); core.KindOf(err) != core.Unauthenticated {
			w.wrongf("user %d is disabled, and lists tickets: %v", who.User, err)
		}
		return
	}
	var want []core.TicketID
	for _, r := range rows {
		if s.works(r) && !mine || s.owns(r) && (mine || !s.staff()) {
			want = append(want, r.ID)
		}
	}
	if got, _ := w.list(who, "", mine); !slices.Equal(got, want) {
		w.wrongf("%+v (mine %v) lists %v, and should list %v", s, mine, got, want)
	}
}

func (w *world) examineSearch(who core.Actor, s standing, rows []row, word said) {
	if s.disabled {
		return
	}
	got, page := w.list(who, word.word, false)
	if len(page.Respelled) > 0 {
		return
	}
	for _, id := range got {
		at := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
		if at < 0 || !s.works(rows[at]) && (!s.owns(rows[at]) || word.internal) {
			w.wrongf("%+v finds %s by %+v, and should not", s, id, word)
		}
	}
	at := slices.IndexFunc(rows, func(r row) bool { return r.ID == word.ticket })
	if !word.held && page.Stopped == 0 && s.works(rows[at]) && !slices.Contains(got, word.ticket) {
		w.wrongf("%+v does not find %s by %+v", s, word.ticket, word)
	}
}

func (w *world) examineCounts(who core.Actor, s standing, rows []row) {
	if !s.staff() {
		return
	}
	views, err := w.desk.Views(w.Context(), who)
	w.need(err, "read views")
	counts, err := w.desk.CountViews(w.Context(), who, views)
	w.need(err, "count views")
	for i, v := range views {
		var want int
		switch v.Name {
		case "open", "active", "closed":
			for _, r := range rows {
				if s.works(r) && r.Status == v.Name {
					want++
				}
			}
		default:
			got, _ := w.list(who, v.Query.Source, false)
			want = len(got)
		}
		if counts[i].N != want {
			w.wrongf("%+v counts %d in view %s, and should count %d", s, counts[i].N, v.Name, want)
		}
	}
}

func (w *world) examineView(who core.Actor, s standing, r row) {
	if s.disabled {
		return
	}
	view, err := w.desk.Ticket(w.Context(), who, r.ID)
	sees := s.works(r) || s.owns(r)
	if !sees {
		if core.KindOf(err) != core.NotFound {
			w.wrongf("%+v sees %s: %v", s, r.ID, err)
		}
		return
	}
	w.need(err, "view "+r.ID.String())
	if view.AsStaff != s.works(r) {
		w.wrongf("%+v sees %s as staff: %v", s, r.ID, view.AsStaff)
	}
	for _, m := range view.Messages {
		if !s.works(r) && (m.Ticket != r.ID || m.Visibility != core.PublicMessage) {
			w.wrongf("%+v, who reported %s, reads %+v", s, r.ID, m)
		}
	}
	if !s.works(r) && (len(view.Held) > 0 || len(view.Ticket.Tags) > 0 || len(view.Merged) > 0) {
		w.wrongf("%+v, who reported %s, sees what is among staff: %+v", s, r.ID, view)
	}
	for _, e := range view.Events {
		if !s.works(r) && (e.Kind == core.EventNoted || e.Kind == core.EventViewed || e.Field == core.FieldTag || e.Field == core.FieldMerged) {
			w.wrongf("%+v, who reported %s, reads in its history %+v", s, r.ID, e)
		}
	}
}
