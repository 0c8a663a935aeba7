package authz

import (
	"encoding/json"
	"fmt"
	"strings"
)

// PermissionSet is a set of permissions as bits. The zero value is the empty set.
type PermissionSet uint32

// AllPermissions holds every permission.
const AllPermissions PermissionSet = 1<<len(permissions) - 1

// PermissionsIn returns the set of the given permissions. What is no permission
// is left out.
func PermissionsIn(list ...Permission) PermissionSet { return PermissionSet(0).With(list...) }

// ParsePermissions reads a list of permissions. The same one twice is fine.
func ParsePermissions(texts []string) (PermissionSet, error) {
	var set PermissionSet
	for _, text := range texts {
		p, err := ParsePermission(text)
		if err != nil {
			return 0, err
		}
		set = set.With(p)
	}
	return set, nil
}

// With returns the set with more permissions in it.
func (set PermissionSet) With(list ...Permission) PermissionSet {
	for _, p := range list {
		if i := p.index(); i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// Without returns the set without some permissions.
func (set PermissionSet) Without(list ...Permission) PermissionSet {
	return set &^ PermissionsIn(list...)
}

// Has reports whether the permission is in the set.
func (set PermissionSet) Has(p Permission) bool { return set&PermissionsIn(p) != 0 }

// Covers reports whether every permission of other is in the set.
func (set PermissionSet) Covers(other PermissionSet) bool { return other&^set == 0 }

// List returns the permissions in the order of Permissions.
func (set PermissionSet) List() []Permission {
	list := make([]Permission, 0, len(permissions))
	for i := range permissions {
		if set&(1<<i) != 0 {
			list = append(list, permissions[i].Permission)
		}
	}
	return list
}

// Strings returns the permissions as text, in the order of List.
func (set PermissionSet) Strings() []string {
	list := make([]string, 0, len(permissions))
	for _, p := range set.List() {
		list = append(list, string(p))
	}
	return list
}

func (set PermissionSet) String() string { return strings.Join(set.Strings(), ", ") }

// MarshalJSON writes the set as an array: ["directory:read","roles:map"].
func (set PermissionSet) MarshalJSON() ([]byte, error) { return json.Marshal(set.Strings()) }

// UnmarshalJSON reads an array of permissions and refuses unknown ones, as
// ScopeSet does.
func (set *PermissionSet) UnmarshalJSON(data []byte) error {
	var texts []string
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("read permissions: %w", err)
	}
	parsed, err := ParsePermissions(texts)
	if err != nil {
		return fmt.Errorf("read permissions: %w", err)
	}
	*set = parsed
	return nil
}
