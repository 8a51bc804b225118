// Package picture makes pictures from strangers safe to keep and to show: it decodes them within a
// bound of memory and writes them anew, so that nothing of the file but what is seen in it remains.
// Where pictures are kept and who may see them is for others to say.
package picture

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

const (
	// MaxPixels is how many pixels a picture may have; a telephone's best camera stays below.
	MaxPixels = 40_000_000
	// MaxSide is how many pixels wide and high a picture is kept.
	MaxSide = 2560
	// maxDecoded is how many bytes a picture may take while it is decoded. Kinds of files that
	// decode wastefully reach it before [MaxPixels].
	maxDecoded = 4 * MaxPixels
	quality    = 85
)

var (
	// ErrTooManyPixels is a picture that would take too much memory to look at.
	ErrTooManyPixels = errors.New("the picture has too many pixels")
	// ErrBroken is a file that begins like a picture and is none.
	ErrBroken = errors.New("the picture cannot be decoded")
)

// Format is a kind of picture file.
type Format string

// The formats that are read; JPEG and PNG are written.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	GIF  Format = "gif"
	WebP Format = "webp"
)

// Sniff tells a picture's format by the first bytes of the file.
func Sniff(head []byte) (Format, bool) {
	s := string(head)
	begins := func(magic string) bool { return len(s) >= len(magic) && s[:len(magic)] == magic }
	switch {
	case begins("\xff\xd8\xff"):
		return JPEG, true
	case begins("\x89PNG\r\n\x1a\n"):
		return PNG, true
	case begins("GIF87a"), begins("GIF89a"):
		return GIF, true
	case begins("RIFF") && len(s) >= 12 && s[8:12] == "WEBP":
		return WebP, true
	}
	return "", false
}

// IsHEIC reports whether the first bytes are those of a HEIC or AVIF picture, which is not read here.
func IsHEIC(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

// Rewrite reads a picture and writes it anew: turned the way its camera was held, no side longer than
// [MaxSide], without anything that the file said besides. It looks at the size before it decodes. It
// returns the format written: JPEG for photographs, PNG for the rest unless that would exceed most bytes.
func Rewrite(in io.ReadSeeker, format Format, out io.WriteSeeker, most int64) (Format, error) {
	facts, err := examine(in, format)
	if err != nil {
		return "", err
	}
	if facts.pixels() > MaxPixels || facts.cost() > maxDecoded {
		return "", ErrTooManyPixels
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("go back in the picture: %w", err)
	}
	decoded, err := decode(bufio.NewReader(in), format)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrBroken, err)
	}
	photograph := format == JPEG || format == WebP && opaque(decoded)
	drawn := turn(shrink(decoded), facts.orientation)
	if !photograph {
		limited := &limitedWriter{out: out, left: most}
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		err := encoder.Encode(limited, drawn)
		if err == nil {
			return PNG, nil
		}
		if limited.left >= 0 {
			return "", fmt.Errorf("write picture: %w", err)
		}
		if _, err := out.Seek(0, io.SeekStart); err != nil { // it compresses badly: a photograph after all
			return "", fmt.Errorf("go back in the copy: %w", err)
		}
		drawn = onWhite(drawn)
	}
	if err := jpeg.Encode(out, drawn, &jpeg.Options{Quality: quality}); err != nil {
		return "", fmt.Errorf("write picture: %w", err)
	}
	return JPEG, nil
}

func decode(in io.Reader, format Format) (image.Image, error) {
	switch format {
	case JPEG:
		return jpeg.Decode(in)
	case PNG:
		return png.Decode(in)
	case GIF:
		return gif.Decode(in)
	case WebP:
		return webp.Decode(in)
	}
	return nil, fmt.Errorf("no such format: %s", format)
}

// shrink draws a picture no larger than it is kept.
func shrink(m image.Image) *image.RGBA {
	from := m.Bounds()
	w, h := fit(from.Dx(), from.Dy())
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == from.Dx() && h == from.Dy() {
		draw.Draw(to, to.Bounds(), m, from.Min, draw.Src)
		return to
	}
	draw.ApproxBiLinear.Scale(to, to.Bounds(), m, from, draw.Src, nil)
	return to
}

func fit(w, h int) (int, int) {
	long := max(w, h)
	if long <= MaxSide {
		return w, h
	}
	return max(1, w*MaxSide/long), max(1, h*MaxSide/long)
}

// turn applies the orientation that a camera noted, 1 to 8 as EXIF has them.
func turn(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	tw, th := w, h
	if orientation >= 5 {
		tw, th = h, w
	}
	to := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			sx, sy := source(orientation, x, y, w, h)
			copy(to.Pix[y*to.Stride+4*x:][:4], m.Pix[sy*m.Stride+4*sx:][:4])
		}
	}
	return to
}

// source tells where a pixel of the turned picture comes from.
func source(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	default:
		return w - 1 - y, x
	}
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// onWhite puts a picture that lets through on white paper.
func onWhite(m *image.RGBA) *image.RGBA {
	to := image.NewRGBA(m.Rect)
	draw.Draw(to, to.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(to, to.Rect, m, m.Rect.Min, draw.Over)
	return to
}

// limitedWriter fails when more is written than it takes.
type limitedWriter struct {
	out  io.Writer
	left int64
}

// Write implements io.Writer.
func (w *limitedWriter) Write(b []byte) (int, error) {
	if w.left -= int64(len(b)); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return w.out.Write(b)
}
