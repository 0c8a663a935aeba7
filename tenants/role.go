package tenants

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/authz"
)

const (
	// MaxRoles is how many roles the vendor's catalogue may have.
	MaxRoles = 500
	// MaxRoleLines is how many policy lines one role may have.
	MaxRoleLines = 1000

	maxRank            = 1_000_000
	maxRoleDescription = 500 // characters
)

// Role is a role of the vendor's app, which tenants map their groups to. Roles
// may also carry permissions of Roster: see RoleLines. Roster's own roles are
// like it, but cannot be changed, mapped or assigned.
type Role struct {
	Key         string // "editor": unique and never changed
	Name        string
	Description string
	Rank        int  // 0 to 1,000,000; the higher one wins
	Grantable   bool // a group mapping may give it
	KeepOne     bool // a change of mappings must leave somebody who has it
	// MappableWithPermissions lets a group mapping give it although it carries
	// permissions of Roster.
	MappableWithPermissions bool
	BuiltIn                 bool // it is Roster's own
	CreatedAt               time.Time
	UpdatedAt               time.Time
}

// Check refuses values that no role may have.
func (r *Role) Check() error {
	if err := authz.CheckRoleKey(r.Key); err != nil {
		return &InvalidError{"key", err.Error()}
	}
	name, err := cleanName(r.Name)
	if err != nil {
		return err
	}
	r.Name, r.Description = name, strings.TrimSpace(r.Description)
	if err := checkLine("description", r.Description, maxRoleDescription); err != nil {
		return err
	}
	if r.Rank < 0 || r.Rank > maxRank {
		return &InvalidError{"rank", fmt.Sprintf("give a number from 0 to %d", maxRank)}
	}
	return nil
}

// Mappable says whether a group mapping may give a role that has these policy
// lines, and if not, why, in a sentence. The lines may be those of one tenant or
// all that the role has.
func Mappable(r *Role, lines []authz.Line) (bool, string) {
	if r.BuiltIn {
		return false, fmt.Sprintf("%s is a role of Roster itself and is given by a portal link or a sign-in.", r.Name)
	}
	why := WhyNotMappable(r.Key, r.Grantable, carries(lines) != 0, r.MappableWithPermissions)
	return why == "", why
}

// WhyNotMappable is why a group mapping may not give a role and who can change
// that, "" if it may: the role must be grantable and, if it permits anything in
// Roster itself, allowed to be given although it does.
func WhyNotMappable(key string, grantable, permits, allowed bool) string {
	const remedy = "Whoever manages roles (roles:manage) can change that, or assign it to people directly."
	switch {
	case !grantable:
		return fmt.Sprintf("The role %q is not grantable by a group. %s", key, remedy)
	case permits && !allowed:
		return fmt.Sprintf("The role %q carries permissions in Roster itself, so a group may not give it. %s", key, remedy)
	}
	return ""
}

// carries is what the lines allow, wherever.
func carries(lines []authz.Line) (set authz.PermissionSet) {
	for _, l := range lines {
		if l.Effect == authz.Allow {
			set = set.With(l.Permission)
		}
	}
	return set
}

// RolePlace is a place in the list of roles: behind the role with this rank and
// key.
type RolePlace struct {
	Rank int    `json:"r"`
	Key  string `json:"k"`
}

// before reports whether a role comes behind the place: the highest rank is
// first, and among equals the first key.
func (p RolePlace) before(r *Role) bool {
	return r.Rank < p.Rank || r.Rank == p.Rank && r.Key > p.Key
}

// RoleStore keeps the vendor's roles and what they may do in Roster. Every change
// raises the revision of the policy, in the same transaction.
type RoleStore interface {
	authz.Policies
	// CreateRole stores a role. Errors: *TakenError for "key", *RefusedError if
	// there are MaxRoles already.
	CreateRole(ctx context.Context, r *Role) error
	// Role returns one role or ErrNotFound.
	Role(ctx context.Context, key string) (*Role, error)
	// ListRoles returns at most limit roles behind a place, nil for the beginning:
	// the highest rank first, then in order of their keys.
	ListRoles(ctx context.Context, after *RolePlace, limit int) ([]*Role, error)
	// UpdateRole stores what change makes of a role, and returns it. Nobody else
	// changes it in between; change may be called several times. Errors:
	// ErrNotFound, those of change.
	UpdateRole(ctx context.Context, key string, change func(r *Role) error) (*Role, error)
	// DeleteRole removes a role and its lines. Errors: ErrNotFound, *RefusedError
	// if something refers to it.
	DeleteRole(ctx context.Context, key string) error
	// RoleLines returns the policy lines of a role, those for all tenants first.
	// Errors: ErrNotFound.
	RoleLines(ctx context.Context, key string) ([]authz.Line, error)
	// SetRoleLines replaces the lines of a role. Errors: ErrNotFound, ErrOutdated
	// if they are not before, *InvalidError for a tenant that does not exist.
	SetRoleLines(ctx context.Context, key string, before, after []authz.Line) error
	// Settings returns those of the installation.
	Settings(ctx context.Context) (Settings, error)
	// UpdateSettings stores what change makes of the settings, and returns them.
	UpdateSettings(ctx context.Context, change func(s *Settings) error) (Settings, error)
}
