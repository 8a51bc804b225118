package fill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
)

// campus is the place and its people. What is listed first is met most.
type campus struct {
	categories []category
	rooms      []core.Location // a building stands for itself too
	teams      map[core.QueueID][]core.UserID
	reporters  []core.Person
}

type category struct {
	core.Category
	queue core.Queue
}

// settle makes queues, categories, places and staff.
func settle(ctx context.Context, desk *core.Desk) (*campus, error) {
	c := &campus{teams: map[core.QueueID][]core.UserID{}}
	root := core.Operator()
	queues := map[string]core.Queue{}
	for _, q := range queueList() {
		made, err := desk.AddQueue(ctx, root, core.Queue{Code: q.code, Name: q.name, ReopenDays: 14})
		if err != nil {
			return nil, fmt.Errorf("add queue: %w", err)
		}
		queues[q.code] = made
		for i := range q.staff {
			username := fmt.Sprintf("%s%d", q.code, i+1)
			u, err := desk.AddUser(ctx, root, core.NewUser{Username: username, Name: nameOf(i*31 + len(c.teams)*7), Email: username + "@campus.example", Role: core.RoleStaff})
			if err != nil {
				return nil, fmt.Errorf("add staff: %w", err)
			}
			if err := desk.Join(ctx, root, u.ID, made.ID, i == 0); err != nil {
				return nil, fmt.Errorf("join: %w", err)
			}
			c.teams[made.ID] = append(c.teams[made.ID], u.ID)
		}
	}
	if _, err := desk.AddUser(ctx, root, core.NewUser{Username: "admin", Name: "Ada Admin", Email: "admin@campus.example", Role: core.RoleAdmin}); err != nil {
		return nil, fmt.Errorf("add admin: %w", err)
	}
	for _, k := range categoryList() {
		q := queues[k.queue]
		made, err := desk.AddCategory(ctx, root, core.Category{
			Code: k.code, Name: k.name, Line: k.line, Queue: q.ID, Priority: k.priority, Confidential: k.queue == "conduct",
		})
		if err != nil {
			return nil, fmt.Errorf("add category: %w", err)
		}
		c.categories = append(c.categories, category{Category: made, queue: q})
	}
	if err := c.build(ctx, desk); err != nil {
		return nil, err
	}
	return c, nil
}

// build makes the places: one site, buildings with floors of rooms. The busiest buildings come first.
func (c *campus) build(ctx context.Context, desk *core.Desk) error {
	root := core.Operator()
	site, err := desk.AddLocation(ctx, root, core.Location{Kind: core.Site, Code: "MAIN", Name: "Main campus"})
	if err != nil {
		return fmt.Errorf("add site: %w", err)
	}
	var first, later []core.Location // ground floors are met more than upper ones
	for _, b := range buildings() {
		building, err := desk.AddLocation(ctx, root, core.Location{Parent: site.ID, Kind: core.Building, Code: b.code, Name: b.name})
		if err != nil {
			return fmt.Errorf("add building: %w", err)
		}
		first = append(first, building)
		for floor := 1; floor <= 3; floor++ {
			for number := 1; number <= 10; number++ {
				code := fmt.Sprintf("%s-%d%02d", b.code, floor, number)
				l, err := desk.AddLocation(ctx, root, core.Location{Parent: building.ID, Kind: core.Room, Code: code, Name: fmt.Sprintf("Room %d%02d", floor, number)})
				if err != nil {
					return fmt.Errorf("add room: %w", err)
				}
				if floor == 1 {
					first = append(first, l)
				} else {
					later = append(later, l)
				}
			}
		}
	}
	c.rooms = slices.Concat(first, later)
	return nil
}

// invite adds the reporters, one for every fifty tickets and at most twenty thousand.
func (c *campus) invite(ctx context.Context, conn *pgx.Conn, o Options) error {
	n := max(20, min(20_000, o.Tickets/50))
	var first int64
	if err := conn.QueryRow(ctx, `select max(id) + 1 from users`).Scan(&first); err != nil {
		return fmt.Errorf("number reporters: %w", err)
	}
	at := o.Until.AddDate(-o.Years, 0, -1)
	users := make([][]any, n)
	streams, events := make([][]any, n), make([][]any, n)
	for i := range n {
		id := first + int64(i)
		username := fmt.Sprintf("u%05d", i+1)
		users[i] = []any{id, username, nameOf(i), username + "@student.campus.example", "reporter", at}
		streams[i] = []any{"user", id, int32(1)}
		events[i] = []any{"user", id, int32(1), newCommand(uint64(i), 1), "created", "role", "reporter", "operator", "cli", at}
		c.reporters = append(c.reporters, core.Person{ID: core.UserID(id), Name: nameOf(i)})
	}
	return inTx(ctx, conn, func(tx pgx.Tx) error {
		for _, t := range []struct {
			table   string
			columns []string
			rows    [][]any
		}{
			{"users", []string{"id", "username", "name", "email", "role", "created_at"}, users},
			{"streams", []string{"stream", "stream_id", "last_seq"}, streams},
			{"events", []string{"stream", "stream_id", "seq", "command", "kind", "field", "to_value", "actor", "door", "at"}, events},
		} {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
				return fmt.Errorf("copy %s: %w", t.table, err)
			}
		}
		_, err := tx.Exec(ctx, `select setval(pg_get_serial_sequence('users', 'id'), (select max(id) from users))`)
		return err //nolint:wrapcheck // said by the caller
	})
}

func inTx(ctx context.Context, conn *pgx.Conn, work func(pgx.Tx) error) error {
	if err := pgx.BeginFunc(ctx, conn, work); err != nil {
		return fmt.Errorf("write in one transaction: %w", err)
	}
	return nil
}

type queuePlan struct {
	code, name string
	staff      int
}

func queueList() []queuePlan {
	return []queuePlan{
		{"it", "IT support", 14},
		{"network", "Network and telephony", 8},
		{"facilities", "Facilities", 16},
		{"housing", "Student housing", 7},
		{"services", "Student services", 9},
		{"conduct", "Student conduct", 4},
	}
}

type categoryPlan struct {
	code, name, queue string
	line              core.Line
	priority          core.Priority
}

func categoryList() []categoryPlan {
	it, house, serve := core.IT, core.Facilities, core.Services
	return []categoryPlan{
		{"account", "Account and password", "it", it, core.Normal},
		{"wifi", "Wi-Fi", "network", it, core.Normal},
		{"printing", "Printing", "it", it, core.Normal},
		{"heating", "Heating and cooling", "facilities", house, core.High},
		{"projector", "Projector and sound", "it", it, core.High},
		{"lighting", "Lighting", "facilities", house, core.Normal},
		{"software", "Software", "it", it, core.Normal},
		{"plumbing", "Water and plumbing", "facilities", house, core.High},
		{"doors", "Doors, locks and keys", "facilities", house, core.Normal},
		{"enrolment", "Enrolment", "services", serve, core.Normal},
		{"residence", "Room in a residence", "housing", house, core.Normal},
		{"computer", "Computer", "it", it, core.Normal},
		{"mail", "E-mail", "it", it, core.Normal},
		{"furniture", "Furniture", "facilities", house, core.Low},
		{"network-port", "Network port", "network", it, core.Normal},
		{"cleaning", "Cleaning", "facilities", house, core.Low},
		{"elevator", "Elevator", "facilities", house, core.Urgent},
		{"fees", "Fees", "services", serve, core.Normal},
		{"telephone", "Telephone", "network", it, core.Normal},
		{"laundry", "Laundry", "housing", house, core.Low},
		{"parking", "Parking", "facilities", house, core.Low},
		{"safety", "Safety hazard", "facilities", house, core.Urgent},
		{"catering", "Canteen", "services", serve, core.Low},
		{"harassment", "Harassment", "conduct", serve, core.High},
	}
}

type building struct{ code, name string }

func buildings() []building {
	return []building{
		{"LIB", "Library"},
		{"SCI", "Science Hall"},
		{"ENG", "Engineering"},
		{"ADM", "Administration"},
		{"RES-A", "Residence A"},
		{"MED", "Medicine"},
		{"ART", "Arts"},
		{"LAW", "Law"},
		{"GYM", "Sports centre"},
		{"RES-B", "Residence B"},
		{"CAF", "Canteen"},
		{"MUS", "Music"},
		{"BIO", "Biology"},
		{"CHE", "Chemistry"},
		{"PHY", "Physics"},
		{"MAT", "Mathematics"},
		{"ECO", "Economics"},
		{"HIS", "History"},
		{"DOR", "Dormitory"},
		{"GAR", "Botanical garden"},
	}
}

func nameOf(i int) string {
	given := []string{"Ana", "Ben", "Chen", "Daria", "Emre", "Fatou", "Goran", "Hana", "Ivo", "Jana", "Kofi", "Lena", "Mateo", "Nadia", "Omar", "Petra", "Quentin", "Rosa", "Samir", "Tove", "Uma", "Viktor", "Wanda", "Xiu", "Yusuf", "Zoe"}
	family := []string{"Ruiz", "Okafor", "Müller", "Novák", "Tanaka", "Silva", "Haddad", "Berg", "Costa", "Dubois", "Eriksen", "Farah", "Garcia", "Huang", "Ito", "Jensen", "Kaya", "Lopez", "Mensah", "Nguyen", "Olsen", "Park", "Rossi", "Schmidt", "Turan", "Weber", "Yilmaz"}
	return given[i%len(given)] + " " + family[(i/len(given)+i)%len(family)]
}

func newCommand(a, b uint64) [16]byte {
	var id [16]byte
	for i := range 8 {
		id[i], id[8+i] = byte(a>>(8*i)), byte(b>>(8*i))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// office says whether staff are at work.
func office(t time.Time) bool {
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && t.Hour() >= 8 && t.Hour() < 17
}
