package authz

import (
	"errors"
	"fmt"
	"strings"
)

// Effect is what a policy line does.
type Effect string

// The effects. Deny overrides allow.
const (
	Allow Effect = "allow"
	Deny  Effect = "deny"
)

// Everywhere is the tenant of a line that holds in all tenants and for the
// installation.
const Everywhere = "*"

// Line is one line of the policy: what a role may do, or may not.
type Line struct {
	Role       string // a role's key, or the id of an API key
	Tenant     string // Everywhere, or the public id of the one tenant that it holds in
	Permission Permission
	Effect     Effect
}

// String is the line as people read it: "p, editor, *, provisioning:read, allow".
func (l Line) String() string {
	return "p, " + l.Role + ", " + l.Tenant + ", " + string(l.Permission) + ", " + string(l.Effect)
}

// IsZero reports whether there is no line.
func (l Line) IsZero() bool { return l == Line{} }

// maxRoleKey is how long a role's key may be, in bytes.
const maxRoleKey = 63

// ErrReserved says that a role's key is that of a built-in role.
var ErrReserved = errors.New("a built-in role has this key")

// CheckRoleKey refuses what cannot be the key of a role: lower-case letters and
// digits, and behind the first of them also ".", "_" and "-".
func CheckRoleKey(key string) error {
	if key == "" || len(key) > maxRoleKey {
		return fmt.Errorf("a key has 1 to %d characters", maxRoleKey)
	}
	for i, c := range []byte(key) {
		alphanumeric := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !alphanumeric && (i == 0 || !strings.ContainsRune("._-", rune(c))) {
			return errors.New("a key begins with a letter or digit in lower case and goes on with those, “.”, “_” and “-”")
		}
	}
	return nil
}

// Check refuses what cannot be a line of the vendor's policy. Built-in roles have
// fixed lines, so none can be added to them.
func (l Line) Check() error {
	if err := CheckRoleKey(l.Role); err != nil {
		return fmt.Errorf("role %q: %w", l.Role, err)
	}
	if _, ok := BuiltIn(l.Role); ok {
		return fmt.Errorf("role %q: %w and fixed permissions", l.Role, ErrReserved)
	}
	if l.Tenant != Everywhere && !strings.HasPrefix(l.Tenant, "ten") {
		return fmt.Errorf("tenant %q: give the id of a tenant, or %q for all", l.Tenant, Everywhere)
	}
	if l.Effect != Allow && l.Effect != Deny {
		return fmt.Errorf("effect %q: give %s or %s", l.Effect, Allow, Deny)
	}
	_, err := ParsePermission(string(l.Permission))
	return err
}
