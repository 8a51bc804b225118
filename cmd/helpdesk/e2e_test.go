package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// chrome is a real browser with JavaScript off, and a window of the size given.
func chrome(t *testing.T, width, height int) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		storagetest.Need(t, exec.ErrNotFound, "Chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	noScript := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	if _, err := chromedp.Run(ctx, noScript); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// page is a person's browser window: what it does fails the test when it cannot be done.
type page struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp's handle of the window
}

func (p page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	for _, step := range steps {
		ask(p, step)
	}
}

// ask does one thing and returns what it found.
func ask[T any](p page, step chromedp.Action[T]) T {
	p.t.Helper()
	found, err := chromedp.Run(p.ctx, step)
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}

func (p page) text() string {
	p.t.Helper()
	return ask(p, chromedp.Text("main"))
}

// press clicks and waits for the page that follows.
func (p page) press(selector string) {
	p.t.Helper()
	if _, err := chromedp.RunResponse(p.ctx, chromedp.Click(selector)); err != nil {
		p.t.Fatal(err)
	}
}

// TestAStudentReportsAndStaffHelp is the main job from end to end, over real parts: a browser with
// JavaScript off, a console over SSH on a terminal, one database.
func TestAStudentReportsAndStaffHelp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	atOnce := core.DefaultPreferences()
	atOnce.HoldReplies = false // the student looks as soon as the reply is sent
	if err := h.Desk.SetPreferences(t.Context(), storagetest.As(h.Ines, core.DoorSSH), atOnce); err != nil {
		t.Fatal(err)
	}
	console := h.console(t, h.Ines, 120, 40)
	console.Wait("Ines Itani")
	student := page{t, chrome(t, 390, 844)}

	student.do(
		chromedp.Navigate(h.page+"/"),
		chromedp.SendKeys("#title", "The projector shows only blue"),
		chromedp.SetValue("#building", "LIB"),
		chromedp.SendKeys("#room", "204"),
		chromedp.Click(`label[for="c`+h.Network.ID.String()+`"]`),
		chromedp.SendKeys("#description", "Since this morning's lecture."),
		chromedp.SendKeys("#contact", "gus@example.org"),
		chromedp.SendKeys("#name", "Gus Guest"),
	)
	student.press(`form[action="/report"] button`)
	if sent := student.text(); !reference.MatchString(sent) {
		t.Fatalf("the confirmation has no reference:\n%s", sent)
	}
	console.Wait("The projector shows only blue") // nobody pressed a key

	console.Type("\r")
	console.Wait("Since this morning's lecture.")
	console.Type("t")
	console.Wait("active")
	console.Type("r")
	console.Type("Is the cable seated, Gus?")
	console.Wait("Is the cable seated, Gus?")
	console.Type("\x13") // ctrl+s
	console.WaitFor("the reply in the conversation", func(screen string) bool {
		return strings.Contains(screen, "Is the cable seated, Gus?") && !strings.Contains(screen, "ctrl+s")
	})
	console.Type("n")
	console.Type("Third blue projector this week.\x13")
	console.WaitFor("the note in the conversation", func(screen string) bool {
		return strings.Contains(screen, "Third blue projector this week.") && !strings.Contains(screen, "ctrl+s")
	})

	follow := ask(student, chromedp.Location())
	student.do(chromedp.Navigate(strings.TrimSuffix(follow, "/sent")))
	seen := student.text()
	for _, wanted := range []string{"Is the cable seated, Gus?", "Ines Itani"} {
		if !strings.Contains(seen, wanted) {
			t.Errorf("the page does not show %q:\n%s", wanted, seen)
		}
	}
	if strings.Contains(seen, "Third blue projector") {
		t.Error("the page shows the reporter an internal note")
	}

	student.do(chromedp.SendKeys("#reply", "It was loose. Still blue, though."))
	student.press(`form[action$="/reply"] button`)
	console.Wait("It was loose. Still blue, though.") // nobody pressed a key

	console.Type("c")
	console.Wait("fixed")
	console.Type("\r")
	console.WaitFor("the last word, or the closed ticket", func(screen string) bool {
		return strings.Contains(screen, "ctrl+s") || strings.Contains(screen, "closed")
	})
	if strings.Contains(console.Screen(), "ctrl+s") {
		console.Type("New lamp fitted.\x13")
	}
	console.WaitFor("the closed ticket", func(screen string) bool {
		return strings.Contains(screen, "closed") && !strings.Contains(screen, "ctrl+s")
	})
	student.do(chromedp.Navigate(strings.TrimSuffix(follow, "/sent")))
	if seen := student.text(); !strings.Contains(strings.ToLower(seen), "closed") && !strings.Contains(strings.ToLower(seen), "fixed") {
		t.Errorf("the page does not say that it is closed:\n%s", seen)
	}
}

// TestARoleTakenAwayClosesBothDoors takes the role of somebody who has a console and a page open.
func TestARoleTakenAwayClosesBothDoors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Report(t, h.Ana, "No signal")
	console := h.console(t, h.Ines, 80, 24)
	console.Wait("No signal")
	signed := h.SignIn(t, h.Ines, core.DoorWeb)
	if _, _, err := h.Desk.SessionActor(t.Context(), core.DoorWeb, signed.Token, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.Desk.SetRole(t.Context(), core.Operator(), h.Ines.ID, core.RoleReporter); err != nil {
		t.Fatal(err)
	}
	select {
	case <-console.Ended():
	case <-time.After(5 * time.Second):
		t.Errorf("the console is still open after five seconds:\n%s", console.Screen())
	}
	if err := h.Desk.Disable(t.Context(), core.Operator(), h.Ines.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Desk.SessionActor(t.Context(), core.DoorWeb, signed.Token, ""); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the page still knows them: %v", err)
	}
}
