package embedded

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// collation makes text sort by code point and fold case by Unicode, on every machine alike.
func collation() []string { return []string{"--locale=C.UTF-8"} }

// quickRecovery is settings for being back soon after a crash: the disk is asked once to write everything down, and not for
// each of a thousand files, which takes seconds where others use the disk too.
func quickRecovery() []string { return []string{"recovery_init_sync_method=syncfs"} }

// inspect says what the process that a postmaster.pid names is to the data directory. Being alive proves nothing: a
// killed postmaster stays a zombie until somebody reaps it, and after a restart of a container its pid is another
// program's. But a postmaster works in its data directory, and a zombie works nowhere.
func inspect(pid int, data string) condition {
	if !alive(pid) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return gone
		}
		return zombie
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	switch in, err := worksIn(proc, data); {
	case err == nil && in:
		return ours
	case err == nil:
		return stranger
	default:
		// Another user's process, which cannot be the server of this data directory; postgres knows that too.
		return gone
	}
}

// alive reports whether the process exists and still runs.
func alive(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	// The state follows the name, which stands in parentheses and may hold any character.
	_, state, found := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return found && len(state) > 0 && state[0] != 'Z' && state[0] != 'X'
}

// occupied reports whether any process works in the data directory. Backends do so for a moment after their
// postmaster was killed, and while they do, no other server may start.
func occupied(data string) bool {
	procs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return true
	}
	for _, proc := range procs {
		if in, err := worksIn(proc, data); err == nil && in {
			return true
		}
	}
	return false
}

func worksIn(proc, data string) (bool, error) {
	cwd, err := os.Stat(filepath.Join(proc, "cwd"))
	if err != nil {
		return false, err
	}
	dir, err := os.Stat(data)
	if err != nil {
		return false, err
	}
	return os.SameFile(cwd, dir), nil
}
