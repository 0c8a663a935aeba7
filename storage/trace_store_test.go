package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/trace"
)

// TestFindPeopleByKeys: by the whole of what they are called, and by how it
// begins, in the one directory that is asked for.
func TestFindPeopleByKeys(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		c := newControl(f)
		tenant := c.tenant()
		one, two := c.connection(tenant, "One"), c.connection(tenant, "Two")
		other := c.connection(c.tenant(), "Of another tenant")
		long := strings.Repeat("long", 100) + "@acme.com"
		ids := map[string]string{}
		add := func(to *tenants.Connection, d doc) {
			ids[d["userName"].(string)] = c.directory(to).create(userType, draft(d)).ID
		}
		add(one, doc{"userName": "Jane@Acme.com", "displayName": "Jane Döe", "externalId": "Ext-1", "emails": []any{map[string]any{"value": "J.Doe@mail.test"}}})
		add(one, doc{"userName": "jane@acme.com.au"})
		add(two, doc{"userName": "jdoe", "emails": []any{map[string]any{"value": "jane@acme.com"}}})
		add(two, doc{"userName": long})
		add(other, doc{"userName": "jane@acme.com", "externalId": "Ext-1"})
		s := NewTrace(f.db)
		find := func(only tenants.ConnectionID, keys ...trace.Key) []string {
			t.Helper()
			hits, err := s.Find(c.ctx, tenant.ID, only, keys, 10)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, h := range hits {
				for name, id := range ids {
					if id == h.ID {
						got = append(got, name+" by "+h.Attribute)
					}
				}
			}
			slices.Sort(got)
			return got
		}
		key := func(attribute, value string) trace.Key { return trace.Key{Attribute: attribute, Value: value} }
		for _, test := range []struct {
			key  trace.Key
			want []string
		}{
			{key(trace.UserName, "JANE@acme.com"), []string{"Jane@Acme.com by userName"}},
			{key(trace.Email, "jane@ACME.com"), []string{"jdoe by emails.value"}},
			{key(trace.Email, "j.doe@mail.test"), []string{"Jane@Acme.com by emails.value"}},
			{key(trace.ExternalID, "Ext-1"), []string{"Jane@Acme.com by externalId"}},
			{key(trace.ExternalID, "ext-1"), []string{}},
			{key(trace.Display, "JANE DÖE"), []string{"Jane@Acme.com by display"}},
			{key(trace.UserName, strings.ToUpper(long)), []string{long + " by userName"}},
			{key(trace.UserName, "jane"), []string{}},
			{trace.Key{Attribute: trace.UserName, Value: "JANE@", Prefix: true}, []string{"Jane@Acme.com by userName", "jane@acme.com.au by userName"}},
			{trace.Key{Attribute: trace.ExternalID, Value: "Ex", Prefix: true}, []string{"Jane@Acme.com by externalId"}},
		} {
			if diff := cmp.Diff(test.want, find(tenants.ConnectionID{}, test.key)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", test.key, diff)
			}
		}
		both := []trace.Key{key(trace.UserName, "jane@acme.com"), key(trace.Email, "jane@acme.com")}
		for want, only := range map[string]tenants.ConnectionID{
			"Jane@Acme.com by userName jdoe by emails.value": {}, "Jane@Acme.com by userName": one.ID, "jdoe by emails.value": two.ID, "": other.ID,
		} {
			if got := strings.Join(find(only, both...), " "); got != want {
				t.Errorf("in %s there are %q, want %q", only, got, want)
			}
		}
		if hits, err := s.Find(c.ctx, tenant.ID, tenants.ConnectionID{}, both, 1); err != nil || len(hits) != 1 {
			t.Errorf("at most one: %v, %v", hits, err)
		}
	})
}

// TestTraceStore: who waits, and where one has to look.
func TestTraceStore(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		c := newControl(f)
		tenant := c.tenant()
		one, two := c.connection(tenant, "One"), c.connection(tenant, "Two")
		other := c.connection(c.tenant(), "Of another tenant")
		for i, to := range []*tenants.Connection{one, two, other} {
			group := c.directory(to).group(fmt.Sprint("Group ", i))
			c.fillRow(`pending_members (tenant_id, group_id, value, connection_id, member_type, pending_since)
				select tenant_id, id, 'jane', connection_id, '', 7 from resources where tenant_id = $1 and id = $2`, to.TenantID.UUID(), group)
		}
		s := NewTrace(f.db)
		waiting := func(only tenants.ConnectionID, values ...string) (list []string) {
			t.Helper()
			found, err := s.Waiting(c.ctx, tenant.ID, only, values, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range found {
				list = append(list, w.Group)
				if !w.Since.Equal(time.UnixMicro(7)) || w.Connection.IsZero() {
					t.Errorf("%+v", w)
				}
			}
			slices.Sort(list)
			return list
		}
		for want, got := range map[string][]string{
			"Group 0, Group 1": waiting(tenants.ConnectionID{}, "joe", "jane"), "Group 1": waiting(two.ID, "jane"), "": waiting(tenants.ConnectionID{}, "joe"),
		} {
			if strings.Join(got, ", ") != want {
				t.Errorf("waiting: %v, want %s", got, want)
			}
		}
		all, err := s.Connections(c.ctx, tenant.ID, tenants.ConnectionID{}, 10)
		c.must(err)
		if len(all) != 2 || all[0].Name != "One" || all[1].ID != two.ID || all[0].Provider != one.Provider {
			t.Errorf("%+v", all)
		}
		if some, err := s.Connections(c.ctx, tenant.ID, two.ID, 10); err != nil || len(some) != 1 || some[0].ID != two.ID {
			t.Errorf("one: %v, %v", some, err)
		}
		if _, err := s.Connections(c.ctx, tenants.NewTenantID(), tenants.ConnectionID{}, 10); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("of no tenant: %v", err)
		}
	})
}

// TestTracePlan: SQLite finds people and who waits by keys alone.
func TestTracePlan(t *testing.T) {
	t.Parallel()
	c := newControl(fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Readers: 1})))
	tenant := c.tenant()
	s := NewTrace(c.db)
	for _, only := range []tenants.ConnectionID{{}, c.connection(tenant, "One").ID} {
		_, err := s.Find(c.ctx, tenant.ID, only, []trace.Key{{Attribute: trace.UserName, Value: "jane"}}, 10)
		c.must(err)
		_, err = s.Waiting(c.ctx, tenant.ID, only, []string{"jane"}, 10)
		c.must(err)
	}
	n := 0
	for _, query := range c.statements() {
		person, waits := strings.Contains(query, "select v.resource_id, v.attribute"), strings.Contains(query, "cross join pending_members p")
		if !person && !waits {
			continue
		}
		n++
		plan := strings.Join(c.rows(`explain query plan `+query, slices.Repeat([]any{"[]"}, strings.Count(query, "$"))...), "\n")
		if person && !strings.Contains(plan, "attribute=? AND value>? AND value<?") ||
			waits && !strings.Contains(plan, "pending_members_value (tenant_id=? AND connection_id=? AND value=?)") {
			t.Errorf("%s\nof %s", plan, query)
		}
	}
	if n != 4 {
		t.Errorf("%d statements were seen, want 4", n)
	}
}
