package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/roster-scim/roster/scim"
)

// turnQueue starts transactions that wait for turns, and tells in which order they
// got them.
type turnQueue struct {
	t     *testing.T
	turns *turns
	mu    sync.Mutex
	begun []string
}

// inTurns runs a test of the turns on so many connections. Nobody may be left.
func inTurns(t *testing.T, connections int32, test func(q *turnQueue)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &turnQueue{t: t, turns: newTurns(connections)}
		test(q)
		synctest.Wait()
		if n := len(q.turns.lines); n != 0 {
			t.Errorf("%d lines are left: %v", n, q.turns.lines)
		}
	})
}

// queued is a transaction that was started: it holds its turn until it is ended.
type queued struct {
	end    context.CancelFunc
	cancel context.CancelFunc
	err    chan error
}

// start queues for a turn, behind all that were started before.
func (q *turnQueue) start(name, tenant string, m mode) *queued {
	ended, end := context.WithCancel(q.t.Context())
	ctx, cancel := context.WithCancel(q.t.Context())
	x := &queued{end: end, cancel: cancel, err: make(chan error, 1)}
	go func() {
		err := q.turns.take(ctx, tenant, m)
		if err == nil {
			q.mu.Lock()
			q.begun = append(q.begun, name)
			q.mu.Unlock()
			<-ended.Done()
			q.turns.give(tenant, m)
		}
		x.err <- err
	}()
	synctest.Wait()
	return x
}

// want checks who has got a turn since it was asked last.
func (q *turnQueue) want(names ...string) {
	q.t.Helper()
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	slices.Sort(q.begun) // those who begin at the same time have no order
	if !slices.Equal(q.begun, names) {
		q.t.Errorf("turns of %q, want %q", q.begun, names)
	}
	q.begun = nil
}

func end(all ...*queued) {
	for _, x := range all {
		x.end()
	}
}

func TestTurnsOfOneTenant(t *testing.T) {
	inTurns(t, 4, func(q *turnQueue) {
		a1, a2 := q.start("a1", "a", readWrite), q.start("a2", "a", relaxed)
		a3, a4 := q.start("a3", "a", readWrite), q.start("a4", "a", readWrite)
		q.want("a1", "a2")
		b1 := q.start("b1", "b", readWrite)
		q.want("b1")
		end(a2)
		q.want("a3")
		end(a1)
		q.want("a4")
		end(a3, a4, b1)
	})
}

// Reads, and what is of no tenant, take no turn.
func TestTurnsOfNobody(t *testing.T) {
	inTurns(t, 1, func(q *turnQueue) {
		all := []*queued{q.start("0", "a", apart)}
		for i, m := range []mode{readOnly, readWrite, relaxed, apart} {
			tenant := ""
			if m == readOnly {
				tenant = "a"
			}
			all = append(all, q.start(strconv.Itoa(i+1), tenant, m))
		}
		q.want("0", "1", "2", "3", "4")
		end(all...)
	})
	var none *turns
	if err := none.take(t.Context(), "a", apart); err != nil {
		t.Error(err)
	}
	none.give("a", apart)
}

// Changes that came during a long transaction have their turn before the next one,
// which in turn is not overtaken by those that come later.
func TestTurnsOfLongTransactions(t *testing.T) {
	inTurns(t, 4, func(q *turnQueue) {
		a1, a2, a3 := q.start("a1", "a", apart), q.start("a2", "a", apart), q.start("a3", "a", apart)
		a4, a5 := q.start("a4", "a", readWrite), q.start("a5", "a", readWrite)
		a6 := q.start("a6", "a", readWrite)
		q.want("a1")
		end(a1)
		q.want("a4", "a5")
		a7 := q.start("a7", "a", readWrite)
		end(a4, a5)
		q.want("a6") // a2 needs all places
		end(a6)
		q.want("a2")
		end(a2)
		q.want("a7")
		end(a7)
		q.want("a3")
		end(a3)
	})
}

// Long transactions of all tenants leave half of the connections to others, and a
// tenant with many waits behind one with a single.
func TestTurnsOfManyTenants(t *testing.T) {
	inTurns(t, 4, func(q *turnQueue) {
		a1, a2, a3 := q.start("a1", "a", apart), q.start("a2", "a", apart), q.start("a3", "a", apart)
		b1, c1 := q.start("b1", "b", apart), q.start("c1", "c", apart)
		q.want("a1", "b1")
		c2 := q.start("c2", "c", readWrite) // the tenant's lock is free
		q.want("c2")
		end(a1)
		q.want() // c1 comes before a2, and waits for c2
		end(c2)
		q.want("c1")
		end(b1)
		q.want("a2")
		end(c1, a2)
		q.want("a3")
		end(a3)
	})
}

// Who stops waiting leaves nothing behind, wherever it waited, and those behind it
// go on.
func TestTurnsGivenUp(t *testing.T) {
	inTurns(t, 4, func(q *turnQueue) {
		a1, b1 := q.start("a1", "a", apart), q.start("b1", "b", apart)
		next, any1 := q.start("next", "a", apart), q.start("any", "c", apart)
		d1 := q.start("d1", "d", readWrite)
		q.want("a1", "b1", "d1")
		giveUp := func(all ...*queued) {
			t.Helper()
			for _, x := range all {
				x.cancel()
				if err := <-x.err; !errors.Is(err, context.Canceled) {
					t.Errorf("gave up with %v", err)
				}
			}
		}
		giveUp(next, any1)
		end(a1, b1)
		long := q.start("long", "d", apart) // waits for d1
		d2, d3 := q.start("d2", "d", readWrite), q.start("d3", "d", readWrite)
		q.want()
		giveUp(d3, long)
		q.want("d2")
		end(d1, d2)
	})
}

// A turn that comes together with the end of the waiting is not lost.
func TestTurnsAndTheEndOfTheWaiting(t *testing.T) {
	inTurns(t, 2, func(q *turnQueue) {
		for range 200 {
			first, second := q.start("", "a", readWrite), q.start("", "a", apart)
			third := q.start("", "a", readWrite)
			go second.cancel()
			end(first, second, third)
			for _, x := range []*queued{first, second, third} {
				if err := <-x.err; err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}
		}
	})
}

// TestTurnsWithoutWaitingAllocateNothing is not parallel, since AllocsPerRun counts
// what all goroutines allocate.
func TestTurnsWithoutWaitingAllocateNothing(t *testing.T) {
	turns, ctx := newTurns(8), t.Context()
	for _, m := range []mode{readWrite, apart} {
		n := testing.AllocsPerRun(100, func() {
			if err := turns.take(ctx, "a", m); err != nil {
				t.Error(err)
			}
			turns.give("a", m)
		})
		if n != 0 {
			t.Errorf("a turn of mode %d allocates %v times", m, n)
		}
	}
}

// TestEveryTurnEnds: however a transaction ends, its turn ends with it.
func TestEveryTurnEnds(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	turns := f.db.engine.(*postgresEngine).turns
	writing := func(then func(tx *tx) error) func() error {
		return func() error {
			return f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error {
				if err := tx.lockTenant(f.ctx, f.dir.TenantID); err != nil {
					return err
				}
				if len(turns.lines) == 0 {
					t.Error("a transaction without a turn")
				}
				return then(tx)
			})
		}
	}
	cancelled, cancel := context.WithCancel(f.ctx)
	cancel()
	for name, do := range map[string]func() error{
		"commit":            writing(func(*tx) error { return nil }),
		"commit with batch": func() error { f.user("ada"); return nil },
		"error":             writing(func(*tx) error { return errSeen }),
		"panic":             writing(func(*tx) error { panic("oops") }),
		"nothing sent":      func() error { return f.db.update(f.ctx, f.dir.TenantID, func(*tx) error { return nil }) },
		"lost connection": writing(func(tx *tx) error {
			_, err := tx.exec(f.ctx, `select pg_terminate_backend(pg_backend_pid())`)
			return &finalError{err}
		}),
		"no connection": func() error {
			return f.db.update(cancelled, f.dir.TenantID, func(*tx) error { return errors.New("it began") })
		},
		"bulk":          func() error { return f.s.Together(f.ctx, f.dir, func(scim.Store) error { return nil }) },
		"refused bulk":  func() error { return f.s.Together(f.ctx, f.dir, func(scim.Store) error { return errSeen }) },
		"panic in bulk": func() error { return f.s.Together(f.ctx, f.dir, func(scim.Store) error { panic("oops") }) },
	} {
		func() {
			defer func() { _ = recover() }()
			t.Logf("%s: %v", name, do())
		}()
		if len(turns.lines) != 0 {
			t.Fatalf("%s leaves %v", name, turns.lines)
		}
	}
}

// TestOthersGoOnDuringBulks: with as many bulks as the pool has connections, and as
// many changes beside them, other tenants read and write.
func TestOthersGoOnDuringBulks(t *testing.T) {
	t.Parallel()
	for name, tenantOf := range map[string]func(i int) int{
		"of one tenant":   func(int) int { return 0 },
		"of many tenants": func(i int) int { return i },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := postgresFixture(t, Options{})
			id := f.user("before")
			c := newThrong(t, f, tenantOf)
			c.bulks()
			c.changes()
			ctx, cancel := context.WithTimeout(f.ctx, transactionTimeout/2)
			defer cancel()
			if _, err := f.s.Get(ctx, f.dir, userType, id, scim.With{}); err != nil {
				t.Errorf("a read of another tenant: %v", err)
			}
			if _, err := f.s.Create(ctx, f.dir, userType, userDraft("meanwhile"), origin); err != nil {
				t.Errorf("a write of another tenant: %v", err)
			}
			c.end()
			want := strconv.Itoa(2 * c.connections)
			if n := f.rows(`select count(*) from resources where tenant_id <> $1`, f.dir.TenantID)[0]; n != want {
				t.Errorf("%s users were created beside, want %s", n, want)
			}
		})
	}
}

// throng writes on as many connections as there are.
type throng struct {
	*fixture
	engine      *postgresEngine
	connections int
	dirs        []scim.Directory // by connection
	release     chan struct{}
	started     int
	all         sync.WaitGroup
	over        atomic.Int64
}

func newThrong(t *testing.T, f *fixture, tenantOf func(i int) int) *throng {
	t.Helper()
	e := f.db.engine.(*postgresEngine)
	c := &throng{fixture: f, engine: e, connections: int(e.pool.Stat().MaxConns()), release: make(chan struct{})}
	tenants := make([]scim.Directory, c.connections)
	for i := range tenants {
		tenants[i] = newDirectory()
	}
	for i := range c.connections {
		c.dirs = append(c.dirs, tenants[tenantOf(i)])
	}
	return c
}

// each does something for each connection, and returns when everybody has one,
// waits for a turn or is over; or when there are no more connections.
func (c *throng) each(do func(f *fixture, i int) error) {
	for i := range c.connections {
		c.all.Go(func() {
			defer c.over.Add(1)
			if err := do(c.in(c.dirs[i]), i); err != nil {
				c.t.Errorf("%v", err)
			}
		})
	}
	c.started += c.connections
	for c.ctx.Err() == nil {
		taken := int(c.engine.pool.Stat().AcquiredConns())
		if taken == c.connections || taken+c.engine.turns.waiters()+int(c.over.Load()) == c.started {
			return
		}
		runtime.Gosched()
	}
}

// bulks begin, and do not end: the database must not take them for stuck.
func (c *throng) bulks() {
	c.each(func(f *fixture, i int) error {
		return f.s.Together(f.ctx, f.dir, func(s scim.Store) error {
			in := f.onStore(s)
			err := in.s.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error {
				_, err := tx.exec(f.ctx, `set local idle_in_transaction_session_timeout = 0`)
				return err
			})
			<-c.release
			in.user(fmt.Sprint("bulk", i))
			return err
		})
	})
}

func (c *throng) changes() {
	c.each(func(f *fixture, i int) error {
		_, err := f.s.Create(f.ctx, f.dir, userType, userDraft(fmt.Sprint("change", i)), origin)
		return err
	})
}

func (c *throng) end() {
	close(c.release)
	c.all.Wait()
}

// waiters is how many wait for a turn.
func (t *turns) waiters() (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.lines {
		if p.waiting != nil {
			n += p.waiting.Len()
		}
	}
	return n
}
