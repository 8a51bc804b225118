package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// fileLock is an flock on a file that stays for ever. The system lets it go when the process ends, however it ends.
type fileLock struct {
	file *os.File
}

// openLock opens the lock file without locking it. The link check keeps others from making root create files.
func openLock(path string) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	return &fileLock{file: file}, nil
}

// try takes the lock, shared or for this holder alone, and reports whether it got it. A lock already held is
// converted; the conversion may lose it in between, so every change is made under start.lock.
func (l *fileLock) try(how int) (bool, error) {
	for {
		err := syscall.Flock(int(l.file.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, fmt.Errorf("lock %s: %w", l.file.Name(), err)
		}
	}
}

// wait takes the lock for this holder alone. It asks again and again because a blocked flock heeds no context.
func (l *fileLock) wait(ctx context.Context) error {
	for {
		got, err := l.try(syscall.LOCK_EX)
		if got || err != nil {
			return err
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return fmt.Errorf("wait for %s, which another program holds: %w", l.file.Name(), err)
		}
	}
}

// release unlocks explicitly: a child between fork and exec has a copy of the file and would hold the lock on.
func (l *fileLock) release() {
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	_ = l.file.Close()
}

// lockAlone opens and takes a lock in one step.
func lockAlone(ctx context.Context, path string) (*fileLock, error) {
	lock, err := openLock(path)
	if err != nil {
		return nil, err
	}
	if err := lock.wait(ctx); err != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

// pause waits for d, or less when the context ends, and then returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
