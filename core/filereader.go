package core

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ReadFile is OpenFile for somebody who wants parts of a file: it reads from wherever it is asked to, and holds one piece
// of the file at a time.
func (d *Desk) ReadFile(ctx context.Context, who Actor, ticket TicketID, id FileID) (File, io.ReadSeeker, error) {
	file, _, err := d.OpenFile(ctx, who, ticket, id)
	if err != nil {
		return File{}, nil, err
	}
	return file, &fileReader{ctx: ctx, store: d.store, file: file, number: -1}, nil
}

// fileReader reads a file that is kept in pieces.
type fileReader struct {
	ctx    context.Context //nolint:containedctx // an io.Reader is given none
	store  Store
	file   File
	at     int64
	number int // of the piece that is held, -1 for none
	piece  []byte
}

// Read reads on, to the end of a piece at most.
func (r *fileReader) Read(p []byte) (int, error) {
	if r.at >= r.file.Size {
		return 0, io.EOF
	}
	number, within := int(r.at/chunkSize), int(r.at%chunkSize)
	if number != r.number {
		piece, err := r.store.Chunk(r.ctx, r.file.ID, number)
		if err != nil {
			return 0, fmt.Errorf("read piece %d of a file: %w", number, err)
		}
		r.piece, r.number = piece, number
	}
	if within >= len(r.piece) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, r.piece[within:])
	r.at += int64(n)
	return n, nil
}

// Seek goes to a place in the file.
func (r *fileReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.file.Size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning of the file")
	}
	r.at = offset
	return offset, nil
}
