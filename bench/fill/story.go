package fill

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"helpdesk.campus/core"
)

// teller tells the story of one ticket after the other, in the order in which they are reported.
type teller struct {
	random   *rand.Rand
	campus   *campus
	zone     *time.Location
	until    time.Time
	calendar *arrivals
	words    *words
	total    int
	told     int
}

// story is a ticket while it is told: as it stands, and all that was written of it.
type story struct {
	*teller
	t        core.Ticket
	now      time.Time
	command  [16]byte
	over     bool // what would come next lies in the future
	events   []event
	messages []core.Message
	tags     []string
	stars    int
	rated    time.Time
	contact  string
	category *category
}

type event struct {
	core.Event
	command [16]byte
}

const firstTicket = 1001

// next tells the next story.
func (r *teller) next() (*story, error) {
	i := r.told
	r.told++
	s := &story{teller: r, category: &r.campus.categories[r.skewed(len(r.campus.categories), 0.7)]}
	at := r.calendar.at((float64(i) + r.random.Float64()) / float64(r.total))
	s.now = at
	reference, err := core.NewReference(letters(uint64(i)))
	if err != nil {
		return nil, fmt.Errorf("make a reference: %w", err)
	}
	room := r.campus.rooms[r.skewed(len(r.campus.rooms), 0.6)]
	s.t = core.Ticket{
		ID: core.TicketID(firstTicket + i), Reference: reference, Version: 1, Status: core.Open, Attention: core.NeedsStaff, AttentionAt: at,
		Title: r.words.title(s.category.Name, room.Code), Category: s.category.Category, Queue: s.category.queue, Priority: s.category.Priority,
		Location: room, Confidential: s.category.Confidential, Door: core.DoorWeb, CreatedAt: at, UpdatedAt: at,
	}
	if r.chance(0.08) { // a place nobody knows, in words
		s.t.Location, s.t.Place = core.Location{}, "near the "+r.words.some(2)
	}
	switch p := r.random.Float64(); {
	case p < 0.06:
		s.t.Door = core.DoorSSH
	case p < 0.11:
		s.t.Door = core.DoorAPI
	}
	kind := core.ActorUser
	switch p := r.random.Float64(); {
	case p < 0.12 && s.t.Door == core.DoorWeb:
		s.contact, kind = nameOf(r.random.IntN(5000)), core.ActorAnonymous
	case p < 0.14 && s.t.Door == core.DoorWeb:
		s.t.Anonymous, kind = true, core.ActorAnonymous
	default:
		s.t.Reporter = r.campus.reporters[r.skewed(len(r.campus.reporters), 0.5)]
	}
	s.command = newCommand(r.random.Uint64(), r.random.Uint64())
	s.record(core.EventCreated, "", "", s.t.Queue.Code, kind, s.t.Reporter.ID, s.t.Door)
	s.messages = append(s.messages, core.Message{Author: s.t.Reporter, Side: core.ReporterSide, Visibility: core.PublicMessage, Body: r.words.body(), Door: s.t.Door, CreatedAt: at})
	s.live()
	s.t.LastSeq = len(s.events)
	return s, nil
}

func (r *teller) chance(p float64) bool { return r.random.Float64() < p }

// skewed picks the first often and the last seldom: a Zipf distribution of some steepness.
func (r *teller) skewed(n int, steep float64) int {
	u := r.random.Float64()
	return min(n-1, int(math.Pow(u*math.Pow(float64(n), 1-steep), 1/(1-steep))))
}

// about is a time around a median, with a long tail, in which staff are at work unless anybody acts.
func (s *story) about(median time.Duration, spread float64, staff bool) {
	wait := time.Duration(float64(median) * math.Exp(spread*s.random.NormFloat64()))
	next := s.now.Add(max(wait, 20*time.Second)).Truncate(time.Microsecond)
	if staff && !office(next.In(s.zone)) {
		local := next.In(s.zone)
		morning := time.Date(local.Year(), local.Month(), local.Day(), 8, 0, 0, 0, s.zone)
		for !morning.After(next) || !office(morning) {
			morning = time.Date(morning.Year(), morning.Month(), morning.Day()+1, 8, 0, 0, 0, s.zone)
		}
		next = morning.Add(time.Duration(s.random.Int64N(int64(2 * time.Hour)))).Truncate(time.Microsecond)
	}
	s.now = next
}

// act does one command, unless it lies in the future or the ticket was forgotten.
func (s *story) act(work func()) {
	if s.over || s.now.After(s.until) {
		s.over = true
		return
	}
	s.command = newCommand(s.random.Uint64(), s.random.Uint64())
	from := len(s.events)
	work()
	for _, e := range s.events[from:] {
		if e.Field != "" {
			s.t.Version++
			break
		}
	}
	for i := from; i < len(s.events); i++ {
		s.events[i].Version = s.t.Version
	}
	if len(s.events) > from {
		s.t.UpdatedAt = s.now
	}
}

func (s *story) record(kind core.EventKind, field, from, to string, actor core.ActorKind, who core.UserID, door core.Door) {
	s.events = append(s.events, event{Event: core.Event{
		Stream: core.StreamTicket, StreamID: int64(s.t.ID), Seq: len(s.events) + 1, Version: s.t.Version, Kind: kind, Field: field, From: from, To: to,
		Actor: actor, User: core.Person{ID: who}, Door: door, At: s.now,
	}, command: s.command})
}

// set is a change that the one who has the ticket makes.
func (s *story) set(field, from, to string, by core.UserID) {
	if from != to {
		s.record(core.EventChanged, field, from, to, core.ActorUser, by, core.DoorSSH)
	}
}

func (s *story) status(to core.Status, by core.UserID) {
	s.set(core.FieldStatus, string(s.t.Status), string(to), by)
	s.t.Status = to
}

func (s *story) assign(to, by core.UserID) {
	s.set(core.FieldAssignee, code(s.t.Assignee.ID), code(to), by)
	s.t.Assignee.ID = to
}

func code(id core.UserID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(int64(id), 10)
}

func (s *story) waiting(on core.Waiting, actor core.ActorKind, by core.UserID, door core.Door) {
	if s.t.WaitingOn == on {
		return
	}
	s.record(core.EventChanged, core.FieldWaiting, string(s.t.WaitingOn), string(on), actor, by, door)
	s.t.WaitingOn = on
}

func (s *story) attend(level core.Attention) {
	if s.t.WaitingOn != core.WaitingNobody {
		level = core.Resting
	}
	if level != s.t.Attention {
		s.t.Attention, s.t.AttentionAt = level, s.now
	}
}

func (s *story) staffSays(by core.UserID, visibility core.Visibility) {
	s.messages = append(s.messages, core.Message{Author: core.Person{ID: by}, Side: core.StaffSide, Visibility: visibility, Body: s.words.body(), Door: core.DoorSSH, CreatedAt: s.now})
	if visibility == core.InternalNote {
		s.record(core.EventNoted, "", "", string(core.StaffSide), core.ActorUser, by, core.DoorSSH)
		return
	}
	s.record(core.EventReplied, "", "", string(core.StaffSide), core.ActorUser, by, core.DoorSSH)
	if s.t.FirstResponseAt.IsZero() {
		s.t.FirstResponseAt = s.now
	}
	s.attend(core.InHand)
}

func (s *story) reporterSays() {
	actor, door := core.ActorUser, core.DoorWeb
	if s.t.Reporter.ID == 0 {
		actor = core.ActorGuest
	}
	s.messages = append(s.messages, core.Message{Author: s.t.Reporter, Side: core.ReporterSide, Visibility: core.PublicMessage, Body: s.words.body(), Door: door, CreatedAt: s.now})
	s.record(core.EventReplied, "", "", string(core.ReporterSide), actor, s.t.Reporter.ID, door)
	s.waiting(core.WaitingNobody, actor, s.t.Reporter.ID, door)
	s.attend(core.NeedsStaff)
}

// letters are the random bytes of a reference: every number has its own, in no order that one sees.
func letters(n uint64) io.Reader {
	const odd, mask = 0x9E3779B97F4A7C15, 1<<40 - 1
	return &digits{n * odd & mask}
}

type digits struct{ left uint64 }

// Read gives five bits a byte.
func (d *digits) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(d.left & 31)
		d.left >>= 5
	}
	return len(p), nil
}
