//go:build !linux

package embedded

import (
	"errors"
	"syscall"
)

// collation is as near to Linux's C.UTF-8 as other systems come: sorted by code point, case folded by Unicode.
func collation() []string { return []string{"--lc-collate=C", "--lc-ctype=en_US.UTF-8"} }

// quickRecovery is nothing here: only Linux writes a whole disk down at once.
func quickRecovery() []string { return nil }

// inspect knows no more than whether the process exists; that it answers on the socket has to prove the rest.
func inspect(pid int, _ string) condition {
	if alive(pid) {
		return ours
	}
	return gone
}

func alive(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// occupied cannot be known without /proc; saying yes leaves every lock file to postgres.
func occupied(string) bool { return true }
