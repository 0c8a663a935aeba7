package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
)

// afterGrace is when the grace of what was deleted at made is over.
var afterGrace = made.Add(tenants.Grace)

// peopled gives a connection people, of whom one is inactive, and groups.
func peopled(f *fixture, people int) (users, groups []string) {
	for i := range people {
		users = append(users, f.create(userType, draft(doc{"userName": fmt.Sprintf("user%d", i), "active": i != 0, "password": "secret"})).ID)
	}
	inner := f.group("Inner", users...)
	return users, []string{f.group("Outer", inner), inner}
}

// TestPurgeOfConnection: after the grace its people are what was chosen, with the
// same ids, each told once, and nothing else is left.
func TestPurgeOfConnection(t *testing.T) { onEach(t, testPurgeOfConnection) }

func testPurgeOfConnection(t *testing.T, f *fixture) {
	const people = peoplePerStep + 3
	c := newControl(f)
	for _, test := range []struct {
		people          tenants.PeopleOnDelete
		stay, active    int
		updated, others int // events of users
		other           string
	}{
		{tenants.KeepPeople, people, people - 1, people, 0, "user.deactivated"},
		{tenants.DeactivatePeople, people, 0, people, people - 1, "user.deactivated"},
		{tenants.RemovePeople, 0, 0, 0, people, "user.deleted"},
	} {
		tenant := c.tenant()
		gone, stays := c.connection(tenant, "Gone"), c.connection(tenant, "Stays")
		dir, other := c.directory(gone), c.directory(stays)
		users, _ := peopled(dir, people)
		kept := other.user("elsewhere")
		c.delete(gone, test.people)
		c.must(c.maintenance.Once(c.ctx, afterGrace.Add(-1)))
		if got := len(c.eventsOf(tenant.ID, "group.deleted")); got != 0 {
			t.Fatalf("%s: purged before the grace is over", test.people)
		}
		c.must(c.maintenance.Once(c.ctx, afterGrace))
		c.must(c.maintenance.Once(c.ctx, afterGrace))

		manual := c.in(scim.Directory{TenantID: tenant.ID.UUID(), ConnectionID: manualDirectory})
		page, err := manual.s.List(c.ctx, manual.dir, userType, scim.ListQuery{Start: 1, Count: people + 1})
		c.must(err)
		var ids []string
		active := 0
		for _, rec := range page.Records {
			ids = append(ids, rec.ID)
			if !strings.Contains(string(rec.Document), `"active":false`) {
				active++
			}
		}
		if page.Total != test.stay || active != test.active || test.stay > 0 && !slices.Equal(ids, users) {
			t.Errorf("%s: %d people stay and %d are active, want %d and %d", test.people, page.Total, active, test.stay, test.active)
		}
		for pattern, want := range map[string]int{
			"user.updated": test.updated, test.other: test.others, "group.deleted": 2, "connection.purged": 1,
		} {
			if got := len(c.eventsOf(tenant.ID, pattern)); got != want {
				t.Errorf("%s: %d events %s, want %d", test.people, got, pattern, want)
			}
		}
		other.get(userType, kept)
		c.checkTotals(t, tenant.ID)
		for _, table := range []string{"resources", "resource_values", "members", "pending_members", "directory_totals", "directory_buckets"} {
			if rows := c.rows(fmt.Sprintf(`select 1 from %s where connection_id = '%s'`, table, gone.ID.UUID())); len(rows) > 0 {
				t.Errorf("%s: %d rows of %s are left", test.people, len(rows), table)
			}
		}
		if secrets := c.rows(`select data from events where cast(data as text) like '%secret%' or cast(previous as text) like '%secret%'`); len(secrets) > 0 {
			t.Errorf("%s: events tell passwords: %v", test.people, secrets[0])
		}
		if err := c.restore(gone); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("%s: restored after the purge: %v", test.people, err)
		}
	}
}

// checkTotals compares the counts of a tenant's directories with what is there.
func (c *control) checkTotals(t *testing.T, tenant tenants.TenantID) {
	t.Helper()
	of := ` where tenant_id = '` + tenant.UUID() + `'`
	inactive := map[bool]string{true: `0`, false: `'false'`}[c.db == c.all]
	counted := c.rows(`select connection_id, resource_type, count(*), sum(case when resource_type = 'User'
		and coalesce(document ->> 'active', ` + map[bool]string{true: `1`, false: `'true'`}[c.db == c.all] + `) <> ` + inactive + ` then 1 else 0 end)
		from resources` + of + ` group by connection_id, resource_type order by connection_id, resource_type`)
	stored := c.rows(`select connection_id, resource_type, total, active from directory_totals` + of + ` and total > 0 order by connection_id, resource_type`)
	if diff := cmp.Diff(counted, stored); diff != "" {
		t.Errorf("totals (-there +counted):\n%s", diff)
	}
	counted = c.rows(`select connection_id, resource_type, position / 1024, count(*) from resources` + of + ` group by 1, 2, 3 order by 1, 2, 3`)
	stored = c.rows(`select connection_id, resource_type, bucket, total from directory_buckets` + of + ` order by 1, 2, 3`)
	if diff := cmp.Diff(counted, stored); diff != "" {
		t.Errorf("buckets (-there +counted):\n%s", diff)
	}
}

// TestReleasedNamesMayBeTaken: somebody whom the vendor has registered under the
// same name keeps it, and nobody is lost.
func TestReleasedNamesMayBeTaken(t *testing.T) { onEach(t, testReleasedNamesMayBeTaken) }

func testReleasedNamesMayBeTaken(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	first, second := c.connection(tenant, "First"), c.connection(tenant, "Second")
	a, b := c.directory(first).user("ada"), c.directory(second).user("ADA")
	c.delete(first, tenants.KeepPeople)
	c.delete(second, tenants.DeactivatePeople)
	c.must(c.maintenance.Once(c.ctx, afterGrace))
	manual := c.in(scim.Directory{TenantID: tenant.ID.UUID(), ConnectionID: manualDirectory})
	for id, want := range map[string]string{a: `{"userName":"ada","active":true}`, b: `{"userName":"ADA","active":false}`} {
		if got := string(manual.get(userType, id).Document); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if rows := c.rows(`select attribute, value, cast(resource_id as text), is_unique from resource_values where attribute = 'userName' order by is_unique desc`); len(rows) != 2 ||
		!slices.Equal(rows, []string{"userName ada " + a + " 1", "userName ada " + b + " 0"}) && !slices.Equal(rows, []string{"userName ada " + b + " 1", "userName ada " + a + " 0"}) {
		t.Errorf("names %v", rows)
	}
	var taken *scim.ConflictError
	if _, err := manual.s.Create(c.ctx, manual.dir, userType, userDraft("Ada"), origin); !errors.As(err, &taken) {
		t.Errorf("a third of the name: %v", err)
	}
	manual.mustDelete(userType, a)
	manual.mustDelete(userType, b)
}

// TestPurgeGoesOnWhereItStopped: every part is a transaction of its own, and
// whoever does the next one does nothing twice.
func TestPurgeGoesOnWhereItStopped(t *testing.T) { onEach(t, testPurgeGoesOnWhereItStopped) }

func testPurgeGoesOnWhereItStopped(t *testing.T, f *fixture) {
	const people = 2*peoplePerStep + 1
	c := newControl(f)
	tenant := c.tenant()
	gone := c.connection(tenant, "Gone")
	users, _ := peopled(c.directory(gone), people)
	c.delete(gone, tenants.DeactivatePeople)
	due, err := c.parts.DueConnections(c.ctx, made, 10)
	if err != nil || len(due) != 1 {
		t.Fatalf("%v, %v", due, err)
	}
	if _, err := c.parts.PurgeConnection(c.ctx, due[0]); err != nil {
		t.Fatal(err)
	}
	if err := c.restore(gone); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("restored in the middle of a purge: %v", err)
	}
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if err := c.maintenance.Once(c.ctx, afterGrace); err != nil {
				t.Errorf("maintenance: %v", err)
			}
		})
	}
	wait.Wait()
	ids := c.rows(`select cast(resource_id as text) from events where type = 'user.updated' order by sequence`)
	if !slices.Equal(ids, users) {
		t.Errorf("%d people were told of, want each of %d once", len(ids), people)
	}
	if got := c.eventsOf(tenant.ID, "connection.purged"); len(got) != 1 {
		t.Errorf("purged %d times", len(got))
	}
	c.checkTotals(t, tenant.ID)
}

// TestRestoreAgainstPurge: one of the two wins, and what it leaves is whole.
func TestRestoreAgainstPurge(t *testing.T) { onEach(t, testRestoreAgainstPurge) }

func testRestoreAgainstPurge(t *testing.T, f *fixture) {
	c := newControl(f)
	for range 8 {
		tenant := c.tenant()
		of := c.connection(tenant, "Main")
		users, groups := peopled(c.directory(of), 3)
		c.delete(of, tenants.RemovePeople)
		var wait sync.WaitGroup
		var restored error
		wait.Go(func() { restored = c.restore(of) })
		wait.Go(func() {
			if err := c.maintenance.Once(c.ctx, afterGrace); err != nil {
				t.Errorf("maintenance: %v", err)
			}
		})
		wait.Wait()
		left := len(c.rows(`select id from resources where tenant_id = '` + tenant.ID.UUID() + `'`))
		switch {
		case restored == nil && left == len(users)+len(groups):
		case errors.Is(restored, tenants.ErrNotFound) && left == 0:
		default:
			t.Errorf("restore: %v; %d resources are left", restored, left)
		}
		c.checkTotals(t, tenant.ID)
	}
}

// TestRestoredIsAsItWas: the grace takes nothing away.
func TestRestoredIsAsItWas(t *testing.T) { onEach(t, testRestoredIsAsItWas) }

func testRestoredIsAsItWas(t *testing.T, f *fixture) {
	c := newControl(f)
	tenant := c.tenant()
	of := c.connection(tenant, "Main")
	c.must(c.changeConnection(of, func(c *tenants.Connection) { c.Status, c.Domains = tenants.ConnectionPaused, []string{"acme.test"} }))
	k := c.token(of, "Main", 0)
	dir := c.directory(of)
	_, groups := peopled(dir, 3)
	before, err := c.store.AnyConnection(c.ctx, tenant.ID, of.ID)
	c.must(err)
	members := dir.members(groups[1])

	c.delete(of, tenants.RemovePeople)
	worth, err := c.store.Credential(c.ctx, of.ID, k.Hash)
	if err != nil || !worth.ConnectionDeletedAt.Equal(made) {
		t.Errorf("the token of the deleted connection: %+v, %v", worth, err)
	}
	c.must(c.restore(of))
	after, err := c.store.AnyConnection(c.ctx, tenant.ID, of.ID)
	c.must(err)
	if diff := cmp.Diff(fmt.Sprintf("%+v", before), fmt.Sprintf("%+v", after)); diff != "" {
		t.Errorf("restored (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(members, dir.members(groups[1])); diff != "" {
		t.Errorf("members (-before +after):\n%s", diff)
	}
	if got := c.eventsOf(tenant.ID, "connection.%"); !slices.Equal(got, []string{"connection.created", "connection.paused", "connection.deleted", "connection.restored"}) {
		t.Errorf("events %v", got)
	}
}
