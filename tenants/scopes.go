package tenants

import (
	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/quirk"
)

// DefaultScopes is what a new connection may do if nobody says otherwise:
// everything except removing people for good, as far as the provider lets one
// do without.
//
//   - groups:delete is always in. A group that is not pushed any more is deleted
//     by every provider (Okta: unlink and delete), and comes back whole.
//   - users:delete is in where deletion is how the provider takes people away:
//     JumpCloud deletes the user and group of its activation test, Google
//     deletes people without suspending them first, Entra deletes them 30 days
//     after it disabled them, authentik deletes whoever is deleted in it, and an
//     unknown client may know nothing else.
//   - It is out for the rest, which deactivate leavers (Okta never deletes a
//     user): there a DELETE is a mistake that a person should look at.
func DefaultScopes(p quirk.Provider) authz.ScopeSet {
	switch p {
	case quirk.JumpCloud, quirk.Google, quirk.Entra, quirk.Authentik, quirk.Generic:
		return authz.AllScopes
	default:
		return authz.AllScopes.Without(authz.Scope{Resource: authz.Users, Action: authz.Delete})
	}
}
