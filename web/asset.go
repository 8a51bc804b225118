package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"net/http"
)

//go:embed style.css
var styleSource []byte

//go:embed favicon.svg
var faviconSource []byte

// asset is a file that never changes under its address.
type asset struct {
	body    []byte
	version string
}

func readStyle() (asset, error) {
	if len(styleSource) == 0 {
		return asset{}, fmt.Errorf("the stylesheet is empty")
	}
	sum := sha256.Sum256(styleSource)
	return asset{body: styleSource, version: hex.EncodeToString(sum[:6])}, nil
}

// styleSheet serves the one stylesheet, to be kept for a year under the address that pages use.
func (h *Handler) styleSheet(w http.ResponseWriter, r *http.Request, _ *caller) error {
	tag := `"` + h.style.version + `"`
	w.Header().Set("ETag", tag)
	w.Header().Set("Vary", "Accept-Encoding")
	w.Header().Set("Cache-Control", "public, no-cache")
	if r.URL.Query().Get("v") == h.style.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if matches(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	send(w, r, http.StatusOK, "text/css; charset=utf-8", h.style.body)
	return nil
}

func (h *Handler) favicon(w http.ResponseWriter, r *http.Request, _ *caller) error {
	w.Header().Set("Cache-Control", "public, max-age=604800")
	w.Header().Set("Vary", "Accept-Encoding")
	send(w, r, http.StatusOK, "image/svg+xml", faviconSource)
	return nil
}

// robots lets search engines find the form, and nothing that belongs to somebody.
func (h *Handler) robots(w http.ResponseWriter, r *http.Request, _ *caller) error {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("Vary", "Accept-Encoding")
	send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /t/\nDisallow: /tickets\nDisallow: /account\n"))
	return nil
}

// help says how to reach people and what happens with a report.
func (h *Handler) help(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.show(w, r, c, http.StatusOK, "help", page{Title: c.words.T("help.title"), Section: "help"})
	return nil
}
