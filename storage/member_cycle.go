package storage

import (
	"context"

	"github.com/roster-scim/roster/scim"
)

// refuseCycle looks from the group upward through the memberships as they are
// now: a new member that is found there contains the group, or is the group.
func (w *write) refuseCycle(ctx context.Context, net *memberChange) error {
	var groups []idRow
	for id, typ := range net.in {
		if typ == w.typ.Name {
			groups = append(groups, idRow{ID: id})
		}
	}
	if len(groups) == 0 {
		return nil // only a group can contain something
	}
	return w.each(ctx, func(row scanner) error {
		cycle := &scim.CycleError{GroupID: w.id}
		if err := row.Scan(&cycle.MemberID); err != nil {
			return err
		}
		return cycle
	}, `
		with recursive up (id) as (
			select r.id from resources r where r.tenant_id = $1 and r.id = $2
			union
			select m.group_id from up cross join members m
			where m.tenant_id = $1 and m.member_id = up.id
		)
		select up.id from up
		where up.id in (select g.id from `+w.jsonRows("$3", "g", "id uuid")+`)
		order by up.id`,
		w.dir.TenantID, w.id, jsonParam(groups))
}
