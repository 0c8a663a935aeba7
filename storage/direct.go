package storage

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// A write commits with its last batch, which saves a round trip while others of
// the tenant wait, if all that may still stop it is refused by the database: see
// tx.refuse. What somebody remembers elsewhere has to be announced in between;
// that nobody does is one of the things that the batch makes sure of. A write that
// was refused is repeated with a commit of its own.

// refuse adds a query to a batch that must find nothing: why is the error if it
// finds a row. Nothing behind it is carried out then, not even a commit.
func (t *tx) refuse(b *batch, why error, query string, args ...any) {
	st := b.exec(t.refusing(query), args...)
	st.refusal, st.scan = why, func(scanner) error { return why }
}

// selectRemembered has a row unless the cache is closed, and has been for longer
// than anybody reads it.
var selectRemembered = `
	select 1 where not exists (select 1 from cache_state
		where phase = 'closed' and (generation <= 2 or changed_at <= clock_timestamp() - ` +
	fmt.Sprintf(`interval '%d milliseconds'))`, QuietAge.Milliseconds())

// direct says when writes may commit with their last batch, of a database whose
// changes are announced by nothing but the closing of a cache.
type direct struct {
	again atomic.Int64 // microseconds since 1970: not before, since a cache was in use
}

// observe is told of the state of the cache.
func (d *direct) observe(s CacheState) {
	quiet := s.Phase == CacheClosed && (s.neverOpened() || s.Now-s.Changed >= QuietAge.Microseconds())
	if d != nil && !quiet {
		d.again.Store(time.Now().Add(QuietAge).UnixMicro())
	}
}

func (d *direct) now() bool { return d != nil && time.Now().UnixMicro() >= d.again.Load() }

// commitWith sends the last batch of a transaction, and commits with it.
func (t *tx) commitWith(ctx context.Context, b *batch) error {
	b.commits = true
	err := t.send(ctx, b)
	commit := (*commitError)(nil)
	t.ended = err == nil || errors.As(err, &commit)
	return err
}
