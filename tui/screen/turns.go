package screen

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Turns has changes made one after another, in the order in which they were asked for: of two that are on their way at
// once the older could arrive last, and stay. The zero Turns is ready.
type Turns struct {
	last chan struct{} // closed when the newest has ended
	open int
}

// Do is [Env.Do] for a change that waits for those before it. Whoever takes its answer says so with [Turns.Answered].
func (t *Turns) Do(e *Env, work func(ctx context.Context) tea.Msg) tea.Cmd {
	earlier, ended := t.last, make(chan struct{})
	t.last = ended
	t.open++
	return e.Do(func(ctx context.Context) tea.Msg {
		defer close(ended)
		await(ctx, earlier)
		return work(ctx)
	})
}

// Answered notes that the answer to the oldest change has come.
func (t *Turns) Answered() { t.open = max(0, t.open-1) }

// Open reports whether a change is under way: what is read meanwhile may be older than it.
func (t *Turns) Open() bool { return t.open > 0 }

// Wait makes a command that says nothing and ends when no change is under way, nil if none is: for whoever leaves.
func (t *Turns) Wait(e *Env) tea.Cmd {
	if !t.Open() {
		return nil
	}
	last := t.last
	return func() tea.Msg {
		await(e.Context, last)
		return nil
	}
}

func await(ctx context.Context, ended <-chan struct{}) {
	if ended == nil {
		return
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
