package core

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Tx is what the use-cases ask of the database. Within [Store.InTx] all calls are one transaction;
// on the Store itself each call stands alone. Each of the small interfaces it is made of stands
// beside the use-cases that consume it.
type Tx interface {
	ticketsTx
	peopleTx
	campusTx
	historyStore
	auditStore
	trailStore
	healthStore
	importStore
	limitStore
}

// ticketsTx is what is done with tickets and said on them.
type ticketsTx interface {
	ticketStore
	partsStore
	findingTx
	sayingTx
	joiningTx
	fileStore
	onceStore
	presenceStore
	followStore
	watchingStore
	knownStore
	publicStore
	tagStore
	snoozeStore
	bulkStore
}

// findingTx is how tickets are found and given out.
type findingTx interface {
	listStore
	searchStore
	completeStore
	viewStore
	exportStore
}

// sayingTx is what is written on tickets, from the draft on.
type sayingTx interface {
	messageStore
	draftStore
	handoverStore
	mentionStore
	holdStore
	macroStore
}

// joiningTx is how tickets become one, and two again.
type joiningTx interface {
	mergeStore
	relationStore
	splitStore
}

// peopleTx is who there is, and how they come in.
type peopleTx interface {
	principalStore
	accountStore
	signInStore
	selfStore
	accountsStore
	tokenStore
	preferenceStore
	rosterStore
}

// campusTx is the place, its settings and its figures.
type campusTx interface {
	placeStore
	arrangeStore
	settingStore
	analysisStore
	calendarStore
	kioskStore
}

// Store is the database behind the desk. Package storage implements it over PostgreSQL.
type Store interface {
	Tx
	// InTx runs work in a transaction: all of it happens or none. It runs work again when the
	// database found two transactions in each other's way, so work must have no effects elsewhere.
	InTx(ctx context.Context, work func(Tx) error) error
	// Ring tells every process, this one too, what has changed; soon, and merged.
	Ring(Dirty)
	// Secret returns the named key that all processes share, made from fresh on first use.
	Secret(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Options are what a desk can be given; zero values do for production.
type Options struct {
	Clock  func() time.Time // time.Now if nil
	Rand   io.Reader        // crypto/rand if nil
	Zone   *time.Location   // the campus's zone while no admin has set one; UTC if nil
	Limits Limits           // how much may be sent; none if zero
	Hub    *Hub             // fans out what changed; a fresh one if nil
	Logger *slog.Logger
	Name   string // of the helpdesk while no admin has set one

	HoldZone bool // Zone holds, whatever the admins have set

	MaxFile map[Door]int64 // bytes that a file may have that comes in by a door; [MaxFile] if it is not named
}

// Desk is the helpdesk: every use-case is one of its methods. It is safe for concurrent use and
// keeps no state of its own but a short-lived copy of the lists that forms are made of, and who sits
// in which session.
type Desk struct {
	store     Store
	clock     func() time.Time
	random    io.Reader
	start     face // what holds while no admin has set another
	holdZone  bool
	looking   sync.Mutex
	face      atomic.Pointer[face]
	hub       *Hub
	hall      *hall // who is at which ticket
	logger    *slog.Logger
	secret    []byte
	hashing   chan struct{} // bounds the memory that password hashing takes
	drawing   chan struct{} // bounds the memory that pictures take
	dummyHash string        // what the password of nobody is compared with, to take the same time
	directory directoryCache
	limits    Limits
	maxFile   map[Door]int64
	salts     salts
	calls     calls
	figures   knownFigures
}

// New makes a desk over a store.
func New(ctx context.Context, store Store, opts Options) (*Desk, error) {
	d := &Desk{
		store: store, clock: opts.Clock, random: opts.Rand, start: face{opts.Name, opts.Zone}, holdZone: opts.HoldZone, hub: opts.Hub, logger: opts.Logger, limits: opts.Limits, maxFile: opts.MaxFile,
		hashing: make(chan struct{}, runtime.NumCPU()), drawing: make(chan struct{}, 1),
	}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.random == nil {
		d.random = rand.Reader
	}
	if d.start.zone == nil {
		d.start.zone = time.UTC
	}
	d.face.Store(&d.start)
	if d.hub == nil {
		d.hub = NewHub()
	}
	if d.logger == nil {
		d.logger = slog.New(slog.DiscardHandler)
	}
	d.hall = newHall(d)
	fresh, err := d.bytes(32)
	if err != nil {
		return nil, err
	}
	if d.secret, err = store.Secret(ctx, "desk", fresh); err != nil {
		return nil, fmt.Errorf("read the desk's secret: %w", err)
	}
	if err := d.look(ctx); err != nil {
		return nil, err
	}
	if d.dummyHash, err = d.hashOfNobody(); err != nil {
		return nil, err
	}
	return d, nil
}

// Now is the desk's clock, in whole microseconds, which is what the database keeps.
func (d *Desk) Now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// Hub tells what changes, to whoever subscribes.
func (d *Desk) Hub() *Hub { return d.hub }

func (d *Desk) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(d.random, b); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return b, nil
}

// seal is a keyed digest: what it makes cannot be made, or guessed from, without the secret.
func (d *Desk) seal(purpose, text string) []byte {
	return sealWith(d.secret, purpose, text)
}

func sealWith(secret []byte, purpose, text string) []byte {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s\x00%s", purpose, text)
	return mac.Sum(nil)
}

// newCommand names one command; all events of it carry the name (a version 4 UUID, RFC 9562).
func (d *Desk) newCommand() (string, error) {
	b, err := d.bytes(16)
	if err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// ErrNoRow is what a store answers when the one row asked for is not there.
var ErrNoRow = errors.New("no such row")
