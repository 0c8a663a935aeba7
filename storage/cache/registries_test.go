package cache

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// shelf has the definitions of tenants and counts who reads them.
type shelf struct {
	mu    sync.Mutex
	all   map[tenants.TenantID]*tenants.Definitions
	reads int
	err   error
}

func (s *shelf) Definitions(_ context.Context, tenant tenants.TenantID) (*tenants.Definitions, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	return s.all[tenant], s.err
}

// named builds a registry with one more schema, whose URN the definition is.
func named(list []tenants.Definition) (*schema.Registry, error) {
	var d schema.Definitions
	for _, one := range list {
		s, err := schema.ParseSchema(one.Document)
		if err != nil {
			return nil, err
		}
		d.Schemas = append(d.Schemas, s)
	}
	return d.Registry()
}

func defines(revision int64, urn string, size int) *tenants.Definitions {
	text := `{"id":"` + urn + `","name":"X","attributes":[{"name":"a"}]` + strings.Repeat(" ", size) + `}`
	return &tenants.Definitions{Revision: revision, List: []tenants.Definition{{Document: json.RawMessage(text)}}}
}

func registries(t *testing.T, s *shelf) *Registries {
	t.Helper()
	r, err := NewRegistries(s, named)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestRegistries(t *testing.T) {
	t.Parallel()
	a, b := tenants.NewTenantID(), tenants.NewTenantID()
	s := &shelf{all: map[tenants.TenantID]*tenants.Definitions{a: defines(1, "urn:example:a", 0), b: defines(1, "urn:example:b", 0)}}
	r := registries(t, s)
	get := func(tenant tenants.TenantID, revision int64, reads int) *schema.Registry {
		t.Helper()
		got, err := r.Registry(t.Context(), tenant, revision)
		if err != nil {
			t.Fatal(err)
		}
		if s.reads != reads {
			t.Errorf("%d reads, want %d", s.reads, reads)
		}
		return got
	}
	if get(a, 0, 0) != schema.Default() {
		t.Error("a tenant without definitions has not the default registry")
	}
	first := get(a, 1, 1)
	if first.Schema("urn:example:a") == nil || first.Schema("urn:example:b") != nil || first.ByName("User").Revision() != 1 {
		t.Error("a has not its own registry")
	}
	if get(a, 1, 1) != first || get(b, 1, 2).Schema("urn:example:b") == nil {
		t.Error("a registry is not kept, or is another tenant's")
	}
	s.all[a] = defines(2, "urn:example:c", 0)
	if get(a, 1, 2) != first {
		t.Error("a registry is dropped before its revision is")
	}
	if second := get(a, 2, 3); second.Schema("urn:example:c") == nil || second.ByName("Group").Revision() != 2 {
		t.Error("a new revision has the old registry")
	}
	if schema.Default().ByName("User").Revision() != 0 {
		t.Error("the default registry has got a revision")
	}
}

func TestRegistriesAreBuiltOnce(t *testing.T) {
	t.Parallel()
	tenant := tenants.NewTenantID()
	s := &shelf{all: map[tenants.TenantID]*tenants.Definitions{tenant: defines(7, "urn:example:a", 0)}}
	r := registries(t, s)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := r.Registry(t.Context(), tenant, 7); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.reads != 1 {
		t.Errorf("%d reads for 20 requests at once", s.reads)
	}
}

// TestRegistriesFail: a failure is not kept.
func TestRegistriesFail(t *testing.T) {
	t.Parallel()
	tenant := tenants.NewTenantID()
	s := &shelf{err: errors.New("gone"), all: map[tenants.TenantID]*tenants.Definitions{tenant: defines(1, "no URN", 0)}}
	r := registries(t, s)
	if _, err := r.Registry(t.Context(), tenant, 1); !errors.Is(err, s.err) {
		t.Errorf("the database fails: %v", err)
	}
	s.err = nil
	if _, err := r.Registry(t.Context(), tenant, 1); err == nil || !strings.Contains(err.Error(), tenant.String()) {
		t.Errorf("definitions that cannot be read: %v", err)
	}
	s.all[tenant] = defines(1, "urn:example:a", 0)
	if _, err := r.Registry(t.Context(), tenant, 1); err != nil {
		t.Errorf("after that: %v", err)
	}
}

// TestRegistriesAreBounded: registries do not take more memory than they may,
// however many tenants there are.
func TestRegistriesAreBounded(t *testing.T) {
	t.Parallel()
	s := &shelf{all: map[tenants.TenantID]*tenants.Definitions{}}
	r := registries(t, s)
	for range 40 {
		tenant := tenants.NewTenantID()
		s.all[tenant] = defines(1, "urn:example:a", 900_000)
		if _, err := r.Registry(t.Context(), tenant, 1); err != nil {
			t.Fatal(err)
		}
	}
	r.cache.CleanUp()
	if weight := r.cache.WeightedSize(); weight > maxRegistries || weight < maxRegistries/2 {
		t.Errorf("the registries weigh %d", weight)
	}
}
