package tenants

import "github.com/google/uuid"

// prefixes are how the ids of things begin that the audit log and events tell of.
var prefixes = map[string]string{
	"tenant":      tenantKind{}.prefix(),
	"connection":  connectionKind{}.prefix(),
	"token":       tokenKind{}.prefix(),
	"api_key":     keyKind{}.prefix(),
	"portal_link": linkKind{}.prefix(),
	"session":     sessionKind{}.prefix(),
	"issuer":      issuerKind{}.prefix(),
	"assignment":  assignmentKind{}.prefix(),
	"job":         jobKind{}.prefix(),
	"event":       eventKind{}.prefix(),
	"webhook":     webhookKind{}.prefix(),
}

// PublicID is the id of something as the API writes it, from the canonical UUID
// text that is stored. Users and groups have their UUID.
func PublicID(kind, id string) string {
	prefix, ok := prefixes[kind]
	if !ok {
		return id
	}
	u, err := uuid.Parse(id)
	if err != nil || u == uuid.Nil {
		return ""
	}
	return prefix + encodeBase32(u)
}

// StoredID is the inverse of PublicID: the canonical UUID text of an id as the
// API writes it, whatever it names.
func StoredID(text string) (string, bool) {
	if u, err := uuid.Parse(text); err == nil && u.String() == text {
		return text, true
	}
	for _, prefix := range prefixes {
		if len(text) > len(prefix) && text[:len(prefix)] == prefix {
			u, ok := decodeBase32(text[len(prefix):])
			return u.String(), ok
		}
	}
	return "", false
}
