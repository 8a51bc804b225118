package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpdesk.campus/core/action"
)

type tagStore interface {
	AddTag(ctx context.Context, id TicketID, tag string) error
	RemoveTag(ctx context.Context, id TicketID, tag string) error
	// Tags lists the tags that begin with a text, on tickets of the scope, the commonest first.
	Tags(ctx context.Context, scope Scope, prefix string, limit int) ([]string, error)
}

// How long a tag may be, and how many a ticket may have.
const (
	maxTag  = 30
	maxTags = 20
)

// TagChange is which tags to put on and which to take off.
type TagChange struct {
	Add    []string
	Remove []string
}

// ParseTags reads tags as people write them: "wifi +exam -old" puts two on and takes one off.
func ParseTags(typed string) TagChange {
	var change TagChange
	for word := range strings.FieldsSeq(typed) {
		if tag, off := strings.CutPrefix(word, "-"); off && tag != "" {
			change.Remove = append(change.Remove, tag)
		} else if tag := strings.TrimPrefix(word, "+"); tag != "" && tag != "-" {
			change.Add = append(change.Add, tag)
		}
	}
	return change
}

// CleanTag is a tag as it is kept: small letters and digits, with hyphens for what is between.
func CleanTag(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.TrimLeft(cleanLine(s), "#"))), "-")
}

func validTag(tag string) bool {
	for _, r := range tag {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.') {
			return false
		}
	}
	return tag != "" && len(tag) <= maxTag
}

// check cleans the tags and refuses what is none.
func (t *TagChange) check() error {
	var wrong problems
	for _, list := range []*[]string{&t.Add, &t.Remove} {
		clean := make([]string, 0, len(*list))
		for _, tag := range *list {
			if tag = CleanTag(tag); !validTag(tag) {
				wrong.add("tag", "tag_form", "Max", maxTag)
				continue
			}
			clean = append(clean, tag)
		}
		*list = clean
	}
	return wrong.err()
}

// Tag puts tags on a ticket and takes tags off. What is there already, or not there, stays as it is.
func (d *Desk) Tag(ctx context.Context, who Actor, id TicketID, in TagChange) (Ticket, error) {
	return d.Perform(ctx, who, id, 0, Deed{Action: action.Tag, Tags: in})
}

// Tags lists the tags in use that begin with a text, the commonest first.
func (d *Desk) Tags(ctx context.Context, who Actor, prefix string, limit int) ([]string, error) {
	p, err := d.staff(ctx, d.store, who)
	if err != nil {
		return nil, err
	}
	tags, err := d.store.Tags(ctx, listScope(p, false), CleanTag(prefix), limit)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return tags, nil
}

func (c *command) retag(ctx context.Context, in TagChange) error {
	for _, tag := range in.Remove {
		if err := c.untag(ctx, tag); err != nil {
			return err
		}
	}
	for _, tag := range in.Add {
		if err := c.tag(ctx, tag); err != nil {
			return err
		}
	}
	if len(c.ticket.Tags) > maxTags {
		return refuse("tag", "tags_too_many", "Max", maxTags)
	}
	return nil
}

func (c *command) tag(ctx context.Context, tag string) error {
	if slices.Contains(c.ticket.Tags, tag) {
		return nil
	}
	if err := c.tx.AddTag(ctx, c.ticket.ID, tag); err != nil {
		return fmt.Errorf("add tag: %w", err)
	}
	c.record(EventChanged, FieldTag, "", tag)
	c.ticket.Tags = append(slices.Clone(c.ticket.Tags), tag)
	slices.Sort(c.ticket.Tags)
	return nil
}

func (c *command) untag(ctx context.Context, tag string) error {
	at := slices.Index(c.ticket.Tags, tag)
	if at < 0 {
		return nil
	}
	if err := c.tx.RemoveTag(ctx, c.ticket.ID, tag); err != nil {
		return fmt.Errorf("remove tag: %w", err)
	}
	c.record(EventChanged, FieldTag, tag, "")
	c.ticket.Tags = slices.Delete(slices.Clone(c.ticket.Tags), at, at+1)
	return nil
}

// subject is what an event is about: its field; of tags and links, the one.
func (e *Event) subject() string {
	if e.Field == FieldTag || e.Field == FieldLink {
		return e.Field + " " + e.From + e.To
	}
	if e.Kind == EventSplit {
		return string(EventSplit) + " " + e.From + e.To
	}
	return e.Field
}

// moment writes a time of day as the history keeps it, in the campus's zone.
func (c *command) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.desk.Zone()).Format(time.RFC3339)
}
