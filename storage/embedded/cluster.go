package embedded

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// superuser is the database role that initdb makes and that everybody who can enter the socket's directory is.
const superuser = "helpdesk"

// cluster is a directory with all that it takes to run its server.
type cluster struct {
	dir      string // Config.Dir, absolute, without links
	data     string // the PostgreSQL data directory
	sockets  string // the directory of the socket of a server that we start
	account  account
	programs programs
	unsafe   bool
	settings []string // name=value, for the server's command line
	log      *slog.Logger
}

// openCluster makes the directory ready for use. It starts nothing and initialises nothing.
func openCluster(cfg Config) (*cluster, error) {
	if cfg.Dir == "" {
		return nil, errors.New("no directory given for the database")
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("find directory %s: %w", cfg.Dir, err)
	}
	c := &cluster{unsafe: cfg.Unsafe, settings: cfg.settings(), log: cfg.Logger}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.account, err = accountFor(filepath.Join(dir, "data")); err != nil {
		return nil, err
	}
	if err := c.makeDir(dir); err != nil {
		return nil, err
	}
	c.sockets = socketDir(c.data)
	c.programs, err = c.choosePrograms(cfg.PGBin)
	return c, err
}

// socketDir is where the socket of a data directory is: found again by the hash, for a path below the data directory
// may be too long for a socket.
func socketDir(data string) string {
	hash := sha256.Sum256([]byte(data))
	return "/tmp/helpdesk-" + hex.EncodeToString(hash[:8])
}

// makeDir makes the directory, which stays the property of who made it: the server's user may pass through it to
// the data directory and has no business with the locks and the log.
func (c *cluster) makeDir(dir string) error {
	// Before anything is made, so that nothing is left where it cannot be used.
	if err := c.account.reach(filepath.Dir(dir)); err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	if c.account.other {
		mode = 0o711
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			return fmt.Errorf("make the database's directory: %w", err)
		}
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return fmt.Errorf("make the database's directory: %w", err)
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("find the database's directory: %w", err)
	}
	c.dir, c.data = dir, filepath.Join(dir, "data")
	if owner, _, err := ownerOf(dir); err == nil && owner == 0 && c.account.other && c.account.reach(dir) != nil {
		if info, err := os.Stat(dir); err == nil {
			_ = os.Chmod(dir, info.Mode()|0o011)
		}
	}
	return c.account.reach(dir)
}

// choosePrograms takes the programs of the version that the data was made with, whichever others there are.
func (c *cluster) choosePrograms(pgbin string) (programs, error) {
	major, err := c.majorOfData()
	if err != nil {
		return programs{}, err
	}
	p, err := find(pgbin, major, os.Getenv("PATH"), packagePlaces())
	switch {
	case errors.Is(err, ErrNoPrograms) && major > 0:
		return programs{}, fmt.Errorf("%w: %s was made by PostgreSQL %d and is left untouched; install that version, "+
			"or dump the data with it and restore it elsewhere: %w", ErrOtherMajor, c.data, major, err)
	case err != nil:
		return programs{}, err
	}
	return p, c.account.reach(p.dir)
}

// majorOfData returns the version that made the data directory, 0 when there is no data yet. Whatever else
// stands there may be somebody's only copy of it.
func (c *cluster) majorOfData() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		entries, err := os.ReadDir(c.data)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && len(entries) == 0:
			return 0, nil
		case err != nil:
			return 0, fmt.Errorf("look at the data directory: %w", err)
		}
		return 0, fmt.Errorf("%s holds files but no PG_VERSION: it is not a PostgreSQL data directory and is left untouched; move it away or choose another directory", c.data)
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION does not name a version and the data is left untouched: %w", c.data, err)
	}
	return major, nil
}

// initialise makes the data directory if there is none. It is made beside its place and renamed into it, so a
// half-made one is never taken for data.
func (c *cluster) initialise(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.data, "PG_VERSION")); err == nil {
		return nil
	}
	// Left by a start that was killed. Each try has its own name because that one's initdb may still be writing.
	leftovers, _ := filepath.Glob(filepath.Join(c.dir, "data.init-*"))
	for _, path := range leftovers {
		_ = os.RemoveAll(path)
	}
	fresh, err := os.MkdirTemp(c.dir, "data.init-")
	if err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := c.account.own(fresh); err != nil {
		return err
	}
	args := []string{"-D", fresh, "-U", superuser, "-A", "trust", "-E", "UTF8"}
	args = append(args, collation()...)
	if c.unsafe {
		args = append(args, "--no-sync")
	}
	c.log.Info("initialising the database", "dir", c.data, "programs", c.programs.dir)
	cmd := exec.CommandContext(ctx, c.programs.path("initdb"), args...)
	cmd.SysProcAttr, cmd.Dir, cmd.Env = c.account.process(), "/", c.environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise %s: %w: %s", c.data, err, lastLines(string(out)))
	}
	// os.Rename refuses to replace even an empty directory; os.Remove refuses any other.
	if err := os.Remove(c.data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make way for the data directory: %w", err)
	}
	if err := os.Rename(fresh, c.data); err != nil {
		return fmt.Errorf("put the data directory in place: %w", err)
	}
	return syncDir(c.dir)
}

// environment is all that the server's programs get of ours: their behaviour must not depend on who starts them.
func (c *cluster) environment() []string {
	return []string{"PATH=" + c.programs.dir + ":/usr/bin:/bin", "HOME=/", "LC_ALL=C", "TZ=UTC"}
}

// makeSocketDir makes the directory of the socket, or checks the one that is there: everybody may write to /tmp, and
// whoever owns the directory could answer in the server's place.
func (c *cluster) makeSocketDir() error {
	err := os.Mkdir(c.sockets, 0o700)
	if err == nil {
		return c.account.own(c.sockets)
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the socket's directory: %w", err)
	}
	info, err := os.Lstat(c.sockets)
	if err != nil {
		return fmt.Errorf("look at the socket's directory: %w", err)
	}
	owner, _, err := ownerOf(c.sockets)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm() != 0o700 || owner != c.account.uid {
		return fmt.Errorf("%s is not a directory of user %s alone (%s, owner %s): remove it", c.sockets, c.account.name, info.Mode(), userName(owner))
	}
	return nil
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	return nil
}

// lastLines is the end of what a program said, short enough for an error.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
