package verb

import (
	"context"
	"io"
	"time"

	"helpdesk.campus/core"
)

// outputPiece is how much is put out between two looks at whether the verb has been ended.
const outputPiece = 32 << 10

// mindAccess ends the verb when its caller may not do it any more. It returns when ctx has ended.
func (s *session) mindAccess(ctx context.Context, end context.CancelCauseFunc) {
	if refused := s.Desk.Stay(ctx, s.Who, s.Recheck, s.mayRun); refused != nil {
		end(refused)
		s.awaitLastWord()
	}
}

// awaitLastWord ends the connection of a caller who does not take what is put out, and so could not be told either.
func (s *session) awaitLastWord() {
	select {
	case <-s.over:
	case <-time.After(s.Grace):
		s.HangUp()
	}
}

// mayRun refuses a reporter what is for staff alone.
func (s *session) mayRun(me core.User) error {
	if s.verb.Staff && !me.IsStaff() {
		return &core.Error{Kind: core.Forbidden, Code: "staff_only"}
	}
	return nil
}

// output is standard output of a verb that may be ended: what is long goes out in pieces, and no further piece once it has
// been.
type output struct {
	ended context.Context
	to    io.Writer
}

// Write puts out what it is given, or as much of it as there was time for.
func (o *output) Write(p []byte) (int, error) {
	written := 0
	for len(p) > written {
		if o.ended.Err() != nil {
			return written, context.Cause(o.ended)
		}
		n, err := o.to.Write(p[written:min(len(p), written+outputPiece)])
		if written += n; err != nil {
			return written, err
		}
	}
	return written, nil
}

// input is standard input of a verb that may be ended while it waits for more.
type input struct {
	ended  context.Context
	from   io.Reader
	pieces chan piece
	rest   piece
}

// piece is what came of standard input, and with which error it ended.
type piece struct {
	data []byte
	err  error
}

// Read waits for what comes, or for the end of the verb. What it waits in is left behind then, and ends with the channel.
func (i *input) Read(p []byte) (int, error) {
	if i.pieces == nil {
		i.pieces = make(chan piece)
		go i.pump()
	}
	if len(i.rest.data) == 0 && i.rest.err == nil {
		select {
		case i.rest = <-i.pieces:
		case <-i.ended.Done():
			return 0, context.Cause(i.ended)
		}
	}
	n := copy(p, i.rest.data)
	if i.rest.data = i.rest.data[n:]; len(i.rest.data) > 0 {
		return n, nil
	}
	return n, i.rest.err
}

// pump reads on. Two buffers take turns: one is read into while the other is looked at.
func (i *input) pump() {
	var buffers [2][outputPiece]byte
	for turn := 0; ; turn = 1 - turn {
		n, err := i.from.Read(buffers[turn][:])
		select {
		case i.pieces <- piece{buffers[turn][:n], err}:
		case <-i.ended.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
