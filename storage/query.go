package storage

import (
	"strings"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
)

// selection is the resources of one directory and type that match a filter: what
// stands behind "from" and "where" of a statement about resources r.
type selection struct {
	compiler
	from, where string
	driven      bool // few resources are looked at, in no particular order
	unique      bool // at most one can match
	empty       bool // nothing can match
}

// newSelection compiles a filter; nil selects everything. Errors are
// *schema.Error of type invalidFilter.
func newSelection(d queryDialect, dir scim.Directory, t *schema.ResourceType, e filter.Expr) (*selection, error) {
	return newSelectionIn(&params{}, d, dir, t, e)
}

// newSelectionIn is newSelection for a statement that has other parts too.
func newSelectionIn(p *params, d queryDialect, dir scim.Directory, t *schema.ResourceType, e filter.Expr) (*selection, error) {
	s := &selection{compiler: compiler{params: p, dialect: d, kind: t}}
	s.tenant, s.connection, s.typeName = s.add(dir.TenantID), s.add(dir.ConnectionID), s.add(t.Name)
	conditions := []string{
		"r.tenant_id = " + s.tenant,
		"r.connection_id = " + s.connection,
		"r.resource_type = " + s.typeName,
	}
	if e == nil {
		s.from, s.where = "resources r", strings.Join(conditions, " and ")
		return s, nil
	}
	drive := chooseDriver(t, e)
	from, where := s.compiler.from(drive)
	if where != "" {
		conditions = append([]string{where}, conditions...)
	}
	if _, one := e.(*filter.Compare); !one || drive == nil || !drive.whole {
		match, err := s.condition(resourceScope{"r"}, e)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, match)
	}
	s.from, s.where = from, strings.Join(conditions, " and ")
	s.driven = drive != nil
	s.unique = drive != nil && drive.rank == rankOne
	s.empty = drive != nil && drive.namesID() && !isID(drive.text)
	return s, nil
}
