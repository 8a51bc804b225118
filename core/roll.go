package core

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// RollProblem is a line of a list that cannot be used, and why.
type RollProblem struct {
	Line int // of the file, from 1
	Problem
}

// RollReport says what reading a list of people or places made, or would make.
type RollReport struct {
	Made, Changed, Same int
	Changes             []RollChange  // what is different of those that were there already
	Problems            []RollProblem // if there are any, nothing was done
}

// RollChange is what a line changes of somebody or a place that was there already.
type RollChange struct {
	Line     int    // of the file, from 1
	Of       string // username or code
	Field    string // column
	From, To string
}

// maxRoll is how many lines a list may have: more than any campus has people or rooms.
const maxRoll = 200_000

var errRehearsedRoll = errors.New("this was a dry run")

// rollLine is a line of a list by the names of its columns.
type rollLine struct {
	number int
	fields map[string]string
}

// readRoll reads CSV (RFC 4180) whose first line names the columns, in any order. Columns that are not known are
// refused: a misspelt one would be lost in silence.
func readRoll(from io.Reader, needed, known []string) ([]rollLine, []RollProblem) {
	reader := csv.NewReader(from)
	reader.TrimLeadingSpace = true
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	switch _, misquoted := errors.AsType[*csv.ParseError](err); {
	case errors.Is(err, io.EOF):
		return nil, []RollProblem{{1, Problem{Field: "file", Code: "roll_empty"}}}
	case misquoted:
		return nil, []RollProblem{{1, Problem{Field: "line", Code: "roll_quotes"}}}
	case err != nil:
		return nil, []RollProblem{{1, Problem{Field: "file", Code: "roll_unreadable"}}}
	}
	if !allUTF8(header) {
		return nil, []RollProblem{{1, Problem{Field: "line", Code: "roll_encoding"}}}
	}
	var wrong []RollProblem
	for i := range header {
		header[i] = strings.ToLower(cleanLine(strings.TrimPrefix(header[i], "\uFEFF")))
		if !slices.Contains(known, header[i]) {
			wrong = append(wrong, RollProblem{1, Problem{Field: header[i], Code: "roll_column", Args: map[string]any{"Known": strings.Join(known, ", ")}}})
		}
	}
	for _, name := range needed {
		if !slices.Contains(header, name) {
			wrong = append(wrong, RollProblem{1, Problem{Field: name, Code: "roll_missing"}})
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	var lines []rollLine
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return lines, wrong
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			wrong = append(wrong, RollProblem{parse.Line, Problem{Field: "line", Code: "roll_quotes"}})
			continue
		}
		if err != nil {
			return lines, append(wrong, RollProblem{1, Problem{Field: "file", Code: "roll_unreadable"}})
		}
		number, _ := reader.FieldPos(0)
		if len(record) != len(header) {
			wrong = append(wrong, RollProblem{number, Problem{Field: "line", Code: "roll_fields", Args: map[string]any{"Got": len(record), "Want": len(header)}}})
			continue
		}
		if !allUTF8(record) {
			wrong = append(wrong, RollProblem{number, Problem{Field: "line", Code: "roll_encoding"}})
			continue
		}
		if len(lines) == maxRoll {
			return lines, append(wrong, RollProblem{number, Problem{Field: "file", Code: "roll_long", Args: map[string]any{"Max": maxRoll}}})
		}
		line := rollLine{number: number, fields: make(map[string]string, len(header))}
		for i, name := range header {
			line.fields[name] = cleanLine(record[i])
		}
		lines = append(lines, line)
	}
}

// allUTF8 tells whether nothing of a line would be lost: spreadsheets still write CSV in the character set of their system.
func allUTF8(record []string) bool {
	return !slices.ContainsFunc(record, func(field string) bool { return !utf8.ValidString(field) })
}

// notes adds a change of one line, if it is one.
func (r *RollReport) notes(line int, of, field, from, to string) {
	if from != to {
		r.Changes = append(r.Changes, RollChange{Line: line, Of: of, Field: field, From: from, To: to})
	}
}

// blame adds the problems of one line.
func (r *RollReport) blame(line int, err error) error {
	refused, ok := errors.AsType[*Error](err)
	if !ok || refused.Kind == Internal || refused.Kind == Unavailable {
		return err
	}
	if len(refused.Problems) == 0 {
		r.Problems = append(r.Problems, RollProblem{line, Problem{Field: "line", Code: refused.Code, Args: refused.Args}})
	}
	for _, p := range refused.Problems {
		r.Problems = append(r.Problems, RollProblem{line, p})
	}
	return nil
}

// roll runs the reading of a list: all of it, or nothing if one line cannot be used or it is a dry run.
func (d *Desk) roll(ctx context.Context, who Actor, doing string, dry bool, work func(ctx context.Context, tx Tx, p *principal, r *RollReport) error) (RollReport, error) {
	var report RollReport
	err := d.store.InTx(ctx, func(tx Tx) error {
		report = RollReport{}
		p, err := d.admin(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := tx.TakePatience(ctx); err != nil {
			return fmt.Errorf("take patience: %w", err)
		}
		if err := work(ctx, tx, p, &report); err != nil {
			return err
		}
		if dry || len(report.Problems) > 0 {
			return errRehearsedRoll
		}
		return nil
	})
	slices.SortStableFunc(report.Problems, func(a, b RollProblem) int { return cmp.Compare(a.Line, b.Line) })
	if err != nil && !errors.Is(err, errRehearsedRoll) {
		return RollReport{}, fmt.Errorf("%s: %w", doing, err)
	}
	if err == nil {
		d.forgetCampus()
		d.store.Ring(Dirty{Place: true, All: true})
	}
	return report, nil
}

// ImportUsers makes accounts of a list with the columns username, name, email, role and queues (codes with
// blanks between); only the username must be there. Who has an account already gets the name, the address and
// the role of the list, and joins its queues. Nobody is removed.
func (d *Desk) ImportUsers(ctx context.Context, who Actor, list io.Reader, dry bool) (RollReport, error) {
	lines, wrong := readRoll(list, []string{"username"}, []string{"username", "name", "email", "role", "queues"})
	return d.roll(ctx, who, "import users", dry, func(ctx context.Context, tx Tx, p *principal, r *RollReport) error {
		r.Problems = append(r.Problems, wrong...)
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		seen := map[string]int{}
		for _, line := range lines {
			name := strings.ToLower(line.fields["username"])
			if first, twice := seen[name]; twice {
				r.Problems = append(r.Problems, RollProblem{line.number, Problem{Field: "username", Code: "roll_twice", Args: map[string]any{"Line": first}}})
				continue
			}
			seen[name] = line.number
			if err := r.blame(line.number, d.enrol(ctx, tx, p, dir, line, r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// enrol makes or changes the account of one line.
func (d *Desk) enrol(ctx context.Context, tx Tx, p *principal, dir *directory, line rollLine, r *RollReport) error {
	f := line.fields
	u := User{
		Username: strings.ToLower(f["username"]), Name: f["name"], Email: strings.ToLower(f["email"]), Role: Role(strings.ToLower(f["role"])), CreatedAt: d.Now(),
	}
	before, _, err := tx.Login(ctx, u.Username)
	known := err == nil && before.Username == u.Username
	if err != nil && !errors.Is(err, ErrNoRow) {
		return fmt.Errorf("look up user: %w", err)
	}
	if known {
		u.ID = before.ID
		u.Name, u.Email, u.Role = orElse(u.Name, before.Name), orElse(u.Email, before.Email), orElse(u.Role, before.Role)
	} else {
		u.Name, u.Role = orElse(u.Name, u.Username), orElse(u.Role, RoleReporter)
	}
	queues, wrong := dir.queuesOf(f["queues"])
	checkUsername(&wrong, u.Username)
	checkName(&wrong, u.Name)
	if u.Email != "" {
		checkEmail(&wrong, u.Email)
	}
	if !u.Role.Valid() {
		wrong.add("role", "role_unknown")
	}
	if err := wrong.err(); err != nil || len(r.Problems) > 0 { // nothing will be kept: what is wrong with the lines is all that matters
		return err
	}
	if !known {
		if free, err := d.addressFree(ctx, tx, u.Email, 0); err != nil || !free {
			return orTaken(err)
		}
		if err := d.insertUser(ctx, tx, p, &u, ""); err != nil {
			return err
		}
		r.Made++
		return d.joinAll(ctx, tx, p, u, queues)
	}
	return d.reenrol(ctx, tx, p, before, u, queues, line.number, r)
}

// reenrol changes an account that was there before.
func (d *Desk) reenrol(ctx context.Context, tx Tx, p *principal, before, u User, queues []Queue, line int, r *RollReport) error {
	missing := slices.DeleteFunc(queues, func(q Queue) bool {
		return slices.ContainsFunc(before.Memberships, func(m Membership) bool { return m.Queue == q.ID })
	})
	if u.Name == before.Name && u.Email == before.Email && u.Role == before.Role && len(missing) == 0 {
		r.Same++
		return nil
	}
	r.Changed++
	r.notes(line, u.Username, "name", before.Name, u.Name)
	r.notes(line, u.Username, "email", before.Email, u.Email)
	r.notes(line, u.Username, "role", string(before.Role), string(u.Role))
	for _, q := range missing {
		r.notes(line, u.Username, "queues", "", q.Code)
	}
	if u.Email != before.Email {
		if free, err := d.addressFree(ctx, tx, u.Email, u.ID); err != nil || !free {
			return orTaken(err)
		}
	}
	if u.Name != before.Name || u.Email != before.Email {
		if err := tx.UpdateUser(ctx, u.ID, u.Name, u.Email); err != nil {
			return taken(err)
		}
		if err := d.recordAdmin(ctx, tx, p, StreamUser, int64(u.ID), EventChanged, FieldName, "", ""); err != nil {
			return err
		}
	}
	if u.Role != before.Role {
		if err := d.keepAnAdmin(ctx, tx, before); err != nil {
			return err
		}
		if err := tx.UpdateRole(ctx, u.ID, u.Role); err != nil {
			return fmt.Errorf("write role: %w", err)
		}
		if err := d.recordAdmin(ctx, tx, p, StreamUser, int64(u.ID), EventChanged, FieldRole, string(before.Role), string(u.Role)); err != nil {
			return err
		}
	}
	return d.joinAll(ctx, tx, p, u, missing)
}

// addressFree asks before it writes: an address that is somebody else's would end the transaction.
func (d *Desk) addressFree(ctx context.Context, tx Tx, email string, owner UserID) (bool, error) {
	if email == "" {
		return true, nil
	}
	holder, _, err := tx.Login(ctx, email)
	if errors.Is(err, ErrNoRow) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up address: %w", err)
	}
	return holder.ID == owner, nil
}

func orTaken(err error) error {
	if err != nil {
		return err
	}
	return refuse("email", "email_taken")
}

func (d *Desk) joinAll(ctx context.Context, tx Tx, p *principal, u User, queues []Queue) error {
	for _, q := range queues {
		if err := tx.Join(ctx, u.ID, q.ID, false, d.Now()); err != nil {
			return fmt.Errorf("write membership: %w", err)
		}
		if err := d.recordAdmin(ctx, tx, p, StreamUser, int64(u.ID), EventJoined, FieldQueue, "", fmt.Sprint(q.ID)); err != nil {
			return err
		}
	}
	return nil
}

// queuesOf finds queues by codes with blanks or commas between.
func (dir *directory) queuesOf(codes string) ([]Queue, problems) {
	var list []Queue
	var wrong problems
	for code := range strings.FieldsFuncSeq(strings.ToLower(codes), func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		at := slices.IndexFunc(dir.queues, func(q Queue) bool { return q.Code == code })
		if at < 0 {
			wrong.add("queues", "queue_unknown")
			continue
		}
		list = append(list, dir.queues[at])
	}
	return list, wrong
}

func orElse[T ~string](value, other T) T {
	if value == "" {
		return other
	}
	return value
}
