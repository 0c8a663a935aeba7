package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
)

// Granter says what a principal may give to others; authz.Decider is one.
type Granter interface {
	CanGrant(ctx context.Context, p authz.Principal, tenantID string, roles []string, set authz.PermissionSet) (authz.Decision, error)
}

// Roles makes and changes the vendor's roles, what they may do in Roster, and
// the settings of the installation. Its errors are *InvalidError, *TakenError,
// *RefusedError, *ForbiddenError, ErrNotFound, or failures of the store.
type Roles struct {
	store  RoleStore
	grants Granter
	now    func() time.Time
}

// NewRoles returns the roles of a store.
func NewRoles(store RoleStore, grants Granter) *Roles {
	return &Roles{store: store, grants: grants, now: now}
}

// RoleChange is a change of a role; nil leaves a value as it is.
type RoleChange struct {
	Name                    *string
	Description             *string
	Rank                    *int
	Grantable               *bool
	KeepOne                 *bool
	MappableWithPermissions *bool
}

func (c RoleChange) apply(r *Role) {
	set(&r.Name, c.Name)
	set(&r.Description, c.Description)
	set(&r.Rank, c.Rank)
	set(&r.Grantable, c.Grantable)
	set(&r.KeepOne, c.KeepOne)
	set(&r.MappableWithPermissions, c.MappableWithPermissions)
}

// Create adds a role to the catalogue. The keys of Roster's own are taken.
func (s *Roles) Create(ctx context.Context, r Role) (*Role, error) {
	r.BuiltIn, r.CreatedAt = false, s.now()
	r.UpdatedAt = r.CreatedAt
	if err := r.Check(); err != nil {
		return nil, err
	}
	if _, ok := authz.BuiltIn(r.Key); ok {
		return nil, &TakenError{Field: "key", Value: r.Key}
	}
	if err := s.store.CreateRole(ctx, &r); err != nil {
		return nil, err
	}
	return &r, nil
}

// Get returns a role, also one of Roster's own.
func (s *Roles) Get(ctx context.Context, key string) (*Role, error) {
	if r := builtInRole(key); r != nil {
		return r, nil
	}
	return s.store.Role(ctx, key)
}

// List returns at most limit roles behind a place, nil for the beginning, and
// the place where the list goes on, nil at its end. Roster's own are first.
func (s *Roles) List(ctx context.Context, after *RolePlace, limit int) ([]*Role, *RolePlace, error) {
	var page []*Role
	for _, b := range authz.BuiltInRoles() {
		if r := builtInRole(b.Key); after == nil || after.before(r) {
			page = append(page, r)
		}
	}
	if missing := limit + 1 - len(page); missing > 0 {
		rest, err := s.store.ListRoles(ctx, after, missing)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, rest...)
	}
	if len(page) <= limit {
		return page, nil, nil
	}
	page = page[:limit]
	last := page[limit-1]
	return page, &RolePlace{last.Rank, last.Key}, nil
}

// Update changes a role of the vendor's.
func (s *Roles) Update(ctx context.Context, key string, c RoleChange) (*Role, error) {
	if err := refuseBuiltIn(key, "changed"); err != nil {
		return nil, err
	}
	return s.store.UpdateRole(ctx, key, func(r *Role) error {
		c.apply(r)
		return r.Check()
	})
}

// Delete removes a role that nothing refers to.
func (s *Roles) Delete(ctx context.Context, key string) error {
	if err := refuseBuiltIn(key, "deleted"); err != nil {
		return err
	}
	return s.store.DeleteRole(ctx, key)
}

func refuseBuiltIn(key, what string) error {
	if _, ok := authz.BuiltIn(key); !ok {
		return nil
	}
	return &RefusedError{Code: "built_in", Reason: fmt.Sprintf(
		"The role %s is Roster's own and cannot be %s. Make a role of your own with the permissions that you want.", key, what)}
}

// builtInRole is a role of Roster's own as one of the catalogue, nil if the key
// is not one. They rank above all others, so that they are first in a list.
func builtInRole(key string) *Role {
	all := authz.BuiltInRoles()
	for i, b := range all {
		if b.Key == key {
			return &Role{Key: key, Name: b.Name, Description: b.Description, Rank: maxRank + len(all) - i, BuiltIn: true}
		}
	}
	return nil
}
