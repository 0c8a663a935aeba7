package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/roster-scim/roster/tenants"
)

// Everywhere is the entry point that every tenant has: the whole organisation.
const Everywhere = "*"

// Rule says what somebody holds whom several roles are given at one entry point.
type Rule = tenants.AccessRule

// The rules of an installation.
const (
	Highest = tenants.AccessHighest
	All     = tenants.AccessAll
)

// Role is what access needs to know of a role of the vendor's catalogue.
type Role struct {
	Key       string
	Name      string
	Rank      int64 // higher wins; of equals, the key that comes first
	Grantable bool
	KeepOne   bool
	Permits   bool // it carries permissions of Roster in the tenant
	Mappable  bool // the vendor lets mappings give it although it Permits
}

// WhyNotMappable is why a mapping may not give the role and who can change that,
// "" if it may.
func (r *Role) WhyNotMappable() string {
	return tenants.WhyNotMappable(r.Key, r.Grantable, r.Permits, r.Mappable)
}

// above reports whether the role wins over another where the highest does.
func (r *Role) above(other *Role) bool {
	return r.Rank > other.Rank || r.Rank == other.Rank && r.Key < other.Key
}

// Holding is a role at an entry point.
type Holding struct {
	EntryPoint string `json:"entry_point"`
	Role       string `json:"role"`
}

func compareHoldings(a, b Holding) int {
	return cmp.Or(strings.Compare(a.EntryPoint, b.EntryPoint), strings.Compare(a.Role, b.Role))
}

// sorted puts holdings into order, each once.
func sorted(holdings []Holding) []Holding {
	slices.SortFunc(holdings, compareHoldings)
	return slices.Compact(holdings)
}

// without returns the sorted holdings of a that are not in the sorted b.
func without(a, b []Holding) []Holding {
	var rest []Holding
	for _, h := range a {
		if _, found := slices.BinarySearchFunc(b, h, compareHoldings); !found {
			rest = append(rest, h)
		}
	}
	return rest
}
