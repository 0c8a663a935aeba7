package storage

import (
	"encoding/json"
	"sync/atomic"
)

// dialect is what the SQL of one database has that the other's has not.
// Everything else is one text with $1 placeholders.
type dialect interface {
	queryDialect
	// text is where the text of the statements of a shape is kept.
	text(s shape) *atomic.Pointer[string]
	// jsonRows is a table expression over a JSON array of objects in the
	// parameter: `jsonRows("$2", "m", "id uuid", "type text")` is usable after
	// "from" and has the columns m.id and m.type.
	jsonRows(param, alias string, columns ...string) string
	// jsonRecords is jsonRows for wide rows that are only inserted: each is taken
	// apart once. A column may be json.
	jsonRecords(param, alias string, columns ...string) string
	// deleteEach deletes the rows of a tenant's table, $1, that a condition holds
	// for and that have one of the values in a column. They are looked up value by
	// value, however few rows the planner takes the table for.
	deleteEach(values, value, table, condition, column string) string
	// fold is schema.Fold of a text expression.
	fold(expr string) string
	// timeMicros is a dateTime text expression as microseconds since 1970 UTC,
	// null if it is none.
	timeMicros(expr string) string
	// chain is the SHA-256 of two byte strings, one behind the other. The first
	// is an expression, "" for no bytes; the second a parameter.
	chain(before, param string) string
	// forChange and forDelete are the clauses that lock the rows of a select
	// until commit. While a row is locked for change, others may begin to refer
	// to it.
	forChange() string
	forDelete() string
	// serverRun is a number that another run of the server does not have.
	serverRun() string
	// refusing is a statement that fails, or has a row, if a query has one.
	refusing(query string) string
	// modifiesTogether says whether a statement may change several tables.
	modifiesTogether() bool
	// takesArrays says whether a parameter may be an array.
	takesArrays() bool
	// writersOverlap says whether several transactions may write at a time.
	writersOverlap() bool
	// isUnique says that an error is the violation of a unique index or
	// primary key.
	isUnique(err error) bool
}

// deleteIn is deleteEach where the planner may choose how to find the rows.
func deleteIn(values, value, table, condition, column string) string {
	return "delete from " + table + " where tenant_id = $1 and " + condition + " and " + column + " in (select " + value + " from " + values + ")"
}

// jsonParam encodes a list for jsonRows. Only strings, numbers and booleans go
// in, so encoding cannot fail.
func jsonParam[T any](list []T) string {
	b, err := json.Marshal(list)
	if err != nil || len(list) == 0 {
		return "[]"
	}
	return string(b)
}
