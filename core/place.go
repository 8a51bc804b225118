package core

import "strconv"

// QueueID numbers the queues.
type QueueID int64

// Queue is the list that one team works.
type Queue struct {
	ID         QueueID
	Code       string
	Name       string
	ReopenDays int  // until how long after closing a reporter may reopen
	Archived   bool // nothing new comes to it
}

// Line is one of the three service lines at the top of the category tree.
type Line string

// The service lines.
const (
	Facilities Line = "facilities"
	IT         Line = "it"
	Services   Line = "services"
)

// Lines lists the service lines in the order of the form.
func Lines() []Line { return []Line{Facilities, IT, Services} }

// CategoryID numbers the categories.
type CategoryID int64

// Category is what kind of issue a ticket is. It decides the queue and who may see it.
type Category struct {
	ID           CategoryID
	Parent       CategoryID // 0 at the top
	Code         string
	Name         string
	Hint         string // what helps staff to know, shown on the form
	Line         Line
	Queue        QueueID
	Priority     Priority
	Confidential bool // seen by its queue's staff alone
	Archived     bool // nothing new is reported under it
	Position     int  // among its siblings

	Names map[string]string // in other languages, by their tags
	Hints map[string]string
}

// In is the category as readers of a language know it; what nobody has translated stays as it is.
func (c Category) In(tag string) Category {
	if name := c.Names[tag]; name != "" {
		c.Name = name
	}
	if hint := c.Hints[tag]; hint != "" {
		c.Hint = hint
	}
	return c
}

// LocationID numbers the locations.
type LocationID int64

// LocationKind is a level of the tree of places.
type LocationKind string

// The levels.
const (
	Site     LocationKind = "site"
	Building LocationKind = "building"
	Room     LocationKind = "room"
)

// Location is a site, a building or a room. Its code is what is written on its door: LIB-204.
type Location struct {
	ID     LocationID
	Parent LocationID
	Kind   LocationKind
	Code   string
	Name   string

	Archived bool // not offered to those who report
}

// Where is a place as somebody wrote it: a building's code, a room, or just words. The desk turns
// it into a [Location] as far as it knows one and keeps the rest as words.
type Where struct {
	Building string
	Room     string
	Words    string
}

// String gives the category's number, as forms carry it.
func (id CategoryID) String() string { return strconv.FormatInt(int64(id), 10) }
