package people

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// Store reads people across the directories of a tenant. Whatever is not the
// tenant's is not found, and a deleted tenant has nobody: tenants.ErrNotFound.
// Lists are in an order that does not change, at most as long as they are asked
// to be, and of one moment.
type Store interface {
	ListUsers(ctx context.Context, tenant tenants.TenantID, q UserQuery) ([]*User, error)
	User(ctx context.Context, tenant tenants.TenantID, id string) (*User, error)
	// ListGroups returns groups in order of their ids.
	ListGroups(ctx context.Context, tenant tenants.TenantID, q GroupQuery) ([]*Group, error)
	Group(ctx context.Context, tenant tenants.TenantID, id string) (*Group, error)
	// ListMembers returns direct members with ids above after, in that order.
	ListMembers(ctx context.Context, tenant tenants.TenantID, group, after string, limit int) ([]*Member, error)
	// ListUserGroups returns groups with ids above after, in that order.
	ListUserGroups(ctx context.Context, tenant tenants.TenantID, user, after string, limit int) ([]*UserGroup, error)
	// Terms are what a tenant's own users are held to.
	Terms(ctx context.Context, tenant tenants.TenantID) (Terms, error)
}

// Terms are what the users of a tenant are held to.
type Terms struct {
	Seats          int   // how many may be active; 0: any number
	SchemaRevision int64 // of the tenant's definitions
}

// Types knows what a tenant has defined.
type Types interface {
	Registry(ctx context.Context, tenant tenants.TenantID, revision int64) (*schema.Registry, error)
}

// Service reads a tenant's people and keeps those whom the vendor registers. Its
// errors are tenants.ErrNotFound, *tenants.InvalidError, *tenants.TakenError,
// *tenants.RefusedError, *scim.Error, or failures of the store.
type Service struct {
	store  Store
	engine *scim.Engine
	types  Types
}

// NewService returns a Service. The users whom it makes are kept in directories:
// they are held to the same rules, and leave the same traces, as those who come
// by SCIM.
func NewService(store Store, directories scim.Store, types Types) *Service {
	return &Service{store: store, engine: scim.New(directories), types: types}
}

// ListUsers returns a page of users.
func (s *Service) ListUsers(ctx context.Context, tenant tenants.TenantID, q UserQuery) ([]*User, error) {
	var err error
	if q.Text, err = cleanSearch(q.Text); err != nil {
		return nil, err
	}
	if q.Limit, err = cleanLimit(q.Limit); err != nil {
		return nil, err
	}
	return s.store.ListUsers(ctx, tenant, q)
}

// User returns one user with all attributes.
func (s *Service) User(ctx context.Context, tenant tenants.TenantID, id string) (*User, error) {
	return s.store.User(ctx, tenant, id)
}

// ListGroups returns a page of groups.
func (s *Service) ListGroups(ctx context.Context, tenant tenants.TenantID, q GroupQuery) ([]*Group, error) {
	var err error
	if q.Text, err = cleanSearch(q.Text); err != nil {
		return nil, err
	}
	if q.Limit, err = cleanLimit(q.Limit); err != nil {
		return nil, err
	}
	return s.store.ListGroups(ctx, tenant, q)
}

// Group returns one group.
func (s *Service) Group(ctx context.Context, tenant tenants.TenantID, id string) (*Group, error) {
	return s.store.Group(ctx, tenant, id)
}

// ListMembers returns a page of a group's direct members, behind the id after.
func (s *Service) ListMembers(ctx context.Context, tenant tenants.TenantID, group, after string, limit int) ([]*Member, error) {
	limit, err := cleanLimit(limit)
	if err != nil {
		return nil, err
	}
	return s.store.ListMembers(ctx, tenant, group, after, limit)
}

// ListUserGroups returns a page of the groups that a user is in, behind the id after.
func (s *Service) ListUserGroups(ctx context.Context, tenant tenants.TenantID, user, after string, limit int) ([]*UserGroup, error) {
	limit, err := cleanLimit(limit)
	if err != nil {
		return nil, err
	}
	return s.store.ListUserGroups(ctx, tenant, user, after, limit)
}

// maxSearch is how long a text to look for may be, in characters.
const maxSearch = 200

func cleanSearch(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > maxSearch {
		return "", &tenants.InvalidError{Field: "q", Reason: fmt.Sprintf("give at most %d characters of text", maxSearch)}
	}
	return text, nil
}

func cleanLimit(limit int) (int, error) {
	if limit < 1 || limit > MaxPage {
		return 0, &tenants.InvalidError{Field: "limit", Reason: fmt.Sprintf("give a number from 1 to %d", MaxPage-1)}
	}
	return limit, nil
}
