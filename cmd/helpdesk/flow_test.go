package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	protocol "github.com/chromedp/cdproto/page"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestPeopleReportAndFollowOnEveryWidth goes the ways of a reporter with a browser that has JavaScript
// off, on a small telephone, a telephone and a desk. No page is wider than the window.
func TestPeopleReportAndFollowOnEveryWidth(t *testing.T) {
	t.Parallel()
	photo := aPhotograph(t)
	for _, size := range []struct{ width, height int }{{320, 568}, {390, 844}, {1280, 800}} {
		t.Run(fmt.Sprintf("%d pixels", size.width), func(t *testing.T) {
			h := newHouse(t) // where nothing is reported yet
			window := page{t, chrome(t, size.width, size.height)}
			window.do(chromedp.EmulateViewport(int64(size.width), int64(size.height)))
			v := visit{window, h, size.width}
			link := v.reportsOnOnePage(photo)
			v.replies(link)
			v.rates(link)
			v.reportsInSteps(photo)
			v.signsUpHalfWay(photo, fmt.Sprintf("noor%d", size.width))
		})
	}
}

// visit is one reporter's browser.
type visit struct {
	page

	house *house
	width int
}

// goes opens a page, and sees that it fits.
func (v visit) goes(path string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.house.page + path))
	v.fits()
}

// sends presses a button, and sees that the page that follows fits.
func (v visit) sends(selector string) {
	v.t.Helper()
	v.press(selector)
	v.fits()
}

// fits checks that nothing of the page lies beside the window.
func (v visit) fits() {
	v.t.Helper()
	var size protocol.GetLayoutMetricsResult
	v.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		var err error
		size, err = cdp.Call(ctx, t, protocol.GetLayoutMetrics, cdp.Empty{})
		return err
	}))
	if size.CSSContentSize.Width > float64(v.width)+0.5 {
		v.t.Errorf("%s is %v pixels wide in a window of %d", ask(v.page, chromedp.Location()), size.CSSContentSize.Width, v.width)
	}
}

// says checks that the page says something.
func (v visit) says(words ...string) {
	v.t.Helper()
	text := v.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.t.Errorf("%s does not say %q:\n%s", ask(v.page, chromedp.Location()), w, text)
		}
	}
}

func (v visit) category() string { return fmt.Sprintf(`label[for="c%s"]`, v.house.Network.ID) }

// types fills in what happened, and where, on the form that has everything.
func (v visit) types(title, photo string) {
	v.t.Helper()
	v.goes("/")
	v.do(
		chromedp.SendKeys("#title", title),
		chromedp.SetValue("#building", "LIB"),
		chromedp.SendKeys("#room", "204"),
		chromedp.Click(v.category()),
		chromedp.SetUploadFiles("#file1", []string{photo}),
	)
}

// reportsOnOnePage returns the path of the private page.
func (v visit) reportsOnOnePage(photo string) string {
	v.t.Helper()
	v.types("The projector shows only blue", photo)
	v.sends(`form[action="/report"] .send button`) // without a word on how to reach them
	v.says("There is a problem", "lamp.jpg")
	v.do(chromedp.SendKeys("#contact", "gus@example.org"))
	v.sends(`form[action="/report"] .send button`)
	if sent := v.text(); !reference.MatchString(sent) {
		v.t.Fatalf("the confirmation has no reference:\n%s", sent)
	}
	at := ask(v.page, chromedp.Location())
	return strings.TrimSuffix(strings.TrimPrefix(at, v.house.page), "/sent")
}

func (v visit) replies(link string) {
	v.t.Helper()
	v.goes(link)
	v.says("The projector shows only blue", "lamp.jpg")
	v.do(chromedp.SendKeys("#reply", "It is green now. https://example.org/"+strings.Repeat("long", 40)))
	v.sends(`form[action$="/reply"] button`)
	v.says("It is green now.")
}

func (v visit) rates(link string) {
	v.t.Helper()
	_, id, err := v.house.Desk.Guest(v.t.Context(), core.DoorWeb, strings.TrimPrefix(link, "/t/"), "")
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := v.house.Desk.Close(v.t.Context(), storagetest.As(v.house.Ines, core.DoorSSH), id, 0, core.Closing{Resolution: core.Fixed, Body: "New lamp fitted."}); err != nil {
		v.t.Fatal(err)
	}
	v.goes(link)
	v.says("New lamp fitted.")
	v.do(chromedp.Click(`label[for="star-5"]`), chromedp.SendKeys("#rate", "Quick and kind."))
	v.sends(`form[action$="/rate"] button`)
	v.says("Your answer: 5 of 5.")
}

func (v visit) reportsInSteps(photo string) {
	v.t.Helper()
	const next = `button[name="go"][value="next"]`
	v.goes("/report/steps")
	v.do(chromedp.Click(v.category()))
	v.sends(next)
	v.do(chromedp.SetValue("#building", "LIB"), chromedp.SendKeys("#room", "204"))
	v.sends(next)
	v.do(chromedp.SendKeys("#title", "The lamp flickers"), chromedp.SetUploadFiles("#file1", []string{photo}))
	v.sends(next)
	v.sends(`button[name="go"][value="back"]`)
	v.says("lamp.jpg")
	v.sends(next)
	v.do(chromedp.SendKeys("#contact", "gus@example.org"))
	v.sends(next)
	v.says("Check your report", "The lamp flickers", "lamp.jpg")
	v.sends(`form[action="/report"] .send button`)
	if sent := v.text(); !reference.MatchString(sent) {
		v.t.Fatalf("the confirmation has no reference:\n%s", sent)
	}
}

func (v visit) signsUpHalfWay(photo, username string) {
	v.t.Helper()
	v.types("The door does not close", photo)
	v.sends(`button[name="account"]`)
	v.sends(`button[formaction="/sign-up"]`)
	v.do(
		chromedp.SendKeys("#name", "Noor Ali"), chromedp.SendKeys("#username", username),
		chromedp.SendKeys("#email", username+"@example.org"), chromedp.SendKeys("#password", "four small wet stones"),
	)
	v.sends(`form[action="/sign-up"] button`)
	v.says("lamp.jpg", "Noor Ali")
	v.sends(`form[action="/report"] .send button`)
	v.goes("/tickets")
	v.says("The door does not close")
	v.goes("/account")
	v.says("Noor Ali")
}

// aPhotograph is a file as a telephone keeps it.
func aPhotograph(t *testing.T) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 1200, 900))
	for x := range 1200 {
		for y := range 900 {
			picture.Set(x, y, color.RGBA{R: uint8(x / 5), G: uint8(y / 4), B: 120, A: 255})
		}
	}
	name := filepath.Join(t.TempDir(), "lamp.jpg")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := jpeg.Encode(file, picture, nil); err != nil {
		t.Fatal(err)
	}
	return name
}
