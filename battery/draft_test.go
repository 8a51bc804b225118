package battery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver/sshtest"
)

// drafter is Ivan, who writes one long reply in the console while its processes come and go.
type drafter struct {
	conn   *pgx.Conn
	id     core.UserID
	key    gossh.AuthMethod
	ticket int // the number in the ticket's title
	typed  string
}

func (w *town) drafter(t *testing.T, conn *pgx.Conn, ticket int) *drafter {
	t.Helper()
	return &drafter{conn: conn, id: w.Ivan.ID, key: gossh.PublicKeys(w.key(t, w.Ivan)), ticket: ticket}
}

// goesOn opens a console, finds there what was typed before, types more and sees it kept.
func (d *drafter) goesOn(t *testing.T, address string) *sshtest.Terminal {
	t.Helper()
	console := sshtest.Open(t, sshtest.Dial(t, address, "whoever", d.key), 100, 30)
	if d.typed == "" {
		console.Wait(fmt.Sprintf("Lamp %d", d.ticket))
		console.Type(fmt.Sprintf("/lamp %d\r", d.ticket)) // the most alike comes first
		console.Wait(fmt.Sprintf("#%d", 1001+d.ticket), "esc clear filter")
		console.Type("\r")
		console.Wait("What happened")
		console.Type("r")
	}
	console.Wait("Reply — the reporter reads this")
	d.shown(console)
	more := fmt.Sprintf("d%d-", len(d.typed))
	console.Type(more)
	d.typed += more
	d.shown(console)
	console.Wait("Draft kept.")
	d.placeKept(t)
	return console
}

// shown waits until the whole draft stands in the editor, whose lines end where the window does.
func (d *drafter) shown(console *sshtest.Terminal) {
	console.WaitFor("the draft "+d.typed, func(screen string) bool {
		return strings.Contains(strings.Join(strings.Fields(strings.ReplaceAll(screen, "│", "")), ""), d.typed)
	})
}

// placeKept waits until the place is kept with the cursor there, so that the next console opens the editor by itself.
func (d *drafter) placeKept(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(sshtest.Patience); ; time.Sleep(20 * time.Millisecond) {
		var kept bool
		err := d.conn.QueryRow(t.Context(), `select exists (select from console_state where state::text like '%"cursor": ' || $1::int || '%')`, len(d.typed)).Scan(&kept)
		if err != nil {
			t.Fatal(err)
		}
		if kept {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the place is not kept")
		}
	}
}

// check says an error unless the whole draft is there.
func (d *drafter) check(t *testing.T) {
	t.Helper()
	var draft string
	if err := d.conn.QueryRow(t.Context(), `select body from drafts where user_id = $1`, int64(d.id)).Scan(&draft); err != nil || draft != d.typed {
		t.Errorf("of the draft %q there is %q, %v", d.typed, draft, err)
	}
}
