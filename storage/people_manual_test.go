package storage

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

func TestManualUser(t *testing.T) { onEachPeople(t, testManualUser) }

func testManualUser(t *testing.T, p *peopleFixture) {
	made := p.register(people.NewUser{
		UserName: " jane@example.com ", DisplayName: "Jane Doe", GivenName: "Jane", FamilyName: "Doe", ExternalID: "e1",
		Emails: []people.Email{{Value: "jane@example.com", Type: "work", Primary: true}},
	})
	want := &people.User{
		ID: made.ID, UserName: "jane@example.com", DisplayName: "Jane Doe", GivenName: "Jane", FamilyName: "Doe", ExternalID: "e1",
		Emails: []people.Email{{Value: "jane@example.com", Type: "work", Primary: true}}, Active: true,
	}
	ignore := cmpopts.IgnoreFields(people.User{}, "CreatedAt", "UpdatedAt", "Attributes", "Position")
	if diff := cmp.Diff(want, made, ignore); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	name, nothing, off := "jd@example.com", "", false
	changed, err := p.s.UpdateUser(p.ctx, p.tenant, made.ID, people.UserChange{
		UserName: &name, DisplayName: &nothing, FamilyName: &nothing, Emails: &[]people.Email{}, Active: &off,
	})
	if err != nil {
		t.Fatal(err)
	}
	want.UserName, want.DisplayName, want.FamilyName, want.Emails, want.Active = name, "", "", []people.Email{}, false
	if diff := cmp.Diff(want, changed, ignore); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	var attributes doc
	if err := json.Unmarshal(changed.Attributes, &attributes); err != nil || attributes["userName"] != name {
		t.Errorf("attributes %s: %v", changed.Attributes, err)
	}

	before := p.dump()
	for _, same := range []people.UserChange{{}, {UserName: &name}, {DisplayName: &nothing, GivenName: &made.GivenName, Active: &off}} {
		if _, err := p.s.UpdateUser(p.ctx, p.tenant, made.ID, same); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, p.dump()); diff != "" {
		t.Errorf("a change of nothing left a trace:\n%s", diff)
	}
	if err := p.s.DeleteUser(p.ctx, p.tenant, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.s.User(p.ctx, p.tenant, made.ID); !errors.Is(err, tenants.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	var types []string
	for _, e := range p.eventsAfter(0) {
		types = append(types, string(e.Type))
	}
	if diff := cmp.Diff([]string{"user.created", "user.deactivated", "user.updated", "user.deleted"}, types); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for _, query := range []string{
		`select id from events where tenant_id = $1 and connection_id is not null`,
		`select id from audit where tenant_id = $1 and (connection_id is not null or actor <> 'ses01' or actor_name <> 'Jane Doe')`,
	} {
		if rows := p.rows(query, p.dir.TenantID); len(rows) > 0 {
			t.Errorf("%s: %v", query, rows)
		}
	}
	p.checkInvariants()
}

// TestManualUserTaken: nobody else of the tenant has the userName, whoever
// brought them, and nobody else who was registered has the externalId.
func TestManualUserTaken(t *testing.T) { onEachPeople(t, testManualUserTaken) }

func testManualUserTaken(t *testing.T, p *peopleFixture) {
	p.mustProvision(p.dir, scim.Limits{}, doc{"userName": "Scim@example.com", "externalId": "shared"})
	p.register(people.NewUser{UserName: "manual@example.com", ExternalID: "e1"})
	other := p.register(people.NewUser{UserName: "other@example.com", ExternalID: "shared"})
	for _, tc := range []struct {
		field, value string
		n            people.NewUser
	}{
		{"user_name", "SCIM@example.com", people.NewUser{UserName: "SCIM@example.com"}},
		{"user_name", "MANUAL@example.com", people.NewUser{UserName: "MANUAL@example.com"}},
		{"external_id", "e1", people.NewUser{UserName: "new@example.com", ExternalID: "e1"}},
	} {
		wantTaken := func(what string, err error) {
			t.Helper()
			taken, ok := errors.AsType[*tenants.TakenError](err)
			if !ok || taken.Field != tc.field || taken.Value != tc.value {
				t.Errorf("%s %s %s: %v", what, tc.field, tc.value, err)
			}
		}
		before := p.dump()
		_, err := p.s.CreateUser(p.ctx, p.tenant, tc.n)
		wantTaken("create", err)
		change := people.UserChange{UserName: &tc.n.UserName}
		if tc.n.ExternalID != "" {
			change.ExternalID = &tc.n.ExternalID
		}
		_, err = p.s.UpdateUser(p.ctx, p.tenant, other.ID, change)
		wantTaken("update", err)
		if diff := cmp.Diff(before, p.dump()); diff != "" {
			t.Errorf("something was stored:\n%s", diff)
		}
	}
	// A connection has a directory of its own, and without a rule sees no others.
	p.mustProvision(p.dir, scim.Limits{}, doc{"userName": "manual@example.com"})
	p.checkInvariants()
}

// TestManagedUsersAreRefused: nobody but the identity provider changes whom it
// manages, and the refusal says which one.
func TestManagedUsersAreRefused(t *testing.T) { onEachPeople(t, testManagedUsersAreRefused) }

func testManagedUsersAreRefused(t *testing.T, p *peopleFixture) {
	entra := p.connection("Acme Entra")
	id := p.mustProvision(entra, scim.Limits{}, doc{"userName": "ada"})
	before := p.dump()
	refused := func(what string, err error, words ...string) {
		t.Helper()
		e, ok := errors.AsType[*tenants.RefusedError](err)
		if !ok || e.Code != "managed_by_scim" {
			t.Errorf("%s: %v", what, err)
			return
		}
		for _, word := range words {
			if !strings.Contains(e.Reason, word) {
				t.Errorf("%s: %q does not say %q", what, e.Reason, word)
			}
		}
	}
	name := "eve"
	_, err := p.s.UpdateUser(p.ctx, p.tenant, id, people.UserChange{UserName: &name})
	refused("update", err, `"Acme Entra"`, "Microsoft Entra ID", "changed")
	refused("delete", p.s.DeleteUser(p.ctx, p.tenant, id), `"Acme Entra"`, "Microsoft Entra ID", "removed")
	p.deleteConnection(entra, "keep")
	refused("of a connection that is being deleted", p.s.DeleteUser(p.ctx, p.tenant, id), "being deleted")
	if diff := cmp.Diff(before, p.dump()); diff != "" {
		t.Errorf("something was stored:\n%s", diff)
	}
}

// TestManualUserOfOthers: what is another tenant's, or a deleted tenant's, is as
// if it had never been.
func TestManualUserOfOthers(t *testing.T) { onEachPeople(t, testManualUserOfOthers) }

func testManualUserOfOthers(t *testing.T, p *peopleFixture) {
	stranger := newPeople(t, p.in(newDirectory()))
	user := p.register(people.NewUser{UserName: "jane"})
	group := p.in(p.dir).group("Sales")
	name, before := "eve", p.dump()
	attempts := func(tenant tenants.TenantID, user, group string) map[string]error {
		_, getErr := p.s.User(p.ctx, tenant, user)
		_, updateErr := p.s.UpdateUser(p.ctx, tenant, user, people.UserChange{UserName: &name})
		_, groupErr := p.s.Group(p.ctx, tenant, group)
		_, membersErr := p.s.ListMembers(p.ctx, tenant, group, "", 10)
		_, groupsErr := p.s.ListUserGroups(p.ctx, tenant, user, "", 10)
		return map[string]error{
			"get": getErr, "update": updateErr, "delete": p.s.DeleteUser(p.ctx, tenant, user),
			"group": groupErr, "members": membersErr, "groups": groupsErr,
		}
	}
	refuseAll := func(what string, errs map[string]error) {
		t.Helper()
		for op, err := range errs {
			if !errors.Is(err, tenants.ErrNotFound) {
				t.Errorf("%s, %s: %v", what, op, err)
			}
		}
	}
	refuseAll("another tenant's", attempts(stranger.tenant, user.ID, group))
	refuseAll("of no tenant", attempts(tenants.NewTenantID(), user.ID, group))
	refuseAll("mixed up", attempts(p.tenant, group, user.ID))
	refuseAll("no ids", attempts(p.tenant, "jane", strings.ToUpper(group)))
	if diff := cmp.Diff(before, p.dump()); diff != "" {
		t.Errorf("something was stored:\n%s", diff)
	}
	p.installation(`update tenants set deleted_at = 1 where id = $1`, p.dir.TenantID)
	deleted := attempts(p.tenant, user.ID, group)
	_, deleted["create"] = p.s.CreateUser(p.ctx, p.tenant, people.NewUser{UserName: "new"})
	_, deleted["list"] = p.s.ListUsers(p.ctx, p.tenant, people.UserQuery{Limit: 1})
	_, deleted["list groups"] = p.s.ListGroups(p.ctx, p.tenant, people.GroupQuery{Limit: 1})
	refuseAll("of a deleted tenant", deleted)
}

// TestManualUserRace: of many who register the same name, in all directories at
// once by hand, one does.
func TestManualUserRace(t *testing.T) { onEachPeople(t, testManualUserRace) }

func testManualUserRace(t *testing.T, p *peopleFixture) {
	const writers = 8
	failures := p.together(writers, func(ctx context.Context, i int) error {
		name := []string{"JANE", "jane"}[i%2]
		_, err := p.s.CreateUser(ctx, p.tenant, people.NewUser{UserName: name})
		return err
	})
	for _, err := range failures {
		if _, ok := errors.AsType[*tenants.TakenError](err); !ok {
			t.Errorf("%v, want a TakenError", err)
		}
	}
	if len(failures) != writers-1 {
		t.Errorf("%d were refused, want %d", len(failures), writers-1)
	}
	p.checkInvariants()
}

// together does something many times at once and returns the errors.
func (p *peopleFixture) together(n int, do func(ctx context.Context, i int) error) []error {
	p.t.Helper()
	results := make(chan error, n)
	start := make(chan struct{})
	for i := range n {
		go func() {
			<-start
			results <- do(p.ctx, i)
		}()
	}
	close(start)
	var failures []error
	for range n {
		if err := <-results; err != nil {
			failures = append(failures, err)
		}
	}
	return failures
}
