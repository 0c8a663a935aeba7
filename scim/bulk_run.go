package scim

import (
	"context"
	"net/http"
	"time"
)

// Bounds of the transactions that the operations of a bulk request share.
const (
	bulkChunk = 100                    // operations of one transaction, but for a circle, which is not cut
	bulkHold  = 250 * time.Millisecond // after which others get their turn to write
)

// Bulk carries out the operations of a bulk request (RFC 7644 section 3.7). The
// results are in the order of the request; those that failOnErrors left undone
// have none, those that there was no time for are refused with a 503.
//
// An operation is all or nothing, whatever becomes of its neighbours. Operations
// share transactions, and one that was carried out is durable when Bulk returns.
func (e *Engine) Bulk(ctx context.Context, c *Caller, b *BulkRequest) []BulkResult {
	run := &bulkRun{engine: e, caller: c, request: b, ids: map[string]string{}, until: bulkUntil(ctx)}
	run.results = make([]*BulkResult, len(b.operations))
	rest := b.components()
	for len(rest) > 0 && !run.tooManyErrors() {
		if run.late(ctx) {
			run.giveUp(rest)
			break
		}
		rest = rest[run.chunk(ctx, rest):]
	}
	results := make([]BulkResult, 0, len(run.results))
	for _, result := range run.results {
		if result != nil {
			results = append(results, *result)
		}
	}
	return results
}

// on is the engine over a part of its store.
func (e *Engine) on(s Store) *Engine {
	within := *e
	within.store = s
	return &within
}

// bulkUntil keeps a tenth of the request's time for the last commit and the answer.
func bulkUntil(ctx context.Context) time.Time {
	deadline, ok := ctx.Deadline()
	if !ok {
		return time.Time{}
	}
	return deadline.Add(-time.Until(deadline) / 10)
}

// bulkRun is a bulk request that is being carried out.
type bulkRun struct {
	engine  *Engine
	caller  *Caller
	request *BulkRequest
	until   time.Time         // no operation begins later; zero: no limit
	ids     map[string]string // by bulkId: of what was created, or was meant to be
	results []*BulkResult     // by position; nil: not carried out yet
	errors  int
}

func (r *bulkRun) tooManyErrors() bool {
	return r.request.failOnErrors > 0 && r.errors >= r.request.failOnErrors
}

func (r *bulkRun) late(ctx context.Context) bool {
	return ctx.Err() != nil || !r.until.IsZero() && !time.Now().Before(r.until)
}

// giveUp refuses what there is no time for.
func (r *bulkRun) giveUp(rest []bulkComponent) {
	for _, component := range rest {
		for _, op := range component {
			r.fail(op, refuse(http.StatusServiceUnavailable,
				"There was no time left for this operation, which changed nothing. Send it again, in a smaller request."))
		}
	}
}

// chunk carries out components in one transaction and returns how many. If the
// commit fails, none of them has happened.
func (r *bulkRun) chunk(ctx context.Context, rest []bulkComponent) int {
	begun := time.Now()
	n, operations := 0, 0
	effects := r.caller.Origin.Effects
	place := effects.mark()
	err := r.engine.store.Together(ctx, r.caller.Directory, func(s Store) error {
		for _, component := range rest {
			operations += len(component)
			full := operations > bulkChunk || time.Since(begun) > bulkHold
			if n > 0 && (full || r.late(ctx) || r.tooManyErrors()) {
				break
			}
			n++
			if !r.component(ctx, s, component) {
				break
			}
		}
		return nil
	})
	if err == nil {
		return n
	}
	effects.undo(place)
	n = max(n, 1) // the transaction may not have begun at all
	for _, component := range rest[:n] {
		for _, op := range component {
			if result := r.results[op.position]; result == nil || result.Err == nil {
				r.fail(op, err)
			}
		}
	}
	return n
}
