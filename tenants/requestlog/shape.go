package requestlog

import (
	"strings"

	"github.com/roster-scim/roster/tenants/privacy"
)

// ShapeOf tells what a value looks like.
func ShapeOf(value string) Shape {
	switch {
	case value == "":
		return ShapeNone
	case isGUID(value):
		return ShapeGUID
	case privacy.IsAddress(value):
		return ShapeEmail
	case strings.ContainsAny(value, " \t\r\n@"):
		return ShapeText
	}
	return ShapeWord
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// personOf turns values into evidence.
func personOf(v *PersonValues) *Person {
	if v == nil {
		return nil
	}
	p := &Person{
		UserName: ShapeOf(v.UserName), ExternalID: ShapeOf(v.ExternalID),
		Emails: len(v.Emails) > 0, Active: v.Active, Name: v.Named,
	}
	if v.ExternalID == "" {
		return p
	}
	p.ExternalIDIsUserName = strings.EqualFold(v.ExternalID, v.UserName)
	if p.ExternalID == ShapeGUID || p.ExternalID == ShapeEmail {
		return p
	}
	p.ExternalIDIsAlias = isLocalPart(v.ExternalID, v.UserName)
	for _, email := range v.Emails {
		p.ExternalIDIsAlias = p.ExternalIDIsAlias || isLocalPart(v.ExternalID, email)
	}
	return p
}

func isLocalPart(alias, address string) bool {
	local, _, ok := strings.Cut(address, "@")
	return ok && strings.EqualFold(alias, local)
}

// SubjectKey is the form in which subjects are looked for: without case.
func SubjectKey(subject string) string { return strings.ToLower(strings.TrimSpace(subject)) }
