package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// The bounds of a Registries.
const (
	// maxRegistries is what the definitions may weigh together that registries
	// are kept of, in bytes of their JSON. A registry takes several times that.
	maxRegistries = 16 << 20
	// registryIdle is how long an unused registry is kept: one of an older
	// revision is never asked for again.
	registryIdle = 10 * time.Minute
	// registryWeight is what a registry weighs besides its definitions.
	registryWeight = 4 << 10
)

// Definitions reads what a tenant has defined.
type Definitions interface {
	Definitions(ctx context.Context, tenant tenants.TenantID) (*tenants.Definitions, error)
}

// Registries remembers the registry of each tenant that has schemas or resource
// types of its own. Which revision holds is not decided here: it comes with the
// credential, so that a change holds wherever a revoked token would be refused.
type Registries struct {
	store Definitions
	build func([]tenants.Definition) (*schema.Registry, error)
	cache *otter.Cache[registryKey, *registry]
}

type registryKey struct {
	tenant   tenants.TenantID
	revision int64
}

type registry struct {
	*schema.Registry
	weight uint32
}

// NewRegistries returns a cache of what build makes of the store's definitions.
// Close stops its upkeep.
func NewRegistries(store Definitions, build func([]tenants.Definition) (*schema.Registry, error)) (*Registries, error) {
	cache, err := otter.New(&otter.Options[registryKey, *registry]{
		MaximumWeight:    maxRegistries,
		Weigher:          func(_ registryKey, r *registry) uint32 { return r.weight },
		ExpiryCalculator: otter.ExpiryAccessing[registryKey, *registry](registryIdle),
	})
	if err != nil {
		return nil, fmt.Errorf("make the cache of registries: %w", err)
	}
	return &Registries{store: store, build: build, cache: cache}, nil
}

// Close stops the cache's upkeep.
func (r *Registries) Close() { r.cache.StopAllGoroutines() }

// Registry returns a tenant's registry of at least the given revision. For a
// tenant that has never defined anything it costs nothing.
func (r *Registries) Registry(ctx context.Context, tenant tenants.TenantID, revision int64) (*schema.Registry, error) {
	if revision == 0 {
		return schema.Default(), nil
	}
	found, err := r.cache.Get(ctx, registryKey{tenant, revision}, otter.LoaderFunc[registryKey, *registry](r.load))
	if err != nil {
		return nil, err
	}
	return found.Registry, nil
}

func (r *Registries) load(ctx context.Context, key registryKey) (*registry, error) {
	all, err := r.store.Definitions(ctx, key.tenant)
	if err != nil {
		return nil, err
	}
	built, err := r.build(all.List)
	if err != nil {
		return nil, fmt.Errorf("build the registry of tenant %s: %w", key.tenant, err)
	}
	weight := registryWeight
	for _, d := range all.List {
		weight += len(d.Document)
	}
	return &registry{built.WithRevision(all.Revision), uint32(weight)}, nil
}
