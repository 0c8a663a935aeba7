package people

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// NewUser is what a user is registered with.
type NewUser struct {
	UserName    string
	DisplayName string
	GivenName   string
	FamilyName  string
	Emails      []Email
	ExternalID  string
	Inactive    bool
}

// UserChange says what becomes different; nil leaves something alone, "" and an
// empty list take it away.
type UserChange struct {
	UserName    *string
	DisplayName *string
	GivenName   *string
	FamilyName  *string
	Emails      *[]Email
	ExternalID  *string
	Active      *bool
}

// Bounds of what is registered.
const (
	maxText   = 256 // characters
	maxEmail  = 254 // bytes (RFC 5321 section 4.5.3.1.3)
	maxEmails = 20
)

// document is the user as SCIM has it.
func (n *NewUser) document() ([]byte, error) {
	active := !n.Inactive
	change := UserChange{
		UserName: &n.UserName, DisplayName: &n.DisplayName, GivenName: &n.GivenName, FamilyName: &n.FamilyName,
		Emails: &n.Emails, ExternalID: &n.ExternalID, Active: &active,
	}
	values, err := change.values()
	if err != nil {
		return nil, err
	}
	doc, name := map[string]any{"schemas": []string{schema.UserURN}}, map[string]any{}
	for _, v := range values {
		part, isName := strings.CutPrefix(v.path, "name.")
		switch {
		case v.value == nil:
		case isName:
			name[part] = v.value
			doc["name"] = name
		default:
			doc[v.path] = v.value
		}
	}
	return json.Marshal(doc)
}

// operation is one of a PatchOp message (RFC 7644 section 3.5.2).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// patch is the change as SCIM has it, nil if it changes nothing.
func (c *UserChange) patch() ([]byte, error) {
	values, err := c.values()
	if err != nil || len(values) == 0 {
		return nil, err
	}
	message := struct {
		Schemas    []string    `json:"schemas"`
		Operations []operation `json:"Operations"`
	}{Schemas: []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}}
	for _, v := range values {
		op := operation{Op: "replace", Path: v.path, Value: v.value}
		if v.value == nil {
			op.Op = "remove"
		}
		message.Operations = append(message.Operations, op)
	}
	return json.Marshal(message)
}

// value is one attribute; nil is none.
type value struct {
	path  string
	value any
}

// values are the attributes that the change names, checked.
func (c *UserChange) values() ([]value, error) {
	var values []value
	for _, field := range []struct {
		name, path string
		text       *string
	}{
		{"user_name", "userName", c.UserName},
		{"display_name", "displayName", c.DisplayName},
		{"given_name", "name.givenName", c.GivenName},
		{"family_name", "name.familyName", c.FamilyName},
		{"external_id", "externalId", c.ExternalID},
	} {
		if field.text == nil {
			continue
		}
		text, err := cleanText(field.name, *field.text)
		if err != nil {
			return nil, err
		}
		v := value{path: field.path}
		if text != "" {
			v.value = text
		}
		values = append(values, v)
	}
	if c.Emails != nil {
		emails, err := cleanEmails(*c.Emails)
		if err != nil {
			return nil, err
		}
		values = append(values, value{"emails", emails})
	}
	if c.Active != nil {
		values = append(values, value{"active", *c.Active})
	}
	return values, nil
}

func cleanText(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if field == "user_name" && text == "" {
		return "", &tenants.InvalidError{Field: field, Reason: "every user needs one, such as an e-mail address"}
	}
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxText || strings.ContainsFunc(text, unicode.IsControl) {
		return "", &tenants.InvalidError{Field: field, Reason: fmt.Sprintf("give at most %d characters on one line", maxText)}
	}
	return text, nil
}

// cleanEmails returns nil if there are none.
func cleanEmails(list []Email) (any, error) {
	if len(list) > maxEmails {
		return nil, &tenants.InvalidError{Field: "emails", Reason: fmt.Sprintf("give at most %d", maxEmails)}
	}
	var emails []map[string]any
	primary := false
	for i, e := range list {
		field := fmt.Sprintf("emails[%d]", i)
		if scim.DomainOf(e.Value) == "" || len(e.Value) > maxEmail || strings.ContainsFunc(e.Value, notInAddress) {
			return nil, &tenants.InvalidError{Field: field + ".value", Reason: "give an e-mail address, such as jane@example.com"}
		}
		if e.Primary && primary {
			return nil, &tenants.InvalidError{Field: field + ".primary", Reason: "one address can be the primary one, and another one is"}
		}
		kind, err := cleanText(field+".type", e.Type)
		if err != nil {
			return nil, err
		}
		primary = primary || e.Primary
		email := map[string]any{"value": e.Value}
		if kind != "" {
			email["type"] = kind
		}
		if e.Primary {
			email["primary"] = true
		}
		emails = append(emails, email)
	}
	if emails == nil {
		return nil, nil
	}
	return emails, nil
}

func notInAddress(r rune) bool {
	return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>'
}
