package core_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// photo is a JPEG of one colour: different ones are different files.
func photo(t *testing.T, shade uint8, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	m.SetRGBA(0, 0, color.RGBA{A: 255})
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withForm is somebody with a form before them.
func withForm(t *testing.T, c *storagetest.Campus) (core.Actor, string) {
	t.Helper()
	who := core.Anonymous(core.DoorWeb, "192.0.2.7")
	key, err := c.Desk.NewFormKey(who)
	if err != nil {
		t.Fatal(err)
	}
	return who, key
}

func aReport(c *storagetest.Campus, key string) core.NewTicket {
	return core.NewTicket{
		Key: key, Title: "The lamp is broken", Category: c.Network.ID, Where: core.Where{Words: "by the fountain"},
		Contact: core.Contact{Email: "g@example.org"},
	}
}

// problem is the code of the only problem of an error.
func problem(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok && len(e.Problems) == 1 {
		return e.Problems[0].Code
	}
	return fmt.Sprint(err)
}

func TestOnlyFilesThatAreWhatTheySayAreTaken(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	jpg := string(photo(t, 100, 20, 20))
	for _, file := range []struct{ name, content, want string }{
		{"page.jpg", "<html><script>alert(1)</script></html>", "file_broken"},
		{"drawing.png", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "file_broken"},
		{"drawing.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "file_kind"},
		{"page.html", "<html>", "file_kind"},
		{"photo.pdf", jpg, "file_kind"},
		{"photo.jpg.exe", jpg, "file_kind"},
		{"page.pdf", "<html>%PDF-1.7", "file_kind"},
		{"router.log", "ok \x1b]52;c;ZXZpbA==\x1b\\", "file_kind"},
		{"router.log", "ok \x1b[2J", "file_kind"},
		{"router.log", "ok \x1b", "file_kind"},
		{"router.log", "ok \u009b2J", "file_kind"},
		{"router.log", "Paid: no\b\b\b yes", "file_kind"},
		{"program.txt", "MZ\x90\x00\x03", "file_kind"},
		{"archive.zip", "PK\x03\x04", "file_kind"},
		{"IMG_0001.HEIC", "\x00\x00\x00\x24ftypheic\x00\x00", "file_heic"},
		{"IMG_0001.jpg", "\x00\x00\x00\x24ftypheic\x00\x00", "file_heic"},
		{"nothing.txt", "", "file_empty"},
		{"long.txt", strings.Repeat("x", core.MaxFile+1), "file_too_large"},
		{"photo.jpg", jpg[:len(jpg)/2], "file_broken"},
	} {
		who, key := withForm(t, c)
		_, err := c.Desk.Upload(t.Context(), who, key, file.name, strings.NewReader(file.content))
		if got := problem(err); got != file.want {
			t.Errorf("%s: %s, want %s", file.name, got, file.want)
		}
	}
	for _, file := range []struct{ name, content, kept, media string }{
		{`C:\photos\lamp.PNG`, jpg, "lamp.jpg", "image/jpeg"},
		{"../../etc/image", jpg, "image.jpg", "image/jpeg"},
		{"caf\u00e9 \u202egnp.jpeg", jpg, "café gnp.jpg", "image/jpeg"},
		{"access.log", "12:00 GET /\n", "access.log", "text/plain; charset=utf-8"},
		{"colours.log", "\x1b[1;31mfailed\x1b[0m\x1b[K in café\u00a0Änne\n", "colours.log", "text/plain; charset=utf-8"},
		{"table.CSV", "a;b\n", "table.CSV", "text/csv; charset=utf-8"},
		{"bill.pdf", "%PDF-1.7\n", "bill.pdf", "application/pdf"},
		{strings.Repeat("n", 300) + ".txt", "x", strings.Repeat("n", 80) + ".txt", "text/plain; charset=utf-8"},
		{".\x00\n.txt", "x", "file.txt", "text/plain; charset=utf-8"},
	} {
		who, key := withForm(t, c)
		got, err := c.Desk.Upload(t.Context(), who, key, file.name, strings.NewReader(file.content))
		if err != nil || got.Name != file.kept || got.MediaType != file.media {
			t.Errorf("%q was kept as %q, %s (%v), want %q, %s", file.name, got.Name, got.MediaType, err, file.kept, file.media)
		}
	}
}

func TestAFormTakesThreeFilesAndTheSameOneOnce(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who, key := withForm(t, c)
	upload := func(content string) error {
		_, err := c.Desk.Upload(t.Context(), who, key, "a.txt", strings.NewReader(content))
		return err
	}
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			if err := upload(fmt.Sprint(n % 3)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := problem(upload("four")); got != "files_too_many" {
		t.Errorf("the fourth: %s", got)
	}
	files, err := c.Desk.Uploads(t.Context(), who, key)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files wait (%v), want 3", len(files), err)
	}
	if err := c.Desk.RemoveUploads(t.Context(), who, key, []core.FileID{files[1].ID}); err != nil {
		t.Fatal(err)
	}
	if err := upload("four"); err != nil {
		t.Errorf("in the place of another: %v", err)
	}
	stranger := core.Actor{Kind: core.ActorUser, User: c.Ana.ID, Door: core.DoorWeb}
	if _, err := c.Desk.Upload(t.Context(), stranger, key, "b.txt", strings.NewReader("b")); problem(err) != "form_key" {
		t.Errorf("somebody else's form took a file: %v", err)
	}
	if files, err := c.Desk.Uploads(t.Context(), stranger, key); err != nil || len(files) != 0 {
		t.Errorf("somebody else sees %d files (%v)", len(files), err)
	}
}

func TestFilesGoWithTheReportOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who, key := withForm(t, c)
	content := photo(t, 100, 30, 30)
	var receipt core.Receipt
	for range 2 {
		if _, err := c.Desk.Upload(t.Context(), who, key, "lamp.jpg", bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
		var err error
		if receipt, err = c.Desk.Report(t.Context(), who, aReport(c, key)); err != nil {
			t.Fatal(err)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), core.Operator(), receipt.Ticket)
	if err != nil || !receipt.Repeated || len(view.Messages[0].Files) != 1 || view.Messages[0].Files[0].Name != "lamp.jpg" {
		t.Fatalf("the report has %v (%v), want the photograph once", view.Messages[0].Files, err)
	}
	guest, _, err := c.Desk.Guest(t.Context(), core.DoorWeb, receipt.Link, "")
	if err != nil {
		t.Fatal(err)
	}
	file, pieces, err := c.Desk.OpenFile(t.Context(), guest, receipt.Ticket, view.Messages[0].Files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var read bytes.Buffer
	for piece, err := range pieces {
		if err != nil {
			t.Fatal(err)
		}
		read.Write(piece)
	}
	if int64(read.Len()) != file.Size {
		t.Errorf("%d bytes were read, the file has %d", read.Len(), file.Size)
	}
	if _, err := jpeg.Decode(&read); err != nil {
		t.Errorf("what is read is no picture: %v", err)
	}
}

func TestAPhotographSaysEnough(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	id := c.Report(t, c.Ana, "No signal")
	ana := storagetest.As(c.Ana, core.DoorSSH)
	if _, err := c.Desk.Reply(t.Context(), ana, id, core.NewMessage{Key: "k"}); problem(err) != "text_missing" {
		t.Fatalf("saying nothing: %v", err)
	}
	if _, err := c.Desk.Upload(t.Context(), ana, "k", "lamp.jpg", bytes.NewReader(photo(t, 9, 8, 8))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Desk.Reply(t.Context(), ana, id, core.NewMessage{Key: "k"}); err != nil {
			t.Fatal(err)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), ana, id)
	if err != nil || len(view.Messages) != 2 || len(view.Messages[1].Files) != 1 {
		t.Errorf("the ticket has %+v (%v), want one reply with one file", view.Messages, err)
	}
}

func TestAFileOpensForThoseWhoReadItsMessageAlone(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	id, other := c.Report(t, c.Ana, "No signal"), c.Report(t, c.Ana, "No light")
	say := func(key string, say func(context.Context, core.Actor, core.TicketID, core.NewMessage) (core.Message, error)) core.FileID {
		ines := storagetest.As(c.Ines, core.DoorSSH)
		file, err := c.Desk.Upload(ctx, ines, key, "a.txt", strings.NewReader(key))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := say(ctx, ines, id, core.NewMessage{Key: key, Body: key}); err != nil {
			t.Fatal(err)
		}
		return file.ID
	}
	public, internal := say("public", c.Desk.Reply), say("internal", c.Desk.Note)
	waiting, err := c.Desk.Upload(ctx, storagetest.As(c.Ana, core.DoorSSH), "waiting", "a.txt", strings.NewReader("waiting"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		who              core.User
		public, internal bool
	}{{c.Ana, true, false}, {c.Ben, false, false}, {c.Ines, true, true}, {c.Fay, false, false}, {c.Ada, true, true}} {
		opens := func(ticket core.TicketID, file core.FileID) bool {
			_, _, err := c.Desk.OpenFile(ctx, storagetest.As(row.who, core.DoorWeb), ticket, file)
			e, ok := errors.AsType[*core.Error](err)
			if err != nil && (!ok || e.Kind != core.NotFound || e.Code != "ticket_not_found") {
				t.Errorf("%s is told %v", row.who.Username, err)
			}
			return err == nil
		}
		if opens(id, public) != row.public || opens(id, internal) != row.internal {
			t.Errorf("%s opens the public file: %t, the internal one: %t", row.who.Username, opens(id, public), opens(id, internal))
		}
		if opens(other, public) || opens(id, waiting.ID) || opens(id, 999_999) {
			t.Errorf("%s opens a file that is not on the ticket", row.who.Username)
		}
	}
	view, err := c.Desk.Ticket(ctx, storagetest.As(c.Ana, core.DoorWeb), id)
	if err != nil || len(view.Messages) != 2 || len(view.Messages[1].Files) != 1 {
		t.Errorf("the reporter sees %+v (%v), want the public file alone", view.Messages, err)
	}
}

func TestWhatWasUploadedBeforeSigningInIsKept(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	who, old := withForm(t, c)
	if _, err := c.Desk.Upload(t.Context(), who, old, "a.txt", strings.NewReader("a")); err != nil {
		t.Fatal(err)
	}
	ana := storagetest.As(c.Ana, core.DoorWeb)
	fresh, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.MoveUploads(t.Context(), ana, old, fresh); err != nil {
		t.Fatal(err)
	}
	if files, err := c.Desk.Uploads(t.Context(), ana, fresh); err != nil || len(files) != 1 {
		t.Errorf("%d files wait (%v), want 1", len(files), err)
	}
}

// Somebody who signs in half-way, in two windows at once, has no more files on a form than fit, and none twice.
func TestFilesThatMoveToAnotherFormStayAsManyAsFit(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ana := storagetest.As(c.Ana, core.DoorWeb)
	fresh, err := c.Desk.NewFormKey(ana)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Upload(t.Context(), ana, fresh, "a.txt", strings.NewReader("form 0 file 0")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for form := range 3 {
		who, old := withForm(t, c)
		for file := range 2 {
			if _, err := c.Desk.Upload(t.Context(), who, old, "a.txt", strings.NewReader(fmt.Sprintf("form %d file %d", form, file))); err != nil {
				t.Fatal(err)
			}
		}
		wg.Go(func() {
			if err := c.Desk.MoveUploads(t.Context(), ana, old, fresh); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	files, err := c.Desk.Uploads(t.Context(), ana, fresh)
	if err != nil || len(files) != core.MaxFiles {
		t.Fatalf("%d files wait (%v), want %d", len(files), err, core.MaxFiles)
	}
	once := map[string]bool{}
	for _, f := range files {
		if once[string(f.Digest)] {
			t.Errorf("the same file waits twice: %+v", files)
		}
		once[string(f.Digest)] = true
	}
}

func TestManyUploadsAtOnceStayWithinTheDaysShare(t *testing.T) {
	t.Parallel()
	const largest, share = 100, 20
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{MaxFile: map[core.Door]int64{core.DoorAPI: largest}}))
	ana := storagetest.As(c.Ana, core.DoorAPI)
	var kept, limited atomic.Int32
	var wg sync.WaitGroup
	for n := range 2 * share {
		wg.Go(func() {
			_, err := c.Desk.Upload(t.Context(), ana, fmt.Sprint("form ", n), "a.txt", strings.NewReader(fmt.Sprintf("%0*d", largest, n)))
			switch core.KindOf(err) {
			case "":
				kept.Add(1)
			case core.Limited:
				limited.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if kept.Load() != share || limited.Load() != share {
		t.Errorf("%d files were kept and %d refused, want %d of each", kept.Load(), limited.Load(), share)
	}
}

func TestAnUploadIsForgottenAfterADayUnlessItWasSent(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var ahead time.Duration
	clock := func() time.Time { return now.Add(ahead) }
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.Open(t), core.Options{Clock: clock}))
	who, key := withForm(t, c)
	if _, err := c.Desk.Upload(t.Context(), who, key, "a.txt", strings.NewReader("a")); err != nil {
		t.Fatal(err)
	}
	ahead = 25 * time.Hour
	if files, err := c.Desk.Uploads(t.Context(), who, key); err != nil || len(files) != 0 {
		t.Errorf("%d files wait (%v), want none", len(files), err)
	}
	if _, err := c.Desk.Upload(t.Context(), who, key, "a.txt", strings.NewReader("a")); err != nil {
		t.Fatal(err)
	}
	receipt, err := c.Desk.Report(t.Context(), who, aReport(c, key))
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.Desk.Ticket(t.Context(), core.Operator(), receipt.Ticket)
	if err != nil || len(view.Messages[0].Files) != 1 {
		t.Errorf("the report has %v (%v), want the file that was sent again", view.Messages[0].Files, err)
	}
}

// TestFiftyPhotographsAtOnceStayWithinTheirMemory sends fifty large photographs at once and watches
// the heap.
func TestFiftyPhotographsAtOnceStayWithinTheirMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the whole process
	if testing.Short() {
		t.Skip("takes a while")
	}
	c := storagetest.NewCampus(t)
	large := noisy(t, 3000, 2000)
	done := make(chan struct{})
	highest := make(chan uint64)
	go func() {
		var top uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-done:
				highest <- top
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	var wg sync.WaitGroup
	for range 50 {
		who, key := withForm(t, c)
		wg.Go(func() {
			if _, err := c.Desk.Upload(t.Context(), who, key, "large.jpg", bytes.NewReader(large)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(done)
	if top := <-highest; top > 300<<20 {
		t.Errorf("the heap grew to %d MB, want 300 at most", top>>20)
	} else {
		t.Logf("the heap grew to %d MB", top>>20)
	}
}

func noisy(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range m.Y {
		m.Y[i] = uint8(128 + noise.IntN(24))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
