package servers

import "sync"

// gate lets bytes pass or not. A write that has passed the gate holds it open
// until it is done, so that after close not one more byte gets through.
type gate struct {
	writing sync.RWMutex
	mu      sync.Mutex
	open    chan struct{} // closed while bytes may pass
}

func newGate() *gate {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	return g
}

func (g *gate) passing() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

// pass runs write while the gate is open, or gives up when done is closed.
func (g *gate) pass(done <-chan struct{}, write func() error) error {
	for {
		select {
		case <-g.passing():
		case <-done:
			return errClosed
		}
		if ran, err := g.try(write); ran {
			return err
		}
	}
}

// try runs write if the gate has not been shut since it was seen open.
func (g *gate) try(write func() error) (ran bool, err error) {
	g.writing.RLock()
	defer g.writing.RUnlock()
	select {
	case <-g.passing():
		return true, write()
	default:
		return false, nil
	}
}

// shut makes interrupt stop the writes that hang, and waits for all of them.
func (g *gate) shut(interrupt func()) {
	g.mu.Lock()
	select {
	case <-g.open:
		g.open = make(chan struct{})
	default:
	}
	g.mu.Unlock()
	interrupt()
	g.writing.Lock() // every write that saw it open is done
	defer g.writing.Unlock()
}

func (g *gate) reopen() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.open:
	default:
		close(g.open)
	}
}
