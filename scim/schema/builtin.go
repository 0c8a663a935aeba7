package schema

import (
	"embed"
	"fmt"
	"path"
	"sync"
)

//go:embed builtin/*.json
var builtinFiles embed.FS

// builtins are the schemas of RFC 7643 section 8.7. The resource schemas depart
// from the RFC's example where clients that read /Schemas need it: externalId is
// listed, and the types of roles and entitlements name no canonical values.
type builtins struct {
	resources []*Schema // User, EnterpriseUser, Group
	meta      []*Schema // what discovery answers with
}

var loadBuiltins = sync.OnceValue(func() builtins {
	return builtins{
		resources: []*Schema{mustBuiltin("User"), mustBuiltin("EnterpriseUser"), mustBuiltin("Group")},
		meta:      []*Schema{mustBuiltin("ServiceProviderConfig"), mustBuiltin("ResourceType"), mustBuiltin("Schema")},
	}
})

// mustBuiltin panics when an embedded file is broken: that is a broken build.
func mustBuiltin(name string) *Schema {
	data, err := builtinFiles.ReadFile(path.Join("builtin", name+".json"))
	if err != nil {
		panic(fmt.Errorf("read built-in schema: %w", err))
	}
	s, err := parseSchema(data, builtinRules)
	if err != nil {
		panic(fmt.Errorf("built-in schema %s: %w", name, err))
	}
	return s
}

var loadDefault = sync.OnceValue(func() *Registry {
	types := []*ResourceType{
		{
			ID: "User", Name: "User", Endpoint: "/Users", Description: "User Account", Schema: UserURN,
			SchemaExtensions: []ExtensionRef{{Schema: EnterpriseUserURN}},
		},
		{ID: "Group", Name: "Group", Endpoint: "/Groups", Description: "Group", Schema: GroupURN},
	}
	r, err := NewRegistry(types, loadBuiltins().resources)
	if err != nil {
		panic(fmt.Errorf("built-in resource types: %w", err))
	}
	return r
})

// Default returns the registry of a tenant without types of its own: User with
// the enterprise extension, and Group.
func Default() *Registry { return loadDefault() }
