package limit

import (
	"strings"
	"sync"
	"time"
)

const (
	// advanceLife is how long what a key has in advance may be used. What is not
	// used by then is lost to the key.
	advanceLife = 100 * time.Millisecond
	// mostAdvance bounds what a replica may hold of one key, whatever its rate.
	mostAdvance = 1_000
)

// advances are requests that Redis has let in before they came: of keys that ask
// again and again, so that not each of their requests asks. They are charged when
// they are taken, so the replicas together never let more in than they may. A key
// gets no more than what the time gives back in which they can be used: one that
// pauses loses nothing.
type advances struct {
	most int64
	now  func() time.Time

	mu    sync.Mutex
	byKey map[string]*advance
}

type advance struct {
	left   int64
	until  time.Time
	size   int64 // what was given last; doubled each time that it was used up early
	asking bool  // one request asks Redis for more; those beside it ask for themselves
}

func newAdvances(p pace) *advances {
	most := min(p.burst/8, advanceLife.Microseconds()/p.interval, mostAdvance)
	return &advances{most: most, now: time.Now, byKey: map[string]*advance{}}
}

// take takes a request that the key has in advance. Otherwise it says for how
// many more Redis is to be asked, and put is told what came of it.
func (a *advances) take(key string) (paid bool, want int64) {
	if a.most == 0 {
		return false, 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.byKey[key]
	if k == nil || !a.now().Before(k.until) {
		return false, 0
	}
	if k.left > 0 {
		k.left--
		return true, 0
	}
	if k.asking {
		return false, 0
	}
	k.asking = true
	return false, min(max(1, 2*k.size), a.most)
}

// put keeps what Redis has given to who asked for some, perhaps nothing. Of who
// did not ask for any it learns that the key is in use.
func (a *advances) put(key string, asked, given int64) {
	if a.most == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.byKey[key]
	if k == nil {
		if len(a.byKey) >= maxKeys {
			clear(a.byKey) // they are worth little: each ends within advanceLife
		}
		k = &advance{}
		a.byKey[strings.Clone(key)] = k // it may be a piece of a long request line
	}
	now := a.now()
	if !now.Before(k.until) {
		k.left, k.size = 0, 0
	}
	if asked > 0 {
		k.asking, k.size = false, given
	}
	if asked > 0 || k.left == 0 {
		k.left, k.until = k.left+given, now.Add(advanceLife)
	}
}
