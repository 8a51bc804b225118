package core

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ImportLocations makes sites, buildings and rooms of a list with the columns code, name, kind and parent (a
// code), in any order: a parent may come behind what lies in it. What is known by its code gets the name and the
// parent of the list. Nothing is removed.
func (d *Desk) ImportLocations(ctx context.Context, who Actor, list io.Reader, dry bool) (RollReport, error) {
	lines, wrong := readRoll(list, []string{"code", "name", "kind"}, []string{"code", "name", "kind", "parent"})
	return d.roll(ctx, who, "import locations", dry, func(ctx context.Context, tx Tx, p *principal, r *RollReport) error {
		r.Problems = append(r.Problems, wrong...)
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		plan := placePlan{desk: d, tx: tx, who: p, report: r, known: map[string]Location{}, codes: map[LocationID]string{}, lines: map[string]rollLine{}, done: map[string]bool{}}
		for _, l := range dir.locations {
			plan.known[l.Code], plan.codes[l.ID] = l, l.Code
		}
		codes := plan.read(lines)
		for _, code := range codes {
			if err := plan.place(ctx, code, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// placePlan puts the places of a list in, each behind its parent.
type placePlan struct {
	desk   *Desk
	tx     Tx
	who    *principal
	report *RollReport
	known  map[string]Location   // what is there already, or was just made
	codes  map[LocationID]string // of those
	lines  map[string]rollLine   // of the list, by code
	done   map[string]bool
}

// read finds the line of each code, and returns the codes in the order of the list.
func (p *placePlan) read(lines []rollLine) []string {
	codes := make([]string, 0, len(lines))
	for _, line := range lines {
		code := strings.ToUpper(line.fields["code"])
		if first, twice := p.lines[code]; twice {
			p.blame(line, "code", "roll_twice", "Line", first.number)
			continue
		}
		p.lines[code] = line
		codes = append(codes, code)
	}
	return codes
}

func (p *placePlan) blame(line rollLine, field, code string, args ...any) {
	var wrong problems
	wrong.add(field, code, args...)
	p.report.Problems = append(p.report.Problems, RollProblem{line.number, wrong[0]})
}

// place makes or changes one place, after the one that it lies in. Above are those that wait for it.
func (p *placePlan) place(ctx context.Context, code string, above []string) error {
	line, listed := p.lines[code]
	if !listed || p.done[code] {
		return nil
	}
	if slices.Contains(above, code) {
		p.done[code] = true
		p.blame(line, "parent", "parent_circle")
		return nil
	}
	parent := strings.ToUpper(line.fields["parent"])
	if err := p.place(ctx, parent, append(above, code)); err != nil || p.done[code] {
		return err
	}
	p.done[code] = true
	l := Location{Code: code, Name: line.fields["name"], Kind: LocationKind(strings.ToLower(line.fields["kind"]))}
	var wrong problems
	checkCode(&wrong, l.Code)
	checkName(&wrong, l.Name)
	before, known := p.known[code]
	switch {
	case l.Kind.level() < 0:
		wrong.add("kind", "location_kind")
	case known && before.Kind != l.Kind:
		wrong.add("kind", "location_kind_stays", "Kind", string(before.Kind))
	}
	in, there := p.known[parent]
	_, bad := p.lines[parent] // its own line says what is wrong
	switch {
	case there && in.Kind.level() >= l.Kind.level() && l.Kind.level() >= 0:
		wrong.add("parent", "parent_kind", "Kind", string(l.Kind), "Parent", string(in.Kind))
	case there:
		l.Parent = in.ID
	case parent != "" && !bad:
		wrong.add("parent", "location_unknown")
	}
	if err := wrong.err(); err != nil {
		return p.report.blame(line.number, err)
	}
	if parent != "" && !there {
		return nil
	}
	return p.put(ctx, line, l)
}

// put writes a place that nothing is wrong with.
func (p *placePlan) put(ctx context.Context, line rollLine, l Location) error {
	before, known := p.known[l.Code]
	l.ID, l.Archived = before.ID, before.Archived
	if known && before == l {
		p.report.Same++
		return nil
	}
	kind, from := EventCreated, ""
	if known {
		p.report.Changed++
		p.report.notes(line.number, l.Code, "name", before.Name, l.Name)
		p.report.notes(line.number, l.Code, "parent", p.codes[before.Parent], p.codes[l.Parent])
		if err := p.tx.UpdateLocation(ctx, l); err != nil {
			return fmt.Errorf("write location: %w", err)
		}
		kind, from = EventChanged, before.Name
	} else {
		p.report.Made++
		var err error
		if l.ID, err = p.tx.InsertLocation(ctx, l); err != nil {
			return taken(err)
		}
	}
	p.known[l.Code], p.codes[l.ID] = l, l.Code
	if kind == EventCreated {
		return p.desk.recordAdmin(ctx, p.tx, p.who, StreamLocation, int64(l.ID), kind, "code", "", l.Code)
	}
	return p.desk.recordAdmin(ctx, p.tx, p.who, StreamLocation, int64(l.ID), kind, FieldName, from, l.Name)
}
