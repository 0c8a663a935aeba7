package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

// TestNotesOfTenants: every change leaves an audit row here and in the log of the
// installation, and an event with what was before; no change leaves nothing.
func TestNotesOfTenants(t *testing.T) { onEach(t, testNotesOfTenants) }

func testNotesOfTenants(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	for _, change := range []func(*tenants.Tenant){
		func(t *tenants.Tenant) { t.Name, t.ExternalID = "Acme Inc", "crm-1" },
		func(t *tenants.Tenant) { t.Entitlements.Seats = 50 },
		func(*tenants.Tenant) {},
		func(t *tenants.Tenant) { t.Status = tenants.TenantSuspended },
		func(t *tenants.Tenant) { t.Status = tenants.TenantSuspended },
		func(t *tenants.Tenant) { t.Status = tenants.TenantActive },
		func(t *tenants.Tenant) { t.DeletedAt = made },
		func(t *tenants.Tenant) { t.DeletedAt = time.Time{} },
	} {
		c.must(c.changeTenant(tenant.ID, change))
	}
	want := []string{"tenant.updated", "tenant.updated", "tenant.suspended", "tenant.resumed", "tenant.deleted", "tenant.restored"}
	if diff := cmp.Diff(want, c.eventsOf(tenant.ID, "%")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	want = append([]string{"tenant.created"}, want...)
	for _, log := range []string{tenant.ID.UUID(), installationTenant} {
		if diff := cmp.Diff(want, c.auditOf(log)); diff != "" {
			t.Errorf("log of %s (-want +got):\n%s", log, diff)
		}
	}
	row := c.rows(`select actor, actor_name, address, request_id, cast(changes as text) from audit
		where action = 'tenant.updated' and tenant_id = '` + tenant.ID.UUID() + `' order by number limit 1`)[0]
	if want := `key01 Jane 192.0.2.7 req-9 {"external_id":{"from":null,"to":"crm-1"},"name":{"from":"Acme","to":"Acme Inc"}}`; row != want {
		t.Errorf("%s, want %s", row, want)
	}
	event := c.rows(`select cast(data as text), cast(previous as text) from events where type = 'tenant.suspended'`)[0]
	for _, part := range []string{`"id":"` + tenant.ID.String() + `"`, `"status":"suspended"`, ` {"status":"active"}`, `"seats":50`} {
		if !strings.Contains(event, part) {
			t.Errorf("event %s has no %s", event, part)
		}
	}
}

// TestNotesOfConnections is the same of connections, and that tokens' notes tell
// no secret and who made them.
func TestNotesOfConnections(t *testing.T) { onEach(t, testNotesOfConnections) }

func testNotesOfConnections(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	of := newTestConnection(tenant, "Main")
	k := newTestToken(of, "First")
	c.must(c.store.CreateConnection(c.ctx, of, k))
	for _, change := range []func(*tenants.Connection){
		func(c *tenants.Connection) { c.Name, c.Domains = "Renamed", []string{"acme.test"} },
		func(*tenants.Connection) {},
		func(c *tenants.Connection) { c.Settings.StrictTypes = true },
		func(c *tenants.Connection) { c.Status = tenants.ConnectionPaused },
		func(c *tenants.Connection) { c.Status = tenants.ConnectionActive },
		func(c *tenants.Connection) { c.DeletedAt, c.People = made, tenants.RemovePeople },
		func(c *tenants.Connection) { c.DeletedAt, c.People = time.Time{}, "" },
	} {
		c.must(c.changeConnection(of, change))
	}
	c.must(c.store.RevokeToken(c.ctx, tenant.ID, k.ID, made, nil))
	c.must(c.store.RevokeToken(c.ctx, tenant.ID, k.ID, made.Add(time.Hour), nil))
	want := []string{"connection.created", "token.created", "connection.updated", "connection.updated", "connection.paused",
		"connection.resumed", "connection.deleted", "connection.restored", "token.revoked"}
	if diff := cmp.Diff(want, c.eventsOf(tenant.ID, "%")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{"tenant.created"}, want...), c.auditOf(tenant.ID.UUID())); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	changes := c.rows(`select cast(changes as text) from audit where action like 'connection.updated' order by number`)
	if diff := cmp.Diff([]string{`{"domains":{"from":[],"to":["acme.test"]},"name":{"from":"Main","to":"Renamed"}}`,
		`{"settings":{"from":{},"to":{"strict_types":true}}}`}, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	stored, err := c.store.FindToken(c.ctx, tenant.ID, k.ID)
	if err != nil || stored.CreatedBy != "key01" || !stored.RevokedAt.Equal(made) {
		t.Errorf("%+v, %v", stored, err)
	}
	hash := fmt.Sprintf("%x", k.Hash[:])
	for _, row := range c.rows(`select cast(changes as text) from audit union all select cast(data as text) from events`) {
		if strings.Contains(row, hash) {
			t.Errorf("%s tells the hash", row)
		}
	}
}

// TestConnectionLimit: two that ask for the last place at the same time are one
// too many, and so is one that comes back to it.
func TestConnectionLimit(t *testing.T) { onEach(t, testConnectionLimit) }

func testConnectionLimit(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	c.must(c.changeTenant(tenant.ID, func(t *tenants.Tenant) { t.Entitlements.Connections = 1 }))
	var wait sync.WaitGroup
	var errs [3]error
	all := [3]*tenants.Connection{}
	for i := range errs {
		all[i] = newTestConnection(tenant, fmt.Sprint(i))
		wait.Go(func() { errs[i] = c.store.CreateConnection(c.ctx, all[i]) })
	}
	wait.Wait()
	var first *tenants.Connection
	for i, err := range errs {
		if err == nil && first == nil {
			first = all[i]
			continue
		}
		wantRefused(t, "one too many", err, tenants.CodeConnectionLimit)
	}
	if first == nil {
		t.Fatal("none was made")
	}
	c.delete(first, tenants.KeepPeople)
	second := c.connection(tenant, "second")
	wantRefused(t, "back to a place that is taken", c.restore(first), tenants.CodeConnectionLimit)
	c.delete(second, tenants.KeepPeople)
	taken := c.connection(tenant, "third")
	c.must(c.changeTenant(tenant.ID, func(t *tenants.Tenant) { t.Entitlements.Connections = 0 }))
	c.must(c.restore(first))
	c.must(c.changeConnection(taken, func(c *tenants.Connection) { c.Name = "SECOND" }))
	if err := c.restore(second); !errors.As(err, new(*tenants.TakenError)) {
		t.Errorf("back to a name that is taken: %v", err)
	}
}

// TestListsAreFiltered of tenants and connections.
func TestListsAreFiltered(t *testing.T) { onEach(t, testListsAreFiltered) }

func testListsAreFiltered(t *testing.T, f *fixture) {
	c := newControl(f)
	one, two, three := c.tenant(), c.tenant(), c.tenant()
	c.must(c.changeTenant(one.ID, func(t *tenants.Tenant) { t.Name, t.ExternalID = "Émile 100% & Söhne", "crm-1" }))
	c.must(c.changeTenant(two.ID, func(t *tenants.Tenant) { t.Name, t.Status = "Under_score", tenants.TenantSuspended }))
	c.must(c.changeTenant(three.ID, func(t *tenants.Tenant) { t.Name, t.DeletedAt = "émile the second", made }))
	for _, test := range []struct {
		filter tenants.TenantFilter
		want   []tenants.TenantID
	}{
		{tenants.TenantFilter{}, []tenants.TenantID{one.ID, two.ID}},
		{tenants.TenantFilter{Text: "éMILE"}, []tenants.TenantID{one.ID}},
		{tenants.TenantFilter{Text: "crm-1"}, []tenants.TenantID{one.ID}},
		{tenants.TenantFilter{Text: "0% &"}, []tenants.TenantID{one.ID}},
		{tenants.TenantFilter{Text: "r_s"}, []tenants.TenantID{two.ID}},
		{tenants.TenantFilter{Text: "c_m"}, nil},
		{tenants.TenantFilter{ExternalID: "crm-1"}, []tenants.TenantID{one.ID}},
		{tenants.TenantFilter{ExternalID: "CRM-1"}, nil},
		{tenants.TenantFilter{Status: tenants.TenantSuspended}, []tenants.TenantID{two.ID}},
		{tenants.TenantFilter{Status: tenants.TenantDeleted}, []tenants.TenantID{three.ID}},
		{tenants.TenantFilter{Status: tenants.TenantDeleted, Text: "ÉM"}, []tenants.TenantID{three.ID}},
		{tenants.TenantFilter{Only: two.ID}, []tenants.TenantID{two.ID}},
	} {
		list, err := c.store.ListTenants(c.ctx, test.filter, tenants.TenantID{}, 10)
		c.must(err)
		var got []tenants.TenantID
		for _, t := range list {
			got = append(got, t.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, want %v", test.filter, got, test.want)
		}
	}
	a, b, gone := c.connection(one, "Okta (EU)"), c.connection(one, "Entra_1"), c.connection(one, "Okta (US)")
	c.must(c.changeConnection(b, func(c *tenants.Connection) { c.Status, c.Provider = tenants.ConnectionPaused, "entra" }))
	c.delete(gone, tenants.KeepPeople)
	c.connection(two, "Okta (EU)")
	for _, test := range []struct {
		filter tenants.ConnectionFilter
		want   []tenants.ConnectionID
	}{
		{tenants.ConnectionFilter{}, []tenants.ConnectionID{a.ID, b.ID}},
		{tenants.ConnectionFilter{Text: "oKTA ("}, []tenants.ConnectionID{a.ID}},
		{tenants.ConnectionFilter{Text: "_"}, []tenants.ConnectionID{b.ID}},
		{tenants.ConnectionFilter{Status: tenants.ConnectionPaused}, []tenants.ConnectionID{b.ID}},
		{tenants.ConnectionFilter{Status: tenants.ConnectionDeleting}, []tenants.ConnectionID{gone.ID}},
		{tenants.ConnectionFilter{Provider: "entra"}, []tenants.ConnectionID{b.ID}},
		{tenants.ConnectionFilter{Only: a.ID}, []tenants.ConnectionID{a.ID}},
	} {
		list, err := c.store.ListConnections(c.ctx, one.ID, test.filter, tenants.ConnectionID{}, 10)
		c.must(err)
		var got []tenants.ConnectionID
		for _, c := range list {
			got = append(got, c.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, want %v", test.filter, got, test.want)
		}
	}
}

func TestDirectoriesAreCounted(t *testing.T) { onEach(t, testDirectoriesAreCounted) }

func testDirectoriesAreCounted(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	full, empty, other := c.connection(tenant, "Full"), c.connection(tenant, "Empty"), c.connection(tenant, "Other")
	peopled(c.directory(full), 4)
	c.directory(other).user("elsewhere")
	got, err := c.store.CountDirectories(c.ctx, tenant.ID, []tenants.ConnectionID{full.ID, empty.ID})
	c.must(err)
	if want := (tenants.DirectoryCount{People: 4, Active: 3, Groups: 2}); got[full.ID] != want || got[empty.ID] != (tenants.DirectoryCount{}) || len(got) > 2 {
		t.Errorf("%+v", got)
	}
	got, err = c.store.CountDirectories(c.ctx, c.tenant().ID, []tenants.ConnectionID{full.ID})
	if err != nil || len(got) != 0 {
		t.Errorf("through another tenant: %+v, %v", got, err)
	}
}

// TestPurgeOfTenant: after the grace a tenant's rows are gone from every table
// that can have some, and everybody else's are there.
func TestPurgeOfTenant(t *testing.T) { onEach(t, testPurgeOfTenant) }

func testPurgeOfTenant(t *testing.T, f *fixture) {
	c := newControl(f)
	gone, stays := c.tenant(), c.tenant()
	for _, tenant := range []*tenants.Tenant{gone, stays} {
		of := c.connection(tenant, "Main")
		c.token(of, "Main", 0)
		peopled(c.directory(of), 5)
		c.fill(tenant.ID.UUID(), of.ID.UUID())
	}
	tables := c.tenantTables(t)
	of := func(id tenants.TenantID) (counts map[string]int) {
		counts = map[string]int{}
		for _, table := range tables {
			counts[table] = len(c.rows(fmt.Sprintf(`select 1 from %s where tenant_id = '%s'`, table, id.UUID())))
		}
		return counts
	}
	before := of(stays.ID)
	c.must(c.changeTenant(gone.ID, func(t *tenants.Tenant) { t.DeletedAt = made }))
	c.must(c.maintenance.Once(c.ctx, afterGrace.Add(-1)))
	if n := of(gone.ID); n["resources"] == 0 {
		t.Fatal("purged before the grace is over")
	}
	due := tenants.TenantPurge{TenantID: gone.ID, DeletedBy: made}
	if _, err := c.parts.PurgeTenant(c.ctx, due); err != nil {
		t.Fatal(err)
	}
	if err := c.changeTenant(gone.ID, func(t *tenants.Tenant) { t.DeletedAt = time.Time{} }); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("restored in the middle of a purge: %v", err)
	}
	c.must(c.maintenance.Once(c.ctx, afterGrace))
	c.must(c.maintenance.Once(c.ctx, afterGrace))
	for table, n := range of(gone.ID) {
		if n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
		if before[table] == 0 {
			t.Errorf("the test puts nothing into %s", table)
		}
	}
	if diff := cmp.Diff(before, of(stays.ID)); diff != "" {
		t.Errorf("the other tenant (-before +after):\n%s", diff)
	}
	if rows := c.rows(`select id from tenants where purged_at is not null and id = '` + gone.ID.UUID() + `'`); len(rows) != 1 {
		t.Error("the tenant itself did not stay")
	}
	log := c.auditOf(installationTenant)
	if n := len(slices.DeleteFunc(log, func(action string) bool { return action != "tenant.purged" })); n != 1 {
		t.Errorf("the installation's log tells of %d purges", n)
	}
}

// tenantTables are the tables of the schema that have rows of tenants.
func (c *control) tenantTables(t *testing.T) (names []string) {
	t.Helper()
	create := regexp.MustCompile(`(?m)^create table (\w+) \(\n((?: .*\n)*)\)`)
	for _, files := range []fs.FS{migrationFiles("sqlite"), logMigrations()} {
		list, err := fs.Glob(files, "*.sql")
		c.must(err)
		for _, file := range list {
			text, err := fs.ReadFile(files, file)
			c.must(err)
			up, _, _ := strings.Cut(string(text), "-- +goose Down")
			for _, m := range create.FindAllStringSubmatch(up, -1) {
				if strings.Contains(m[2], "tenant_id ") && !slices.Contains(names, m[1]) {
					names = append(names, m[1])
				}
			}
		}
	}
	if len(names) < 20 {
		t.Fatalf("found only %v", names)
	}
	return names
}

// fill puts a row into the tables that nothing else in these tests writes.
func (c *control) fill(tenant, connection string) {
	c.t.Helper()
	id := mustID()
	blob := map[bool]string{true: `x'00'`, false: `'\x00'`}[c.db == c.all]
	for _, values := range []string{
		`definitions (tenant_id, kind, name_key, name, document, created_at, updated_at) values ($1, 'schema', 'x', 'X', '{}', 1, 1)`,
		`role_mappings (tenant_id, group_id, entry_point, role, group_name, created_by, created_by_name, created_at) values ($1, $2, '*', 'r', '', '', '', 1)`,
		`assignments (tenant_id, user_id, entry_point, role, id, created_by, created_by_name, created_at) values ($1, $2, '*', 'r', $2, '', '', 1)`,
		`access_told (tenant_id, user_id, access) values ($1, $2, '[]')`,
		`entry_points (tenant_id, key, name, description, created_at) values ($1, 'k', '', '', 1)`,
		`jobs (tenant_id, id, kind, subject, detail, done, total, place, created_by, created_at) values ($1, $2, '', '', '{}', 0, 0, '', '', 1)`,
		`portal_links (tenant_id, id, hash, roles, return_url, email, inviter, note, created_by, created_at, expires_at) values ($1, $2, ` + blob + `, '[]', '', '', '', '', '', 1, 9000000000000000)`,
		`portal_link_openings (tenant_id, link_id, id, at, address, user_agent, outcome) values ($1, $2, $2, 1, '', '', 'used')`,
		`sessions (tenant_id, id, kind, subject, name, email, roles, created_at, expires_at, seen_at, address, user_agent) values ($1, $2, 'portal', '', '', '', '[]', 1, 9000000000000000, 1, '', '')`,
		`api_keys (tenant_id, id, name, hash, prefix, last_four, permissions, created_by, created_at) values ($1, $2, '', ` + blob + `, '', '', '[]', '', 1)`,
		`role_permissions (tenant_id, role, permission, effect) values ($1, 'r', 'p', 'allow')`,
		`feed_tenants (tenant_id, sequence) values ($1, 1)`,
		`feed (tenant_id, position, first, last, at) values ($1, 1, 1, 1, 9000000000000000)`,
		`webhooks (tenant_id, id, url, description, types, status, status_at, secrets, created_by, created_at, updated_at) values ($1, $2, '', '', '[]', 'paused', 1, ` + blob + `, '', 1, 1)`,
		`webhook_queues (tenant_id, webhook_id, lane, sequence, latest, created_at) values ($1, $2, $2, 1, 1, 1)`,
		`webhook_deliveries (tenant_id, webhook_id, id, lane, sequence, event_id, event_type, attempt, at, duration, outcome, failure, request, response)
			values ($1, $2, $2, $2, 1, $2, '', 1, 1, 1, 'delivered', '', '{}', '{}')`,
		`requests (tenant_id, connection_id, id, at, duration, method, path, status, request_id, user_agent, address, token_hint, kind, outcome, code,
			resource_type, subject, subject_key, detail) values ($1, $3, $2, 1, 1, '', '', 200, '', '', '', '', '', '', '', '', '', '', '{}')`,
		`connection_states (tenant_id, connection_id, state, updated_at) values ($1, $3, '{}', 1)`,
		`sync_cycles (tenant_id, connection_id, id, started_at, ended_at, requests, refused, failed, summary) values ($1, $3, $2, 1, 1, 1, 0, 0, '{}')`,
		`request_hours (tenant_id, connection_id, hour, requests, changes, refused, failed, duration) values ($1, $3, 9000000000000000, 1, 0, 0, 0, 1)`,
		`directory_history (tenant_id, connection_id, at, people, active, groups) values ($1, $2, 1, 1, 1, 0)`,
		`webhook_hours (tenant_id, webhook_id, hour, delivered, failed, measured, lag, lag_max) values ($1, $2, 9000000000000000, 1, 0, 1, 1, 1)`,
		`pending_members (tenant_id, group_id, value, connection_id, member_type, pending_since)
			select tenant_id, id, 'x', connection_id, '', 1 from resources where tenant_id = $1 and resource_type = 'Group' limit 1`,
	} {
		c.fillRow(strings.ReplaceAll(values, "$3", "'"+connection+"'"), tenant, id)
	}
}

// fillRow inserts one row past row-level security. Not every statement needs the id.
func (c *control) fillRow(values, tenant, id string) {
	c.t.Helper()
	values = strings.NewReplacer("$1", "'"+tenant+"'", "$2", "'"+id+"'").Replace(values)
	if strings.HasPrefix(values, "role_permissions") && len(c.rows(`select key from roles where key = 'r'`)) == 0 {
		c.rowsChanged(`insert into roles (key, name, description, rank, grantable, keep_one, mappable_with_permissions, created_at, updated_at)
			values ('r', '', '', 0, true, false, false, 1, 1)`)
	}
	c.rowsChanged(`insert into ` + values)
}

// TestPrune: what has served its purpose goes, what may be looked at stays.
func TestPrune(t *testing.T) { onEach(t, testPrune) }

func testPrune(t *testing.T, f *fixture) {
	c := newControl(f)
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) int64 { return now.Add(-d).UnixMicro() }
	tenant := c.tenant().ID.UUID()
	blob := func(i int) string {
		return fmt.Sprintf(map[bool]string{true: `x'%02x'`, false: `'\x%02x'`}[c.db == c.all], i)
	}
	for i, old := range []int64{1, 0} { // 0 goes, 1 stays
		age := func(limit time.Duration) int64 { return ago(limit - time.Minute + time.Duration(old)*2*time.Minute) }
		c.rowsChanged(fmt.Sprintf(`insert into idempotency_keys (actor, key, request, created_at) values ('a%d', %s, %s, %d)`,
			i, blob(i), blob(i), age(oneDay)))
		c.rowsChanged(fmt.Sprintf(`insert into used_tokens (issuer_id, jti, expires_at) values ('%s', %s, %d)`, mustID(), blob(i), age(0)))
		for _, ended := range []string{"null", fmt.Sprint(age(30 * oneDay))} {
			expires := age(30 * oneDay)
			if ended != "null" {
				expires = now.Add(oneDay).UnixMicro()
			}
			c.rowsChanged(fmt.Sprintf(`insert into sessions (tenant_id, id, kind, subject, name, email, roles, created_at, expires_at, seen_at, ended_at, address, user_agent)
				values ('%s', '%s', 'portal', '', '', '', '[]', 1, %d, 1, %s, '', '')`, tenant, mustID(), expires, ended))
		}
		for column := range map[string]bool{"used_at": true, "revoked_at": true, "expires_at": true} {
			c.link(tenant, column, age(90*oneDay), now.Add(oneDay).UnixMicro(), blob(i))
		}
	}
	c.must(c.maintenance.Once(c.ctx, now))
	for table, want := range map[string]int{
		"idempotency_keys": 1, "used_tokens": 1, "sessions": 2, "portal_links": 3, "portal_link_openings": 3,
	} {
		if got := len(c.rows(`select 1 from ` + table)); got != want {
			t.Errorf("%d rows of %s stay, want %d", got, table, want)
		}
	}
}

// link is a link for which one time decides, and its opening.
func (c *control) link(tenant, column string, at, later int64, hash string) {
	c.t.Helper()
	id, expires, used, revoked := mustID(), fmt.Sprint(later), "null", "null"
	switch column {
	case "used_at":
		used = fmt.Sprint(at)
	case "revoked_at":
		revoked = fmt.Sprint(at)
	default:
		expires = fmt.Sprint(at)
	}
	c.rowsChanged(fmt.Sprintf(`insert into portal_links (tenant_id, id, hash, roles, return_url, email, inviter, note, created_by, created_at, expires_at, used_at, revoked_at)
		values ('%s', '%s', %s, '[]', '', '', '', '', '', 1, %s, %s, %s)`, tenant, id, hash, expires, used, revoked))
	c.rowsChanged(fmt.Sprintf(`insert into portal_link_openings (tenant_id, link_id, id, at, address, user_agent, outcome)
		values ('%s', '%s', '%s', 1, '', '', 'used')`, tenant, id, mustID()))
}
