// Package limit bounds how many requests a connection may send: within one
// process, or for all replicas together by way of Redis.
package limit

import (
	"container/list"
	"strings"
	"sync"
	"time"
)

// Defaults of a limiter. Entra ID asks for at least 25 requests a second.
const (
	DefaultRate  = 50  // requests a second
	DefaultBurst = 100 // requests at once

	// maxKeys bounds the memory: beyond it, the connection that has been quiet
	// for the longest is forgotten, which at worst lends it a fresh burst.
	maxKeys = 10_000
)

// Limiter bounds the requests of each key, within one process. It is safe for
// concurrent use.
type Limiter struct {
	pace  pace
	now   func() time.Time
	epoch time.Time // from which microseconds are counted

	mu     sync.Mutex
	byKey  map[string]*list.Element // of *bucket
	recent *list.List               // front: used last
}

type bucket struct {
	key  string
	full int64 // see pace; once it is past, forgetting the bucket changes nothing
}

// New returns a limiter that allows perSecond requests a second and burst at
// once. Both must be at least 1.
func New(perSecond float64, burst int) *Limiter {
	return &Limiter{
		pace: newPace(perSecond, burst), now: time.Now, epoch: time.Now(),
		byKey: make(map[string]*list.Element), recent: list.New(),
	}
}

// Allow reports whether the key may send a request now and, if not, after how
// long it may. A refused request does not count.
func (l *Limiter) Allow(key string) (retryAfter time.Duration, ok bool) {
	wait := l.ask(key, 0)
	return time.Duration(wait) * time.Microsecond, wait == 0
}

// Charge takes requests from what the key may send without asking. That can
// leave it in debt, and then it waits until time has paid for it.
func (l *Limiter) Charge(key string, requests int) {
	if requests > 0 {
		l.ask(key, l.pace.units(requests))
	}
}

// ask charges units or, if there are none, asks for one request. It forgets
// buckets that are not needed.
func (l *Limiter) ask(key string, units int64) (wait int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now().Sub(l.epoch).Microseconds() // under the lock, so that it does not run backwards
	l.evict(now)
	e, known := l.byKey[key]
	if known {
		l.recent.MoveToFront(e)
	} else {
		e = l.recent.PushFront(&bucket{key: key, full: now})
		l.byKey[strings.Clone(key)] = e // it may be a piece of a long request line
	}
	b := e.Value.(*bucket)
	if units > 0 {
		b.full = l.pace.charge(b.full, now, units)
	} else {
		b.full, wait = l.pace.allow(b.full, now)
	}
	if len(l.byKey) > maxKeys {
		l.remove(l.recent.Back())
	}
	return wait
}

// evict drops at most two full buckets: every call adds at most one, so the
// limiter shrinks as connections fall silent, and no call does much.
func (l *Limiter) evict(now int64) {
	for range 2 {
		oldest := l.recent.Back()
		if oldest == nil || now < oldest.Value.(*bucket).full {
			return
		}
		l.remove(oldest)
	}
}

func (l *Limiter) remove(e *list.Element) {
	l.recent.Remove(e)
	delete(l.byKey, e.Value.(*bucket).key)
}
