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
	case privacy.IsUUID(value):
		return ShapeGUID
	case privacy.IsAddress(value):
		return ShapeEmail
	case strings.ContainsAny(value, " \t\r\n@"):
		return ShapeText
	}
	return ShapeWord
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
