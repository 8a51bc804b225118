package api

import (
	"time"

	"helpdesk.campus/core"
)

// Ticket is a ticket as the caller may read it: what is among staff is left out for its reporter.
type Ticket struct {
	Number          int64      `json:"number" doc:"The number that staff know it by" example:"1042"`
	Reference       string     `json:"reference" doc:"What its reporter calls it" example:"K7QM-3XDPR"`
	Version         int        `json:"version" doc:"Rises with every change of a property; it is in the ETag"`
	Status          string     `json:"status" enum:"open,active,closed"`
	WaitingOn       string     `json:"waiting_on,omitempty" doc:"Whom it waits for: reporter or third_party"`
	SnoozedUntil    *time.Time `json:"snoozed_until,omitempty" doc:"Until when it rests; seen by staff alone"`
	Resolution      string     `json:"resolution,omitempty" doc:"How it was closed"`
	Priority        string     `json:"priority,omitempty" enum:"low,normal,high,urgent" doc:"Seen by staff alone"`
	Attention       string     `json:"attention,omitempty" enum:"needs_staff,in_hand,resting" doc:"Seen by staff alone"`
	Title           string     `json:"title" doc:"What happened, in the reporter's words; of a known issue, in staff's"`
	Category        string     `json:"category" doc:"Code of the category" example:"network"`
	Queue           string     `json:"queue,omitempty" doc:"Code of the queue; seen by staff alone" example:"it"`
	Location        string     `json:"location,omitempty" doc:"Code of the place, where it is known" example:"LIB-204"`
	Place           string     `json:"place,omitempty" doc:"The place in words"`
	Tags            []string   `json:"tags,omitempty" doc:"Seen by staff alone"`
	Reporter        *Person    `json:"reporter,omitempty" doc:"Who reported it; nobody of guests and anonymous reports"`
	ReporterName    string     `json:"reporter_name,omitempty" doc:"What to call the reporter"`
	Assignee        *Person    `json:"assignee,omitempty" doc:"Who works on it"`
	Confidential    bool       `json:"confidential" doc:"Seen by its queue's staff alone"`
	Public          bool       `json:"public" doc:"Staff made it a known issue"`
	PublicTitle     string     `json:"public_title,omitempty" doc:"Staff's words for everybody"`
	Followers       int        `json:"followers" doc:"How many others have the same trouble; to its reporter only while it is a known issue"`
	Anonymous       bool       `json:"anonymous"`
	Door            string     `json:"door,omitempty" doc:"The way it came in: web, api, ssh, cli or mail"`
	MergedInto      int64      `json:"merged_into,omitempty" doc:"Number of the ticket that goes on with it; seen by staff alone"`
	Together        bool       `json:"together" doc:"It goes on together with another"`
	CreatedAt       time.Time  `json:"created_at"`
	UpdatedAt       time.Time  `json:"updated_at"`
	FirstResponseAt *time.Time `json:"first_response_at,omitempty" doc:"When staff first answered"`
	ClosedAt        *time.Time `json:"closed_at,omitempty"`
}

// Person is somebody with an account.
type Person struct {
	Username string `json:"username" example:"ines"`
	Name     string `json:"name" example:"Ines Itani"`
}

func personOf(p core.Person) *Person {
	if p.ID == 0 {
		return nil
	}
	return &Person{Username: p.Username, Name: p.Name}
}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func ticketOf(t *core.Ticket) Ticket {
	out := Ticket{
		Number: int64(t.ID), Reference: string(t.Reference), Version: t.Version, Status: string(t.Status), WaitingOn: string(t.WaitingOn),
		SnoozedUntil: timeOf(t.SnoozedUntil), Resolution: string(t.Resolution),
		Title: t.Title, Category: t.Category.Code, Queue: t.Queue.Code, Location: t.Location.Code, Place: t.PlaceWords(), Tags: t.Tags,
		Reporter: personOf(t.Reporter), ReporterName: t.ReporterName, Assignee: personOf(t.Assignee), Confidential: t.Confidential,
		Public: t.Public, PublicTitle: t.PublicTitle, Followers: t.Followers, Anonymous: t.Anonymous, Door: string(t.Door),
		MergedInto: int64(t.MergedInto), Together: t.GoesOn(), CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(), FirstResponseAt: timeOf(t.FirstResponseAt),
		ClosedAt: timeOf(t.ClosedAt),
	}
	if t.Priority != 0 { // what is among staff is not in a ticket that others read
		out.Priority = t.Priority.String()
		out.Attention = map[core.Attention]string{core.NeedsStaff: "needs_staff", core.InHand: "in_hand", core.Resting: "resting"}[t.Attention]
	}
	return out
}

func ticketsOf(list []core.Ticket) []Ticket {
	all := make([]Ticket, len(list))
	for i := range list {
		all[i] = ticketOf(&list[i])
	}
	return all
}

// Message is something that was said on a ticket.
type Message struct {
	ID         int64      `json:"id"`
	At         time.Time  `json:"at"`
	Author     *Person    `json:"author,omitempty" doc:"Nobody of guests and anonymous reporters"`
	AuthorName string     `json:"author_name,omitempty" doc:"What to call the author"`
	Side       string     `json:"side" enum:"reporter,staff"`
	Visibility string     `json:"visibility" enum:"public,internal" doc:"The reporter reads what is public"`
	Body       string     `json:"body"`
	EditedAt   *time.Time `json:"edited_at,omitempty"`
	Files      []File     `json:"files,omitempty"`
}

// File is what came with a message.
type File struct {
	ID        int64  `json:"id"`
	Name      string `json:"name" example:"syslog.txt"`
	MediaType string `json:"media_type" example:"text/plain; charset=utf-8"`
	Size      int64  `json:"size" doc:"In bytes"`
	Message   int64  `json:"message,omitempty" doc:"The message it came with"`
}

func fileOf(f core.File) File {
	return File{ID: int64(f.ID), Name: f.Name, MediaType: f.MediaType, Size: f.Size}
}

func messageOf(m *core.Message) Message {
	out := Message{
		ID: int64(m.ID), At: m.CreatedAt.UTC(), Author: personOf(m.Author), AuthorName: m.AuthorName, Side: string(m.Side),
		Visibility: string(m.Visibility), Body: m.Body, EditedAt: timeOf(m.EditedAt),
	}
	for _, f := range m.Files {
		file := fileOf(f)
		file.Message = out.ID
		out.Files = append(out.Files, file)
	}
	return out
}

// Event is a line of history: who did what, from what to what. No words of people are in it.
type Event struct {
	Ticket   int64     `json:"ticket,omitempty" doc:"Number of the ticket"`
	Seq      int       `json:"seq" doc:"1, 2, 3 … within the ticket"`
	At       time.Time `json:"at"`
	Kind     string    `json:"kind" doc:"created, replied, noted, changed, corrected, …" example:"changed"`
	Field    string    `json:"field,omitempty" doc:"What changed" example:"status"`
	From     string    `json:"from,omitempty" doc:"Its value before, as a code"`
	To       string    `json:"to,omitempty" doc:"And after"`
	FromName string    `json:"from_name,omitempty" doc:"The value before, as people read it"`
	ToName   string    `json:"to_name,omitempty" doc:"And after"`
	By       *Person   `json:"by,omitempty"`
	Actor    string    `json:"actor" doc:"user, guest, anonymous, operator or system"`
	Door     string    `json:"door" doc:"web, api, ssh, cli, mail or worker"`
	Version  int       `json:"version" doc:"The ticket's version after it"`
	Command  string    `json:"command" doc:"The same for all events of one command"`
	Cursor   string    `json:"cursor,omitempty" doc:"Where the feed goes on behind it; in the feed alone"`
}

func eventOf(e *core.Event, cursor string) Event {
	return Event{
		Ticket: int64(e.Ticket()), Seq: e.Seq, At: e.At.UTC(), Kind: string(e.Kind), Field: e.Field, From: e.From, To: e.To,
		FromName: e.FromName, ToName: e.ToName, By: personOf(e.User), Actor: string(e.Actor), Door: string(e.Door), Version: e.Version,
		Command: e.Command, Cursor: cursor,
	}
}
