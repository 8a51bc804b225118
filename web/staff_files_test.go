package web_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	noteKeyPattern = regexp.MustCompile(`/note"[^>]*>\s*<input type="hidden" name="key" value="([^"]*)"`)
	workFile       = regexp.MustCompile(`href="(/work/[0-9]+/files/[^"]*)"`)
)

// sendPicture sends a form with a picture, as browsers do.
func (b *browser) sendPicture(path string, fields url.Values, name string) answer {
	b.t.Helper()
	var body, picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		b.t.Fatal(err)
	}
	form := multipart.NewWriter(&body)
	for field, values := range fields {
		if err := form.WriteField(field, values[0]); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := part.Write(picture.Bytes()); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

func TestPhotographsOfStaffGoWhereTheWordsGo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, id := s.ownTicket(t, s.Ana, "No Wifi")
	path, ines, ana := workPath(id), s.as(t, s.Ines), s.as(t, s.Ana)

	page := ines.open(path)
	noted := ines.want(http.StatusSeeOther, ines.sendPicture(path+"/note", url.Values{"key": {found(noteKeyPattern, page.Body)}, "body": {"the valve"}}, "valve.png"))
	page = ines.open(noted.Location)
	file := found(workFile, page.Body)
	if a := ines.open(file); a.Header.Get("Content-Type") != "image/png" && a.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the picture comes as %q", a.Header.Get("Content-Type"))
	}
	theirs := strings.Replace(file, path, own, 1)
	ana.open(own).doesNotSay(t, "valve")
	for name, a := range map[string]answer{
		"the reporter at the ticket": ana.get(theirs), "the reporter at work": ana.get(file),
		"nobody": s.browser(t).get(file), "staff elsewhere": s.as(t, s.Fay).get(file), "another name": ines.get(file + "x"),
	} {
		if a.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}

	// A note that was refused leaves its picture with the note, whatever is sent next.
	again := ines.want(refused, ines.sendPicture(path+"/note", url.Values{"key": {found(noteKeyPattern, page.Body)}, "body": {strings.Repeat("x", 30_000)}}, "secret.png"))
	again.says(t, "Kept: secret.png")
	ines.want(http.StatusSeeOther, ines.post(path+"/reply", url.Values{"key": {again.key()}, "body": {"On my way."}}))
	ana.open(own).doesNotSay(t, "secret.png")
	ines.want(http.StatusSeeOther, ines.post(path+"/note", url.Values{"key": {found(noteKeyPattern, again.Body)}, "body": {"shorter"}}))
	ines.open(path).says(t, "secret.png")
	ana.open(own).doesNotSay(t, "secret.png")

	page = ines.open(path)
	for range 2 {
		ines.want(http.StatusSeeOther, ines.sendPicture(path+"/reply", url.Values{"key": {page.key()}, "body": {"It is this one."}}, "lamp.png"))
	}
	if n := strings.Count(ana.open(own).Body, "<bdi>lamp.png</bdi>"); n != 1 {
		t.Errorf("the reporter sees the picture %d times", n)
	}
}
