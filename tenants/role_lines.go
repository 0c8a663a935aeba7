package tenants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/roster-scim/roster/authz"
)

// lineAttempts bounds how often a change of lines is worked out anew because
// others changed them meanwhile.
const lineAttempts = 5

// Lines returns what a role may do in Roster, also one of Roster's own.
func (s *Roles) Lines(ctx context.Context, key string) ([]authz.Line, error) {
	if b, ok := authz.BuiltIn(key); ok {
		return b.Lines(), nil
	}
	return s.store.RoleLines(ctx, key)
}

// SetLines replaces what a role may do in Roster and returns it in order. Whoever
// does it must hold every permission that the role gains by it, in the tenants
// that it gains it for: by a line that allows, or by one less that denies.
func (s *Roles) SetLines(ctx context.Context, by authz.Principal, key string, lines []authz.Line) ([]authz.Line, error) {
	if err := refuseBuiltIn(key, "changed"); err != nil {
		return nil, err
	}
	lines, err := cleanLines(key, lines)
	if err != nil {
		return nil, err
	}
	for range lineAttempts {
		var before []authz.Line
		if before, err = s.store.RoleLines(ctx, key); err != nil {
			return nil, err
		}
		if err = s.mayChange(ctx, by, before, lines); err != nil {
			return nil, err
		}
		if err = s.store.SetRoleLines(ctx, key, before, lines); !errors.Is(err, ErrOutdated) {
			return lines, err
		}
	}
	return nil, err
}

// cleanLines returns the lines of a role in order. There is one line for each
// permission and tenant.
func cleanLines(key string, lines []authz.Line) ([]authz.Line, error) {
	if len(lines) > MaxRoleLines {
		return nil, &InvalidError{"lines", fmt.Sprintf("give at most %d", MaxRoleLines)}
	}
	lines = slices.Clone(lines)
	for i := range lines {
		l := &lines[i]
		l.Role = key
		if err := l.Check(); err != nil {
			return nil, &InvalidError{"lines", err.Error()}
		}
		if l.Tenant == authz.Everywhere {
			continue
		}
		if _, err := ParseTenantID(l.Tenant); err != nil {
			return nil, &InvalidError{"lines", fmt.Sprintf("%q is not the id of a tenant", l.Tenant)}
		}
	}
	slices.SortFunc(lines, compareLines)
	for i := 1; i < len(lines); i++ {
		if compareLines(lines[i-1], lines[i]) == 0 {
			return nil, &InvalidError{"lines", fmt.Sprintf("there are two lines about %s for %s; give one",
				lines[i].Permission, tenantWords(lines[i].Tenant))}
		}
	}
	return lines, nil
}

// compareLines orders the lines of one role by tenant, all tenants first, and
// permission.
func compareLines(a, b authz.Line) int {
	return cmp.Or(strings.Compare(a.Tenant, b.Tenant), strings.Compare(string(a.Permission), string(b.Permission)))
}

func tenantWords(tenant string) string {
	if tenant == authz.Everywhere {
		return "all tenants"
	}
	return tenant
}

// mayChange refuses a change by which a role would gain what the principal does
// not hold.
func (s *Roles) mayChange(ctx context.Context, by authz.Principal, before, after []authz.Line) error {
	for tenant, set := range gains(before, after) {
		where := tenant
		if tenant == authz.Everywhere {
			where = ""
		}
		d, err := s.grants.CanGrant(ctx, by, where, nil, set)
		if err != nil {
			return err
		}
		if !d.Allowed {
			return &ForbiddenError{Reason: strings.TrimSpace(d.Reason + " " + d.WhoCanGrant)}
		}
	}
	return nil
}

// gains are the permissions that a role may have more of, by tenant: new lines
// that allow, and lines that denied and are gone.
func gains(before, after []authz.Line) map[string]authz.PermissionSet {
	gained := map[string]authz.PermissionSet{}
	missing := func(from, in []authz.Line, effect authz.Effect) {
		for _, l := range from {
			if l.Effect == effect && !slices.Contains(in, l) {
				gained[l.Tenant] = gained[l.Tenant].With(l.Permission)
			}
		}
	}
	missing(after, before, authz.Allow)
	missing(before, after, authz.Deny)
	return gained
}
