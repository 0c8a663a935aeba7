package storage

import (
	"encoding/json"
	"strings"

	"github.com/roster-scim/roster/scim/schema"
)

var _ queryDialect = (*sqliteEngine)(nil)

// jsonValue needs no type: json_extract answers with the value's own.
func (e *sqliteEngine) jsonValue(expr string, path []string, _ schema.DataType) string {
	return "json_extract(" + expr + ", " + sqlitePath(path) + ")"
}

func (e *sqliteEngine) jsonExists(expr string, path []string) string {
	return "(json_type(" + expr + ", " + sqlitePath(path) + ") is not null)"
}

func (e *sqliteEngine) jsonNonEmpty(expr string, path []string) string {
	return "exists (select 1 from json_tree(" + expr + ", " + sqlitePath(path) + ") where atom <> '')"
}

func (e *sqliteEngine) jsonEach(expr string, path []string, alias string) string {
	return "json_each(" + expr + ", " + sqlitePath(path) + ") " + alias
}

// sqlitePath quotes every key: a name like $ref means something else without.
func sqlitePath(path []string) string {
	if len(path) == 0 {
		return quoted("$")
	}
	return quoted(`$."` + strings.Join(path, `"."`) + `"`)
}

func (e *sqliteEngine) element(alias string, _ schema.DataType) string { return alias + ".value" }

func (e *sqliteEngine) elementOrder(alias string) string { return alias + ".key" }

func (e *sqliteEngine) jsonObjects(fields ...string) string {
	return "json_group_array(json_object(" + jsonFields(fields) + "))"
}

func (e *sqliteEngine) membershipWalk(_, _, _ string, query func() string) string {
	return "(" + query() + ")"
}

func (e *sqliteEngine) fewIDs(query string) string { return "(" + query + ")" }

func (e *sqliteEngine) joinEach(before, table, condition string) (from, where string) {
	if before == "" {
		return table, condition
	}
	return before + " cross join " + table, condition
}

func (e *sqliteEngine) hasPrefix(text, prefix string) string {
	return "substr(" + text + ", 1, length(" + prefix + ")) = " + prefix
}

func (e *sqliteEngine) hasSuffix(text, suffix string) string {
	return "substr(" + text + ", -length(" + suffix + ")) = " + suffix
}

func (e *sqliteEngine) contains(text, part string) string {
	return "instr(" + text + ", " + part + ") > 0"
}

// bytewise needs nothing: SQLite's own collation compares bytes.
func (e *sqliteEngine) bytewise(text string) string { return text }

// number keeps integers exact; SQLite compares them with fractions by amount.
func (e *sqliteEngine) number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	return f
}

// mixedKey needs nothing: SQLite orders numbers before texts.
func (e *sqliteEngine) mixedKey(key string, _ representation) string { return key }
