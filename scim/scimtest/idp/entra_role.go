package idp

import "strings"

const roleType = "WindowsAzureActiveDirectoryRole"

// Entra has three ways to send an app role, chosen by the admin's mapping. Here
// each role has its own.

// roleOperations assigns an app role.
func (e entra) roleOperations(role, appRole string) []operation {
	add, replace := "Add", "Replace"
	if e.modern {
		add, replace = "add", "replace"
	}
	switch role {
	case roles[0]: // SingleAppRoleAssignment
		const entry = `roles[primary eq "True"]`
		return []operation{
			{add, entry + ".display", role},
			{add, entry + ".value", roleValue(role)},
			{add, entry + ".type", roleType},
		}
	case roles[1]: // AppRoleAssignmentsComplex: JSON in a string
		inner := encode(document{"id": appRole, "value": roleValue(role), "displayName": role})
		return []operation{{add, "roles", []document{{"value": inner}}}}
	default: // AssertiveAppRoleAssignmentsComplex
		return []operation{{replace, "roles", []document{
			{"primary": false, "type": roleType, "display": role, "value": roleValue(role)},
		}}}
	}
}

// roleOf is what the role looks like afterwards.
func roleOf(role string) document {
	switch role {
	case roles[0]:
		return document{"primary": true, "type": roleType, "display": role, "value": roleValue(role)}
	case roles[1]:
		return document{"display": role, "value": roleValue(role)}
	default:
		return document{"type": roleType, "display": role, "value": roleValue(role)}
	}
}

func roleValue(role string) string { return strings.ReplaceAll(strings.ToLower(role), " ", "-") }
