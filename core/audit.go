package core

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

type auditStore interface {
	// TakePatience lets the transaction's statements run for as long as they need.
	TakePatience(ctx context.Context) error
	// LastAuditHead returns the newest head, ErrNoRow if there is none, and keeps others from adding one.
	LastAuditHead(ctx context.Context) (AuditHead, error)
	// AuditHeads lists all heads, oldest first.
	AuditHeads(ctx context.Context) ([]AuditHead, error)
	// NextAuditHead numbers the next head and writes down how each stream ends that has moved since, and perhaps some that moved before.
	NextAuditHead(ctx context.Context, head AuditHead, since FeedCursor) (AuditHead, error)
	// SignAuditHead keeps the head's digest and signature.
	SignAuditHead(ctx context.Context, head AuditHead) error
	// EachAuditLeaf reads what a head covers, in its order.
	EachAuditLeaf(ctx context.Context, head int64, each func(AuditLeaf) error) error
	// EachHistory reads all events, stream by stream and oldest first.
	EachHistory(ctx context.Context, each func(*Event) error) error
	// LooseLeaves finds leaves whose event is not there as it was.
	LooseLeaves(ctx context.Context, limit int) ([]AuditLeaf, error)
	// LooseEnds finds tickets and streams whose history does not end where they say.
	LooseEnds(ctx context.Context, limit int) ([]AuditLeaf, error)
}

// AuditHead covers everything that happened up to its making: which streams moved since the head before,
// and how their chains ended. Each head covers the one before it.
type AuditHead struct {
	ID        int64
	At        time.Time
	Streams   int64      // that moved
	Digest    []byte     // SHA-256 of the digest before and of all leaves in their order
	Signature []byte     // Ed25519 (RFC 8032) by the installation's key
	Upto      FeedCursor // no event that comes later belongs to an older transaction
}

// AuditLeaf is how one stream ended when a head was made.
type AuditLeaf struct {
	Stream   Stream
	StreamID int64
	Seq      int
	Hash     []byte
}

// message is what is signed of a head.
func (h *AuditHead) message() []byte {
	return fmt.Appendf(nil, "helpdesk history %d %d %d %x", h.ID, h.At.UnixMicro(), h.Streams, h.Digest)
}

// AuditFault is a place where the history is not as it was written.
type AuditFault struct {
	Stream   Stream
	StreamID int64
	Seq      int // 0 if it is about the stream as a whole
	Head     int64
	Code     string // "audit_…" in the catalogue
}

// AuditReport says what checking the history found.
type AuditReport struct {
	Events    int64
	Unchained int64 // written before events were chained
	Streams   int64
	Heads     int64
	Newest    AuditHead // zero if there is none
	Faults    []AuditFault
}

// mostFaults is how many faults are named; a table that was emptied has millions.
const mostFaults = 100

func (r *AuditReport) fault(f AuditFault) {
	if len(r.Faults) < mostFaults {
		r.Faults = append(r.Faults, f)
	}
}

// SealHistory signs how the history stands now. Timers do it once a day; what is changed afterwards, even by
// somebody who can write to the database and mends the chains, no longer fits a head that was kept elsewhere.
func (d *Desk) SealHistory(ctx context.Context, who Actor) (AuditHead, error) {
	key, err := d.auditKey(ctx)
	if err != nil {
		return AuditHead{}, err
	}
	var head AuditHead
	err = d.store.InTx(ctx, func(tx Tx) error {
		if _, err := d.admin(ctx, tx, who); err != nil {
			return err
		}
		if err := tx.TakePatience(ctx); err != nil {
			return fmt.Errorf("take patience: %w", err)
		}
		last, err := tx.LastAuditHead(ctx)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return fmt.Errorf("read the last head: %w", err)
		}
		upto, err := tx.FeedEnd(ctx)
		if err != nil {
			return fmt.Errorf("find the feed's end: %w", err)
		}
		since := last.Upto
		if since.Epoch != upto.Epoch { // restored from a copy: transactions are numbered anew
			since = FeedCursor{}
		}
		if head, err = tx.NextAuditHead(ctx, AuditHead{At: d.Now(), Upto: upto}, since); err != nil {
			return fmt.Errorf("number the head: %w", err)
		}
		if head.Digest, head.Streams, err = digestLeaves(ctx, tx, head.ID, last.Digest); err != nil {
			return err
		}
		head.Signature = ed25519.Sign(key, head.message())
		return tx.SignAuditHead(ctx, head)
	})
	if err != nil {
		return AuditHead{}, fmt.Errorf("seal the history: %w", err)
	}
	return head, nil
}

func digestLeaves(ctx context.Context, tx Tx, head int64, before []byte) (digest []byte, leaves int64, err error) {
	sum := sha256.New()
	sum.Write(before)
	err = tx.EachAuditLeaf(ctx, head, func(l AuditLeaf) error {
		leaves++
		fmt.Fprintf(sum, "%q %d %d %x\n", l.Stream, l.StreamID, l.Seq, l.Hash)
		return nil
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read what moved: %w", err)
	}
	return sum.Sum(nil), leaves, nil
}

// auditKey is what heads are signed with.
func (d *Desk) auditKey(ctx context.Context) (ed25519.PrivateKey, error) {
	fresh, err := d.bytes(ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	seed, err := d.store.Secret(ctx, "audit", fresh)
	if err != nil {
		return nil, fmt.Errorf("read the history's key: %w", err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// AuditHeads lists the signed heads of the history, oldest first.
func (d *Desk) AuditHeads(ctx context.Context, who Actor) ([]AuditHead, error) {
	if _, err := d.admin(ctx, d.store, who); err != nil {
		return nil, err
	}
	heads, err := d.store.AuditHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("list heads: %w", err)
	}
	return heads, nil
}

// VerifyHistory reads the whole history and says where it is not as it was written: an event that was
// changed, removed or slipped in, a stream that lost its end, a head that does not fit what it covers.
func (d *Desk) VerifyHistory(ctx context.Context, who Actor) (AuditReport, error) {
	key, err := d.auditKey(ctx)
	if err != nil {
		return AuditReport{}, err
	}
	var report AuditReport
	err = d.store.InTx(ctx, func(tx Tx) error {
		report = AuditReport{}
		if _, err := d.admin(ctx, tx, who); err != nil {
			return err
		}
		if err := tx.TakePatience(ctx); err != nil {
			return fmt.Errorf("take patience: %w", err)
		}
		if err := report.checkStreams(ctx, tx); err != nil {
			return err
		}
		return report.checkHeads(ctx, tx, key.Public().(ed25519.PublicKey)) //nolint:forcetypeassert // what a private key of Ed25519 gives
	})
	if err != nil {
		return AuditReport{}, fmt.Errorf("verify the history: %w", err)
	}
	return report, nil
}

// checkStreams follows every chain from its first event to its end.
func (r *AuditReport) checkStreams(ctx context.Context, tx Tx) error {
	var last Event
	err := tx.EachHistory(ctx, func(e *Event) error {
		r.Events++
		var end []byte
		if e.Stream == last.Stream && e.StreamID == last.StreamID {
			end = last.Hash
		} else {
			r.Streams++
			last = Event{}
		}
		switch {
		case e.Seq != last.Seq+1:
			r.fault(AuditFault{Stream: e.Stream, StreamID: e.StreamID, Seq: e.Seq, Code: "audit_gap"})
		case e.Hash == nil:
			r.Unchained++
		case !bytes.Equal(e.Hash, e.hashAfter(end)):
			r.fault(AuditFault{Stream: e.Stream, StreamID: e.StreamID, Seq: e.Seq, Code: "audit_changed"})
		}
		if e.Hash == nil {
			e.Hash = end
		}
		last = *e
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	loose, err := tx.LooseEnds(ctx, mostFaults)
	if err != nil {
		return fmt.Errorf("read where streams end: %w", err)
	}
	for _, l := range loose {
		r.fault(AuditFault{Stream: l.Stream, StreamID: l.StreamID, Seq: l.Seq, Code: "audit_end"})
	}
	return nil
}

// checkHeads computes every head again from what it covers.
func (r *AuditReport) checkHeads(ctx context.Context, tx Tx, key ed25519.PublicKey) error {
	heads, err := tx.AuditHeads(ctx)
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	var before []byte
	for _, h := range heads {
		digest, leaves, err := digestLeaves(ctx, tx, h.ID, before)
		if err != nil {
			return err
		}
		if !bytes.Equal(digest, h.Digest) || leaves != h.Streams || !ed25519.Verify(key, h.message(), h.Signature) {
			r.fault(AuditFault{Head: h.ID, Code: "audit_head"})
		}
		before, r.Newest = h.Digest, h
		r.Heads++
	}
	loose, err := tx.LooseLeaves(ctx, mostFaults)
	if err != nil {
		return fmt.Errorf("read what heads cover: %w", err)
	}
	for _, l := range loose {
		r.fault(AuditFault{Stream: l.Stream, StreamID: l.StreamID, Seq: l.Seq, Code: "audit_sealed"})
	}
	return nil
}
