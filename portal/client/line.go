package client

import "maps"

// line checks that one tenant's events follow one another.
type line struct {
	tenant   string
	last     int64 // sequence of the last event
	known    bool  // last is known; otherwise any event may come first
	filtered bool  // events of other types are left out, so that gaps tell nothing
}

// next returns those events that have not been seen.
func (l *line) next(events []Event) ([]Event, error) {
	var fresh []Event
	for _, e := range events {
		is, err := l.step(e)
		if err != nil {
			return nil, err
		}
		if is {
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

// step reports whether an event is one that has not been seen.
func (l *line) step(e Event) (bool, error) {
	if l.known && e.Sequence <= l.last {
		return false, nil
	}
	if l.known && !l.filtered && e.Sequence != l.last+1 {
		return false, &SequenceError{Tenant: l.tenant, Want: l.last + 1, Got: e.Sequence}
	}
	l.last, l.known = e.Sequence, true
	return true, nil
}

// lines are the places of several tenants.
type lines map[string]line

// mostLines bounds how many are remembered.
const mostLines = 100_000

func (l lines) take(moved lines) {
	maps.Copy(l, moved)
	for tenant := range l {
		if len(l) <= mostLines {
			return
		}
		delete(l, tenant)
	}
}
