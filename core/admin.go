package core

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// codePattern is what queues, categories and locations are called by scripts and in queries.
var codePattern = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]{0,39}$`)

func checkCode(p *problems, code string) {
	if !codePattern.MatchString(code) {
		p.add("code", "code_form")
	}
}

// NewUser is an account that somebody makes for somebody else.
type NewUser struct {
	Username string
	Name     string
	Email    string // "" for none
	Role     Role
	Password string // "" for none: a key or a one-time code is then the way in
}

// AddUser makes an account.
func (d *Desk) AddUser(ctx context.Context, who Actor, in NewUser) (User, error) {
	if who.Token != 0 {
		return User{}, forbidden("token_own")
	}
	u := User{
		Username: strings.ToLower(cleanLine(in.Username)), Name: cleanLine(in.Name), Email: strings.ToLower(cleanLine(in.Email)),
		Role: in.Role, CreatedAt: d.Now(),
	}
	var wrong problems
	checkUsername(&wrong, u.Username)
	checkName(&wrong, u.Name)
	if u.Email != "" {
		checkEmail(&wrong, u.Email)
	}
	if !u.Role.Valid() {
		wrong.add("role", "role_unknown")
	}
	var hash string
	if in.Password != "" {
		d.checkPassword(&wrong, in.Password, u)
	}
	if err := wrong.err(); err != nil {
		return User{}, err
	}
	if in.Password != "" {
		var err error
		if hash, err = d.hashPassword(ctx, in.Password); err != nil {
			return User{}, err
		}
	}
	err := d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.admin(ctx, tx, who)
		if err != nil {
			return err
		}
		return d.insertUser(ctx, tx, p, &u, hash)
	})
	if err != nil {
		return User{}, fmt.Errorf("add user %s: %w", u.Username, err)
	}
	return u, nil
}

// administer runs one change of the place or of a person, by an admin, with its event.
func (d *Desk) administer(ctx context.Context, who Actor, doing string, dirty Dirty, work func(context.Context, Tx, *principal) error) error {
	err := d.store.InTx(ctx, func(tx Tx) error {
		p, err := d.admin(ctx, tx, who)
		if err != nil {
			return err
		}
		return work(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if dirty.Place {
		d.forgetCampus()
	}
	d.store.Ring(dirty)
	return nil
}

// SetRole changes what an account may be. It works at once, on sessions that are open too.
func (d *Desk) SetRole(ctx context.Context, who Actor, user UserID, role Role) error {
	if who.Token != 0 {
		return forbidden("token_own")
	}
	if !role.Valid() {
		return problems{{Field: "role", Code: "role_unknown"}}.err()
	}
	return d.administer(ctx, who, "set role", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		before, err := d.account(ctx, tx, user)
		if err != nil || before.Role == role {
			return err
		}
		if err := d.keepAnAdmin(ctx, tx, before); err != nil {
			return err
		}
		if err := tx.UpdateRole(ctx, user, role); err != nil {
			return fmt.Errorf("write role: %w", err)
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventChanged, FieldRole, string(before.Role), string(role))
	})
}

// Disable keeps an account from signing in and ends what it is signed in to; enable is its way back.
func (d *Desk) Disable(ctx context.Context, who Actor, user UserID, disabled bool) error {
	return d.administer(ctx, who, "disable user", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		before, err := d.account(ctx, tx, user)
		if err != nil || before.Disabled == disabled {
			return err
		}
		if err := d.keepAnAdmin(ctx, tx, before); err != nil {
			return err
		}
		if err := tx.SetDisabled(ctx, user, disabled, d.Now()); err != nil {
			return fmt.Errorf("write user: %w", err)
		}
		if disabled {
			if err := tx.EndSessions(ctx, user, 0, d.Now()); err != nil {
				return fmt.Errorf("end sessions: %w", err)
			}
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventChanged, "disabled", fmt.Sprint(!disabled), fmt.Sprint(disabled))
	})
}

// AddKey lets an SSH key, as it stands in an authorized_keys file, sign its owner in. Its name is
// the key's own comment unless one is given.
func (d *Desk) AddKey(ctx context.Context, who Actor, user UserID, authorized, name string) (Key, error) {
	if who.Token != 0 {
		return Key{}, forbidden("token_own")
	}
	key, err := parseKey(authorized)
	if err != nil {
		return Key{}, err
	}
	if name = cleanLine(name); name != "" {
		key.Name = truncate(name, maxName)
	}
	key.User, key.CreatedAt = user, d.Now()
	err = d.administer(ctx, who, "add key", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		if err := notOfWall(ctx, tx, key.Fingerprint); err != nil {
			return err
		}
		if key.ID, err = tx.InsertKey(ctx, key, strings.TrimSpace(authorized)); err != nil {
			return taken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventKeyAdded, "key", "", key.Fingerprint)
	})
	return key, err
}

// RevokeKey takes a key away. Sessions it opened end with it.
func (d *Desk) RevokeKey(ctx context.Context, who Actor, user UserID, fingerprint string) error {
	return d.administer(ctx, who, "revoke key", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		gone, err := tx.RevokeKey(ctx, user, fingerprint, d.Now())
		if err != nil {
			return fmt.Errorf("write key: %w", err)
		}
		if !gone {
			return Missing("key")
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventChanged, "key", fingerprint, "")
	})
}

// Join makes somebody a member of a queue's team, or its lead.
func (d *Desk) Join(ctx context.Context, who Actor, user UserID, queue QueueID, lead bool) error {
	return d.administer(ctx, who, "join queue", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		before, member, err := d.membership(ctx, tx, user, queue)
		if err != nil || member && before.Lead == lead {
			return err
		}
		if err := tx.Join(ctx, user, queue, lead, d.Now()); err != nil {
			return fmt.Errorf("write membership: %w", err)
		}
		now := Membership{Queue: queue, Lead: lead}
		if member {
			return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventChanged, FieldLead, before.code(), now.code())
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventJoined, FieldQueue, "", now.code())
	})
}

// Leave takes somebody out of a queue's team.
func (d *Desk) Leave(ctx context.Context, who Actor, user UserID, queue QueueID) error {
	return d.administer(ctx, who, "leave queue", DirtyUser(user), func(ctx context.Context, tx Tx, p *principal) error {
		before, member, err := d.membership(ctx, tx, user, queue)
		if err != nil {
			return err
		}
		gone, err := tx.Leave(ctx, user, queue)
		if err != nil {
			return fmt.Errorf("write membership: %w", err)
		}
		if !gone || !member {
			return Missing("membership")
		}
		return d.recordAdmin(ctx, tx, p, StreamUser, int64(user), EventLeft, FieldQueue, before.code(), "")
	})
}

// membership is somebody's place in a queue's team, if they have one.
func (d *Desk) membership(ctx context.Context, tx Tx, user UserID, queue QueueID) (Membership, bool, error) {
	u, err := d.account(ctx, tx, user)
	if err != nil {
		return Membership{}, false, err
	}
	at := slices.IndexFunc(u.Memberships, func(m Membership) bool { return m.Queue == queue })
	if at < 0 {
		return Membership{}, false, nil
	}
	return u.Memberships[at], true, nil
}

// code writes a membership for the history: the queue's number, and whether its holder leads the team: "3 lead".
func (m Membership) code() string {
	if m.Lead {
		return fmt.Sprint(m.Queue) + " lead"
	}
	return fmt.Sprint(m.Queue)
}

// membershipOf reads what code wrote.
func membershipOf(code string) (QueueID, bool) {
	number, lead, _ := strings.Cut(code, " ")
	id, _ := strconv.ParseInt(number, 10, 64) // history holds what code wrote
	return QueueID(id), lead == "lead"
}

// AddQueue makes a queue.
func (d *Desk) AddQueue(ctx context.Context, who Actor, q Queue) (Queue, error) {
	q.Code, q.Name = strings.ToLower(cleanLine(q.Code)), cleanLine(q.Name)
	var wrong problems
	checkCode(&wrong, q.Code)
	checkName(&wrong, q.Name)
	if q.ReopenDays < 0 {
		wrong.add("reopen_days", "days_negative")
	}
	if err := wrong.err(); err != nil {
		return Queue{}, err
	}
	err := d.administer(ctx, who, "add queue "+q.Code, Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		var err error
		if q.ID, err = tx.InsertQueue(ctx, q); err != nil {
			return taken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamQueue, int64(q.ID), EventCreated, "code", "", q.Code)
	})
	return q, err
}

// AddCategory makes a category.
func (d *Desk) AddCategory(ctx context.Context, who Actor, c Category) (Category, error) {
	c.Code, c.Name, c.Hint = strings.ToLower(cleanLine(c.Code)), cleanLine(c.Name), cleanLine(c.Hint)
	if c.Priority == 0 {
		c.Priority = Normal
	}
	var wrong problems
	checkCode(&wrong, c.Code)
	checkName(&wrong, c.Name)
	if c.Line != Facilities && c.Line != IT && c.Line != Services {
		wrong.add("line", "line_unknown")
	}
	if err := wrong.err(); err != nil {
		return Category{}, err
	}
	err := d.administer(ctx, who, "add category "+c.Code, Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkCategory(dir, c); err != nil {
			return err
		}
		if c.ID, err = tx.InsertCategory(ctx, c); err != nil {
			return taken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamCategory, int64(c.ID), EventCreated, "code", "", c.Code)
	})
	return c, err
}

// AddLocation makes a site, a building or a room. Codes are kept in capitals, as on the door.
func (d *Desk) AddLocation(ctx context.Context, who Actor, l Location) (Location, error) {
	l.Code, l.Name = strings.ToUpper(cleanLine(l.Code)), cleanLine(l.Name)
	var wrong problems
	checkCode(&wrong, l.Code)
	checkName(&wrong, l.Name)
	if l.Kind != Site && l.Kind != Building && l.Kind != Room {
		wrong.add("kind", "location_kind")
	}
	if err := wrong.err(); err != nil {
		return Location{}, err
	}
	err := d.administer(ctx, who, "add location "+l.Code, Dirty{Place: true}, func(ctx context.Context, tx Tx, p *principal) error {
		dir, err := readDirectory(ctx, tx)
		if err != nil {
			return err
		}
		var misplaced problems
		if checkParent(&misplaced, dir, l); len(misplaced) > 0 {
			return misplaced.err()
		}
		if l.ID, err = tx.InsertLocation(ctx, l); err != nil {
			return taken(err)
		}
		return d.recordAdmin(ctx, tx, p, StreamLocation, int64(l.ID), EventCreated, "code", "", l.Code)
	})
	return l, err
}
