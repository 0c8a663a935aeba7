package storage

import "context"

// Guard stands between what a transaction has written and its commit, for the
// sake of those who remember what was stored before: see storage/cache.
type Guard interface {
	// Announce is called when everything is written and state was read behind
	// it, in the same transaction. When it returns without an error nobody is
	// answered any more from what was remembered of touched, nor remembers it
	// anew, until Settle; with an error the transaction must not be committed.
	Announce(ctx context.Context, touched *Touched, state CacheState) (Announcement, error)
}

// EarlyGuard is a Guard that can announce before the state was read, under the one
// that it has seen itself: the transaction then makes sure that this still holds.
type EarlyGuard interface {
	Guard
	// Early says whether AnnounceEarly would announce something now.
	Early() bool
	// AnnounceEarly is Announce without a state. The transaction must be committed
	// only if the premise holds then. Without an announcement, and without an error,
	// it has to be announced later.
	AnnounceEarly(ctx context.Context, touched *Touched) (Announcement, Premise, error)
}

// Premise is what an early announcement rests on. The transaction looks whether
// it holds where it would have read the state.
type Premise struct {
	Generation int64 // that is opening or open
	Started    int64 // when the server of the database was: see CacheState
	Until      int64 // by the database's clock, as CacheState.Now
}

// Announcement is a change that was announced and has not been settled.
type Announcement interface {
	// Settle says how the transaction ended. After an error the change is
	// stored, but must not be acknowledged: somebody may not see it for a
	// moment.
	Settle(ctx context.Context, outcome Outcome) error
}

// Outcome is how a transaction ended.
type Outcome int

// The outcomes. Unknown is a commit whose answer was lost: it takes effect
// within CommitBound of the reading of the state, or never.
const (
	Aborted Outcome = iota
	Committed
	Unknown
)
