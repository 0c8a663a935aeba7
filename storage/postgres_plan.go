package storage

import (
	"maps"
	"slices"
	"strings"
)

// planSettings make PostgreSQL carry statements out in the order in which they
// are written, by indexes, as SQLite does: a plan is made once, without values,
// for tenants of all sizes, and what is best for an average tenant can mean to
// read a million rows of the largest to find one. Statistics say the same
// (migration 0002). Whatever is off is still used where there is no other way,
// at an estimated cost that must not make the server compile the plan (jit).
var planSettings = map[string]string{
	"plan_cache_mode":     "force_generic_plan",
	"join_collapse_limit": "1",
	"enable_seqscan":      "off",
	"enable_hashjoin":     "off",
	"enable_mergejoin":    "off",
	"enable_material":     "off",
	"jit":                 "off",
}

// setPlan sets planSettings for one transaction, where a proxy keeps them from
// being settings of the connection.
var setPlan = func() string {
	calls := make([]string, 0, len(planSettings))
	for _, name := range slices.Sorted(maps.Keys(planSettings)) {
		calls = append(calls, "set_config("+quoted(name)+", "+quoted(planSettings[name])+", true)")
	}
	return "select " + strings.Join(calls, ", ")
}()
