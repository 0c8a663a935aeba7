package authz

import (
	"strings"
	"testing"
)

func TestCanGrant(t *testing.T) {
	t.Parallel()
	d, _ := newDecider(t,
		Line{"editor", Everywhere, ProvisioningRead, Allow},
		Line{"deployer", acme, ProvisioningDelete, Allow},
		Line{"manager", Everywhere, TenantsManage, Allow},
		Line{"manager", globex, TenantsManage, Deny},
	)
	for _, c := range []struct {
		name    string
		p       Principal
		tenant  string
		roles   []string
		set     PermissionSet
		allowed bool
		says    string
	}{
		{"an owner gives everything", staff(RoleOwner), "", []string{RoleOwner}, AllPermissions, true, ""},
		{"an operator makes an admin", staff(RoleOperator), acme, []string{RoleAdmin}, 0, true, ""},
		{"an operator makes no owner", staff(RoleOperator), acme, []string{RoleOwner}, 0, false, "lacks roles:manage, keys:manage"},
		{"support makes no admin", staff(RoleSupport), acme, []string{RoleAdmin}, 0, false, "provisioning:create"},
		{"support makes no viewer, who sees more", staff(RoleSupport), acme, []string{RoleViewer}, 0, false, "directory:unmasked"},
		{"an operator makes a viewer", staff(RoleOperator), acme, []string{RoleViewer}, 0, true, ""},
		{"a role that carries nothing", staff(), acme, []string{"reader"}, 0, true, ""},
		{"a role with a line for all", apiKey("", LinksManage), acme, []string{"editor"}, 0, false, "provisioning:read"},
		{"a key that holds it", apiKey("", LinksManage, ProvisioningRead), acme, []string{"editor"}, 0, true, ""},
		{"its line is of the tenant", apiKey("", LinksManage), acme, []string{"deployer"}, 0, false, "provisioning:delete"},
		{"its line is of another", apiKey("", LinksManage), globex, []string{"deployer"}, 0, true, ""},
		{"all tenants include that one", apiKey("", LinksManage), "", []string{"deployer"}, 0, false, "provisioning:delete"},
		{"in the own tenant", apiKey(acme, LinksManage, ProvisioningRead), acme, []string{"editor"}, 0, true, ""},
		{"in another", apiKey(acme, LinksManage, ProvisioningRead), globex, []string{"editor"}, 0, false, "another tenant"},
		{"in all", apiKey(acme, LinksManage, ProvisioningRead), "", nil, PermissionsIn(ProvisioningRead), false, "one tenant only"},
		{"held where nothing denies it", staff("manager"), acme, nil, PermissionsIn(TenantsManage), true, ""},
		{"denied there", staff("manager"), globex, nil, PermissionsIn(TenantsManage), false, "tenants:manage"},
		{"denied in one of all", staff("manager"), "", nil, PermissionsIn(TenantsManage), false, "tenants:manage"},
		{"nothing at all", staff(), acme, nil, 0, true, ""},
		{"a token gives nothing", Principal{Kind: KindToken, TenantID: acme}, acme, nil, 0, false, "SCIM"},
	} {
		got, err := d.CanGrant(t.Context(), c.p, c.tenant, c.roles, c.set)
		if err != nil || got.Allowed != c.allowed || !strings.Contains(got.Reason, c.says) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}
