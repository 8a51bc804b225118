package ui

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// 4.5 to 1 is what WCAG 2.2 asks for text in 1.4.3, and 7 to 1 in 1.4.6.
func TestEveryColourReadsOnItsBackground(t *testing.T) {
	t.Parallel()
	black, white := color.Black, color.White
	for _, test := range []struct {
		name       string
		background Background
		on         []color.Color
		least      float64
	}{
		{"unknown", Unknown, []color.Color{black, white}, 4.5},
		{"dark", Dark, []color.Color{black, lipgloss.Color("#282C34"), lipgloss.Color("#1E1E2E")}, 4.5},
		{"light", Light, []color.Color{white, lipgloss.Color("#FDF6E3"), lipgloss.Color("#EFF1F5")}, 4.5},
		{"high contrast on dark", Contrast(Dark), []color.Color{black, lipgloss.Color("#282C34"), lipgloss.Color("#1E1E2E")}, 7},
		{"high contrast on light", Contrast(Light), []color.Color{white, lipgloss.Color("#FDF6E3"), lipgloss.Color("#EFF1F5")}, 7},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := paletteOf(test.background)
			for _, hex := range []string{p.blue, p.teal, p.green, p.amber, p.orange, p.red, p.grey} {
				for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
					shown := profile.Convert(lipgloss.Color(hex))
					for _, on := range test.on {
						if got := contrast(shown, on); got < test.least {
							t.Errorf("%s is %v in %s, with a contrast of %.2f on %v", hex, shown, profile, got, on)
						}
					}
				}
			}
		})
	}
}

// What is wrong is told by its colour too, where there is one: in 256 colours it is no grey.
func TestColoursStayColoursWhereThereAreFew(t *testing.T) {
	t.Parallel()
	for _, b := range []Background{Unknown, Dark, Light, DarkContrast, LightContrast} {
		p := paletteOf(b)
		for _, hex := range []string{p.blue, p.teal, p.green, p.amber, p.orange, p.red} {
			if r, g, blue, _ := colorprofile.ANSI256.Convert(lipgloss.Color(hex)).RGBA(); r == g && g == blue {
				t.Errorf("%s is a grey in 256 colours", hex)
			}
		}
	}
}

func TestNoColourKeepsToBoldAndReverse(t *testing.T) {
	t.Parallel()
	theme := NewTheme(NoColour)
	for _, style := range []Style{theme.Accent, theme.Dim, theme.Bad, theme.Note, theme.Status("open"), theme.Priority(4), theme.Selected} {
		if strings.Contains(style.Render("x"), "38;") {
			t.Errorf("there is a colour: %q", style.Render("x"))
		}
	}
}
