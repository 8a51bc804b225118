package screen

import (
	"slices"

	"helpdesk.campus/core"
)

// LastSaid is the reply that is the last thing somebody did on a ticket, if it is: undoing would take back what they did
// before it, and words that have gone stay.
func (e *Env) LastSaid(v *core.TicketView) (core.Event, bool) {
	undone := map[string]bool{}
	for i, event := range slices.Backward(v.Events) {
		undone[event.Undoes] = true
		switch {
		case event.User.ID != e.Me.ID, event.Undoes != "", undone[event.Command]:
		case event.Kind == core.EventReplied:
			along := slices.ContainsFunc(v.Events[:i], func(o core.Event) bool { return o.Command == event.Command && changes(o.Kind) })
			return event, !along
		case changes(event.Kind):
			return core.Event{}, false
		}
	}
	return core.Event{}, false
}

// changes reports whether an event is of what undoing is about.
func changes(kind core.EventKind) bool {
	return slices.Contains([]core.EventKind{core.EventChanged, core.EventCorrected, core.EventMerged, core.EventUnmerged, core.EventSplit}, kind)
}
