package redisdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"
)

// When a node counts as away. The window takes in what comes and goes; a node
// that answers nothing is noticed by the failures in a row.
const (
	tripAfter    = 5 // failures in a row
	tripWindow   = 10 * time.Second
	tripBucket   = time.Second
	tripRequests = 20 // in the window, half of them failed
	openFor      = time.Second
)

// ErrAway: Redis, or the node that owns the key, is taken to be away. The call
// was not sent.
var ErrAway = errors.New("redis is away")

// node guards the calls to one Redis server. It is a hook of go-redis and sees
// also what go-redis asks by itself, such as CLUSTER SLOTS.
type node struct {
	name    string // host:port, or what stands for the master behind Sentinels
	db      *DB
	breaker *gobreaker.CircuitBreaker[struct{}]
	used    atomic.Int64          // unix nanoseconds of the last call, refused or not, other than for the map
	last    atomic.Pointer[error] // the latest failure
	refusal error                 // ErrAway with the name
}

func newNode(db *DB, name string) *node {
	n := &node{name: name, db: db, refusal: fmt.Errorf("redis %s: %w", name, ErrAway)}
	n.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: name, MaxRequests: 1, Interval: tripWindow, BucketPeriod: tripBucket, Timeout: openFor,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			done := c.TotalSuccesses + c.TotalFailures
			return c.ConsecutiveFailures >= tripAfter || (done >= tripRequests && 2*c.TotalFailures >= done)
		},
		IsExcluded:    func(err error) bool { return errors.Is(err, errIgnored) },
		OnStateChange: n.changed,
	})
	return n
}

// changed is called by the breaker under its lock; what is told to others waits
// until the call is over. Half open is still away: nobody has answered yet.
func (n *node) changed(_ string, from, to gobreaker.State) {
	switch {
	case to == gobreaker.StateOpen && from == gobreaker.StateClosed:
		var cause error
		if p := n.last.Load(); p != nil {
			cause = *p
		}
		n.db.states.away(n, cause)
	case to == gobreaker.StateOpen:
		n.db.states.still(n)
	case to == gobreaker.StateClosed:
		n.db.states.up(n)
	}
}

// Two marks in a context: a call that passed the breaker, whose handshake of a
// new connection must not be asked again; and a caller in so much haste that a
// timeout says nothing about Redis.
type (
	passed  struct{}
	hurried struct{}
)

// errIgnored is an outcome that says nothing about the node.
var errIgnored = errors.New("ignored")

// call runs one call through the breaker. The map of a cluster is asked of any
// node, also of those that were replaced.
func (n *node) call(ctx context.Context, forMap bool, do func(context.Context) error) error {
	if ctx.Value(passed{}) != nil {
		return do(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now().UnixNano()
	if !forMap {
		n.used.Store(now)
	}
	var answer error
	_, err := n.breaker.Execute(func() (struct{}, error) {
		answer = do(context.WithValue(ctx, passed{}, true))
		return struct{}{}, n.outcome(ctx, answer)
	})
	if err == nil {
		n.db.states.answered.Store(now)
	}
	n.db.states.tell()
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return n.refusal
	}
	return n.opaque(answer)
}

// outcome is what an answer means for the breaker: nil for a success,
// errIgnored, or the failure.
func (n *node) outcome(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case isReply(err):
		if !unable(err) {
			return nil
		}
	case errors.Is(err, context.Canceled), errors.Is(err, redis.ErrClosed), errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted):
		return errIgnored
	case isTimeout(err) && ctx.Value(hurried{}) != nil:
		return errIgnored
	}
	n.last.Store(&err)
	return err
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &t) && t.Timeout())
}

// failure is an error of the connection. It hides its cause from go-redis,
// whose cluster client would repeat the call although it may have been carried
// out; visible gives it back.
type failure struct {
	node  string
	cause error
}

func (f *failure) Error() string { return "redis " + f.node + ": " + f.cause.Error() }

func (n *node) opaque(err error) error {
	if err == nil || isReply(err) || errors.Is(err, redis.ErrClosed) {
		return err
	}
	return &failure{node: n.name, cause: err}
}

func visible(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return fmt.Errorf("redis %s: %w", f.node, f.cause)
	}
	return err
}

func (n *node) DialHook(next redis.DialHook) redis.DialHook { return next }

func (n *node) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		return n.call(ctx, cmd.Name() == "cluster", func(ctx context.Context) error { return next(ctx, cmd) })
	}
}

func (n *node) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return n.call(ctx, false, func(ctx context.Context) error { return next(ctx, cmds) })
	}
}
