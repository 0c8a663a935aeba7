package authz

// BuiltInRole is a role that is always there and cannot be changed.
type BuiltInRole struct {
	Key         string
	Name        string
	Description string
	Staff       bool // for the vendor's own people; the others are for customers
	Permissions PermissionSet
}

// The keys of the built-in roles.
const (
	RoleOwner    = "owner"
	RoleOperator = "operator"
	RoleSupport  = "support"
	RoleAdmin    = "admin"
	RoleViewer   = "viewer"
)

var builtIns = [...]BuiltInRole{
	{RoleOwner, "Owner", "May do everything, in all tenants.", true, AllPermissions},
	{
		RoleOperator, "Operator", "Runs all tenants, but can give nobody access to the installation.", true,
		AllPermissions.Without(KeysManage, RolesManage),
	},
	{
		RoleSupport, "Support", "Looks at all tenants, with personal data masked, and changes nothing.", true,
		PermissionsIn(ProvisioningRead, DirectoryRead, TenantsRead, AuditRead, EventsRead),
	},
	{
		RoleAdmin, "Administrator", "Manages provisioning and access of one customer.", false,
		PermissionsIn(ProvisioningCreate, ProvisioningRead, ProvisioningDelete, DirectoryRead, DirectoryWrite, RolesMap,
			TenantsRead, AuditRead, EventsRead, DirectoryUnmasked),
	},
	{
		RoleViewer, "Viewer", "Looks at provisioning and people of one customer and changes nothing.", false,
		PermissionsIn(ProvisioningRead, DirectoryRead, TenantsRead, DirectoryUnmasked),
	},
}

// BuiltInRoles returns the built-in roles, those with most permissions first.
func BuiltInRoles() []BuiltInRole { return append([]BuiltInRole(nil), builtIns[:]...) }

// BuiltIn returns the built-in role with a key.
func BuiltIn(key string) (BuiltInRole, bool) {
	for _, r := range builtIns {
		if r.Key == key {
			return r, true
		}
	}
	return BuiltInRole{}, false
}

// Lines are what the policy says about the role.
func (r BuiltInRole) Lines() []Line {
	var lines []Line
	for _, p := range r.Permissions.List() {
		lines = append(lines, Line{Role: r.Key, Tenant: Everywhere, Permission: p, Effect: Allow})
	}
	return lines
}

// builtInLines are the lines that are part of every policy.
var builtInLines = func() (lines []Line) {
	for _, r := range builtIns {
		lines = append(lines, r.Lines()...)
	}
	return lines
}()
