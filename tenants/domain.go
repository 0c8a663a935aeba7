package tenants

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxDomains     = 100
	maxDomain      = 253 // RFC 1035 section 2.3.4, without the dot at the end
	maxDomainLabel = 63
)

// cleanDomains brings domain names into one form: in lower case, in order, each
// once; none is nil.
func cleanDomains(field string, domains []string) ([]string, error) {
	if len(domains) > maxDomains {
		return nil, &InvalidError{field, fmt.Sprintf("it has %d domains; at most %d are allowed", len(domains), maxDomains)}
	}
	var clean []string
	for _, domain := range domains {
		name := strings.ToLower(strings.TrimSpace(domain))
		if !isDomain(name) {
			return nil, &InvalidError{field, fmt.Sprintf(
				"%q is not a domain name such as example.com; give those with other letters in their xn-- form", domain)}
		}
		clean = append(clean, name)
	}
	slices.Sort(clean)
	return slices.Compact(clean), nil
}

// isDomain accepts names of at least two labels of letters, digits and inner
// hyphens (RFC 1123 section 2.1). A last label of digits alone would be an
// address.
func isDomain(name string) bool {
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	return len(name) <= maxDomain && len(labels) >= 2 && !slices.ContainsFunc(labels, badLabel) &&
		strings.Trim(last, "0123456789") != ""
}

func badLabel(label string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return label == "" || len(label) > maxDomainLabel || strings.Trim(label, letters+"-") != "" ||
		strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-")
}
