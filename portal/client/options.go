package client

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Options are what both consumers can do without being told.
type Options struct {
	// Types asks for events of these types only. Gaps can then not be seen.
	Types []string
	// Wait is how long the server waits for an event before it answers that
	// there is none, at most a minute. 0: 30 s.
	Wait time.Duration
	// Limit is how many events are asked for at a time, at most 1000. 0: 500.
	Limit int
	// Logger is told of failures that are tried again. nil: slog.Default().
	Logger *slog.Logger

	pause func(context.Context, time.Duration) // of tests
}

const (
	usualWait  = 30 * time.Second
	usualLimit = 500
)

func (o *Options) wait() time.Duration {
	if o.Wait == 0 {
		return usualWait
	}
	return o.Wait
}

func (o *Options) log() *slog.Logger {
	if o.Logger == nil {
		return slog.Default()
	}
	return o.Logger
}

func (o *Options) sleep(ctx context.Context, d time.Duration) {
	if o.pause != nil {
		o.pause(ctx, d)
		return
	}
	sleep(ctx, d)
}

func (o *Options) query() url.Values {
	q := url.Values{"wait": {strconv.Itoa(int(o.wait() / time.Second))}, "limit": {strconv.Itoa(cmp.Or(o.Limit, usualLimit))}}
	if len(o.Types) > 0 {
		q.Set("types", strings.Join(o.Types, ","))
	}
	return q
}

// idle pauses if an answer with nothing new came too soon: then nobody has waited.
func (o *Options) idle(ctx context.Context, asked time.Time) {
	if time.Since(asked) < leastPoll {
		o.sleep(ctx, leastPoll)
	}
}

func (o *Options) check() error {
	if o.Wait < 0 || o.Wait > time.Minute {
		return errors.New("roster: Wait is at most a minute")
	}
	if o.Limit < 0 || o.Limit > 1000 {
		return errors.New("roster: Limit is at most 1000")
	}
	return nil
}

// keep saves a place whose events are applied, also if the consumer is being
// stopped meanwhile.
func keep(ctx context.Context, c Cursor, place string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	return c.Save(ctx, place)
}
