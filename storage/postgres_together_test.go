package storage

import "testing"

// TestTogetherLeavesNoLocks: each step counts its resource in the same rows. Had a
// row kept the locks of all steps, each would take longer than the one before.
func TestTogetherLeavesNoLocks(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	f.together(20)
	for _, table := range []string{"tenant_sequences", "directory_totals", "directory_buckets"} {
		if n := f.rowsOf(f.all, `select 1 from `+table+` where tenant_id = '`+f.dir.TenantID+`'`); n == 0 {
			t.Errorf("%s has no row", table)
		}
		if n := f.rowsOf(f.all, `select 1 from `+table+` where tenant_id = '`+f.dir.TenantID+`' and xmax <> '0'`); n != 0 {
			t.Errorf("%s: %d rows with locks on them", table, n)
		}
	}
}
