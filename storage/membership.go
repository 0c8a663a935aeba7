package storage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/roster-scim/roster/scim"
)

// noMemberships is the column of recordColumns for records that need none.
const noMemberships = "null"

// membershipsOf is a column with the groups that a resource belongs to: one walk
// from it up, as JSON. A pair of resource and group is visited at most twice,
// once as a direct member, whatever the nesting; who is in no group, as many are
// on a page, costs less than a walk does. The test for that is no exists, which
// PostgreSQL would answer from all memberships of the tenant at once. The
// arguments are expressions: placeholders, or the column of the statement around
// it that has the id.
func membershipsOf(d queryDialect, tenant, connection, resource string) string {
	memberOf := func(member string) string {
		return "m.tenant_id = " + tenant + " and m.member_id = " + member
	}
	walk := func() string {
		return "with recursive up (id, direct) as (" +
			"select m.group_id, 1 from members m where " + memberOf(resource) +
			" union select m.group_id, 0 from " + fromEach(d, "up", "members m", memberOf("up.id")) +
			") select " + d.jsonObjects("id", "up.id", "direct", "up.direct", "display", "g.display") +
			" from " + fromEach(d, "up", "resources g", "g.tenant_id = "+tenant+" and g.id = up.id") +
			" and g.connection_id = " + connection
	}
	return "case when (select 1 from members m where " + memberOf(resource) + " limit 1) is not null then " +
		d.membershipWalk(tenant, connection, resource, walk) + " end"
}

// visit is a step of the walk.
type visit struct {
	ID      string `json:"id"`
	Direct  int    `json:"direct"`
	Display string `json:"display"`
}

// decodeMemberships reads a column of membershipsOf and puts it into order, which
// costs less here than in a database that does it for each row.
func decodeMemberships(column []byte) ([]scim.Membership, error) {
	if len(column) <= len("[]") {
		return nil, nil
	}
	var visits []visit
	if err := json.Unmarshal(column, &visits); err != nil {
		return nil, fmt.Errorf("decode memberships: %w", err)
	}
	slices.SortFunc(visits, func(a, b visit) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), cmp.Compare(b.Direct, a.Direct))
	})
	memberships := make([]scim.Membership, 0, len(visits))
	for i, v := range visits {
		if i > 0 && visits[i-1].ID == v.ID {
			continue // the direct membership came first
		}
		memberships = append(memberships, scim.Membership{GroupID: v.ID, Display: v.Display, Direct: v.Direct == 1})
	}
	return memberships, nil
}

// readMemberships adds the reading of one resource's groups to a batch.
func (t *tx) readMemberships(b *batch, dir scim.Directory, rec *scim.Record) {
	b.query(func(row scanner) error {
		var column []byte
		err := row.Scan(&column)
		if err == nil {
			rec.Memberships, err = decodeMemberships(column)
		}
		return err
	}, "select "+membershipsOf(t, "$1", "$2", "$3"), dir.TenantID, dir.ConnectionID, rec.ID)
}
