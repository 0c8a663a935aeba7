package storage

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// maxMembersOfPage bounds what a list of groups holds in memory. One group alone
// is read whatever its size.
const maxMembersOfPage = 250_000

// readMembers adds the reading of one group's members to a batch, in the order
// of the table's key, so that nothing is sorted.
func (t *tx) readMembers(b *batch, dir scim.Directory, group string, members *scim.Members) {
	var m memberRow
	b.query(func(row scanner) error {
		err := row.Scan(&m.id, &m.typ, &m.display)
		m.addTo(members)
		return err
	}, `
		select m.member_id, m.member_type, r.display
		from `+fromEach(t, "members m", "resources r", "r.tenant_id = $1 and r.id = m.member_id")+`
			and m.tenant_id = $1 and m.group_id = $2 and m.connection_id = $3
		order by m.member_id`, dir.TenantID, group, dir.ConnectionID)
}

// memberReader reads the members of a page of groups.
type memberReader struct {
	byGroup map[idScan]*scim.Members
	total   int
}

// read adds the reading to a batch. page is a table expression `page` whose column
// id has the groups, tenant and connection are placeholders. The page comes before
// its members: records has it when they arrive.
func (m *memberReader) read(b *batch, d queryDialect, page, tenant, connection string, values []any, records *[]*scim.Record) {
	m.byGroup = map[idScan]*scim.Members{}
	from, ofPage := d.joinEach(page, "members m", "m.tenant_id = "+tenant+" and m.group_id = page.id")
	from, named := d.joinEach(from, "resources x", "x.tenant_id = "+tenant+" and x.id = m.member_id")
	var one memberRow
	b.query(func(row scanner) error {
		if m.total++; m.total > maxMembersOfPage && len(*records) > 1 {
			return schema.Errorf(schema.TooMany, "The groups of this page have more than %d members together. "+
				"Ask for fewer groups at once, or leave the members out with excludedAttributes=members.", maxMembersOfPage)
		}
		err := row.Scan(&one.group, &one.id, &one.typ, &one.display)
		members := m.byGroup[one.group]
		if members == nil {
			members = &scim.Members{}
			m.byGroup[one.group] = members
		}
		one.addTo(members)
		return err
	}, "select m.group_id, m.member_id, m.member_type, x.display from "+from+" where "+ofPage+" and "+named+
		" and m.connection_id = "+connection, values...)
}

// give puts the members into their groups. Sorting the page's rows would cost
// more than this: they mostly come in order.
func (m *memberReader) give(records []*scim.Record) error {
	for _, rec := range records {
		id, err := uuid.Parse(rec.ID)
		if err != nil {
			return fmt.Errorf("members of %q: %w", rec.ID, err)
		}
		if members := m.byGroup[idScan(id)]; members != nil {
			members.Sort()
			rec.Members = *members
		}
	}
	return nil
}

// readMembersOf reads the members of groups in a round trip of its own.
func (t *tx) readMembersOf(ctx context.Context, dir scim.Directory, groups []*scim.Record, send sender) error {
	ids := make([]idRow, len(groups))
	for i, g := range groups {
		ids[i].ID = g.ID
	}
	var m memberReader
	b := &batch{}
	m.read(b, t, t.jsonRows("$3", "page", "id uuid"), "$1", "$2", []any{dir.TenantID, dir.ConnectionID, jsonParam(ids)}, &groups)
	if err := send(ctx, b); err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	return m.give(groups)
}

// idRow is a row of a parameter list of ids.
type idRow struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
}

// idRows leaves out what can be no id, and repetitions.
func idRows(ids []string) []idRow {
	seen := make(map[string]bool, len(ids))
	rows := make([]idRow, 0, len(ids))
	for _, id := range ids {
		if isID(id) && !seen[id] {
			seen[id] = true
			rows = append(rows, idRow{ID: id})
		}
	}
	return rows
}
