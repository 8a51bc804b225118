package verb

import (
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"helpdesk.campus/core"
)

// maxInput is what is read of a text before it is refused: the longest one in the longest encoding.
const maxInput = core.MaxBody*utf8.UTFMax + 1

// text is what a verb is to say: what --message says, or else standard input. A text that is needed and empty is
// refused as missing input.
func (s *session) text(ctx context.Context, needed bool) (string, error) {
	body, given := s.flags["--message"]
	if !given {
		if !needed && !s.has("-") {
			return "", nil
		}
		raw, err := s.readInput(ctx)
		if err != nil {
			return "", err
		}
		body = string(raw)
	}
	if body == "" {
		return "", &refusal{words: s.words.T("verb.input_missing"), status: NoInput}
	}
	return body, nil
}

// readInput reads standard input to its end. Input that ends because the client has gone is half a text, and is dropped.
func (s *session) readInput(ctx context.Context) ([]byte, error) {
	source := s.In
	if s.Terminal {
		source = &keyboard{in: s.In, echo: s.Call.Out}
	}
	raw, err := io.ReadAll(io.LimitReader(source, maxInput))
	switch {
	case errors.Is(err, errInterrupted):
		return nil, errInterrupted
	case len(raw) == maxInput:
		return nil, &core.Error{Kind: core.Invalid, Code: "text_too_long", Args: map[string]any{"Max": core.MaxBody}}
	case err != nil, ctx.Err() != nil, !s.Alive():
		return nil, errGone
	}
	return raw, nil
}

// keyboard reads text that somebody types on a terminal, which over SSH sends single keys: it shows what is typed, takes
// back a character, ends with ctrl-d and gives up with ctrl-c.
type keyboard struct {
	in    io.Reader
	echo  io.Writer
	line  []byte // typed, and not yet handed on
	ready []byte
	ended bool
}

// Read hands on whole lines.
func (k *keyboard) Read(p []byte) (int, error) {
	var key [1]byte
	for len(k.ready) == 0 {
		if k.ended {
			return 0, io.EOF
		}
		if _, err := io.ReadFull(k.in, key[:]); err != nil {
			return 0, err
		}
		if err := k.press(key[0]); err != nil {
			return 0, err
		}
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n, nil
}

func (k *keyboard) press(key byte) error {
	const ctrlC, ctrlD, backspace, escape = 0x03, 0x04, 0x7f, 0x1b
	switch {
	case key == ctrlC:
		return errInterrupted
	case key == ctrlD:
		k.ready, k.line, k.ended = k.line, nil, true
	case key == '\r' || key == '\n':
		k.line = append(k.line, '\n')
		k.ready, k.line = k.line, nil
		k.show("\n")
	case key == backspace || key == '\b':
		if _, n := utf8.DecodeLastRune(k.line); n > 0 {
			k.line = k.line[:len(k.line)-n]
			k.show("\b \b")
		}
	case key == escape || key < ' ' && key != '\t':
	case len(k.line) < maxInput:
		k.line = append(k.line, key)
		k.show(string([]byte{key}))
	}
	return nil
}

func (k *keyboard) show(text string) { _, _ = io.WriteString(k.echo, text) }
