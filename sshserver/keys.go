package sshserver

import (
	"context"
	"io"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
)

// followKeys hands the program what somebody types, until the channel or the program ends. The
// program could read by itself, but a key that arrives while it ends would hold its reader, and all
// that hangs on it, for as long as the process lives.
func (d *drawn) followKeys(ctx context.Context) {
	events := make(chan uv.Event)
	go func() {
		defer close(events)
		_ = uv.NewTerminalReader(d.console.call, d.term).StreamEvents(ctx, events)
	}()
	go func() {
		for event := range events { // all of them, also when nobody wants them any more
			if _, key := event.(uv.KeyPressEvent); key {
				d.screen.press(time.Now())
			}
			d.program.Send(event)
		}
		d.console.hangUp()
	}()
}

// silence is the input of a program whose keys come another way. It has one because a program
// without input asks its terminal nothing.
type silence struct{ ctx context.Context }

// Read waits for the end.
func (s silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, io.EOF
}
