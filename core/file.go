package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// FileID numbers the files.
type FileID int64

// What people may send along with words.
const (
	MaxFiles = 3        // to one form
	MaxFile  = 10 << 20 // bytes of one file, where [Options.MaxFile] says nothing else
)

const (
	uploadsKept = 24 * time.Hour // while their form has not been taken
	uploadsUser = 20             // how many of the largest files an account may send in a day
	uploadsFrom = 50             // and one address without accounts, which many may share
	chunkSize   = 256 << 10
)

// File is a photograph or another file that came with a message. Pictures were written anew by the
// helpdesk, so that they hold nothing but what is seen.
type File struct {
	ID        FileID
	Name      string
	MediaType string
	Size      int64
	Digest    []byte // SHA-256 of what is kept
}

// IsPicture reports whether the file can be shown as a picture.
func (f File) IsPicture() bool { return len(f.MediaType) > 6 && f.MediaType[:6] == "image/" }

// SizeWords gives the file's size as people say it: "212 kB".
func (f File) SizeWords() string {
	switch {
	case f.Size < 1000:
		return fmt.Sprintf("%d B", f.Size)
	case f.Size < 999_500:
		return fmt.Sprintf("%d kB", (f.Size+500)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(f.Size)/1e6)
	}
}

// UploadRecord is a file as it is first written: of a form, not yet of a ticket.
type UploadRecord struct {
	File
	Form     string // of which form, see [Desk.Upload]
	Uploader string // who sent it: an account, or an address under the salt of its day
	Now      time.Time
	Expires  time.Time
}

type fileStore interface {
	// LockForm keeps others from changing what belongs to a form until the transaction ends.
	LockForm(ctx context.Context, form string) error
	// LockUploader keeps others from adding to what somebody has sent until the transaction ends.
	LockUploader(ctx context.Context, uploader string) error
	// Uploads lists the files of a form that wait to be sent on with it.
	Uploads(ctx context.Context, form string, now time.Time) ([]File, error)
	// UploadByDigest finds a file of a form by its content, whether it waits or was sent on.
	UploadByDigest(ctx context.Context, form string, digest []byte, now time.Time) (File, error)
	// HasUploads reports whether files came with a form, whether they wait or were sent on.
	HasUploads(ctx context.Context, form string) (bool, error)
	// UploadedSince adds up the bytes somebody has sent.
	UploadedSince(ctx context.Context, uploader string, since time.Time) (int64, error)
	InsertUpload(ctx context.Context, r UploadRecord) (FileID, error)
	InsertChunk(ctx context.Context, file FileID, number int, data []byte) error
	// RemoveUploads forgets files of a form that have not been sent on.
	RemoveUploads(ctx context.Context, form string, ids []FileID) error
	// MoveUploads gives the waiting files of one locked form to another, but for those that it has already, as long as
	// it has no more than most.
	MoveUploads(ctx context.Context, from, to string, most int, now time.Time) error
	// AttachUploads puts the waiting files of a form on a message. On an anonymous ticket they
	// forget who sent them.
	AttachUploads(ctx context.Context, ticket TicketID, message MessageID, form string, anonymous bool, now time.Time) error
	// Attachment finds a file by the ticket it is on; those of internal notes only if asked.
	Attachment(ctx context.Context, ticket TicketID, id FileID, internal bool) (File, error)
	Chunk(ctx context.Context, id FileID, number int) ([]byte, error)
}

// Upload takes a file that belongs to a form, and keeps it for a day: it goes with the report or the
// reply that is sent with the same key, however often the form comes back before. Sending the same
// file again keeps one. What is wrong with a file is a problem of the field "files". It reads no more
// of the file than may be kept.
func (d *Desk) Upload(ctx context.Context, who Actor, key, name string, in io.Reader) (File, error) {
	if who.Kind == ActorKiosk || key == "" {
		return File{}, forbidden("not_yours")
	}
	form, err := d.onceKey(who, "files", key)
	if err != nil {
		return File{}, err
	}
	r := UploadRecord{Form: form}
	if r.Uploader, err = d.uploader(ctx, who); err != nil {
		return File{}, err
	}
	if err := d.checkQuota(ctx, d.store, who, r.Uploader); err != nil {
		return File{}, err
	}
	kept, err := d.receive(ctx, name, in, d.MaxFile(who.Door))
	if err != nil {
		return File{}, err
	}
	defer kept.discard()
	r.File, r.Now = kept.File, d.Now()
	r.Expires = r.Now.Add(uploadsKept)
	var stored File
	err = d.store.InTx(ctx, func(tx Tx) error {
		stored, err = d.keepUpload(ctx, tx, who, r, kept)
		return err
	})
	if err != nil {
		return File{}, fmt.Errorf("keep upload: %w", err)
	}
	return stored, nil
}

// keepUpload writes a file, unless the form has it already or may have no more.
func (d *Desk) keepUpload(ctx context.Context, tx Tx, who Actor, r UploadRecord, kept *spool) (File, error) {
	if err := tx.LockForm(ctx, r.Form); err != nil {
		return File{}, fmt.Errorf("lock form: %w", err)
	}
	same, err := tx.UploadByDigest(ctx, r.Form, r.Digest, r.Now)
	if err == nil {
		return same, nil
	}
	if !errors.Is(err, ErrNoRow) {
		return File{}, fmt.Errorf("look for the same file: %w", err)
	}
	waiting, err := tx.Uploads(ctx, r.Form, r.Now)
	if err != nil {
		return File{}, fmt.Errorf("read uploads: %w", err)
	}
	if len(waiting) >= MaxFiles {
		return File{}, fileProblem("files_too_many", r.Name)
	}
	if err := tx.LockUploader(ctx, r.Uploader); err != nil {
		return File{}, fmt.Errorf("lock sender: %w", err)
	}
	if err := d.checkQuota(ctx, tx, who, r.Uploader); err != nil {
		return File{}, err
	}
	if r.ID, err = tx.InsertUpload(ctx, r); err != nil {
		return File{}, fmt.Errorf("write file: %w", err)
	}
	number := 0
	for data, err := range kept.chunks() {
		if err != nil {
			return File{}, err
		}
		if err := tx.InsertChunk(ctx, r.ID, number, data); err != nil {
			return File{}, fmt.Errorf("write piece of file: %w", err)
		}
		number++
	}
	return r.File, nil
}

// MaxFile is how many bytes a file may have that comes in by a door.
func (d *Desk) MaxFile(door Door) int64 {
	if most, set := d.maxFile[door]; set {
		return most
	}
	return MaxFile
}

// uploader names a sender so that what they send in a day can be added up. An address is not kept:
// see sealAddress.
func (d *Desk) uploader(ctx context.Context, who Actor) (string, error) {
	if who.Kind == ActorUser {
		return fmt.Sprintf("user:%d", who.User), nil
	}
	return d.addressSubject(ctx, who.Address)
}

func (d *Desk) checkQuota(ctx context.Context, tx fileStore, who Actor, uploader string) error {
	const day = 24 * time.Hour
	sent, err := tx.UploadedSince(ctx, uploader, d.Now().Add(-day))
	if err != nil {
		return fmt.Errorf("add up uploads: %w", err)
	}
	most := uploadsFrom * d.MaxFile(who.Door)
	if who.Kind == ActorUser {
		most = uploadsUser * d.MaxFile(who.Door)
	}
	if sent >= most {
		return limited("files_quota", time.Hour)
	}
	return nil
}

// Uploads lists the files that wait to be sent on with a form. A form of somebody else has none.
func (d *Desk) Uploads(ctx context.Context, who Actor, key string) ([]File, error) {
	form, err := d.onceKey(who, "files", key)
	if KindOf(err) == Invalid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := d.store.Uploads(ctx, form, d.Now())
	if err != nil {
		return nil, fmt.Errorf("read uploads: %w", err)
	}
	return files, nil
}

// formOf names the form that a key belongs to, and tells whether files came with it.
func (d *Desk) formOf(ctx context.Context, who Actor, key string) (string, bool, error) {
	if key == "" {
		return "", false, nil
	}
	form, err := d.onceKey(who, "files", key)
	if err != nil {
		return "", false, err
	}
	uploads, err := d.store.HasUploads(ctx, form)
	if err != nil {
		return "", false, fmt.Errorf("look for uploads: %w", err)
	}
	return form, uploads, nil
}

// RemoveUploads forgets files of a form that have not been sent on.
func (d *Desk) RemoveUploads(ctx context.Context, who Actor, key string, ids []FileID) error {
	form, err := d.onceKey(who, "files", key)
	if err != nil {
		return err
	}
	if err := d.store.RemoveUploads(ctx, form, ids); err != nil {
		return fmt.Errorf("remove uploads: %w", err)
	}
	return nil
}

// MoveUploads gives the files of one form of the page to another of the actor's own: somebody who
// signs in half-way keeps what they uploaded before. Whoever has a form's key, which nobody can
// guess, has the form.
func (d *Desk) MoveUploads(ctx context.Context, who Actor, fromKey, toKey string) error {
	to, err := d.onceKey(who, "files", toKey)
	if err != nil {
		return err
	}
	from, ok := pageForm(fromKey)
	if !ok || from == to {
		return nil
	}
	err = d.store.InTx(ctx, func(tx Tx) error {
		for _, form := range []string{min(from, to), max(from, to)} { // in this order, so that no two wait for each other
			if err := tx.LockForm(ctx, form); err != nil {
				return fmt.Errorf("lock form: %w", err)
			}
		}
		return tx.MoveUploads(ctx, from, to, MaxFiles, d.Now()) //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("move uploads: %w", err)
	}
	return nil
}

// OpenFile finds a file on a ticket for somebody who reads that ticket's messages, and yields it piece
// by piece. Everybody else finds what they find for a file that does not exist.
func (d *Desk) OpenFile(ctx context.Context, who Actor, ticket TicketID, id FileID) (File, iter.Seq2[[]byte, error], error) {
	p, t, staff, err := d.filesOf(ctx, who, ticket)
	if err != nil {
		return File{}, nil, err
	}
	file, err := d.store.Attachment(ctx, ticket, id, staff)
	if errors.Is(err, ErrNoRow) {
		return File{}, nil, Missing("ticket")
	}
	if err != nil {
		return File{}, nil, fmt.Errorf("find file of %s: %w", ticket, err)
	}
	if err := d.recordViewing(ctx, p, t); err != nil {
		return File{}, nil, err
	}
	return file, d.pieces(ctx, file), nil
}

// pieces reads a file one piece at a time, so that a file takes no more memory than a piece.
func (d *Desk) pieces(ctx context.Context, file File) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for number, read := 0, int64(0); read < file.Size; number++ {
			data, err := d.store.Chunk(ctx, file.ID, number)
			if err != nil {
				yield(nil, fmt.Errorf("read piece %d of a file: %w", number, err))
				return
			}
			if read += int64(len(data)); !yield(data, nil) {
				return
			}
		}
	}
}

func fileProblem(code, name string) error {
	return &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{
		Field: "files", Code: code, Args: map[string]any{"Name": name, "Max": MaxFiles},
	}}}
}

// fileNoRoom refuses a file that would have done at another time.
func fileNoRoom(name string, cause error) error {
	return &Error{Kind: Unavailable, Code: "unavailable", RetryAfter: time.Minute, cause: cause, Problems: []Problem{{
		Field: "files", Code: "file_no_room", Args: map[string]any{"Name": name},
	}}}
}

func fileTooLarge(name string, most int64) error {
	return &Error{Kind: Invalid, Code: "invalid", Problems: []Problem{{
		Field: "files", Code: "file_too_large", Args: map[string]any{"Name": name, "Size": sizeLimit(most)},
	}}}
}

// sizeLimit is a limit as people say it. Limits are set in whole binary megabytes, or in tests in less.
func sizeLimit(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d kB", bytes>>10)
	}
	return fmt.Sprintf("%d MB", bytes>>20)
}
