package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/roster-scim/roster/scim/patch"
)

// editChunk is how many members one statement adds or removes.
const editChunk = 500

// editMembers carries out the edits in order and returns their net effect. What
// an edit costs depends on what it names, not on what the group holds; replacing
// all members and removing by a filter name the whole set. Where members may not
// wait and no filter has to be evaluated, all edits are one batch.
func (w *write) editMembers(ctx context.Context, edits []patch.Edit) (*memberChange, error) {
	net := newMemberChange()
	if len(edits) == 0 {
		return net, nil
	}
	if w.typ.Members() == nil {
		return nil, fmt.Errorf("edit members: a %s has none", w.typ.Name)
	}
	checks := make([]*presence, 0, len(edits))
	for _, edit := range edits {
		check, err := w.editMember(ctx, edit, net)
		if err != nil {
			return nil, errors.Join(missingOf(checks), err)
		}
		checks = append(checks, check)
	}
	w.refuseCycle(edits)
	err := w.flush(ctx)
	if missing := missingOf(checks); missing != nil {
		return nil, missing
	}
	w.waiting = net.waiting
	return net, err
}

// refuseCycle has the batch look for a cycle if somebody was put in.
func (w *write) refuseCycle(edits []patch.Edit) {
	for _, e := range edits {
		if len(e.Members) > 0 && e.Kind != patch.RemoveMembers {
			w.nested = true
		}
	}
	if w.nested {
		w.batch.query(w.cycleFound, cycleQuery(w), w.dir.TenantID, w.id)
	}
}

// editMember adds the statements of one edit to the batch. Whether all whom it
// names are there shows when the batch has been sent.
func (w *write) editMember(ctx context.Context, edit patch.Edit, net *memberChange) (*presence, error) {
	switch edit.Kind {
	case patch.AddMembers:
		named, check, err := w.locate(ctx, edit.Members)
		if err == nil {
			w.addMembers(named, net)
		}
		return check, err
	case patch.RemoveMembers:
		return nil, w.removeNamed(ctx, edit.Members, net)
	case patch.ReplaceMembers:
		named, check, err := w.locate(ctx, edit.Members)
		if err == nil {
			w.removeOthers(named, net)
			w.addMembers(named, net)
		}
		return check, err
	case patch.RemoveMatching:
		return nil, w.removeMatching(ctx, edit.Filter, net)
	}
	return nil, fmt.Errorf("edit members: unknown kind of edit %d", edit.Kind)
}

// addMembers puts in those that are in the directory, and lets the others wait.
func (w *write) addMembers(named *located, net *memberChange) {
	for chunk := range slices.Chunk(idRows(named.ids), editChunk) {
		w.batch.query(collect(net.add), `
			insert into members (tenant_id, group_id, member_id, connection_id, member_type, added_at)
			select r.tenant_id, $3, r.id, r.connection_id, r.resource_type, $4
			from `+fromEach(w, w.jsonRows("$5", "m", "id uuid"), "resources r", "r.tenant_id = $1 and r.id = m.id")+`
				and r.connection_id = $2
			on conflict (tenant_id, group_id, member_id) do nothing
			returning member_id, member_type`,
			w.dir.TenantID, w.dir.ConnectionID, w.id, w.micros(), jsonParam(chunk))
	}
	if w.allowPending {
		w.forget(named.values, net) // what had to wait until now
		w.await(named.waiting, net)
	}
}

// removeNamed takes out who is named, and lets them wait no longer.
func (w *write) removeNamed(ctx context.Context, members []patch.Member, net *memberChange) error {
	ids := memberIDs(members)
	if w.allowPending {
		found, absent, err := w.find(ctx, members)
		if err != nil {
			return err
		}
		for row, id := range found {
			if absent[row] {
				ids = append(ids, id)
			}
		}
	}
	w.forget(memberIDs(members), net)
	w.removeMembers(ids, net)
	return nil
}

func (w *write) removeMembers(ids []string, net *memberChange) {
	for chunk := range slices.Chunk(idRows(ids), editChunk) {
		w.batch.query(collect(net.remove),
			w.deleteEach(w.jsonRows("$3", "m", "id uuid"), "m.id", "members", "group_id = $2", "member_id")+`
			returning member_id, member_type`,
			w.dir.TenantID, w.id, jsonParam(chunk))
	}
}

// removeOthers takes out everybody who is not named.
func (w *write) removeOthers(keep *located, net *memberChange) {
	w.batch.query(collect(net.remove), `
		delete from members
		where tenant_id = $1 and group_id = $2
			and member_id not in (select m.id from `+w.jsonRows("$3", "m", "id uuid")+`)
		returning member_id, member_type`,
		w.dir.TenantID, w.id, jsonParam(idRows(keep.ids)))
	w.forgetOthers(keep.waiting, net)
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
