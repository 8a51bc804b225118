package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL's programs run as. The zero value is the user of this process.
type account struct {
	name     string
	uid, gid uint32
	other    bool // not the user of this process: this process is root and drops to it
}

// accountFor chooses the user for a data directory: PostgreSQL refuses to run as root, and any other user may
// only use what is theirs.
func accountFor(data string) (account, error) {
	self := uint32(os.Geteuid())
	owner, exists, err := ownerOf(data)
	if err != nil {
		return account{}, err
	}
	if self != 0 {
		if exists && owner != self {
			return account{}, fmt.Errorf("%s belongs to user %s: run as that user or choose another directory", data, userName(owner))
		}
		return account{name: userName(self), uid: self, gid: uint32(os.Getegid())}, nil
	}
	if exists && owner == 0 {
		// Nothing but an empty directory can be root's: initdb never ran as root.
		exists = false
	}
	if exists {
		// initdb and postgres both look their user up, so an owner without an entry cannot work.
		u, err := user.LookupId(strconv.FormatUint(uint64(owner), 10))
		if err != nil {
			return account{}, fmt.Errorf("%s belongs to a user unknown on this machine: %w", data, err)
		}
		return dropTo(u)
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return dropTo(u)
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

func dropTo(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("group id of %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), other: true}, nil
}

// process is how a program is started as this account. A session of its own keeps the terminal's signals away:
// Ctrl-C must reach the program first, and the server only when the program stops it. There is no parent-death
// signal: it is bound to a thread, and would take the server away from under other programs.
func (a account) process() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.other {
		return nil
	}
	if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to %s: %w", path, a.name, err)
	}
	return nil
}

// reach checks that the account can enter path and all its parents, as far as they exist, and names the first
// that is closed. Left to itself, postgres would fail with no more than "permission denied".
func (a account) reach(path string) error {
	if !a.other {
		return nil
	}
	for _, dir := range parents(path) {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("check the way to %s: %w", path, err)
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		bit := fs.FileMode(0o001)
		switch {
		case stat.Uid == a.uid:
			bit = 0o100
		case stat.Gid == a.gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return fmt.Errorf("%s cannot be used: PostgreSQL does not run as root, and user %s may not enter %s (%s); choose a directory outside it",
				path, a.name, dir, info.Mode())
		}
	}
	return nil
}

// parents lists the folders from the root down to path itself.
func parents(path string) []string {
	list := []string{path}
	for dir := filepath.Dir(path); dir != list[len(list)-1]; dir = filepath.Dir(dir) {
		list = append(list, dir)
	}
	slices.Reverse(list)
	return list
}

// ownerOf returns the user id that path belongs to, if it exists.
func ownerOf(path string) (uid uint32, exists bool, err error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("look at %s: %w", path, err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false, fmt.Errorf("look at %s: the system does not say whose it is", path)
	}
	return stat.Uid, true, nil
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// DefaultDir returns the directory in which a server called name keeps its data when nobody chose another: the
// user's data folder, or /var/lib/helpdesk where the server's user cannot reach that (root's home is closed).
func DefaultDir(name string) string {
	system := filepath.Join("/var/lib/helpdesk", name)
	home, err := dataHome()
	if err != nil {
		return system
	}
	dir := filepath.Join(home, "helpdesk", name)
	who, err := accountFor(filepath.Join(dir, "data"))
	if err != nil || who.reach(dir) != nil {
		return system
	}
	return dir
}

func dataHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home directory: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}
