package client

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	mostPause  = 30 * time.Second
	// mostWished bounds what a server may ask for by Retry-After.
	mostWished = 5 * time.Minute
	// leastPoll is how often a server is asked that has nothing new and does
	// not wait, though it was asked to.
	leastPoll = time.Second
)

// repeat takes one step after the other until the context ends or a step fails
// for good. It pauses after failures that go by.
func repeat(ctx context.Context, pause func(context.Context, time.Duration), log *slog.Logger, step func(context.Context) error) error {
	for failures := 0; ; {
		err := step(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			failures = 0
			continue
		case !isTemporary(err):
			return err
		}
		failures++
		wait := backoff(failures, err)
		log.WarnContext(ctx, "roster: trying again", "error", err, "failures", failures, "pause", wait)
		pause(ctx, wait)
	}
}

// backoff is how long to pause after that many failures in a row: twice as long
// each time, with jitter so that consumers do not come back all at once.
func backoff(failures int, err error) time.Duration {
	wait := mostPause
	if failures < 10 { // else it would overflow
		wait = min(firstPause<<(failures-1), mostPause)
	}
	least, jitter := wait/2, wait/2
	if e, ok := errors.AsType[*Error](err); ok && e.RetryAfter > 0 {
		least, jitter = min(e.RetryAfter, mostWished), firstPause
	}
	return least + rand.N(jitter) //nolint:gosec // spreads consumers out, no secret
}

// sleep pauses until the time is over or the context ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
