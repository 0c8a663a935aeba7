package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// peopleFixture is a tenant with one connection, whose people are looked at from
// outside SCIM.
type peopleFixture struct {
	*accessFixture
	store  *People
	s      *people.Service
	engine *scim.Engine
}

// defaultTypes knows the built-in resource types alone.
type defaultTypes struct{}

func (defaultTypes) Registry(context.Context, tenants.TenantID, int64) (*schema.Registry, error) {
	return schema.Default(), nil
}

func newPeople(t testing.TB, f *fixture) *peopleFixture {
	t.Helper()
	store := NewPeople(f.db, defaultTypes{})
	return &peopleFixture{
		accessFixture: givesAccess(t, f),
		store:         store,
		s:             people.NewService(store, f.s, defaultTypes{}),
		engine:        scim.New(f.s),
	}
}

func onEachPeople(t *testing.T, test func(t *testing.T, p *peopleFixture)) {
	t.Helper()
	onEach(t, func(t *testing.T, f *fixture) { test(t, newPeople(t, f)) })
}

// connection makes another connection of the tenant and returns its directory.
func (p *peopleFixture) connection(name string) scim.Directory {
	p.t.Helper()
	dir := scim.Directory{TenantID: p.dir.TenantID, ConnectionID: mustID()}
	p.installation(`insert into connections (tenant_id, id, name, name_key, provider, status, scopes, settings, created_at)
		values ($1, $2, $3, $4, 'entra', 'active', '[]', '{}', 0)`, dir.TenantID, dir.ConnectionID, name, strings.ToLower(name))
	return dir
}

// deleteConnection begins the grace of a connection.
func (p *peopleFixture) deleteConnection(dir scim.Directory, people string) {
	p.t.Helper()
	p.installation(`update connections set deleted_at = 1, delete_people = $3 where tenant_id = $1 and id = $2`,
		dir.TenantID, dir.ConnectionID, people)
}

func connectionIDOf(t testing.TB, dir scim.Directory) tenants.ConnectionID {
	t.Helper()
	var id tenants.ConnectionID
	if err := id.Scan(dir.ConnectionID); err != nil {
		t.Fatal(err)
	}
	return id
}

type mayEverything struct{}

func (mayEverything) Allow(scim.Action, *schema.ResourceType) error { return nil }

// caller is a connection's identity provider.
func (p *peopleFixture) caller(dir scim.Directory, limits scim.Limits) *scim.Caller {
	return &scim.Caller{
		Directory: dir, BaseURL: "https://scim.example.com/scim/v2/con1", Types: schema.Default(),
		Settings: quirk.For(quirk.Generic), Guard: mayEverything{}, Limits: limits, Origin: origin,
	}
}

// provision has an identity provider create a user, and returns the id.
func (p *peopleFixture) provision(dir scim.Directory, limits scim.Limits, d doc) (string, error) {
	response, err := p.engine.Create(p.ctx, p.caller(dir, limits), userType, mustJSON(d), scim.Projection{})
	if err != nil {
		return "", err
	}
	if response.Status != 201 {
		p.t.Errorf("status %d", response.Status)
	}
	return path.Base(response.Location), nil
}

func (p *peopleFixture) mustProvision(dir scim.Directory, limits scim.Limits, d doc) string {
	p.t.Helper()
	id, err := p.provision(dir, limits, d)
	if err != nil {
		p.t.Fatalf("provision: %v", err)
	}
	return id
}

// bulk has an identity provider send operations; the result is one error or nil each.
func (p *peopleFixture) bulk(dir scim.Directory, limits scim.Limits, operations ...string) []scim.BulkResult {
	p.t.Helper()
	request, err := scim.ParseBulk(schema.Default(), []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],`+
		`"Operations":[`+strings.Join(operations, ",")+`]}`))
	if err != nil {
		p.t.Fatal(err)
	}
	return p.engine.Bulk(p.ctx, p.caller(dir, limits), request)
}

func post(bulkID string, d doc) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":%s}`, bulkID, mustJSON(d))
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// register registers a user by hand.
func (p *peopleFixture) register(n people.NewUser) *people.User {
	p.t.Helper()
	user, err := p.s.CreateUser(p.ctx, p.tenant, n)
	if err != nil {
		p.t.Fatalf("register: %v", err)
	}
	return user
}

func (p *peopleFixture) find(id string) *people.User {
	p.t.Helper()
	user, err := p.s.User(p.ctx, p.tenant, id)
	if err != nil {
		p.t.Fatalf("find user: %v", err)
	}
	return user
}

// active is how many seats are taken, by the directories' counts.
func (p *peopleFixture) active() string {
	p.t.Helper()
	return p.rows(`select cast(sum(active) as bigint) from directory_totals where tenant_id = $1`, p.dir.TenantID)[0]
}

// setSeats entitles the tenant to so many active people.
func (p *peopleFixture) setSeats(n int) {
	p.t.Helper()
	p.installation(`update tenants set entitlements = $2 where id = $1`, p.dir.TenantID,
		string(mustJSON(doc{"scim": true, "groups": true, "seats": n})))
}
