package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpdesk.campus/core"
)

// live lets all stories happen, each step at its time, as they would have: side by side.
func live(ctx context.Context, desk *core.Desk, clock *Clock, stories []*story) error {
	type moment struct {
		*story
		step
	}
	var moments []moment
	for _, s := range stories {
		moments = append(moments, moment{s, step{at: s.created, do: report}})
		for _, next := range s.steps {
			moments = append(moments, moment{s, next})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	categories, err := categoriesByCode(ctx, desk)
	if err != nil {
		return err
	}
	queues, err := queuesByCode(ctx, desk)
	if err != nil {
		return err
	}
	var last time.Time
	for _, m := range moments {
		if !m.at.After(last) { // no two things happen at once
			m.at = last.Add(time.Millisecond)
		}
		last = m.at
		clock.Set(m.at)
		if m.do == report {
			err = m.story.report(ctx, desk, categories)
		} else {
			err = m.story.happen(ctx, desk, m.step, queues)
		}
		if err != nil {
			return fmt.Errorf("demo ticket %q: %w", m.title, err)
		}
	}
	return nil
}

func categoriesByCode(ctx context.Context, desk *core.Desk) (map[string]core.CategoryID, error) {
	list, err := desk.Categories(ctx, core.Operator())
	if err != nil {
		return nil, fmt.Errorf("list categories: %w", err)
	}
	ids := make(map[string]core.CategoryID, len(list))
	for _, c := range list {
		ids[c.Code] = c.ID
	}
	return ids, nil
}

func queuesByCode(ctx context.Context, desk *core.Desk) (map[string]core.QueueID, error) {
	list, err := desk.Queues(ctx, core.Operator())
	if err != nil {
		return nil, fmt.Errorf("list queues: %w", err)
	}
	ids := make(map[string]core.QueueID, len(list))
	for _, q := range list {
		ids[q.Code] = q.ID
	}
	return ids, nil
}

func user(u core.User, door core.Door) core.Actor {
	return core.Actor{Kind: core.ActorUser, User: u.ID, Door: door}
}

// report sends the report on the page. Whoever has no account goes on with the private link.
func (s *story) report(ctx context.Context, desk *core.Desk, categories map[string]core.CategoryID) error {
	s.actor = core.Anonymous(core.DoorWeb, "")
	if s.reporter != nil {
		s.actor = user(*s.reporter, core.DoorWeb)
	}
	key, err := desk.NewFormKey(s.actor)
	if err != nil {
		return fmt.Errorf("get a form: %w", err)
	}
	receipt, err := desk.Report(ctx, s.actor, core.NewTicket{
		Key: key, Title: s.title, Description: s.body, Category: categories[s.script.category], Where: s.where,
		Contact: s.contact, Anonymous: s.anonymous, Language: s.script.language,
	})
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	s.ticket = receipt.Ticket
	if s.reporter == nil {
		if s.actor, _, err = desk.Guest(ctx, core.DoorWeb, receipt.Link, ""); err != nil {
			return fmt.Errorf("follow the private link: %w", err)
		}
	}
	return nil
}

// happen does one step.
func (s *story) happen(ctx context.Context, desk *core.Desk, next step, queues map[string]core.QueueID) error {
	who, message := s.actor, core.NewMessage{Body: next.text}
	if next.by.ID != 0 {
		who = user(next.by, core.DoorSSH)
	} else {
		var err error
		if message.Key, err = desk.NewFormKey(who); err != nil {
			return fmt.Errorf("get a form: %w", err)
		}
	}
	var err error
	switch next.do {
	case take:
		_, err = desk.Take(ctx, who, s.ticket, 0)
	case publish:
		_, err = desk.Publish(ctx, who, s.ticket, 0, next.text)
	case prioritise:
		_, err = desk.Change(ctx, who, s.ticket, 0, core.Change{Priority: &next.priority})
	case reply:
		_, err = desk.Reply(ctx, who, s.ticket, message)
	case note:
		_, err = desk.Note(ctx, who, s.ticket, message)
	case wait:
		_, err = desk.Change(ctx, who, s.ticket, 0, core.Change{Waiting: &next.waiting})
	case move:
		if _, err = desk.Note(ctx, who, s.ticket, message); err == nil {
			queue := queues[next.queue]
			_, err = desk.Change(ctx, who, s.ticket, 0, core.Change{Queue: &queue})
		}
	case release:
		if _, err = desk.Release(ctx, who, s.ticket, 0); err == nil {
			_, err = desk.SetStatus(ctx, who, s.ticket, 0, core.Open)
		}
	case closing:
		_, err = desk.Close(ctx, who, s.ticket, 0, core.Closing{Resolution: next.ending, Body: next.text})
	case withdraw:
		_, err = desk.Withdraw(ctx, who, s.ticket, 0)
	case reopen:
		_, err = desk.Reopen(ctx, who, s.ticket, 0, next.text)
	case report:
		err = fmt.Errorf("%q is reported twice", s.title)
	}
	return err
}
