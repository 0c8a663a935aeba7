package storage

import (
	"context"
	"slices"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
)

// located is who an edit names: the resources that the values stand for, and
// the members that stand for none yet.
type located struct {
	ids     []string
	values  []string // that ids were found by
	waiting []patch.Member
}

// presence is what a batch finds out about the members of an edit.
type presence struct {
	members []patch.Member
	absent  map[idRow]bool
}

// missingOf is the error of the first edit that names somebody who is missing.
func missingOf(checks []*presence) error {
	for _, c := range checks {
		if c == nil {
			continue
		}
		if err := refuseMissing(c.members, c.absent); err != nil {
			return err
		}
	}
	return nil
}

// locate finds the members of an edit. Whoever is not in the directory, or is of
// another type than the client said, refuses the write, unless members may wait:
// with the presence, which the batch fills, or at once.
func (w *write) locate(ctx context.Context, members []patch.Member) (*located, *presence, error) {
	if !w.allowPending {
		ids := memberIDs(members)
		check := &presence{members: members, absent: map[idRow]bool{}}
		w.absent(members, check.absent)
		return &located{ids: ids, values: ids}, check, nil
	}
	found, absent, err := w.find(ctx, members)
	if err != nil {
		return nil, nil, err
	}
	l, refused := &located{}, map[idRow]bool{}
	for _, m := range members {
		row := idRow{ID: m.ID, Type: m.Type}
		id, ok := found[row]
		switch {
		case !absent[row]:
			l.ids, l.values = append(l.ids, m.ID), append(l.values, m.ID)
		case ok:
			l.ids, l.values = append(l.ids, id), append(l.values, m.ID)
		case canWait(m.ID):
			l.waiting = append(l.waiting, m)
		default:
			refused[row] = true
		}
	}
	return l, nil, refuseMissing(members, refused)
}

// refuseMissing names the members that are missing, each once.
func refuseMissing(members []patch.Member, missing map[idRow]bool) error {
	if len(missing) == 0 {
		return nil
	}
	var ids []string
	named := map[string]bool{}
	for _, m := range members {
		if missing[idRow{ID: m.ID, Type: m.Type}] && !named[m.ID] {
			named[m.ID] = true
			ids = append(ids, m.ID)
		}
	}
	return &scim.MissingMembersError{IDs: ids}
}

// absent has the batch find the members that no resource of the directory has
// the id and type of.
func (w *write) absent(members []patch.Member, absent map[idRow]bool) {
	for chunk := range slices.Chunk(members, editChunk) {
		var ask []idRow
		for _, m := range chunk {
			row := idRow{ID: m.ID, Type: m.Type}
			if isID(m.ID) {
				ask = append(ask, row)
			} else {
				absent[row] = true
			}
		}
		if len(ask) > 0 {
			w.findAbsent(ask, absent)
		}
	}
}

func (w *write) findAbsent(ask []idRow, absent map[idRow]bool) {
	w.batch.query(func(row scanner) error {
		var r idRow
		err := row.Scan(&r.ID, &r.Type)
		absent[r] = true
		return err
	}, `
		select m.id, coalesce(m.type, '')
		from `+w.jsonRows("$3", "m", "id uuid", "type text")+`
		where not exists (
			select 1 from resources r
			where r.tenant_id = $1 and r.id = m.id and (r.connection_id = $2) is true
				and (m.type is null or m.type = r.resource_type) and `+ofMemberType("r.resource_type")+`)`,
		w.dir.TenantID, w.dir.ConnectionID, jsonParam(ask))
}
