package web

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// moment is a time as people read it, and as machines do.
type moment struct {
	Words string
	Exact string // RFC 3339, for the datetime attribute
	Full  string // the day and the time, for who wants to know exactly
}

// moment says how long ago something was; after a day it gives the date.
func (h *Handler) moment(words text.Language, t time.Time) moment {
	m := h.date(words, t)
	switch ago := h.desk.Now().Sub(t); {
	case ago < time.Minute:
		m.Words = words.T("time.now")
	case ago < time.Hour:
		m.Words = words.T("time.minutes", "Count", int(ago/time.Minute))
	case ago < 6*time.Hour:
		m.Words = words.T("time.hours", "Count", int(ago/time.Hour))
	}
	return m
}

// date says on which day and when, in the campus's zone.
func (h *Handler) date(words text.Language, t time.Time) moment {
	local, now := t.In(h.desk.Zone()), h.desk.Now().In(h.desk.Zone())
	clock := local.Format("15:04")
	full := words.T("time.date", "Day", local.Day(), "Month", words.T(fmt.Sprintf("month.%02d", local.Month())), "Year", local.Year(), "Clock", clock)
	m := moment{Words: full, Full: full, Exact: local.Format(time.RFC3339)}
	switch day := now.Format(time.DateOnly); local.Format(time.DateOnly) {
	case day:
		m.Words = words.T("time.today", "Clock", clock)
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		m.Words = words.T("time.yesterday", "Clock", clock)
	}
	return m
}

// piece is a part of a text: plain, or an address that can be followed.
type piece struct {
	Text string
	URL  string
}

// addresses matches web addresses as people write them into sentences.
var addresses = regexp.MustCompile(`https?://[^\s<>"'\x60\x{202a}-\x{202e}\x{2066}-\x{2069}]+`)

// links finds the web addresses in a text. A full stop or bracket at the end belongs to the sentence.
func links(s string) []piece {
	var pieces []piece
	for s != "" {
		at := addresses.FindStringIndex(s)
		if at == nil {
			return append(pieces, piece{Text: s})
		}
		url := strings.TrimRight(s[at[0]:at[1]], ".,;:!?")
		if strings.HasSuffix(url, ")") && !strings.Contains(url, "(") {
			url = strings.TrimRight(url, ")")
		}
		if at[0] > 0 {
			pieces = append(pieces, piece{Text: s[:at[0]]})
		}
		pieces = append(pieces, piece{Text: url, URL: url})
		s = s[at[0]+len(url):]
	}
	return pieces
}

// sameText makes two texts equal that differ only in what browsers and the desk change by themselves.
func sameText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}

// statusWords says in plain words where the work stands: first what, then what that means.
func (h *Handler) statusWords(words text.Language, v *core.TicketView) []string {
	t := &v.Ticket
	switch {
	case t.GoesOn() && t.Resolution == core.Duplicate:
		return []string{words.T("ticket.now.merged"), words.T("ticket.now.merged.help")}
	case t.IsClosed():
		how := "ticket.now.closed." + string(t.Resolution)
		if !words.Has(how) { // none, or one that another system's log brought along
			how = "ticket.now.closed.somehow"
		}
		return []string{words.T(how, "When", h.date(words, t.ClosedAt).Words)}
	case t.WaitingOn == core.WaitingReporter:
		return append([]string{words.T("ticket.now.waiting.reporter"), words.T("ticket.now.waiting.reporter.help")}, h.restWords(words, v)...)
	case t.WaitingOn == core.WaitingThirdParty:
		return append([]string{words.T("ticket.now.waiting.third_party"), words.T("ticket.now.waiting.third_party.help")}, h.restWords(words, v)...)
	case t.Status == core.Active && t.Assignee.Name != "":
		return []string{words.T("ticket.now.active.person", "Name", t.Assignee.Name, "When", h.date(words, since(v)).Words)}
	case t.Status == core.Active:
		return []string{words.T("ticket.now.active", "When", h.date(words, since(v)).Words)}
	default:
		return []string{words.T("ticket.now.open"), words.T("ticket.now.open.help")}
	}
}

// restWords says of a ticket that waits since when it does, and who has it.
func (h *Handler) restWords(words text.Language, v *core.TicketView) []string {
	var list []string
	for _, e := range slices.Backward(v.Events) {
		if e.Kind == core.EventChanged && e.Field == core.FieldWaiting {
			list = append(list, words.T("ticket.now.since", "When", h.date(words, e.At).Words))
			break
		}
	}
	if name := v.Ticket.Assignee.Name; name != "" {
		list = append(list, words.T("ticket.now.with", "Name", name))
	}
	return list
}

// since says when the ticket came to where it stands: the last change of its status or assignee.
func since(v *core.TicketView) time.Time {
	for _, e := range slices.Backward(v.Events) {
		if e.Kind == core.EventChanged && (e.Field == core.FieldStatus || e.Field == core.FieldAssignee) {
			return e.At
		}
	}
	return v.Ticket.CreatedAt
}

// entry is one thing in a conversation: something said, or something that happened.
type entry struct {
	Message  *core.Message
	Mine     bool   // said by the reporter
	Happened string // in words
	At       time.Time
	FirstNew bool // what is new to the reader begins here
}

// timeline puts what was said and what happened in one order. Internal notes have no place in it,
// whoever reads.
func (h *Handler) timeline(words text.Language, v *core.TicketView) []entry {
	var entries []entry
	for i, m := range v.Messages {
		if m.Visibility == core.PublicMessage {
			entries = append(entries, entry{Message: &v.Messages[i], Mine: m.Side == core.ReporterSide, At: m.CreatedAt})
		}
	}
	for _, e := range v.Events {
		if happened := eventWords(words, e); happened != "" {
			entries = append(entries, entry{Happened: happened, At: e.At})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return a.At.Compare(b.At) })
	return entries
}

// eventWords says what happened, if it is something that reporters care for.
func eventWords(words text.Language, e core.Event) string {
	switch {
	case e.Kind == core.EventCorrected:
		return words.T("ticket.event.corrected")
	case e.Kind != core.EventChanged:
		return ""
	case e.Field == core.FieldAssignee && e.ToName != "":
		return words.T("ticket.event.taken", "Name", e.ToName)
	case e.Field == core.FieldStatus && e.To == string(core.Closed):
		return words.T("ticket.event.closed")
	case e.Field == core.FieldStatus && e.From == string(core.Closed):
		return words.T("ticket.event.reopened")
	case e.Field == core.FieldPlace:
		return words.T("ticket.event.place")
	case e.Field == core.FieldCategory:
		return words.T("ticket.event.category")
	}
	return ""
}
