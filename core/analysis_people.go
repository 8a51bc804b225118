package core

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

type teamStore interface {
	// EachAchievement passes what staff did of one stage from one time to before another, in any order.
	EachAchievement(ctx context.Context, scope Scope, filter Filter, stage Stage, from, to time.Time, pass func(Achievement)) error
	// Ratings reads what reporters thought, from one time to before another, newest first.
	Ratings(ctx context.Context, scope Scope, filter Filter, from, to time.Time, limit int) ([]RatedTicket, error)
	// RatingCounts counts the stars from one time to before another, by queue and by who has the ticket.
	RatingCounts(ctx context.Context, scope Scope, filter Filter, from, to time.Time) ([]RatingCount, error)
	Campus
}

// Campus is what the figures of a team name.
type Campus interface {
	// PeopleNamed reads the accounts with some numbers.
	PeopleNamed(ctx context.Context, ids []UserID) ([]Person, error)
}

// Achievement is something that staff did: an answer, a reply or a closing.
type Achievement struct {
	Queue QueueID
	By    UserID // 0 for nobody with an account
	Wait
	Waited bool // somebody had waited for it; not so for a second closing
}

// RatingCount is how often something got so many stars.
type RatingCount struct {
	Queue    QueueID
	Assignee UserID // 0 for nobody
	Stars    int
	N        int
}

// RatedTicket is what a reporter thought of the work.
type RatedTicket struct {
	Ticket   TicketID
	Queue    Queue // with ID and Code
	Assignee Person
	Stars    int
	Body     string
	At       time.Time
}

// Work is what a team or a person has before them and did.
type Work struct {
	Open, Active, Waiting int // now
	Answered              int
	Replied               int
	Closed                int
	Answers, Closings     Pace
	Ratings               int
	Stars                 float64 // their mean
}

// TeamFigures is a team's work.
type TeamFigures struct {
	Queue Queue
	Work
}

// PersonFigures is a person's work in the queues that the reader leads.
type PersonFigures struct {
	Person Person
	Work
}

// PeopleFigures is the load and the pace of teams, and of persons for those who lead them.
type PeopleFigures struct {
	At      time.Time
	Range   Range
	Office  bool
	Teams   []TeamFigures
	Persons []PersonFigures // of the queues that the reader leads; without any, the reader alone
	Alone   bool
	Led     []string // the codes of the queues that persons are counted in; none if those are all that the reader sees
	Stars   [5]int   // how often 1 to 5
	Ratings []RatedTicket
}

// mostRatings is how many ratings are shown with their words; a report has all.
const mostRatings = 200

// AnalysePeople shows the load and pace of teams. Figures of single persons are for admins, and for the leads of a
// queue; everybody else sees their own. A wall sees neither persons nor words.
func (d *Desk) AnalysePeople(ctx context.Context, who Actor, q Question) (PeopleFigures, error) {
	p, scope, filter, err := d.analyst(ctx, who, q.Query)
	if err != nil {
		return PeopleFigures{}, err
	}
	r, err := d.rangeOf(ctx, q, filter.Clock)
	if err != nil {
		return PeopleFigures{}, err
	}
	people := PeopleFigures{At: filter.Clock.Now, Range: r, Office: q.Office}
	var loads []QueueLoad
	var stars []RatingCount
	var own []PersonLoad
	done := make([]deeds, len(Stages()))
	tasks := []func() error{
		func() (err error) {
			loads, err = d.store.QueueLoads(ctx, scope, filter)
			return wrap("count by queue", err)
		},
		func() (err error) {
			stars, err = d.store.RatingCounts(ctx, scope, filter, r.From, r.To)
			return wrap("count ratings", err)
		},
	}
	for i, stage := range Stages() {
		done[i] = deeds{stage: stage, by: map[deedKey]*deed{}}
		tasks = append(tasks, func() error {
			return wrap("read what was done", d.store.EachAchievement(ctx, scope, filter, stage, r.From, r.To, done[i].add))
		})
	}
	if p.Kind != ActorKiosk {
		tasks = append(tasks, func() (err error) {
			people.Ratings, err = d.store.Ratings(ctx, scope, filter, r.From, r.To, mostRatings)
			return wrap("read ratings", err)
		}, func() (err error) {
			own, people.Alone, err = d.loads(ctx, p, scope, filter)
			return wrap("count by person", err)
		})
	}
	if err := together(tasks...); err != nil {
		return PeopleFigures{}, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return PeopleFigures{}, err
	}
	var waits [][]Wait
	for i := range done {
		for _, did := range done[i].by {
			waits = append(waits, did.waits)
		}
	}
	by, err := d.measure(ctx, q.Office, waits...)
	if err != nil {
		return PeopleFigures{}, err
	}
	for _, c := range stars {
		people.Stars[c.Stars-1] += c.N
	}
	people.teams(dir, by, loads, done, stars)
	if p.Kind == ActorKiosk {
		return people, nil
	}
	people.hideNames(p, scope)
	people.Led = p.leads(dir, scope)
	if err := d.persons(ctx, p, scope, &people, by, own, done, stars); err != nil {
		return PeopleFigures{}, err
	}
	d.figures.put(who, "people", q, filter.Clock.Zone, &people)
	return people, nil
}

// hideNames takes the names off the ratings of colleagues that the reader does not lead.
func (f *PeopleFigures) hideNames(p *principal, scope Scope) {
	for i := range f.Ratings {
		if r := &f.Ratings[i]; !p.seesPerson(scope, r.Queue.ID, r.Assignee.ID) {
			r.Assignee = Person{}
		}
	}
}

// seesPerson reports whether the principal may see figures of somebody in a queue: their own, and those of whom they lead.
func (p *principal) seesPerson(scope Scope, queue QueueID, who UserID) bool {
	led := p.leading(scope)
	return who == p.user.ID || led.Everything || led.AllQueues || slices.Contains(led.Queues, queue)
}

// deeds is what was done of one stage, by team and person.
type deeds struct {
	stage Stage
	by    map[deedKey]*deed
	last  deedKey // whose the one before was: those of a team come together
	did   *deed
}

type deedKey struct {
	queue QueueID
	who   UserID
}

type deed struct {
	n     int
	waits []Wait // of those that somebody had waited for
}

func (m *deeds) add(a Achievement) {
	key := deedKey{a.Queue, a.By}
	if m.did == nil || m.last != key {
		m.last, m.did = key, m.by[key]
		if m.did == nil {
			m.did = &deed{}
			m.by[key] = m.did
		}
	}
	m.did.n++
	if a.Waited && m.stage != StageReply {
		m.did.waits = append(m.did.waits, a.Wait)
	}
}

// tally collects what one team or person did.
type tally struct {
	Work
	answers, closings []int64
	sum               int
}

func (t *tally) add(stage Stage, did *deed, by measure) {
	took := func(list []int64) []int64 {
		list = slices.Grow(list, len(did.waits))
		for _, w := range did.waits {
			list = append(list, by.took(w))
		}
		return list
	}
	switch stage {
	case StageAnswer:
		t.Answered, t.answers = t.Answered+did.n, took(t.answers)
	case StageReply:
		t.Replied += did.n
	case StageClosing:
		t.Closed, t.closings = t.Closed+did.n, took(t.closings)
	}
}

func (t *tally) rate(c RatingCount) { t.Ratings, t.sum = t.Ratings+c.N, t.sum+c.Stars*c.N }

func (t *tally) work() Work {
	t.Answers, t.Closings = paceOf(t.answers), paceOf(t.closings)
	if t.Ratings > 0 {
		t.Stars = float64(t.sum) / float64(t.Ratings)
	}
	return t.Work
}

// tallies finds or begins the tally of somebody.
type tallies[K comparable] map[K]*tally

func (m tallies[K]) of(key K) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}

func (f *PeopleFigures) teams(dir *directory, by measure, loads []QueueLoad, done []deeds, stars []RatingCount) {
	teams := tallies[QueueID]{}
	for _, l := range loads {
		t := teams.of(l.Queue.ID)
		t.Open, t.Active, t.Waiting = l.Open, l.Active, l.Waiting
	}
	for i := range done {
		for key, did := range done[i].by {
			teams.of(key.queue).add(done[i].stage, did, by)
		}
	}
	for _, c := range stars {
		teams.of(c.Queue).rate(c)
	}
	for id, t := range teams {
		queue, _ := dir.queue(id)
		f.Teams = append(f.Teams, TeamFigures{Queue: queue, Work: t.work()})
	}
	slices.SortFunc(f.Teams, func(a, b TeamFigures) int {
		return cmp.Or(cmp.Compare(b.Closed, a.Closed), cmp.Compare(a.Queue.Code, b.Queue.Code))
	})
}

// persons adds whom the reader may see: leads see what everybody did in the queues that they lead, themselves too.
func (d *Desk) persons(ctx context.Context, p *principal, scope Scope, f *PeopleFigures, by measure, loads []PersonLoad, done []deeds, stars []RatingCount) error {
	led := p.leading(scope)
	shown := func(queue QueueID, who UserID) bool {
		if f.Alone {
			return who == p.user.ID
		}
		return who != 0 && (led.Everything || led.AllQueues || slices.Contains(led.Queues, queue))
	}
	people := tallies[UserID]{}
	for i := range done {
		for key, did := range done[i].by {
			if shown(key.queue, key.who) {
				people.of(key.who).add(done[i].stage, did, by)
			}
		}
	}
	for _, c := range stars {
		if shown(c.Queue, c.Assignee) {
			people.of(c.Assignee).rate(c)
		}
	}
	for _, l := range loads {
		if l.Person.ID != 0 {
			t := people.of(l.Person.ID)
			t.Open, t.Active, t.Waiting = l.Open, l.Active, l.Waiting
		}
	}
	names, err := d.store.PeopleNamed(ctx, slices.Collect(maps.Keys(people)))
	if err != nil {
		return wrap("read names", err)
	}
	for _, person := range names {
		f.Persons = append(f.Persons, PersonFigures{Person: person, Work: people[person.ID].work()})
	}
	slices.SortFunc(f.Persons, func(a, b PersonFigures) int {
		return cmp.Or(cmp.Compare(b.Closed, a.Closed), cmp.Compare(a.Person.Username, b.Person.Username))
	})
	return nil
}
