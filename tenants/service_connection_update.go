package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// ConnectionUpdate says what becomes different of a connection; nil leaves a part
// alone.
type ConnectionUpdate struct {
	Name *string
	// Provider moves the connection to another identity provider. Its directory,
	// ids, tokens and name stay. A setting that departed from the preset of the
	// one before stays as it is, the others become those of the new preset.
	Provider *string
	Scopes   *authz.ScopeSet
	Domains  *[]string
	Settings []quirk.Change // against the preset of the provider that it has then
}

// UpdateConnection changes a connection.
func (s *Service) UpdateConnection(ctx context.Context, id ConnectionID, u ConnectionUpdate) (*Connection, error) {
	return s.changeConnection(ctx, id, u.apply)
}

func (u *ConnectionUpdate) apply(c *Connection) (err error) {
	if u.Name != nil {
		if c.Name, err = cleanName(*u.Name); err != nil {
			return err
		}
	}
	if u.Provider != nil {
		provider, err := parseProvider(*u.Provider)
		if err != nil {
			return err
		}
		if err := c.move(provider); err != nil {
			return err
		}
	}
	if u.Scopes != nil {
		if *u.Scopes == 0 {
			return &InvalidError{"scopes", "name at least one scope; to let it do nothing, pause it"}
		}
		c.Scopes = *u.Scopes
	}
	if u.Domains != nil {
		if c.Domains, err = cleanDomains("domains", *u.Domains); err != nil {
			return err
		}
	}
	c.Settings = c.Settings.With(quirk.For(c.Provider), u.Settings)
	return nil
}

// move puts another identity provider behind the connection.
func (c *Connection) move(to quirk.Provider) error {
	var kept []string
	before := quirk.For(c.Provider)
	for _, d := range quirk.Catalogue() {
		if value := d.Of(c.Settings); value != d.Of(before) {
			kept = append(kept, d.Key+"="+value.Name)
		}
	}
	changes, err := quirk.ParseChanges(kept)
	if err != nil {
		return fmt.Errorf("move to another provider: %w", err)
	}
	c.Provider, c.Settings = to, quirk.For(to).With(quirk.For(to), changes)
	return nil
}

// ConnectionDeletion is how a connection is deleted.
type ConnectionDeletion struct {
	People  PeopleOnDelete
	Confirm string // the connection's name
}

// DeleteConnection takes the connection away; its tokens stop at once. For Grace
// it can be restored; then its people become what was chosen for them.
func (s *Service) DeleteConnection(ctx context.Context, id ConnectionID, d ConnectionDeletion) (*Connection, error) {
	switch d.People {
	case KeepPeople, DeactivatePeople, RemovePeople:
	default:
		return nil, &InvalidError{"people", fmt.Sprintf(
			"say what becomes of its people: %s, %s or %s", KeepPeople, DeactivatePeople, RemovePeople)}
	}
	return s.changeConnection(ctx, id, func(c *Connection) error {
		c.DeletedAt, c.People = s.now(), d.People
		return checkTyped(d.Confirm, c.Name, "connection")
	})
}

// RestoreConnection brings a deleted connection back as it was, with its people,
// groups and tokens. Errors, besides those of every change: *TakenError if another
// connection has its name now, *RefusedError if it is not deleted, the grace is
// over or the tenant may not have so many.
func (s *Service) RestoreConnection(ctx context.Context, id ConnectionID) (*Connection, error) {
	c, err := s.AnyConnection(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err = s.store.ChangeConnection(ctx, c.TenantID, id, func(c *Connection) error {
		if err := restore("connection", c.DeletedAt, s.now()); err != nil {
			return err
		}
		c.DeletedAt, c.People = time.Time{}, ""
		return nil
	})
	return c, s.forget(err)
}
