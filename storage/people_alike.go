package storage

import (
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// resemblance is what makes two documents those of one person.
type resemblance struct {
	externalID string   // the same, letter for letter
	addresses  []string // or one of these, folded
	rows       []valueRow
}

// resembling is how people are recognised whom a draft takes over, nil if there is
// no rule or the draft has nothing to go by.
func resembling(t *schema.ResourceType, d scim.Draft) *resemblance {
	r := &resemblance{}
	switch d.Adopt.Rule {
	case scim.AdoptExternalID:
		r.externalID, _ = d.Document[externalID].(string)
		r.add(t, externalID, r.externalID)
	case scim.AdoptVerifiedEmail:
		for _, address := range workAddresses(d.Document) {
			if slices.Contains(d.Adopt.Domains, scim.DomainOf(address)) {
				r.addresses = append(r.addresses, address)
				r.add(t, "userName", address)
				r.add(t, "emails.value", address)
			}
		}
	}
	if len(r.rows) == 0 {
		return nil
	}
	return r
}

// add has the value looked up.
func (r *resemblance) add(t *schema.ResourceType, attribute, value string) {
	name, err := schema.ParseName(attribute)
	if err != nil || value == "" {
		return
	}
	if ref, ok := t.Resolve(name); ok {
		r.rows = append(r.rows, valueRow{Attribute: attribute, Value: indexKey(ref.Leaf(), value)})
	}
}

func (r *resemblance) matches(doc map[string]any) bool {
	if r.externalID != "" {
		return doc[externalID] == r.externalID
	}
	return slices.ContainsFunc(workAddresses(doc), func(address string) bool { return slices.Contains(r.addresses, address) })
}

// workAddresses are the addresses that somebody has at work, folded: userName, if
// it is one, and e-mails that are not said to be others.
func workAddresses(doc map[string]any) []string {
	var addresses []string
	add := func(value any) {
		if text, ok := value.(string); ok && scim.DomainOf(text) != "" {
			addresses = append(addresses, schema.Fold(text))
		}
	}
	add(doc["userName"])
	emails, _ := doc["emails"].([]any)
	for _, item := range emails {
		email, _ := item.(map[string]any)
		if kind, _ := email["type"].(string); kind == "" || strings.EqualFold(kind, "work") {
			add(email["value"])
		}
	}
	return addresses
}
