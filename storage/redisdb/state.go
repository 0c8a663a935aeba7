package redisdb

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// State is whether Redis is used.
type State string

const (
	Up   State = "up"
	Away State = "away"
)

// Change is a transition of one node.
type Change struct {
	Node  string // host:port
	State State
	At    time.Time
	Err   error // why it is away
}

// Status is the state of all that is in use. Of a Redis Cluster with a node away
// the slots of the others work on; it is away as long as one of them is.
type Status struct {
	State State
	Since time.Time
	Away  []string // nodes, ordered
}

// A node of a Redis Cluster that another one has replaced is asked for no keys
// any more; go-redis forgets it without saying so. It is no longer waited for
// after replacedAfter, if others do answer, and forgotten after forgetAfter.
const (
	replacedAfter = 10 * time.Second
	forgetAfter   = time.Hour
)

// states knows the nodes that are away and tells of changes, each once and in
// order, outside of the breakers' locks.
type states struct {
	replaceable bool // nodes come and go: a Redis Cluster
	onChange    func(Change)
	answered    atomic.Int64 // unix nanoseconds: the beginning of the last call that went well

	mu      sync.Mutex
	state   State
	since   time.Time
	absent  map[*node]time.Time
	pending []Change

	untold  atomic.Bool // pending is not empty
	telling sync.Mutex  // keeps the order
}

func newStates(replaceable bool, onChange func(Change)) *states {
	return &states{replaceable: replaceable, onChange: onChange, state: Up, since: time.Now(), absent: make(map[*node]time.Time)}
}

func (s *states) away(n *node, cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for other, at := range s.absent {
		if now.Sub(at) > forgetAfter && !s.missed(other, now) {
			delete(s.absent, other)
		}
	}
	s.absent[n] = now
	s.queue(Change{Node: n.name, State: Away, At: now, Err: cause})
}

// still is a node that was tried and is not back.
func (s *states) still(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.absent[n]; !known {
		s.absent[n] = time.Now()
	}
}

func (s *states) up(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.absent, n)
	s.queue(Change{Node: n.name, State: Up, At: time.Now()})
}

func (s *states) queue(c Change) {
	s.pending = append(s.pending, c)
	s.untold.Store(true)
}

// missed reports whether somebody waits for an absent node.
func (s *states) missed(n *node, now time.Time) bool {
	return !s.replaceable || now.Sub(time.Unix(0, n.used.Load())) <= replacedAfter || s.answered.Load() < s.absent[n].UnixNano()
}

// tell hands on what has changed. Whoever finds another one telling leaves it
// to that one, so that no call waits for a slow listener.
func (s *states) tell() {
	for s.untold.Load() && s.telling.TryLock() {
		s.mu.Lock()
		pending := s.pending
		s.pending = nil
		s.untold.Store(false)
		s.mu.Unlock()
		for _, c := range pending {
			s.onChange(c)
		}
		s.telling.Unlock()
	}
}

func (s *states) status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, state := time.Now(), Up
	since := now
	var nodes []string
	for n, at := range s.absent {
		if !s.missed(n, now) {
			continue
		}
		state = Away
		nodes = append(nodes, n.name)
		if at.Before(since) {
			since = at
		}
	}
	if state != s.state {
		s.state, s.since = state, since
	}
	slices.Sort(nodes)
	return Status{State: s.state, Since: s.since, Away: nodes}
}
