package web

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// form is what somebody sent.
type form struct {
	values url.Values
	again  string // the key to show it again with, if it is another than it came with
}

// nextKey is the key that the form is shown again with.
func (f form) nextKey() string { return cmp.Or(f.again, f.get("key")) }

// readForm reads the form of a POST.
func readForm(r *http.Request) (form, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return form{}, refused(http.StatusUnsupportedMediaType, "media_type")
	}
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return form{}, refused(http.StatusRequestEntityTooLarge, "too_large")
		}
		return form{}, refused(http.StatusUnprocessableEntity, "form_unreadable")
	}
	return form{values: r.PostForm}, nil
}

// get returns a field as text that can be stored and shown.
func (f form) get(name string) string { return storable(f.values.Get(name)) }

// secret returns a field as it was typed, which is how passwords are compared.
func (f form) secret(name string) string { return f.values.Get(name) }

// storable drops what PostgreSQL and browsers cannot keep.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// fromQuery returns a short value of the address, for filling in a form.
func fromQuery(r *http.Request, name string, most int) string {
	value := []rune(strings.TrimSpace(storable(r.URL.Query().Get(name))))
	return string(value[:min(len(value), most)])
}
