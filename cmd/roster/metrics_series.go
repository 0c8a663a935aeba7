package main

import (
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// labels are those of a request. There are few: see metrics.
type labels struct {
	method, resource string
	status           int
	waits            bool
}

// series is where requests with the same labels are counted.
type series struct {
	requests prometheus.Counter
	duration prometheus.Observer // nil: of a request that waits, which has none
}

// seriesOf remembers them, so that a request neither makes texts of its labels
// nor hashes them.
type seriesOf struct {
	mu    sync.RWMutex
	known map[labels]series
}

func (o *seriesOf) of(m *metrics, l labels) series {
	o.mu.RLock()
	s, ok := o.known[l]
	o.mu.RUnlock()
	if ok {
		return s
	}
	s.requests = m.requests.WithLabelValues(l.method, strconv.Itoa(l.status), l.resource)
	if !l.waits {
		s.duration = m.duration.WithLabelValues(l.method, l.resource)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		o.known = map[labels]series{}
	}
	o.known[l] = s
	return s
}
