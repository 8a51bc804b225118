package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
	"time"

	"helpdesk.campus/core/picture"
)

const most = 10 << 20

// rewrite draws a picture anew and returns what was written.
func rewrite(t *testing.T, data []byte) ([]byte, picture.Format, error) {
	t.Helper()
	format, ok := picture.Sniff(data)
	if !ok {
		t.Fatal("this is no picture")
	}
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	written, err := picture.Rewrite(bytes.NewReader(data), format, out, most)
	if err != nil {
		return nil, "", err
	}
	end, err := out.Seek(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	kept := make([]byte, end)
	if _, err := out.ReadAt(kept, 0); err != nil {
		t.Fatal(err)
	}
	return kept, written, nil
}

// paint is a picture whose upper left quarter is red, on blue.
func paint(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{B: 255, A: 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{R: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encodeJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encodePNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withEXIF puts an EXIF segment with an orientation and a place into a JPEG.
func withEXIF(file []byte, orientation byte) []byte {
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	exif = append(exif, orientation, 0, 0, 0, 0, 0, 0)
	exif = append(exif, "GPS 40.4168N 3.7038W taken 2026-11-23"...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	segment = append(segment, exif...)
	return append(append(append([]byte{}, file[:2]...), segment...), file[2:]...)
}

func TestWhereAndWhenAPhotographWasTakenIsGone(t *testing.T) {
	t.Parallel()
	file := append(withEXIF(encodeJPEG(t, paint(64, 32)), 1), "<script>trailing</script>"...)
	kept, format, err := rewrite(t, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"Exif", "GPS", "2026", "script"} {
		if bytes.Contains(kept, []byte(trace)) {
			t.Errorf("%q is still in the file", trace)
		}
	}
	if format != picture.JPEG {
		t.Errorf("the photograph became %s", format)
	}
}

func TestAPictureIsTurnedAsTheCameraWasHeld(t *testing.T) {
	t.Parallel()
	// Where the red quarter of a wide picture ends up: left or right, above or below.
	corners := map[byte][2]bool{1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true}, 5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true}}
	for orientation, corner := range corners {
		kept, _, err := rewrite(t, withEXIF(encodeJPEG(t, paint(64, 32)), orientation))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil {
			t.Fatal(err)
		}
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		if wide := w > h; wide != (orientation < 5) {
			t.Errorf("orientation %d: %d×%d", orientation, w, h)
		}
		x, y := w/4, h/4
		if corner[0] {
			x = 3 * w / 4
		}
		if corner[1] {
			y = 3 * h / 4
		}
		if r, _, b, _ := m.At(x, y).RGBA(); r < 0xc000 || b > 0x4000 {
			t.Errorf("orientation %d: the red quarter is not at %d, %d", orientation, x, y)
		}
	}
}

func TestALargePictureIsKeptSmaller(t *testing.T) {
	t.Parallel()
	kept, format, err := rewrite(t, encodePNG(t, image.NewGray(image.Rect(0, 0, 5120, 100))))
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(kept))
	if err != nil || format != picture.PNG || config.Width != picture.MaxSide || config.Height != 50 {
		t.Errorf("kept %s of %d×%d (%v)", format, config.Width, config.Height, err)
	}
}

func TestAGIFIsKeptAsItsFirstPicture(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := gif.Encode(&file, paint(20, 20), nil); err != nil {
		t.Fatal(err)
	}
	if _, format, err := rewrite(t, file.Bytes()); err != nil || format != picture.PNG {
		t.Errorf("kept %s (%v)", format, err)
	}
}

// pngHeader is a PNG that says how large it is, and has nothing to show for it.
func pngHeader(width, height uint32, depth, interlaced byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, depth, 6, 0, 0, interlaced)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	file = append(file, head...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(head))
}

func TestAPictureThatWouldTakeTooMuchMemoryIsRefusedUnseen(t *testing.T) {
	t.Parallel()
	bombs := map[string][]byte{
		"41 megapixels":                      pngHeader(8200, 5000, 8, 0),
		"a side of two thousand million":     pngHeader(1<<31-1, 1, 8, 0),
		"25 megapixels of 16 bits a channel": pngHeader(5000, 5000, 16, 0),
		"30 interlaced megapixels":           pngHeader(6000, 5000, 8, 1),
		"25 progressive megapixels":          progressive(5000, 5000),
	}
	for name, file := range bombs {
		began := time.Now()
		if _, _, err := rewrite(t, file); !errors.Is(err, picture.ErrTooManyPixels) {
			t.Errorf("%s: %v, want too many pixels", name, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
}

// progressive is the beginning of a progressive JPEG with three components sampled alike.
func progressive(width, height uint16) []byte {
	file := []byte{0xff, 0xd8, 0xff, 0xc2, 0, 17, 8}
	file = binary.BigEndian.AppendUint16(file, height)
	file = binary.BigEndian.AppendUint16(file, width)
	file = append(file, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	return append(file, 0xff, 0xda, 0, 12)
}

func TestWhatOnlyBeginsLikeAPictureIsBroken(t *testing.T) {
	t.Parallel()
	whole := encodeJPEG(t, paint(64, 64))
	for name, file := range map[string][]byte{
		"a page behind a JPEG's first bytes": []byte("\xff\xd8\xff<html><script>alert(1)</script>"),
		"half a JPEG":                        whole[:len(whole)/2],
		"a PNG without a picture":            pngHeader(10, 10, 8, 0),
		"a GIF's name":                       []byte("GIF89a"),
		"a WebP's name":                      []byte("RIFF\x00\x00\x00\x00WEBP"),
	} {
		if _, _, err := rewrite(t, file); !errors.Is(err, picture.ErrBroken) {
			t.Errorf("%s: %v, want broken", name, err)
		}
	}
}

func FuzzRewriteNeverPanics(f *testing.F) {
	f.Add(pngHeader(10, 10, 8, 0))
	f.Add(progressive(10, 10))
	f.Add(withEXIF([]byte{0xff, 0xd8, 0xff, 0xd9}, 6))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, ok := picture.Sniff(data); ok {
			_, _, _ = rewrite(t, data)
		}
	})
}
