package demo

import (
	"context"
	"fmt"
	"strings"

	"helpdesk.campus/core"
)

// campus is what was made, as the stories need it.
type campus struct {
	queues     map[string]core.Queue
	teams      map[string][]core.User // by code of the queue
	categories map[string]core.Category
	rooms      map[string]room // by code
	reporters  []core.User
}

// room is a room with the building it is in.
type room struct{ code, name, building, buildingName string }

// build makes the place and its people.
func build(ctx context.Context, desk *core.Desk) (*campus, error) {
	c := &campus{
		queues: map[string]core.Queue{}, teams: map[string][]core.User{}, categories: map[string]core.Category{}, rooms: map[string]room{},
	}
	for _, step := range []func(context.Context, *core.Desk) error{c.addQueues, c.addCategories, c.addPlaces, c.addPeople} {
		if err := step(ctx, desk); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *campus) addQueues(ctx context.Context, desk *core.Desk) error {
	for _, q := range []core.Queue{
		{Code: "facilities", Name: "Facilities", ReopenDays: 14},
		{Code: "it-support", Name: "IT support", ReopenDays: 14},
		{Code: "network", Name: "Network", ReopenDays: 14},
		{Code: "housing", Name: "Housing", ReopenDays: 14},
		{Code: "services", Name: "Campus services", ReopenDays: 21},
		{Code: "conduct", Name: "Student conduct", ReopenDays: 60},
	} {
		made, err := desk.AddQueue(ctx, core.Operator(), q)
		if err != nil {
			return fmt.Errorf("add queue: %w", err)
		}
		c.queues[q.Code] = made
	}
	return nil
}

// branch is an upper level of categories with the kinds of issues below it.
type branch struct {
	code, name string
	line       core.Line
	queue      string
	kinds      []kind
}

type kind struct {
	code, name, hint string
	queue            string        // "" for the branch's
	priority         core.Priority // 0 for normal
}

func branches() []branch {
	return []branch{
		{"building", "Rooms and buildings", core.Facilities, "facilities", []kind{
			{"heating", "Heating and cooling", "Tell us the room, and whether it is one radiator or all of them.", "", 0},
			{"plumbing", "Water, drains and toilets", "If water is running out, put out of use what you can and say so.", "", core.High},
			{"electrical", "Power and lights", "Do not touch anything that smells burnt or is warm.", "", 0},
			{"doors", "Doors, keys and access cards", "The number is on the back of your card.", "", 0},
			{"lifts", "Lifts", "If somebody is stuck, use the button in the lift: it calls the guard.", "", core.High},
			{"furniture", "Furniture and fittings", "Tables, chairs, boards, blinds.", "", core.Low},
		}},
		{"outside", "Around the campus", core.Facilities, "facilities", []kind{
			{"cleaning", "Cleaning and waste", "Where exactly, and since when?", "", 0},
			{"grounds", "Paths, parking and green", "Describe the place by what is near it.", "", 0},
			{"pests", "Insects, mice and other visitors", "What did you see, and where?", "", 0},
		}},
		{"halls", "Halls of residence", core.Facilities, "housing", []kind{
			{"residence", "My room or flat", "May we come in when nobody is there?", "", 0},
		}},
		{"networks", "Internet and network", core.IT, "network", []kind{
			{"wifi", "Wi-Fi", "What device, which network, and when did it last happen?", "", 0},
			{"wired", "Network sockets and servers", "The number on the socket helps most.", "it-support", 0},
		}},
		{"digital", "Accounts and programs", core.IT, "it-support", []kind{
			{"accounts", "Accounts and passwords", "Never send us your password.", "", 0},
			{"email", "E-mail", "For a message that went astray: from whom, to whom, when.", "", 0},
			{"lms", "Learning platform", "Which course, and what did the page say?", "", 0},
			{"software", "Programs and licences", "Which program, which version, on which computer?", "", 0},
		}},
		{"devices", "Devices", core.IT, "it-support", []kind{
			{"printing", "Printing and scanning", "The printer's number is on its sticker.", "", 0},
			{"av", "Projectors, sound and video", "When is the room used next?", "", core.High},
			{"computers", "Computers and laptops", "The number is on its sticker.", "", 0},
		}},
		{"student-life", "Student life", core.Services, "services", []kind{
			{"dining", "Dining halls and cafés", "Which counter, which day, about what time?", "", 0},
			{"library", "Library", "For a book, its number or title.", "", 0},
			{"sports", "Sports", "Which course or which machine?", "", 0},
			{"transport", "Shuttle and permits", "Line, stop and time.", "", 0},
		}},
		{"administration", "Studies and administration", core.Services, "services", []kind{
			{"enrolment", "Enrolment, fees and timetable", "Your student number, if you have an account it is known.", "", 0},
			{"service-complaint", "Complaint or praise", "What happened, and what should be different?", "", 0},
		}},
		{"unsure", "Something else", core.Services, "services", nil},
		{"conduct", "Harassment, discrimination, misconduct", core.Services, "conduct", []kind{
			{"harassment", "Harassment or discrimination", "Only the conduct office reads this. You may stay anonymous.", "", core.High},
			{"misconduct", "Academic misconduct", "Only the conduct office reads this. You may stay anonymous.", "", 0},
		}},
	}
}

func (c *campus) addCategories(ctx context.Context, desk *core.Desk) error {
	words := inSpanish()
	for _, b := range branches() {
		secret := b.queue == "conduct"
		parent, err := desk.AddCategory(ctx, core.Operator(), core.Category{
			Code: b.code, Name: b.name, Names: spanish(words[b.code].name), Line: b.line, Queue: c.queues[b.queue].ID, Confidential: secret,
		})
		if err != nil {
			return fmt.Errorf("add category: %w", err)
		}
		for _, k := range b.kinds {
			queue := b.queue
			if k.queue != "" {
				queue = k.queue
			}
			c.categories[k.code], err = desk.AddCategory(ctx, core.Operator(), core.Category{
				Parent: parent.ID, Code: k.code, Name: k.name, Hint: k.hint,
				Names: spanish(words[k.code].name), Hints: spanish(words[k.code].hint), Line: b.line, Queue: c.queues[queue].ID,
				Priority: k.priority, Confidential: secret,
			})
			if err != nil {
				return fmt.Errorf("add category: %w", err)
			}
		}
	}
	return nil
}

// places lists sites, the buildings on them and the rooms in them: "site code name", "- code name:
// number name, number name, …".
const places = `
MAIN Main campus
- LIB Library: 001 Entrance and lending desk, 010 Scanning room, 102 Ground floor reading room, 103 Newspaper corner, 204 Reading room, 205 Group study 1, 206 Group study 2, 301 Upper reading room, 302 Carrels, 310 Rare books
- SCI Science Hall: 001 Entrance hall, 012 Workshop, 101 Teaching lab 1, 102 Teaching lab 2, 114 Chemistry lab, 205 Optics lab, 210 Spectrometry, 211 Balance room, 301 Seminar room, 320 Office of the dean
- ENG Engineering: 001 Entrance hall, 005 Machine hall, 101 Drawing room, 102 Plotter room, 210 Robotics lab, 220 Power lab, 221 Test stand, 305 Computer pool, 306 Seminar room, 410 Offices
- ART Arts and Architecture: 001 Foyer, 010 Wood workshop, 020 Print workshop, 105 Lecture room, 106 Music practice 1, 107 Music practice 2, 210 Studio, 211 Model room, 301 Seminar room, 305 Offices
- HUM Humanities: 001 Entrance hall, 005 Kitchen, 105 Lecture room, 106 Seminar room, 201 Lecture room, 202 Language lab, 203 Seminar room, 310 History offices, 311 Philosophy offices, 312 Meeting room
- ADM Administration: 001 Student counter, 010 Facilities office, 015 Mail room, 101 Registrar, 115 Secretariat, 120 Payroll, 204 Meeting room, 210 Exam office, 220 Conduct office, 301 Rectorate
- STU Student Centre: 001 Foyer, 012 Washrooms, 101 Advice, 102 Student council, 110 Learning café, 111 Quiet room, 112 Prayer room, 201 Radio, 210 Meeting room, 215 Dance room
- CAF Dining Hall: 001 Main hall, 002 Counter A, 003 Counter B, 010 Kitchen, 011 Dish return, 012 Cold store, 101 Gallery, 110 Coffee bar, 111 Terrace, 120 Staff room
- AUD Great Auditorium: 001 Main hall, 002 Foyer, 003 Cloakroom, 010 Stage, 011 Backstage, 012 Green room, 101 Balcony, 102 Control room, 103 Interpreters' booth, 110 Conference room
NORTH North campus
- MED Medicine: 001 Entrance hall, 010 Anatomy store, 120 Anatomy hall, 121 Changing room, 210 Skills lab, 211 Simulation ward, 212 Seminar room, 305 Offices, 306 Meeting room, 310 Library corner
- BIO Biology: 001 Entrance hall, 010 Aquarium, 012 Cold room, 101 Teaching lab, 105 Cell culture, 106 Microscopy, 201 Greenhouse, 202 Seed bank, 205 Seminar room, 210 Offices
- NUR Nursing School: 001 Entrance hall, 101 Practice ward 1, 102 Practice ward 2, 103 Seminar room, 104 Lecture room, 201 Computer pool, 202 Offices, 203 Meeting room, 204 Kitchen, 205 Archive
- GYM Sports Hall: 001 Main hall, 002 Stands, 010 Equipment store, 011 First aid, 101 Dance studio, 110 Fitness room, 111 Climbing wall, 120 Changing room A, 121 Changing room B, 130 Pool
HARBOUR Harbour site
- DOR Dormitory East: 001 Entrance hall, 002 Laundry, 003 Bicycle cellar, 101 Flat 101, 112 Flat 112, 214 Flat 214, 215 Flat 215, 308 Flat 308, 309 Flat 309, 401 Common room
- DOW Dormitory West: 001 Entrance hall, 002 Laundry, 003 Music cellar, 112 Flat 112, 113 Flat 113, 210 Flat 210, 211 Flat 211, 305 Flat 305, 306 Flat 306, 401 Common room
- MAR Marine Station: 001 Entrance hall, 002 Boat store, 003 Diving store, 101 Wet lab, 102 Dry lab, 103 Tank room, 201 Seminar room, 202 Offices, 203 Library, 204 Weather room
`

func (c *campus) addPlaces(ctx context.Context, desk *core.Desk) error {
	add := func(l core.Location) (core.LocationID, error) {
		made, err := desk.AddLocation(ctx, core.Operator(), l)
		return made.ID, err
	}
	var site core.LocationID
	for line := range strings.Lines(strings.TrimSpace(places)) {
		line = strings.TrimSpace(line)
		building, isBuilding := strings.CutPrefix(line, "- ")
		code, rest, _ := strings.Cut(building, " ")
		if !isBuilding {
			var err error
			if site, err = add(core.Location{Kind: core.Site, Code: code, Name: rest}); err != nil {
				return fmt.Errorf("add site: %w", err)
			}
			continue
		}
		name, list, _ := strings.Cut(rest, ": ")
		parent, err := add(core.Location{Kind: core.Building, Parent: site, Code: code, Name: name})
		if err != nil {
			return fmt.Errorf("add building: %w", err)
		}
		for entry := range strings.SplitSeq(list, ", ") {
			number, roomName, _ := strings.Cut(entry, " ")
			r := room{code: code + "-" + number, name: roomName, building: code, buildingName: name}
			if _, err := add(core.Location{Kind: core.Room, Parent: parent, Code: r.code, Name: r.name}); err != nil {
				return fmt.Errorf("add room: %w", err)
			}
			c.rooms[r.code] = r
		}
	}
	return nil
}
