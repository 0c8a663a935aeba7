package trace

import "strings"

// Key is a value by which somebody may be found. Case matters in external ids
// alone, where SCIM has it matter.
type Key struct {
	Attribute string // UserName, Email, ExternalID or Display
	Value     string
	Prefix    bool // what begins so, too
}

// The attributes of keys.
const (
	UserName   = "userName"
	Email      = "emails.value"
	ExternalID = "externalId"
	Display    = "display"
)

// exact is how somebody is found who is called what was asked for.
func exact(who string) []Key {
	return []Key{{UserName, who, false}, {Email, who, false}, {ExternalID, who, false}, {Display, who, false}}
}

// shortest is how long a name must be to be compared with others by its beginning.
const shortest = 2

// alike is how somebody is found who is called nearly the same: by the alias, by
// the same alias at another domain or without what is behind its plus, and by an
// external id in another case.
func alike(who string) []Key {
	var keys []Key
	for _, id := range []string{strings.ToLower(who), strings.ToUpper(who)} {
		if id != who {
			keys = append(keys, Key{ExternalID, id, false})
		}
	}
	alias, domain, address := strings.Cut(who, "@")
	base, _, tagged := strings.Cut(alias, "+")
	if len(base) < shortest || strings.ContainsAny(base, " \t") {
		return keys
	}
	if address {
		keys = append(keys, Key{UserName, base, false}, Key{ExternalID, base, false})
	}
	if tagged && address {
		keys = append(keys, Key{UserName, base + "@" + domain, false}, Key{Email, base + "@" + domain, false})
	}
	return append(keys, Key{UserName, base + "@", true}, Key{Email, base + "@", true}, Key{UserName, base + "+", true})
}
