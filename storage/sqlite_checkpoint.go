package storage

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// Bounds of a write-ahead log, in frames, which have a page each.
const (
	// checkpointFrames are written before somebody looks after the log; SQLite's own
	// checkpoints, which whoever commits carries out, begin at backstopFrames.
	checkpointFrames = 10_000
	backstopFrames   = "32000"
	// leftFrames are few enough to let writers wait for them, and checkpointPasses
	// end the hope that no more are left.
	leftFrames       = 400
	checkpointPasses = 3
	// lookEvery is how long the log may grow unseen, since to look costs about as much
	// as a short statement.
	lookEvery = 50 * time.Millisecond
)

// Pragmas of sqliteConn.checkpoint.
const (
	lookAtLog = `pragma main.wal_checkpoint(noop)`
	bringLog  = `pragma main.wal_checkpoint(passive)`
)

// sqliteCheckpointer brings into a database what is in its write-ahead log, while
// others write. The log begins anew when all of it was brought there and nobody
// reads it any more; as long as somebody writes there is always more, so that
// writers have to wait at the end, for the little that is left.
//
// A failure is told nobody: the next commit wakes it again, and if it fails for
// good SQLite does it, as said above.
type sqliteCheckpointer struct {
	writer *sqliteWriter
	pool   *sqlitePool // of one connection
	// file is the database. It stays open as long as there are connections: closing
	// it would end the process's locks.
	file *os.File
	due  chan struct{}
	stop chan struct{}
	done sync.WaitGroup
	// close may be called again; it comes behind that of all other connections.
	close func() error

	// Of whoever has the turn to write:
	every  int64         // frames
	pause  time.Duration // between two looks
	seen   time.Time     // of the last look
	looked int64         // frames that there were when it was last done
}

func newSQLiteCheckpointer(w *sqliteWriter, path string) (*sqliteCheckpointer, error) {
	pool, err := newSQLitePool(writerDSN(path), 1, attached{})
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // where the operator wants the database
	if err != nil {
		return nil, err
	}
	c := &sqliteCheckpointer{
		writer: w, pool: pool, file: file, due: make(chan struct{}, 1), stop: make(chan struct{}),
		every: checkpointFrames, pause: lookEvery,
	}
	c.close = sync.OnceValue(c.end)
	c.done.Go(c.run)
	return c, nil
}

// committed looks how long the log is, on the connection that has committed.
func (c *sqliteCheckpointer) committed(conn *sqliteConn) {
	now := time.Now()
	if now.Sub(c.seen) < c.pause {
		return
	}
	c.seen = now
	log, err := conn.checkpoint(lookAtLog)
	if err != nil {
		return
	}
	if log.frames < c.looked { // it began anew
		c.looked = 0
	}
	if log.frames-c.looked >= c.every {
		wake(c.due)
	}
}

func (c *sqliteCheckpointer) run() {
	for {
		select {
		case <-c.stop:
			return
		case <-c.due:
			_ = c.checkpoint() // as the type says
		}
	}
}

// checkpoint is not interrupted: a part of it is soon done.
func (c *sqliteCheckpointer) checkpoint() error {
	ctx := context.Background()
	conn, err := c.pool.take(ctx)
	if err != nil {
		return err
	}
	defer c.pool.give(conn)
	if err := c.bring(conn); err != nil {
		return err
	}
	if _, err := c.writer.take(ctx, apart); err != nil { // without a group: what others wrote is committed
		return err
	}
	defer c.writer.pass(nil)
	log, err := conn.checkpoint(bringLog)
	c.looked = log.frames
	select {
	case <-c.due: // of those that committed meanwhile
	default:
	}
	return err
}

// bring does most of it, without anybody's waiting. SQLite does not wait for the
// disk before it is through with the log; what is there already need not be waited
// for at the end.
func (c *sqliteCheckpointer) bring(conn *sqliteConn) error {
	for range checkpointPasses {
		if _, err := conn.checkpoint(bringLog); err != nil {
			return err
		}
		if err := c.file.Sync(); err != nil {
			return err
		}
		log, err := conn.checkpoint(lookAtLog)
		if err != nil || log.frames-log.brought < leftFrames {
			return err
		}
	}
	return nil
}

func (c *sqliteCheckpointer) end() error {
	close(c.stop)
	c.done.Wait()
	return errors.Join(c.pool.close(), c.file.Close())
}

// walState is how many frames a write-ahead log has, and how many of them were
// brought into the database.
type walState struct{ frames, brought int64 }

// checkpoint carries out one of the pragmas.
func (c *sqliteConn) checkpoint(pragma string) (log walState, err error) {
	var busy bool // somebody reads an earlier state
	err = c.carryOut(context.Background(), &statement{query: pragma, scan: func(row scanner) error {
		return row.Scan(&busy, &log.frames, &log.brought)
	}})
	return log, err
}
