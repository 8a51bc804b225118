package main

import (
	"fmt"
	"html"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/chromedp/chromedp"

	"helpdesk.campus/cmd/helpdesk/demo"
	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

// TestScreenshots makes the pictures of the README: where `make screenshots` says, else only to see
// that they can be made.
func TestScreenshots(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("HELPDESK_SCREENSHOTS")
	if folder == "" {
		folder = t.TempDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	h := newDemoHouse(t)
	console := h.console(t, h.Ines, 120, 34)
	console.Wait("Open", "kind", "reporter ·") // the list, and the preview beside it
	save(t, filepath.Join(folder, "console.svg"), []byte(drawing(console, 120, 34)))

	student := page{t, chrome(t, 780, 900)}
	student.do(chromedp.Navigate(h.page + "/"))
	save(t, filepath.Join(folder, "form.png"), ask(student, chromedp.CaptureScreenshot()))
}

// newDemoHouse is the product with the demo campus in it; Ines stands for one of its staff.
func newDemoHouse(t *testing.T) *house {
	t.Helper()
	db := storagetest.Open(t)
	now := time.Now()
	clock := demo.NewClock(now)
	past := storagetest.DeskWith(t, db, core.Options{Clock: clock.Now})
	people, err := demo.Fill(t.Context(), past, clock, now, time.UTC, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	campus := &storagetest.Campus{Desk: storagetest.DeskWith(t, db, core.Options{})}
	for _, p := range people {
		if p.Role == string(core.RoleStaff) {
			if campus.Ines, err = campus.Desk.FindUser(t.Context(), core.Operator(), p.Username); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	return open(t, db, campus)
}

func save(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// drawing makes an SVG of a terminal's screen, a run of like cells at a time.
func drawing(tm *sshtest.Terminal, width, height int) string {
	const cw, ch = 8.4, 18.0
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14">`,
		float64(width)*cw+24, float64(height)*ch+24)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`, paper)
	for y := range height {
		for x := 0; x < width; {
			cell := tm.Cell(x, y)
			text, end := cell.Content, x+max(1, cell.Width)
			for end < width {
				next := tm.Cell(end, y)
				if !next.Style.Equal(&cell.Style) {
					break
				}
				text += next.Content
				end += max(1, next.Width)
			}
			b.WriteString(span(text, cell.Style, 12+float64(x)*cw, 12+float64(y)*ch, float64(end-x)*cw, ch))
			x = end
		}
	}
	b.WriteString(`</svg>`)
	return b.String()
}

const (
	paper = "#15181d"
	ink   = "#d8dce2"
)

func span(text string, style uv.Style, x, y, w, h float64) string {
	front, back := shade(style.Fg, ink), shade(style.Bg, "")
	if style.Attrs&uv.AttrReverse != 0 {
		if back == "" {
			back = paper
		}
		front, back = back, front
	}
	var b strings.Builder
	if back != "" {
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, x, y, w, h, back)
	}
	if strings.TrimSpace(text) == "" {
		return b.String()
	}
	weight := ""
	if style.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	if style.Attrs&uv.AttrFaint != 0 {
		weight += ` opacity="0.65"`
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" textLength="%.1f" xml:space="preserve" fill="%s"%s>%s</text>`,
		x, y+h*0.75, w, front, weight, html.EscapeString(text))
	return b.String()
}

func shade(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, bl, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, bl>>8)
}
