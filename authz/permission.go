package authz

import "fmt"

// Permission is one thing that may be allowed in the control plane, in a tenant
// or for the installation.
type Permission string

// The permissions.
const (
	ProvisioningCreate Permission = "provisioning:create"
	ProvisioningRead   Permission = "provisioning:read"
	ProvisioningDelete Permission = "provisioning:delete"
	DirectoryRead      Permission = "directory:read"
	DirectoryWrite     Permission = "directory:write"
	RolesMap           Permission = "roles:map"
	RolesManage        Permission = "roles:manage"
	TenantsRead        Permission = "tenants:read"
	TenantsManage      Permission = "tenants:manage"
	KeysManage         Permission = "keys:manage"
	LinksManage        Permission = "links:manage"
	AuditRead          Permission = "audit:read"
	EventsRead         Permission = "events:read"
	WebhooksManage     Permission = "webhooks:manage"
	DirectoryUnmasked  Permission = "directory:unmasked"
)

// PermissionInfo is a permission as people read it.
type PermissionInfo struct {
	Permission  Permission
	Description string // what it lets one do, a sentence
}

// permissions lists every permission there is; a permission's index is its bit
// in a PermissionSet.
var permissions = [...]PermissionInfo{
	{ProvisioningCreate, "Create, change, pause and resume connections; create and rotate their tokens."},
	{ProvisioningRead, "See connections, their tokens (never the secret), and the tenant's schemas."},
	{ProvisioningDelete, "Delete and restore connections; revoke tokens."},
	{DirectoryRead, "See people, groups, members, role mappings, and who has access to what."},
	{DirectoryWrite, "Register and change people whom no identity provider manages; assign roles to people directly."},
	{RolesMap, "Decide which role the members of a group get."},
	{RolesManage, "Change the role catalogue, what roles may do in Roster, entry points, and the settings of the installation."},
	{TenantsRead, "See tenants, what they are entitled to, and their status."},
	{TenantsManage, "Create, change, suspend, delete and restore tenants; upload and remove their schemas."},
	{KeysManage, "Create and revoke API keys, trusted token issuers and sessions of staff."},
	{LinksManage, "Create and revoke portal links, and end the sessions that came from them."},
	{AuditRead, "Read, export and verify the audit log, and see a person's history."},
	{EventsRead, "Read events."},
	{WebhooksManage, "Create, change and delete webhooks, and send their deliveries again."},
	{DirectoryUnmasked, "See personal data in full: names, addresses, and what identity providers sent. Without it they are masked."},
}

// Permissions returns every permission with its description, in a fixed order.
func Permissions() []PermissionInfo { return append([]PermissionInfo(nil), permissions[:]...) }

// ParsePermission reads a permission written "provisioning:create".
func ParsePermission(text string) (Permission, error) {
	p := Permission(text)
	if p.index() < 0 {
		return "", fmt.Errorf("unknown permission %q; there are %s", text, AllPermissions)
	}
	return p, nil
}

// index is the permission's place in the list, or -1 if there is no such one.
func (p Permission) index() int {
	for i := range permissions {
		if permissions[i].Permission == p {
			return i
		}
	}
	return -1
}
