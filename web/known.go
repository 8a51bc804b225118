package web

import (
	"context"
	"net/http"

	"helpdesk.campus/core"
)

// knownPage lists what staff made public, of a building or of the whole campus.
type knownPage struct {
	Building core.Location // zero: the whole campus
	Groups   []knownGroup
}

// knownGroup is what is known of one building.
type knownGroup struct {
	Building core.Location // zero: of none
	Issues   []core.KnownIssue
}

// knownIssues shows what is known, under the building where it is.
func (h *Handler) knownIssues(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	var data knownPage
	if code := storable(r.PathValue("building")); code != "" {
		var err error
		if data.Building, _, err = h.desk.FindPlace(r.Context(), c.actor, code); err != nil {
			return err
		}
		if data.Building.ID == 0 {
			return refused(http.StatusNotFound, "page_not_found")
		}
	}
	issues, err := h.desk.KnownIssues(r.Context(), c.actor, data.Building.ID)
	if err != nil {
		return err
	}
	data.Groups = byBuilding(issues)
	return h.showOnce(w, r, c, c.actor, "known", page{Title: c.words.T("known.title"), Section: "report", Data: data})
}

// byBuilding groups issues by where they are, in their order.
func byBuilding(issues []core.KnownIssue) []knownGroup {
	var groups []knownGroup
	at := make(map[core.LocationID]int)
	for _, issue := range issues {
		i, ok := at[issue.Building.ID]
		if !ok {
			i = len(groups)
			at[issue.Building.ID] = i
			groups = append(groups, knownGroup{Building: issue.Building})
		}
		groups[i].Issues = append(groups[i].Issues, issue)
	}
	return groups
}

// meToo counts the caller among those who have the same trouble, and shows where it stands.
func (h *Handler) meToo(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if c.trouble != nil {
		return c.trouble
	}
	issue, err := h.desk.MeToo(r.Context(), c.actor, f.get("issue"), f.get("key"))
	if err != nil {
		return err
	}
	goTo(w, r, "/me-too/"+issue.Handle, "done", "1")
	return nil
}

// issuePage shows one issue to those who have the same trouble.
type issuePage struct {
	Issue core.KnownIssue
	Done  bool // they have just said so
}

// issue shows where an issue stands. Its address can be kept, and says nothing of the conversation.
func (h *Handler) issue(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	known, err := h.desk.KnownIssue(r.Context(), c.actor, storable(r.PathValue("issue")))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	data := issuePage{Issue: known, Done: r.URL.Query().Get("done") != ""}
	return h.showOnce(w, r, c, c.actor, "me-too", page{Title: c.words.T("me_too.title"), Section: "report", Data: data})
}

// countKnown says how much is known where somebody reports. The form does without it when it cannot
// be found out.
func (h *Handler) countKnown(ctx context.Context, who core.Actor, code string) (core.Location, int) {
	var building core.Location
	if code != "" {
		building, _, _ = h.desk.FindPlace(ctx, who, code)
	}
	issues, err := h.desk.KnownIssues(ctx, who, building.ID)
	if err != nil {
		return building, 0
	}
	return building, len(issues)
}

// question asks which place was meant by one that does not exist.
type question struct{ Places []core.Location }

// asking names a place as it was written, so that the same one is asked about once.
func (f *reportFields) asking() string { return f.Building + " " + f.Room }

// settle takes the answer to a question that was asked before, or asks one if the room is not known
// and others are near. An answer to a question about another place is none.
func (h *Handler) settle(ctx context.Context, who core.Actor, f *reportFields) error {
	if f.Asked == f.asking() && f.Room != "" {
		if f.Meant == "" {
			return nil // in their own words
		}
		building, room, err := h.desk.FindPlace(ctx, who, f.Meant)
		if err == nil && room.ID != 0 {
			f.Building, f.Room, f.Asked = building.Code, room.Code, ""
		}
		return err
	}
	places, err := h.desk.SuggestPlaces(ctx, who, f.where())
	if err != nil || len(places) == 0 {
		return err
	}
	f.Asked, f.Meant = f.asking(), ""
	f.question = question{Places: places}
	return core.Unsure(f.Room)
}
