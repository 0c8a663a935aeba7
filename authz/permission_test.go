package authz

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPermissionsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[Permission]bool{}
	for _, info := range Permissions() {
		if seen[info.Permission] || !strings.Contains(string(info.Permission), ":") || !strings.HasSuffix(info.Description, ".") {
			t.Errorf("%+v", info)
		}
		seen[info.Permission] = true
		if got, err := ParsePermission(string(info.Permission)); err != nil || got != info.Permission {
			t.Errorf("%s is read as %q, %v", info.Permission, got, err)
		}
	}
	if len(seen) != 15 {
		t.Errorf("there are %d permissions", len(seen))
	}
	for _, text := range []string{"", "provisioning", "provisioning:", "Provisioning:read", "provisioning:*", "*", "provisioning:read "} {
		if _, err := ParsePermission(text); err == nil {
			t.Errorf("%q is read as a permission", text)
		}
	}
	list := Permissions()
	list[0].Permission = "changed"
	if Permissions()[0].Permission != ProvisioningCreate {
		t.Error("a caller can change the catalogue")
	}
}

func TestPermissionSets(t *testing.T) {
	t.Parallel()
	set := PermissionsIn(AuditRead, ProvisioningRead, AuditRead, "no:such")
	if set.String() != "provisioning:read, audit:read" || !set.Has(AuditRead) || set.Has(RolesMap) || set.Has("no:such") {
		t.Errorf("set %s", set)
	}
	if !AllPermissions.Covers(set) || set.Covers(AllPermissions) || set.Without(AuditRead) != PermissionsIn(ProvisioningRead) {
		t.Errorf("set operations on %s", set)
	}
	for set := range AllPermissions + 1 {
		data, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		back := AllPermissions
		if err := json.Unmarshal(data, &back); err != nil || back != set {
			t.Fatalf("%s is read as %s, %v", data, back, err)
		}
	}
	for _, text := range []string{`["users:own"]`, `"audit:read"`, `{}`, `[1]`} {
		set := AllPermissions
		if err := json.Unmarshal([]byte(text), &set); err == nil || set != AllPermissions {
			t.Errorf("%s is read as %s, %v", text, set, err)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	const tenant = "ten01m81c6t0yehv834aq6jehj7w7"
	good := Line{"editor", tenant, ProvisioningRead, Deny}
	if got, want := good.String(), "p, editor, "+tenant+", provisioning:read, deny"; got != want || good.Check() != nil {
		t.Errorf("%q, %v, want %q", got, good.Check(), want)
	}
	for name, l := range map[string]Line{
		"no role":            {"", Everywhere, ProvisioningRead, Allow},
		"upper case":         {"Editor", Everywhere, ProvisioningRead, Allow},
		"begins with a dot":  {".editor", Everywhere, ProvisioningRead, Allow},
		"a comma":            {"a, b", Everywhere, ProvisioningRead, Allow},
		"too long":           {strings.Repeat("a", 64), Everywhere, ProvisioningRead, Allow},
		"a built-in role":    {RoleAdmin, Everywhere, ProvisioningRead, Allow},
		"no tenant":          {"editor", "", ProvisioningRead, Allow},
		"a connection":       {"editor", "con01m81c6t0yehv834aq6jehj7w7", ProvisioningRead, Allow},
		"unknown permission": {"editor", Everywhere, "provisioning:*", Allow},
		"unknown effect":     {"editor", Everywhere, ProvisioningRead, "maybe"},
	} {
		if l.Check() == nil {
			t.Errorf("%s: %s is a line", name, l)
		}
	}
	for _, r := range BuiltInRoles() {
		for _, l := range r.Lines() {
			if l.Role != r.Key || l.Tenant != Everywhere || l.Effect != Allow || !r.Permissions.Has(l.Permission) {
				t.Errorf("%s has %s", r.Key, l)
			}
		}
	}
}
