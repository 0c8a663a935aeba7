package tenants

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// NewSchemas is an upload of definitions.
type NewSchemas struct {
	TenantID TenantID
	// Text is the JSON of one definition or an array of them.
	Text []byte
	// Extend, if set, is the name of a resource type that every schema in the
	// text becomes an extension of; Required says that every such resource must
	// have it.
	Extend   string
	Required bool
}

// SchemaRules knows what the JSON of definitions means. Errors of both methods
// are *InvalidError, *TakenError and ErrNotDefined.
type SchemaRules interface {
	// Add returns all definitions that there are after an upload, without times,
	// and what that demands of the stored resources.
	Add(current []Definition, n NewSchemas) ([]Definition, []Demand, error)
	// Remove returns the definitions without the one named.
	Remove(current []Definition, name string) ([]Definition, []Demand, error)
}

// Schemas makes and changes the schemas and resource types of tenants. Its
// errors are *InvalidError, *TakenError, *InUseError, ErrNotFound, ErrNotDefined,
// or failures of the store.
type Schemas struct {
	store SchemaStore
	rules SchemaRules
	cache Forgetter
	now   func() time.Time
}

// NewSchemaService returns a Schemas on the store. cache may be nil.
func NewSchemaService(store SchemaStore, rules SchemaRules, cache Forgetter) *Schemas {
	return &Schemas{store: store, rules: rules, cache: cache, now: now}
}

// SchemaChange is what became of an upload or a deletion.
type SchemaChange struct {
	Revision int64
	Added    []Definition
	Changed  []Definition
	Removed  []Definition
}

// Empty says that there was nothing to do.
func (c *SchemaChange) Empty() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// List returns what a tenant has defined.
func (s *Schemas) List(ctx context.Context, tenant TenantID) (*Definitions, error) {
	if _, err := s.store.Tenant(ctx, tenant); err != nil {
		return nil, err
	}
	return s.store.Definitions(ctx, tenant)
}

// Get returns the schema of that URN, the type of that name, or what extends the
// built-in type of that name, in any case.
func (s *Schemas) Get(ctx context.Context, tenant TenantID, name string) (*Definition, error) {
	all, err := s.List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	key := (&Definition{Name: name}).Key()
	for i := range all.List {
		if all.List[i].Key().Name == key.Name {
			return &all.List[i], nil
		}
	}
	return nil, ErrNotDefined
}

// Add adds definitions, or changes those that are there, all or none. Uploading
// the same again changes nothing.
func (s *Schemas) Add(ctx context.Context, n NewSchemas) (*SchemaChange, error) {
	return s.change(ctx, n.TenantID, func(current []Definition) ([]Definition, []Demand, error) {
		return s.rules.Add(current, n)
	})
}

// Delete takes a schema or resource type away. A schema stops to extend the
// types that it extends.
func (s *Schemas) Delete(ctx context.Context, tenant TenantID, name string) (*SchemaChange, error) {
	return s.change(ctx, tenant, func(current []Definition) ([]Definition, []Demand, error) {
		return s.rules.Remove(current, name)
	})
}

// maxAttempts bounds how often a change is worked out anew because somebody
// else's came between.
const maxAttempts = 5

func (s *Schemas) change(ctx context.Context, tenant TenantID,
	plan func([]Definition) ([]Definition, []Demand, error),
) (*SchemaChange, error) {
	for range maxAttempts {
		current, err := s.List(ctx, tenant)
		if err != nil {
			return nil, err
		}
		next, demands, err := plan(current.List)
		if err != nil {
			return nil, err
		}
		at := s.now()
		done, drop := compare(current, next, at)
		if done.Empty() {
			return done, nil
		}
		done.Revision, err = s.store.ChangeDefinitions(ctx, tenant, DefinitionChange{
			Revision: current.Revision, Put: slices.Concat(done.Added, done.Changed), Drop: drop, Demands: demands, At: at,
		})
		if errors.Is(err, ErrOutdated) {
			continue
		}
		s.forget()
		if inUse, ok := errors.AsType[*InUseError](err); ok {
			return nil, inUse // which says all there is to say
		}
		if err != nil {
			return nil, err
		}
		return done, nil
	}
	return nil, fmt.Errorf("change definitions %d times: %w", maxAttempts, ErrOutdated)
}

// compare says what a change does to each definition.
func compare(current *Definitions, next []Definition, at time.Time) (done *SchemaChange, drop []DefinitionKey) {
	done = &SchemaChange{Revision: current.Revision}
	for _, d := range next {
		d.CreatedAt, d.UpdatedAt = at, at
		i := slices.IndexFunc(current.List, func(old Definition) bool { return old.Key() == d.Key() })
		if i < 0 {
			done.Added = append(done.Added, d)
		} else if old := current.List[i]; !bytes.Equal(old.Document, d.Document) {
			d.CreatedAt = old.CreatedAt
			done.Changed = append(done.Changed, d)
		}
	}
	for _, old := range current.List {
		if !slices.ContainsFunc(next, func(d Definition) bool { return old.Key() == d.Key() }) {
			done.Removed = append(done.Removed, old)
			drop = append(drop, old.Key())
		}
	}
	return done, drop
}

// forget drops the cache, also when the change failed: a commit may have happened
// although its answer got lost.
func (s *Schemas) forget() {
	if s.cache != nil {
		s.cache.Forget()
	}
}
