package demo

import (
	"time"

	"helpdesk.campus/core"
)

// step is one thing somebody does on a ticket.
type step struct {
	at       time.Time
	do       deed
	by       core.User // staff; the zero user is whoever reported
	text     string
	queue    string
	waiting  core.Waiting
	priority core.Priority
	ending   core.Resolution
}

type deed int

const (
	report deed = iota
	take
	publish
	prioritise
	reply
	note
	wait
	move
	release
	closing
	withdraw
	reopen
)

// quota counts what there should be some of, whatever the cards say.
type quota struct{ reporter, thirdParty, followUps, givenBack, known int }

// How many active tickets wait for whom or are known to everybody, and how many open ones are not as
// they came.
const (
	waitReporter = 9
	waitThird    = 7
	followUps    = 6
	givenBack    = 3
	knownIssues  = 3
)

// teller writes the steps of one story. Its clock runs from step to step.
type teller struct {
	*planner
	*story
	at    time.Time
	queue string
	who   core.User // of staff
}

// tell decides what happens after the report, as far as the story has come.
func (p *planner) tell(s *story, number int, q *quota) {
	t := &teller{planner: p, story: s, at: s.created, queue: p.campus.queueOf(s.script.category)}
	team := p.campus.teams[t.queue]
	t.who = team[p.random.IntN(len(team))]
	until := p.now.Add(-min(p.between(3*time.Minute, 3*time.Hour), p.now.Sub(s.created)/4))
	switch s.target {
	case core.Open:
		t.untouched(q)
	case core.Active:
		t.begun(q)
	case core.Closed:
		t.finished(number)
	}
	t.squeeze(until)
}

func (c *campus) queueOf(category string) string {
	id := c.categories[category].Queue
	for code, q := range c.queues {
		if q.ID == id {
			return code
		}
	}
	return ""
}

// untouched is a ticket that nobody works on: as it came, asked about again, or given back.
func (t *teller) untouched(q *quota) {
	age := t.now.Sub(t.created)
	english := t.script.language == ""
	switch {
	case age > 20*time.Hour && english && q.followUps < followUps:
		words := []string{
			"Is there any news? It is still the same.", "It has become worse since yesterday.",
			"One more thing: it happens in the room next door as well.", "I forgot to say that I am here every day until five.",
			"A colleague has the same problem.", "Should I write to somebody else about this?",
		}
		t.later(t.awake, age/4, age/2)
		t.add(step{do: reply, text: words[q.followUps%len(words)]})
		q.followUps++
	case age > 30*time.Hour && q.givenBack < givenBack:
		words := []string{"I am away from tomorrow, so somebody else please.", "Needs two people, I cannot do it alone.", "Not my shift, see the plan."}
		t.later(t.office, time.Hour, 4*time.Hour)
		t.add(step{do: take, by: t.who})
		t.later(t.office, 10*time.Minute, time.Hour)
		t.add(step{do: note, by: t.who, text: words[q.givenBack%len(words)]})
		t.add(step{do: release, by: t.who})
		q.givenBack++
	}
}

// begun is a ticket that somebody works on, cut off somewhere on its way.
func (t *teller) begun(q *quota) {
	t.takeUp()
	if t.known != "" && q.known < knownIssues {
		q.known++
		t.at = t.at.Add(time.Minute)
		t.add(step{do: publish, by: t.who, text: t.known})
	}
	asks, outside := t.script.waitsFor(core.WaitingReporter), t.script.waitsFor(core.WaitingThirdParty)
	switch {
	case outside > 0 && q.thirdParty < waitThird:
		q.thirdParty++
		t.play(outside)
	case asks > 0 && q.reporter < waitReporter:
		q.reporter++
		t.play(asks)
	default:
		t.play(t.random.IntN(len(t.script.lines) + 1))
	}
}

// finished is a ticket that has come to its end, mostly that of the script.
func (t *teller) finished(number int) {
	fault := t.script.fault()
	asks := t.script.waitsFor(core.WaitingReporter)
	const fortnight = 14 * 24 * time.Hour
	switch {
	case fault && number%9 == 3:
		t.later(t.awake, 20*time.Minute, 20*time.Hour)
		t.add(step{do: reply, text: t.oneOf("It has sorted itself out, thank you!", "My mistake, please forget about it.", "Somebody has already fixed it. Thank you.")})
		t.add(step{do: withdraw})
	case fault && number%11 == 5:
		t.takeUp()
		t.add(step{do: closing, by: t.who, ending: core.Duplicate, text: t.oneOf(
			"Thank you. We already have a report about this and are working on it there.",
			"You are the second to tell us, so this goes on under the first report. We do not forget you.")})
	case asks > 0 && t.script.language == "" && !t.script.rare && number%11 == 4 && t.now.Sub(t.created) > fortnight+7*24*time.Hour:
		t.takeUp()
		t.play(asks)
		t.later(t.office, fortnight, fortnight+3*24*time.Hour)
		t.add(step{do: closing, by: t.who, ending: core.NoAnswer, text: "We have not heard from you, so we close this for now. Just answer here if it is still there."})
	case fault && number%10 == 7:
		t.takeUp()
		t.add(step{do: closing, by: t.who, ending: core.NotFoundNow, text: t.oneOf(
			"We were there twice and found everything working. Please write again when you see it, then we come at once.",
			"We could not make it happen, with three devices. Tell us the time when it does, please.")})
	default:
		t.takeUp()
		t.play(len(t.script.lines))
		t.end()
		if fault && number%7 == 6 && t.now.Sub(t.at) > 5*24*time.Hour {
			t.again()
		}
	}
}

func (t *teller) oneOf(texts ...string) string { return texts[t.random.IntN(len(texts))] }

// takeUp is somebody making the ticket theirs.
func (t *teller) takeUp() {
	t.later(t.office, 5*time.Minute, 5*time.Hour)
	t.add(step{do: take, by: t.who})
	if p := t.script.priority; p != 0 && p != t.campus.categories[t.script.category].Priority {
		t.later(t.office, 5*time.Second, time.Minute)
		t.add(step{do: prioritise, by: t.who, priority: p})
	}
}

// play acts out the first lines of the script.
func (t *teller) play(lines int) {
	waits := core.WaitingNobody
	for _, l := range t.script.lines[:lines] {
		if waits == core.WaitingThirdParty && l.mark == markStaff {
			t.later(t.office, 4*time.Hour, 40*time.Hour)
			t.add(step{do: wait, by: t.who, waiting: core.WaitingNobody})
			waits = core.WaitingNobody
		}
		switch l.mark {
		case markStaff:
			t.later(t.office, 2*time.Minute, 2*time.Hour)
			t.add(step{do: reply, by: t.who, text: l.text})
		case markReporter:
			t.later(t.awake, 6*time.Minute, 16*time.Hour)
			t.add(step{do: reply, text: l.text})
			waits = core.WaitingNobody
		case markNote:
			t.later(t.office, 5*time.Minute, 90*time.Minute)
			t.add(step{do: note, by: t.who, text: l.text})
		case markWait:
			waits = core.Waiting(l.text)
			t.later(t.office, 2*time.Second, 20*time.Second)
			t.add(step{do: wait, by: t.who, waiting: waits})
		case markMove:
			t.moveTo(l.text)
		}
	}
}

// moveTo hands the ticket to another team, where somebody takes it.
func (t *teller) moveTo(queue string) {
	if queue == t.queue {
		return
	}
	t.later(t.office, 3*time.Minute, 40*time.Minute)
	t.add(step{do: move, by: t.who, queue: queue, text: "This one is for you, I think."})
	t.queue = queue
	team, before := t.campus.teams[queue], t.who.ID
	t.who = team[t.random.IntN(len(team))]
	if t.who.ID == before {
		return // works there too, and keeps it
	}
	t.later(t.office, 5*time.Minute, 3*time.Hour)
	t.add(step{do: take, by: t.who})
}

func (t *teller) end() {
	e := t.script.endings[t.use%len(t.script.endings)]
	if t.script.waitsFor(core.WaitingThirdParty) > 0 {
		t.later(t.office, 30*time.Hour, 8*24*time.Hour) // others take their time
	}
	t.later(t.office, 20*time.Minute, 22*time.Hour)
	t.add(step{do: closing, by: t.who, ending: e.resolution, text: e.words})
}

// again is a ticket that was closed too early.
func (t *teller) again() {
	t.later(t.awake, 10*time.Hour, 60*time.Hour)
	t.add(step{do: reopen, text: t.oneOf(
		"Sorry, it is back. Exactly the same as before.", "It worked for a day and now it does not.", "The problem is still there, I have just tried.")})
	t.later(t.office, 20*time.Minute, 4*time.Hour)
	t.add(step{do: reply, by: t.who, text: t.oneOf("Thank you for telling us, we look at it again today.", "Then it was not the cause. We are on it.")})
	t.later(t.office, 2*time.Hour, 30*time.Hour)
	t.add(step{do: closing, by: t.who, ending: core.Fixed, text: t.oneOf(
		"Now we have found the real cause, and it is gone.", "Done properly this time. Thank you for your patience.")})
}

func (t *teller) add(s step) {
	s.at = t.at
	t.steps = append(t.steps, s)
}

// later moves the story's clock on to a time when it can happen.
func (t *teller) later(possible func(time.Time) time.Time, from, to time.Duration) {
	t.at = possible(t.at.Add(t.between(from, to)))
}

// office moves a time into office hours.
func (p *planner) office(at time.Time) time.Time {
	const opens, shuts = 8, 18
	local := at.In(p.zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), opens, 0, 0, 0, p.zone)
	if !weekend(local) && local.Hour() >= opens && local.Hour() < shuts {
		return at
	}
	if local.Hour() >= shuts {
		day = day.AddDate(0, 0, 1)
	}
	for weekend(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(p.upTo(100 * time.Minute)) // a morning's work takes its time
}

// awake moves a time out of the night.
func (p *planner) awake(at time.Time) time.Time {
	const gets, goes = 7, 23
	local := at.In(p.zone)
	if local.Hour() >= gets && local.Hour() < goes {
		return at
	}
	day := time.Date(local.Year(), local.Month(), local.Day(), gets, 0, 0, 0, p.zone)
	if local.Hour() >= goes {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(p.upTo(2 * time.Hour))
}

// squeeze brings a story whose end would lie in the future to its end in time.
func (t *teller) squeeze(until time.Time) {
	if len(t.steps) == 0 || !t.at.After(until) {
		return
	}
	whole, room := t.at.Sub(t.created), until.Sub(t.created)
	for i := range t.steps {
		part := float64(t.steps[i].at.Sub(t.created)) / float64(whole)
		t.steps[i].at = t.created.Add(time.Duration(part * float64(room)))
	}
}
