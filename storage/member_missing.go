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

// locate finds the members of an edit. Whoever is not in the directory, or is of
// another type than the client said, refuses the write, unless members may wait.
func (w *write) locate(ctx context.Context, members []patch.Member) (*located, error) {
	if !w.allowPending {
		absent, err := w.absent(ctx, members)
		if err != nil {
			return nil, err
		}
		ids := memberIDs(members)
		return &located{ids: ids, values: ids}, refuseMissing(members, absent)
	}
	found, absent, err := w.find(ctx, members)
	if err != nil {
		return nil, err
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
	return l, refuseMissing(members, refused)
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

// absent are the members that no resource of the directory has the id and type of.
func (w *write) absent(ctx context.Context, members []patch.Member) (map[idRow]bool, error) {
	absent := map[idRow]bool{}
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
		if err := w.findAbsent(ctx, ask, absent); err != nil {
			return nil, err
		}
	}
	return absent, nil
}

func (w *write) findAbsent(ctx context.Context, ask []idRow, absent map[idRow]bool) error {
	if len(ask) == 0 {
		return nil
	}
	return w.each(ctx, func(row scanner) error {
		var r idRow
		err := row.Scan(&r.ID, &r.Type)
		absent[r] = true
		return err
	}, `
		select m.id, coalesce(m.type, '')
		from `+w.jsonRows("$3", "m", "id uuid", "type text")+`
		where not exists (
			select 1 from resources r
			where r.tenant_id = $1 and r.connection_id = $2 and r.id = m.id
				and (m.type is null or m.type = r.resource_type) and `+ofMemberType("r.resource_type")+`)`,
		w.dir.TenantID, w.dir.ConnectionID, jsonParam(ask))
}
