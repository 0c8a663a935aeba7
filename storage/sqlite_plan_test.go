package storage

import (
	"testing"

	"modernc.org/sqlite"
)

// Planning a statement takes most of the memory that SQLite takes for it on a
// connection, so what is taken tells whether it was planned again.
func TestSQLitePlansAStatementOnce(t *testing.T) {
	t.Parallel()
	db := newFixture(t).db
	for name, st := range map[string]statement{
		"a limit": {
			query: `select r.id from resources r where r.tenant_id = $1 and r.connection_id = $2 order by r.position limit $3`,
			args:  []any{"t", "c", 100},
		},
		"a limit and an offset": {
			query: `select r.id from resources r where r.tenant_id = $1 order by r.display limit $2 offset $3`, args: []any{"t", 10, 5},
		},
		"what may be the condition of a partial index": {
			query: `select r.id from resources r where r.tenant_id = $1 and r.resource_type = $2`, args: []any{"t", "User"},
		},
		"a change": {
			query: `update resources set display = $3 where tenant_id = $1 and resource_type = $2`, args: []any{"t", "User", "d"},
		},
	} {
		err := db.update(t.Context(), "t", func(tx *tx) error {
			c := tx.session.(*sqliteMember).sqliteConn
			first := taken(t, c, st)
			for range 3 {
				if again := taken(t, c, st); again*4 > first {
					t.Errorf("%s: SQLite took memory %d times to plan and run it, and %d times to run it again", name, first, again)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// taken is how often the connection takes memory while it carries out a statement.
func taken(t *testing.T, c *sqliteConn, st statement) int {
	t.Helper()
	count := func() (n int) {
		for _, op := range []sqlite.DBStatusOp{sqlite.DBStatusLookasideHit, sqlite.DBStatusLookasideMissSize, sqlite.DBStatusLookasideMissFull} {
			_, high, err := c.raw.(sqlite.DBStatus).Status(op, false)
			if err != nil {
				t.Fatal(err)
			}
			n += high
		}
		return n
	}
	before := count()
	if err := c.carryOut(t.Context(), &st); err != nil {
		t.Fatal(err)
	}
	return count() - before
}
