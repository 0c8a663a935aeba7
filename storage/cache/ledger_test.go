package cache

import (
	"fmt"
	"sync"
)

// ledger knows what every read must at least show: for each item the version
// that was acknowledged, or that a read which is over has shown.
type ledger struct {
	mu         sync.Mutex
	floors     map[string]int64
	reads      int
	violations []string
	violated   func()
}

func newLedger() *ledger { return &ledger{floors: map[string]int64{}, violated: func() {}} }

// begin says what a read that begins now must show.
func (l *ledger) begin(items ...string) map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	floors := map[string]int64{}
	for _, i := range items {
		floors[i] = l.floors[i]
	}
	return floors
}

// end checks what a read has shown against what it began with.
func (l *ledger) end(who string, floors, shown map[string]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	for i, v := range shown {
		if v < floors[i] {
			l.violations = append(l.violations, fmt.Sprintf("%s: %s is version %d, and was %d when the read began", who, i, v, floors[i]))
			l.violated()
		}
		l.floors[i] = max(l.floors[i], v)
	}
}

// acknowledge raises the floors by what a write was told to have stored.
func (l *ledger) acknowledge(stored map[string]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, v := range stored {
		l.floors[i] = max(l.floors[i], v)
	}
}
