package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
)

// state is what a state of the log is to us.
type state struct {
	status  core.Status
	waiting core.Waiting
}

// states maps the log's states. Resolved and Closed are both closed: the first of them is when the
// work ended.
var states = map[string]state{
	"New":                {core.Open, core.WaitingNobody},
	"Active":             {core.Active, core.WaitingNobody},
	"Awaiting User Info": {core.Active, core.WaitingReporter},
	"Awaiting Problem":   {core.Active, core.WaitingThirdParty},
	"Awaiting Vendor":    {core.Active, core.WaitingThirdParty},
	"Awaiting Evidence":  {core.Active, core.WaitingThirdParty},
	"Resolved":           {core.Closed, core.WaitingNobody},
	"Closed":             {core.Closed, core.WaitingNobody},
}

// priorities maps the log's priorities; one that is not known is normal.
var priorities = map[string]core.Priority{
	"1 - Critical": core.Urgent,
	"2 - High":     core.High,
	"3 - Moderate": core.Normal,
	"4 - Low":      core.Low,
	"5 - Planning": core.Low,
	"":             core.Normal,
}

// resolutions maps the close codes that ServiceNow comes with.
var resolutions = map[string]core.Resolution{
	"solved (work around)":           core.Fixed,
	"solved (permanently)":           core.Fixed,
	"solved remotely (work around)":  core.Fixed,
	"solved remotely (permanently)":  core.Fixed,
	"workaround provided":            core.Fixed,
	"resolved by change":             core.Fixed,
	"resolved by problem":            core.Fixed,
	"resolved by request":            core.Fixed,
	"solution provided":              core.Answered,
	"user error":                     core.Answered,
	"known error":                    core.Answered,
	"duplicate":                      core.Duplicate,
	"not solved (not reproducible)":  core.NotFoundNow,
	"not solved (too costly)":        core.Declined,
	"no resolution provided":         core.Declined,
	"closed/resolved by caller":      core.Withdrawn,
	"resolved by caller":             core.Withdrawn,
	"closed/resolved by the caller":  core.Withdrawn,
	"solved by the caller (himself)": core.Withdrawn,
}

// resolution says how the work ended. Of a code that only its own house understands ("code 6") no
// more is known than that the work was done; the code itself is kept beside it.
func resolution(code string) core.Resolution {
	if r, ok := resolutions[strings.ToLower(code)]; ok {
		return r
	}
	return core.Fixed
}

// convert makes a ticket of an incident. Every step changes something, or carries the log's own name
// of a state, so that each becomes one event.
func (c *campus) convert(i Incident) core.ImportedTicket {
	first, last := &i.entries[0], &i.entries[len(i.entries)-1]
	t := core.ImportedTicket{
		Source:      source(i),
		Title:       title(first),
		Description: description(last),
		Category:    c.categories[kindOf(first)],
		Queue:       c.queues[first.values[colGroup]],
		Location:    c.locations[first.values[colLocation]],
		Reporter:    c.people[first.values[colCaller]],
		CreatedBy:   c.people[first.values[colOpenedBy]],
		Priority:    priorities[first.values[colPriority]],
		CreatedAt:   created(i),
	}
	h := history{campus: c, before: *first, ending: lastEnding(i)}
	h.before.values[colState], h.before.values[colAssignee] = "New", "" // what every ticket begins as
	for n := range i.entries {
		h.add(&i.entries[n])
	}
	t.Steps = h.steps
	return t
}

// source names an incident for good: it is imported once.
func source(i Incident) string { return "servicenow:" + i.Number }

// created is when the incident was opened. Some have updates from before that: then those began it.
func created(i Incident) time.Time {
	earliest := i.entries[0].at
	for _, e := range i.entries {
		if e.at.Before(earliest) {
			earliest = e.at
		}
		if !e.opened.IsZero() && e.opened.Before(earliest) {
			earliest = e.opened
		}
	}
	return earliest
}

// lastEnding is the line with which the work ended for good, 0 if it has not.
func lastEnding(i Incident) int {
	line, before := 0, core.Open
	for _, e := range i.entries {
		now := states[e.values[colState]].status
		if now == core.Closed && before != core.Closed {
			line = e.line
		}
		before = now
	}
	return line
}

// history turns lines, each of which is a whole state, into the steps between them.
type history struct {
	campus *campus
	before entry
	ending int
	steps  []core.ImportedStep
}

func (h *history) step(e *entry, field, to, source string) *core.ImportedStep {
	h.steps = append(h.steps, core.ImportedStep{
		At: e.at, By: h.campus.people[e.values[colUpdatedBy]], Field: field, To: to, Source: source,
	})
	return &h.steps[len(h.steps)-1]
}

// add writes what one line changed.
func (h *history) add(e *entry) {
	changed := func(c column) bool { return e.values[c] != h.before.values[c] }
	if kindOf(e) != kindOf(&h.before) {
		h.step(e, core.FieldCategory, kindOf(e).code(), "")
	}
	if changed(colLocation) {
		h.step(e, core.FieldPlace, locationCode(e.values[colLocation]), "")
	}
	if now := priorities[e.values[colPriority]]; now != priorities[h.before.values[colPriority]] {
		h.step(e, core.FieldPriority, now.String(), "")
	}
	if changed(colGroup) {
		h.step(e, core.FieldQueue, queueCode(e.values[colGroup]), "")
	}
	if changed(colAssignee) {
		h.step(e, core.FieldAssignee, userCode(h.campus.people[e.values[colAssignee]]), "")
	}
	if changed(colState) {
		h.enter(e)
	}
	h.before = *e
}

// enter writes a change of state. Waiting ends before the status changes and begins after it.
func (h *history) enter(e *entry) {
	name := e.values[colState]
	was, now := states[h.before.values[colState]], states[name]
	if was.waiting != now.waiting && now.waiting == core.WaitingNobody {
		h.step(e, core.FieldWaiting, string(core.WaitingNobody), "")
	}
	h.step(e, core.FieldStatus, string(now.status), name)
	if code := e.values[colClosedCode]; e.line == h.ending && code != "" {
		// The log gives the code and the person of the last ending on all lines, so of that one only.
		s := h.step(e, core.FieldResolution, string(resolution(code)), code)
		if by := h.campus.people[e.values[colResolvedBy]]; by != (core.Person{}) {
			s.By = by
		}
	}
	if was.waiting != now.waiting && now.waiting != core.WaitingNobody {
		h.step(e, core.FieldWaiting, string(now.waiting), "")
	}
}

func userCode(p core.Person) string {
	if p.ID == 0 {
		return ""
	}
	return strconv.FormatInt(int64(p.ID), 10)
}

// title is the incident's own, or what it says about itself where the words were taken out.
func title(e *entry) string {
	if own := e.values[colTitle]; own != "" {
		return cut(own, core.MaxTitle)
	}
	var parts []string
	for _, c := range []column{colCategory, colSubcategory, colSymptom} {
		if v := e.values[c]; v != "" {
			parts = append(parts, v)
		}
	}
	if len(parts) == 0 {
		return "Incident " + cut(e.values[colNumber], 40)
	}
	return cut(strings.Join(parts, ", "), core.MaxTitle)
}

// description is the incident's own, with all that has no place of ours as it was at the end.
func description(last *entry) string {
	var b strings.Builder
	if own := last.values[colDescription]; own != "" {
		b.WriteString(cut(own, core.MaxBody/2) + "\n\n")
	}
	fmt.Fprintf(&b, "Imported from ServiceNow, incident %s.\n", last.values[colNumber])
	kept := append([]column{colSymptom, colClosedCode, colResolvedBy}, restColumns()...)
	for _, c := range kept {
		if v := last.values[c]; v != "" {
			fmt.Fprintf(&b, "\n%s: %s", columnNames[c], v)
		}
	}
	return cut(b.String(), core.MaxBody)
}

func restColumns() []column {
	rest := make([]column, 0, len(columnNames))
	for c := firstKept; int(c) < len(columnNames); c++ {
		rest = append(rest, c)
	}
	return rest
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
