package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants/access"
)

// readAhead finds the next people whom a job is about. Who joins them or leaves
// them after this is told of by the job of that change.
func (s *Access) readAhead(ctx context.Context, c *access.Claim) error {
	return s.db.view(ctx, c.Tenant, func(tx *tx) error {
		people, subject, err := tx.peopleOf(ctx, c)
		if err != nil {
			return err
		}
		ids, err := tx.ids(ctx, `
			select distinct x.id from (`+people+`) x where x.id > $3 order by x.id limit cast($4 as bigint)`,
			c.Tenant, subject, orZero(c.Place), aheadPeople)
		c.Ahead, c.Last = ids, len(ids) < aheadPeople
		return err
	})
}

// peopleOf is a query for the people whom a job is about and its $2.
func (t *tx) peopleOf(ctx context.Context, c *access.Claim) (people, subject string, err error) {
	switch c.Kind {
	case access.JobMapping, access.JobUsers, access.JobGroups:
		err := t.get(ctx, func(row scanner) error { return row.Scan(&subject) },
			`select cast(j.detail as text) from jobs j where j.tenant_id = $1 and j.id = $2`, c.Tenant, c.Job)
		return peopleBelow(t), subject, err
	case access.JobConnection:
		return `select r.id from resources r
			where r.tenant_id = $1 and r.connection_id = $2 and r.resource_type = 'User'`, c.Subject, nil
	case access.JobRole:
		return t.peopleGiven(`m.role = $2`, `a.role = $2`), c.Subject, nil
	case access.JobRule:
		return t.peopleGiven(`$2 = ''`, `$2 = ''`) + `
			union select s.user_id from access_told s where s.tenant_id = $1`, "", nil
	}
	return "", "", fmt.Errorf("a job of kind %q has no people", c.Kind)
}

// peopleGiven is a query for everybody who has a reason to hold something, by
// mappings m and assignments a.
func (t *tx) peopleGiven(mappings, assignments string) string {
	return `
		select d.id from (
			with recursive down (id, type) as (
				select m.group_id, ` + t.bytewise("'Group'") + ` from role_mappings m where m.tenant_id = $1 and ` + mappings + `
				union
				select m.member_id, m.member_type from down cross join members m
				where m.tenant_id = $1 and m.group_id = down.id and down.type = 'Group'
			)
			select down.id from down where down.type = 'User') d
		union
		select a.user_id from assignments a where a.tenant_id = $1 and ` + assignments
}
