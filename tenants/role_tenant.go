package tenants

import (
	"context"

	"github.com/roster-scim/roster/authz"
)

// TenantRole is a role of the vendor's as one tenant may map its groups to it.
type TenantRole struct {
	Role
	Mappable bool
	WhyNot   string // of one that is not, a sentence
}

// ListFor returns at most limit of the vendor's roles behind a place, nil for the
// beginning, as a tenant may map them, and the place where the list goes on, nil
// at its end.
func (s *Roles) ListFor(ctx context.Context, tenant TenantID, after *RolePlace, limit int) ([]TenantRole, *RolePlace, error) {
	page, err := s.store.ListRoles(ctx, after, limit+1)
	if err != nil {
		return nil, nil, err
	}
	var next *RolePlace
	if len(page) > limit {
		page = page[:limit]
		next = &RolePlace{page[limit-1].Rank, page[limit-1].Key}
	}
	_, lines, err := s.store.Lines(ctx, tenant.String())
	if err != nil {
		return nil, nil, err
	}
	of := map[string][]authz.Line{}
	for _, l := range lines {
		of[l.Role] = append(of[l.Role], l)
	}
	list := make([]TenantRole, len(page))
	for i, r := range page {
		list[i].Role = *r
		list[i].Mappable, list[i].WhyNot = Mappable(r, of[r.Key])
	}
	return list, next, nil
}
