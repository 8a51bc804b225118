package core

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

type limitStore interface {
	// CountHour counts one try of a subject. The answer is when it may go on: now, unless it tried more
	// often than its share within an hour. The count stands alone, never within a transaction: it may be
	// lost with the server, which nothing else may.
	CountHour(ctx context.Context, subject string, share int, now time.Time) (time.Time, error)
	// Sent returns the receipt of a report that was sent with a key.
	Sent(ctx context.Context, once string) (Receipt, error)
}

// Limits are how much may be sent within an hour, counted over all processes; 0 is without limit. They
// are far above what people write, and a whole campus may share one address. Staff have none.
type Limits struct {
	ReportsPerAddress int // by people without an account
	ReportsPerAccount int
	RepliesPerAddress int // by people who hold a private link
	RepliesPerAccount int
	CallsPerToken     int // of the API, by programs that sign in with a token
	CallsPerAddress   int // of the API, without a token that holds
}

// DefaultLimits are those of an installation that says nothing else.
func DefaultLimits() Limits {
	return Limits{ReportsPerAddress: 120, ReportsPerAccount: 20, RepliesPerAddress: 360, RepliesPerAccount: 120, CallsPerToken: 7200, CallsPerAddress: 3600}
}

// limitReport counts a report. Accounts are counted as themselves, and everybody else by address.
func (d *Desk) limitReport(ctx context.Context, p *principal) error {
	if p.isStaff() {
		return nil
	}
	wait, err := d.countSent(ctx, p.Actor, "reports", d.limits.ReportsPerAccount, d.limits.ReportsPerAddress)
	if wait > 0 {
		return limited("report_limited", wait)
	}
	return err
}

// limitReply counts words on a ticket that come in by the page. The console and the command line are
// where staff work.
func (d *Desk) limitReply(ctx context.Context, who Actor) error {
	if who.Door != DoorWeb && who.Door != DoorAPI {
		return nil
	}
	wait, err := d.countSent(ctx, who, "replies", d.limits.RepliesPerAccount, d.limits.RepliesPerAddress)
	if wait > 0 {
		return limited("reply_limited", wait)
	}
	return err
}

// limitSay is limitReply for words that may have been said before: sending them again is no more.
func (d *Desk) limitSay(ctx context.Context, who Actor, id TicketID, once string) error {
	refused := d.limitReply(ctx, who)
	if KindOf(refused) != Limited {
		return refused
	}
	if _, err := d.store.OnceMessage(ctx, once, id); err == nil {
		return nil
	}
	return refused
}

// countSent counts one more of something, by account or else by address, and returns how long its
// sender has to wait if that was too much.
func (d *Desk) countSent(ctx context.Context, who Actor, what string, perAccount, perAddress int) (time.Duration, error) {
	subject, share := what+" of "+who.reader(), perAccount
	if who.Kind != ActorUser {
		if perAddress == 0 {
			return 0, nil
		}
		sealed, err := d.sealAddress(ctx, who.Address)
		if err != nil || sealed == "" {
			return 0, err
		}
		subject, share = what+" from "+sealed, perAddress
	}
	if share == 0 {
		return 0, nil
	}
	now := d.Now()
	until, err := d.store.CountHour(ctx, subject, share, now)
	if err != nil {
		return 0, fmt.Errorf("count what was sent: %w", err)
	}
	return until.Sub(now), nil
}

// callsAtOnce is how many calls are counted at once: an answer must not wait for a count each time. A
// process that ends, or is one of many, has counted so many too much at most.
const callsAtOnce = 20

// calls are the calls that are counted already and not made yet.
type calls struct {
	mu    sync.Mutex
	until time.Time // when they lapse
	left  map[string]int
}

// take uses up a call that is counted; false if there is none.
func (c *calls) take(subject string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.After(c.until) { // whoever calls no more leaves nothing behind
		c.left, c.until = make(map[string]int), now.Add(10*time.Minute)
	}
	if c.left[subject] == 0 {
		return false
	}
	c.left[subject]--
	return true
}

func (c *calls) add(subject string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left[subject] += n
}

// CountCall counts a call of the API, over all processes together, and refuses it when they were too
// many within an hour. Whoever has a token is counted by it, and everybody else by address.
func (d *Desk) CountCall(ctx context.Context, who Actor) error {
	subject, share := fmt.Sprintf("calls of token %d", who.Token), d.limits.CallsPerToken
	if who.Token == 0 {
		sealed, err := d.sealAddress(ctx, who.Address)
		if err != nil {
			return err
		}
		subject, share = "calls from "+sealed, d.limits.CallsPerAddress
	}
	now := d.Now()
	if share == 0 || d.calls.take(subject, now) {
		return nil
	}
	at := min(callsAtOnce, share)
	until, err := d.store.CountHour(ctx, subject, share/at, now)
	if err != nil {
		return fmt.Errorf("count calls: %w", err)
	}
	if until.After(now) {
		return limited("calls_limited", until.Sub(now))
	}
	d.calls.add(subject, at-1)
	return nil
}

// sentBefore finds what a limited sender sent already: asking once more is no more.
func (d *Desk) sentBefore(ctx context.Context, once string) (Receipt, bool, error) {
	receipt, err := d.store.Sent(ctx, once)
	if errors.Is(err, ErrNoRow) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("find what was sent before: %w", err)
	}
	receipt.Repeated = true
	return receipt, true, nil
}

// salts keeps the salt of the day.
type salts struct {
	mu   sync.Mutex
	day  string
	salt []byte
}

// sealAddress makes a network address countable without keeping it: a digest under a salt that all
// processes share for a day and that is thrown away after it. What is no address is "".
func (d *Desk) sealAddress(ctx context.Context, address string) (string, error) {
	network := countedNetwork(address)
	if network == "" {
		return "", nil
	}
	salt, err := d.saltOfDay(ctx)
	if err != nil {
		return "", err
	}
	return tokenEncoding.EncodeToString(sealWith(salt, "address", network)[:16]), nil
}

// addressSubject is the name under which tries to sign in from an address are counted.
func (d *Desk) addressSubject(ctx context.Context, address string) (string, error) {
	sealed, err := d.sealAddress(ctx, address)
	if err != nil || sealed == "" {
		return "", err
	}
	return "address:" + sealed, nil
}

func (d *Desk) saltOfDay(ctx context.Context) ([]byte, error) {
	day := d.Now().Format(time.DateOnly)
	d.salts.mu.Lock()
	defer d.salts.mu.Unlock()
	if d.salts.day == day {
		return d.salts.salt, nil
	}
	fresh, err := d.bytes(32)
	if err != nil {
		return nil, err
	}
	salt, err := d.store.Secret(ctx, "salt:"+day, fresh)
	if err != nil {
		return nil, fmt.Errorf("read the salt of the day: %w", err)
	}
	d.salts.day, d.salts.salt = day, salt
	return salt, nil
}
