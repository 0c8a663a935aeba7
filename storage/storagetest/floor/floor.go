// Package floor measures what a machine's databases do without Roster: rows put
// into Roster's own schema one by one, rows looked up by primary key, commits that
// are durable, keys read from Redis. Measured beside Roster on the same machine at
// the same time, they say how much of the machine Roster leaves unused.
package floor

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Result is what was done in a time.
type Result struct {
	Operations int64
	Elapsed    time.Duration
}

// PerSecond is the rate.
func (r Result) PerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Operations) / r.Elapsed.Seconds()
}

// Row is what is put into the table of resources: what Roster stores of a person.
type Row struct {
	Display  string
	Document string
}

// typical is an id that any row may have as its tenant or directory.
func typical(n int) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// repeat lets each worker do its work again and again until the time is over. What
// runs then is finished and counted.
func repeat(ctx context.Context, workers int, d time.Duration, do func(ctx context.Context, worker int) error) (Result, error) {
	var done atomic.Int64
	errs := make([]error, workers)
	var all sync.WaitGroup
	start := time.Now()
	end := start.Add(d)
	for worker := range workers {
		all.Go(func() {
			for time.Now().Before(end) && errs[worker] == nil {
				if errs[worker] = do(ctx, worker); errs[worker] == nil {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return Result{Operations: done.Load(), Elapsed: time.Since(start)}, errors.Join(errs...)
}
