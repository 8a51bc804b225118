package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Process is the program at work.
type Process struct {
	Address string // where it serves the page or the console

	cmd    *exec.Cmd
	output *buffer
	ended  chan struct{}
}

// buffer is what a process has written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps output.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p) //nolint:wrapcheck // never fails
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Start starts a program, with nothing of the settings of whoever measures.
func Start(ctx context.Context, program string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.CommandContext(ctx, program, args...), output: &buffer{}, ended: make(chan struct{})} //nolint:gosec // the program to measure
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	return p, nil
}

// patience is how long a process may take to say or do what is waited for.
const patience = 2 * time.Minute

// Find waits until the process has written something, and returns the pattern's first group.
func (p *Process) Find(pattern string) (string, error) {
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if m := re.FindStringSubmatch(p.output.String()); m != nil {
			return m[len(m)-1], nil
		}
		select {
		case <-p.ended:
			return "", fmt.Errorf("the program ended:\n%s", p.output) //nolint:err113 // said once, to a person
		default:
		}
	}
	return "", fmt.Errorf("the program does not write %s:\n%s", pattern, p.output) //nolint:err113 // said once, to a person
}

func (p *Process) listens(only string) (err error) {
	p.Address, err = p.Find(`msg=serving .*` + only + `=(127\.0\.0\.1:\d+)`)
	return err
}

// Stop ends it as an operator does.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.Kill()
	}
}

// Kill ends it at once.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// Usage is what the system has counted of a process.
type Usage struct {
	Resident int64 // bytes
	CPU      time.Duration
}

// Usage reads what the process has used so far.
func (p *Process) Usage() (Usage, error) {
	folder := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid))
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	if err != nil {
		return Usage{}, fmt.Errorf("read what the process uses: %w", err)
	}
	var u Usage
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			u.Resident = kib << 10
		}
	}
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return Usage{}, fmt.Errorf("read what the process uses: %w", err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	const user, system, tick = 11, 12, 10 * time.Millisecond
	for _, at := range []int{user, system} {
		n, err := strconv.Atoi(fields[at])
		if err != nil {
			return Usage{}, fmt.Errorf("read what the process uses: %w", err)
		}
		u.CPU += time.Duration(n) * tick
	}
	return u, nil
}

// Load is how many processes the machine had to run in the last minute on average, 0 where it does not say.
func Load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	minute, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(minute, 64)
	return load
}
