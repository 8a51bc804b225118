package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// TestLabelsAreReadFromThePrintedSheet draws a sheet as a browser prints it, and reads it with zbar
// as a telephone would.
func TestLabelsAreReadFromThePrintedSheet(t *testing.T) {
	t.Parallel()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("zbarimg is missing: deploy/setup.sh zbar installs it")
	}
	if err != nil {
		t.Skip("zbarimg is missing: deploy/setup.sh zbar installs it")
	}
	c := storagetest.NewCampus(t)
	for i := range 15 { // more than a page holds
		_, err := c.Desk.AddLocation(t.Context(), core.Operator(), core.Location{
			Parent: c.Library.ID, Kind: core.Room, Code: fmt.Sprintf("LIB-%d", 300+i), Name: `Seminar room <"long & narrow"> with a name that does not fit`,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	places, err := c.Desk.Rooms(t.Context(), core.Operator(), c.Library.ID)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range places {
		want = append(want, "https://helpdesk.example.edu/r/"+p.Code)
	}
	if len(want) != 17 || !slices.Contains(want, "https://helpdesk.example.edu/r/LIB-204") {
		t.Fatalf("the building has %d doors", len(want))
	}
	sheet, err := labelSheet(&url.URL{Scheme: "https", Host: "helpdesk.example.edu"}, places)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	drawing, picture := filepath.Join(folder, "labels.svg"), filepath.Join(folder, "labels.png")
	save(t, drawing, []byte(sheet))
	browser := page{t, chrome(t, 900, 2400)}
	browser.do(chromedp.Navigate("file://" + drawing))
	save(t, picture, ask(browser, chromedp.CaptureScreenshot()))
	read, err := exec.CommandContext(t.Context(), zbar, "--quiet", "--raw", picture).Output() // its complaints about the missing bus are none
	if err != nil {
		t.Fatalf("zbarimg: %v: %s", err, read)
	}
	got := strings.Fields(string(read))
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the labels say %q, want %q", got, want)
	}
}

func TestACodeWithOddCharactersStaysOneAddress(t *testing.T) {
	t.Parallel()
	sheet, err := labelSheet(&url.URL{Scheme: "https", Host: "helpdesk.example.edu"}, []core.Location{{Code: `A/B <&"`, Name: "<script>"}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sheet, "<script>") || strings.Contains(sheet, `>A/B <`) {
		t.Error("a name is drawn as markup")
	}
}
