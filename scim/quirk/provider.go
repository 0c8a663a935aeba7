package quirk

import (
	"fmt"
	"slices"
	"strings"
)

// provider is what is known about an identity provider by name: how people call
// it, and where its settings depart from the lenient ones.
type provider struct {
	id     Provider
	name   string
	adjust func(*Settings)
}

// providers in the order in which people are offered them: the two most used
// first, Generic last. One without adjust sends nothing that the lenient settings
// refuse, and accepts both answers to a PATCH.
var providers = []provider{
	// Okta takes 200 and 204 alike, and may push groups of one name from several
	// of its own sources.
	{id: Okta, name: "Okta"},
	{id: Entra, name: "Microsoft Entra ID", adjust: func(s *Settings) {
		// Entra looks groups up by displayName and links the first it finds.
		s.UniqueGroupNames = true
		// Microsoft's validator, which gallery apps are tested with, sends a
		// PATCH without operations and counts a refusal as a failure.
		s.AllowEmptyPatch = true
	}},
	// OneLogin's bodies are templates that administrators edit: "active" is text,
	// whole objects stand for lists, and unused attributes stay in as nulls.
	{id: OneLogin, name: "OneLogin"},
	// JumpCloud clears by null and [], and sends the enterprise URN without need.
	{id: JumpCloud, name: "JumpCloud"},
	// Google maps what /Schemas lists, so it names no unknown attributes.
	{id: Google, name: "Google Workspace"},
	// Ping's attribute mappings are the administrator's, unknown names included.
	{id: PingOne, name: "PingOne"},
	{id: PingFederate, name: "PingFederate"},
	{id: Rippling, name: "Rippling"},
	{id: CyberArk, name: "CyberArk Identity"},
	// Salesforce, AWS and authentik have dialects in how they write a PATCH, all
	// of which every connection understands.
	{id: Salesforce, name: "Salesforce"},
	{id: AWS, name: "AWS IAM Identity Center"},
	{id: Authentik, name: "authentik"},
	{id: Generic, name: "Other SCIM 2.0 client"},
}

// Providers returns every provider, in the order to offer them in.
func Providers() []Provider {
	ids := make([]Provider, len(providers))
	for i, p := range providers {
		ids[i] = p.id
	}
	return ids
}

// ParseProvider reads a provider's id, in any case. The error lists the valid ids.
func ParseProvider(s string) (Provider, error) {
	id := Provider(strings.ToLower(strings.TrimSpace(s)))
	if _, ok := find(id); ok {
		return id, nil
	}
	valid := make([]string, len(providers))
	for i, p := range providers {
		valid[i] = string(p.id)
	}
	return "", fmt.Errorf("unknown identity provider %q: use one of %s", s, strings.Join(valid, ", "))
}

// Name returns the provider's name as people know it: "Microsoft Entra ID".
// An unknown provider is called by its id.
func (p Provider) Name() string {
	if known, ok := find(p); ok {
		return known.name
	}
	return string(p)
}

// String returns the provider's id.
func (p Provider) String() string { return string(p) }

func find(id Provider) (provider, bool) {
	i := slices.IndexFunc(providers, func(p provider) bool { return p.id == id })
	if i < 0 {
		return provider{}, false
	}
	return providers[i], true
}
