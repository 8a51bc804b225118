package storage_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/storagetest"
)

// era is a time of a desk: how many of its tickets hold each of two words, and their numbers are.
type era struct {
	lamp, broken float64
	tickets      int
}

// crowd makes a desk of many tickets, far apart by number, on which words are common at one time and rare at another. Four tickets
// are reported; the others are copies of them.
func crowd(t *testing.T, c *storagetest.Campus, conn *pgx.Conn, eras []era) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4)) // the same tickets each time
	like := map[[2]bool]core.TicketID{
		{true, true}: c.Report(t, c.Ana, "A lamp is broken"), {true, false}: c.Report(t, c.Ana, "A lamp flickers"),
		{false, true}: c.Report(t, c.Ana, "The chair is broken"), {false, false}: c.Report(t, c.Ana, "The chair wobbles"),
	}
	type copied struct {
		Like     core.TicketID `json:"like"`
		ID       int64         `json:"id"`
		Ref      string        `json:"reference"`
		Queue    core.QueueID  `json:"queue_id"`
		Priority core.Priority `json:"priority"`
		Status   core.Status   `json:"status"`
		Created  time.Time     `json:"created_at"`
		Updated  time.Time     `json:"updated_at"`
		Closed   *time.Time    `json:"closed_at"`
	}
	var list []copied
	number := int64(2000)
	for _, e := range eras {
		for range e.tickets {
			number += 1 + random.Int64N(20)*random.Int64N(100)
			one := copied{
				Like: like[[2]bool{random.Float64() < e.lamp, random.Float64() < e.broken}], ID: number, Ref: fmt.Sprintf("COPY-%05d", len(list)),
				Queue: c.IT.ID, Priority: core.Priorities()[random.IntN(4)], Status: core.Open,
				Created: time.Date(2023+len(list)/500, time.Month(1+len(list)%500/42), 1+random.IntN(28), 12, 0, 0, 0, time.UTC),
			}
			if random.IntN(5) == 0 {
				one.Queue = c.Facilities.ID
			}
			one.Updated = one.Created.AddDate(0, random.IntN(14), random.IntN(28))
			if random.IntN(40) == 0 { // as another system has it
				one.Updated = one.Created.AddDate(-random.IntN(3), -1, 0)
			}
			if random.IntN(4) > 0 {
				one.Status, one.Closed = core.Closed, &one.Updated
			}
			list = append(list, one)
		}
	}
	exec(t, conn, `create temporary table copies as select (j->>'like')::bigint as "like", j from jsonb_array_elements($1::jsonb) j`, list)
	//nolint:unqueryvet // all that a ticket is
	exec(t, conn, `insert into tickets select made.* from copies join tickets t on t.id = copies."like" cross join jsonb_populate_record(t, j) made`)
	exec(t, conn, `insert into ticket_search (ticket_id, public_doc, internal_doc, about_doc)
		select (j->>'id')::bigint, s.public_doc, s.internal_doc, s.about_doc from copies join ticket_search s on s.ticket_id = copies."like"`)
	exec(t, conn, `analyze`)
}

// plainly finds tickets by one straightforward statement.
func plainly(t *testing.T, conn *pgx.Conn, conditions []string, order string) []core.TicketID {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select t.id from tickets t join ticket_search s on s.ticket_id = t.id where `+strings.Join(conditions, ` and `)+` order by `+order)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[core.TicketID])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestHoweverWordsAreLookedForTheSameIsFound compares random searches with plain statements: by a sweep, from the index, or by one
// that goes on as the other, whatever is believed of how common the words are.
func TestHoweverWordsAreLookedForTheSameIsFound(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	conn := connect(t, url)
	crowd(t, c, conn, []era{{0.9, 0.9, 300}, {0.02, 0.5, 300}, {0.5, 0, 300}, {0.95, 0.6, 400}, {0, 0.95, 200}})

	const doc = `(s.public_doc || s.internal_doc || s.about_doc) @@ `
	words := map[string]string{
		"lamp": doc + `'lamp'`, "broken": doc + `'broken'`, "lamp broken": doc + `'lamp & broken'`, "lamp flickers": doc + `'lamp & flicker'`,
		"broken -lamp": doc + `'broken & !lamp'`, "": `true`, `lamp "is broken"`: doc + `'lamp & broken'`, "chai": doc + `'chair'`, "the lamp": doc + `'lamp'`, "lamp zeppelin": `false`,
	}
	terms := map[string]string{
		" created:2023":                `t.created_at >= '2023-01-01Z' and t.created_at < '2024-01-01Z'`,
		" created:2024-03..2025":       `t.created_at >= '2024-03-01Z' and t.created_at < '2026-01-01Z'`,
		" -created:2024":               `not (t.created_at >= '2024-01-01Z' and t.created_at < '2025-01-01Z')`,
		" updated:2024":                `t.updated_at >= '2024-01-01Z' and t.updated_at < '2025-01-01Z'`,
		" updated:..2023":              `t.updated_at < '2024-01-01Z'`,
		" closed:2024":                 `t.closed_at >= '2024-01-01Z' and t.closed_at < '2025-01-01Z'`,
		" age:>500d":                   `t.created_at < '2026-06-01Z'::timestamptz - interval '500 days'`,
		" idle:>700d":                  `t.updated_at < '2026-06-01Z'::timestamptz - interval '700 days'`,
		" status:closed":               `t.status = 'closed'`,
		" status:closed assignee:none": `t.status = 'closed' and t.assignee_id is null`,
		" status:open|active":          `t.status <> 'closed'`,
		" priority:urgent":             `t.priority = 4`,
		" priority:>=high":             `t.priority >= 3`,
		" -priority:normal|urgent":     `t.priority not in (2, 4)`,
		" queue:facilities":            `t.queue_id = ` + fmt.Sprint(c.Facilities.ID),
	}
	orders := map[string]string{
		"": `t.id desc`, " sort:number": `t.id`, " sort:-created": `t.created_at desc, t.id desc`, " sort:updated": `t.updated_at, t.id`, " sort:-priority": `t.priority desc, t.id desc`, " sort:priority": `t.priority, t.id`,
	}
	scopes := map[string]core.Scope{
		`true`: {Everything: true}, `not t.confidential`: {AllQueues: true},
		`t.queue_id = ` + fmt.Sprint(c.Facilities.ID):                        {Queues: []core.QueueID{c.Facilities.ID}},
		fmt.Sprintf(`t.queue_id in (%d, %d)`, c.IT.ID, c.Facilities.ID):      {Queues: []core.QueueID{c.IT.ID, c.Facilities.ID}},
		fmt.Sprintf(`t.queue_id in (%d, %d)`, c.Facilities.ID, c.Conduct.ID): {Queues: []core.QueueID{c.Facilities.ID, c.Conduct.ID}},
	}
	rapid.Check(t, func(rt *rapid.T) {
		one := func(of map[string]string, label string) string {
			return rapid.SampledFrom(slices.Sorted(maps.Keys(of))).Draw(rt, label)
		}
		word, sort := one(words, "words"), one(orders, "order")
		who := rapid.SampledFrom(slices.Sorted(maps.Keys(scopes))).Draw(rt, "scope")
		conditions, text := []string{who, words[word]}, word
		for _, term := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(terms))), 0, 3, rapid.ID).Draw(rt, "terms") {
			conditions, text = append(conditions, terms[term]), text+term
		}
		text += sort
		order := orders[sort]
		if word+sort == "" { // as lists are sorted that do not say how
			switch {
			case strings.Contains(text, " status:open"):
				order = `t.attention, t.priority desc, t.attention_at, t.id`
			case strings.Contains(text, " status:closed"):
				order = `t.closed_at desc, t.id desc`
			default:
				order = `t.updated_at desc, t.id desc`
			}
		}
		believe(t, conn, rapid.SampledFrom([]int{0, 1, 400, 1_000_000}).Draw(rt, "known"))
		limit := rapid.SampledFrom([]int{30, 200}).Draw(rt, "limit")

		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		filter := core.Filter{Query: q, Clock: core.Clock{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Zone: time.UTC}}
		got, want := pages(t, db.Tickets, scopes[who], filter, limit), plainly(t, conn, conditions, order)
		if sort == "" && word != "" {
			for block := range slices.Chunk(got, 200) { // ranked: the newest 200, whatever their order, then the next
				slices.Sort(block)
				slices.Reverse(block)
			}
		}
		if !slices.Equal(got, want) {
			rt.Errorf("%s within %s: %d, want %d: %v, want %v", text, who, len(got), len(want), got, want)
		}
		counts, err := db.CountTickets(t.Context(), scopes[who], []core.Filter{filter}, 500)
		if err != nil || counts[0] != min(len(want), 500) {
			rt.Errorf("%s within %s: counted %v, want %d: %v", text, who, counts, len(want), err)
		}
	})
}

// believe has it known of how many tickets hold the words.
func believe(t *testing.T, conn *pgx.Conn, known int) {
	t.Helper()
	exec(t, conn, `delete from words`)
	if known > 0 {
		exec(t, conn, `insert into words (word, lexeme, tickets, slips, seen_at) select word, word, $1, '{}', now() from unnest(array['lamp', 'broken', 'chair']) word`, known)
	}
}

// TestASweepThatTakesTooLongSaysSoOrIsLeftToTheIndex keeps the words from being read: what cannot wait says that it was stopped,
// and a list that can asks the index when it has looked at one ticket after the other for long enough.
func TestASweepThatTakesTooLongSaysSoOrIsLeftToTheIndex(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{}))
	patient := url + "&lock_timeout=1min&statement_timeout=1min"
	db, err := storage.Open(t.Context(), storage.Config{URL: patient, Unsafe: true, Service: "test", MaxConns: 1}) // which knows its statements
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	var conns [2]*pgx.Conn
	for i := range conns {
		conns[i] = connect(t, url)
	}
	writer, watcher := conns[0], conns[1]
	exec(t, writer, `select setval('tickets_id_seq', 100000)`)
	lamp := c.Report(t, c.Ana, "A lamp is broken")
	ask := func(text string, patience time.Duration) core.Filter {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return core.Filter{Query: q, Clock: core.Clock{Now: c.Desk.Now(), Zone: time.UTC}, Patience: patience}
	}
	everything := core.Scope{Everything: true}
	asks, waits := []string{"lamp broken", "lamp broken sort:-created", "lamp broken sort:-priority"}, "lamp broken sort:-updated"
	for _, known := range []int{0, 500, 1_000_000} { // in how many the words are believed to be: few, some, all
		believe(t, writer, known)
		for _, text := range append(asks, waits) { // a statement has no patience before it is known
			if page, err := db.Tickets(t.Context(), everything, ask(text, 30*time.Second), "", 50); err != nil || len(page.Tickets) != 1 {
				t.Fatalf("%s finds %+v, %v", text, page, err)
			}
		}
	}
	exec(t, writer, `begin; lock table ticket_search in access exclusive mode`)
	for _, text := range asks {
		page, err := db.Tickets(t.Context(), everything, ask(text, 300*time.Millisecond), "", 50)
		if err != nil || !page.Stopped || len(page.Tickets) > 0 || page.Next != "" {
			t.Errorf("%s is answered with %+v, %v although its words cannot be read", text, page, err)
		}
	}

	type answer struct {
		core.Found
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		page, err := db.Tickets(t.Context(), everything, ask(waits, 30*time.Second), "", 50)
		answered <- answer{page, err}
	}()
	for indexed := false; !indexed; { // until somebody waits for long: the sweep does for 150 ms at most, and then the index
		const long = `select exists (select from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and clock_timestamp() - query_start > interval '500 ms')`
		if err := watcher.QueryRow(t.Context(), long).Scan(&indexed); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-answered:
			t.Fatalf("answered with %+v while its words cannot be read: %v", got.Found, got.err)
		default:
		}
	}
	exec(t, writer, `rollback`)
	if got := <-answered; got.err != nil || got.Stopped || len(got.Tickets) != 1 || got.Tickets[0].ID != lamp {
		t.Errorf("found %+v, want %s", got, lamp)
	}
}

// TestAPageMayEndWhereAPriorityDoes has pages that hold just what there is of one priority.
func TestAPageMayEndWhereAPriorityDoes(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	conn := connect(t, url)
	var want []core.TicketID
	for range 6 {
		want = append([]core.TicketID{c.Report(t, c.Ana, "A lamp is broken")}, want...)
	}
	exec(t, conn, `update tickets set priority = case when id > $1 then 4 else 1 end`, want[3])
	q, err := query.Parse("sort:-priority")
	if err != nil {
		t.Fatal(err)
	}
	if got := pages(t, db.Tickets, core.Scope{Everything: true}, core.Filter{Query: q}, 3); !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

// What was closed and was nobody's is found among many that were somebody's without reading those, whoever asks.
func TestWhatWasClosedAsNobodysIsFoundAmongMany(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	conn := connect(t, url)
	crowd(t, c, conn, []era{{0.5, 0.5, 3000}})
	exec(t, conn, `update tickets set status = 'closed', closed_at = updated_at, assignee_id = case when id % 1000 <> 7 then $1::bigint end`, int64(c.Fay.ID))
	exec(t, conn, `analyze tickets`)
	want := plainly(t, conn, []string{`t.assignee_id is null`}, `t.closed_at desc, t.id desc`)
	q, err := query.Parse("status:closed assignee:none")
	if err != nil {
		t.Fatal(err)
	}
	for who, scope := range map[string]core.Scope{"everybody": {Everything: true}, "staff": {Queues: []core.QueueID{c.IT.ID, c.Facilities.ID}}} {
		found, touched, err := db.Touched(t.Context(), scope, core.Filter{Query: q, Clock: core.Clock{Zone: time.UTC}}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []core.TicketID
		for i := range found.Tickets {
			got = append(got, found.Tickets[i].ID)
		}
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s finds %v, want %v", who, got, want)
		}
		if touched > 600 {
			t.Errorf("%s has %d tickets read for that", who, touched)
		}
	}
}

// Who works a queue is read without all other accounts, also when somebody new has joined whom the planner does not know of.
func TestMembersAreReadAlone(t *testing.T) {
	t.Parallel()
	url := storagetest.URL(t)
	db := storagetest.OpenURL(t, url)
	c := storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))
	conn := connect(t, url)
	exec(t, conn, `insert into users (username, name, role, created_at) select 's' || n, 'S', 'staff', now() from generate_series(1, 20) n`)
	exec(t, conn, `insert into memberships (user_id, queue_id, created_at) select id, $1, now() from users where name = 'S'`, int64(c.IT.ID))
	exec(t, conn, `insert into users (username, name, created_at) select 'r' || n, 'R', now() from generate_series(1, 20000) n`)
	exec(t, conn, `analyze`)
	late, err := c.Desk.AddUser(t.Context(), core.Operator(), core.NewUser{Username: "late", Name: "Zoe Late", Role: core.RoleStaff})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Desk.Join(t.Context(), core.Operator(), late.ID, c.IT.ID, false); err != nil {
		t.Fatal(err)
	}
	people, touched, err := db.MembersTouched(t.Context(), c.IT.ID)
	if err != nil || len(people) != 23 || people[22].ID != late.ID {
		t.Errorf("they are %v: %v", people, err)
	}
	if touched > 100 {
		t.Errorf("%d accounts are read", touched)
	}
}
