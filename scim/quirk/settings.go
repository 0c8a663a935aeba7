// Package quirk holds what differs between identity providers' SCIM clients, as
// values on a connection: who the provider is and how its requests are read.
package quirk

// Provider is the identity provider behind a connection.
type Provider string

// The providers that Roster knows by name.
const (
	Okta         Provider = "okta"
	Entra        Provider = "entra"
	OneLogin     Provider = "onelogin"
	JumpCloud    Provider = "jumpcloud"
	Google       Provider = "google"
	PingOne      Provider = "pingone"
	PingFederate Provider = "pingfederate"
	Rippling     Provider = "rippling"
	CyberArk     Provider = "cyberark"
	Salesforce   Provider = "salesforce"
	AWS          Provider = "aws"
	Authentik    Provider = "authentik"
	Generic      Provider = "generic"
)

// Settings decide where identity providers and the RFCs, or two providers,
// contradict each other. The zero value is not useful: start from For. What each
// value of each field means to people is in the catalogue.
type Settings struct {
	// PatchUserReturnsBody answers 200 with the resource to a PATCH of anything but a group; otherwise 204.
	PatchUserReturnsBody bool `json:"patch_user_returns_body"`
	// PatchGroupReturnsBody answers 200 with the group to a PATCH of a group; otherwise 204.
	PatchGroupReturnsBody bool `json:"patch_group_returns_body"`
	// UniqueGroupNames refuses a second group with the same displayName (compared without case).
	UniqueGroupNames bool `json:"unique_group_names"`
	// RefuseUnknownAttributes answers 400 to attributes that no schema defines; otherwise they are ignored.
	RefuseUnknownAttributes bool `json:"refuse_unknown_attributes"`
	// StrictTypes refuses "True" for a boolean and a bare value for a complex attribute.
	StrictTypes bool `json:"strict_types"`
	// KeepEmptyStrings stores "" as a value; otherwise "" unassigns the attribute, as null does.
	KeepEmptyStrings bool `json:"keep_empty_strings"`
	// AllowEmptyPatch accepts a PATCH without operations as a no-op.
	AllowEmptyPatch bool `json:"allow_empty_patch"`
	// PendingMembers lets members that are not in the directory wait for their
	// resource; otherwise they refuse the request that names them.
	PendingMembers bool `json:"pending_members"`
}
