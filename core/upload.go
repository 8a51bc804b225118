package core

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"helpdesk.campus/core/picture"
)

// spool is a file that has arrived and is not in the database yet. It waits on disk, under no name,
// so that neither slow senders nor many of them take memory or a connection to the database.
type spool struct {
	File
	disk disk
	most int64 // bytes that may be kept
}

// disk is the file that a spool writes to. That it takes no more is told from a sender who sends no more.
type disk struct{ file *os.File }

// errDisk says that a disk takes nothing more: it is full, most of the time.
var errDisk = errors.New("the disk for uploads takes no more")

// Write implements io.Writer.
func (d disk) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", errDisk, err)
	}
	return n, err
}

// Seek implements io.Seeker.
func (d disk) Seek(offset int64, whence int) (int64, error) {
	return d.file.Seek(offset, whence) //nolint:wrapcheck // it is a file
}

// Read implements io.Reader.
func (d disk) Read(p []byte) (int, error) {
	return d.file.Read(p) //nolint:wrapcheck // it is a file
}

func newSpool(most int64) (*spool, error) {
	file, err := os.CreateTemp("", "helpdesk-upload-")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDisk, err)
	}
	_ = os.Remove(file.Name()) // where a file in use cannot lose its name, discard removes it
	return &spool{disk: disk{file}, most: most}, nil
}

func (s *spool) discard() {
	_ = s.disk.file.Close()
	_ = os.Remove(s.disk.file.Name())
}

// chunks reads the file in the pieces that it is kept in.
func (s *spool) chunks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		buffer := make([]byte, chunkSize)
		for at := int64(0); at < s.Size; {
			piece := buffer[:min(chunkSize, s.Size-at)]
			if _, err := s.disk.file.ReadAt(piece, at); err != nil {
				yield(nil, fmt.Errorf("read upload: %w", err))
				return
			}
			if at += int64(len(piece)); !yield(piece, nil) {
				return
			}
		}
	}
}

// measure takes the size and the digest of what is on disk.
func (s *spool) measure(size int64) error {
	s.Size = size
	sum := sha256.New()
	for data, err := range s.chunks() {
		if err != nil {
			return err
		}
		write(sum, data)
	}
	s.Digest = sum.Sum(nil)
	return nil
}

func write(sum hash.Hash, data []byte) { _, _ = sum.Write(data) } // a hash takes everything

// receive takes a file from its sender: no more than may be kept, of a kind that may be kept, and a
// picture only as this program drew it.
func (d *Desk) receive(ctx context.Context, name string, in io.Reader, most int64) (*spool, error) {
	name = cleanFileName(name)
	kept, err := d.spool(ctx, name, in, most)
	if errors.Is(err, errDisk) {
		d.logger.ErrorContext(ctx, "an upload finds no room: free some where temporary files are, or set TMPDIR", "folder", os.TempDir(), "error", err)
		return nil, fileNoRoom(name, err)
	}
	return kept, err
}

func (d *Desk) spool(ctx context.Context, name string, in io.Reader, most int64) (*spool, error) {
	raw, err := newSpool(most)
	if err != nil {
		return nil, err
	}
	size, err := io.Copy(raw.disk, io.LimitReader(in, most+1))
	switch {
	case err != nil:
		raw.discard()
		return nil, fmt.Errorf("receive upload: %w", err)
	case size > most:
		raw.discard()
		return nil, fileTooLarge(name, most)
	case size == 0:
		raw.discard()
		return nil, fileProblem("file_empty", name)
	}
	raw.Size = size
	kept, err := d.accept(ctx, raw, name)
	if err != nil || kept != raw {
		raw.discard()
	}
	return kept, err
}

// accept decides by what is in a file what it is, and by its name whether it says so.
func (d *Desk) accept(ctx context.Context, raw *spool, name string) (*spool, error) {
	head := make([]byte, min(64, raw.Size))
	if _, err := raw.disk.file.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	stem, extension := splitName(name)
	format, isPicture := picture.Sniff(head)
	raw.Name = name
	switch {
	case isPicture && (extension == "" || pictureExtension(extension)):
		return d.redraw(ctx, raw, format, stem)
	case picture.IsHEIC(head), extension == "heic", extension == "heif", extension == "avif":
		return nil, fileProblem("file_heic", name)
	case pictureExtension(extension):
		return nil, fileProblem("file_broken", name)
	case extension == "pdf" && strings.HasPrefix(string(head), "%PDF-"):
		raw.MediaType = "application/pdf"
	case extension == "csv" && raw.isText():
		raw.MediaType = "text/csv; charset=utf-8"
	case (extension == "txt" || extension == "log") && raw.isText():
		raw.MediaType = "text/plain; charset=utf-8"
	default:
		return nil, fileProblem("file_kind", name)
	}
	if err := raw.measure(raw.Size); err != nil {
		return nil, err
	}
	return raw, nil
}

// redraw makes the picture that is kept. One at a time: a large picture takes a good part of the
// memory that the program may use, and is collected before the next is begun.
func (d *Desk) redraw(ctx context.Context, raw *spool, format picture.Format, stem string) (*spool, error) {
	kept, err := newSpool(raw.most)
	if err != nil {
		return nil, err
	}
	select {
	case d.drawing <- struct{}{}:
	case <-ctx.Done():
		kept.discard()
		return nil, fmt.Errorf("wait to draw a picture: %w", ctx.Err())
	}
	written, err := picture.Rewrite(raw.disk, format, kept.disk, raw.most)
	runtime.GC()
	<-d.drawing
	switch {
	case errors.Is(err, picture.ErrTooManyPixels):
		err = fileProblem("file_pixels", raw.Name)
	case errors.Is(err, picture.ErrBroken):
		err = fileProblem("file_broken", raw.Name)
	}
	if err == nil {
		kept.MediaType, kept.Name = "image/"+string(written), stem+extensionOf(written)
		var size int64
		if size, err = kept.disk.Seek(0, io.SeekCurrent); err == nil {
			err = kept.measure(size)
		}
	}
	if err != nil {
		kept.discard()
		return nil, err
	}
	return kept, nil
}

// isText reports whether there is nothing in a file but text, and the colours that programs write into their logs. Whatever else a
// terminal obeys would be obeyed by that of whoever has the file put out there.
func (s *spool) isText() bool {
	var said terminalText
	for data, err := range s.chunks() {
		if err != nil || slices.ContainsFunc(data, func(b byte) bool { return !said.goesOn(b) }) {
			return false
		}
	}
	return !said.escaped && !said.colour
}

// terminalText follows text byte by byte as a terminal reads it (ECMA-48).
type terminalText struct {
	escaped bool // behind an ESC
	colour  bool // within ESC [ …, which is to become a colour
	lead    bool // behind the first byte of U+0080 to U+00BF in UTF-8, of which the first half are commands
}

// goesOn reports whether it is still text with this byte.
func (x *terminalText) goesOn(b byte) bool {
	was := *x
	*x = terminalText{}
	switch {
	case was.escaped:
		x.colour = b == '['
		return x.colour
	case was.colour:
		x.colour = b != 'm' && b != 'K' // K clears the rest of the line, as grep has it
		return !x.colour || b >= '0' && b <= '9' || b == ';' || b == ':'
	case was.lead && b >= 0x80 && b < 0xa0:
		return false
	}
	x.escaped, x.lead = b == 0x1b, b == 0xc2
	return b >= ' ' && b != 0x7f || strings.IndexByte("\t\n\r\f\x1b", b) >= 0
}

func pictureExtension(extension string) bool {
	return slices.Contains([]string{"jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp"}, extension)
}

func extensionOf(f picture.Format) string {
	if f == picture.JPEG {
		return ".jpg"
	}
	return "." + string(f)
}

// splitName parts a name from its extension, which comes in small letters and without the dot.
func splitName(name string) (string, string) {
	extension := path.Ext(name)
	return strings.TrimSuffix(name, extension), strings.ToLower(strings.TrimPrefix(extension, "."))
}

// cleanFileName leaves of a name what can be shown, stored and put into an address: no folders, no
// control or direction marks, no dot in front, and an end to its length that spares the extension.
func cleanFileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r), strings.ContainsRune(`<>:"|?*%#&;`, r):
			return -1
		}
		return r
	}, name)
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ". ")
	const longest, longestExtension = 80, 8
	stem, extension := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	if utf8.RuneCountInString(extension) > longestExtension {
		stem, extension = name, ""
	}
	stem = strings.Trim(stem, ". ")
	if runes := []rune(stem); len(runes) > longest {
		stem = strings.TrimSpace(string(runes[:longest]))
	}
	if stem == "" {
		stem = "file"
	}
	return stem + extension
}
