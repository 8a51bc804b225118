// Package worker does the helpdesk's work in the background: jobs that a change enqueued in its own
// transaction, and periodic ones. The jobs are River's, kept in PostgreSQL; any number of workers
// share them, and each periodic job runs once however many there are. A job calls the desk, as the
// system; it holds no rule of its own.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"helpdesk.campus/core"
)

// Schema is where River keeps its tables.
const Schema = "river"

// Worker works off jobs until it is stopped.
type Worker struct {
	client *river.Client[pgx.Tx]
	hear   func(Done)
}

// Done is a job that was worked on.
type Done struct {
	Kind  string
	State string // completed, failed (it will be tried again, or was too often) or cancelled
	Took  time.Duration
}

// Observe lets somebody hear of every job that was worked on, before [Worker.Run].
func (w *Worker) Observe(hear func(Done)) { w.hear = hear }

// New makes a worker over the pool of a migrated database.
func New(desk *core.Desk, pool *pgxpool.Pool, logger *slog.Logger) (*Worker, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &cleaner{desk: desk, logger: logger})
	river.AddWorker(workers, &waker{desk: desk})
	river.AddWorker(workers, &sender{desk: desk})
	river.AddWorker(workers, &sealer{desk: desk, logger: logger})
	river.AddWorker(workers, &reader{desk: desk})
	river.AddWorker(workers, &packer{desk: desk})
	const atOnce = 20 // most of them wait: for the moment of a held reply
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:  Schema,
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		Workers: workers,
		PeriodicJobs: []*river.PeriodicJob{
			every(cleanEvery, cleanArgs{}), every(wakeEvery, wakeArgs{}), every(sweepEvery, core.SendHeldJob{}), every(sealEvery, sealArgs{}), every(readEvery, readArgs{}),
			every(packEvery, packArgs{}),
		},
		Logger: slog.New(quiet{logger.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("make worker: %w", err)
	}
	return &Worker{client: client}, nil
}

// every runs a job when a worker starts and then once in each interval, whoever does it.
func every(interval time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(interval), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: interval}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// Run works until the context ends, then finishes the jobs at hand.
func (w *Worker) Run(ctx context.Context) error {
	jobs, unsubscribe := w.client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled)
	defer unsubscribe()
	if err := w.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	w.follow(ctx, jobs)
	const patience = 10 * time.Second
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := w.client.Stop(stop); err != nil {
		return fmt.Errorf("stop worker: %w", err)
	}
	return nil
}

// follow hands on what was done until the context ends.
func (w *Worker) follow(ctx context.Context, jobs <-chan *river.Event) {
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-jobs:
			if !open {
				<-ctx.Done()
				return
			}
			if w.hear != nil {
				w.hear(Done{Kind: e.Job.Kind, State: strings.TrimPrefix(string(e.Kind), "job_"), Took: e.JobStats.RunDuration})
			}
		}
	}
}

// quiet drops what River says below a warning.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}
