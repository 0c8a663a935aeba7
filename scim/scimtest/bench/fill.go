package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// lot is a piece of the filling: so many people for one target.
type lot struct {
	at    *target
	count int
}

// singles is how many people make a lot if each is a request of its own.
const singles = 25

// fillUsers makes people until there are as many in all targets together.
func (b *bench) fillUsers(ctx context.Context, size int) error {
	lots, missing := b.lots(func(t *target) int {
		share := size / len(b.targets)
		if t.number < size%len(b.targets) {
			share++
		}
		return share
	})
	return b.fillLots(ctx, size, lots, missing)
}

// lots are what is missing, in pieces.
func (b *bench) lots(want func(*target) int) (lots []lot, missing int) {
	for _, t := range b.targets {
		left := want(t) - t.people.len()
		for missing += max(left, 0); left > 0; {
			n := min(left, b.lotSize())
			lots = append(lots, lot{t, n})
			left -= n
		}
	}
	return lots, missing
}

func (b *bench) lotSize() int {
	if !b.features.bulk {
		return singles
	}
	most := min(b.features.bulkOps, maxBulk)
	if b.features.bulkMax > 0 {
		most = min(most, max(1, b.features.bulkMax/bulkBytes))
	}
	return most
}

func (b *bench) fillLots(ctx context.Context, size int, lots []lot, missing int) error {
	if missing == 0 {
		return nil
	}
	s := forPieces(fmt.Sprintf("Filling the directory: %d users", size), len(lots))
	s.parts = int64(missing)
	filling, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	counted := b.perform(filling, b.crew, s, func(w *worker) {
		if err := w.fill(lots[w.piece]); err != nil {
			failed(err)
		}
	})
	elapsed := counted.ended.Sub(counted.began)
	b.report.Bulk = b.features.bulk
	b.report.Fills = append(b.report.Fills, newFill("users", int(s.done.Load()), elapsed))
	b.report.Fills[len(b.report.Fills)-1].Users = size
	return context.Cause(filling)
}

func newFill(what string, made int, elapsed time.Duration) Fill {
	return Fill{What: what, Made: made, Seconds: elapsed.Seconds(), PerSecond: float64(made) / max(elapsed.Seconds(), 1e-9)}
}

// fill makes the people of a lot.
func (w *worker) fill(l lot) error {
	if w.features.bulk {
		return w.fillBulk(l)
	}
	for range l.count {
		number := l.at.next.Add(1)
		var id []byte
		if !w.insist(stepCreate, func() { id = w.postUser(l.at, number) }) {
			return w.fillingFailed()
		}
		w.born = append(w.born, newborn{l.at, number, string(id)})
		w.stage.done.Add(1)
	}
	return nil
}

// fillingFailed is why the filling ends.
func (w *worker) fillingFailed() error {
	a := &w.answer
	if a.busy == 429 {
		return errors.New("the server limits the rate (status 429) and cannot be measured; raise its limit (Roster's: ROSTER_SCIM_RATE and ROSTER_SCIM_BURST)")
	}
	return fmt.Errorf("filling failed: %s %s: %s", a.method, a.path, a.wrong)
}
