package access

import (
	"context"
	"slices"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Assignment gives one user a role at an entry point, without a group.
type Assignment struct {
	ID     tenants.AssignmentID
	UserID string
	Holding
	CreatedBy     string
	CreatedByName string
	CreatedAt     time.Time
	User          Person // whose it is, where a list has it

	NoEntryPoint bool // its entry point is gone
}

// Assigning returns the role that is to be assigned, if there is such a role and
// such an entry point; otherwise the error is *tenants.InvalidError.
func (f *Facts) Assigning(h Holding) (*Role, error) { return f.existing(h) }

// LosesWithout returns what a user would no longer hold without one assignment,
// of what somebody must hold, in order.
func (f *Facts) LosesWithout(p *Person, id tenants.AssignmentID) []Holding {
	return f.keeps(p, func(a Assignment) bool { return a.ID == id }, nil)
}

// LosesWith returns what a user would no longer hold with one assignment more.
func (f *Facts) LosesWith(p *Person, more Holding) []Holding {
	return f.keeps(p, func(Assignment) bool { return false }, []Assignment{{UserID: p.ID, Holding: more}})
}

func (f *Facts) keeps(p *Person, drop func(Assignment) bool, more []Assignment) []Holding {
	next := *f
	next.reach = nil
	next.Assignments = map[string][]Assignment{}
	for _, a := range f.Assignments[p.ID] {
		if !drop(a) {
			more = append(more, a)
		}
	}
	next.Assignments[p.ID] = more
	var lost []Holding
	for _, h := range without(f.held(p), next.held(p)) {
		if f.Roles[h.Role].KeepOne {
			lost = append(lost, h)
		}
	}
	return lost
}

// RefuseLast is the refusal to take a role's last holder away.
func (f *Facts) RefuseLast(h Holding) error { return lastHolder(f.Roles[h.Role], h.EntryPoint) }

// AssignmentPlace is a place in the list of a tenant's assignments.
type AssignmentPlace struct {
	User       string `json:"u"`
	EntryPoint string `json:"e"`
	Role       string `json:"r"`
}

// AssignmentFilter selects assignments. Empty fields select everything.
type AssignmentFilter struct {
	User       string
	EntryPoint string
	Role       string
}

// AssignmentStore keeps direct assignments.
type AssignmentStore interface {
	// Assign gives a user a role at an entry point; who has it already keeps the
	// assignment. Errors: ErrNotFound for the user, *InvalidError, *RefusedError
	// "last_holder" where a higher role would take the last holder of another away.
	Assign(ctx context.Context, tenant tenants.TenantID, user string, h Holding) (*Assignment, error)
	// Unassign takes an assignment of a user away. Errors: ErrNotFound,
	// *RefusedError "last_holder".
	Unassign(ctx context.Context, tenant tenants.TenantID, user string, id tenants.AssignmentID) error
	// ListAssignments returns at most limit assignments of a tenant behind a
	// place that a filter selects. Error: ErrNotFound for the filter's user.
	ListAssignments(ctx context.Context, tenant tenants.TenantID, f AssignmentFilter, after AssignmentPlace, limit int) ([]*Assignment, error)
}

// Assign gives a user a role at an entry point.
func (s *Service) Assign(ctx context.Context, tenant tenants.TenantID, user string, h Holding) (*Assignment, error) {
	if err := checkHolding(h); err != nil {
		return nil, err
	}
	return s.store.Assign(ctx, tenant, user, h)
}

// Unassign takes an assignment of a user away.
func (s *Service) Unassign(ctx context.Context, tenant tenants.TenantID, user string, id tenants.AssignmentID) error {
	return s.store.Unassign(ctx, tenant, user, id)
}

// ListAssignments returns at most limit assignments behind a place that a filter
// selects. Error: ErrNotFound if there is no such user as the filter names.
func (s *Service) ListAssignments(ctx context.Context, tenant tenants.TenantID, f AssignmentFilter, after AssignmentPlace, limit int) ([]*Assignment, error) {
	return s.store.ListAssignments(ctx, tenant, f, after, limit)
}

// Without returns the facts of everybody but one of the people.
func (f *Facts) Without(user string) *Facts {
	next := *f
	next.People = slices.DeleteFunc(slices.Clone(f.People), func(p Person) bool { return p.ID == user })
	return &next
}
