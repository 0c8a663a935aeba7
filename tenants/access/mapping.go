package access

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Limits of mappings.
const (
	MaxGroupMappings  = 200
	MaxTenantMappings = 20_000
)

// MappingPlace is a place in the list of a tenant's mappings.
type MappingPlace struct {
	Group      string `json:"g"`
	EntryPoint string `json:"e"`
	Role       string `json:"r"`
}

// ListedMapping is a mapping with whether it has effect.
type ListedMapping struct {
	Mapping
	WhyNot string // why it has none; "" if it has
}

// MappingStore keeps the mappings of groups.
type MappingStore interface {
	// Mappings returns the mappings of a group in order, also of one that is gone
	// but has some. Error: ErrNotFound.
	Mappings(ctx context.Context, tenant tenants.TenantID, group string) ([]ListedMapping, error)
	// ListMappings returns at most limit mappings of a tenant behind a place.
	ListMappings(ctx context.Context, tenant tenants.TenantID, after MappingPlace, limit int) ([]ListedMapping, error)
	// PutMappings replaces the mappings of a group, all in one transaction. It
	// returns what that has done, and the job that tells the vendor, which is nil if
	// nothing has changed. Errors: *InvalidError, *RefusedError (the first of
	// Plan.Refusals), ErrNotFound.
	PutMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []Holding) (*Plan, *Job, error)
	// MappingHistory returns at most limit changes of a group's mappings since a
	// time, the newest first. Error: ErrNotFound.
	MappingHistory(ctx context.Context, tenant tenants.TenantID, group string, since time.Time, limit int) ([]MappingChange, error)
	// PlanMappings returns what PutMappings would do. Errors: *InvalidError,
	// ErrNotFound.
	PlanMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []Holding) (*Plan, error)
}

// Mappings returns the mappings of a group.
func (s *Service) Mappings(ctx context.Context, tenant tenants.TenantID, group string) ([]ListedMapping, error) {
	return s.store.Mappings(ctx, tenant, group)
}

// ListMappings returns at most limit mappings of a tenant behind a place.
func (s *Service) ListMappings(ctx context.Context, tenant tenants.TenantID, after MappingPlace, limit int) ([]ListedMapping, error) {
	return s.store.ListMappings(ctx, tenant, after, limit)
}

// PutMappings replaces the mappings of a group. It returns the mappings as they
// are now, what changed, and the job that tells the vendor of each user, if any.
func (s *Service) PutMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []Holding) ([]ListedMapping, *Plan, *Job, error) {
	if err := checkTargets(targets); err != nil {
		return nil, nil, nil, err
	}
	plan, job, err := s.store.PutMappings(ctx, tenant, group, targets)
	if err != nil {
		return nil, nil, nil, err
	}
	mappings, err := s.store.Mappings(ctx, tenant, group)
	return mappings, plan, job, err
}

// PreviewMappings returns what PutMappings would do.
func (s *Service) PreviewMappings(ctx context.Context, tenant tenants.TenantID, group string, targets []Holding) (*Plan, error) {
	if err := checkTargets(targets); err != nil {
		return nil, err
	}
	return s.store.PlanMappings(ctx, tenant, group, targets)
}

func checkTargets(targets []Holding) error {
	if len(targets) > MaxGroupMappings {
		return &tenants.InvalidError{Field: "mappings", Reason: fmt.Sprintf("a group may have at most %d mappings", MaxGroupMappings)}
	}
	for _, h := range targets {
		if err := checkHolding(h); err != nil {
			return err
		}
	}
	return nil
}

// keyPattern is what roles and entry points are known by.
var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func checkHolding(h Holding) error {
	if h.EntryPoint != Everywhere && !keyPattern.MatchString(h.EntryPoint) {
		return &tenants.InvalidError{Field: "entry_point", Reason: `give the key of an entry point, or "*" for the whole organisation`}
	}
	if !keyPattern.MatchString(h.Role) {
		return &tenants.InvalidError{Field: "role", Reason: "give the key of a role of the catalogue"}
	}
	return nil
}
