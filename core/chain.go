package core

import (
	"crypto/sha256"
	"fmt"
	"strconv"
)

// Sealed is what the event's hash is taken of, but for the number of its stream, which comes last: the hash
// of the event before it in its stream (nil for the first), and everything that the event says. A ticket's
// number is given by the statement that makes it, which therefore ends this text itself.
func (e *Event) Sealed(before []byte) string {
	return fmt.Sprintf("%x %q %d %d %q %q %q %q %q %q %q %x %q %d %q %q %d ", before, e.Stream, e.Seq, e.Version, e.Command, e.Undoes,
		e.Kind, e.Field, e.From, e.To, e.Source, e.Digest, e.Actor, e.User.ID, e.Key, e.Door, e.At.UnixMicro())
}

// hashAfter is the event's link to the one before it: SHA-256 (FIPS 180-4) of what it says.
func (e *Event) hashAfter(before []byte) []byte {
	sum := sha256.Sum256([]byte(e.Sealed(before) + strconv.FormatInt(e.StreamID, 10)))
	return sum[:]
}

// chain links events of one stream to each other and to its end so far, and returns the new end. Whoever
// changes, removes or slips in an event afterwards breaks the chain, which [Desk.VerifyHistory] finds.
func chain(end []byte, events []Event) []byte {
	for i := range events {
		events[i].Hash = events[i].hashAfter(end)
		end = events[i].Hash
	}
	return end
}
