package storage

import (
	"errors"
	"testing"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
)

// TestPeopleOfNoConnectionCount: whom the vendor has registered stands against a
// change of definitions as everybody else does, and the change is in the log.
func TestPeopleOfNoConnectionCount(t *testing.T) { onEach(t, testPeopleOfNoConnectionCount) }

func testPeopleOfNoConnectionCount(t *testing.T, f *fixture) {
	const urn = "urn:example:Badge"
	c := newControl(f)
	tenant := c.tenant()
	change := func(revision int64) error {
		_, err := c.store.ChangeDefinitions(c.ctx, tenant.ID, tenants.DefinitionChange{
			Revision: revision, At: made, Drop: []tenants.DefinitionKey{{Kind: tenants.DefinesSchema, Name: urn}},
			Demands: []tenants.Demand{{ResourceType: "User", Extension: urn, Change: "It cannot go", Remedy: "Wait."}},
		})
		return err
	}
	of := c.connection(tenant, "Main")
	c.directory(of).create(userType, draft(doc{"userName": "ada", urn: doc{"number": "1"}}))
	c.delete(of, tenants.KeepPeople)
	c.must(change(0))
	manual := c.in(scim.Directory{TenantID: tenant.ID.UUID(), ConnectionID: manualDirectory})
	manual.create(userType, draft(doc{"userName": "bob", urn: doc{"number": "2"}}))
	var use *tenants.InUseError
	if err := change(1); !errors.As(err, &use) || use.Count != 1 {
		t.Errorf("%v, want it to count 1", err)
	}
	row := c.rows(`select action, cast(changes as text) from audit where target_type = 'schemas'`)
	if want := `schemas.changed {"dropped":{"from":["urn:example:Badge"],"to":null},"revision":{"from":0,"to":1}}`; len(row) != 1 || row[0] != want {
		t.Errorf("log %v, want %s", row, want)
	}
}
