package storage

import (
	"database/sql"
	"strconv"
	"strings"
)

// column is where a row that statements are given lists of has one of its values:
// a number if it is a bigint, otherwise a text, of which "" is null where it may be.
type column[T any] struct {
	name, kind string
	number     func(*T) int64
	text       func(*T) string
	nullable   bool
}

// value is the parameter that has the value of one row.
func (c *column[T]) value(row *T) any {
	switch {
	case c.number != nil:
		return c.number(row)
	case c.nullable:
		return textOrNull(c.text(row))
	}
	return c.text(row)
}

// list is the parameter that has those of all rows.
func (c *column[T]) list(rows []T) any {
	switch {
	case c.number != nil:
		return mapped(rows, c.number)
	case c.nullable:
		return mapped(rows, func(row *T) sql.NullString { return textOrNull(c.text(row)) })
	}
	return mapped(rows, c.text)
}

func mapped[T, V any](rows []T, get func(*T) V) []V {
	list := make([]V, len(rows))
	for i := range rows {
		list[i] = get(&rows[i])
	}
	return list
}

// rowColumns are those of a table expression over a list of rows.
type rowColumns[T any] []column[T]

// table is the expression, by the name of n, with its parameters from a number on.
// Arrays cost a server less than JSON, which it takes apart for longer than it
// stores what was in it; and they are taken apart in the list of columns, since each
// function behind "from" costs it more than a row does.
func (c rowColumns[T]) table(d dialect, first int) string {
	parts := make([]string, len(c))
	for i := range c {
		if d.takesArrays() {
			parts[i] = "unnest(cast($" + strconv.Itoa(first+i) + " as " + c[i].kind + "[])) as " + c[i].name
		} else {
			parts[i] = c[i].name + " " + c[i].kind
		}
	}
	if d.takesArrays() {
		return "(select " + strings.Join(parts, ", ") + ") as n"
	}
	return d.jsonRecords("$"+strconv.Itoa(first), "n", parts...)
}

// params are the parameters of table, behind others. Without arrays it is the rows
// as JSON, which has the names of the columns.
func (c rowColumns[T]) params(d dialect, rows []T, before ...any) []any {
	if !d.takesArrays() {
		return append(before, jsonParam(rows))
	}
	for i := range c {
		before = append(before, c[i].list(rows))
	}
	return before
}

// names are the names of the columns behind another.
func (c rowColumns[T]) names(first string) string {
	names := []string{first}
	for i := range c {
		names = append(names, c[i].name)
	}
	return strings.Join(names, ", ")
}

// amongIDs is the condition that a UUID is one of a list, and its parameter.
func amongIDs(d dialect, param string, ids []string) (condition string, arg any) {
	if d.takesArrays() {
		return "= any(cast(" + param + " as uuid[]))", ids
	}
	return "in (select value from json_each(" + param + "))", jsonParam(ids)
}
