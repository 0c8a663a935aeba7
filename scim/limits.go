package scim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// Limits are what a caller's organisation is entitled to and what its connection
// is confined to. The zero value limits nothing.
type Limits struct {
	NoGroups bool     // groups are not part of what the organisation has
	Seats    int      // people of the organisation who may be active at once; 0: any number
	Domains  []string // in lower case; people of others are refused; empty: any
	Adopt    Adoption
}

// Adoption says which people, whom the organisation has without provisioning, a
// creation takes over instead of making a second one.
type Adoption struct {
	Rule    AdoptionRule
	Domains []string // verified ones, in lower case, of AdoptVerifiedEmail
}

// AdoptionRule is how somebody is recognised.
type AdoptionRule string

// The rules of adoption.
const (
	AdoptNever         AdoptionRule = ""
	AdoptExternalID    AdoptionRule = "external_id"    // who has the same externalId
	AdoptVerifiedEmail AdoptionRule = "verified_email" // who has the same address in a verified domain
)

// SeatsError says that a write would make more people active than the
// organisation has seats for.
type SeatsError struct {
	Seats int // that there are
	Used  int // without the write
}

func (e *SeatsError) Error() string {
	return fmt.Sprintf("%d of %d seats are used", e.Used, e.Seats)
}

// detail is for the client: who must do what.
func (e *SeatsError) detail() string {
	return fmt.Sprintf("%d of %d seats used; nothing was changed. Deactivate somebody who no longer needs access, "+
		"or ask the service's provider for more seats, then send this again.", e.Used, e.Seats)
}

// allow decides whether the caller may do something: by what its organisation is
// entitled to, and then by its own rights. Groups without entitlement stay in
// discovery: identity providers remember that answer, and would go on without
// groups when the organisation has them later. Here they are told who must act.
func (c *Caller) allow(a Action, t *schema.ResourceType) error {
	if c.Limits.NoGroups && t.Members() != nil {
		return because(Forbidden("Groups are not part of what this organisation has booked, so nothing was changed and nothing is shown. "+
			"Switch the provisioning of groups off in the identity provider, or ask the service's provider to enable groups for the organisation."), ReasonNotEntitled)
	}
	return c.Guard.Allow(a, t)
}

// allowPerson refuses somebody of a domain that the connection is not for.
// current is nil if the resource is new. Whoever is there already stays, and can
// be changed and deactivated as long as the addresses are the same.
func (c *Caller) allowPerson(t *schema.ResourceType, current, next map[string]any) error {
	if len(c.Limits.Domains) == 0 || t.Schema != schema.UserURN {
		return nil
	}
	addresses := addressesOf(next)
	if current != nil && slices.Equal(addressesOf(current), addresses) {
		return nil
	}
	var outside []string
	for _, address := range addresses {
		domain := DomainOf(address)
		if slices.Contains(c.Limits.Domains, domain) {
			return nil
		}
		if domain = clip(domain); !slices.Contains(outside, domain) {
			outside = append(outside, domain)
		}
	}
	allowed := strings.Join(c.Limits.Domains, ", ")
	if len(outside) == 0 {
		return because(schema.Errorf(schema.InvalidValue, "This connection is for people of %s alone, and this person has no e-mail address: "+
			"userName is none, and emails are missing. Nothing was changed. Map userName or emails to an address in the identity provider.", allowed), ReasonDomainNotVerified)
	}
	return because(schema.Errorf(schema.InvalidValue, "This connection is for people of %s alone, and this person is of %s. Nothing was changed. "+
		"Do not assign the person in the identity provider, or add the domain to the connection in the portal.", allowed, strings.Join(outside, ", ")), ReasonDomainNotVerified)
}

// addressesOf are the e-mail addresses that a person is known by: userName, if it
// is one, and emails.
func addressesOf(doc map[string]any) []string {
	var addresses []string
	if name, ok := doc["userName"].(string); ok && DomainOf(name) != "" {
		addresses = append(addresses, name)
	}
	emails, _ := doc["emails"].([]any)
	for _, item := range emails {
		email, _ := item.(map[string]any)
		if value, ok := email["value"].(string); ok && DomainOf(value) != "" {
			addresses = append(addresses, value)
		}
	}
	return addresses
}

// DomainOf is the domain of an e-mail address in lower case, "" if the text is
// no address.
func DomainOf(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || strings.ContainsAny(address[at:], " \t\r\n<>") {
		return ""
	}
	return schema.Fold(address[at+1:])
}

// limit gives a draft what storage has to hold it to.
func (c *Caller) limit(t *schema.ResourceType, d *Draft) {
	if t.Schema == schema.UserURN {
		d.Seats, d.Adopt = c.Limits.Seats, c.Limits.Adopt
	}
}
