package storage_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// scattered is a ticket of a desk whose numbers lie far apart, as those of a big desk do.
type scattered struct {
	id       core.TicketID
	lamp     bool
	priority core.Priority
	closed   bool
	made     time.Time
}

// scatter makes tickets in many stretches of numbers, on days that do not follow the numbers.
func scatter(t *testing.T, c *storagetest.Campus, conn *pgx.Conn) []scattered {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2)) // the same tickets each time
	list := make([]scattered, 60)
	number := int64(1001)
	for i := range list {
		number += random.Int64N(3) * random.Int64N(60_000)
		exec(t, conn, `select setval('tickets_id_seq', $1)`, number)
		s := scattered{lamp: i%3 > 0, priority: core.Priorities()[random.IntN(4)], closed: random.IntN(3) == 0}
		s.made = time.Date(2023+random.IntN(3), time.Month(1+random.IntN(12)), 1+random.IntN(28), 12, 0, 0, 0, time.UTC)
		title := "The chair is broken"
		if s.lamp {
			title = "A lamp is broken"
		}
		s.id = c.Report(t, c.Ana, title)
		number = int64(s.id)
		status := core.Open
		if s.closed {
			status = core.Closed
		}
		exec(t, conn, `update tickets set created_at = $2, priority = $3, status = $4, closed_at = case when $4 = 'closed' then $2::timestamptz end where id = $1`,
			number, s.made, int(s.priority), string(status))
		list[i] = s
	}
	return list
}

// connect opens a connection past the store, which ends with the test.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// all reads all pages of a list. A page whose time was over, as happens on a busy machine, is asked for again.
func all(t *testing.T, c *storagetest.Campus, who core.User, text string, limit int) []core.TicketID {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var ids []core.TicketID
	req := core.ListRequest{Query: q, Limit: limit}
	for range 200 {
		page, err := c.Desk.Tickets(t.Context(), storagetest.As(who, core.DoorSSH), req)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if page.Stopped > 0 {
			continue
		}
		for i := range page.Tickets {
			ids = append(ids, page.Tickets[i].ID)
		}
		if req.After = page.Next; req.After == "" {
			return ids
		}
	}
	t.Fatalf("%s: the list does not end", text)
	return nil
}

// TestSearchFindsWhatAPlainScanFinds compares what is found with what holds of each ticket: by rank, in stretches of numbers
// that hold the days asked for, and in other orders, through the index of words and by a walk through the order.
func TestSearchFindsWhatAPlainScanFinds(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	conn := connect(t, url)
	list := scatter(t, c, conn)
	now := c.Desk.Now()

	year := func(years ...int) func(scattered) bool {
		return func(s scattered) bool { return slices.Contains(years, s.made.Year()) }
	}
	old := int(now.Sub(time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)).Hours()) / 24
	older := func(s scattered) bool { return now.Sub(s.made) > time.Duration(old)*24*time.Hour }
	asks := map[string]func(scattered) bool{
		"":                                         func(scattered) bool { return true },
		" created:2024":                            year(2024),
		" created:2023..2024":                      year(2023, 2024),
		" created:..2023":                          year(2023),
		" created:2025..":                          year(2025),
		" created:2023|2025":                       year(2023, 2025),
		" -created:2024":                           year(2023, 2025),
		" created:2023..2024 created:2024..":       year(2024),
		" created:2023 created:2025":               year(),
		" created:1999":                            year(),
		fmt.Sprintf(" age:>%dd", old):              older,
		fmt.Sprintf(" age:<%dd", old):              func(s scattered) bool { return !older(s) },
		fmt.Sprintf(" age:<%dd created:2024", old): func(s scattered) bool { return !older(s) && s.made.Year() == 2024 },
	}
	orders := map[string]func(a, b scattered) int{
		"":                func(a, b scattered) int { return int(a.id - b.id) }, // ranked: only what is found is compared
		" sort:number":    func(a, b scattered) int { return int(a.id - b.id) },
		" sort:-created":  func(a, b scattered) int { return -newer(a, b) },
		" sort:-priority": func(a, b scattered) int { return -urgent(a, b) },
	}
	statuses, who := []string{"", " status:open|active", " status:closed"}, []core.User{c.Ines, c.Ada}
	n := 0
	for _, known := range []int{0, 1, 1_000_000} { // of how many tickets it is believed that they hold the words
		exec(t, conn, `delete from words`)
		if known > 0 {
			exec(t, conn, `insert into words (word, lexeme, tickets, slips, seen_at) values ('lamp', 'lamp', $1, '{}', now()), ('broken', 'broken', $1, '{}', now())`, known)
		}
		for _, ask := range slices.Sorted(maps.Keys(asks)) {
			for _, sort := range slices.Sorted(maps.Keys(orders)) {
				status, reader := statuses[n%3], who[n/len(orders)%2]
				n++
				var want []scattered
				for _, s := range list {
					if s.lamp && asks[ask](s) && (status == "" || s.closed == (status == " status:closed")) {
						want = append(want, s)
					}
				}
				slices.SortFunc(want, orders[sort])
				numbers := make([]core.TicketID, len(want))
				for i := range want {
					numbers[i] = want[i].id
				}
				text := "lamp broken" + ask + status + sort
				got := all(t, c, reader, text, 13)
				if sort == "" {
					slices.Sort(got)
				}
				if !slices.Equal(got, numbers) {
					t.Errorf("%s looks for %s (words known of %d): %v, want %v", reader.Username, text, known, got, numbers)
				}
			}
		}
	}
}

func newer(a, b scattered) int {
	if n := a.made.Compare(b.made); n != 0 {
		return n
	}
	return int(a.id - b.id)
}

func urgent(a, b scattered) int {
	if n := int(a.priority) - int(b.priority); n != 0 {
		return n
	}
	return int(a.id - b.id)
}

// A word that many write is looked for in the other forms that somebody is known to write, and of those that few write all are.
func TestWordsAreKnownWithTheirHyphens(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	conn := connect(t, url)
	plain, hyphened := c.Report(t, c.Ana, "No wifi in the lab"), c.Report(t, c.Ana, "The Wi-Fi is down")
	c.Report(t, c.Ana, "Log-in fails")
	if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	for _, believed := range []int{1, 400, 1_000_000} {
		exec(t, conn, `update words set tickets = $1 where word in ('wifi', 'wi-fi')`, believed)
		for _, text := range []string{"wifi", "wi-fi", "wifi sort:number", "wif"} {
			got := all(t, c, c.Ines, text, 50)
			if slices.Sort(got); text != "wif" && !slices.Equal(got, []core.TicketID{plain, hyphened}) || !slices.Contains(got, plain) {
				t.Errorf("%s finds %v where %d are believed to hold it", text, got, believed)
			}
		}
	}
	for text, want := range map[string][]core.Respelling{"wfii": {{Typed: "wfii", Word: "wifi"}}, "logiin": nil} { // nobody forgets a hyphen by mistake
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		page, err := c.Desk.Tickets(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ListRequest{Query: q})
		if err != nil || !slices.Equal(page.Respelled, want) {
			t.Errorf("%s is respelled %v: %v", text, page.Respelled, err)
		}
	}
}

// What nothing has is asked for four times: who asks, what is known of the word, which tickets hold it, and what is spelled nearly so.
func TestAWordThatNothingHasIsLookedForAtOnce(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	wire := storagetest.NewWire(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, wire.URL), core.Options{}))
	conn := connect(t, url)
	old := c.Report(t, c.Ana, "The sprocket is broken")
	exec(t, conn, `select setval('tickets_id_seq', 500000)`) // many stretches later
	young := c.Report(t, c.Ana, "The gadget is broken")
	find := func(word string) []core.TicketID { return all(t, c, c.Ines, word, 50) }
	for word, want := range map[string][]core.TicketID{"zyzzyva": nil, "sprocket": {old}, "gadget": {young}} { // none of them learnt
		if got := find(word); !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", word, got, want)
		}
	}
	wire.BreakAt(1<<30, storagetest.CutBefore, nil)
	find("zyzzyva")
	if _, calls := wire.Mend(); calls != 4 {
		t.Errorf("there are %d calls", calls)
	}
}

// What few tickets hold is found without reading the others, ranked and in an order, also where statements are planned for any words
// and numbers, as PostgreSQL does after a while.
func TestARareWordIsFoundWithoutReadingAllElse(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	conn := connect(t, url)
	exec(t, conn, `do $$ begin execute format('alter database %I set plan_cache_mode = force_generic_plan', current_database()); end $$`)
	db := storagetest.OpenURL(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	socket := []core.TicketID{c.Report(t, c.Ana, "Socket HD-04711 is dead")}
	crowd(t, c, conn, []era{{0.5, 0.5, 3000}})
	for text, want := range map[string][]core.TicketID{
		"HD-04711": socket, "HD-04711 sort:-created": socket, "HD-04711 sort:-priority": socket, "socket sort:created": socket,
		"zyzzyva": nil, "zyzzyva sort:-created": nil,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		found, touched, err := db.Touched(t.Context(), core.Scope{Everything: true}, core.Filter{Query: q, Clock: core.Clock{Zone: time.UTC}}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []core.TicketID
		for i := range found.Tickets {
			got = append(got, found.Tickets[i].ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", text, got, want)
		}
		if touched > 100 {
			t.Errorf("%s has %d tickets read for that", text, touched)
		}
	}
}
