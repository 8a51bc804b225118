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
}

// DefaultLimits are those of an installation that says nothing else.
func DefaultLimits() Limits {
	return Limits{ReportsPerAddress: 120, ReportsPerAccount: 20, RepliesPerAddress: 360, RepliesPerAccount: 120}
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
