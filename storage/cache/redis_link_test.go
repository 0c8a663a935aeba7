package cache

import (
	"context"
	"errors"
	"time"

	"github.com/roster-scim/roster/storage/redisdb"
)

var errLost = errors.New("no answer in time")

// callTime is how long a client waits, as redisdb does.
const callTime = 100 * time.Millisecond

// link is a replica's connection to a server, with a network that loses and
// delays.
type link struct {
	server *server
	fate   *fate
	gate   *gate

	mute   bool // mutant: does not announce
	loader bool // mutant: loads the script where it is not known
}

var _ Redis = (*link)(nil)

type answer struct {
	value any
	err   error
}

// call sends a command. What is sent may be carried out although the caller has
// given up, at once or much later.
func (l *link) call(do func() (any, error)) (any, error) {
	l.gate.pass()
	if l.fate.cut() {
		<-time.After(time.Millisecond)
		l.gate.pass()
		return nil, redisdb.ErrAway
	}
	there, back, sent, heard := l.fate.trip()
	answers := make(chan answer, 1)
	if sent {
		l.server.strays.Go(func() {
			<-time.After(there)
			l.server.wait()
			v, err := do()
			if heard {
				<-time.After(back)
				answers <- answer{v, err}
			}
		})
	}
	select {
	case a := <-answers:
		l.gate.pass()
		return a.value, a.err
	case <-time.After(callTime):
		l.gate.pass()
	}
	select {
	case a := <-answers: // it came while the replica stood still
		return a.value, a.err
	default:
		return nil, errLost
	}
}

func (l *link) Run(_ context.Context, s *redisdb.Script, keys []string, args ...any) (any, error) {
	if l.mute && args[0] == opAnnounce {
		return int64(1), nil
	}
	v, err := l.call(func() (any, error) {
		v, err := l.server.eval(s, keys, args)
		if l.loader && errors.Is(err, redisdb.ErrNoScript) {
			l.server.load(s)
			v, err = l.server.eval(s, keys, args)
		}
		return v, err
	})
	if l.mute && args[0] == opSettle && err == nil {
		return int64(0), nil
	}
	return v, err
}

func (l *link) RunEverywhere(ctx context.Context, s *redisdb.Script, args ...any) ([]any, error) {
	v, err := l.Run(ctx, s, nil, args...)
	return []any{v}, err
}

func (l *link) Load(_ context.Context, scripts ...*redisdb.Script) error {
	_, err := l.call(func() (any, error) {
		for _, s := range scripts {
			l.server.load(s)
		}
		return nil, nil
	})
	return err
}

func (l *link) Healthy(context.Context) error {
	_, err := l.call(func() (any, error) { return nil, nil })
	return err
}

func (l *link) Check(ctx context.Context) error { return l.Healthy(ctx) }

func (l *link) Publish(context.Context, string, string) error { return errLost }

func (l *link) Subscribe(context.Context, string, func(string), func()) func() { return func() {} }

// fate decides what becomes of a message. Each kind of misfortune may be
// switched off by leaving its chance at zero.
type fate struct {
	random  *random
	isCut   func() bool
	lose    float64 // of being lost on the way there, and on the way back
	delay   float64 // of being carried out much later
	longest time.Duration
}

func (f *fate) cut() bool { return f.isCut != nil && f.isCut() }

// trip says how long a message takes there and its answer back, and whether each
// arrives.
func (f *fate) trip() (there, back time.Duration, sent, heard bool) {
	f.random.mu.Lock()
	defer f.random.mu.Unlock()
	r := f.random.Rand
	there, back = time.Duration(r.IntN(900))*time.Microsecond, time.Duration(r.IntN(900))*time.Microsecond
	if r.Float64() < f.delay {
		there = time.Duration(r.Int64N(int64(f.longest)))
	}
	return there, back, r.Float64() >= f.lose, r.Float64() >= f.lose
}
