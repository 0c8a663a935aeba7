package main

import (
	"sync"
	"time"
)

// part is whose processor time is told of.
type part string

const (
	partServer   part = "server"
	partDatabase part = "database"
	partRedis    part = "redis"
)

// parts in the order in which they are shown.
var parts = []part{partServer, partDatabase, partRedis}

// everySo often the process table is looked at; what happened between two looks is
// spread evenly.
const everySo = 100 * time.Millisecond

// watch looks at process trees all the time, so that the processor time of any
// stretch can be told afterwards.
type watch struct {
	proc  procfs
	trees map[part][]int

	mu      sync.Mutex
	samples []sample
	stop    chan struct{}
	stopped chan struct{}
}

type sample struct {
	at  time.Time
	cpu map[part]time.Duration
}

func startWatch(proc procfs, trees map[part][]int) *watch {
	w := &watch{proc: proc, trees: trees, stop: make(chan struct{}), stopped: make(chan struct{})}
	w.look()
	go w.run()
	return w
}

func (w *watch) run() {
	defer close(w.stopped)
	every := time.NewTicker(everySo)
	defer every.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-every.C:
			w.look()
		}
	}
}

func (w *watch) look() {
	s := sample{at: time.Now(), cpu: map[part]time.Duration{}}
	for p, roots := range w.trees {
		s.cpu[p] = w.proc.times(roots)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.samples = append(w.samples, s)
}

func (w *watch) end() {
	close(w.stop)
	<-w.stopped
}

// between is the processor time that each part took from one moment to another.
func (w *watch) between(from, to time.Time) map[part]time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	took := map[part]time.Duration{}
	for p := range w.trees {
		took[p] = at(w.samples, p, to) - at(w.samples, p, from)
	}
	return took
}

// at is the time that a part had taken by a moment, on the line between the looks
// before and after it.
func at(samples []sample, p part, moment time.Time) time.Duration {
	for i, s := range samples {
		if s.at.Before(moment) {
			continue
		}
		if i == 0 {
			return s.cpu[p]
		}
		before := samples[i-1]
		share := float64(moment.Sub(before.at)) / float64(s.at.Sub(before.at))
		return before.cpu[p] + time.Duration(share*float64(s.cpu[p]-before.cpu[p]))
	}
	if len(samples) == 0 {
		return 0
	}
	return samples[len(samples)-1].cpu[p]
}
