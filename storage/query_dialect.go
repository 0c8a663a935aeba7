package storage

import (
	"encoding/json"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

// queryDialect is the SQL that a compiled filter needs and databases spell
// differently. Arguments are SQL expressions; a path is the keys from an
// expression that holds JSON down to a value in it: names that the schema has,
// whose grammar leaves no quotation marks in them.
type queryDialect interface {
	// fold is schema.Fold of a text expression, timeMicros a dateTime text
	// expression as microseconds since 1970 UTC, null if it is none.
	fold(expr string) string
	timeMicros(expr string) string

	// jsonValue is the value at a path, as text, number or boolean by its type;
	// null if there is none.
	jsonValue(expr string, path []string, t schema.DataType) string
	// jsonExists is whether there is a value at a path.
	jsonExists(expr string, path []string) string
	// jsonNonEmpty is whether the value at a path is, or has in it at any depth, a
	// value other than "".
	jsonNonEmpty(expr string, path []string) string
	// jsonEach is a table expression over the elements of the array at a path,
	// without rows if there is none.
	jsonEach(expr string, path []string, alias string) string
	// element is the current element of jsonEach, as JSON if it is an object and
	// otherwise as a value of type t.
	element(alias string, t schema.DataType) string
	// elementOrder orders the elements of jsonEach as they are in the array.
	elementOrder(alias string) string

	// jsonObjects is an aggregate: a JSON array that has an object for each row.
	// Fields are names and expressions in turn. What it is without rows, null or
	// an empty array, differs.
	jsonObjects(fields ...string) string

	// membershipWalk is an expression for what query, which walks from a resource up to
	// its groups, has. It costs little where it is not reached.
	membershipWalk(tenant, connection, resource string, query func() string) string

	// fewIDs is a table expression over the column id of a query, whose rows are read
	// before those of what it is joined with.
	fewIDs(query string) string

	// joinEach is a table expression and a condition: the rows of a table, named with
	// an alias, that a condition joins to each row of what comes before, if there is
	// anything. They are looked up row by row by that condition alone, however few rows the planner takes
	// the table for.
	joinEach(before, table, condition string) (from, where string)

	// hasPrefix, hasSuffix and contains compare bytes, and no character has a
	// special meaning.
	hasPrefix(text, prefix string) string
	hasSuffix(text, suffix string) string
	contains(text, part string) string
	// bytewise is a text expression that is compared and ordered by its bytes.
	bytewise(text string) string
	// number is the value of a parameter that compares with a jsonValue of a numeric
	// type like the number: integers of 64 bits exactly, others as a float64.
	number(n json.Number) any
	// mixedKey is a sort key of a kind that shares a column with keys of other kinds.
	mixedKey(key string, as representation) string
}

// fromEach is joinEach as what stands behind "from", up to its conditions.
func fromEach(d queryDialect, before, table, condition string) string {
	from, where := d.joinEach(before, table, condition)
	return from + " where " + where
}

// quoted is a name as an SQL string.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// jsonFields are the arguments of a function that makes a JSON object: names,
// quoted, and expressions in turn.
func jsonFields(fields []string) string {
	arguments := make([]string, len(fields))
	for i, f := range fields {
		if i%2 == 0 {
			f = quoted(f)
		}
		arguments[i] = f
	}
	return strings.Join(arguments, ", ")
}
