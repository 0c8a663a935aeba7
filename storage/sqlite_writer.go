package storage

import (
	fifo "container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Bounds of a group: how many take part, and how long after its beginning somebody
// may still join. A member is answered when all have written.
const (
	groupMembers = 64
	groupTime    = 5 * time.Millisecond
)

// errUndone ends a transaction that was undone with its group. It begins anew.
var errUndone = fmt.Errorf("another of the same commit failed: %w", errConflict)

// sqliteWriter lets transactions write one after the other, on the one connection
// that does. Those that come while others write share a commit, and so its wait
// for the disk: each is behind a savepoint, and is answered after the commit.
// Nobody reads what they have written before that, but the members behind them.
type sqliteWriter struct {
	pool *sqlitePool // of one connection
	// syncEvery is how long relaxed transactions may follow each other without one
	// that waits for the disk, which makes those before it durable too.
	syncEvery time.Duration
	groupTime time.Duration
	log       *sqliteCheckpointer

	mu    sync.Mutex
	taken bool      // somebody has the turn
	queue fifo.List // of *sqliteTurn: who waits for it
}

// sqliteTurn is somebody who waits for the turn to write.
type sqliteTurn struct {
	mode    mode
	granted chan *sqliteGroup // nil: it begins a group
}

// sqliteGroup is a transaction of SQLite and those that take part in it. Whoever
// has the turn uses it.
type sqliteGroup struct {
	*sqliteConn
	mode    mode // of who began it
	began   time.Time
	members int           // have written, and wait for the commit
	ended   chan struct{} // closed after the end
	err     error         // of the commit, once it has ended
}

func newSQLiteWriter(path string, beside attached, syncEvery time.Duration) (*sqliteWriter, error) {
	pool, err := newSQLitePool(writerDSN(path), 1, beside)
	if err != nil {
		return nil, err
	}
	w := &sqliteWriter{pool: pool, syncEvery: syncEvery, groupTime: groupTime}
	if w.log, err = newSQLiteCheckpointer(w, path); err != nil {
		return nil, err // the pool has no connection yet
	}
	return w, nil
}

func (w *sqliteWriter) begin(ctx context.Context, m mode) (session, error) {
	g, err := w.take(ctx, m)
	if err != nil {
		return nil, err
	}
	s := &sqliteMember{writer: w, nested: g != nil}
	if g == nil {
		g, err = w.open(ctx, m)
	} else if err = g.control("savepoint member"); err != nil {
		w.undo(g)
	}
	if err != nil {
		w.pass(nil)
		return nil, err
	}
	s.sqliteGroup = g
	return s, nil
}

// take waits for the turn, with which may come a group to take part in.
func (w *sqliteWriter) take(ctx context.Context, m mode) (*sqliteGroup, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	if !w.taken {
		w.taken = true
		w.mu.Unlock()
		return nil, nil
	}
	turn := &sqliteTurn{mode: m, granted: make(chan *sqliteGroup, 1)}
	place := w.queue.PushBack(turn)
	w.mu.Unlock()
	select {
	case g := <-turn.granted:
		return g, nil
	case <-ctx.Done():
	}
	w.mu.Lock()
	w.queue.Remove(place)
	w.mu.Unlock()
	select {
	case g := <-turn.granted: // just before it was removed
		w.pass(g)
	default:
	}
	return nil, ctx.Err()
}

// pass gives the turn to who waits longest, with the group if that goes on; else
// it commits first.
func (w *sqliteWriter) pass(g *sqliteGroup) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.queue.Front()
	if g != nil && (next == nil || !w.admits(g, next.Value.(*sqliteTurn).mode)) {
		w.mu.Unlock()
		w.commit(g)
		w.mu.Lock()
		g, next = nil, w.queue.Front()
	}
	if next == nil {
		w.taken = false
		return
	}
	w.queue.Remove(next).(*sqliteTurn).granted <- g
}

// admits says whether a group goes on with one more. What is to be durable does
// not join what need not be, and nobody waits for a commit with one that may write
// for long.
func (w *sqliteWriter) admits(g *sqliteGroup, m mode) bool {
	return m != apart && g.mode != apart && (m == relaxed || !g.relaxed) &&
		g.members < groupMembers && time.Since(g.began) < w.groupTime
}

// open begins a transaction.
func (w *sqliteWriter) open(ctx context.Context, m mode) (*sqliteGroup, error) {
	c, err := w.pool.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.relax(ctx, m == relaxed && time.Since(c.synced) < w.syncEvery); err != nil {
		w.pool.discard(c)
		return nil, fmt.Errorf("set how durable a transaction is: %w", err)
	}
	if err := retryBusy(ctx, func() error { return c.control("begin immediate") }); err != nil {
		w.pool.discard(c)
		return nil, err
	}
	return &sqliteGroup{sqliteConn: c, mode: m, began: time.Now(), ended: make(chan struct{})}, nil
}

// commit ends a group, for better or worse, and gives its connection back.
func (w *sqliteWriter) commit(g *sqliteGroup) {
	if g.err = g.control("commit"); g.err != nil {
		w.pool.end(g.sqliteConn)
	} else {
		if !g.relaxed {
			g.synced = time.Now()
		}
		w.log.committed(g.sqliteConn)
		w.pool.give(g.sqliteConn)
	}
	close(g.ended)
}

// undo ends a group by rolling all of it back.
func (w *sqliteWriter) undo(g *sqliteGroup) {
	w.pool.end(g.sqliteConn)
	g.err = errUndone
	close(g.ended)
}

// outcome waits for the end of a group.
func (g *sqliteGroup) outcome() error {
	<-g.ended
	return g.err
}

func (w *sqliteWriter) close() error {
	if w == nil { // it was not opened
		return nil
	}
	return errors.Join(w.pool.close(), w.log.close())
}
