package cache

import (
	"errors"
	"testing"
	"time"
)

// during asks every few milliseconds, as requests do.
func (b *bundle) during(d time.Duration) {
	b.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); <-time.After(5 * time.Millisecond) {
		b.revoked()
	}
}

// refusedAfter is how long a revoked token was still let in.
func (b *bundle) refusedAfter() time.Duration {
	b.Helper()
	at := time.Now()
	for !b.revoked() {
		if <-time.After(time.Millisecond); time.Since(at) > 2*LongestLifetime {
			b.Fatal("let in all the time")
		}
	}
	return time.Since(at)
}

func TestRemembersWhileNothingChanges(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.during(LongestLifetime / 2)
		// Once more than once: no number was known before the first answer.
		if n := b.d.asked(); n != 2 {
			b.Errorf("asked the database %d times, want 2", n)
		}
		if most := int(LongestLifetime/2/changeInterval) + 1; b.d.counts > most {
			b.Errorf("asked for the number %d times, want at most %d", b.d.counts, most)
		}
		b.during(LongestLifetime)
		if n := b.d.asked(); n != 3 {
			b.Errorf("asked the database %d times, want 3: an answer has a longest lifetime", n)
		}
	})
}

// TestAChangeIsSeenWithinTheLifetime wherever it falls between two questions, and
// however long the database takes.
func TestAChangeIsSeenWithinTheLifetime(t *testing.T) {
	t.Parallel()
	for _, takes := range []time.Duration{0, 20 * time.Millisecond, Lifetime - time.Millisecond} {
		for phase := time.Duration(0); phase <= changeInterval; phase += 13 * time.Millisecond {
			bubble(t, func(b *bundle) {
				b.during(2 * time.Second)
				b.d.takes = takes
				b.during(2*time.Second + phase)
				b.d.revoke()
				if took := b.refusedAfter(); took > Lifetime+takes+5*time.Millisecond {
					b.Errorf("refused after %v, %v into the interval, with answers after %v", took, phase, takes)
				}
			})
		}
	}
}

// TestWithoutTheNumber an answer has its own lifetime, also if the database says
// later that nothing had changed.
func TestWithoutTheNumber(t *testing.T) {
	t.Parallel()
	for name, becomes := range map[string]func(d *database){
		"failing":        func(d *database) { d.failing = errors.New("away") },
		"of another run": func(d *database) { d.change.Run++; d.change.Number = -1 }, // +1: as before
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(b *bundle) {
				b.during(2 * time.Second)
				becomes(b.d)
				b.d.revoke()
				if took := b.refusedAfter(); took > Lifetime+time.Millisecond {
					b.Errorf("refused after %v", took)
				}
			})
		})
	}
}

// TestAnEarlierVersionCountsNothing: what it revokes before it sees that it is one
// is refused as soon as anything.
func TestAnEarlierVersionCountsNothing(t *testing.T) {
	t.Parallel()
	for at := time.Duration(0); at < othersAct; at += 97 * time.Millisecond {
		bubbleAtStart(t, func(b *bundle) {
			b.during(at)
			b.d.revoke()
			b.d.mu.Lock()
			b.d.change.Number--
			b.d.mu.Unlock()
			if took := b.refusedAfter(); took > Lifetime+5*time.Millisecond {
				b.Errorf("refused after %v, %v after the start", took, at)
			}
		})
	}
}

// TestNobodyAsksForTheNumber without requests.
func TestNobodyAsksForTheNumber(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.revoked()
		<-time.After(time.Hour)
		if b.d.counts != 1 {
			b.Errorf("asked %d times for one request", b.d.counts)
		}
		b.d.revoke()
		if !b.revoked() {
			b.Error("let in by what was known an hour ago")
		}
	})
}

// TestOvertakenNumber: what a slow answer says is not newer than what is known.
func TestOvertakenNumber(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		c, early := b.c.changes, time.Now()
		b.d.takes = Lifetime / 2
		done := make(chan struct{})
		go func() { c.ask(early); close(done) }()
		<-time.After(Lifetime / 4)
		b.d.mu.Lock()
		b.d.takes = 0
		b.d.mu.Unlock()
		b.d.revoke()
		c.ask(time.Now())
		<-done
		if got := c.seen.Load().change; got != b.d.change {
			b.Errorf("knows %v, the database has %v", got, b.d.change)
		}
	})
}
