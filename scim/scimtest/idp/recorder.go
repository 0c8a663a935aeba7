package idp

import (
	"slices"
	"sync"
	"time"
)

// recorder collects what a run does; its methods may be called at once from
// several goroutines.
type recorder struct {
	mu       sync.Mutex
	now      func() time.Time
	begun    time.Time
	order    []string
	steps    map[string]*tally
	problems []Problem

	differences     []Difference
	differenceCount int
}

// tally is a step that goes on.
type tally struct {
	Step
	first, last time.Time
	times       latencies
}

func newRecorder(now func() time.Time) *recorder {
	return &recorder{now: now, begun: now(), steps: map[string]*tally{}}
}

// count changes a step's counters.
func (r *recorder) count(step string, change func(*tally)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.steps[step]
	if t == nil {
		t = &tally{Step: Step{Name: step}, first: r.now()}
		r.steps[step] = t
		r.order = append(r.order, step)
	}
	change(t)
	t.last = r.now()
}

func (r *recorder) sent(step string)      { r.count(step, func(t *tally) { t.Sent++ }) }
func (r *recorder) accepted(step string)  { r.count(step, func(t *tally) { t.Accepted++ }) }
func (r *recorder) throttled(step string) { r.count(step, func(t *tally) { t.Throttled++ }) }
func (r *recorder) retried(step string)   { r.count(step, func(t *tally) { t.Retried++ }) }
func (r *recorder) existed(step string)   { r.count(step, func(t *tally) { t.Existed++ }) }

func (r *recorder) took(step string, d time.Duration) {
	r.count(step, func(t *tally) { t.times.add(d) })
}

func (r *recorder) problem(p Problem) {
	r.count(p.Step, func(t *tally) {
		if p.Refused {
			t.Refused++
		} else {
			t.Wrong++
		}
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.problems) < shownProblems {
		r.problems = append(r.problems, p)
	}
}

func (r *recorder) differ(all ...Difference) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.differenceCount += len(all)
	if room := shownDifferences - len(r.differences); room > 0 {
		r.differences = append(r.differences, all[:min(room, len(all))]...)
	}
}

// report writes down what happened so far.
func (r *recorder) report(into *Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	into.Steps = make([]Step, 0, len(r.order))
	for _, name := range r.order {
		t := r.steps[name]
		s := t.Step
		s.Seconds = t.last.Sub(t.first).Seconds()
		s.P50, s.P99 = t.times.quantile(0.50), t.times.quantile(0.99)
		into.Steps = append(into.Steps, s)
	}
	// Empty lists rather than null in JSON.
	into.Problems = append([]Problem{}, slices.Clone(r.problems)...)
	into.Differences = append([]Difference{}, slices.Clone(r.differences)...)
	into.DifferenceCount = r.differenceCount
	into.Seconds = r.now().Sub(r.begun).Seconds()
}
