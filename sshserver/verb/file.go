package verb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
)

// get lists the files of a ticket, or puts one out as it is kept.
func get(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	name := s.args["file"]
	if name == "" {
		return s.listFiles(ctx, id)
	}
	file, err := s.findFile(ctx, id, name)
	if err != nil {
		return err
	}
	found, pieces, err := s.Desk.OpenFile(ctx, s.Who, id, file)
	if err != nil {
		return err
	}
	if s.Terminal {
		return s.usage(s.words.T("verb.file_terminal", "Host", s.Host, "Ticket", id.String()[1:], "Name", found.Name))
	}
	return s.send(pieces)
}

func (s *session) listFiles(ctx context.Context, id core.TicketID) error {
	view, err := s.Desk.Ticket(ctx, s.Who, id)
	if err != nil {
		return err
	}
	p := s.print(fileShape())
	for i := range view.Messages {
		m := &view.Messages[i]
		for _, f := range m.Files {
			if err := p.put(fileRecord(f, id, m)); err != nil {
				return err
			}
		}
	}
	return p.flush()
}

// findFile finds a file of a ticket by its name, or by the number that a list of its files gives it.
func (s *session) findFile(ctx context.Context, id core.TicketID, name string) (core.FileID, error) {
	view, err := s.Desk.Ticket(ctx, s.Who, id)
	if err != nil {
		return 0, err
	}
	var named []string
	var found core.FileID
	for i := range view.Messages {
		for _, f := range view.Messages[i].Files {
			if strings.EqualFold(f.Name, name) {
				found = f.ID
				named = append(named, strconv.FormatInt(int64(f.ID), 10))
			}
		}
	}
	switch n, err := strconv.ParseInt(name, 10, 64); {
	case len(named) == 1:
		return found, nil
	case len(named) > 1:
		return 0, s.usage(s.words.T("verb.file_several", "Name", short(name), "Numbers", strings.Join(named, ", ")))
	case err == nil:
		return core.FileID(n), nil // one that is older than what is shown, or none
	}
	return 0, &refusal{words: s.words.T("verb.file_missing", "Name", short(name)), status: NotFound}
}

// send puts out the pieces of a file. Between two of them it holds nothing, so that a reader who stops reading stops
// this alone.
func (s *session) send(pieces iter.Seq2[[]byte, error]) error {
	for data, err := range pieces {
		if err != nil {
			return err
		}
		if _, err := s.Call.Out.Write(data); err != nil {
			return errOutput
		}
	}
	return nil
}

// attach takes a file from standard input and puts it on a ticket, with words or without. What staff attach is among
// staff unless they say otherwise: a log may hold what its reporter is not to read.
func attach(ctx context.Context, s *session) error {
	id, err := s.ticket(ctx)
	if err != nil {
		return err
	}
	if s.Terminal {
		return s.usage(s.words.T("verb.attach_terminal", "Host", s.Host))
	}
	view, err := s.Desk.Preview(ctx, s.Who, id)
	if err != nil {
		return err
	}
	say, as := s.Desk.Reply, action.Reply
	if view.AsStaff && !s.has("--reply") {
		say, as = s.Desk.Note, action.Note
	}
	if refused := view.May[as]; refused != nil { // before anything is sent that would not be taken
		return refused
	}
	key := s.flags["--key"]
	if key == "" {
		key = randomKey()
	}
	file, err := s.Desk.Upload(ctx, s.Who, key, s.args["name"], &whole{in: s.In, alive: s.Alive})
	if err != nil {
		return err
	}
	said, err := say(ctx, s.Who, id, core.NewMessage{Key: key, Body: s.flags["--message"]})
	if err != nil {
		return err
	}
	return s.puts(fileShape(), fileRecord(file, id, &said))
}

func randomKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// whole is standard input of which half is worth nothing: it ends with an error where the client has gone.
type whole struct {
	in    io.Reader
	alive func() bool
}

// Read reads on.
func (w *whole) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	switch {
	case err == nil, n > 0:
		return n, nil
	case errors.Is(err, io.EOF) && w.alive():
		return 0, io.EOF
	}
	return 0, errGone
}

func fileShape() Shape {
	return Shape{Name: "file", Help: "A file on a ticket.", Quiet: "id", Fields: []Field{
		{Name: "id", Help: "the file's number", title: "FILE", width: 7},
		{Name: "name", Help: "what it is called", title: "NAME", flex: true, width: 20},
		{Name: "media_type", Help: "what it is", title: "TYPE", width: 18, rank: 1},
		{Name: "size", Help: "its bytes", title: "BYTES", width: 10},
		{Name: "sha256", Help: "digest of what is kept"},
		{Name: "ticket", Help: "number of the ticket"},
		{Name: "message", Help: "number of the message that it came with"},
		{Name: "visibility", Help: "public, or internal for staff alone", title: "VISIBILITY", width: 10, rank: 2},
		{Name: "at", Help: "when it came", title: "AT", width: 16, rank: 3},
	}}
}

func fileRecord(f core.File, ticket core.TicketID, m *core.Message) record {
	return record{
		int64(f.ID), f.Name, f.MediaType, f.Size, hex.EncodeToString(f.Digest), int64(ticket), int64(m.ID), string(m.Visibility), m.CreatedAt,
	}
}
