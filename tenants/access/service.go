package access

import (
	"context"

	"github.com/roster-scim/roster/tenants"
)

// Store is what a Service needs kept.
type Store interface {
	AccessStore
	MappingStore
	AssignmentStore
	EntryPointStore
	JobStore
}

// AccessStore finds out who holds what.
type AccessStore interface {
	// Access returns what one user holds, in one statement. Error: ErrNotFound.
	Access(ctx context.Context, tenant tenants.TenantID, user string) (*UserAccess, error)
	// ListAccess returns those users behind one, in the order of ids, who match
	// the filter: at most limit, all of whom hold something.
	ListAccess(ctx context.Context, tenant tenants.TenantID, f Filter, after string, limit int) ([]*UserAccess, error)
	// Held returns what users hold, in order, by their ids, in one statement. Who
	// holds nothing or is not there is not in it.
	Held(ctx context.Context, tenant tenants.TenantID, users []string) (map[string][]Holding, error)
}

// Filter selects access. Empty fields select everything.
type Filter struct {
	User       string
	EntryPoint string
	Role       string
}

// Matches reports whether a line is selected.
func (f Filter) Matches(l Line) bool {
	return (f.EntryPoint == "" || f.EntryPoint == l.EntryPoint) && (f.Role == "" || f.Role == l.Role.Key)
}

// Service answers who holds what, and changes it. Its errors are
// *tenants.InvalidError, *tenants.TakenError, *tenants.RefusedError,
// tenants.ErrNotFound, or failures of the store.
type Service struct{ store Store }

// New returns a Service on the store.
func New(store Store) *Service { return &Service{store: store} }

// Access returns what a user holds and why, or why nothing.
func (s *Service) Access(ctx context.Context, tenant tenants.TenantID, user string) (*UserAccess, error) {
	return s.store.Access(ctx, tenant, user)
}

// ListAccess returns the users behind one who hold what the filter selects, and
// what they hold of it: at most limit.
func (s *Service) ListAccess(ctx context.Context, tenant tenants.TenantID, f Filter, after string, limit int) ([]*UserAccess, error) {
	return s.store.ListAccess(ctx, tenant, f, after, limit)
}

// Held returns what users hold, in order, by their ids. Who holds nothing or is
// not there is not in it.
func (s *Service) Held(ctx context.Context, tenant tenants.TenantID, users []string) (map[string][]Holding, error) {
	if len(users) == 0 {
		return map[string][]Holding{}, nil
	}
	return s.store.Held(ctx, tenant, users)
}
