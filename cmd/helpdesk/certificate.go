package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// renewable is a certificate for https in two files, which are read again when whatever renews it has written them anew.
type renewable struct {
	cert, key string
	logger    *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	written [2]time.Time // when the files that were tried last were written
}

// load reads the files for the first time.
func (c *renewable) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

// get gives the certificate as it is now. While the files fit no more, or cannot be read, it stays what it was.
func (c *renewable) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.written
	if err := c.read(); err != nil && c.written != before {
		c.logger.Warn("the certificate was written anew and cannot be used; the one before goes on", "file", c.cert, "error", err)
	}
	return c.current, nil
}

// read reads the files if they have been written since they were tried last.
func (c *renewable) read() error {
	var written [2]time.Time
	for i, path := range []string{c.cert, c.key} {
		if info, err := os.Stat(path); err == nil { // what is not there is no news, until loading says so
			written[i] = info.ModTime()
		}
	}
	if c.current != nil && written == c.written {
		return nil
	}
	c.written = written
	fresh, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("read the certificate: %w", err)
	}
	c.current = &fresh
	return nil
}
