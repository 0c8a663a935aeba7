package storage

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants/access"
)

// TestAccessPlans: what somebody holds, what a mapping would do and what is told
// are found by look-ups of the people in question and their groups, in tenants of
// all sizes: no statement reads a directory or the memberships of others.
func TestAccessPlans(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	if _, err := connectTo(t, superuser(t, address)).PgConn().Exec(t.Context(), unevenTenants).ReadAll(); err != nil {
		t.Fatal(err)
	}
	f := fixtureOn(t, openPostgresAt(t, address, Options{}))
	ada := f.user("ada")
	inner := f.group("Inner", ada)
	g, group := inWiki(t, f, ada, inner)
	g.change("editor", "keep_one", true)
	tracer := &statementTracer{sent: map[string]bool{}}
	f.db.engine.(*postgresEngine).tracer = tracer
	g.access(ada)
	if plan, err := g.a.PlanMappings(g.ctx, g.tenant, group, nil); err != nil || len(plan.Refusals) != 1 {
		t.Fatalf("planned %+v, %v", plan, err)
	}
	g.assign(ada, "*", "editor")
	g.drain()
	g.mustEdit(group, remove(ada))
	g.drain()
	g.mustDelete(userType, ada)
	g.mustDelete(groupType, inner)
	g.drain()
	if _, err := g.a.Mappings(g.ctx, g.tenant, group); err != nil {
		t.Fatal(err)
	}
	if _, err := g.a.ListAssignments(g.ctx, g.tenant, access.AssignmentFilter{}, access.AssignmentPlace{}, 10); err != nil {
		t.Fatal(err)
	}
	conn := connectTo(t, address)
	for _, statement := range []string{`select set_config('roster.tenant_id', '` + f.dir.TenantID + `', false)`, strings.ReplaceAll(setPlan, "true)", "false)")} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	explained := 0
	for query := range tracer.sent {
		if !strings.Contains(query, "$1") || strings.Contains(query, "set_config") {
			continue
		}
		explained++
		plan := explainGeneric(t, conn, query)
		for _, problem := range readsTooMuch(plan) {
			t.Errorf("%s\nof %s\n%s", problem, query, plan)
		}
	}
	if explained < 20 {
		t.Errorf("only %d statements were sent", explained)
	}
}
