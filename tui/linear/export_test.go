package linear

import (
	"context"
	"io"
	"strings"
)

// Attempt does something as a command would.
func Attempt(ctx context.Context, c *Console, do func(context.Context) error) error {
	defer func() { _ = c.out.Flush() }()
	return c.attempt(ctx, do)
}

// Edit reads a line from keys on a terminal of a width, and returns it with what the terminal was sent.
func Edit(keys string, width int, out io.Writer) (line string, ended bool) {
	k := newKeyboard(strings.NewReader(keys), out, width, func() {})
	k.ask("> ")
	got := k.next()
	return got.text, got.key != entered
}
