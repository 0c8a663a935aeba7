package requestlog

import (
	"context"

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

// store stores a batch, and if that fails connection by connection: something
// that the database refuses must not keep everything else from being stored. It
// returns what is to be tried again.
func (r *Recorder) store(ctx context.Context, batch []Exchange) (left []Exchange, err error) {
	known, err := r.places.find(ctx, batch)
	if err != nil {
		return batch, err
	}
	var lines []Line
	again := false
	groups := map[string][]int{}
	for i := range batch {
		place, ok := known[batch[i].Connection]
		if !ok {
			continue // an address that is nobody's
		}
		groups[batch[i].Connection] = append(groups[batch[i].Connection], len(lines))
		if batch[i].id.IsZero() {
			batch[i].id = tenants.RequestIDAt(batch[i].At)
		}
		again = again || batch[i].again
		batch[i].again = true
		lines = append(lines, classify(&batch[i], place))
	}
	if len(lines) == 0 {
		return nil, nil
	}
	if err = r.sink.Append(ctx, lines, again); err == nil {
		r.stored.Add(int64(len(lines)))
		return nil, nil
	}
	if len(groups) == 1 {
		return batch, err
	}
	return r.storeApart(ctx, batch, lines, groups, err)
}

// storeApart stores the lines of each connection by themselves.
func (r *Recorder) storeApart(ctx context.Context, batch []Exchange, lines []Line, groups map[string][]int, cause error) ([]Exchange, error) {
	failed, done := map[string]bool{}, 0
	for connection, places := range groups {
		if done == 0 && len(failed) >= triesAlone {
			failed[connection] = true // the database is away
			continue
		}
		some := make([]Line, len(places))
		for i, place := range places {
			some[i] = lines[place]
		}
		if err := r.sink.Append(ctx, some, true); err != nil {
			failed[connection], cause = true, err
			continue
		}
		done++
		r.stored.Add(int64(len(some)))
	}
	var left []Exchange
	for _, x := range batch {
		if !failed[x.Connection] {
			continue
		}
		if done > 0 {
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
	return left, cause
}
