package consoles

import (
	"context"
	"fmt"
	"strings"
	"time"

	"helpdesk.campus/bench/figure"
	"helpdesk.campus/core"
)

// key is one thing that somebody does in a console.
type key struct {
	name     string
	database bool // it cannot be answered without
	press    func(t *terminal, n int) (figure.Times, error)
}

// Goals for 95 of 100 keys.
const (
	atGoal          = 200  // consoles
	withoutDatabase = 16.0 // milliseconds
	withDatabase    = 40.0
)

func keys() []key {
	return []key{
		{"down and up", false, func(t *terminal, n int) (figure.Times, error) {
			const leg = 16 // down so many rows and up again; two opposite keys in one frame would change nothing
			if n%leg == 0 {
				time.Sleep(300 * time.Millisecond)
			}
			way := []string{"j", "k"}[n/leg%2]
			return once(t.press(way, "another ticket under the cursor", another))
		}},
		{"type in the filter", false, func(t *terminal, n int) (figure.Times, error) {
			if n%8 == 0 {
				if _, err := t.press("/", "the filter", showing("\n/")); err != nil {
					return nil, err
				}
			}
			typed := strings.Repeat("e", n%8+1)
			took, err := once(t.press("e", "what is typed", showing("\n/ "+typed)))
			if err == nil && n%8 == 7 {
				err = t.back("\x15\x1b", "\n/")
			}
			return took, err
		}},
		{"find what nothing has", true, func(t *terminal, _ int) (figure.Times, error) {
			nothing := func(_, now shown) bool { // or that looking was stopped, which has taken its time
				return strings.Contains(string(now), "No tickets match") || strings.Contains(string(now), "Nothing was found")
			}
			took, err := once(t.press("/zyzzyva\r", "nothing to be found", nothing))
			if err == nil {
				err = t.back("\x1b", "esc clears")
			}
			return took, err
		}},
		{"open a ticket", true, func(t *terminal, _ int) (figure.Times, error) {
			if _, err := t.press("j", "another ticket under the cursor", another); err != nil { // one that was open is there at once
				return nil, err
			}
			took, err := once(t.press("\r", "the ticket", showing("r reply")))
			if err == nil {
				err = t.back("\x1b", "r reply")
			}
			return took, err
		}},
		{"flip status", true, flip},
	}
}

func once(took time.Duration, err error) (figure.Times, error) { return figure.Times{took}, err }

func another(before, now shown) bool { return now.ticket() != before.ticket() }

func showing(text string) func(_, now shown) bool {
	return func(_, now shown) bool { return strings.Contains(string(now), text) }
}

// back goes back to the list, from where the screen shows something that the list does not. Its heads and a row are looked
// for, and not what stands above the footer: after a change that tells of the change for some seconds.
func (t *terminal) back(keys, shows string) error {
	_, err := t.press(keys, "the list", func(_, now shown) bool { return !strings.Contains(string(now), shows) && row.MatchString(string(now)) })
	return err
}

// flip makes a ticket active and open again, so that it stays in its view.
func flip(t *terminal, _ int) (took figure.Times, err error) {
	if _, err := t.press("\r", "the ticket", showing("r reply")); err != nil {
		return nil, err
	}
	for _, status := range []core.Status{core.Active, core.Open} {
		if err := t.wait("the key for "+string(status), "s set "+string(status)); err != nil {
			return nil, err
		}
		flipped, err := t.press("s", "it to be "+string(status), showing(" is "+string(status)+" now."))
		if err != nil {
			return nil, err
		}
		took = append(took, flipped)
	}
	return took, t.back("\x1b", "r reply")
}

// time presses each key until there are so many times, on a console of its own, and notes how long its frame took.
func (h *hall) time(ctx context.Context, table *figure.Table, consoles, times int) error {
	t, err := h.watched(ctx)
	if err != nil {
		return err
	}
	defer t.close()
	if consoles != atGoal {
		times = (times + 2) / 3
	}
	for _, k := range keys() {
		var took figure.Times
		for n := 0; len(took) < times; n++ {
			more, err := k.press(t, n)
			if err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			took = append(took, more...)
			time.Sleep(30 * time.Millisecond) // as fast as a key repeats
		}
		name := fmt.Sprintf("%d, %s", consoles, k.name)
		table.Add(name, took.At(0.5), took.At(0.95), took.At(0.99))
		if consoles == atGoal {
			limit, kind := withoutDatabase, "without"
			if k.database {
				limit, kind = withDatabase, "with"
			}
			table.AtMost(fmt.Sprintf("%s at %d consoles: 95 of 100 within %.0f ms (a key %s the database)", k.name, atGoal, limit, kind), took.At(0.95), limit, " ms")
		}
	}
	return nil
}

// watched opens a console of somebody who works all queues, with an emulator.
func (h *hall) watched(ctx context.Context) (*terminal, error) {
	signer, err := admit(ctx, h.desk)
	if err != nil {
		return nil, err
	}
	t, err := open(h.process.Address, signer, 120, 40, true)
	if err != nil {
		return nil, err
	}
	err = t.wait("the list", " since ")
	return t, err
}
