package tenants

import "time"

// Store is what a Service needs kept.
type Store interface {
	TenantStore
	ConnectionStore
	PendingStore
	TokenStore
}

// Forgetter drops what it remembers about credentials. A cache in front of a
// CredentialStore is one; a Service calls it after every change that decides how
// requests are answered, so that it holds in this process at once.
type Forgetter interface{ Forget() }

// Service makes and changes tenants, connections and tokens. Its errors are
// *InvalidError, *TakenError, *RefusedError, ErrNotFound, or failures of the
// store. Its connections and tokens are those of all tenants, as operators see
// them; For confines it.
type Service struct {
	store Store
	cache Forgetter
	now   func() time.Time

	confined bool
	tenant   TenantID // the only one, if it is confined
}

// NewService returns a Service on the store. cache may be nil.
func NewService(store Store, cache Forgetter) *Service {
	return &Service{store: store, cache: cache, now: now}
}

// For returns the same service for somebody who acts in one tenant: connections
// and tokens of others do not exist.
func (s *Service) For(tenant TenantID) *Service {
	c := *s
	c.confined, c.tenant = true, tenant
	return &c
}

// now is the time as stores keep it: UTC, to the microsecond.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// forget returns err after having dropped the cache, also when the change
// failed: a commit may have happened although its answer got lost.
func (s *Service) forget(err error) error {
	if s.cache != nil {
		s.cache.Forget()
	}
	return err
}
