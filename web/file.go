package web

import (
	"encoding/base64"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"helpdesk.campus/core"
)

// filePolicy is what a browser is told of a file: if it shows it at all, then as a page that may
// neither load nor run nor send anything, and that belongs to no site.
const filePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

// attached is a file as a page shows it.
type attached struct {
	core.File
	Path string
}

// attachments gives the files of a message their addresses.
func attachments(page string, files []core.File) []attached {
	list := make([]attached, len(files))
	for i, f := range files {
		list[i] = attached{f, page + "/files/" + strconv.FormatInt(int64(f.ID), 10) + "/" + url.PathEscape(f.Name)}
	}
	return list
}

// Attachments are the files of a message.
func (p ticketPage) Attachments(m *core.Message) []attached {
	return attachments(p.Path, m.Files)
}

// file sends a file of a ticket, piece by piece. It is looked up for this reader each time.
func (h *Handler) file(w http.ResponseWriter, r *http.Request, c *caller) error {
	o, err := h.open(w, r, c)
	if err != nil {
		return err
	}
	if !o.owned(c) {
		return core.Missing("ticket")
	}
	return h.sendFile(w, r, o.actor, o.view.Ticket.ID)
}

// sendFile sends the file of the address, if it is on that ticket and for this reader.
func (h *Handler) sendFile(w http.ResponseWriter, r *http.Request, who core.Actor, ticket core.TicketID) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return core.Missing("ticket")
	}
	file, pieces, err := h.desk.OpenFile(r.Context(), who, ticket, core.FileID(id))
	if err != nil {
		return err
	}
	if file.Name != r.PathValue("name") {
		return core.Missing("ticket")
	}
	header := w.Header()
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Vary", "Cookie")
	tag := `"` + base64.RawURLEncoding.EncodeToString(file.Digest[:12]) + `"`
	header.Set("ETag", tag)
	if matches(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.writeFile(w, r, file, pieces)
	return nil
}

// onceFile sends the file of a link that opens once. Asking for its headers alone does not use it up,
// and is not answered.
func (h *Handler) onceFile(w http.ResponseWriter, r *http.Request, _ *caller) error {
	if r.Method == http.MethodHead {
		w.Header().Set("Allow", http.MethodGet)
		return refused(http.StatusMethodNotAllowed, "method")
	}
	file, pieces, err := h.desk.OpenLinkedFile(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	h.writeFile(w, r, file, pieces)
	return nil
}

// writeFile sends a file piece by piece.
func (h *Handler) writeFile(w http.ResponseWriter, r *http.Request, file core.File, pieces iter.Seq2[[]byte, error]) {
	header := w.Header()
	header.Set("Content-Security-Policy", filePolicy)
	disposition := "attachment"
	if file.IsPicture() { // drawn by us, so that it is nothing but a picture
		disposition = "inline"
	}
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file.Name}))
	header.Set("Content-Type", file.MediaType)
	header.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	if r.Method == http.MethodHead {
		return
	}
	for data, err := range pieces {
		if err != nil {
			h.complain(r.Context(), r, http.StatusInternalServerError, err)
			panic(http.ErrAbortHandler) //nolint:forbidigo // the server's own way to tell a reader that the rest is missing
		}
		if _, err := w.Write(data); err != nil {
			return // whoever has gone away needs no answer
		}
	}
}
