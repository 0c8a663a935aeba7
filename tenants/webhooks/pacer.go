package webhooks

import (
	"context"
	"sync"
	"time"
)

// pacerBurst is for how long a pacer saves up what was not used.
const pacerBurst = 100 * time.Millisecond

// pacer bounds a rate, so that what goes out in the background leaves the
// machine to requests.
type pacer struct {
	every time.Duration

	mu   sync.Mutex
	next time.Time
}

// wait is until it is the caller's turn. It reports whether the context lasted.
func (p *pacer) wait(ctx context.Context) bool {
	p.mu.Lock()
	now := time.Now()
	if earliest := now.Add(-pacerBurst); p.next.Before(earliest) {
		p.next = earliest
	}
	at := p.next
	p.next = at.Add(p.every)
	p.mu.Unlock()
	if pause := at.Sub(now); pause > 0 {
		return sleep(ctx, pause)
	}
	return ctx.Err() == nil
}
