package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

type placeStore interface {
	AllQueues(ctx context.Context) ([]Queue, error)
	AllCategories(ctx context.Context) ([]Category, error) // parents before children
	AllLocations(ctx context.Context) ([]Location, error)  // by code
	InsertQueue(ctx context.Context, q Queue) (QueueID, error)
	InsertCategory(ctx context.Context, c Category) (CategoryID, error)
	InsertLocation(ctx context.Context, l Location) (LocationID, error)
}

// directoryAge is how old the copy of the lists may grow; a change made by any process also rings
// the bell that drops it.
const directoryAge = 5 * time.Second

// directoryPatience is how long a reading of them may take, which many may wait for.
const directoryPatience = 10 * time.Second

// directory is the campus as forms show it: queues, categories and locations.
type directory struct {
	queues     []Queue
	categories []Category
	locations  []Location
	queueAt    map[QueueID]int
	categoryAt map[CategoryID]int
	locationAt map[LocationID]int
	codes      map[string]LocationID // by normalised code
	notes      map[string]string     // what is said before the form, by language
	plates     func() []doorplate    // made when somebody writes a room that does not exist
	read       time.Time
}

// directoryCache keeps the lists for a few seconds. Whoever finds none has them read; whoever comes while they are read waits
// for that reading, however it ends. Nobody who only looks waits for it.
type directoryCache struct {
	mu        sync.Mutex
	now       *directory
	forgotten int // how often it was dropped
	reading   *directoryReading
}

// directoryReading is one reading of the lists.
type directoryReading struct {
	done      chan struct{}
	forgotten int // how often the lists had been dropped when it began
	dir       *directory
	err       error
}

// held is the copy that is kept, nil if there is none or it is too old.
func (c *directoryCache) held() *directory {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fresh()
}

func (c *directoryCache) fresh() *directory {
	if c.now == nil || time.Since(c.now.read) >= directoryAge {
		return nil
	}
	return c.now
}

// join gives the copy that is kept, or else a reading that began after the last change, which is begun with read if need be.
func (c *directoryCache) join(read func() (*directory, error)) (*directory, *directoryReading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if dir := c.fresh(); dir != nil {
		return dir, nil
	}
	if c.reading == nil || c.reading.forgotten != c.forgotten {
		c.reading = &directoryReading{done: make(chan struct{}), forgotten: c.forgotten}
		go c.run(c.reading, read)
	}
	return nil, c.reading
}

// run reads, and keeps what was read unless that has changed meanwhile.
func (c *directoryCache) run(r *directoryReading, read func() (*directory, error)) {
	defer close(r.done)
	began := time.Now() // how long the copy has been held, whatever the desk's clock says
	if r.dir, r.err = read(); r.err == nil {
		r.dir.read = began
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading == r {
		c.reading = nil
	}
	if r.err == nil && c.forgotten == r.forgotten {
		c.now = r.dir
	}
}

// campus returns the lists, at most a few seconds old.
func (d *Desk) campus(ctx context.Context) (*directory, error) {
	dir, reading := d.directory.join(func() (*directory, error) {
		alone, cancel := context.WithTimeout(ofAll(ctx), directoryPatience)
		defer cancel()
		return readDirectory(alone, d.store)
	})
	if dir != nil {
		return dir, nil
	}
	select {
	case <-reading.done:
		return reading.dir, reading.err
	case <-ctx.Done():
		return nil, Unreachable(ctx.Err())
	}
}

// campusWithin is campus for somebody in the middle of a transaction: a second connection might be held by whoever
// waits for what the transaction has locked.
func (d *Desk) campusWithin(ctx context.Context, tx Tx) (*directory, error) {
	if dir := d.directory.held(); dir != nil {
		return dir, nil
	}
	return readDirectory(ctx, tx)
}

// forgetCampus drops the copy after a change.
func (d *Desk) forgetCampus() {
	d.directory.mu.Lock()
	defer d.directory.mu.Unlock()
	d.directory.now = nil
	d.directory.forgotten++
}

func readDirectory(ctx context.Context, store Tx) (*directory, error) {
	var dir directory
	var err error
	if dir.queues, err = store.AllQueues(ctx); err != nil {
		return nil, fmt.Errorf("read queues: %w", err)
	}
	if dir.categories, err = store.AllCategories(ctx); err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	if dir.locations, err = store.AllLocations(ctx); err != nil {
		return nil, fmt.Errorf("read locations: %w", err)
	}
	if dir.notes, err = store.Notes(ctx); err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	dir.queueAt = make(map[QueueID]int, len(dir.queues))
	for i, q := range dir.queues {
		dir.queueAt[q.ID] = i
	}
	dir.categoryAt = make(map[CategoryID]int, len(dir.categories))
	for i, c := range dir.categories {
		dir.categoryAt[c.ID] = i
	}
	dir.locationAt = make(map[LocationID]int, len(dir.locations))
	dir.codes = make(map[string]LocationID, len(dir.locations))
	for i, l := range dir.locations {
		dir.locationAt[l.ID] = i
		dir.codes[bareCode(l.Code)] = l.ID
	}
	dir.plates = sync.OnceValue(dir.doorplates)
	return &dir, nil
}

func (dir *directory) queue(id QueueID) (Queue, bool) {
	at, ok := dir.queueAt[id]
	if !ok {
		return Queue{}, false
	}
	return dir.queues[at], true
}

func (dir *directory) category(id CategoryID) (Category, bool) {
	at, ok := dir.categoryAt[id]
	if !ok {
		return Category{}, false
	}
	return dir.categories[at], true
}

// location returns the zero Location for one that does not exist.
func (dir *directory) location(id LocationID) Location {
	at, ok := dir.locationAt[id]
	if !ok {
		return Location{}
	}
	return dir.locations[at]
}

// leaf reports whether a category has no children, which is what one reports under.
func (dir *directory) leaf(id CategoryID) bool {
	return !slices.ContainsFunc(dir.categories, func(c Category) bool { return c.Parent == id })
}

// bareCode makes "lib 204", "LIB-204" and "Lib204" the same.
func bareCode(code string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(code) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 127 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// resolve turns a place as somebody wrote it into a known location, as deep as one is known, and
// the words that are left.
func (dir *directory) resolve(w Where) (Location, string) {
	building, room, words := strings.TrimSpace(w.Building), strings.TrimSpace(w.Room), strings.TrimSpace(w.Words)
	var found Location
	if id, ok := dir.codes[bareCode(building)]; ok && building != "" {
		found = dir.location(id)
	} else if building != "" {
		words = joinWords(building, words)
	}
	if room != "" {
		id, ok := dir.codes[bareCode(found.Code+room)]
		if !ok {
			id, ok = dir.codes[bareCode(room)]
		}
		if at := dir.location(id); ok && (found.ID == 0 || dir.within(at, found)) {
			found = at
		} else {
			words = joinWords(room, words)
		}
	}
	if found.ID == 0 && words != "" {
		if id, ok := dir.codes[bareCode(words)]; ok {
			found = dir.location(id)
			words = ""
		}
	}
	return found, words
}

func joinWords(a, b string) string {
	if b == "" {
		return a
	}
	return a + ", " + b
}

// within reports whether a location lies in, or is, another.
func (dir *directory) within(l, in Location) bool {
	for range 3 { // site, building, room
		if l.ID == in.ID {
			return true
		}
		l = dir.location(l.Parent)
	}
	return false
}

// Categories lists the kinds of issues one can report, in the order of the form, parents before
// children. Those that have been archived are known to queries and to their old tickets alone.
func (d *Desk) Categories(ctx context.Context, _ Actor) ([]Category, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(dir.categories), func(c Category) bool { return c.Archived }), nil
}

// AllCategories lists the kinds of issues with those that have been archived, for staff.
func (d *Desk) AllCategories(ctx context.Context, who Actor) ([]Category, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return nil, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(dir.categories), nil
}

// Buildings lists sites and their buildings, each site before what stands on it.
func (d *Desk) Buildings(ctx context.Context, _ Actor) ([]Location, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	var list []Location
	for _, site := range dir.locations {
		if site.Kind != Site || site.Archived {
			continue
		}
		list = append(list, site)
		for _, l := range dir.locations {
			if l.Kind == Building && l.Parent == site.ID && !l.Archived {
				list = append(list, l)
			}
		}
	}
	for _, l := range dir.locations {
		if l.Kind == Building && l.Parent == 0 && !l.Archived {
			list = append(list, l)
		}
	}
	return list, nil
}

// Locations finds places whose code or name begins with some text, at most limit.
func (d *Desk) Locations(ctx context.Context, _ Actor, find string, limit int) ([]Location, error) {
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	code, name := bareCode(find), strings.ToLower(strings.TrimSpace(find))
	var list []Location
	for _, l := range dir.locations {
		if len(list) == limit {
			break
		}
		if code != "" && strings.HasPrefix(bareCode(l.Code), code) || strings.HasPrefix(strings.ToLower(l.Name), name) {
			list = append(list, l)
		}
	}
	return list, nil
}

// Queues lists the teams' queues.
func (d *Desk) Queues(ctx context.Context, who Actor) ([]Queue, error) {
	if _, err := d.staff(ctx, d.store, who); err != nil {
		return nil, err
	}
	dir, err := d.campus(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(dir.queues), nil
}
