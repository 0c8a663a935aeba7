package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

func TestCreateAndGet(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("CET", 3600))}
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Now: c.now}))
	d := draft(doc{"userName": "Ada", "active": true, "emails": []any{doc{"value": "ada@example.org"}}})
	rec := f.create(userType, d)
	now := time.Date(2026, 3, 1, 11, 0, 0, 123456000, time.UTC)
	want := &scim.Record{ID: rec.ID, Version: 1, Created: now, LastModified: now, Document: d.Encoded}
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, f.get(userType, rec.ID)); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if !isID(rec.ID) || rec.ID[14] != '7' {
		t.Errorf("id %q is no UUIDv7", rec.ID)
	}
	if second := f.user("bob"); second <= rec.ID {
		t.Errorf("ids do not ascend: %s, then %s", rec.ID, second)
	}
	f.checkInvariants()
}

// Whatever is not the caller's answers like what never was.
func TestNotFound(t *testing.T) { onEach(t, testNotFound) }

func testNotFound(t *testing.T, f *fixture) {
	user, group := f.user("ada"), f.group("Sales")
	deleted := f.user("gone")
	f.mustDelete(userType, deleted)
	sibling := f.in(scim.Directory{TenantID: f.dir.TenantID, ConnectionID: mustID()})
	stranger := f.in(newDirectory())
	before := f.dump()
	for name, tc := range map[string]struct {
		f  *fixture
		rt *schema.ResourceType
		id string
	}{
		"never existed":            {f, userType, mustID()},
		"deleted":                  {f, userType, deleted},
		"other type":               {f, userType, group},
		"other type, group":        {f, groupType, user},
		"other connection":         {sibling, userType, user},
		"other tenant":             {stranger, userType, user},
		"upper case":               {f, userType, strings.ToUpper(user)},
		"no uuid":                  {f, userType, "ada"},
		"empty":                    {f, userType, ""},
		"quotes":                   {f, userType, "' or 1=1 --"},
		"uuid in braces":           {f, userType, "{" + user + "}"},
		"uuid as urn":              {f, userType, "urn:uuid:" + user},
		"other connection, group":  {sibling, groupType, group},
		"other tenant, same conn.": {f.in(scim.Directory{TenantID: mustID(), ConnectionID: f.dir.ConnectionID}), userType, user},
	} {
		if _, err := tc.f.s.Get(f.ctx, tc.f.dir, tc.rt, tc.id, scim.With{Memberships: true, Members: true}); !errors.Is(err, scim.ErrNotFound) {
			t.Errorf("%s: get = %v", name, err)
		}
		_, err := tc.f.s.Update(f.ctx, tc.f.dir, tc.rt, tc.id, origin, func(*scim.Record) (scim.Draft, error) {
			t.Errorf("%s: change was called", name)
			return scim.Draft{}, nil
		})
		if !errors.Is(err, scim.ErrNotFound) {
			t.Errorf("%s: update = %v", name, err)
		}
		if err := tc.f.delete(tc.rt, tc.id); !errors.Is(err, scim.ErrNotFound) {
			t.Errorf("%s: delete = %v", name, err)
		}
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	f := fixtureOn(t, openFile(t, filepath.Join(t.TempDir(), "roster.db"), Options{Now: c.now}))
	created := f.create(userType, userDraft("ada"))
	later := c.advance(time.Minute)
	d := draft(doc{"userName": "ada", "displayName": "Ada L."})
	rec, err := f.s.Update(f.ctx, f.dir, userType, created.ID, origin, func(current *scim.Record) (scim.Draft, error) {
		if diff := cmp.Diff(created, current); diff != "" {
			t.Errorf("change saw (-stored +seen):\n%s", diff)
		}
		return d, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &scim.Record{ID: created.ID, Version: 2, Created: created.Created, LastModified: later, Document: d.Encoded}
	if diff := cmp.Diff(want, rec); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, f.get(userType, created.ID)); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if got := f.rows(`select display from resources`); got[0] != "Ada L." {
		t.Errorf("display = %q", got[0])
	}
	f.checkInvariants()
}

func TestRefusalOfTheCallerIsReturnedAsItIs(t *testing.T) {
	onEach(t, testRefusalOfTheCallerIsReturnedAsItIs)
}

func testRefusalOfTheCallerIsReturnedAsItIs(t *testing.T, f *fixture) {
	id := f.user("ada")
	before := f.dump()
	refused := errors.New("refused")
	_, err := f.s.Update(f.ctx, f.dir, userType, id, origin, func(*scim.Record) (scim.Draft, error) {
		return scim.Draft{}, refused
	})
	if err != refused { //nolint:errorlint // the contract: as it is
		t.Errorf("update = %v", err)
	}
	err = f.s.Delete(f.ctx, f.dir, userType, id, origin, func(current *scim.Record) error {
		if current.ID != id || current.Version != 1 {
			t.Errorf("check saw %+v", current)
		}
		return refused
	})
	if err != refused { //nolint:errorlint // the contract: as it is
		t.Errorf("delete = %v", err)
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("something was written:\n%s", diff)
	}
}

func TestNoOpLeavesNoTrace(t *testing.T) { onEach(t, testNoOpLeavesNoTrace) }

func testNoOpLeavesNoTrace(t *testing.T, f *fixture) {
	ada, bob := f.user("ada"), f.user("bob")
	group := f.group("Sales", ada)
	before := f.dump()
	for name, edits := range map[string][]scim.Draft{
		"no edits":                 {draft(nil)},
		"already a member":         {draft(nil, add(ada))},
		"twice":                    {draft(nil, add(ada, ada))},
		"not a member":             {draft(nil, remove(bob))},
		"unknown, removed":         {draft(nil, remove(mustID(), "nobody"))},
		"same set":                 {draft(nil, replace(ada))},
		"put in and taken out":     {draft(nil, add(bob), remove(bob))},
		"taken out and put in":     {draft(nil, remove(ada), add(ada))},
		"cleared and put in":       {draft(nil, replace(), add(ada))},
		"replaced and put back":    {draft(nil, replace(bob), replace(ada))},
		"nobody added":             {draft(nil, add())},
		"nobody removed":           {draft(nil, remove())},
		"in and out of both sides": {draft(nil, replace(ada, bob), remove(bob))},
	} {
		rec := f.mustEdit(group, edits[0].Edits...)
		if diff := cmp.Diff(f.get(groupType, group), rec); diff != "" {
			t.Errorf("%s: answered (-stored +answered):\n%s", name, diff)
		}
		if diff := cmp.Diff(before, f.dump()); diff != "" {
			t.Errorf("%s: something was written:\n%s", name, diff)
		}
	}
	unchanged := userDraft("ada")
	unchanged.Changed = false
	if _, err := f.put(userType, ada, unchanged); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		t.Errorf("unchanged user: something was written:\n%s", diff)
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	displayName, ok := groupType.Resolve(schema.Name{Raw: "displayName", Attr: "displayName"})
	if !ok {
		t.Fatal("groups have no displayName")
	}
	named := func(name string) scim.Draft {
		d := draft(doc{"displayName": name})
		d.Unique = []schema.Ref{displayName}
		return d
	}
	long := strings.Repeat("x", 5000)
	for name, tc := range map[string]struct {
		rt            *schema.ResourceType
		first, second scim.Draft
		want          *scim.ConflictError // nil: no conflict
	}{
		"same userName":        {userType, userDraft("ada"), userDraft("ada"), &scim.ConflictError{Attribute: "userName", Value: "ada"}},
		"in another case":      {userType, userDraft("ada@ÜBER"), userDraft("ADA@über"), &scim.ConflictError{Attribute: "userName", Value: "ADA@über"}},
		"long":                 {userType, userDraft(long), userDraft(long), &scim.ConflictError{Attribute: "userName", Value: long}},
		"long but different":   {userType, userDraft(long), userDraft(long + "y"), nil},
		"other userName":       {userType, userDraft("ada"), userDraft("ada2"), nil},
		"same displayName":     {groupType, named("Sales"), named("SALES"), &scim.ConflictError{Attribute: "displayName", Value: "SALES"}},
		"older than setting":   {groupType, draft(doc{"displayName": "Sales"}), named("sales"), &scim.ConflictError{Attribute: "displayName", Value: "sales"}},
		"setting switched off": {groupType, named("Sales"), draft(doc{"displayName": "Sales"}), nil},
		"without the setting":  {groupType, draft(doc{"displayName": "Sales"}), draft(doc{"displayName": "Sales"}), nil},
		"same externalId": {
			userType, draft(doc{"userName": "a", "externalId": "1"}), draft(doc{"userName": "b", "externalId": "1"}), nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.create(tc.rt, tc.first)
			other := f.create(tc.rt, draft(doc{"userName": "other", "displayName": "other"}))
			before := f.dump()
			check := func(what string, err error) {
				t.Helper()
				if tc.want == nil {
					if err != nil {
						t.Errorf("%s = %v", what, err)
					}
					return
				}
				var got *scim.ConflictError
				if !errors.As(err, &got) || *got != *tc.want {
					t.Errorf("%s = %v, want %v", what, err, tc.want)
				}
				if diff := cmp.Diff(before, f.dump()); diff != "" {
					t.Errorf("%s left something behind:\n%s", what, diff)
				}
			}
			_, err := f.put(tc.rt, other.ID, tc.second)
			check("update", err)
			if tc.want == nil {
				return
			}
			_, err = f.s.Create(f.ctx, f.dir, tc.rt, tc.second, origin)
			check("create", err)
			// Another directory of the tenant, and another type, are not concerned.
			f.in(scim.Directory{TenantID: f.dir.TenantID, ConnectionID: mustID()}).create(tc.rt, tc.second)
			f.in(newDirectory()).create(tc.rt, tc.second)
			f.checkInvariants()
		})
	}
}

func TestUniqueValueCanBeKeptAndPassedOn(t *testing.T) {
	onEach(t, testUniqueValueCanBeKeptAndPassedOn)
}

func testUniqueValueCanBeKeptAndPassedOn(t *testing.T, f *fixture) {
	ada := f.user("ada")
	steps := []struct {
		id, name string
	}{{ada, "ADA"}, {ada, "ada2"}, {f.user("bob"), "ada"}, {ada, "bob"}}
	for _, s := range steps {
		if _, err := f.put(userType, s.id, userDraft(s.name)); err != nil {
			t.Fatalf("rename to %s: %v", s.name, err)
		}
	}
	f.mustDelete(userType, ada)
	f.user("bob")
	f.checkInvariants()
}

func TestDelete(t *testing.T) { onEach(t, testDelete) }

func testDelete(t *testing.T, f *fixture) {
	ada, bob := f.user("ada"), f.user("bob")
	sales := f.group("Sales", ada, bob)
	inner := f.group("Inner", ada)
	outer := f.group("Outer", inner, bob)

	f.mustDelete(userType, ada)
	for _, tc := range []struct {
		group   string
		version int64
		members []string
	}{{sales, 2, []string{bob}}, {inner, 2, []string{}}, {outer, 1, []string{bob, inner}}} {
		if got := f.get(groupType, tc.group).Version; got != tc.version {
			t.Errorf("version = %d, want %d", got, tc.version)
		}
		if diff := cmp.Diff(tc.members, f.memberIDs(tc.group)); diff != "" {
			t.Errorf("members (-want +got):\n%s", diff)
		}
	}
	f.mustDelete(groupType, inner)
	if got := f.get(groupType, outer).Version; got != 2 {
		t.Errorf("version of the outer group = %d, want 2", got)
	}
	f.mustDelete(groupType, sales)
	f.mustDelete(groupType, outer)
	f.mustDelete(userType, bob)
	f.checkInvariants()
	left := counts(f.dump())
	for _, table := range []string{"resources", "resource_values", "members", "directory_buckets"} {
		if left[table] != 0 {
			t.Errorf("%d rows of %s are left", left[table], table)
		}
	}
	if got := f.rows(`select total, next_position from directory_totals order by resource_type`); !cmp.Equal(got, []string{"0 3", "0 2"}) {
		t.Errorf("totals = %v", got)
	}
}

func TestBuckets(t *testing.T) { onEach(t, testBuckets) }

func testBuckets(t *testing.T, f *fixture) {
	ids := f.seedUsers(2*bucketSize + 1)
	want := []string{"0 1024", "1 1024", "2 1"}
	query := `select bucket, total from directory_buckets order by bucket`
	if diff := cmp.Diff(want, f.rows(query)); diff != "" {
		t.Errorf("buckets (-want +got):\n%s", diff)
	}
	f.mustDelete(userType, ids[2*bucketSize])
	f.mustDelete(userType, ids[bucketSize])
	want = []string{"0 1024", "1 1023"}
	if diff := cmp.Diff(want, f.rows(query)); diff != "" {
		t.Errorf("buckets after deleting (-want +got):\n%s", diff)
	}
	f.user("late") // a position is never given out again
	want = append(want, "2 1")
	if diff := cmp.Diff(want, f.rows(query)); diff != "" {
		t.Errorf("buckets after creating (-want +got):\n%s", diff)
	}
	f.checkInvariants()
}

// seedUsers creates many users by the real write path, in few transactions.
func (f *fixture) seedUsers(n int) []string {
	f.t.Helper()
	return f.seed(userType, n, func(i int) scim.Draft {
		name := fmt.Sprintf("user%07d", i)
		return draft(doc{
			"userName": name + "@example.org", "externalId": fmt.Sprintf("ext-%d", i), "active": i%10 != 0,
			"displayName": "User " + name,
			"name":        doc{"givenName": "User", "familyName": name},
			"emails":      []any{doc{"value": name + "@example.org", "type": "work", "primary": true}},
			schema.EnterpriseUserURN: doc{
				"employeeNumber": fmt.Sprint(i), "department": fmt.Sprintf("Department %d", i%50),
			},
		})
	})
}

// seed creates n resources, 5,000 in a transaction.
func (f *fixture) seed(rt *schema.ResourceType, n int, nth func(i int) scim.Draft) []string {
	f.t.Helper()
	const perTransaction = 5000
	ids := make([]string, 0, n)
	for len(ids) < n {
		err := f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error {
			for range min(perTransaction, n-len(ids)) {
				rec, err := create(f.ctx, tx, f.dir, rt, nth(len(ids)), origin)
				if err != nil {
					return err
				}
				ids = append(ids, rec.ID)
			}
			return nil
		})
		if err != nil {
			f.t.Fatalf("seed: %v", err)
		}
	}
	return ids
}
