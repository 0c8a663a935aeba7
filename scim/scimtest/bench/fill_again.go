package bench

import (
	"context"
	"fmt"
	"time"
)

// A server that is full refuses what it has no time for, with 503 or 429, and
// has then changed nothing. Filling sends that again, less at a time; measuring
// counts it as an error.

const (
	mostTries   = 8 // without anything being done
	firstWait   = 100 * time.Millisecond
	longestWait = 10 * time.Second // whatever Retry-After says
	leastPace   = 10
)

// busy reports whether a status says that the same is to be sent again.
func busy(status int) bool { return status == 503 || status == 429 }

// insist sends a request again while the server has no time for it, and then
// records the answer like settle.
func (w *worker) insist(s step, send func()) bool {
	for tries := 1; ; tries++ {
		send()
		if w.answer.busy == 0 || !w.pause(tries) {
			return w.settle(s)
		}
	}
}

// pause waits before the next try: as long as the server asks for, or longer each
// time. It returns false, and the answer is wrong, if there is to be none.
func (w *worker) pause(tries int) bool {
	a := &w.answer
	if tries >= mostTries {
		a.wrong = fmt.Sprintf("the server has no time (status %d), and had none in %d tries", a.busy, tries)
		return false
	}
	d := a.retryAfter
	if d <= 0 {
		d = firstWait << (tries - 1)
	}
	if err := w.wait(w.ctx, min(d, longestWait)); err != nil {
		a.err, a.wrong = err, err.Error()
		return false
	}
	return true
}

// sleep waits, unless the run is broken off.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// pace is how much a worker sends at a time: half of it after a refusal, a quarter
// more again after each success.
type pace struct{ now, most int }

// upTo sets the most. A pace that was never set begins with it.
func (p *pace) upTo(most int) {
	if p.most != most {
		p.now, p.most = most, most
	}
}

// adapt notes how the server took so many.
func (p *pace) adapt(sent int, refused bool) {
	switch {
	case refused:
		p.now = max(sent/2, min(leastPace, p.most))
	case sent >= p.now:
		p.now = min(p.now+max(1, p.now/4), p.most)
	}
}
