package storage

import (
	fifo "container/list"
	"context"
	"fmt"
	"sync"
)

// turns bounds how many connections of a pool are used for writing to one tenant.
// Its writers wait for each other anyway, for its row in tenant_sequences: beyond
// a few of them a connection is of no use to who has it, and missing to all other
// tenants, and to readers. So they wait here, before they have one.
//
//   - A tenant has as many places as are half of the connections. Who writes takes
//     one of them until its transaction ends.
//   - A long transaction (mode apart) takes all of its tenant's places. It locks
//     the row at its beginning, so that nobody else would get further than to it.
//   - Long transactions of all tenants together use half of the connections.
//
// Each is first come, first served. Of long transactions only one of a tenant
// queues for more than to be the tenant's next: no tenant fills the queue of all,
// and changes that came during one run before the next.
//
// Who waits for a turn has no connection, and so no lock that others wait for. A
// transaction must not begin another one that writes to its tenant, which may wait
// for the turn of the first. A nil *turns bounds nothing.
type turns struct {
	half int // of the connections

	mu    sync.Mutex
	lines map[turnLine]turnPlaces // without those that nobody uses
}

// turnLine is what is queued for.
type turnLine struct {
	kind   turnKind
	tenant string // "": all
}

type turnKind int8

const (
	writeLine   turnKind = iota // the places of a tenant
	longLine                    // to be the tenant's one long transaction
	allLongLine                 // to be one of those of all tenants
)

// turnPlaces are those of a line. Nobody waits while all are free.
type turnPlaces struct {
	taken   int
	waiting *fifo.List // of *turn; nil: nobody
}

// turn is somebody who waits.
type turn struct {
	size  int
	begun chan struct{} // closed when it has its places
}

func newTurns(connections int32) *turns {
	return &turns{half: max(1, int(connections)/2), lines: map[turnLine]turnPlaces{}}
}

// take waits until a transaction may take a connection. give gives back what it
// took, unless there was an error.
func (t *turns) take(ctx context.Context, tenantID string, m mode) error {
	switch {
	case t == nil || m == readOnly || tenantID == "":
		return nil
	case m != apart:
		return t.enter(ctx, turnLine{writeLine, tenantID}, 1)
	}
	long := t.long(tenantID)
	for i, l := range long {
		if err := t.enter(ctx, l.turnLine, l.size); err != nil {
			t.leaveAll(long[:i])
			return err
		}
	}
	return nil
}

// give ends the turn of a transaction that has given its connection back.
func (t *turns) give(tenantID string, m mode) {
	switch {
	case t == nil || m == readOnly || tenantID == "":
	case m != apart:
		t.leave(turnLine{writeLine, tenantID}, 1)
	default:
		long := t.long(tenantID)
		t.leaveAll(long[:])
	}
}

// turnShare is a number of places of a line.
type turnShare struct {
	turnLine
	size int
}

// long is what a long transaction takes, in order.
func (t *turns) long(tenantID string) [3]turnShare {
	return [...]turnShare{{turnLine{longLine, tenantID}, 1}, {turnLine{allLongLine, ""}, 1}, {turnLine{writeLine, tenantID}, t.half}}
}

func (t *turns) limit(l turnLine) int {
	if l.kind == longLine {
		return 1
	}
	return t.half
}

// enter takes places of a line, behind those who came before.
func (t *turns) enter(ctx context.Context, l turnLine, size int) error {
	t.mu.Lock()
	p := t.lines[l]
	if p.waiting == nil && p.taken+size <= t.limit(l) {
		p.taken += size
		t.lines[l] = p
		t.mu.Unlock()
		return nil
	}
	if p.waiting == nil {
		p.waiting = fifo.New()
		t.lines[l] = p
	}
	mine := &turn{size: size, begun: make(chan struct{})}
	place := p.waiting.PushBack(mine)
	t.mu.Unlock()
	select {
	case <-mine.begun:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-mine.begun: // just now
		t.move(l, size)
	default:
		p.waiting.Remove(place)
		t.move(l, 0) // those behind it may need less
	}
	return fmt.Errorf("wait for a turn to write: %w", ctx.Err())
}

func (t *turns) leave(l turnLine, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.move(l, size)
}

// leaveAll gives back in the opposite order: who is let into a line finds the ones
// behind it as they will be.
func (t *turns) leaveAll(shares []turnShare) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(shares) - 1; i >= 0; i-- {
		t.move(shares[i].turnLine, shares[i].size)
	}
}

// move frees places of a line, and gives what is free to those who wait longest.
func (t *turns) move(l turnLine, freed int) {
	p := t.lines[l]
	p.taken -= freed
	for p.waiting != nil {
		first := p.waiting.Front()
		if first == nil {
			p.waiting = nil
			break
		}
		next := first.Value.(*turn)
		if p.taken+next.size > t.limit(l) {
			break
		}
		p.waiting.Remove(first)
		p.taken += next.size
		close(next.begun)
	}
	if p.taken == 0 {
		delete(t.lines, l)
		return
	}
	t.lines[l] = p
}
