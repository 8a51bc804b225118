package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// facts are what a file says of its picture before the picture.
type facts struct {
	width, height int64
	perPixel      int64 // bytes that decoding takes for each pixel
	orientation   int   // 1 to 8, as EXIF has them; 0 if not said
}

func (f facts) pixels() int64 { return f.width * f.height }
func (f facts) cost() int64   { return f.pixels() * f.perPixel }

// examine reads a file's header and nothing of the picture.
func examine(in io.ReadSeeker, format Format) (facts, error) {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return facts{}, fmt.Errorf("go to the beginning of the picture: %w", err)
	}
	config, err := readConfig(bufio.NewReader(in), format)
	if err != nil {
		return facts{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	f := facts{width: int64(config.Width), height: int64(config.Height), perPixel: 4}
	if f.width <= 0 || f.height <= 0 {
		return facts{}, ErrBroken
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return facts{}, fmt.Errorf("go to the beginning of the picture: %w", err)
	}
	switch format {
	case PNG:
		f.perPixel = pngCost(in, config.ColorModel)
	case JPEG:
		scanJPEG(bufio.NewReader(in), &f)
	case GIF, WebP:
	}
	return f, nil
}

func readConfig(in io.Reader, format Format) (image.Config, error) {
	switch format {
	case JPEG:
		return jpeg.DecodeConfig(in)
	case PNG:
		return png.DecodeConfig(in)
	case GIF:
		return gif.DecodeConfig(in)
	case WebP:
		return webp.DecodeConfig(in)
	}
	return image.Config{}, fmt.Errorf("no such format: %s", format)
}

// pngCost is 4 bytes a pixel, twice that for 16 bits a channel, and half as much again for an
// interlaced picture, whose largest pass is decoded beside it.
func pngCost(in io.Reader, model color.Model) int64 {
	cost := int64(4)
	if model == color.NRGBA64Model || model == color.RGBA64Model {
		cost = 8
	}
	var head [29]byte
	if _, err := io.ReadFull(in, head[:]); err == nil && head[28] != 0 {
		cost += cost / 2
	}
	return cost
}

// The JPEG markers that are looked at.
const (
	markerSOF2 = 0xc2 // of a progressive picture
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1 // EXIF
)

var errNoSegment = errors.New("no segment")

// scanJPEG reads the segments before the picture: how it is coded, and which way up the camera was
// held. A progressive picture is decoded with all its coefficients in memory, four bytes each. What
// cannot be read is left to the decoder to refuse.
func scanJPEG(in *bufio.Reader, f *facts) {
	if _, err := in.Discard(2); err != nil {
		return
	}
	for {
		marker, size, err := segment(in)
		if err != nil || marker == markerSOS || marker == markerEOI {
			return
		}
		switch marker {
		case markerSOF2:
			body, err := take(in, size)
			if err != nil {
				return
			}
			f.perPixel = max(f.perPixel, progressiveCost(body))
		case markerAPP1:
			body, err := take(in, size)
			if err != nil {
				return
			}
			if o := orientation(body); o != 0 && f.orientation == 0 {
				f.orientation = o
			}
		default:
			if _, err := in.Discard(size); err != nil {
				return
			}
		}
	}
}

// segment reads the beginning of a segment: its marker, and the length of what follows.
func segment(in *bufio.Reader) (byte, int, error) {
	b, err := in.ReadByte()
	if err != nil || b != 0xff {
		return 0, 0, errNoSegment
	}
	for b == 0xff { // any number of them may fill up
		if b, err = in.ReadByte(); err != nil {
			return 0, 0, errNoSegment
		}
	}
	if b == markerEOI {
		return b, 0, nil
	}
	var length [2]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return 0, 0, errNoSegment
	}
	size := int(binary.BigEndian.Uint16(length[:])) - 2
	if size < 0 {
		return 0, 0, errNoSegment
	}
	return b, size, nil
}

func take(in io.Reader, size int) ([]byte, error) {
	body := make([]byte, size)
	_, err := io.ReadFull(in, body)
	return body, err
}

// progressiveCost adds up the components of a frame: for each, the share of the pixels that it
// samples, with a coefficient of four bytes and a sample of one.
func progressiveCost(frame []byte) int64 {
	const each = 5
	if len(frame) < 6 {
		return each * 4
	}
	var most, all int64
	for i := 6; i+2 < len(frame); i += 3 {
		samples := int64(frame[i+1]>>4) * int64(frame[i+1]&15)
		most, all = max(most, samples), all+samples
	}
	if most == 0 {
		return each * 4
	}
	return (each*all + most - 1) / most
}

// orientation reads the one thing that matters of EXIF: tag 0x0112 of its first directory.
func orientation(exif []byte) int {
	const head = "Exif\x00\x00"
	if len(exif) < len(head)+8 || string(exif[:len(head)]) != head {
		return 0
	}
	tiff := exif[len(head):]
	var order binary.ByteOrder
	switch string(tiff[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := int64(order.Uint16(tiff[at:]))
	for i := range entries {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if o := int(order.Uint16(tiff[entry+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}
