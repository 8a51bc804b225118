package core

import (
	"context"
	"fmt"

	"helpdesk.campus/core/action"
)

// Correction is what the reporter, or staff, may put right while a ticket is not closed; nil leaves
// it as it is.
type Correction struct {
	Title       *string
	Description *string
	Category    *CategoryID
	Where       *Where
}

// Correct puts a report right. The words that were replaced are kept as revisions; the history holds
// only a digest of them. A reporter's correction of the category does not move the ticket: staff
// decide who works on it; but it becomes confidential as soon as its category is.
func (d *Desk) Correct(ctx context.Context, who Actor, id TicketID, version int, in Correction) (Ticket, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return Ticket{}, err
	}
	return d.change(ctx, who, id, version, action.Correct, func(ctx context.Context, c *command) error {
		var wrong problems
		if in.Title != nil {
			if err := c.correctTitle(ctx, cleanLine(*in.Title), &wrong); err != nil {
				return err
			}
		}
		if in.Description != nil {
			if err := c.correctDescription(ctx, cleanBlock(*in.Description), &wrong); err != nil {
				return err
			}
		}
		if in.Where != nil {
			if err := c.setPlace(ctx, dir, Change{Where: in.Where}, &wrong); err != nil {
				return err
			}
		}
		if in.Category != nil {
			if err := c.correctCategory(ctx, dir, *in.Category, &wrong); err != nil {
				return err
			}
		}
		if err := wrong.err(); err != nil {
			return err
		}
		if len(c.events) == 0 {
			return nil
		}
		if c.side() == ReporterSide {
			c.ticket.attend(NeedsStaff, c.now)
		}
		return c.reindexAfter(ctx)
	})
}

// reindexAfter writes the ticket now, so that its new title is what is made findable.
func (c *command) reindexAfter(ctx context.Context) error {
	if err := c.tx.UpdateTicket(ctx, c.ticket); err != nil {
		return fmt.Errorf("write ticket: %w", err)
	}
	if err := c.tx.Reindex(ctx, c.ticket.ID); err != nil {
		return fmt.Errorf("index ticket: %w", err)
	}
	return nil
}

func (c *command) correctTitle(ctx context.Context, title string, wrong *problems) error {
	checkTitle(wrong, title)
	if len(*wrong) > 0 || title == c.ticket.Title {
		return nil
	}
	err := c.revise(ctx, FieldTitle, 0, c.ticket.Title)
	c.ticket.Title = title
	return err
}

func (c *command) correctDescription(ctx context.Context, body string, wrong *problems) error {
	checkBody(wrong, "description", body, true)
	if len(*wrong) > 0 {
		return nil
	}
	first, err := c.tx.FirstMessage(ctx, c.ticket.ID)
	if err != nil {
		return fmt.Errorf("read description: %w", err)
	}
	if first.Body == body {
		return nil
	}
	if err := c.revise(ctx, FieldDescription, first.ID, first.Body); err != nil {
		return err
	}
	if err := c.tx.UpdateMessage(ctx, c.ticket.ID, first.ID, body, c.now); err != nil {
		return fmt.Errorf("write description: %w", err)
	}
	return nil
}

// correctCategory says anew what kind of issue it is. What is confidential stays so, and is public no more.
func (c *command) correctCategory(ctx context.Context, dir *directory, id CategoryID, wrong *problems) error {
	category, ok := dir.category(id)
	if !ok || !dir.leaf(id) || category.Archived && id != c.ticket.Category.ID {
		wrong.add("category", "category_unknown")
		return nil
	}
	c.changed(FieldCategory, c.ticket.Category.Code, category.Code)
	c.ticket.Category = category
	c.setConfidential(c.ticket.Confidential || category.Confidential)
	if c.ticket.Confidential {
		return c.setPublic(ctx, "")
	}
	return nil
}

// revise records that a text was replaced, and keeps the old one.
func (c *command) revise(ctx context.Context, field string, message MessageID, old string) error {
	event := c.record(EventCorrected, field, "", "")
	event.Digest = c.desk.seal(field, old)
	return c.keep(ctx, field, message, old)
}

func (c *command) keep(ctx context.Context, field string, message MessageID, old string) error {
	err := c.tx.InsertRevision(ctx, Revision{
		Ticket: c.ticket.ID, Message: message, Field: field, Body: old, Digest: c.desk.seal(field, old),
		By: c.who.user.ID, At: c.now,
	})
	if err != nil {
		return fmt.Errorf("keep the old %s: %w", field, err)
	}
	return nil
}
