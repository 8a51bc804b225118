package battery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/battery/report"
	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/sshserver/sshtest"
)

// A process that works for long has no more of anything than at the start. Everybody rests now and then, so that what is
// counted is what was left behind and not what is under way.
func TestASoakStaysFlat(t *testing.T) { //nolint:paralleltest // one trial at a time: they count what the machine does
	lasts, every := scale(12*time.Second, 30*time.Minute), scale(1200*time.Millisecond, 20*time.Second)
	r := begin(t, fmt.Sprintf("nothing breaks, for %s", lasts),
		"one process of everything: forms, photographs, the API, replies by verbs, consoles that open and leave or vanish, streams, figures, files, files that break off")
	w := newTown(t)
	tickets, token := w.tickets(t, 12), w.token(t)
	ines, ivan := w.key(t, w.Ines), w.key(t, w.Ivan)
	h := launchWhole(t, w.url)
	l, said := newLoad(t), newLoad(t)
	l.pause, said.pause, said.rest = 150*time.Millisecond, 150*time.Millisecond, l.rest
	l.pages(2, w.Network.ID, func() string { return h.web })
	l.api(1, token, w.Network, func() string { return h.web })
	said.replies(1, ines, tickets[:2], func() string { return h.ssh })
	s := &soaker{load: l, house: h, token: token, photograph: photograph(t), client: &http.Client{Timeout: patience, Transport: &http.Transport{}}}
	l.again("verb", func() error { return s.verb(ivan) })
	for _, key := range []gossh.Signer{ines, ivan} {
		l.again("console", func() error { return s.console(key) })
	}
	l.again("stream", s.stream)
	l.again("figures", s.figures)
	l.again("file", func() error { return s.file(tickets[rand.IntN(len(tickets))]) })
	l.again("broken file", func() error { return s.brokenFile(tickets[0]) })
	l.again("photograph", func() error { return s.sendPhotograph(t, w.Network.ID.String()) })

	var series []vitals
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		time.Sleep(every)
		l.rest.Lock() // waits until nobody is at anything
		time.Sleep(700 * time.Millisecond)
		series = append(series, h.examine())
		l.rest.Unlock()
	}
	l.finish()
	said.finish()
	judge(t, r, series[len(series)/4:], lasts*3/4)
	conn := connect(t, w.url)
	l.ledger.check(t, r, conn, reportsKept)
	said.ledger.check(t, r, conn, repliesKept)
	for kind, n := range r.Errors { // a busy machine says so, and limits are there for the long trial too
		if strings.Contains(kind, "is 500") || kind == "500" || strings.Contains(kind, "status 70") || strings.Contains(kind, errTaken.Error()) {
			t.Errorf("%d times somebody saw %s", n, kind)
		}
	}
	hold(t, w.url)
}

// judge says of each organ how it began, how it ended and how it grows, and fails the trial if one does.
func judge(t *testing.T, r *report.Row, series []vitals, lasted time.Duration) {
	t.Helper()
	r.Notef("%d looks in %s after the first quarter", len(series), lasted.Round(time.Second))
	for i, o := range organs {
		values := make([]float64, len(series))
		for j, v := range series {
			values[j] = v[i]
		}
		grows := slope(values)
		more := grows * float64(len(values)-1)
		r.Notef("%s %.1f → %.1f (trend %+.1f)", o.name, values[0], values[len(values)-1], more)
		if more > o.slack+values[0]/20 {
			t.Errorf("%s grow: by %.2f in %s, %v", o.name, more, lasted, values)
		}
	}
}

// again has somebody do something again and again until the trial ends. What fails is counted.
func (l *load) again(what string, once func() error) {
	l.clients.Go(func() {
		for l.end.Err() == nil {
			l.rest.RLock()
			err := once()
			l.rest.RUnlock()
			if err != nil {
				words, _, _ := strings.Cut(err.Error(), "\n") // a row is one line
				l.ledger.failed(fmt.Sprintf("%s: %.80s", what, words))
			}
			time.Sleep(l.pause)
		}
	})
}

// soaker is what people do in a soak beside reporting.
type soaker struct {
	load       *load
	house      *whole
	token      string
	photograph []byte
	client     *http.Client
}

var (
	errAnswer = errors.New("the answer is")
	errEnded  = errors.New("it ended by itself")
	errTaken  = errors.New("half a file is taken")
)

// call calls the API and reads the answer to its end.
func (s *soaker) call(ctx context.Context, method, path string, body io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.house.web+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/octet-stream")
	}
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%w %d", errAnswer, response.StatusCode)
	}
	return err
}

func (s *soaker) figures() error {
	names := []string{"now", "flow?range=7d", "speed", "where", "people"}
	for _, path := range []string{"/reports/" + names[rand.IntN(len(names))], "/tickets?q=status:open&limit=50", "/count?q=lamp", "/export?q=lamp"} {
		if err := s.call(context.Background(), http.MethodGet, path, nil); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// stream follows events for a moment and goes in the middle.
func (s *soaker) stream() error {
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	if err := s.call(ctx, http.MethodGet, "/events/stream", nil); !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", errEnded, err)
	}
	return nil
}

func (s *soaker) file(to ticket) error {
	text := strings.Repeat("Nov 25 03:00:00 ap-17 radio reset\n", 3000)
	return s.call(context.Background(), http.MethodPost, fmt.Sprintf("/tickets/%d/files?name=syslog.log&visibility=internal", to.id), strings.NewReader(text))
}

// brokenFile sends half of a file and goes.
func (s *soaker) brokenFile(to ticket) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	half := io.MultiReader(strings.NewReader(strings.Repeat("half a file\n", 20_000)), breaksOff(cancel))
	if err := s.call(ctx, http.MethodPost, fmt.Sprintf("/tickets/%d/files?name=half.log&visibility=internal", to.id), half); err == nil {
		return errTaken
	}
	return nil
}

// breaksOff is where a body ends too early.
type breaksOff func()

// Read ends the request.
func (b breaksOff) Read([]byte) (int, error) {
	b()
	return 0, io.ErrUnexpectedEOF
}

func photograph(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			picture.Set(x, y, color.RGBA{R: uint8(x % 256), G: uint8(y), B: 120, A: 255})
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// sendPhotograph reports with a photograph, over the form.
func (s *soaker) sendPhotograph(t *testing.T, category string) error {
	b := programtest.NewBrowser(t, "http://"+s.house.web)
	defer b.Client.CloseIdleConnections()
	key, err := b.Form()
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"key": key, "title": "With a photograph", "room": "by the fountain", "category": category, "contact": "gus@example.org"} {
		if err := form.WriteField(name, value); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile("file", "lamp.jpg")
	if err != nil {
		return err
	}
	_, _ = part.Write(s.photograph)
	_ = form.Close()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, b.Base+"/report", &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Origin", b.Base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := b.Client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || !strings.Contains(string(page), "With a photograph")) {
		return fmt.Errorf("%w %d", errAnswer, response.StatusCode)
	}
	return err
}

// verb signs in for one command.
func (s *soaker) verb(key gossh.Signer) error {
	client, err := gossh.Dial("tcp", s.house.ssh, sshtest.Config("whoever", gossh.PublicKeys(key)))
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }()
	commands := []string{"ls --json", "show 1001", "counts", "report now --json", "views", "who", "export lamp", "watch --once --cursor start"}
	command := commands[rand.IntN(len(commands))]
	if out, err := session.CombinedOutput(command); err != nil {
		return fmt.Errorf("%s: %w: %.200s", command, err, out)
	}
	return nil
}

// console opens one, walks about in it, and leaves by hanging up, by a key or without a word.
func (s *soaker) console(key gossh.Signer) error {
	o, err := look(context.Background(), "", s.house.ssh, key)
	if err != nil {
		return err
	}
	defer o.leave()
	if err := o.await("anything", func(raw []byte) bool { return len(raw) > 1000 }); err != nil {
		return err
	}
	keys := []string{"j", "\r", "\x1b", "D", "2", "\x1b", "?", "\x1b", "/lamp\r", "\x1b", "k", "r", "w", "\x1b", "\t", "G", "g"}
	for range 12 {
		if err := o.press(keys[rand.IntN(len(keys))]); err != nil {
			return err
		}
		time.Sleep(40 * time.Millisecond)
	}
	if rand.IntN(3) == 0 {
		o.vanish()
	}
	return nil
}
