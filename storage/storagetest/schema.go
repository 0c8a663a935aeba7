package storagetest

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

var schemaTests = []test{
	{"change and read", schemaChange},
	{"outdated changes", schemaOutdated},
	{"isolation", schemaIsolation},
	{"demands", schemaDemands},
	{"outdated writes", schemaFence},
}

func definition(kind tenants.DefinitionKind, name, document string) tenants.Definition {
	return tenants.Definition{
		Kind: kind, Name: name, Document: json.RawMessage(document), CreatedAt: created, UpdatedAt: created,
	}
}

// define stores definitions on top of a revision.
func (s *suite) define(tenant tenants.TenantID, revision int64, put ...tenants.Definition) (int64, error) {
	return s.Tenants.ChangeDefinitions(s.ctx, tenant, tenants.DefinitionChange{Revision: revision, Put: put, At: created})
}

func (s *suite) defined(tenant tenants.TenantID, want tenants.Definitions) {
	s.Helper()
	got, err := s.Tenants.Definitions(s.ctx, tenant)
	s.must(err)
	s.same("definitions", &want, got)
}

func schemaChange(s *suite) {
	t := s.tenant("a").ID
	s.defined(t, tenants.Definitions{})
	odd := definition(tenants.DefinesSchema, "urn:example:Z", `{"name":"'; drop table definitions; --"}`)
	first := definition(tenants.DefinesSchema, "urn:example:A", `{"name":"A"}`)
	kind := definition(tenants.DefinesType, "Thing", `{}`)
	extended := definition(tenants.DefinesExtension, "User", `{}`)
	revision, err := s.define(t, 0, odd, kind, first, extended)
	s.must(err)
	if revision != 1 {
		s.Errorf("the first change makes revision %d", revision)
	}
	s.defined(t, tenants.Definitions{Revision: 1, List: []tenants.Definition{extended, kind, first, odd}})

	later := created.Add(time.Hour)
	changed := definition(tenants.DefinesSchema, "urn:example:a", `{"name":"B"}`)
	changed.UpdatedAt = later
	revision, err = s.Tenants.ChangeDefinitions(s.ctx, t, tenants.DefinitionChange{
		Revision: 1, Put: []tenants.Definition{changed}, At: later,
		Drop: []tenants.DefinitionKey{kind.Key(), extended.Key(), {Kind: tenants.DefinesType, Name: "never"}},
	})
	s.must(err)
	s.defined(t, tenants.Definitions{Revision: revision, List: []tenants.Definition{changed, odd}})

	c := s.connection(t, "Okta")
	credential, err := s.Tenants.Credential(s.ctx, c.ID, s.token(c, "first").Hash)
	s.must(err)
	if credential.SchemaRevision != 2 {
		s.Errorf("the credential says revision %d, want 2", credential.SchemaRevision)
	}
	s.must(s.deleteTenant(t, created))
	_, err = s.define(t, 2, first)
	s.wantNotFound("define for a deleted tenant", err)
	_, err = s.define(tenants.NewTenantID(), 0, first)
	s.wantNotFound("define for nobody", err)
	s.defined(tenants.NewTenantID(), tenants.Definitions{})
}

// schemaOutdated: of two changes worked out on one revision, the second is told.
func schemaOutdated(s *suite) {
	t := s.tenant("a").ID
	kept := definition(tenants.DefinesSchema, "urn:example:A", `{}`)
	_, err := s.define(t, 0, kept)
	s.must(err)
	for _, revision := range []int64{0, 2, -1} {
		if _, err := s.define(t, revision, definition(tenants.DefinesSchema, "urn:example:B", `{}`)); !errors.Is(err, tenants.ErrOutdated) {
			s.Errorf("a change of revision %d: %v", revision, err)
		}
	}
	s.defined(t, tenants.Definitions{Revision: 1, List: []tenants.Definition{kept}})
}

func schemaIsolation(s *suite) {
	a, b := s.tenant("a").ID, s.tenant("b").ID
	mine, other := definition(tenants.DefinesType, "Thing", `{"of":"a"}`), definition(tenants.DefinesType, "thing", `{"of":"b"}`)
	_, err := s.define(a, 0, mine)
	s.must(err)
	_, err = s.define(b, 0, other)
	s.must(err)
	_, err = s.Tenants.ChangeDefinitions(s.ctx, b, tenants.DefinitionChange{Revision: 1, Drop: []tenants.DefinitionKey{other.Key()}})
	s.must(err)
	s.defined(a, tenants.Definitions{Revision: 1, List: []tenants.Definition{mine}})
	s.defined(b, tenants.Definitions{Revision: 2})
}

// inTenant is the same backend seen from a new connection of a tenant.
func (s *suite) inTenant(t tenants.TenantID, name string) (*suite, *tenants.Connection) {
	c := s.connection(t, name)
	return s.in(scim.Directory{TenantID: t.UUID(), ConnectionID: c.ID.UUID()}), c
}

// schemaDemands: what stands against a change is counted in all of the tenant's
// directories that somebody can reach, and nowhere else.
func schemaDemands(s *suite) {
	const urn = "urn:example:params:x_y:1.0$~+"
	t, other := s.tenant("a").ID, s.tenant("b").ID
	first, _ := s.inTenant(t, "first")
	second, _ := s.inTenant(t, "second")
	gone, connection := s.inTenant(t, "gone")
	elsewhere, _ := s.inTenant(other, "first")
	for _, in := range []*suite{first, second, gone, elsewhere} {
		in.user("without")
		in.create(userType, doc{"userName": "with", urn: doc{"a": "b"}})
	}
	first.create(userType, doc{"userName": "more", "title": urn})
	s.must(s.deleteConnection(t, connection.ID, created))

	for _, test := range []struct {
		demand tenants.Demand
		count  int
	}{
		{tenants.Demand{ResourceType: "User"}, 5},
		{tenants.Demand{ResourceType: "User", Extension: urn}, 2},
		{tenants.Demand{ResourceType: "User", Extension: urn, Lacking: true}, 3},
		{tenants.Demand{ResourceType: "User", Extension: "urn:example:other"}, 0},
		{tenants.Demand{ResourceType: "Group"}, 0},
		{tenants.Demand{ResourceType: "user"}, 0},
	} {
		before, err := s.Tenants.Definitions(s.ctx, t)
		s.must(err)
		revision, err := s.Tenants.ChangeDefinitions(s.ctx, t, tenants.DefinitionChange{
			Revision: before.Revision, Demands: []tenants.Demand{{ResourceType: "Group"}, test.demand}, At: created,
			Put: []tenants.Definition{definition(tenants.DefinesSchema, "urn:example:A", `{}`)},
		})
		if test.count == 0 {
			s.must(err)
			continue
		}
		refusal, ok := errors.AsType[*tenants.InUseError](err)
		if !ok || refusal.Count != test.count || refusal.Demand != test.demand || revision != 0 {
			s.Errorf("%+v: %v, want a refusal for %d", test.demand, err, test.count)
		}
		s.defined(t, *before)
	}
}

// schemaFence: a write whose resource type was read from an older revision stores
// nothing and says that it can be repeated.
func schemaFence(s *suite) {
	t := s.tenant("a").ID
	in, _ := s.inTenant(t, "first")
	of := func(revision int64) *schema.ResourceType {
		return schema.Default().WithRevision(revision).ByName("User")
	}
	_, err := s.define(t, 0)
	s.must(err)
	id := in.create(of(1), doc{"userName": "ada"}).ID
	_, err = s.define(t, 1)
	s.must(err)

	_, create := in.Resources.Create(in.ctx, in.dir, of(1), in.draft(of(1), doc{"userName": "bob"}), origin)
	_, update := in.put(of(1), id, doc{"userName": "eve"})
	for what, err := range map[string]error{"create": create, "update": update, "delete": in.delete(of(1), id)} {
		refusal, ok := errors.AsType[*scim.Error](err)
		if !ok || refusal.Status != 503 {
			s.Errorf("%s under an older revision: %v", what, err)
		}
	}
	if page := in.list(userType, scim.ListQuery{Start: 1, Count: 10}); page.Total != 1 || string(page.Records[0].Document) != `{"userName":"ada"}` {
		s.Errorf("stored is %d, %s", page.Total, page.Records[0].Document)
	}
	if n := len(in.events(in.dir.TenantID)); n != 2 {
		s.Errorf("%d events, want those of the connection and the first create", n)
	}
	if _, err := in.put(of(2), id, doc{"userName": "eve"}); err != nil {
		s.Error(err)
	}
	s.must(in.delete(of(2), id))
}
