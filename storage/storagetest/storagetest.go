// Package storagetest is the conformance suite of the storage interfaces that
// the domain packages declare. Every database backend runs it.
package storagetest

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// Backend is an empty, migrated database seen through its interfaces.
type Backend struct {
	Resources scim.Store
	Tenants   Tenants
	// Events returns a tenant's events in the order of their sequence numbers.
	Events func(ctx context.Context, tenantID string) ([]events.Event, error)
}

// Tenants is everything that the control plane keeps.
type Tenants interface {
	tenants.Store
	tenants.CredentialStore
	tenants.SchemaStore
	tenants.UsageStore
}

// Run runs every test on a backend of its own. open registers its clean-up.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	t.Helper()
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"resources", resourceTests},
		{"unique", uniqueTests},
		{"list", listTests},
		{"search", searchTests},
		{"members", memberTests},
		{"with", withTests},
		{"pending members", pendingTests},
		{"together", togetherTests},
		{"isolation", isolationTests},
		{"journal", journalTests},
		{"tenants", tenantTests},
		{"connections", connectionTests},
		{"tokens", tokenTests},
		{"schemas", schemaTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(newSuite(t, open(t)))
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(s *suite)
}

type doc = map[string]any

var (
	userType  = schema.Default().ByName("User")
	groupType = schema.Default().ByName("Group")
	types     = []*schema.ResourceType{userType, groupType}
	origin    = scim.Origin{RequestID: "req-1", Actor: "tok01", Address: "192.0.2.1", UserAgent: "storagetest"}
)

// suite is a test on one directory of a backend.
type suite struct {
	*testing.T
	Backend
	ctx context.Context
	dir scim.Directory
}

func newSuite(t *testing.T, b Backend) *suite {
	t.Helper()
	return &suite{T: t, Backend: b, ctx: t.Context(), dir: newDirectory()}
}

// in is the same backend seen from another directory.
func (s *suite) in(dir scim.Directory) *suite {
	other := *s
	other.dir = dir
	return &other
}

func newDirectory() scim.Directory { return scim.Directory{TenantID: newID(), ConnectionID: newID()} }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// must fails the test on an error.
func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) draft(t *schema.ResourceType, d doc, edits ...patch.Edit) scim.Draft {
	s.Helper()
	draft, err := draftOf(t, d, edits...)
	s.must(err)
	return draft
}

func draftOf(t *schema.ResourceType, d doc, edits ...patch.Edit) (scim.Draft, error) {
	encoded, err := schema.Encode(t, d)
	return scim.Draft{Document: d, Encoded: encoded, Changed: true, Edits: edits}, err
}

func (s *suite) create(t *schema.ResourceType, d doc, edits ...patch.Edit) *scim.Record {
	s.Helper()
	record, err := s.Resources.Create(s.ctx, s.dir, t, s.draft(t, d, edits...), origin)
	s.must(err)
	return record
}

func (s *suite) user(name string) string {
	s.Helper()
	return s.create(userType, doc{"userName": name, "active": true}).ID
}

func (s *suite) group(name string, memberIDs ...string) string {
	s.Helper()
	return s.create(groupType, doc{"displayName": name}, add(memberIDs...)).ID
}

func (s *suite) get(t *schema.ResourceType, id string) *scim.Record {
	s.Helper()
	return s.getWith(t, id, scim.With{})
}

func (s *suite) getWith(t *schema.ResourceType, id string, with scim.With) *scim.Record {
	s.Helper()
	record, err := s.Resources.Get(s.ctx, s.dir, t, id, with)
	s.must(err)
	return record
}

// put replaces a document.
func (s *suite) put(t *schema.ResourceType, id string, d doc) (*scim.Record, error) {
	s.Helper()
	draft := s.draft(t, d)
	return s.Resources.Update(s.ctx, s.dir, t, id, origin,
		func(*scim.Record) (scim.Draft, error) { return draft, nil })
}

// edit changes the members of a group and nothing else.
func (s *suite) edit(id string, edits ...patch.Edit) (*scim.Record, error) {
	return s.Resources.Update(s.ctx, s.dir, groupType, id, origin, func(current *scim.Record) (scim.Draft, error) {
		d, err := decode(current)
		return scim.Draft{Document: d, Encoded: current.Document, Edits: edits}, err
	})
}

func (s *suite) delete(t *schema.ResourceType, id string) error {
	return s.Resources.Delete(s.ctx, s.dir, t, id, origin, func(*scim.Record) error { return nil })
}

func (s *suite) list(t *schema.ResourceType, q scim.ListQuery) scim.Page {
	s.Helper()
	page, err := s.Resources.List(s.ctx, s.dir, t, q)
	s.must(err)
	return page
}

func (s *suite) filter(t *schema.ResourceType, text string) filter.Expr {
	s.Helper()
	parsed, err := filter.Parse(text)
	s.must(err)
	e, err := parsed.Bind(t, filter.BindOptions{})
	s.must(err)
	return e
}

func (s *suite) ref(t *schema.ResourceType, text string) schema.Ref {
	s.Helper()
	name, err := schema.ParseName(text)
	s.must(err)
	ref, ok := t.Resolve(name)
	if !ok {
		s.Fatalf("%s has no attribute %s", t.Name, text)
	}
	return ref
}

// members are the ids of a group's members.
func (s *suite) members(groupID string) []string {
	s.Helper()
	all := s.getWith(groupType, groupID, scim.With{Members: true}).Members.List()
	ids := make([]string, 0, len(all))
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	return ids
}

func (s *suite) events(tenantID string) []events.Event {
	s.Helper()
	all, err := s.Backend.Events(s.ctx, tenantID)
	s.must(err)
	return all
}

func add(ids ...string) patch.Edit     { return edit(patch.AddMembers, ids) }
func remove(ids ...string) patch.Edit  { return edit(patch.RemoveMembers, ids) }
func replace(ids ...string) patch.Edit { return edit(patch.ReplaceMembers, ids) }

func edit(kind patch.EditKind, ids []string) patch.Edit {
	e := patch.Edit{Kind: kind}
	for _, id := range ids {
		e.Members = append(e.Members, patch.Member{ID: id})
	}
	return e
}
