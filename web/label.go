package web

import (
	"net/http"
	"strings"

	"helpdesk.campus/core"
)

// label is where the square on a door leads: to the form, with the place filled in. A code that is
// not known leads there too, as words that can be changed.
func (h *Handler) label(w http.ResponseWriter, r *http.Request, c *caller) error {
	code := []rune(strings.TrimSpace(storable(r.PathValue("code"))))
	written := string(code[:min(len(code), core.MaxPlace)])
	building, room, err := h.desk.FindPlace(r.Context(), c.actor, written)
	switch {
	case err != nil && c.trouble == nil:
		return err
	case building.ID == 0:
		goTo(w, r, "/", "room", written)
	case room.ID == 0:
		goTo(w, r, "/", "building", building.Code)
	default:
		goTo(w, r, "/", "building", building.Code, "room", strings.TrimPrefix(room.Code, building.Code+"-"))
	}
	return nil
}
