package campus_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// entry is a line of a ticket's history.
type entry struct {
	StreamID core.TicketID
	Seq      int
	Version  int
	Command  string
	Kind     string
	Field    string
	From     string
	To       string
}

// examineHistory replays the history of every ticket, which must lead to what the ticket says, and has the desk check
// that nobody changed it.
func (w *world) examineHistory() {
	report, err := w.desk.VerifyHistory(w.Context(), core.Operator())
	w.need(err, "verify the history")
	if len(report.Faults) > 0 || report.Unchained > 0 {
		w.wrongf("the history is not as it was written: %+v", report)
	}
	found, err := w.raw.Query(w.Context(), `
		select stream_id, seq, version, command::text, kind, field, from_value as "from", to_value as "to"
		from events where stream = 'ticket' order by stream_id, seq`)
	w.need(err, "read the history")
	entries, err := pgx.CollectRows(found, pgx.RowToStructByName[entry])
	w.need(err, "read the history")
	of := map[core.TicketID][]entry{}
	for _, e := range entries {
		of[e.StreamID] = append(of[e.StreamID], e)
	}
	implied := impliedLinks(entries)
	for _, r := range w.rows("") {
		w.replay(r, of[r.ID], implied[r.ID])
	}
}

// impliedLinks are those that splitting and reporting again make: their own lines say so.
func impliedLinks(entries []entry) map[core.TicketID]map[string]bool {
	implied := map[core.TicketID]map[string]bool{}
	relate := func(one, other core.TicketID) {
		if implied[one] == nil {
			implied[one] = map[string]bool{}
		}
		implied[one]["related "+number(int64(other))] = true
	}
	for _, e := range entries {
		other, err := strconv.ParseInt(strings.TrimPrefix(e.From+e.To, "#"), 10, 64)
		if err == nil && (e.Kind == "split" || e.Kind == "repeated") {
			relate(e.StreamID, core.TicketID(other))
			relate(core.TicketID(other), e.StreamID)
		}
	}
	return implied
}

// replay follows one history. Every line must begin where the one before it on the same field ended.
func (w *world) replay(r row, entries []entry, links map[string]bool) {
	now := map[string]string{"status": "open", "assignee": "", "resolution": "", "waiting": "", "snoozed": "", "public": "no", "merged": ""}
	sets := map[string]map[string]bool{"tag": {}, "link": maps.Clone(links)}
	if links == nil {
		sets["link"] = map[string]bool{}
	}
	version, command := 1, ""
	for i, e := range entries {
		if e.Seq != i+1 {
			w.wrongf("the history of %s has %d in place %d", r.ID, e.Seq, i+1)
		}
		if e.Kind == "created" {
			now["queue"], command = e.To, e.Command
		}
		if e.Field != "" && e.Command != command { // one command is one version, whatever it changes
			version, command = version+1, e.Command
		}
		if e.Version < version-1 || e.Field != "" && e.Version != version {
			w.wrongf("line %d of %s has version %d, not %d: %+v", e.Seq, r.ID, e.Version, version, e)
		}
		if e.Kind != "changed" {
			continue
		}
		if set, many := sets[e.Field]; many {
			if e.To != "" && set[e.To] || e.From != "" && !set[e.From] {
				w.wrongf("line %d of %s puts on what is there, or takes off what is not: %+v", e.Seq, r.ID, e)
			}
			delete(set, e.From)
			if e.To != "" {
				set[e.To] = true
			}
			continue
		}
		if before, known := now[e.Field]; known && before != e.From {
			w.wrongf("line %d of %s goes from %q, where it was %q: %+v", e.Seq, r.ID, e.From, before, e)
		}
		now[e.Field] = e.To
	}
	is := map[string]string{
		"status": r.Status, "assignee": number(int64(r.Assignee)), "resolution": r.Resolution, "waiting": r.WaitingOn, "queue": r.Queue,
		"category": r.Category, "priority": core.Priority(r.Priority).String(), "place": r.Location, "confidential": fmt.Sprint(r.Confidential),
		"merged": number(int64(r.MergedInto)), "public": map[bool]string{true: "yes", false: "no"}[r.Public], "snoozed": "",
	}
	if !r.SnoozedUntil.IsZero() {
		is["snoozed"] = r.SnoozedUntil.In(w.zone).Format(time.RFC3339)
	}
	for field, value := range now {
		if is[field] != value {
			w.wrongf("%s of %s is %q, and its history says %q", field, r.ID, is[field], value)
		}
	}
	if version != r.Version || len(entries) != r.LastSeq {
		w.wrongf("%s is at version %d and line %d; its history ends at %d and %d", r.ID, r.Version, r.LastSeq, version, len(entries))
	}
	if tags := strings.Join(slices.Sorted(maps.Keys(sets["tag"])), " "); tags != r.Tags {
		w.wrongf("%s has the tags %q, and its history says %q", r.ID, r.Tags, tags)
	}
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
