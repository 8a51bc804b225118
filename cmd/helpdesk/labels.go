package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"strings"

	"rsc.io/qr"

	"helpdesk.campus/core"
)

type labelsCommand struct {
	database `embed:""`

	PublicURL urlFlag `env:"HELPDESK_PUBLIC_URL" required:"" help:"Where people reach the page; the labels lead there." placeholder:"URL"`
	Building  string  `required:"" help:"Code of the building." placeholder:"CODE"`
	Out       string  `type:"path" help:"File to write; the standard output by default." placeholder:"FILE"`
}

// Run prints the labels of a building's doors, to be cut out.
func (l *labelsCommand) Run(ctx context.Context, o *output) error {
	var sheet string
	err := l.work(ctx, o, func(desk *core.Desk) error {
		building, room, err := desk.FindPlace(ctx, core.Operator(), l.Building)
		if err != nil {
			return err
		}
		if building.ID == 0 || room.ID != 0 {
			return fmt.Errorf("there is no building %q", l.Building)
		}
		doors, err := desk.Rooms(ctx, core.Operator(), building.ID)
		if err != nil {
			return err
		}
		sheet, err = labelSheet(l.PublicURL.to, doors)
		return err
	})
	if err != nil {
		return err
	}
	if l.Out == "" {
		if _, err := io.WriteString(o.out, sheet); err != nil {
			return fmt.Errorf("write the labels: %w", err)
		}
		return nil
	}
	if err := os.WriteFile(l.Out, []byte(sheet), 0o644); err != nil { //nolint:gosec // it is for everybody's doors
		return fmt.Errorf("write the labels: %w", err)
	}
	return nil
}

// The sheet, in millimetres: A4 pages one below the other, each with two columns of seven labels.
const (
	sheetWidth, sheetHeight = 210, 297
	labelWidth, labelHeight = 95, 38
	labelColumns, labelRows = 2, 7
	marginLeft, marginTop   = 10, 15
	squareSize              = 32 // with the white border that readers need
)

// labelSheet draws a label for each place.
func labelSheet(page *url.URL, places []core.Location) (string, error) {
	const perPage = labelColumns * labelRows
	pages := max(1, (len(places)+perPage-1)/perPage)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%dmm" height="%dmm" viewBox="0 0 %d %d" font-family="'Helvetica Neue',Arial,'Liberation Sans',sans-serif">`+"\n",
		sheetWidth, pages*sheetHeight, sheetWidth, pages*sheetHeight)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	for i, place := range places {
		onPage := i % perPage
		x := marginLeft + onPage%labelColumns*labelWidth
		y := i/perPage*sheetHeight + marginTop + onPage/labelColumns*labelHeight
		if err := drawLabel(&b, page, place, x, y); err != nil {
			return "", fmt.Errorf("draw the label of %s: %w", place.Code, err)
		}
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

func drawLabel(b *strings.Builder, page *url.URL, place core.Location, x, y int) error {
	code, err := qr.Encode(page.JoinPath("r", url.PathEscape(place.Code)).String(), qr.M)
	if err != nil {
		return err
	}
	const quiet = 4 // modules of white around it
	fmt.Fprintf(b, `<g transform="translate(%d %d)"><rect width="%d" height="%d" fill="none" stroke="#bbb" stroke-width=".2"/>`, x, y, labelWidth, labelHeight)
	fmt.Fprintf(b, `<path transform="translate(3 3) scale(%.5f)" d="%s"/>`, float64(squareSize)/float64(code.Size+2*quiet), squares(code, quiet))
	const left, narrow = 38, 54
	fmt.Fprintf(b, `<text x="%d" y="12" font-size="6.5" font-weight="700"%s>%s</text>`, left, fitted(place.Code, 4.4, narrow), html.EscapeString(place.Code))
	if place.Name != place.Code {
		fmt.Fprintf(b, `<text x="%d" y="18" font-size="3.8"%s>%s</text>`, left, fitted(place.Name, 2.1, narrow), html.EscapeString(place.Name))
	}
	fmt.Fprintf(b, `<text x="%d" y="26" font-size="3.4">Something wrong here?</text><text x="%d" y="30.500" font-size="3.4">Scan, and tell us in a minute.</text>`, left, left)
	fmt.Fprintf(b, `<text x="%d" y="35" font-size="2.6" fill="#444"%s>%s</text></g>`+"\n", left, fitted(page.Host, 1.5, narrow), html.EscapeString(page.Host))
	return nil
}

// squares draws the dark modules of a code, each run of a row as one piece.
func squares(code *qr.Code, quiet int) string {
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	return path.String()
}

// fitted squeezes a text that would be wider than its room.
func fitted(text string, letter, room float64) string {
	if float64(len([]rune(text)))*letter <= room {
		return ""
	}
	return fmt.Sprintf(` textLength="%.1f" lengthAdjust="spacingAndGlyphs"`, room)
}
