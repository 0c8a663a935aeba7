package filter

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/schema"
)

// convert gives a literal the form that Compare.Value has for the attribute,
// and refuses operators and literals that its type does not have.
func convert(ref schema.Ref, op Op, literal any) (any, error) {
	leaf := ref.Leaf()
	if !applies(op, leaf.Type) {
		return nil, schema.Errorf(schema.InvalidFilter, "the operator %s does not apply to %s, which is of type %s", op, ref, leaf.Type)
	}
	if literal == nil {
		if op != Eq && op != Ne {
			return nil, schema.Errorf(schema.InvalidFilter, "null can be compared with eq and ne only, not with %s", op)
		}
		return nil, nil
	}
	value, ok := convertTo(leaf, literal)
	if !ok {
		return nil, schema.Errorf(schema.InvalidFilter, "%s must be compared with %s", ref, literalOf(leaf.Type))
	}
	return value, nil
}

// applies tells whether an attribute type has the operator (RFC 7644 table 3).
func applies(op Op, t schema.DataType) bool {
	switch op {
	case Co, Sw, Ew:
		return t != schema.Boolean && t != schema.Integer && t != schema.Decimal && t != schema.DateTime
	case Gt, Ge, Lt, Le:
		return t != schema.Boolean && t != schema.Binary
	default:
		return true
	}
}

func convertTo(leaf *schema.Attribute, literal any) (any, bool) {
	switch leaf.Type {
	case schema.Boolean:
		return toBool(literal)
	case schema.Integer, schema.Decimal:
		n, ok := literal.(json.Number)
		return n, ok
	case schema.DateTime:
		s, ok := literal.(string)
		if !ok {
			return nil, false
		}
		return toTime(s)
	default:
		s, ok := literal.(string)
		if ok && !leaf.CaseExact {
			s = schema.Fold(s)
		}
		return s, ok
	}
}

// toBool also takes a quoted boolean in any case, as Entra ID sends it.
func toBool(literal any) (value, ok bool) {
	switch v := literal.(type) {
	case bool:
		return v, true
	case string:
		if strings.EqualFold(v, "true") {
			return true, true
		}
		return false, strings.EqualFold(v, "false")
	}
	return false, false
}

// toTime refuses an instant that falls out of the years 0 to 9999 in UTC: it
// has no RFC 3339 form.
func toTime(s string) (time.Time, bool) {
	t, err := schema.ParseTime(s)
	if err != nil {
		return time.Time{}, false
	}
	t = t.UTC().Truncate(time.Microsecond)
	return t, t.Year() >= 0 && t.Year() <= 9999
}

func literalOf(t schema.DataType) string {
	switch t {
	case schema.Boolean:
		return "true or false"
	case schema.Integer, schema.Decimal:
		return "a number"
	case schema.DateTime:
		return `a date and time in double quotes, such as "2024-05-13T04:42:34Z"`
	default:
		return "a string in double quotes"
	}
}
