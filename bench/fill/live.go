package fill

import (
	"slices"
	"strconv"
	"time"

	"helpdesk.campus/core"
)

const workday = 9 * time.Hour

// live is what happens to a ticket after it was reported, until it is closed for good, forgotten, or today.
func (s *story) live() {
	forgotten := s.chance(0.013) || s.until.Sub(s.now) < 60*24*time.Hour && s.chance(0.12)
	team := s.campus.teams[s.t.Queue.ID]
	s.about(50*time.Minute, 1.1, true)
	s.triage(team[s.skewed(len(team), 0.4)])
	if forgotten && s.chance(0.55) {
		return
	}
	team = s.campus.teams[s.t.Queue.ID]
	by := team[s.skewed(len(team), 0.4)]
	s.about(40*time.Minute, 1.2, true)
	s.act(func() {
		s.assign(by, by)
		s.status(core.Active, by)
	})
	if s.chance(0.3) {
		s.about(20*time.Minute, 1, true)
		s.act(func() { s.staffSays(by, core.InternalNote) })
	}
	if s.chance(0.2) {
		other := team[s.random.IntN(len(team))]
		s.about(3*time.Hour, 1, true)
		s.act(func() { s.assign(other, by) })
		by = other
	}
	s.talk(by)
	if forgotten {
		return
	}
	s.about(workday, 1.4, true)
	s.finish(by)
	for again := 0.07; s.chance(again); again /= 2 {
		s.about(20*time.Hour, 0.8, false)
		s.act(func() { s.reopen() })
		s.about(workday, 1, true)
		s.finish(by)
	}
	if s.t.Status == core.Closed && !s.t.Anonymous && s.chance(0.18) {
		s.about(10*time.Hour, 1.2, false)
		s.act(s.rate)
	}
}

// triage puts right what the reporter could not know.
func (s *story) triage(by core.UserID) {
	if s.chance(0.12) {
		other := &s.campus.categories[s.skewed(len(s.campus.categories), 0.7)]
		s.act(func() {
			s.set(core.FieldCategory, s.t.Category.Code, other.Code, by)
			before := s.t.Confidential
			s.t.Category, s.t.Confidential = other.Category, other.Confidential
			s.set(core.FieldConfidential, strconv.FormatBool(before), strconv.FormatBool(other.Confidential), by)
			s.set(core.FieldQueue, s.t.Queue.Code, other.queue.Code, by)
			s.t.Queue = other.queue
		})
		s.now = s.now.Add(time.Minute)
	}
	if s.chance(0.3) {
		to := []core.Priority{core.Low, core.Normal, core.Normal, core.High, core.High, core.Urgent}[s.random.IntN(6)]
		s.act(func() {
			s.set(core.FieldPriority, s.t.Priority.String(), to.String(), by)
			s.t.Priority = to
		})
		s.now = s.now.Add(30 * time.Second)
	}
	for s.chance(0.32) {
		tag := []string{"network-outage", "start-of-term", "vip", "warranty", "recurring", "loan", "contractor", "inspection", "upgrade", "known"}[s.skewed(10, 0.5)]
		s.act(func() { s.tag(tag, by) })
		s.now = s.now.Add(20 * time.Second)
	}
}

func (s *story) tag(tag string, by core.UserID) {
	if slices.Contains(s.tags, tag) {
		return
	}
	s.tags = append(s.tags, tag)
	s.set(core.FieldTag, "", tag, by)
}

// talk is question and answer between the one who has the ticket and whoever reported it.
func (s *story) talk(by core.UserID) {
	for more := 0.72; s.chance(more) && !s.over; more /= 2 {
		asks := s.chance(0.5)
		s.about(70*time.Minute, 1.2, true)
		s.act(func() {
			s.staffSays(by, core.PublicMessage)
			if asks {
				s.waiting(core.WaitingReporter, core.ActorUser, by, core.DoorSSH)
				s.attend(core.Resting)
			}
		})
		if asks && s.chance(0.75) || s.chance(0.2) {
			s.about(4*time.Hour, 1.3, false)
			s.act(s.reporterSays)
		}
	}
	if s.chance(0.1) {
		s.about(5*time.Hour, 1, true)
		s.act(func() {
			s.waiting(core.WaitingThirdParty, core.ActorUser, by, core.DoorSSH)
			s.attend(core.Resting)
		})
		s.about(3*24*time.Hour, 0.7, true)
		s.act(func() {
			s.waiting(core.WaitingNobody, core.ActorUser, by, core.DoorSSH)
			s.attend(core.InHand)
		})
	}
}

func (s *story) finish(by core.UserID) {
	how := []core.Resolution{core.Fixed, core.Fixed, core.Fixed, core.Fixed, core.Answered, core.Answered, core.Duplicate, core.Declined, core.NotFoundNow, core.NoAnswer}[s.random.IntN(10)]
	last := s.chance(0.4)
	s.act(func() {
		if last {
			s.staffSays(by, core.PublicMessage)
		}
		s.status(core.Closed, by)
		s.set(core.FieldResolution, string(s.t.Resolution), string(how), by)
		s.t.Resolution = how
		s.waiting(core.WaitingNobody, core.ActorUser, by, core.DoorSSH)
		s.t.ClosedAt = s.now
	})
}

func (s *story) reopen() {
	actor := core.ActorUser
	if s.t.Reporter.ID == 0 {
		actor = core.ActorGuest
	}
	s.record(core.EventChanged, core.FieldStatus, string(core.Closed), string(core.Active), actor, s.t.Reporter.ID, core.DoorWeb)
	s.record(core.EventChanged, core.FieldResolution, string(s.t.Resolution), "", actor, s.t.Reporter.ID, core.DoorWeb)
	s.t.Status, s.t.Resolution, s.t.ClosedAt = core.Active, "", time.Time{}
	s.reporterSays()
}

func (s *story) rate() {
	s.stars, s.rated = []int{5, 5, 5, 5, 4, 4, 3, 2, 1}[s.random.IntN(9)], s.now
	actor := core.ActorUser
	if s.t.Reporter.ID == 0 {
		actor = core.ActorGuest
	}
	s.record(core.EventRated, "", "", strconv.Itoa(s.stars), actor, s.t.Reporter.ID, core.DoorWeb)
}
