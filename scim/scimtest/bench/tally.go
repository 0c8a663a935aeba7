package bench

import "time"

// tally is what one worker counts while a stage runs.
type tally struct {
	steps          [steps]*stepTally // nil: not asked
	statuses       [600]uint64       // 0: there was no answer
	sent, received int64
	began, ended   time.Time
}

type stepTally struct {
	requests, errors uint64
	took             histogram // of right answers
}

func (t *tally) add(s step, a *answer) {
	if t.steps[s] == nil {
		t.steps[s] = &stepTally{}
	}
	each := t.steps[s]
	each.requests++
	status := a.status
	if a.err != nil || status >= len(t.statuses) {
		status = 0
	}
	t.statuses[status]++
	if a.wrong != "" {
		each.errors++
		return
	}
	each.took.add(a.took)
}

func (t *tally) merge(other *tally) {
	for s, each := range other.steps {
		if each == nil {
			continue
		}
		if t.steps[s] == nil {
			t.steps[s] = &stepTally{}
		}
		t.steps[s].merge(each)
	}
	for status, n := range other.statuses {
		t.statuses[status] += n
	}
	t.sent += other.sent
	t.received += other.received
	if t.began.IsZero() || other.began.Before(t.began) {
		t.began = other.began
	}
	if other.ended.After(t.ended) {
		t.ended = other.ended
	}
}

func (s *stepTally) merge(other *stepTally) {
	s.requests += other.requests
	s.errors += other.errors
	s.took.merge(&other.took)
}

// whole is all steps in one.
func (t *tally) whole() *stepTally {
	var all stepTally
	for _, each := range t.steps {
		if each != nil {
			all.merge(each)
		}
	}
	return &all
}
