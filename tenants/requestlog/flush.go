package requestlog

import (
	"context"
	"slices"

	"github.com/roster-scim/roster/tenants"
)

// flush stores some of what waits and returns how much it took. What could not
// be stored waits on, before everything newer.
func (r *Recorder) flush(ctx context.Context) (int, error) {
	batch := r.take()
	if len(batch) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	left, err := r.store(ctx, batch)
	r.giveBack(left)
	return len(batch) - len(left), err
}

// take takes the oldest lines away.
func (r *Recorder) take() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, bytes := 0, 0
	for ; n < len(r.waiting) && n < batchLines && bytes < batchBytes; n++ {
		size := r.waiting[n].size()
		r.bytes -= size
		bytes += min(size, 2*maxBody)
	}
	batch := r.waiting[:n:n]
	if n == len(r.waiting) {
		r.waiting = nil
	} else {
		r.waiting = append([]Exchange(nil), r.waiting[n:]...)
	}
	r.shed = max(0, r.shed-len(batch))
	r.forgetFolds(r.now().Unix())
	return batch
}

// giveBack puts lines in front of those that came meanwhile.
func (r *Recorder) giveBack(left []Exchange) {
	if len(left) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range left {
		r.bytes += left[i].size()
	}
	r.waiting = append(left, r.waiting...)
	r.shed = 0
	for _, w := range r.windows {
		w.folds = nil
	}
	r.bound()
}

// store stores a batch, and if that fails connection by connection, and line by
// line: something that the database refuses must not keep everything else from
// being stored. It returns what is to be tried again.
func (r *Recorder) store(ctx context.Context, batch []Exchange) (left []Exchange, err error) {
	known, err := r.places.find(ctx, batch)
	if err != nil {
		return batch, err
	}
	var lines []Line
	var of []int // index in batch of each line
	again := false
	for i := range batch {
		place, ok := known[batch[i].Connection]
		if !ok {
			continue // an address that is nobody's
		}
		if batch[i].id.IsZero() {
			batch[i].id = tenants.RequestIDAt(batch[i].At)
		}
		again = again || batch[i].again
		batch[i].again = true
		lines, of = append(lines, classify(&batch[i], place)), append(of, i)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if err = r.sink.Append(ctx, lines, again); err == nil {
		r.stored.Add(int64(len(lines)))
		return nil, nil
	}
	return r.storeApart(ctx, batch, lines, of, err)
}

// storeApart finds the lines that cannot be stored. As long as not even one can,
// and the database does not answer, it is the database that is away.
func (r *Recorder) storeApart(ctx context.Context, batch []Exchange, lines []Line, of []int, cause error) ([]Exchange, error) {
	a := &apart{recorder: r, cause: cause, attempts: maxApart}
	groups := map[string][]int{}
	for i := range lines {
		connection := batch[of[i]].Connection
		groups[connection] = append(groups[connection], i)
	}
	for _, group := range groups {
		a.store(ctx, lines, group)
	}
	refused := a.stored > 0
	if !refused && a.attempts > 0 { // nothing to compare with: does the database answer at all?
		_, err := r.sink.Places(ctx, []tenants.ConnectionID{lines[0].ConnectionID})
		refused = err == nil
	}
	var left []Exchange
	slices.Sort(a.failed)
	for _, i := range a.failed {
		x := batch[of[i]]
		if refused {
			x.tries++
		}
		if x.tries >= triesAlone {
			r.lost.Add(1 + x.repeats)
			continue
		}
		left = append(left, x)
	}
	if len(left) == 0 {
		return nil, nil
	}
	return left, a.cause
}

// maxApart is how many attempts one flush makes to find lines that cannot be
// stored; the next one goes on.
const maxApart = 64

// apart is a search for lines that cannot be stored.
type apart struct {
	recorder *Recorder
	cause    error
	attempts int // that are left
	stored   int
	failed   []int // lines that are not stored
}

// store stores some lines, half by half where that fails.
func (a *apart) store(ctx context.Context, lines []Line, some []int) {
	if a.attempts == 0 || a.stored == 0 && len(a.failed) > 0 && a.attempts < maxApart-2*triesAlone {
		a.failed = append(a.failed, some...)
		return
	}
	a.attempts--
	list := make([]Line, len(some))
	for i, line := range some {
		list[i] = lines[line]
	}
	err := a.recorder.sink.Append(ctx, list, true)
	switch {
	case err == nil:
		a.stored += len(some)
		a.recorder.stored.Add(int64(len(some)))
	case len(some) == 1:
		a.cause = err
		a.failed = append(a.failed, some...)
	default:
		a.store(ctx, lines, some[:len(some)/2])
		a.store(ctx, lines, some[len(some)/2:])
	}
}
