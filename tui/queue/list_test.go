package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"helpdesk.campus/core"
)

func tickets(ids ...int) []core.Ticket {
	var rows []core.Ticket
	for _, id := range ids {
		rows = append(rows, core.Ticket{ID: core.TicketID(id), UpdatedAt: time.Unix(int64(id), 0)})
	}
	return rows
}

func ids(rows []core.Ticket) string {
	var out []int64
	for i := range rows {
		out = append(out, int64(rows[i].ID))
	}
	return fmt.Sprint(out)
}

func TestRefreshKeepsTheRowUnderTheCursorInItsPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		before, after []int
		at            int
		want          string
		wantAt        int
		wantTop       int
		moved         core.TicketID
	}{
		{"nothing changed", []int{1, 2, 3}, []int{1, 2, 3}, 1, "[1 2 3]", 1, 0, 0},
		{"one arrived above", []int{1, 2, 3}, []int{9, 1, 2, 3}, 1, "[9 1 2 3]", 2, 1, 0},
		{"one arrived below", []int{1, 2, 3}, []int{1, 2, 9, 3}, 1, "[1 2 9 3]", 1, 0, 0},
		{"one above left", []int{1, 2, 3}, []int{2, 3}, 1, "[2 3]", 0, 0, 0},
		{"the one under the cursor left", []int{1, 2, 3}, []int{1, 3}, 1, "[1 2 3]", 1, 0, 2},
		{"all left", []int{1, 2, 3}, nil, 1, "[2]", 0, 0, 2},
		{"the cursor's and those below left", []int{1, 2, 3}, []int{1}, 1, "[1 2]", 1, 0, 2},
		{"the first tickets arrive", nil, []int{4, 5}, 0, "[4 5]", 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var l list
			l.height = 10
			l.begin(tickets(test.before...), "", Place{}, time.Unix(0, 0))
			l.jump(test.at)
			l.refresh(tickets(test.after...), "", time.Unix(1, 0))
			if got := ids(l.rows); got != test.want || l.at != test.wantAt || l.top != test.wantTop || l.moved != test.moved {
				t.Errorf("got %s, cursor %d, top %d, moved %d; want %s, %d, %d, %d", got, l.at, l.top, l.moved, test.want, test.wantAt, test.wantTop, test.moved)
			}
		})
	}
}

func TestAScreenThatIsDrawnAnewHasNoBlankBelowWhileThereAreRowsAbove(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ rows, at, top, want int }{
		{25, 24, 24, 15}, {25, 20, 18, 15}, {25, 12, 10, 10}, {4, 3, 3, 0}, {10, 9, 2, 0}, {0, 0, 0, 0},
	} {
		l := list{rows: make([]core.Ticket, test.rows), at: test.at, top: test.top, height: 10}
		l.fill()
		if l.top != test.want || l.at != test.at {
			t.Errorf("%d rows from %d: top %d with the cursor on %d, want %d and %d", test.rows, test.top, l.top, l.at, test.want, test.at)
		}
	}
}

func TestATicketThatLeftGoesWhenTheCursorDoes(t *testing.T) {
	t.Parallel()
	var l list
	l.height = 10
	l.begin(tickets(1, 2, 3), "", Place{Selected: 2}, time.Time{})
	l.refresh(tickets(1, 3), "", time.Time{})
	l.move(1)
	if got, _ := l.current(); ids(l.rows) != "[1 3]" || got.ID != 3 {
		t.Errorf("rows %s with the cursor on %v", ids(l.rows), got.ID)
	}
}

func TestWhatArrivesAboveTheScreenIsCounted(t *testing.T) {
	t.Parallel()
	var l list
	l.height = 2
	l.begin(tickets(1, 2, 3), "", Place{Selected: 2}, time.Unix(5, 0))
	l.refresh(tickets(8, 9, 1, 2, 3), "", time.Unix(6, 0))
	n, newest := l.unseen()
	if n != 2 || newest.ID != 9 {
		t.Fatalf("%d new, newest %v", n, newest)
	}
	l.jump(0)
	if n, _ := l.unseen(); n != 0 {
		t.Errorf("%d new after going to the top", n)
	}
}

// Whatever happens to the list, the cursor stays on its ticket and on the screen.
func TestTheCursorNeverLosesItsTicket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l list
		l.height = rapid.IntRange(1, 8).Draw(t, "height")
		some := rapid.SliceOfNDistinct(rapid.IntRange(1, 30), 0, 20, rapid.ID[int])
		l.begin(tickets(some.Draw(t, "first")...), "", Place{}, time.Time{})
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "move") {
				l.move(rapid.IntRange(-9, 9).Draw(t, "by"))
			} else {
				before, ok := l.current()
				offset := l.at - l.top
				var was core.TicketID
				if ok {
					was = before.ID
				}
				l.refresh(tickets(some.Draw(t, "rows")...), "", time.Time{})
				after, still := l.current()
				if ok && (!still || after.ID != was) {
					t.Fatalf("the cursor went from %d to %v", was, after)
				}
				if ok && l.at-l.top > offset {
					t.Fatalf("the row went down the screen, from line %d to line %d", offset, l.at-l.top)
				}
			}
			if len(l.rows) > 0 && (l.at < l.top || l.at >= l.top+l.height) {
				t.Fatalf("row %d is not on a screen of %d from %d", l.at, l.height, l.top)
			}
			seen := map[core.TicketID]bool{}
			if slices.ContainsFunc(l.rows, func(x core.Ticket) bool { twice := seen[x.ID]; seen[x.ID] = true; return twice }) {
				t.Fatalf("a ticket stands twice in %s", ids(l.rows))
			}
		}
	})
}
