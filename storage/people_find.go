package storage

import (
	"strings"
	"unicode/utf8"

	"github.com/roster-scim/roster/scim/schema"
)

// What people are found by besides their ids, as resource_values has it.
const (
	// displayed is what people call somebody, if that is not the userName.
	displayed = "display"
	// inactive is there, without a value, for users who are not active. Where most
	// are active, that finds the others.
	inactive = "inactive"
)

// namePart is an attribute by whose beginning somebody is found.
type namePart struct {
	attribute string
	exact     bool // case matters
}

var (
	namesOfUsers  = []namePart{{"userName", false}, {"emails.value", false}, {externalID, true}, {displayed, false}}
	namesOfGroups = []namePart{{"displayName", false}, {externalID, true}}
)

// maxDisplayed is how much of what people call somebody can be found, in
// characters.
const maxDisplayed = 200

// peopleRows are the rows of a user by which only people look, not SCIM.
func peopleRows(t *schema.ResourceType, doc map[string]any) []valueRow {
	if t.Schema != schema.UserURN {
		return nil
	}
	var rows []valueRow
	display := schema.Display(t, doc)
	if display != "" && display != doc["userName"] {
		rows = append(rows, valueRow{Attribute: displayed, Value: firstRunes(schema.Fold(display), maxDisplayed)})
	}
	if doc["active"] == false {
		rows = append(rows, valueRow{Attribute: inactive})
	}
	return rows
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// valueRange is a row of a parameter list: those from low on and below high.
type valueRange struct {
	Attribute string `json:"attribute"`
	Low       string `json:"low"`
	High      string `json:"high"`
}

// namesBeginning is a query, behind "select" and open for more conditions, for
// the ids of resources one of whose names begins with a text. Values so long that
// the index has a digest are found by nothing but themselves.
func namesBeginning(p *params, d dialect, text string, names []namePart, typeName string) string {
	ranges := make([]valueRange, len(names))
	for i, name := range names {
		from := text
		if !name.exact {
			from = schema.Fold(text)
		}
		ranges[i] = valueRange{Attribute: name.attribute, Low: from, High: behind(from)}
	}
	kind := quoted(typeName)
	return `v.resource_id as id
		from ` + d.jsonRows(p.add(jsonParam(ranges)), "k", "attribute text", "low text", "high text") + `
			cross join directory_totals t cross join resource_values v
		where t.tenant_id = $1 and t.resource_type = ` + kind + `
			and v.tenant_id = $1 and v.connection_id = t.connection_id and v.resource_type = ` + kind + `
			and v.attribute = k.attribute and v.value >= k.low and v.value < k.high`
}

// hasName is the condition that the resource r has a name that namesBeginning
// would find.
func hasName(p *params, text string, names []namePart) string {
	folded := schema.Fold(text)
	foldedLow, foldedHigh := p.add(folded), p.add(behind(folded))
	low, high := p.add(text), p.add(behind(text))
	conditions := make([]string, len(names))
	for i, name := range names {
		from, to := foldedLow, foldedHigh
		if name.exact {
			from, to = low, high
		}
		conditions[i] = `v.attribute = ` + quoted(name.attribute) + ` and v.value >= ` + from + ` and v.value < ` + to
	}
	return `exists (
		select 1 from resource_values v
		where v.tenant_id = $1 and v.resource_id = r.id and (` + strings.Join(conditions, ` or `) + `)` + forEach + `)`
}

// behind is the first text that comes after everything that begins with s.
// Texts are ordered by their bytes, which is the order of their characters.
func behind(s string) string {
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
		switch r {
		case utf8.MaxRune: // the one before has to be another
		case 0xD7FF:
			return s + "\uE000" // surrogates are no characters
		default:
			return s + string(r+1)
		}
	}
	return strings.Repeat(string(utf8.MaxRune), maxIndexKey)
}

// inactiveUsers is a query for the ids above one of all users who are not active,
// or whose connection takes them along.
func inactiveUsers(after string) string {
	return `select v.resource_id as id
		from directory_totals t cross join resource_values v
		where t.tenant_id = $1 and t.resource_type = 'User'
			and v.tenant_id = $1 and v.connection_id = t.connection_id and v.resource_type = 'User'
			and v.attribute = '` + inactive + `' and v.value = '' and v.resource_id > ` + after + `
		union
		select x.id from connections c cross join resources x
		where c.tenant_id = $1 and c.deleted_at is not null and c.delete_people in ('deactivate', 'remove')
			and x.tenant_id = $1 and x.connection_id = c.id and x.resource_type = 'User' and x.position >= 0
			and x.id > ` + after
}
