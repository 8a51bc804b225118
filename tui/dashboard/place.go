package dashboard

import (
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/tui/screen"
)

// Place is where somebody was on the dashboards, to be found there again.
type Place struct {
	Open    bool         `json:"open"`
	Tab     tab          `json:"tab,omitempty"`
	Query   string       `json:"query,omitempty"`
	Days    int          `json:"days,omitempty"`
	Term    bool         `json:"term,omitempty"`
	From    query.Date   `json:"from,omitzero"`
	To      query.Date   `json:"to,omitzero"`
	Step    core.Step    `json:"step,omitempty"`
	Against core.Against `json:"against,omitempty"`
	Office  bool         `json:"office,omitempty"`
	Row     int          `json:"row,omitempty"`
	By      int          `json:"by,omitempty"`
}

// NewAt makes the dashboards as somebody left them.
func NewAt(env *screen.Env, place Place) *Screen {
	s := New(env)
	asked, err := query.Parse(place.Query)
	if err != nil || place.Tab < 0 || place.Tab >= tabs || place.Days <= 0 && !place.Term && place.From.IsZero() {
		return s // kept by another version of the console
	}
	s.tab, s.by = place.Tab, max(0, min(place.By, len(core.Dimensions())-1))
	s.ask = core.Question{
		Query: asked, Days: place.Days, Term: place.Term, From: place.From, To: place.To, Step: place.Step, Against: place.Against, Office: place.Office,
	}
	s.row[s.tab] = max(0, place.Row)
	return s
}

// Place says where the person is now.
func (s *Screen) Place() Place {
	return Place{
		Open: true, Tab: s.tab, Query: s.ask.Query.String(), Days: s.ask.Days, Term: s.ask.Term, From: s.ask.From, To: s.ask.To,
		Step: s.ask.Step, Against: s.ask.Against, Office: s.ask.Office, Row: s.row[s.tab], By: s.by,
	}
}
