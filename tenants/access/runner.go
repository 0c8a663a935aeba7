package access

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// How a Runner goes about its work.
const (
	lease      = 30 * time.Second    // who has a job and is silent for this long has lost it
	turn       = 2 * time.Second     // how long one job keeps others waiting
	pollEvery  = 2 * time.Second     // for jobs that others have left
	pruneEvery = time.Hour           // of finished jobs
	keepFor    = 30 * 24 * time.Hour // finished jobs
	firstPause = 2 * time.Second     // before a job that failed is tried again
	longPause  = 5 * time.Minute
	stepLimit  = 30 * time.Second // one transaction, with waiting for the tenant
)

// Claim is a job that a worker has taken.
type Claim struct {
	Worker  string
	Tenant  string // UUID
	Job     tenants.JobID
	Kind    JobKind
	Subject string
	Place   string // behind whom to go on
	Small   bool   // it is over after one step, with others like it
	Failed  int    // how often it has failed in a row

	// Ahead are the next people, where Place is the one before them. It is filled
	// by Step and may be dropped at any time.
	Ahead []string
	Last  bool // nobody comes behind Ahead
}

// Queue is where a Runner finds its work.
type Queue interface {
	// Claim takes an open job that nobody works on, the one that has waited
	// longest, until its lease ends; nil if there is none.
	Claim(ctx context.Context, worker string, lease time.Duration) (*Claim, error)
	// Step does the next part of a job in one transaction and renews its lease. It
	// returns whether there is more to do; if somebody else has the job, there is
	// not.
	Step(ctx context.Context, c *Claim, lease time.Duration) (more bool, err error)
	// Release gives a job back: others come first now.
	Release(ctx context.Context, c *Claim) error
	// Fail gives a job back that could not go on, to be tried again after a while.
	Fail(ctx context.Context, c *Claim, why string, wait time.Duration) error
	// Prune forgets jobs that were finished before.
	Prune(ctx context.Context, before time.Time) error
	// Wake has a value when this process has left work.
	Wake() <-chan struct{}
}

// Runner carries jobs out, one at a time. There is one in every replica.
type Runner struct {
	queue  Queue
	worker string
	logger *slog.Logger
}

// NewRunner returns a Runner on the queue.
func NewRunner(queue Queue, logger *slog.Logger) *Runner {
	return &Runner{queue: queue, worker: tenants.NewJobID().UUID(), logger: logger}
}

// Run works until the context ends.
func (r *Runner) Run(ctx context.Context) {
	var pruned time.Time
	for ctx.Err() == nil {
		if time.Since(pruned) > pruneEvery {
			pruned = time.Now()
			r.report(ctx, "forget finished jobs", r.queue.Prune(ctx, pruned.Add(-keepFor)))
		}
		worked, err := r.Once(ctx)
		r.report(ctx, "carry a job out", err)
		if !worked || err != nil {
			r.wait(ctx)
		}
	}
}

// report logs what went wrong, unless it is that the process ends.
func (r *Runner) report(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		r.logger.WarnContext(ctx, "cannot "+doing, "error", err)
	}
}

// wait is until there may be something to do.
func (r *Runner) wait(ctx context.Context) {
	timer := time.NewTimer(pollEvery/2 + rand.N(pollEvery)) //nolint:gosec // G404: spreads replicas, hides nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-r.queue.Wake():
	}
}

// Once gives one job a turn. It returns whether there was one. A step that has
// begun is finished also when the process ends: it takes a moment, and the
// database would have to undo it otherwise.
func (r *Runner) Once(ctx context.Context) (bool, error) {
	c, err := r.claim(ctx)
	if err != nil || c == nil {
		return false, err
	}
	started := time.Now()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return true, r.fail(ctx, c, err)
		}
		if more, err = r.step(ctx, c); err != nil {
			return true, r.fail(ctx, c, err)
		}
		if more && time.Since(started) > turn {
			return true, r.queue.Release(ctx, c)
		}
	}
	return true, nil
}

func (r *Runner) claim(ctx context.Context) (*Claim, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepLimit)
	defer cancel()
	return r.queue.Claim(ctx, r.worker, lease)
}

func (r *Runner) step(ctx context.Context, c *Claim) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stepLimit)
	defer cancel()
	return r.queue.Step(ctx, c, lease)
}

// fail leaves a job for later. If even that fails its lease ends by itself.
func (r *Runner) fail(ctx context.Context, c *Claim, cause error) error {
	if ctx.Err() != nil { // the process ends; another goes on when the lease has ended
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return r.queue.Release(ctx, c)
	}
	wait := min(firstPause<<min(c.Failed, 10), longPause)
	if err := r.queue.Fail(ctx, c, cause.Error(), wait); err != nil {
		return fmt.Errorf("job %s: %w; and to say so: %w", c.Job, cause, err)
	}
	return fmt.Errorf("job %s: %w", c.Job, cause)
}
