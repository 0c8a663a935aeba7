package filtertest

import "github.com/roster-scim/roster/scim/schema"

// The values of attributes, by data type and for some by name. They differ in
// case, hold letters outside ASCII whose case folds one to one, and the
// characters that SQL patterns, SQL strings and JSON treat specially.
var (
	words = []string{
		"Anna", "anna", "ANNA B", "Zoé", "ZOÉ", "Jürgen", "jürgen ü", "O'Malley", `Say "hi"`,
		"100%", "1000", "a_b", "aXb", `back\slash`, "*", "a/b", "日本", "😀",
	}
	integers   = []string{"-3", "0", "1", "10", "9007199254740993"}
	decimals   = append([]string{"-0.5", "1.0", "2.5", "1e1"}, integers...)
	times      = []string{"0001-01-03T00:00:00Z", "2024-02-29T12:00:00.000001Z", "2024-02-29T12:00:00.0000019Z", "2024-02-29T13:00:00+01:00"}
	binaries   = []string{"AAEC", "aaec", "Zm9v"}
	references = []string{"https://example.com/a", "https://example.com/A", "https://example.com/é"}
)

var wordsByName = map[string][]string{
	"type":       {"work", "Work", "home", "other"},
	"userName":   {"anna@example.com", "bo@example.com", "CARL@example.com", "zoé@example.com"},
	"externalId": {"X-1", "x-1", "X-2", "é-3"},
	"country":    {"DE", "FR", "us"},
}

var wordsByParent = map[string][]string{
	"emails":       {"anna@example.com", "Anna@Example.com", "bo@example.com", "zoé@example.com"},
	"phoneNumbers": {"+1 555 0100", "tel:+1-555-0101"},
	"manager":      {"0190c0de-0000-7000-8000-000000000001", "0190c0de-0000-7000-8000-000000000002"},
}

// texts returns the values of a leaf attribute as text; parent is the attribute
// that it is a sub-attribute of, or nil.
func texts(parent, leaf *schema.Attribute) []string {
	switch leaf.Type {
	case schema.Boolean:
		return []string{"true", "false"}
	case schema.Integer:
		return integers
	case schema.Decimal:
		return decimals
	case schema.DateTime:
		return times
	case schema.Binary:
		return binaries
	case schema.Reference:
		return references
	default:
		return stringValues(parent, leaf)
	}
}

// stringValues returns the values of a leaf attribute of type string.
func stringValues(parent, leaf *schema.Attribute) []string {
	if parent != nil && leaf.Name == "value" && wordsByParent[parent.Name] != nil {
		return wordsByParent[parent.Name]
	}
	if w := wordsByName[leaf.Name]; w != nil {
		return w
	}
	return words
}
