package authz

import (
	"fmt"
	"slices"
	"strings"
)

// who names the principal at the beginning of a sentence.
func who(p *Principal) string {
	switch {
	case p.Kind != KindAPIKey:
		return "This session"
	case p.Name == "":
		return "This API key"
	default:
		return fmt.Sprintf("The API key %q", p.Name)
	}
}

// refuse explains why the policy does not let a principal do something.
func refuse(p *Principal, b *rulebook, found *ruling, permission int) Decision {
	missing := permissions[permission].Permission
	if found.effect == Deny {
		return Decision{
			Line:   found.line,
			Reason: fmt.Sprintf("%s lacks %s: the policy line “%s” denies it.", who(p), missing, found.line),
			WhoCanGrant: fmt.Sprintf("Somebody with %s, such as an owner of the installation, can change what the role %s may do.",
				RolesManage, found.line.Role),
		}
	}
	return Decision{Reason: lacks(p, PermissionsIn(missing)), WhoCanGrant: grant(p, b, permission)}
}

// lacks says what a principal does not have.
func lacks(p *Principal, missing PermissionSet) string {
	if p.Kind == KindAPIKey || len(p.Roles) == 0 {
		return fmt.Sprintf("%s lacks %s.", who(p), missing)
	}
	if len(p.Roles) == 1 {
		return fmt.Sprintf("%s lacks %s: the role %s does not include it.", who(p), missing, p.Roles[0])
	}
	return fmt.Sprintf("%s lacks %s: the roles %s do not include it.", who(p), missing, sentenceList(p.Roles, "and"))
}

// grant says who can give a permission that no line speaks of.
func grant(p *Principal, b *rulebook, permission int) string {
	if p.Kind == KindAPIKey {
		return grantKey(permissions[permission].Permission)
	}
	roles := offered(b, permission, p.Kind == KindPortal)
	switch {
	case len(roles) == 0:
		return "Only the provider of the application can do this."
	case p.Kind == KindPortal:
		return fmt.Sprintf("Whoever sent you the portal link can send one with a role that includes it: %s.", sentenceList(roles, "or"))
	default:
		return fmt.Sprintf("An owner of the installation can give you a role that includes it: %s.", sentenceList(roles, "or"))
	}
}

func grantKey(missing Permission) string {
	return fmt.Sprintf("Somebody with %s, such as an owner of the installation, can create an API key that has %s.", KeysManage, missing)
}

// grantOutside is for those whose permissions were not looked at.
func grantOutside(p *Principal, permission Permission) string {
	switch p.Kind {
	case KindAPIKey:
		return fmt.Sprintf("Somebody with %s, such as an owner of the installation, can create an API key for all tenants that has %s.",
			KeysManage, permission)
	case KindToken:
		return fmt.Sprintf("Use an API key or a session that has %s.", permission)
	default:
		return "Only the provider of the application can do this."
	}
}

// maxOffered is how many roles a sentence names.
const maxOffered = 5

// offered are the roles to ask for: built-in ones first, as far as they are for
// such principals, then the vendor's.
func offered(b *rulebook, permission int, portal bool) []string {
	var roles []string
	for _, r := range builtIns {
		if r.Permissions&(1<<permission) != 0 && r.Staff != portal {
			roles = append(roles, r.Key)
		}
	}
	vendors := b.holders(permission)
	slices.Sort(vendors)
	for _, key := range vendors {
		if _, ok := BuiltIn(key); !ok {
			roles = append(roles, key)
		}
	}
	return roles[:min(len(roles), maxOffered)]
}

// sentenceList writes "a, b or c".
func sentenceList(words []string, conjunction string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}
