package core

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Shape is what can be wrong with how a helpdesk is set up.
type Shape struct {
	Admins         int      // that can sign in
	EmptyQueues    []string // codes of queues with categories and nobody in them
	LostCategories []string // codes of categories that lead to a queue which is closed
	Categories     int      // that can be reported
	Buildings      int
	Demo           bool
}

// Verdict is how bad a finding is.
type Verdict string

// The verdicts.
const (
	Healthy Verdict = "ok"
	Uneasy  Verdict = "warning" // it works, and should not stay so
	Ill     Verdict = "error"   // something does not work, or may be lost
)

// Finding is one thing that was looked at. Its words are "doctor.<code>" in the catalogue, which say what to do.
type Finding struct {
	Verdict Verdict
	Code    string
	Args    map[string]any
}

// findings collects them.
type findings []Finding

// add judges one thing: worse where it is wrong, healthy else.
func (f *findings) add(wrong bool, worse Verdict, code string, args ...any) {
	found := Finding{Verdict: Healthy, Code: code + "_ok", Args: map[string]any{}}
	if wrong {
		found.Verdict, found.Code = worse, code
	}
	for i := 0; i+1 < len(args); i += 2 {
		found.Args[args[i].(string)] = args[i+1] //nolint:forcetypeassert // names are written out below
	}
	*f = append(*f, found)
}

// How long things may take before somebody should look.
const (
	clockApart  = 2 * time.Second
	longWork    = time.Minute
	replicaLate = 30 * time.Second
	backupOld   = 8 * 24 * time.Hour
	sealOld     = 49 * time.Hour
	jobsLate    = 10 * time.Minute
)

// Examine looks at the whole installation and says of each thing how it is. Admins may.
func (d *Desk) Examine(ctx context.Context, who Actor) ([]Finding, error) {
	h, err := d.Health(ctx, who)
	if err != nil {
		return nil, err
	}
	shape, err := d.store.Shape(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at how it is set up: %w", err)
	}
	var f findings
	f.examineServer(&h)
	f.examineWork(&h)
	f.examineShape(&shape)
	return f, nil
}

func (f *findings) examineServer(h *Health) {
	apart := h.At.Sub(h.DatabaseClock).Abs()
	f.add(!h.Durable, Ill, "durable")
	f.add(!h.HistorySafe, Ill, "history")
	f.add(len(h.BrokenIndexes) > 0, Ill, "indexes", "Names", strings.Join(h.BrokenIndexes, ", "))
	f.add(apart > clockApart, Uneasy, "clock", "Seconds", apart.Round(time.Second).Seconds())
	f.add(h.Connections*10 > h.MostOfThem*8, Uneasy, "connections", "Used", h.Connections, "Most", h.MostOfThem)
	f.add(h.OldestWork > longWork, Uneasy, "oldest_work", "Minutes", int(h.OldestWork.Minutes()))
	if h.Replicas > 0 && !h.LagKnown {
		f.add(true, Uneasy, "replicas_unknown")
	} else {
		f.add(h.Lag > replicaLate, Uneasy, "replicas", "Seconds", int(h.Lag.Seconds()))
	}
}

func (f *findings) examineWork(h *Health) {
	var last time.Time
	failed := 0
	for _, job := range h.Jobs {
		if job.LastDone.After(last) {
			last = job.LastDone
		}
		failed += job.Failed
	}
	f.add(h.At.Sub(last) > jobsLate, Ill, "worker")
	f.add(failed > 0, Uneasy, "jobs", "Number", failed)
	f.add(h.LastBackup.At.IsZero() || h.At.Sub(h.LastBackup.At) > backupOld, Uneasy, "backup", "Days", int(h.At.Sub(h.LastBackup.At).Hours()/24))
	f.add(h.LastSeal.IsZero() || h.At.Sub(h.LastSeal) > sealOld, Uneasy, "seal")
}

func (f *findings) examineShape(s *Shape) {
	f.add(s.Admins == 0, Ill, "admins")
	f.add(len(s.EmptyQueues) > 0, Uneasy, "queues", "Names", strings.Join(s.EmptyQueues, ", "))
	f.add(len(s.LostCategories) > 0, Ill, "categories_lost", "Names", strings.Join(s.LostCategories, ", "))
	f.add(s.Categories == 0, Ill, "categories")
	f.add(s.Buildings == 0, Uneasy, "buildings")
	f.add(s.Demo, Uneasy, "demo")
}
