package portal

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
)

// desk are the handlers of tenants, connections and tokens over a database.
type desk struct {
	handlers
	t   *testing.T
	ctx context.Context
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := openTestDB(t)
	places, err := newSealer(testKey, "cursors")
	if err != nil {
		t.Fatal(err)
	}
	store := storage.NewTenants(db)
	return &desk{t: t, ctx: t.Context(), handlers: handlers{
		publicURL: "https://roster.test", cursors: cursors{places}, tenants: tenants.NewService(store, nil),
		schemas: tenants.NewSchemaService(store, noRules{}, nil),
	}}
}

// noRules let nobody define anything.
type noRules struct{ tenants.SchemaRules }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// refused fails unless an error is answered with a status and a code.
func (d *desk) refused(what string, err error, status int, code string) {
	d.t.Helper()
	if p := problemOf(err); err == nil || p.Status != status || p.Code != code {
		d.t.Errorf("%s: %v (%d %s), want %d %s", what, err, p.Status, p.Code, status, code)
	}
}

func (d *desk) tenant(name string) api.Tenant {
	d.t.Helper()
	r, err := d.CreateTenant(d.ctx, api.CreateTenantRequestObject{Body: &api.NewTenant{Name: name}})
	d.must(err)
	return api.Tenant(r.(api.CreateTenant201JSONResponse))
}

func (d *desk) connection(tenant, name string) api.Connection {
	d.t.Helper()
	r, err := d.CreateConnection(d.ctx, api.CreateConnectionRequestObject{Tenant: tenant,
		Body: &api.NewConnection{Name: name, Provider: "okta", Token: &api.NewToken{Name: "First"}}})
	d.must(err)
	return api.Connection(r.(api.CreateConnection201JSONResponse))
}

func ptr[T any](v T) *T { return &v }

func TestTenantOverTheAPI(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	limits := &api.Entitlements{SCIM: true, Connections: ptr(3)}
	r, err := d.CreateTenant(d.ctx, api.CreateTenantRequestObject{Body: &api.NewTenant{Name: "Acme", ExternalID: ptr("42"), Entitlements: limits}})
	d.must(err)
	made := api.Tenant(r.(api.CreateTenant201JSONResponse))
	if diff := cmp.Diff(*limits, made.Entitlements); diff != "" || *made.ExternalID != "42" || made.Status != "active" || made.DeletedAt != nil {
		t.Errorf("%+v, entitlements %s", made, diff)
	}
	_, err = d.UpdateTenant(d.ctx, api.UpdateTenantRequestObject{Tenant: made.ID, Body: &api.TenantChange{
		Entitlements: &api.Entitlements{SCIM: true, Groups: true, Seats: ptr(0)}}})
	d.refused("a limit of 0", err, 400, "invalid")
	update, err := d.UpdateTenant(d.ctx, api.UpdateTenantRequestObject{Tenant: made.ID, Body: &api.TenantChange{
		ExternalID: ptr(""), Entitlements: &api.Entitlements{SCIM: true, Groups: true, Seats: ptr(50)},
		Adoption: &api.Adoption{Rule: "verified_email", VerifiedDomains: []string{"Acme.test"}}}})
	d.must(err)
	changed := api.Tenant(update.(api.UpdateTenant200JSONResponse))
	if changed.ExternalID != nil || changed.Entitlements.Connections != nil || *changed.Entitlements.Seats != 50 ||
		changed.Adoption.VerifiedDomains[0] != "acme.test" || changed.Name != "Acme" {
		t.Errorf("%+v", changed)
	}
	_, err = d.DeleteTenant(d.ctx, api.DeleteTenantRequestObject{Tenant: made.ID, Params: api.DeleteTenantParams{Confirm: "acme"}})
	d.refused("another name", err, 400, "invalid")
	gone, err := d.DeleteTenant(d.ctx, api.DeleteTenantRequestObject{Tenant: made.ID, Params: api.DeleteTenantParams{Confirm: "Acme"}})
	d.must(err)
	deleted := api.Tenant(gone.(api.DeleteTenant200JSONResponse))
	if deleted.Status != "deleted" || deleted.RestorableUntil.Sub(*deleted.DeletedAt) != tenants.Grace {
		t.Errorf("%+v", deleted)
	}
	_, err = d.SuspendTenant(d.ctx, api.SuspendTenantRequestObject{Tenant: made.ID})
	d.refused("suspend what is deleted", err, 404, "not_found")
	_, err = d.GetTenant(d.ctx, api.GetTenantRequestObject{Tenant: made.ID})
	d.must(err)
	_, err = d.RestoreTenant(d.ctx, api.RestoreTenantRequestObject{Tenant: made.ID})
	d.must(err)
	_, err = d.RestoreTenant(d.ctx, api.RestoreTenantRequestObject{Tenant: made.ID})
	d.refused("restore what is there", err, 409, "not_deleted")
	for _, id := range []string{tenants.NewTenantID().String(), "acme", ""} {
		_, err = d.GetTenant(d.ctx, api.GetTenantRequestObject{Tenant: id})
		d.refused("get "+id, err, 404, "not_found")
	}
}

// TestTenantsArePaged: every one once; who is bound to one gets that one alone;
// a cursor is good for its own list.
func TestTenantsArePaged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var want []string
	for i := range 5 {
		want = append(want, d.tenant(fmt.Sprint("Tenant ", i)).ID)
	}
	list := func(ctx context.Context, p api.ListTenantsParams) (ids []string, next *string) {
		t.Helper()
		r, err := d.ListTenants(ctx, api.ListTenantsRequestObject{Params: p})
		d.must(err)
		page := r.(api.ListTenants200JSONResponse)
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		return ids, page.NextCursor
	}
	var got []string
	params := api.ListTenantsParams{Limit: ptr(2)}
	for pages := 0; pages == 0 || params.Cursor != nil; pages++ {
		ids, next := list(d.ctx, params)
		got, params.Cursor = append(got, ids...), next
		if pages == 0 {
			_, err := d.ListTenants(d.ctx, api.ListTenantsRequestObject{Params: api.ListTenantsParams{Q: ptr("x"), Cursor: next}})
			d.refused("the cursor of another list", err, 400, "invalid")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	bound := context.WithValue(d.ctx, principalKey{}, authz.Principal{Kind: authz.KindPortal, TenantID: want[3]})
	if ids, _ := list(bound, api.ListTenantsParams{}); len(ids) != 1 || ids[0] != want[3] {
		t.Errorf("who is bound to one tenant gets %v", ids)
	}
}

func TestConnectionOverTheAPI(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tenant, other := d.tenant("Acme").ID, d.tenant("Other").ID
	c := d.connection(tenant, "Okta")
	if c.Token == nil || c.Token.Secret == nil || c.BaseURL != "https://roster.test/scim/v2/"+c.ID || c.Status != "active" ||
		c.Settings.PatchGroupReturnsBody || !c.Settings.PatchUserReturnsBody || len(c.Scopes) != 8 || c.PeopleOnDelete != nil {
		t.Errorf("%+v", c)
	}
	update, err := d.UpdateConnection(d.ctx, api.UpdateConnectionRequestObject{Tenant: tenant, Connection: c.ID, Body: &api.ConnectionChange{
		Domains: []string{"Acme.test"}, Provider: ptr(api.Provider("entra")), Settings: &api.ConnectionSettingsChange{StrictTypes: ptr(true)},
		Scopes: []api.Scope{"users:read"}}})
	d.must(err)
	changed := api.Connection(update.(api.UpdateConnection200JSONResponse))
	if changed.Provider != "entra" || changed.Domains[0] != "acme.test" || !changed.Settings.StrictTypes || changed.Name != "Okta" ||
		len(changed.Scopes) != 1 || changed.Token != nil {
		t.Errorf("%+v", changed)
	}
	_, err = d.UpdateConnection(d.ctx, api.UpdateConnectionRequestObject{Tenant: tenant, Connection: c.ID, Body: &api.ConnectionChange{Scopes: []api.Scope{}}})
	d.refused("no scope", err, 400, "invalid")
	_, err = d.CreateConnection(d.ctx, api.CreateConnectionRequestObject{Tenant: tenant,
		Body: &api.NewConnection{Name: "X", Provider: "okta", Token: &api.NewToken{Name: "T", ExpiresIn: ptr("1000y")}}})
	d.refused("a token for too long", err, 400, "invalid")
	if p := problemOf(err); p.Field != "token.expires_in" {
		t.Errorf("it is about %s", p.Field)
	}
	remove := api.DeleteConnectionRequestObject{Tenant: tenant, Connection: c.ID, Params: api.DeleteConnectionParams{People: "deactivate", Confirm: "Okta"}}
	gone, err := d.DeleteConnection(d.ctx, remove)
	d.must(err)
	if deleted := gone.(api.DeleteConnection200JSONResponse); deleted.Status != "deleting" || *deleted.PeopleOnDelete != "deactivate" {
		t.Errorf("%+v", deleted)
	}
	_, err = d.PauseConnection(d.ctx, api.PauseConnectionRequestObject{Tenant: tenant, Connection: c.ID})
	d.refused("pause what is deleted", err, 409, "deleted")
	_, err = d.RestoreConnection(d.ctx, api.RestoreConnectionRequestObject{Tenant: tenant, Connection: c.ID})
	d.must(err)
	for what, path := range map[string][2]string{"another tenant": {other, c.ID}, "no connection": {tenant, tenants.NewConnectionID().String()}, "no id": {tenant, "okta"}} {
		_, getErr := d.GetConnection(d.ctx, api.GetConnectionRequestObject{Tenant: path[0], Connection: path[1]})
		_, pauseErr := d.PauseConnection(d.ctx, api.PauseConnectionRequestObject{Tenant: path[0], Connection: path[1]})
		_, tokensErr := d.ListTokens(d.ctx, api.ListTokensRequestObject{Tenant: path[0], Connection: path[1]})
		_, waitErr := d.ListPendingMembers(d.ctx, api.ListPendingMembersRequestObject{Tenant: path[0], Connection: path[1]})
		for _, err := range []error{getErr, pauseErr, tokensErr, waitErr} {
			d.refused(what, err, 404, "not_found")
		}
	}
}

// TestConnectionsAreFiltered: who is bound to one connection gets that one alone.
func TestConnectionsAreFiltered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tenant := d.tenant("Acme").ID
	first, second := d.connection(tenant, "First"), d.connection(tenant, "Second")
	_, err := d.DeleteConnection(d.ctx, api.DeleteConnectionRequestObject{Tenant: tenant, Connection: second.ID,
		Params: api.DeleteConnectionParams{People: "keep", Confirm: "Second"}})
	d.must(err)
	third := d.connection(tenant, "Third")
	bound := context.WithValue(d.ctx, principalKey{}, authz.Principal{Kind: authz.KindPortal, TenantID: tenant, ConnectionID: third.ID})
	for _, test := range []struct {
		ctx    context.Context
		params api.ListConnectionsParams
		want   []string
	}{
		{d.ctx, api.ListConnectionsParams{}, []string{first.ID, third.ID}},
		{d.ctx, api.ListConnectionsParams{Deleted: ptr(true)}, []string{second.ID}},
		{d.ctx, api.ListConnectionsParams{Q: ptr("FIR")}, []string{first.ID}},
		{bound, api.ListConnectionsParams{}, []string{third.ID}},
		{bound, api.ListConnectionsParams{Q: ptr("First")}, nil},
	} {
		r, err := d.ListConnections(test.ctx, api.ListConnectionsRequestObject{Tenant: tenant, Params: test.params})
		d.must(err)
		var got []string
		for _, item := range r.(api.ListConnections200JSONResponse).Items {
			got = append(got, item.ID)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test.params, diff)
		}
	}
}

func TestTokensOverTheAPI(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tenant := d.tenant("Acme").ID
	c, sibling := d.connection(tenant, "Okta"), d.connection(tenant, "Entra")
	old := c.Token.ID
	_, err := d.RevokeToken(d.ctx, api.RevokeTokenRequestObject{Tenant: tenant, Connection: c.ID, Token: old})
	d.refused("the only token", err, 409, "last_token")
	_, err = d.CancelRotation(d.ctx, api.CancelRotationRequestObject{Tenant: tenant, Connection: c.ID, Token: old})
	d.refused("no rotation", err, 409, "no_rotation")
	start := api.StartRotationRequestObject{Tenant: tenant, Connection: c.ID, Token: old, Body: &api.NewRotation{ExpiresIn: ptr("90d")}}
	r, err := d.StartRotation(d.ctx, start)
	d.must(err)
	next := api.Token(r.(api.StartRotation201JSONResponse))
	if next.Secret == nil || *next.Replaces != old || next.State != "replacing" || next.Name != "First" || *next.CreatedBy != "Roster" {
		t.Errorf("%+v", next)
	}
	_, err = d.StartRotation(d.ctx, start)
	d.refused("a rotation at the same time", err, 409, "rotation_running")
	_, err = d.CreateToken(d.ctx, api.CreateTokenRequestObject{Tenant: tenant, Connection: c.ID, Body: &api.NewToken{Name: "Third"}})
	d.refused("a third token", err, 409, "token_limit")
	done, err := d.FinishRotation(d.ctx, api.FinishRotationRequestObject{Tenant: tenant, Connection: c.ID, Token: old})
	d.must(err)
	if stays := done.(api.FinishRotation200JSONResponse); stays.ID != next.ID || stays.Secret != nil || stays.Replaces != nil || stays.State != "active" {
		t.Errorf("%+v", stays)
	}
	list, err := d.ListTokens(d.ctx, api.ListTokensRequestObject{Tenant: tenant, Connection: c.ID})
	d.must(err)
	for i, state := range []api.TokenState{"revoked", "active"} {
		if got := list.(api.ListTokens200JSONResponse).Items[i]; got.State != state || got.Secret != nil {
			t.Errorf("token %d: %+v, want it %s", i, got, state)
		}
	}
	_, err = d.GetToken(d.ctx, api.GetTokenRequestObject{Tenant: tenant, Connection: sibling.ID, Token: old})
	d.refused("through another connection", err, 404, "not_found")
	_, err = d.RevokeToken(d.ctx, api.RevokeTokenRequestObject{Tenant: tenant, Connection: c.ID, Token: next.ID, Params: api.RevokeTokenParams{Confirm: ptr("First")}})
	d.must(err)
}

func TestSchemasOverTheAPI(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tenant := d.tenant("Acme").ID
	r, err := d.ListSchemas(d.ctx, api.ListSchemasRequestObject{Tenant: tenant})
	d.must(err)
	if list := r.(api.ListSchemas200JSONResponse); list.Revision != 0 || list.Items == nil || len(list.Items) != 0 {
		t.Errorf("%+v", list)
	}
	_, err = d.GetSchema(d.ctx, api.GetSchemaRequestObject{Tenant: tenant, Schema: "urn:x"})
	d.refused("a schema that is not there", err, 404, "not_found")
}
