package tenants

import (
	"fmt"
	"slices"
)

// AdoptionRule says when a connection takes over a person that the vendor had
// registered before.
type AdoptionRule string

// The rules.
const (
	AdoptNever         AdoptionRule = "never"
	AdoptExternalID    AdoptionRule = "external_id"    // of the same externalId
	AdoptVerifiedEmail AdoptionRule = "verified_email" // of the same address in a verified domain
)

// Adoption is a tenant's rule for people who existed before SCIM. The zero value
// is not one: a tenant begins with DefaultAdoption.
type Adoption struct {
	Rule            AdoptionRule
	VerifiedDomains []string // domains whose addresses belong to the customer; in order, in lower case
}

// DefaultAdoption takes nobody over.
func DefaultAdoption() Adoption { return Adoption{Rule: AdoptNever} }

// AdoptionChange says what becomes different; nil leaves a part alone.
type AdoptionChange struct {
	Rule            *AdoptionRule
	VerifiedDomains *[]string
}

func (c *AdoptionChange) apply(a *Adoption) error {
	if c == nil {
		return nil
	}
	if c.Rule != nil {
		if !slices.Contains([]AdoptionRule{AdoptNever, AdoptExternalID, AdoptVerifiedEmail}, *c.Rule) {
			return &InvalidError{"adoption.rule", fmt.Sprintf("give %s, %s or %s", AdoptNever, AdoptExternalID, AdoptVerifiedEmail)}
		}
		a.Rule = *c.Rule
	}
	if c.VerifiedDomains != nil {
		domains, err := cleanDomains("adoption.verified_domains", *c.VerifiedDomains)
		if err != nil {
			return err
		}
		a.VerifiedDomains = domains
	}
	if a.Rule == AdoptVerifiedEmail && len(a.VerifiedDomains) == 0 {
		return &InvalidError{"adoption.verified_domains", "name at least one domain that belongs to the customer; the rule goes by them"}
	}
	return nil
}
