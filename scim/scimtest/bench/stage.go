package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// stage is a stretch of work that workers do side by side: a filling, a
// warm-up, a measurement.
type stage struct {
	name   string
	began  time.Time
	until  time.Time    // zero: the budget counts
	budget atomic.Int64 // requests that are left, or turns
	turns  bool         // each turn is a piece of work of its own: w.piece
	size   int64        // of the budget
	done   atomic.Int64 // parts
	parts  int64        // that are all of it
}

// asked notes that a request was answered. The first of a turn was taken from the
// budget when the turn began.
func (s *stage) asked(w *worker) {
	if s.turns {
		return
	}
	s.done.Add(1)
	if w.asked++; w.asked > 1 {
		s.budget.Add(-1)
	}
}

// more reports whether a worker is to take another turn.
func (s *stage) more(w *worker) bool {
	w.asked = 0
	switch {
	case w.ctx.Err() != nil:
		return false
	case !s.until.IsZero():
		return w.now.Before(s.until)
	}
	left := s.budget.Add(-1)
	w.piece = int(s.size - 1 - left)
	return left >= 0
}

// share is how much of the stage is over.
func (s *stage) share() float64 {
	if s.until.IsZero() {
		return float64(s.done.Load()) / float64(max(s.parts, 1))
	}
	return float64(time.Since(s.began)) / float64(s.until.Sub(s.began))
}

// forTime is a stage that ends by the clock, forCount one of so many requests,
// forPieces one of so many turns, each a piece of work.
func forTime(name string, d time.Duration) *stage {
	now := time.Now()
	return &stage{name: name, began: now, until: now.Add(d)}
}

func forCount(name string, n int) *stage {
	s := &stage{name: name, began: time.Now(), size: int64(n), parts: int64(n)}
	s.budget.Store(int64(n))
	return s
}

func forPieces(name string, n int) *stage {
	s := forCount(name, n)
	s.turns = true
	return s
}

// perform lets workers take turns until the stage is over, and returns what they
// counted. People whom they made belong to their targets afterwards.
func (b *bench) perform(ctx context.Context, workers []*worker, s *stage, turn func(*worker)) *tally {
	watched := b.watch(s)
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() { w.work(ctx, s, turn) })
	}
	all.Wait()
	watched()
	whole := &tally{}
	for _, w := range workers {
		whole.merge(w.tally)
		w.deliver()
	}
	return whole
}

func (w *worker) work(ctx context.Context, s *stage, turn func(*worker)) {
	w.begin(ctx, s)
	over := make(chan struct{})
	defer close(over)
	defer context.AfterFunc(ctx, func() { w.leave(over) })()
	for s.more(w) {
		turn(w)
	}
	w.tally.ended = time.Now()
}

// grace is how long an answer is waited for after the run was interrupted: who
// was made by an unread answer could not be taken away.
const grace = 2 * time.Second

// leave ends what the worker has under way, after a grace.
func (w *worker) leave(over <-chan struct{}) {
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case <-over:
	case <-late.C:
		for _, c := range w.conns {
			c.abort()
		}
	}
}

// begin makes a worker ready for a stage.
func (w *worker) begin(ctx context.Context, s *stage) {
	w.ctx, w.stage, w.tally, w.now, w.asked = ctx, s, &tally{began: time.Now()}, time.Now(), 0
}

// deliver gives the people whom the worker made to their targets.
func (w *worker) deliver() {
	for _, n := range w.born {
		n.at.people.add(n.number, n.id)
	}
	w.born = w.born[:0]
}

// watchEvery is how often the progress of a stage is looked at.
const watchEvery = 100 * time.Millisecond

// watch tells Progress of a stage in percent, until the function it returns is called.
func (b *bench) watch(s *stage) (stop func()) {
	const parts = 100
	quit, gone := make(chan struct{}), make(chan struct{})
	b.config.Progress.Begin(s.name, parts)
	go func() {
		defer close(gone)
		defer b.config.Progress.End(s.name)
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		for shown := 0; ; {
			select {
			case <-quit:
				return
			case <-ticker.C:
			}
			for ; shown < min(parts, int(parts*s.share())); shown++ {
				b.config.Progress.Advance(s.name)
			}
		}
	}()
	return func() { close(quit); <-gone }
}
