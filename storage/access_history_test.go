package storage

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// TestMappingHistory: each change with what was before, which can be put again.
func TestMappingHistory(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		ada := f.user("ada")
		g, group := inWiki(t, f, ada)
		g.role("reader", 9)
		other := f.group("Others")
		reader := access.Holding{EntryPoint: "wiki", Role: "reader"}
		start := time.Now()
		before, err := g.a.MappingHistory(g.ctx, g.tenant, group, start.Add(-time.Hour), 50)
		if err != nil {
			t.Fatal(err)
		}
		bob := tenants.As(g.ctx, tenants.Origin{Actor: "key01", ActorName: "Bob"})
		if _, _, err := g.a.PutMappings(bob, g.tenant, group, []access.Holding{reader}); err != nil {
			t.Fatal(err)
		}
		g.mustPut(group)
		g.mustPut(group, wiki)
		g.mustPut(group, wiki) // no change

		list, err := g.a.MappingHistory(g.ctx, g.tenant, group, start.Add(-time.Hour), 50)
		if err != nil || len(list) != len(before)+3 {
			t.Fatalf("%d changes, before %d: %v", len(list), len(before), err)
		}
		one := 1
		want := []access.MappingChange{
			{By: "Jane Doe", Before: []access.Holding{}, After: []access.Holding{wiki}, People: &one},
			{By: "Jane Doe", Before: []access.Holding{reader}, After: []access.Holding{}, People: &one},
			{By: "Bob", Before: []access.Holding{wiki}, After: []access.Holding{reader}, People: &one},
		}
		for i := range want {
			if list[i].ID == "" || list[i].At.Before(start.Add(-time.Minute)) {
				t.Errorf("%+v has no id or no time", list[i])
			}
			want[i].ID, want[i].At = list[i].ID, list[i].At
		}
		if diff := cmp.Diff(want, list[:3]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if list, err := g.a.MappingHistory(g.ctx, g.tenant, group, time.Now().Add(time.Hour), 50); err != nil || len(list) != 0 {
			t.Errorf("of later there are %v, %v", list, err)
		}
		if list, err := g.a.MappingHistory(g.ctx, g.tenant, group, start.Add(-time.Hour), 2); err != nil || len(list) != 2 || list[0].ID != want[0].ID {
			t.Errorf("of two there are %v, %v", list, err)
		}
		if list, err := g.a.MappingHistory(g.ctx, g.tenant, other, start, 50); err != nil || len(list) != 0 {
			t.Errorf("of a group without there are %v, %v", list, err)
		}
		g.mustDelete(groupType, group)
		if list, err := g.a.MappingHistory(g.ctx, g.tenant, group, start.Add(-time.Hour), 50); err != nil || len(list) < 3 {
			t.Errorf("of a deleted group there are %v, %v", list, err)
		}
		for name, of := range map[string]struct {
			tenant tenants.TenantID
			group  string
		}{"a user": {g.tenant, ada}, "nobody": {g.tenant, mustID()}, "no id": {g.tenant, "x"}, "another tenant": {tenants.NewTenantID(), group}} {
			if _, err := g.a.MappingHistory(g.ctx, of.tenant, of.group, start, 50); !errors.Is(err, tenants.ErrNotFound) {
				t.Errorf("the history of %s: %v", name, err)
			}
		}
	})
}

// TestMappingHistoryPlan: SQLite finds the changes without reading what else was
// done to the group.
func TestMappingHistoryPlan(t *testing.T) {
	t.Parallel()
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1}))
	g, group := inWiki(t, f, f.user("ada"))
	if _, err := g.a.MappingHistory(g.ctx, g.tenant, group, time.Now(), 50); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, query := range g.statements() {
		if !strings.Contains(query, "a.action = 'role_mapping.changed'") {
			continue
		}
		n++
		plan := strings.Join(g.rows(`explain query plan `+query, "0", "0", "0", "0")[:], "\n")
		if !strings.Contains(plan, "audit_mappings") || strings.Contains(plan, "SCAN a") || strings.Contains(plan, "B-TREE") {
			t.Errorf("%s\nof %s", plan, query)
		}
	}
	if n != 2 {
		t.Errorf("%d statements were seen, want 2", n)
	}
}
