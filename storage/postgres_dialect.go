package storage

import (
	"strings"
	"sync/atomic"
)

var _ dialect = (*postgresEngine)(nil)

func (e *postgresEngine) text(s shape) *atomic.Pointer[string] {
	if e.sharded.Load() {
		s |= onShards
	}
	return &e.kept[s]
}

// jsonRows has text columns compared by their bytes, as those of the tables are.
// roster_rows says that it has few rows, so that statements read the rows of
// tables one by one for them, whatever the planner takes the table for. The
// offset keeps the expressions inside: with row-level security, no index is
// entered by one that could tell what it was given.
func (e *postgresEngine) jsonRows(param, alias string, columns ...string) string {
	selected := make([]string, len(columns))
	for i, c := range columns {
		name, kind, _ := strings.Cut(c, " ")
		value := "(j.value ->> " + quoted(name) + ")"
		if kind == "text" {
			selected[i] = e.bytewise(value) + " as " + name
		} else {
			selected[i] = "cast(" + value + " as " + kind + ") as " + name
		}
	}
	return "(select " + strings.Join(selected, ", ") + " from roster_rows(cast(" + param + " as json)) as j (value) offset 0) as " + alias
}

func (e *postgresEngine) jsonRecords(param, alias string, columns ...string) string {
	return "json_to_recordset(cast(" + param + " as json)) as " + alias + " (" + strings.Join(columns, ", ") + ")"
}

// deleteEach finds where the rows lie, as joinEach does, and comes to them from
// there: PostgreSQL has no other way to say that it shall not go through the table
// and look each row up among the values. A sharded server does not tell where
// rows lie.
func (e *postgresEngine) deleteEach(values, value, table, condition, column string) string {
	if e.sharded.Load() {
		return deleteIn(values, value, table, condition, column)
	}
	lie := "select ctid as place from " + table + " where tenant_id = $1 and " + condition + " and " + column + " = " + value + " offset 0"
	return "delete from " + table + " using (select l.place from " + values + " cross join lateral (" + lie + ") as l) as found" +
		" where tenant_id = $1 and ctid = found.place"
}

func (e *postgresEngine) fold(expr string) string       { return "roster_fold(" + expr + ")" }
func (e *postgresEngine) timeMicros(expr string) string { return "roster_micros(" + expr + ")" }

func (e *postgresEngine) chain(before, param string) string {
	if before == "" {
		return "sha256(cast(" + param + " as bytea))"
	}
	return "sha256(" + before + " || cast(" + param + " as bytea))"
}

// forChange leaves references free: two groups that are nested into each other
// at the same time do not wait for each other.
func (e *postgresEngine) forChange() string { return " for no key update" }

// forDelete locks references out: whoever adds a member waits for its deletion
// to end, and finds it gone.
func (e *postgresEngine) forDelete() string { return " for update" }

// serverRun: a server that took another's place may lack its last commits, and
// one that was started again was perhaps restored.
func (e *postgresEngine) serverRun() string {
	return "cast(extract(epoch from pg_postmaster_start_time()) * 1000000 as bigint)"
}

// modifiesTogether: a sharded server does not take such statements apart.
func (e *postgresEngine) modifiesTogether() bool { return !e.sharded.Load() }

func (e *postgresEngine) takesArrays() bool { return true }

// refusing fails in the server itself, so that a commit behind it does not happen.
func (e *postgresEngine) refusing(query string) string {
	return "select 1 where 1 / (1 - cast(exists (" + query + ") as int)) = 0"
}
