package web_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

var (
	sentFile      = regexp.MustCompile(`<a href="([^"]*/files/[^"]*)"`)
	removePattern = regexp.MustCompile(`name="remove" value="([^"]*)"`)
)

// enclosed is a file that goes with a form.
type enclosed struct{ name, content string }

// aPhoto is a photograph of one shade.
func aPhoto(t *testing.T, name string, shade uint8) enclosed {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	m.SetGray(1, 1, color.Gray{Y: 255})
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return enclosed{name, out.String()}
}

// multipartForm writes a form as browsers do: the fields, then the files. It leaves it open at its end.
func multipartForm(t *testing.T, fields url.Values, files ...enclosed) (*bytes.Buffer, *multipart.Writer) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			if err := form.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, file := range files {
		part, err := form.CreateFormFile("file", file.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, file.content); err != nil {
			t.Fatal(err)
		}
	}
	return &body, form
}

// send sends a form with files.
func (b *browser) send(path string, fields url.Values, files ...enclosed) answer {
	b.t.Helper()
	body, form := multipartForm(b.t, fields, files...)
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(r)
}

// firstFiles are the files of a ticket's report.
func (s *site) firstFiles(t *testing.T, sent answer) []core.File {
	t.Helper()
	link := strings.TrimSuffix(strings.TrimPrefix(strings.Split(sent.Location, "?")[0], "/t/"), "/sent")
	guest, id, err := s.Desk.Guest(t.Context(), core.DoorWeb, link, "")
	if err != nil {
		t.Fatal(err)
	}
	view, err := s.Desk.Ticket(t.Context(), guest, id)
	if err != nil {
		t.Fatal(err)
	}
	return view.Messages[0].Files
}

func TestAnUploadSurvivesAnErrorAndIsSentOnceThoughSentTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	fields := s.aReport(b.open("/").key())
	fields.Set("title", "")
	again := b.want(refused, b.send("/report", fields, aPhoto(t, "lamp.jpg", 80), aPhoto(t, "wall.jpg", 160), enclosed{}))
	again.says(t, "lamp.jpg", "wall.jpg", "Since Monday.")
	if again.key() != fields.Get("key") {
		t.Error("the form came back with another key")
	}
	fields.Set("title", "Projector stays dark")
	fields.Set("remove", found(removePattern, again.Body))
	sent := b.want(http.StatusSeeOther, b.send("/report", fields, aPhoto(t, "door.jpg", 40), enclosed{}))
	twice := b.want(http.StatusSeeOther, b.send("/report", fields, aPhoto(t, "door.jpg", 40)))
	files := s.firstFiles(t, sent)
	if len(files) != 2 || files[0].Name != "wall.jpg" || files[1].Name != "door.jpg" {
		t.Errorf("the report has %v, want the wall and the door", files)
	}
	if strings.Split(twice.Location, "?")[0] != sent.Location {
		t.Errorf("sent twice, it went to %s and %s", sent.Location, twice.Location)
	}
}

func TestAFileThatIsNotTakenLeavesTheTextAndTheOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	for _, row := range []struct {
		file   enclosed
		status int
		words  string
	}{
		{enclosed{"large.txt", strings.Repeat("x", core.MaxFile+1)}, http.StatusRequestEntityTooLarge, "is larger than 10 MB"},
		{enclosed{"page.jpg", "<html><script>alert(1)</script>"}, refused, "“page.jpg” is not a picture"},
		{enclosed{"<img src=x onerror=alert(1)>.svg", "<svg/>"}, refused, "a kind of file that we do not take"},
		{enclosed{"\xff\u202e\r\n.heic", "x"}, refused, "HEIC"},
		{enclosed{strings.Repeat("n", 9000) + ".exe", "MZ"}, refused, "a kind of file"},
		{enclosed{"empty.txt", ""}, refused, "is empty"},
	} {
		fields := s.aReport(b.open("/").key())
		again := b.want(row.status, b.send("/report", fields, aPhoto(t, "lamp.jpg", 80), row.file))
		again.says(t, row.words, "lamp.jpg", "Since Monday.")
		again.doesNotSay(t, "<img src=x", "\u202e")
		for _, name := range []string{"Projector stays dark", "guest@example.edu", "204"} {
			if !strings.Contains(again.Body, name) {
				t.Errorf("%q is lost", name)
			}
		}
	}
}

func TestWhatIsWrongBesideAFileIsSaidWithIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	fields := s.aReport(b.open("/").key())
	fields.Set("title", "")
	fields.Set("contact", "")
	again := b.want(refused, b.send("/report", fields, enclosed{"page.jpg", "<html>"}))
	again.says(t, "“page.jpg” is not a picture", "Say in a few words what is wrong.", "Enter an e-mail address or a phone number", "Since Monday.")
	fields.Set("title", "Projector stays dark")
	fields.Set("contact", "guest@example.edu")
	again = b.want(refused, b.send("/report", fields, enclosed{"page.jpg", "<html>"}))
	again.says(t, "“page.jpg” is not a picture")
	again.doesNotSay(t, "Say in a few words what is wrong.", "Enter an e-mail address or a phone number")
}

func TestAFormThatIsCutComesBackWithWhatHadArrived(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	ana := s.as(t, s.Ana)
	cut := func(path string, fields url.Values, at string) answer {
		body, form := multipartForm(t, fields, aPhoto(t, "lamp.jpg", 80), enclosed{"long.txt", "the end is missing"})
		before, _, _ := strings.Cut(body.String(), at)
		r := ana.request(http.MethodPost, path, strings.NewReader(before))
		r.Header.Set("Content-Type", form.FormDataContentType())
		return ana.do(r)
	}
	fields := s.aReport(ana.open("/").key())
	ana.want(refused, cut("/report", fields, "is missing")).says(t, "The connection broke", "lamp.jpg", "Since Monday.")
	reply := url.Values{"key": {ana.open(own).key()}, "body": {"Here it is."}}
	again := ana.want(refused, cut(own+"/reply", reply, "is missing"))
	again.says(t, "The connection broke", "lamp.jpg", "Here it is.")
	ana.want(http.StatusSeeOther, ana.post(own+"/reply", url.Values{"key": {again.key()}, "body": {"Here it is."}}))
	ana.open(own).says(t, "Here it is.", "lamp.jpg")
	body, form := multipartForm(t, s.aReport(fields.Get("key")), enclosed{"a.txt", "a"})
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < body.Len()-len("--\r\n"); at += 7 { // without its last dashes, the form has no end
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/report", bytes.NewReader(body.Bytes()[:at]))
		r.Header.Set("Content-Type", form.FormDataContentType())
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		if w.Code < 400 || w.Code >= 500 {
			t.Fatalf("cut after %d bytes: status %d", at, w.Code)
		}
	}
}

// failing breaks off as a connection does.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestAHostileFormIsRefusedAndNothingBreaks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key := s.browser(t).open("/").key()
	text := "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n" + key + "\r\n"
	file := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
	for name, row := range map[string]struct {
		media string
		body  io.Reader
	}{
		"no boundary":             {"multipart/form-data", strings.NewReader(text)},
		"an empty boundary":       {"multipart/form-data; boundary=", strings.NewReader(text)},
		"nothing":                 {"multipart/form-data; boundary=b", http.NoBody},
		"no end":                  {"multipart/form-data; boundary=b", strings.NewReader(text)},
		"a thousand parts":        {"multipart/form-data; boundary=b", strings.NewReader(strings.Repeat(text, 1000) + "--b--")},
		"a megabyte of text":      {"multipart/form-data; boundary=b", strings.NewReader(strings.Replace(text, key, strings.Repeat("k", 1<<20), 1) + "--b--")},
		"a file before its key":   {"multipart/form-data; boundary=b", strings.NewReader(file + "a\r\n" + text + "--b--")},
		"a file without a key":    {"multipart/form-data; boundary=b", strings.NewReader(file + "a\r\n--b--")},
		"a header without end":    {"multipart/form-data; boundary=b", strings.NewReader("--b\r\n" + strings.Repeat("X: y\r\n", 50_000))},
		"a broken disposition":    {"multipart/form-data; boundary=b", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"; filename=\r\n\r\nx\r\n--b--")},
		"a lost connection":       {"multipart/form-data; boundary=b", io.MultiReader(strings.NewReader(text+file+"a"), failing{})},
		"a lost connection early": {"multipart/form-data; boundary=b", failing{}},
		"another kind":            {"multipart/mixed; boundary=b", strings.NewReader(text + "--b--")},
	} {
		for _, path := range []string{"/report", "/t/AAAAAAAAAAAAAAAAAAAAAA/reply"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, row.body)
			r.Header.Set("Content-Type", row.media)
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code < 400 || w.Code >= 500 {
				t.Errorf("%s to %s: status %d", name, path, w.Code)
			}
		}
	}
	if log := s.log.String(); strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the helpdesk complains: %s", log)
	}
}

func TestAFormWithFilesIsTooLargeAtSomePoint(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	fields := s.aReport(s.browser(t).open("/").key())
	body, form := multipartForm(t, fields, enclosed{"film.txt", "x"})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/report", io.MultiReader(body, io.LimitReader(endless{}, 200<<20)))
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "Since Monday.") {
		t.Errorf("status %d, want 413 and the text", w.Code)
	}
}

// endless is a film.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

func TestUploadsSurviveASignInInBetween(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key := s.browser(t).open("/").key()
	ana := s.as(t, s.Ana)
	again := ana.want(refused, ana.send("/report", s.aReport(key), aPhoto(t, "lamp.jpg", 80)))
	again.says(t, "lamp.jpg", "Since Monday.")
	fields := s.aReport(again.key())
	sent := ana.want(http.StatusSeeOther, ana.send("/report", fields))
	ana.open(strings.TrimSuffix(sent.Location, "/sent")).says(t, "lamp.jpg")
}

func TestFilesOpenForTheirTicketsReporterAndRunNowhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	sent := b.want(http.StatusSeeOther, b.send("/report", s.aReport(b.open("/").key()), aPhoto(t, "lämp 1.jpg", 80), enclosed{"page.txt", "<script>alert(1)</script>"}))
	page := b.open(strings.TrimSuffix(sent.Location, "/sent"))
	paths := sentFile.FindAllStringSubmatch(page.Body, -1)
	if len(paths) != 2 {
		t.Fatalf("the page has %d files, want 2", len(paths))
	}
	photo, text := b.open(paths[0][1]), b.open(paths[1][1])
	for name, a := range map[string]answer{"photo": photo, "text": text} {
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
	if got := text.Header.Get("Content-Disposition"); got != "attachment; filename=page.txt" {
		t.Errorf("the text is %q", got)
	}
	if got := photo.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline; filename*=utf-8''l%C3%A4mp%201.jpg") || photo.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the photograph is %q", got)
	}
	r := b.request(http.MethodGet, paths[0][1], nil)
	r.Header.Set("If-None-Match", photo.Header.Get("ETag"))
	b.want(http.StatusNotModified, b.do(r))

	own, _ := s.ownTicket(t, s.Ana, "No Wifi")
	_, rest, _ := strings.Cut(paths[0][1], "/files/")
	rest = "/files/" + rest
	others, _ := s.guestTicket(t)
	never := b.want(missing, b.get(others+"/files/999999/a.jpg"))
	for _, path := range []string{others + rest, others + "/files/x/y", paths[0][1] + "x"} {
		same(t, path, never, b.get(path))
	}
	ana := s.as(t, s.Ana)
	neverOwn := ana.want(missing, ana.get(own+"/files/999999/a.jpg"))
	same(t, "by reference", neverOwn, ana.get(own+rest))
	same(t, "as another", s.as(t, s.Ben).want(missing, s.as(t, s.Ben).get("/tickets/2222-22222"+rest)), s.as(t, s.Ben).get(own+rest))
}

func TestPhotographsGoAlongWithAReportInSteps(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	fields := s.aReport(b.open("/report/steps").key())
	fields.Set("step", "what")
	fields.Set("go", "next")
	b.want(refused, b.send("/report/steps", fields, enclosed{"page.jpg", "<html>"})).says(t, "is not a picture")
	b.want(ok, b.send("/report/steps", fields, aPhoto(t, "lamp.jpg", 80)))
	fields.Set("go", "review")
	b.want(ok, b.post("/report/steps", fields)).says(t, "lamp.jpg")
	sent := b.want(http.StatusSeeOther, b.post("/report", fields))
	if files := s.firstFiles(t, sent); len(files) != 1 {
		t.Errorf("the report has %v, want the photograph", files)
	}
}
