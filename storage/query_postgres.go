package storage

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

var _ queryDialect = (*postgresEngine)(nil)

// jsonValue never fails, whatever the document has in the place of a number or a
// boolean: one odd value must not fail every filter that comes across it.
func (e *postgresEngine) jsonValue(expr string, path []string, t schema.DataType) string {
	text := postgresText(expr, path)
	switch t {
	case schema.Integer, schema.Decimal:
		return `(roster_number(` + text + `) collate "C")`
	case schema.Boolean:
		return "(case " + text + " when 'true' then true when 'false' then false end)"
	}
	return text
}

func (e *postgresEngine) jsonExists(expr string, path []string) string {
	return "(" + postgresJSON(expr, path) + " is not null)"
}

func (e *postgresEngine) jsonNonEmpty(expr string, path []string) string {
	return "(roster_present(" + postgresJSON(expr, path) + ") is true)"
}

func (e *postgresEngine) jsonEach(expr string, path []string, alias string) string {
	array := postgresJSON(expr, path)
	return "json_array_elements(case when json_typeof(" + array + ") = 'array' then " + array + " end)" +
		" with ordinality as " + alias + " (value, position)"
}

func (e *postgresEngine) element(alias string, t schema.DataType) string {
	if t == schema.Complex {
		return alias + ".value"
	}
	return e.jsonValue(alias+".value", nil, t)
}

func (e *postgresEngine) elementOrder(alias string) string { return alias + ".position" }

// postgresJSON is the JSON at a path. The type of documents is json, not jsonb,
// which keeps them to the byte and takes every number.
func postgresJSON(expr string, path []string) string {
	switch len(path) {
	case 0:
		return expr
	case 1:
		return "(" + expr + " -> " + quoted(path[0]) + ")"
	}
	return "(" + expr + " #> " + postgresPath(path) + ")"
}

// postgresText is postgresJSON as text: of a string what it says.
func postgresText(expr string, path []string) string {
	if len(path) == 1 {
		return "(" + expr + " ->> " + quoted(path[0]) + ")"
	}
	return "(" + expr + " #>> " + postgresPath(path) + ")"
}

// postgresPath is the keys as an array of text, all at once: the JSON is parsed
// by every operator anew.
func postgresPath(path []string) string {
	if len(path) == 0 {
		return quoted("{}")
	}
	return quoted(`{"` + strings.Join(path, `","`) + `"}`)
}

func (e *postgresEngine) jsonObjects(fields ...string) string {
	return "json_agg(json_build_object(" + jsonFields(fields) + "))"
}

// membershipWalk is a function with the same query, which a server gets ready when
// it is called. A sharded one could not ask other tables from within it.
func (e *postgresEngine) membershipWalk(tenant, connection, resource string, query func() string) string {
	if e.sharded.Load() {
		return "(" + query() + ")"
	}
	return "roster_memberships(" + tenant + ", " + connection + ", " + resource + ")"
}

// fewIDs hides how many the planner takes them for: it expects of a recursion,
// the more so where groups are large, more rows than there are resources.
func (e *postgresEngine) fewIDs(query string) string {
	return "(select h.id from roster_ids(array(" + query + ")) as h (id))"
}

// joinEach: without statistics, as on a database that was just filled, one column
// of an index looks as good as two, and a step reads all there is of the tenant.
// The offset keeps the condition inside.
func (e *postgresEngine) joinEach(before, table, condition string) (from, where string) {
	_, alias, _ := strings.Cut(table, " ")
	if before != "" {
		before += " cross join "
	}
	return before + "lateral (select * from " + table + " where " + condition + " offset 0) as " + alias, "true"
}

func (e *postgresEngine) hasPrefix(text, prefix string) string {
	return "starts_with(" + text + ", " + prefix + ")"
}

func (e *postgresEngine) hasSuffix(text, suffix string) string {
	return "right(" + text + ", char_length(cast(" + suffix + " as text))) = " + suffix
}

func (e *postgresEngine) contains(text, part string) string {
	return "strpos(" + text + ", " + part + ") > 0"
}

func (e *postgresEngine) bytewise(text string) string { return "(" + text + ` collate "C")` }

// number is the text that roster_number has for the number. The SQL function says
// what it looks like and why.
func (e *postgresEngine) number(n json.Number) any {
	i, exact := int64(0), false
	f, err := n.Float64() // infinite if it is too large: more than every number stored
	if whole, intErr := n.Int64(); intErr == nil {
		i, exact, f, err = whole, true, float64(whole), nil
	}
	if err != nil && !math.IsInf(f, 0) {
		return ""
	}
	bits := math.Float64bits(f)
	if f < 0 {
		bits = ^bits
	} else {
		bits |= 1 << 63
	}
	text := fmt.Sprintf("%016x", bits)
	const shared, limit = 1 << 53, 1 << 63
	switch {
	case math.Abs(f) < shared || math.Abs(f) > limit:
		return text
	case exact:
	case f == limit:
		return text + "+18446744073709551616"
	default:
		i = int64(f)
	}
	return text + fmt.Sprintf("+%020d", uint64(i)^limit)
}

// mixedKey puts numbers, which are times, versions and booleans too, before texts.
func (e *postgresEngine) mixedKey(key string, as representation) string {
	switch as {
	case asText:
		return e.bytewise("('t' || " + key + ")")
	case asNumber:
		return e.bytewise("('n' || " + key + ")")
	case asBoolean:
		key = "(" + key + ")::int"
	}
	return e.bytewise("('n' || roster_number((" + key + ")::text))")
}
