package cache

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/roster-scim/roster/tenants"
)

// The bounds of a Credentials.
const (
	// Lifetime is how old the answer about a token may be, or the last word that
	// nothing has changed since.
	Lifetime = 500 * time.Millisecond
	// LongestLifetime is how old an answer may be of which that is said: a change
	// that was not made by Roster counts nowhere.
	LongestLifetime = time.Minute
	// UnknownLifetime is how long a token is remembered not to exist.
	UnknownLifetime = 250 * time.Millisecond

	maxKnown   = 50_000 // about 30 MB
	maxUnknown = 10_000 // about 1 MB

	// attempts is how often a look-up is repeated because what it joined had
	// begun before the last Forget.
	attempts = 2
)

// Credentials is a tenants.CredentialStore that remembers in memory what another
// answers. An answer is used for at most Lifetime, counted from before the query
// that gave it was sent, whether or not anything says that it has changed. It is
// used for longer while no credential has changed at all, as of at most Lifetime
// ago: a server with very many tenants would else ask for nearly each request.
// What depends on time, such as a token's expiry, is not decided here and is exact.
//
// Tokens that do not exist are remembered for an even shorter time, in a cache
// of their own, so that a stranger who tries tokens neither reaches the database
// with each nor pushes real ones out. Both caches are bounded. The keys are
// SHA-256 hashes: no secret is kept in memory.
type Credentials struct {
	store   tenants.CredentialStore
	known   *otter.Cache[claim, entry]
	unknown *otter.Cache[claim, struct{}]
	changes *changes
	// generation counts calls of Forget. An answer from before the last one is
	// not used, even if its query was still running then.
	generation atomic.Uint64
}

var (
	_ tenants.CredentialStore = (*Credentials)(nil)
	_ tenants.Forgetter       = (*Credentials)(nil)
)

// claim is what a request says: which connection's token it has.
type claim struct {
	connection tenants.ConnectionID
	hash       tenants.SecretHash
}

// entry is an answer and how far back it reaches.
type entry struct {
	credential *tenants.Credential
	asked      time.Time   // before the query
	generation uint64      // before the query
	seen       *seenChange // before the query; nil: nothing
}

// NewCredentials returns a cache in front of store, of which changes counts what
// changes. Close stops its upkeep.
func NewCredentials(store tenants.CredentialStore, changes CredentialChanges) (*Credentials, error) {
	known, err := otter.New(&otter.Options[claim, entry]{
		MaximumSize:      maxKnown,
		ExpiryCalculator: otter.ExpiryWriting[claim, entry](LongestLifetime),
	})
	if err != nil {
		return nil, fmt.Errorf("make the cache of tokens: %w", err)
	}
	unknown, err := otter.New(&otter.Options[claim, struct{}]{
		MaximumSize:      maxUnknown,
		ExpiryCalculator: otter.ExpiryWriting[claim, struct{}](UnknownLifetime),
	})
	if err != nil {
		known.StopAllGoroutines()
		return nil, fmt.Errorf("make the cache of unknown tokens: %w", err)
	}
	return &Credentials{store: store, known: known, unknown: unknown, changes: newChanges(changes)}, nil
}

// Close stops the caches' upkeep.
func (c *Credentials) Close() {
	c.changes.close()
	c.known.StopAllGoroutines()
	c.unknown.StopAllGoroutines()
}

// Forget drops every answer. Changes are rare and entries short-lived, so there
// is no point in finding out which ones are concerned.
func (c *Credentials) Forget() {
	c.generation.Add(1)
	c.known.InvalidateAll()
	c.unknown.InvalidateAll()
}

// Credential answers from memory, or asks the store once for all requests that
// want the same token at the same time.
func (c *Credentials) Credential(ctx context.Context, connection tenants.ConnectionID, hash tenants.SecretHash) (*tenants.Credential, error) {
	asked := claim{connection, hash}
	c.changes.look(time.Now()) //nolint:contextcheck // it asks for all, and longer than this request may take
	if e, ok := c.known.GetIfPresent(asked); ok {
		if c.fresh(e) {
			return e.credential, nil
		}
		c.known.Invalidate(asked)
	}
	if _, ok := c.unknown.GetIfPresent(asked); ok {
		return nil, tenants.ErrNotFound
	}
	for range attempts {
		e, err := c.known.Get(ctx, asked, otter.LoaderFunc[claim, entry](c.load))
		if errors.Is(err, tenants.ErrNotFound) {
			c.unknown.Set(asked, struct{}{})
			return nil, tenants.ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		if c.fresh(e) {
			return e.credential, nil
		}
		c.known.Invalidate(asked)
	}
	return c.store.Credential(ctx, connection, hash)
}

func (c *Credentials) load(ctx context.Context, asked claim) (entry, error) {
	now := time.Now()
	e := entry{asked: now, generation: c.generation.Load(), seen: c.changes.latest(now)}
	credential, err := c.store.Credential(ctx, asked.connection, asked.hash)
	e.credential = credential
	return e, err
}

// fresh reports whether the answer may still be used. A query that took long has
// used up its answer's lifetime before the cache began to count it.
func (c *Credentials) fresh(e entry) bool {
	if e.generation != c.generation.Load() {
		return false
	}
	now := time.Now()
	age := now.Sub(e.asked)
	return age <= Lifetime || age <= LongestLifetime && c.changes.unchanged(e.seen, now)
}
