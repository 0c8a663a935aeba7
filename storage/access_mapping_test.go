package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// refusal returns the code of a refusal, or what else an error is.
func refusalOf(err error) string {
	if refused := (*tenants.RefusedError)(nil); errors.As(err, &refused) {
		return refused.Code
	}
	if invalid := (*tenants.InvalidError)(nil); errors.As(err, &invalid) {
		return "invalid " + invalid.Field
	}
	if taken := (*tenants.TakenError)(nil); errors.As(err, &taken) {
		return "taken " + taken.Field
	}
	if errors.Is(err, tenants.ErrNotFound) {
		return "not found"
	}
	return fmt.Sprint(err)
}

// TestPutMappingsRefuses: what is refused changes nothing, and the preview says
// the same.
func TestPutMappingsRefuses(t *testing.T) { onEach(t, testPutMappingsRefuses) }

func testPutMappingsRefuses(t *testing.T, f *fixture) {
	ada := f.user("ada")
	g, group := inWiki(t, f, ada)
	g.role("closed", 1)
	g.change("closed", "grantable", false)
	g.role("admin", 5)
	g.permits("admin")
	g.role("owner", 9)
	g.change("owner", "keep_one", true)
	g.mustPut(group, wiki, access.Holding{EntryPoint: "*", Role: "owner"})
	other := g.in(newDirectory())
	for _, c := range []struct {
		name    string
		group   string
		targets []access.Holding
		want    string
		preview string // the same if empty
	}{
		{"a role that is not grantable", group, []access.Holding{wiki, {EntryPoint: "*", Role: "owner"}, {EntryPoint: "*", Role: "closed"}}, "not_mappable", ""},
		{"a role with permissions", group, []access.Holding{wiki, {EntryPoint: "*", Role: "owner"}, {EntryPoint: "wiki", Role: "admin"}}, "not_mappable", ""},
		{"a role that is not there", group, []access.Holding{{EntryPoint: "*", Role: "nobody"}}, "invalid role", ""},
		{"an entry point that is not there", group, []access.Holding{{EntryPoint: "shop", Role: "editor"}}, "invalid entry_point", ""},
		{"the last holder", group, []access.Holding{wiki}, "last_holder", ""},
		{"no group", mustID(), []access.Holding{wiki}, "not found", ""},
		{"a user", ada, []access.Holding{wiki}, "not found", ""},
		{"no id", "x", nil, "not found", ""},
		{"a group of another tenant", other.group("Theirs"), nil, "not found", ""},
	} {
		before := g.rows(`select entry_point, role from role_mappings order by role`)
		plan, err := g.a.PlanMappings(g.ctx, g.tenant, c.group, c.targets)
		preview := refusalOf(err)
		if err == nil && len(plan.Refusals) > 0 {
			preview = plan.Refusals[0].Code
		}
		_, _, err = g.a.PutMappings(g.ctx, g.tenant, c.group, c.targets)
		if put := refusalOf(err); put != c.want || preview != c.want {
			t.Errorf("%s: put %s, preview %s, want %s", c.name, put, preview, c.want)
		}
		if diff := cmp.Diff(before, g.rows(`select entry_point, role from role_mappings order by role`)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestPutMappings: who made a mapping stays when others come and go, nothing is
// written without a change, and the journal has what changed.
func TestPutMappings(t *testing.T) { onEach(t, testPutMappings) }

func testPutMappings(t *testing.T, f *fixture) {
	ada := f.user("ada")
	g, group := inWiki(t, f, ada)
	g.role("reader", 0)
	reader := access.Holding{EntryPoint: "wiki", Role: "reader"}
	events := g.rows(`select type from events where tenant_id = $1`, g.dir.TenantID)
	if plan, job := g.mustPut(group, wiki); job != nil || plan.Changed != 0 {
		t.Errorf("no change made %+v", plan)
	}
	if now := g.rows(`select type from events where tenant_id = $1`, g.dir.TenantID); len(now) != len(events) {
		t.Error("no change left an event")
	}
	bob := tenants.As(g.ctx, tenants.Origin{Actor: "key01", ActorName: "Bob"})
	plan, job, err := g.a.PutMappings(bob, g.tenant, group, []access.Holding{reader, wiki})
	if err != nil || job != nil || plan.Changed != 0 || len(plan.Added) != 1 {
		t.Errorf("a lower role: %+v, %v, %v", plan, job, err)
	}
	mappings, err := g.a.Mappings(g.ctx, g.tenant, group)
	if err != nil || len(mappings) != 2 || mappings[0].CreatedByName != "Jane Doe" || mappings[1].CreatedByName != "Bob" {
		t.Errorf("mappings %+v, %v", mappings, err)
	}
	lines := g.access(ada).Access
	if len(lines) != 2 || !lines[0].Wins || lines[1].Wins || lines[0].Role.Key != "editor" {
		t.Errorf("ada has %+v", lines)
	}
	changed := g.rows(`select cast(data as text), cast(previous as text) from events
		where tenant_id = $1 and type = 'role_mapping.changed' order by sequence desc limit 1`, g.dir.TenantID)
	if len(changed) != 1 || !strings.Contains(changed[0], `"mappings":[{"entry_point":"wiki","role":"editor"},{"entry_point":"wiki","role":"reader"}]`) ||
		!strings.Contains(changed[0], `{"mappings":[{"entry_point":"wiki","role":"editor"}]}`) {
		t.Errorf("the event is %v", changed)
	}
	g.mustDelete(groupType, group)
	mappings, err = g.a.Mappings(g.ctx, g.tenant, group)
	if err != nil || len(mappings) != 2 || mappings[0].WhyNot == "" || mappings[0].GroupName != "Writers" {
		t.Errorf("mappings of a deleted group %+v, %v", mappings, err)
	}
	if _, _, err := g.a.PutMappings(g.ctx, g.tenant, group, []access.Holding{{EntryPoint: "*", Role: "editor"}}); refusalOf(err) != "invalid mappings" {
		t.Errorf("new mapping of a deleted group: %v", err)
	}
	g.mustPut(group)
	if _, err := g.a.Mappings(g.ctx, g.tenant, group); refusalOf(err) != "not found" {
		t.Errorf("a deleted group without mappings: %v", err)
	}
}

// TestListMappings pages through all mappings of a tenant, with why some have no
// effect.
func TestListMappings(t *testing.T) { onEach(t, testListMappings) }

func testListMappings(t *testing.T, f *fixture) {
	g, group := inWiki(t, f)
	g.mapRaw(group, "*", "gone")
	g.mapRaw(group, "nowhere", "editor")
	g.role("closed", 1)
	g.mapRaw(group, "wiki", "closed")
	g.change("closed", "grantable", false)
	theirs := g.group("Others")
	g.mapRaw(theirs, "*", "editor")
	got := map[string]string{}
	place, pages := access.MappingPlace{}, 0
	for {
		page, err := g.a.ListMappings(g.ctx, g.tenant, place, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		pages++
		for _, m := range page {
			got[m.GroupName+" "+m.EntryPoint+" "+m.Role], _, _ = strings.Cut(m.WhyNot, ".")
			place = access.MappingPlace{Group: m.GroupID, EntryPoint: m.EntryPoint, Role: m.Role}
		}
	}
	want := map[string]string{
		"Writers * gone": "The role is gone", "Writers nowhere editor": "The entry point is gone", "Writers wiki editor": "",
		"Writers wiki closed": `The role "closed" is not grantable by a group`, "Others * editor": "",
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
		t.Errorf("%d pages: %s", pages, diff)
	}
}

// TestLastHoldersRace: of changes that each take one of the last holders of a
// role away, one is refused, whatever comes together.
func TestLastHoldersRace(t *testing.T) { onEach(t, testLastHoldersRace) }

func testLastHoldersRace(t *testing.T, f *fixture) {
	g := givesAccess(t, f)
	g.role("owner", 9)
	g.change("owner", "keep_one", true)
	owner := access.Holding{EntryPoint: "*", Role: "owner"}
	for round := range 5 {
		var groups []string
		for i := range 3 {
			group := g.group(fmt.Sprint("G", i), g.user(fmt.Sprint("u", round, i)))
			g.mustPut(group, owner)
			groups = append(groups, group)
		}
		eve := g.user(fmt.Sprint("eve", round))
		a := g.assign(eve, "*", "owner")
		refused := make(chan string, 4)
		var racing sync.WaitGroup
		for _, group := range groups {
			racing.Go(func() {
				_, _, err := g.a.PutMappings(g.ctx, g.tenant, group, nil)
				refused <- refusalOf(err)
			})
		}
		racing.Go(func() { refused <- refusalOf(g.a.Unassign(g.ctx, g.tenant, eve, a.ID)) })
		racing.Wait()
		close(refused)
		results := map[string]int{}
		for r := range refused {
			results[r]++
		}
		if want := map[string]int{"<nil>": 3, "last_holder": 1}; !cmp.Equal(results, want) {
			t.Fatalf("%v, want %v", results, want)
		}
		g.change("owner", "keep_one", false) // away with the last
		g.run(`delete from role_mappings where tenant_id = $1`, g.dir.TenantID)
		g.run(`delete from assignments where tenant_id = $1`, g.dir.TenantID)
		g.change("owner", "keep_one", true)
	}
}

// TestHigherRoleTakesLast: where the highest role wins, to give a higher one can
// take the last holder of another away, too.
func TestHigherRoleTakesLast(t *testing.T) { onEach(t, testHigherRoleTakesLast) }

func testHigherRoleTakesLast(t *testing.T, f *fixture) {
	ada := f.user("ada")
	g, group := inWiki(t, f, ada)
	g.role("boss", 7)
	g.change("editor", "keep_one", true)
	boss := access.Holding{EntryPoint: "wiki", Role: "boss"}
	if _, _, err := g.a.PutMappings(g.ctx, g.tenant, group, []access.Holding{wiki, boss}); refusalOf(err) != "last_holder" {
		t.Errorf("a higher mapping: %v", err)
	}
	if _, err := g.a.Assign(g.ctx, g.tenant, ada, boss); refusalOf(err) != "last_holder" {
		t.Errorf("a higher assignment: %v", err)
	}
	g.rule(access.All)
	g.mustPut(group, wiki, boss)
	g.assign(ada, "wiki", "boss")
}
