package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core"
)

// planner decides what happens on the campus, and when.
type planner struct {
	random *rand.Rand
	now    time.Time
	zone   *time.Location
	campus *campus
}

// story is one ticket from its report to where it stands now.
type story struct {
	script  *script
	use     int // how often the script had been used before
	target  core.Status
	created time.Time

	title, body string
	known       string // what everybody may read of it, "" for nothing
	where       core.Where
	reporter    *core.User // nil for guests and anonymous reports
	contact     core.Contact
	anonymous   bool

	steps []step // what happens after the report

	actor  core.Actor // of whoever reported, known once it is told
	ticket core.TicketID
}

// plan makes the stories, in the order in which they are reported. Scripts are dealt like cards, so
// that neighbours in the queue differ.
func (p *planner) plan(scripts []*script) ([]*story, error) {
	stories := p.arrivals()
	deck := p.deck(scripts, len(stories))
	uses := map[*script]int{}
	var quota quota
	for i, s := range stories {
		s.script = deck[i]
		s.use = uses[s.script]
		uses[s.script]++
		if err := p.fill(s); err != nil {
			return nil, err
		}
		p.tell(s, i, &quota)
	}
	return stories, nil
}

// arrivals spreads the reports over the days: closed ones over all of them, the others over the last.
func (p *planner) arrivals() []*story {
	var list []*story
	add := func(status core.Status, n int, from, to time.Duration) {
		for range n {
			list = append(list, &story{target: status, created: p.arrival(p.now.Add(-from), p.now.Add(-to))})
		}
	}
	const day = 24 * time.Hour
	justNow := []time.Duration{
		4 * time.Minute, 11 * time.Minute, 19 * time.Minute, 34 * time.Minute, 58 * time.Minute, 110 * time.Minute,
	}
	for _, ago := range justNow {
		list = append(list, &story{target: core.Open, created: p.now.Add(-ago - p.upTo(time.Minute))})
	}
	const older = 9
	add(core.Open, openCount-len(justNow)-older, 4*day, 2*time.Hour)
	add(core.Open, older, 12*day, 4*day)
	const stubborn = 12
	add(core.Active, activeCount-stubborn, 9*day, 3*time.Hour)
	add(core.Active, stubborn, 30*day, 9*day)
	add(core.Closed, closedCount, days*day, 30*time.Hour)
	slices.SortStableFunc(list, func(a, b *story) int { return a.created.Compare(b.created) })
	return list
}

// busy is how likely a report is in each hour of the day.
var busy = [24]float64{
	0.05, 0.03, 0.02, 0.02, 0.02, 0.04, 0.1, 0.3, 0.8, 1, 1, 1, 0.7, 0.9, 1, 0.95, 0.8, 0.55, 0.35, 0.3, 0.3, 0.25, 0.2, 0.1,
}

func (p *planner) arrival(from, to time.Time) time.Time {
	var at time.Time
	for range 60 {
		at = from.Add(p.upTo(to.Sub(from)))
		local := at.In(p.zone)
		likely := busy[local.Hour()]
		if weekend(local) {
			likely /= 4
		}
		if p.random.Float64() < likely {
			break
		}
	}
	return at
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

func (p *planner) upTo(d time.Duration) time.Duration {
	return time.Duration(p.random.Int64N(int64(d)))
}

func (p *planner) between(from, to time.Duration) time.Duration { return from + p.upTo(to-from) }

// deck shuffles the scripts anew for each round; rare ones come into every second, the newest among
// them.
func (p *planner) deck(scripts []*script, n int) []*script {
	var deck []*script
	for round := 0; len(deck) < n; round++ {
		cards := slices.Clone(scripts)
		if round%2 == 1 {
			cards = slices.DeleteFunc(cards, func(s *script) bool { return s.rare })
		}
		p.random.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
		deck = append(cards, deck...)
	}
	return deck[len(deck)-n:]
}

// fill says who reports what from where.
func (p *planner) fill(s *story) error {
	place := strings.NewReplacer()
	switch {
	case len(s.script.rooms) > 0:
		code := s.script.rooms[(s.use+p.random.IntN(2))%len(s.script.rooms)]
		r, ok := p.campus.rooms[code]
		if !ok {
			return fmt.Errorf("the scripts of %s know a room %s that the campus does not have", s.script.category, code)
		}
		place = strings.NewReplacer("{room}", r.code, "{place}", r.name, "{building}", r.buildingName)
		s.where = core.Where{Building: r.building, Room: strings.TrimPrefix(r.code, r.building+"-")}
	default:
		s.where = core.Where{Words: s.script.where}
	}
	s.title = place.Replace(pick(s.script.titles, s.use))
	// Scripts with as many descriptions as titles tell one story each; others mix them.
	s.body = place.Replace(pick(s.script.bodies, s.use))
	s.known = place.Replace(s.script.known)
	p.reporter(s)
	return nil
}

func pick(texts []string, n int) string { return texts[n%len(texts)] }

func (p *planner) reporter(s *story) {
	chance := p.random.Float64()
	someone := p.campus.reporters[p.random.IntN(len(p.campus.reporters))]
	switch {
	case len(s.script.from) > 0:
		name := pick(s.script.from, s.use)
		at := slices.IndexFunc(p.campus.reporters, func(u core.User) bool { return u.Username == name })
		someone = p.campus.reporters[max(at, 0)]
		s.reporter = &someone
	case s.script.by == "anonymous" && s.use%2 == 0, s.script.by == "" && chance < 0.04:
		s.anonymous = true
	case s.script.by == "guest" && s.use%2 == 0:
		s.contact = outsiders()[p.random.IntN(len(outsiders()))]
	case chance > 0.88:
		s.contact = withoutAccount()[p.random.IntN(len(withoutAccount()))]
	default:
		s.reporter = &someone
	}
}

// outsiders are people who only pass by.
func outsiders() []core.Contact {
	return []core.Contact{
		{Name: "Parent of a first-year student", Phone: "+44 20 7946 0991"},
		{Name: "Visitor of the open day", Email: "openday24@mail.example"},
		{Name: "Bakery Sonne, delivery", Phone: "+49 30 901820"},
		{Name: "Conference team ICLS", Email: "team@icls.example", Phone: "+1 202 555 0143"},
		{Name: "Neighbour across the street", Phone: "+44 20 7946 0117"},
	}
}

// withoutAccount are people of the campus who do not sign in.
func withoutAccount() []core.Contact {
	return []core.Contact{
		{Name: "Marta Kowalczyk", Email: "marta.kowalczyk@mail.example"},
		{Name: "Dr. Henrik Sørensen", Email: "h.soerensen@hospital.example", Phone: "+45 20 55 01 77"},
		{Name: "Ali Rezaei", Email: "ali.rezaei@mail.example"},
		{Name: "María José Quispe", Email: "mj.quispe@mail.example"},
		{Name: "Georg Lang", Phone: "+49 30 901844"},
		{Name: "Sana Mirza", Email: "sana.mirza@mail.example"},
		{Name: "Kofi Boateng", Email: "kofi.b@mail.example"},
		{Name: "陈思雨", Email: "siyu.chen@mail.example"},
	}
}
