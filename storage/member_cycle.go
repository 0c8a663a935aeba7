package storage

import (
	"github.com/roster-scim/roster/scim"
)

// cycleQuery looks from a group upward through the memberships as they are now:
// a member of the group that is found there contains the group, or is the group.
func cycleQuery(d dialect) string {
	return `
	with recursive up (id) as (
		select r.id from resources r where r.tenant_id = $1 and r.id = $2
		union
		select m.group_id from ` + fromEach(d, "up", "members m", "m.tenant_id = $1 and m.member_id = up.id") + `
	)
	select up.id from ` + fromEach(d, "up", "members m", "m.tenant_id = $1 and m.group_id = $2 and m.member_id = up.id") + `
	order by up.id`
}

// cycleFound refuses the write that closed a cycle.
func (w *write) cycleFound(row scanner) error {
	cycle := &scim.CycleError{GroupID: w.id}
	if err := row.Scan(&cycle.MemberID); err != nil {
		return err
	}
	return cycle
}
