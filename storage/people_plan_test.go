package storage

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants/people"
)

// lookAtPeople does what takes no longer where there are many people.
func (p *peopleFixture) lookAtPeople(t *testing.T) {
	t.Helper()
	ada := p.register(people.NewUser{UserName: "ada@acme.com"})
	name := "eve@acme.com"
	if _, err := p.s.UpdateUser(p.ctx, p.tenant, ada.ID, people.UserChange{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	if id := p.mustProvision(p.dir, scim.Limits{Adopt: byEmail.Adopt, Seats: 1_000_000}, doc{"userName": name}); id != ada.ID {
		t.Fatal("not adopted")
	}
	outer := p.group("Outer", p.group("Inner", ada.ID))
	connection, yes, no := connectionIDOf(t, p.dir), true, false
	for _, q := range []people.UserQuery{
		{}, {Text: ada.ID}, {Text: "eve"}, {Text: "eve", Group: outer}, {Group: outer}, {Connection: connection},
		{Text: "eve", Connection: connection}, {Managed: &no}, {Active: &no}, {Text: "eve", Active: &no},
		{Connection: connection, Active: &yes}, {Unassigned: true}, {Role: "member", EntryPoint: "*"},
	} {
		q.Limit = 10
		if _, err := p.s.ListUsers(p.ctx, p.tenant, q); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
	}
	for _, q := range []people.GroupQuery{{}, {Text: outer}, {Text: "Out"}, {Connection: connection}} {
		q.Limit = 10
		if _, err := p.s.ListGroups(p.ctx, p.tenant, q); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
	}
	if _, err := p.s.ListMembers(p.ctx, p.tenant, outer, "", 10); err != nil {
		t.Fatal(err)
	}
	if _, err := p.s.ListUserGroups(p.ctx, p.tenant, ada.ID, "", 10); err != nil {
		t.Fatal(err)
	}
}

// TestPeopleAreReadByKeys: SQLite looks at nobody besides those whom a list may
// show.
func TestPeopleAreReadByKeys(t *testing.T) {
	t.Parallel()
	p := newPeople(t, fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1})))
	p.lookAtPeople(t)
	p.store.fewNamed = 0 // and then everybody has the name
	if _, err := p.s.ListUsers(p.ctx, p.tenant, people.UserQuery{Text: "eve", Limit: 10}); err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`SCAN (resources|resource_values|members|role_mappings|[rvmxu])( |$)|\(tenant_id=\?\)$`)
	byTenant := regexp.MustCompile(`(SEARCH (t|directory_totals|c|connections|tenant_sequences) |` +
		`resources_groups|SCAN [rd]$)`) // few rows each; d and a bare r are what was found
	for _, query := range p.statements() {
		if !strings.Contains(query, "from resources r left join") && !strings.Contains(query, " f cross join resources r") {
			continue
		}
		args := make([]any, strings.Count(query, "$"))
		for i := range args {
			args[i] = "[]"
		}
		for _, step := range p.rows(`explain query plan `+query, args...) {
			if whole.MatchString(step) && !byTenant.MatchString(step) {
				t.Errorf("%s\nin %s", step, query)
			}
		}
	}
}

// TestPeoplePlans: no more does PostgreSQL, by plans made for all tenants.
func TestPeoplePlans(t *testing.T) {
	t.Parallel()
	address := postgresCopy(t)
	if _, err := connectTo(t, superuser(t, address)).PgConn().Exec(t.Context(), unevenTenants).ReadAll(); err != nil {
		t.Fatal(err)
	}
	p := newPeople(t, fixtureOn(t, openPostgresAt(t, address, Options{})))
	tracer := &statementTracer{sent: map[string]bool{}}
	p.db.engine.(*postgresEngine).tracer = tracer
	p.lookAtPeople(t)
	p.store.fewNamed = 0 // and then everybody has the name
	if _, err := p.s.ListUsers(p.ctx, p.tenant, people.UserQuery{Text: "eve", Limit: 10}); err != nil {
		t.Fatal(err)
	}

	conn := connectTo(t, address)
	for _, statement := range []string{`select set_config('roster.tenant_id', '` + p.dir.TenantID + `', false)`, strings.ReplaceAll(setPlan, "true)", "false)")} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	explained := 0
	for query := range tracer.sent {
		if !strings.Contains(query, "$1") {
			continue
		}
		explained++
		plan := explainGeneric(t, conn, query)
		problems := readsTooMuch(plan)
		if strings.Contains(plan, "Bitmap Heap Scan on resources r\n") {
			problems = append(problems, "a page is sorted, not read in order")
		}
		for _, problem := range problems {
			if strings.Contains(problem, "resources_groups") {
				continue // all groups of the tenant, once for the page
			}
			t.Errorf("%s\nof %s\n%s", problem, query, plan)
		}
	}
	if explained < 20 {
		t.Errorf("only %d statements were sent", explained)
	}
}
