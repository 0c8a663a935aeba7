package storage

import (
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// memberTypes are the resource types that can be members: those that the schema
// lets a member refer to. A tenant's own types are none of them.
func memberTypes() []string {
	members := schema.Default().Schema(schema.GroupURN).Attribute("members")
	return members.Sub("$ref").ReferenceTypes
}

// canBeMember says whether a resource of the type can be a member of a group.
func canBeMember(t *schema.ResourceType) bool { return slices.Contains(memberTypes(), t.Name) }

// ofMemberType is the condition that a column names such a type.
func ofMemberType(column string) string {
	names := make([]string, 0, 2)
	for _, name := range memberTypes() {
		names = append(names, quoted(name))
	}
	return column + " in (" + strings.Join(names, ", ") + ")"
}
