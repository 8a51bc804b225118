package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"helpdesk.campus/core"
)

const (
	// withFiles is how much a form with files may carry. It is far more than is kept, because only a
	// browser that was heard out shows the page that says what was too large.
	withFiles = 128 << 20
	// uploadTime is how long a slow telephone may take to send its photographs.
	uploadTime = 5 * time.Minute
	maxParts   = 100
)

// readUpload reads a form that may come with files, as it comes: each file goes to the desk while it
// arrives, and is kept there under the form's key, so that it need not be sent again when the form is
// shown again. It returns what could be read also when it fails. Where somebody has signed in or out
// since the form was shown, the files wait under the key that it is to be shown with again. The error is
// a problem of the field "files" for what is wrong with a file. If keep is false, files are passed over.
func (h *Handler) readUpload(w http.ResponseWriter, r *http.Request, who core.Actor, keep bool) (form, error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, longText)
		f, err := readForm(r)
		if err == nil && keep {
			err = h.removeUploads(r.Context(), who, f)
		}
		return f, err
	}
	control := http.NewResponseController(w)
	now := time.Now() //nolint:forbidigo // a deadline of the connection
	_ = control.SetReadDeadline(now.Add(uploadTime))
	_ = control.SetWriteDeadline(now.Add(uploadTime + time.Minute))
	u := upload{h: h, who: who, keep: keep, form: form{values: url.Values{}}, left: longText}
	err = u.read(r.Context(), multipart.NewReader(r.Body, params["boundary"]))
	r.PostForm = u.form.values // where the page of an error finds what was typed
	if err == nil {
		err = u.trouble
	}
	if err == nil && keep {
		err = h.removeUploads(r.Context(), who, u.form)
	}
	if err == nil && len(u.wrong) > 0 {
		err = &core.Error{Kind: core.Invalid, Code: "invalid", Problems: u.wrong}
	}
	return u.form, err
}

// upload is a form with files while it is read.
type upload struct {
	h     *Handler
	who   core.Actor
	keep  bool
	form  form
	left  int64 // bytes of text that are still taken
	wrong []core.Problem

	trouble error // why no more files are taken; the text that comes after them is read all the same
}

func (u *upload) read(ctx context.Context, parts *multipart.Reader) error {
	for range maxParts {
		part, err := parts.NextRawPart()
		if err == io.EOF { // a form that breaks off before its end wraps it
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if err := u.take(ctx, part); err != nil {
			return err
		}
	}
	return refused(http.StatusUnprocessableEntity, "form_unreadable")
}

func (u *upload) take(ctx context.Context, part *multipart.Part) error {
	name, file, isFile := called(part)
	if isFile {
		if err := u.file(ctx, file, part); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, part); err != nil { // what was not wanted of it
			return unreadable(err)
		}
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(part, u.left+1))
	if err != nil {
		if name != "" {
			u.form.values.Add(name, string(text))
		}
		return unreadable(err)
	}
	if u.left -= int64(len(text)); u.left < 0 {
		return refused(http.StatusRequestEntityTooLarge, "too_large")
	}
	if name != "" {
		u.form.values.Add(name, string(text))
	}
	return nil
}

// called is the name of the input that a part is of, or of the file in it. A part that does not say has neither.
func called(part *multipart.Part) (name, file string, isFile bool) {
	disposition, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return "", "", false
	}
	if file, isFile = params["filename"]; isFile || disposition != "form-data" {
		return "", file, isFile
	}
	return params["name"], "", false
}

// file gives a file to the desk. A browser sends an empty one for an input that was left alone.
func (u *upload) file(ctx context.Context, name string, part io.Reader) error {
	body := &remembering{in: part}
	if !u.keep {
		return nil
	}
	var first [1]byte
	n, _ := io.ReadFull(body, first[:])
	if body.err != nil {
		return unreadable(body.err)
	}
	if n == 0 && name == "" {
		return nil
	}
	if err := u.ready(ctx); err != nil {
		u.stop(err)
		return nil
	}
	_, err := u.h.desk.Upload(ctx, u.who, u.form.nextKey(), name, io.MultiReader(bytes.NewReader(first[:n]), body))
	if body.err != nil {
		return unreadable(body.err)
	}
	u.note(err)
	return nil
}

// note keeps what is wrong with a file for the end of the form.
func (u *upload) note(err error) {
	if e, ok := errors.AsType[*core.Error](err); ok && hasProblem(err, "files") {
		u.wrong = append(u.wrong, e.Problems...)
		return
	}
	u.stop(err)
}

// stop passes further files over, because of something that is not wrong with one of them.
func (u *upload) stop(err error) {
	if err != nil {
		u.trouble, u.keep = err, false
	}
}

// ready makes the form's key one that files can be kept under, and makes room for them.
func (u *upload) ready(ctx context.Context) error {
	var err error
	if u.form.again, err = u.h.keepKey(ctx, u.who, u.form.nextKey()); err != nil {
		return err
	}
	return u.h.removeUploads(ctx, u.who, u.form)
}

// keepKey is the key of a form that is shown again: the same if it is this person's, else another,
// which takes the files along that came with the old one.
func (h *Handler) keepKey(ctx context.Context, who core.Actor, old string) (string, error) {
	if h.desk.CheckFormKey(who, old) == nil {
		return old, nil
	}
	key, err := h.desk.NewFormKey(who)
	if err != nil {
		return "", fmt.Errorf("make form key: %w", err)
	}
	return key, h.desk.MoveUploads(ctx, who, old, key) //nolint:wrapcheck // the desk's errors say what was done
}

// waiting are the files that wait with a form. While the database is away there are none to show, and
// they wait all the same.
func (h *Handler) waiting(ctx context.Context, who core.Actor, key string) []core.File {
	files, err := h.desk.Uploads(ctx, who, key)
	if err != nil && ctx.Err() == nil { // else nobody is there to be shown any
		h.logger.WarnContext(ctx, "uploads not shown", "error", err)
	}
	return files
}

// slots numbers the inputs for further files beside those that wait. One is always there, for a file
// that takes the place of another.
func slots(waiting []core.File) []int {
	list := make([]int, max(1, core.MaxFiles-len(waiting)))
	for i := range list {
		list[i] = i + 1
	}
	return list
}

// removeUploads takes away the files that were marked for it.
func (h *Handler) removeUploads(ctx context.Context, who core.Actor, f form) error {
	var ids []core.FileID
	for _, value := range f.values["remove"] {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil && len(ids) < maxParts {
			ids = append(ids, core.FileID(id))
		}
	}
	mine := h.desk.CheckFormKey(who, f.nextKey()) == nil
	if len(ids) == 0 || !mine {
		return nil
	}
	return h.desk.RemoveUploads(ctx, who, f.nextKey(), ids) //nolint:wrapcheck // the desk's errors say what was done
}

// unreadable says why a form could not be read to its end: it is too large, or was cut off.
func unreadable(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return refused(http.StatusRequestEntityTooLarge, "files_too_large")
	}
	if _, malformed := errors.AsType[textproto.ProtocolError](err); malformed || errors.Is(err, multipart.ErrMessageTooLarge) {
		return refused(http.StatusUnprocessableEntity, "form_unreadable")
	}
	return refused(http.StatusUnprocessableEntity, "files_cut")
}

// remembering notes how reading failed, so that a sender who went away is told from a desk that
// cannot keep what they sent.
type remembering struct {
	in  io.Reader
	err error
}

// Read implements io.Reader.
func (m *remembering) Read(b []byte) (int, error) {
	n, err := m.in.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
	}
	return n, err //nolint:wrapcheck // a reader passes its reader's error on
}
