package storage

import (
	"context"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/scim/patch"
)

// editChunk is how many members one statement adds or removes.
const editChunk = 500

// editMembers carries out the edits in order and returns their net effect. What
// an edit costs depends on what it names, not on what the group holds; replacing
// all members and removing by a filter name the whole set.
func (w *write) editMembers(ctx context.Context, edits []patch.Edit) (*memberChange, error) {
	net := newMemberChange()
	if len(edits) == 0 {
		return net, nil
	}
	if w.typ.Members() == nil {
		return nil, fmt.Errorf("edit members: a %s has none", w.typ.Name)
	}
	for _, edit := range edits {
		if err := w.editMember(ctx, edit, net); err != nil {
			return nil, err
		}
	}
	return net, w.refuseCycle(ctx, net)
}

func (w *write) editMember(ctx context.Context, edit patch.Edit, net *memberChange) error {
	switch edit.Kind {
	case patch.AddMembers:
		named, err := w.locate(ctx, edit.Members)
		if err != nil {
			return err
		}
		return w.addMembers(ctx, named, net)
	case patch.RemoveMembers:
		return w.removeNamed(ctx, edit.Members, net)
	case patch.ReplaceMembers:
		named, err := w.locate(ctx, edit.Members)
		if err != nil {
			return err
		}
		if err := w.removeOthers(ctx, named, net); err != nil {
			return err
		}
		return w.addMembers(ctx, named, net)
	case patch.RemoveMatching:
		return w.removeMatching(ctx, edit.Filter, net)
	}
	return fmt.Errorf("edit members: unknown kind of edit %d", edit.Kind)
}

// addMembers puts in those that are in the directory, and lets the others wait.
func (w *write) addMembers(ctx context.Context, named *located, net *memberChange) error {
	for chunk := range slices.Chunk(idRows(named.ids), editChunk) {
		w.batch.query(collect(net.add), `
			insert into members (tenant_id, group_id, member_id, connection_id, member_type, added_at)
			select r.tenant_id, $3, r.id, r.connection_id, r.resource_type, $4
			from `+w.jsonRows("$5", "m", "id uuid")+` cross join resources r
			where r.tenant_id = $1 and r.connection_id = $2 and r.id = m.id
			on conflict (tenant_id, group_id, member_id) do nothing
			returning member_id, member_type`,
			w.dir.TenantID, w.dir.ConnectionID, w.id, w.micros(), jsonParam(chunk))
	}
	if w.allowPending {
		w.forget(named.values, net) // what had to wait until now
		w.await(named.waiting, net)
	}
	return w.flush(ctx)
}

// removeNamed takes out who is named, and lets them wait no longer.
func (w *write) removeNamed(ctx context.Context, members []patch.Member, net *memberChange) error {
	ids := memberIDs(members)
	w.forget(ids, net)
	if w.allowPending {
		found, _, err := w.find(ctx, members)
		if err != nil {
			return err
		}
		for _, id := range found {
			ids = append(ids, id)
		}
	}
	return w.removeMembers(ctx, ids, net)
}

func (w *write) removeMembers(ctx context.Context, ids []string, net *memberChange) error {
	for chunk := range slices.Chunk(idRows(ids), editChunk) {
		w.batch.query(collect(net.remove), `
			delete from members
			where tenant_id = $1 and group_id = $2
				and member_id in (select m.id from `+w.jsonRows("$3", "m", "id uuid")+`)
			returning member_id, member_type`,
			w.dir.TenantID, w.id, jsonParam(chunk))
	}
	return w.flush(ctx)
}

// removeOthers takes out everybody who is not named.
func (w *write) removeOthers(ctx context.Context, keep *located, net *memberChange) error {
	w.batch.query(collect(net.remove), `
		delete from members
		where tenant_id = $1 and group_id = $2
			and member_id not in (select m.id from `+w.jsonRows("$3", "m", "id uuid")+`)
		returning member_id, member_type`,
		w.dir.TenantID, w.id, jsonParam(idRows(keep.ids)))
	w.forgetOthers(keep.waiting, net)
	return w.flush(ctx)
}

// collect passes each returned id and type on.
func collect(record func(id, typ string)) func(scanner) error {
	return func(row scanner) error {
		var id, typ string
		if err := row.Scan(&id, &typ); err != nil {
			return err
		}
		record(id, typ)
		return nil
	}
}

func memberIDs(members []patch.Member) []string {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	return ids
}
