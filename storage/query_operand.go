package storage

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// representation is how a value is kept, and so how it is compared.
type representation int

const (
	asText     representation = iota // compared by bytes, folded first if it is not caseExact
	asNumber                         // compared by amount
	asBoolean                        // equal or not
	asTimeText                       // a dateTime in a document
	asMicros                         // a time column: microseconds since 1970 UTC
	asVersion                        // the column that counts changes, shown as part of an entity tag
	asLink                           // a URL that only the HTTP binding knows: always there, never comparable
	asObject                         // a complex value: there or not
)

// operand is a value in SQL.
type operand struct {
	sql      string // null without a value; of an object the condition that there is one
	as       representation
	leaf     *schema.Attribute
	nonEmpty string // of an object: the condition that it has a value which is not empty
}

// always is a complex value that every resource has.
func always(a *schema.Attribute) operand {
	return operand{sql: "true", as: asObject, leaf: a, nonEmpty: "true"}
}

// documentValue is how an attribute's value in a document is kept.
func documentValue(a *schema.Attribute) representation {
	switch a.Type {
	case schema.Boolean:
		return asBoolean
	case schema.Integer, schema.Decimal:
		return asNumber
	case schema.DateTime:
		return asTimeText
	case schema.Complex:
		return asObject
	}
	return asText
}

// exists is the condition that there is a value.
func (o operand) exists() string {
	switch o.as {
	case asObject:
		return o.sql
	case asLink:
		return "true"
	}
	return "(" + o.sql + " is not null)"
}

// present is the condition that there is a value which is not empty.
func (o operand) present() string {
	switch o.as {
	case asText:
		return "((" + o.sql + " <> '') is true)"
	case asObject:
		return o.nonEmpty
	}
	return o.exists()
}

// key is the expression by which values are compared and sorted.
func (c *compiler) key(o operand) string {
	switch {
	case o.as == asTimeText:
		return c.dialect.timeMicros(o.sql)
	case o.as == asText && !o.leaf.CaseExact:
		return c.dialect.bytewise(c.dialect.fold(o.sql))
	case o.as == asText:
		return c.dialect.bytewise(o.sql)
	}
	return o.sql
}

// sqlOperators are the comparisons that SQL spells with an operator.
var sqlOperators = map[filter.Op]string{
	filter.Eq: " = ", filter.Gt: " > ", filter.Ge: " >= ", filter.Lt: " < ", filter.Le: " <= ",
}

// test compares a value with the literal of e, whose operator is not ne. The
// result is null if there is no value.
func (c *compiler) test(o operand, e *filter.Compare) (string, error) {
	literal, ok := o.literal(e.Op, e.Value)
	if !ok {
		return "", schema.Errorf(schema.InvalidFilter, "%s cannot be compared by %s with the value given.", e.Ref, e.Op)
	}
	if n, ok := literal.(json.Number); ok {
		literal = c.dialect.number(n)
	}
	key := c.key(o)
	if operator, ok := sqlOperators[e.Op]; ok {
		return key + operator + c.add(literal), nil
	}
	if literal == "" { // part of every text
		return o.sql + " is not null", nil
	}
	switch e.Op {
	case filter.Co:
		return c.dialect.contains(key, c.add(literal)), nil
	case filter.Sw:
		return c.dialect.hasPrefix(key, c.add(literal)), nil
	case filter.Ew:
		return c.dialect.hasSuffix(key, c.add(literal)), nil
	}
	return "", schema.Errorf(schema.InvalidFilter, "%s is not a comparison.", e.Op)
}

// literal converts a filter's literal to the parameter that compares with key,
// and reports whether the operator has a meaning for such a value.
func (o operand) literal(op filter.Op, value any) (any, bool) {
	_, ordering := sqlOperators[op]
	switch v := value.(type) {
	case string:
		if o.as == asVersion {
			return versionNumber(v), op == filter.Eq
		}
		return v, o.as == asText
	case bool:
		return v, o.as == asBoolean && op == filter.Eq
	case json.Number:
		return v, o.as == asNumber && ordering
	case time.Time:
		return v.UnixMicro(), (o.as == asTimeText || o.as == asMicros) && ordering
	}
	return nil, false
}

// versionNumber is the part of an entity tag that counts the resource's own
// changes: 7 in W/"7-1a2b3c4d". No resource has version 0.
func versionNumber(tag string) int64 {
	opaque := strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
	digits, _, _ := strings.Cut(opaque, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
