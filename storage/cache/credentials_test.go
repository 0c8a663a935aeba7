package cache

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/roster-scim/roster/tenants"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	connection = tenants.NewConnectionID()
	token      = tenants.SecretHash{1}
)

// database counts queries. A query answers what was true when it began, after
// taking as long as it is told.
type database struct {
	mu      sync.Mutex
	known   map[tenants.SecretHash]*tenants.Credential
	queries int
	takes   time.Duration

	change  tenants.CredentialChange
	counts  int   // how often it was asked for
	failing error // of that
}

// CredentialChange answers what was true when it was asked.
func (d *database) CredentialChange(ctx context.Context) (tenants.CredentialChange, error) {
	d.mu.Lock()
	d.counts++
	change, takes, err := d.change, d.takes, d.failing
	d.mu.Unlock()
	select {
	case <-time.After(takes):
		return change, err
	case <-ctx.Done():
		return tenants.CredentialChange{}, ctx.Err()
	}
}

func (d *database) Credential(ctx context.Context, _ tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, error) {
	d.mu.Lock()
	d.queries++
	c, ok := d.known[hash]
	takes := d.takes
	d.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if !ok {
		return nil, tenants.ErrNotFound
	}
	return c, nil
}

// revoke is what another process does: nothing tells the cache.
func (d *database) revoke() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known[token] = &tenants.Credential{Hash: token, RevokedAt: time.Now()}
	d.change.Number++
}

func (d *database) asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.queries
}

// bundle is a cache in front of a database, with a clock of its own.
type bundle struct {
	*testing.T
	d *database
	c *Credentials
}

// bubble begins when no replica of an earlier version is there any more.
func bubble(t *testing.T, test func(b *bundle)) {
	t.Helper()
	bubbleAtStart(t, func(b *bundle) {
		<-time.After(othersAct)
		test(b)
	})
}

func bubbleAtStart(t *testing.T, test func(b *bundle)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &database{known: map[tenants.SecretHash]*tenants.Credential{token: {Hash: token}}}
		c, err := NewCredentials(d, d)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		test(&bundle{t, d, c})
	})
}

// revoked asks as a request does.
func (b *bundle) revoked() bool {
	b.Helper()
	got, err := b.c.Credential(b.Context(), connection, token)
	if err != nil {
		b.Error(err)
		return false
	}
	return !got.RevokedAt.IsZero()
}

func TestAnswersFromMemory(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		for range 100 {
			b.revoked()
		}
		if b.d.asked() != 1 {
			b.Errorf("100 requests asked the database %d times", b.d.asked())
		}
	})
}

func TestRevocationElsewhereIsSeenWithinTheLifetime(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.revoked()
		b.d.revoke()
		at := time.Now()
		for !b.revoked() {
			<-time.After(time.Millisecond)
			if time.Since(at) > time.Second {
				b.Fatal("still admitted a second after it was revoked")
			}
		}
		if took := time.Since(at); took > Lifetime+time.Millisecond {
			b.Errorf("refused after %v, want at most %v", took, Lifetime)
		}
	})
}

func TestSlowQueryDoesNotStretchTheLifetime(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.d.takes = 400 * time.Millisecond
		b.revoked() // its answer is 400 ms old by now
		b.d.revoke()
		<-time.After(Lifetime - b.d.takes + time.Millisecond)
		if !b.revoked() {
			b.Error("an answer was used for longer than its lifetime")
		}
	})
}

func TestForgetHoldsAtOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.revoked()
		b.d.revoke()
		b.c.Forget()
		if !b.revoked() {
			b.Error("admitted after Forget")
		}
	})
}

func TestForgetReachesQueriesThatAreRunning(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.d.takes = 100 * time.Millisecond
		answers := make(chan bool, 1)
		go func() { answers <- b.revoked() }()
		synctest.Wait() // the query has read the token as it was
		b.d.revoke()
		b.c.Forget()
		if !<-answers {
			b.Error("a request that was answered after Forget used what was read before it")
		}
		if !b.revoked() {
			b.Error("what was read before Forget stayed in the cache")
		}
	})
}

func TestUnknownTokensAreRememberedForAShorterTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		stranger := tenants.SecretHash{2}
		for range 10 {
			if _, err := b.c.Credential(b.Context(), connection, stranger); !errors.Is(err, tenants.ErrNotFound) {
				b.Fatalf("got %v", err)
			}
		}
		if b.d.asked() != 1 {
			b.Errorf("asked the database %d times about one unknown token", b.d.asked())
		}
		b.d.mu.Lock()
		b.d.known[stranger] = &tenants.Credential{Hash: stranger}
		b.d.mu.Unlock()
		<-time.After(UnknownLifetime + time.Millisecond)
		if _, err := b.c.Credential(b.Context(), connection, stranger); err != nil {
			b.Errorf("a token that exists now: %v", err)
		}
	})
}

func TestFailuresAreNotRemembered(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.d.takes = time.Second
		ctx, cancel := context.WithTimeout(b.Context(), time.Millisecond)
		defer cancel()
		if _, err := b.c.Credential(ctx, connection, token); !errors.Is(err, context.DeadlineExceeded) {
			b.Fatalf("got %v", err)
		}
		b.d.takes = 0
		if b.revoked() {
			b.Error("wrong answer after a failure")
		}
	})
}

func TestStrangersDoNotPushTokensOut(t *testing.T) {
	t.Parallel()
	bubble(t, func(b *bundle) {
		b.revoked()
		for i := range 3 * maxUnknown {
			_, _ = b.c.Credential(b.Context(), connection, tenants.SecretHash{9, byte(i), byte(i >> 8), byte(i >> 16)})
		}
		b.c.unknown.CleanUp()
		if n := b.c.unknown.EstimatedSize(); n > maxUnknown {
			b.Errorf("%d unknown tokens are remembered, at most %d may be", n, maxUnknown)
		}
		before := b.d.asked()
		b.revoked()
		if b.d.asked() != before {
			b.Error("unknown tokens pushed a known one out")
		}
	})
}
