package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
)

type doc = map[string]any

var (
	userType  = schema.Default().ByName("User")
	groupType = schema.Default().ByName("Group")
	origin    = scim.Origin{RequestID: "req-1", Actor: "tok01", Address: "192.0.2.1", UserAgent: "test"}
)

// openMigrated opens a migrated database in a directory of the test's own.
func openMigrated(t testing.TB) *DB {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{})
}

// openFile opens and migrates the database in a file and closes it with the test.
func openFile(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// reporter is what testing and rapid have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// fixture is a directory in a database of its own.
type fixture struct {
	t   reporter
	ctx context.Context
	db  *DB
	all *DB // the same, for reading rows of all tenants
	s   *Resources
	dir scim.Directory
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return fixtureOn(t, openMigrated(t))
}

func fixtureOn(t testing.TB, db *DB) *fixture {
	return &fixture{t: t, ctx: t.Context(), db: db, all: db, s: NewResources(db), dir: newDirectory()}
}

// in is the same database seen from another directory.
func (f *fixture) in(dir scim.Directory) *fixture {
	g := *f
	g.dir = dir
	return &g
}

func newDirectory() scim.Directory {
	return scim.Directory{TenantID: mustID(), ConnectionID: mustID()}
}

func mustID() string { return uuid.Must(uuid.NewV7()).String() }

func draft(d doc, edits ...patch.Edit) scim.Draft {
	encoded, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return scim.Draft{Document: d, Encoded: encoded, Changed: true, Edits: edits}
}

func userDraft(name string) scim.Draft { return draft(doc{"userName": name, "active": true}) }

func (f *fixture) create(rt *schema.ResourceType, d scim.Draft) *scim.Record {
	f.t.Helper()
	rec, err := f.s.Create(f.ctx, f.dir, rt, d, origin)
	if err != nil {
		f.t.Fatalf("create %s: %v", rt.Name, err)
	}
	return rec
}

func (f *fixture) user(name string) string {
	f.t.Helper()
	return f.create(userType, userDraft(name)).ID
}

func (f *fixture) group(name string, memberIDs ...string) string {
	f.t.Helper()
	return f.create(groupType, draft(doc{"displayName": name}, add(memberIDs...))).ID
}

func (f *fixture) get(rt *schema.ResourceType, id string) *scim.Record {
	f.t.Helper()
	return f.getWith(rt, id, scim.With{})
}

func (f *fixture) getWith(rt *schema.ResourceType, id string, with scim.With) *scim.Record {
	f.t.Helper()
	rec, err := f.s.Get(f.ctx, f.dir, rt, id, with)
	if err != nil {
		f.t.Fatalf("get %s %s: %v", rt.Name, id, err)
	}
	return rec
}

func (f *fixture) members(groupID string) []scim.Member {
	f.t.Helper()
	return f.getWith(groupType, groupID, scim.With{Members: true}).Members.List()
}

func (f *fixture) memberships(rt *schema.ResourceType, id string) []scim.Membership {
	f.t.Helper()
	return f.getWith(rt, id, scim.With{Memberships: true}).Memberships
}

// put replaces the document.
func (f *fixture) put(rt *schema.ResourceType, id string, d scim.Draft) (*scim.Record, error) {
	return f.s.Update(f.ctx, f.dir, rt, id, origin, func(*scim.Record) (scim.Draft, error) { return d, nil })
}

// edit changes members alone.
func (f *fixture) edit(groupID string, edits ...patch.Edit) (*scim.Record, error) {
	return f.s.Update(f.ctx, f.dir, groupType, groupID, origin, func(current *scim.Record) (scim.Draft, error) {
		d, err := decodeDocument(current.Document)
		return scim.Draft{Document: d, Encoded: current.Document, Edits: edits}, err
	})
}

func (f *fixture) mustEdit(groupID string, edits ...patch.Edit) *scim.Record {
	f.t.Helper()
	rec, err := f.edit(groupID, edits...)
	if err != nil {
		f.t.Fatalf("edit members: %v", err)
	}
	return rec
}

func (f *fixture) delete(rt *schema.ResourceType, id string) error {
	return f.s.Delete(f.ctx, f.dir, rt, id, origin, func(*scim.Record) error { return nil })
}

func (f *fixture) mustDelete(rt *schema.ResourceType, id string) {
	f.t.Helper()
	if err := f.delete(rt, id); err != nil {
		f.t.Fatalf("delete %s: %v", rt.Name, err)
	}
}

// memberIDs are the members of one group in the order of the store.
func (f *fixture) memberIDs(groupID string) []string {
	f.t.Helper()
	ids := []string{}
	for _, m := range f.members(groupID) {
		ids = append(ids, m.ID)
	}
	return ids
}

func add(ids ...string) patch.Edit {
	return patch.Edit{Kind: patch.AddMembers, Members: members(ids...)}
}

func remove(ids ...string) patch.Edit {
	return patch.Edit{Kind: patch.RemoveMembers, Members: members(ids...)}
}

func replace(ids ...string) patch.Edit {
	return patch.Edit{Kind: patch.ReplaceMembers, Members: members(ids...)}
}

func members(ids ...string) []patch.Member {
	list := make([]patch.Member, len(ids))
	for i, id := range ids {
		list[i].ID = id
	}
	return list
}

// rows reads a query as text, a line for each row.
func (f *fixture) rows(query string, args ...any) []string {
	f.t.Helper()
	lines := []string{}
	err := f.all.view(f.ctx, "", func(tx *tx) error {
		return tx.each(f.ctx, func(row scanner) error {
			values := make([]any, columns(row))
			dest := make([]any, len(values))
			for i := range values {
				dest[i] = &values[i]
			}
			err := row.Scan(dest...)
			for i, v := range values {
				if yes, ok := v.(bool); ok { // SQLite has numbers for them
					values[i] = map[bool]int{true: 1}[yes]
				}
			}
			line := fmt.Sprintln(values...)
			lines = append(lines, line[:len(line)-1])
			return err
		}, query, args...)
	})
	if err != nil {
		f.t.Fatalf("%s: %v", query, err)
	}
	return lines
}

// columns is how many columns a row has.
func columns(row scanner) int {
	switch row := row.(type) {
	case *prepared: // of SQLite
		return len(row.row)
	case interface {
		FieldDescriptions() []pgconn.FieldDescription
	}:
		return len(row.FieldDescriptions())
	}
	return 0
}

var dataTables = []string{
	"resources", "resource_values", "members", "pending_members", "directory_totals", "directory_buckets",
	"tenant_sequences", "events", "audit",
}

// dump is everything that resources leave in the database, by table.
func (f *fixture) dump() map[string][]string {
	f.t.Helper()
	all := map[string][]string{}
	for _, table := range dataTables {
		all[table] = f.rows(`select * from ` + table)
		slices.Sort(all[table])
	}
	return all
}

// counts is the number of rows by table.
func counts(dump map[string][]string) map[string]int {
	n := map[string]int{}
	for table, rows := range maps.All(dump) {
		n[table] = len(rows)
	}
	return n
}

// clock is a clock that moves when it is told to.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) advance(d time.Duration) time.Time {
	c.at = c.at.Add(d)
	return c.at
}
