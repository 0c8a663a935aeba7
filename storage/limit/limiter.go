// Package limit bounds how many requests a connection may send.
package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Defaults of a Limiter. Entra ID asks for at least 25 requests a second.
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
	rate  rate.Limit
	burst int
	idle  time.Duration // after which a bucket is full again, so that forgetting it changes nothing
	now   func() time.Time

	mu     sync.Mutex
	byKey  map[string]*list.Element // of *bucket
	recent *list.List               // front: used last
}

type bucket struct {
	key     string
	used    time.Time
	limiter *rate.Limiter
}

// New returns a limiter that allows perSecond requests a second and burst at
// once. Both must be at least 1.
func New(perSecond float64, burst int) *Limiter {
	return &Limiter{
		rate: rate.Limit(perSecond), burst: burst,
		idle:  time.Duration(float64(burst) / perSecond * float64(time.Second)),
		now:   time.Now,
		byKey: make(map[string]*list.Element), recent: list.New(),
	}
}

// Allow reports whether the key may send a request now and, if not, after how
// long it may. A refused request does not count.
func (l *Limiter) Allow(key string) (retryAfter time.Duration, ok bool) {
	now := l.now()
	b := l.bucket(key, now)
	if b.AllowN(now, 1) {
		return 0, true
	}
	missing := max(1-b.TokensAt(now), 0)
	return time.Duration(missing / float64(l.rate) * float64(time.Second)), false
}

// Charge takes requests from what the key may send without asking. That can
// leave it in debt, and then it waits until time has paid for it.
func (l *Limiter) Charge(key string, requests int) {
	now := l.now()
	b := l.bucket(key, now)
	for requests > 0 {
		n := min(requests, l.burst) // a reservation cannot be larger
		b.ReserveN(now, n)
		requests -= n
	}
	if debt := -b.TokensAt(now); debt > 0 {
		l.keep(key, now.Add(time.Duration(debt/float64(l.rate)*float64(time.Second))))
	}
}

// keep has a bucket remembered as if it had been used at that time.
func (l *Limiter) keep(key string, used time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, known := l.byKey[key]; known {
		e.Value.(*bucket).used = used
	}
}

// bucket returns the key's bucket and forgets those that are not needed.
func (l *Limiter) bucket(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.evict(now)
	if e, known := l.byKey[key]; known {
		b := e.Value.(*bucket)
		if now.After(b.used) { // a debt lies in the future
			b.used = now
		}
		l.recent.MoveToFront(e)
		return b.limiter
	}
	b := &bucket{key: key, used: now, limiter: rate.NewLimiter(l.rate, l.burst)}
	l.byKey[key] = l.recent.PushFront(b)
	if len(l.byKey) > maxKeys {
		l.remove(l.recent.Back())
	}
	return b.limiter
}

// evict drops at most two idle buckets: every call adds at most one, so the
// limiter shrinks as connections fall silent, and no call does much.
func (l *Limiter) evict(now time.Time) {
	for range 2 {
		oldest := l.recent.Back()
		if oldest == nil || now.Sub(oldest.Value.(*bucket).used) <= l.idle {
			return
		}
		l.remove(oldest)
	}
}

func (l *Limiter) remove(e *list.Element) {
	l.recent.Remove(e)
	delete(l.byKey, e.Value.(*bucket).key)
}
