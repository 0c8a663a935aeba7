package people

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// Codes of *tenants.RefusedError.
const (
	CodeManaged   = "managed_by_scim" // an identity provider manages the user, who changes there alone
	CodeSeatLimit = "seat_limit"      // the tenant has as many active people as it may
)

// CreateUser registers a user by hand. *tenants.TakenError: another user of the
// tenant, whoever brought them, has the userName, or another one that was
// registered has the externalId.
func (s *Service) CreateUser(ctx context.Context, tenant tenants.TenantID, n NewUser) (*User, error) {
	body, err := n.document()
	if err != nil {
		return nil, err
	}
	terms, err := s.store.Terms(ctx, tenant)
	if err != nil {
		return nil, err
	}
	// What the tenant demands of its own users is not asked of those whom the
	// vendor registers: there is no way to say it here.
	c, t := caller(ctx, tenant, terms, schema.Default())
	made, err := s.engine.Create(ctx, c, t, body, scim.Projection{})
	if err != nil {
		return nil, s.explain(err)
	}
	return s.store.User(ctx, tenant, path.Base(made.Location))
}

// UpdateUser changes what the change names of a user whom the vendor has
// registered, as CreateUser would. *tenants.RefusedError: the user is managed.
func (s *Service) UpdateUser(ctx context.Context, tenant tenants.TenantID, id string, change UserChange) (*User, error) {
	body, err := change.patch()
	if err != nil {
		return nil, err
	}
	err = s.edit(ctx, tenant, id, "changed", func(c *scim.Caller, t *schema.ResourceType) error {
		if body == nil {
			return nil
		}
		_, err := s.engine.Patch(ctx, c, t, id, body, scim.Projection{}, scim.Preconditions{})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.store.User(ctx, tenant, id)
}

// DeleteUser removes a user whom the vendor has registered. *tenants.RefusedError:
// the user is managed.
func (s *Service) DeleteUser(ctx context.Context, tenant tenants.TenantID, id string) error {
	return s.edit(ctx, tenant, id, "removed", func(c *scim.Caller, t *schema.ResourceType) error {
		_, err := s.engine.Delete(ctx, c, t, id, scim.Preconditions{})
		return err
	})
}

// edit does something to a user whom the vendor has registered. The engine sees
// no others: whoever is taken over meanwhile is not found, and then managed.
func (s *Service) edit(ctx context.Context, tenant tenants.TenantID, id, what string,
	do func(c *scim.Caller, t *schema.ResourceType) error) error {
	if err := s.refuseManaged(ctx, tenant, id, what); err != nil {
		return err
	}
	terms, err := s.store.Terms(ctx, tenant)
	if err != nil {
		return err
	}
	types, err := s.types.Registry(ctx, tenant, terms.SchemaRevision)
	if err != nil {
		return fmt.Errorf("read the tenant's schemas: %w", err)
	}
	err = s.explain(do(caller(ctx, tenant, terms, types)))
	if !errors.Is(err, tenants.ErrNotFound) {
		return err
	}
	return errors.Join(s.refuseManaged(ctx, tenant, id, what), err)
}

// refuseManaged says where a managed user can be changed.
func (s *Service) refuseManaged(ctx context.Context, tenant tenants.TenantID, id, what string) error {
	user, err := s.store.User(ctx, tenant, id)
	if err != nil {
		return err
	}
	c := user.Connection
	switch {
	case c == nil:
		return nil
	case c.Deleting:
		return &tenants.RefusedError{Code: CodeManaged, Reason: fmt.Sprintf("The user is managed by the connection %q (%s), which is being deleted. "+
			"The user can be %s when that is over, or in the identity provider after the connection was restored.", c.Name, c.Provider, what)}
	}
	return &tenants.RefusedError{Code: CodeManaged, Reason: fmt.Sprintf("The user is managed by the connection %q and can be %s in %s alone. "+
		"Do it there; it comes here with the next provisioning.", c.Name, what, c.Provider)}
}

// explain says in the words of this package why the engine refused.
func (s *Service) explain(err error) error {
	if errors.Is(err, scim.ErrNotFound) {
		return tenants.ErrNotFound
	}
	if e, ok := errors.AsType[*scim.ConflictError](err); ok {
		field := map[string]string{"userName": "user_name", "externalId": "external_id"}[e.Attribute]
		return &tenants.TakenError{Field: field, Value: e.Value}
	}
	if e, ok := errors.AsType[*scim.SeatsError](err); ok {
		return &tenants.RefusedError{Code: CodeSeatLimit, Reason: fmt.Sprintf("%d of %d seats used. Deactivate somebody who no longer "+
			"needs access, or ask the provider of the application for more seats.", e.Used, e.Seats)}
	}
	return err
}

// all lets the vendor do everything with its own users: who may call was decided
// before.
type all struct{}

func (all) Allow(scim.Action, *schema.ResourceType) error { return nil }

// caller is the vendor at work in the tenant's own directory.
func caller(ctx context.Context, tenant tenants.TenantID, terms Terms, types *schema.Registry) (*scim.Caller, *schema.ResourceType) {
	o := tenants.OriginOf(ctx)
	return &scim.Caller{
		Directory: scim.Directory{TenantID: tenant.UUID(), ConnectionID: uuid.Nil.String()},
		Types:     types,
		Settings:  quirk.For(quirk.Generic),
		Guard:     all{},
		Limits:    scim.Limits{Seats: terms.Seats},
		Origin: scim.Origin{
			RequestID: o.RequestID, Actor: o.Actor, ActorName: o.ActorName, Address: o.Address, UserAgent: o.UserAgent,
		},
	}, types.ByName("User")
}
