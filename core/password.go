package core

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Passwords are hashed with argon2id: 19 MiB, two passes, one lane (OWASP Password Storage Cheat
// Sheet), about 23 ms. The number at work at once is bounded, so that a rush costs time, not memory.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonLanes   = 1
	argonKeyLen  = 32
	argonSaltLen = 16

	minPassword = 12
	maxPassword = 256
)

var errHashForm = errors.New("a password hash of unknown form")

// checkPassword refuses a new password that is too short, or that a guesser would try among the
// first: u is whose it is to be, as far as that is known.
func (d *Desk) checkPassword(p *problems, password string, u User) {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		p.add("password", "password_too_short", "Min", minPassword)
	case n > maxPassword:
		p.add("password", "password_too_long", "Max", maxPassword)
	default:
		if why := weakness(password, u.Username, u.Email, u.Name, d.Name()); why != "" {
			p.add("password", why)
		}
	}
}

// hashPassword makes a hash in PHC string form.
func (d *Desk) hashPassword(ctx context.Context, password string) (string, error) {
	salt, err := d.bytes(argonSaltLen)
	if err != nil {
		return "", err
	}
	key, err := d.argon(ctx, password, salt, argonTime, argonMemory, argonLanes, argonKeyLen)
	if err != nil {
		return "", err
	}
	return phc(salt, key), nil
}

// hashOfNobody is a hash whose password nobody knows. To compare with it takes as long as with any other; to make it takes nothing.
func (d *Desk) hashOfNobody() (string, error) {
	salt, err := d.bytes(argonSaltLen)
	if err != nil {
		return "", err
	}
	return phc(salt, d.seal("password of nobody", string(salt))[:argonKeyLen]), nil
}

// phc writes a hash of today's strength in PHC string form.
func phc(salt, key []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// checkHash compares a password with a hash; stale says that the hash was made with weaker settings
// and should be made anew.
func (d *Desk) checkHash(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false, errHashForm
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, errHashForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, false, errHashForm
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) == 0 || passes == 0 || lanes == 0 {
		return false, false, errHashForm
	}
	if utf8.RuneCountInString(password) > maxPassword {
		password = "" // hashing it would only take time; no account has the empty password
	}
	got, err := d.argon(ctx, password, salt, passes, memory, lanes, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	stale = memory < argonMemory || passes < argonTime
	return subtle.ConstantTimeCompare(got, want) == 1, stale, nil
}

func (d *Desk) argon(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8, length uint32) ([]byte, error) {
	select {
	case d.hashing <- struct{}{}:
		defer func() { <-d.hashing }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, length), nil
}

func constantEqual(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
