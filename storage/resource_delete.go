package storage

import (
	"context"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// Delete implements scim.Store.
func (s *Resources) Delete(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string, o scim.Origin,
	check func(current *scim.Record) error) error {
	if !isID(id) {
		return scim.ErrNotFound
	}
	var did *scim.Effect
	err := s.db.change(ctx, dir.TenantID, func(tx *tx) error {
		current, err := lockRecord(ctx, tx, dir, t, id, tx.forDelete())
		if err != nil {
			return err
		}
		if err := check(current); err != nil {
			return &refusal{err}
		}
		defer func() { did = tx.did }()
		return newWrite(tx, dir, t, id, o).delete(ctx, current)
	})
	if err != nil {
		return wrap("delete resource", err)
	}
	o.Effects.Add(did)
	return nil
}

func (w *write) delete(ctx context.Context, current *scim.Record) error {
	old, err := decodeDocument(current.Document)
	if err != nil {
		return err
	}
	w.does(scim.EffectDeleted, old, nil, nil)
	doc, changes := w.compare(old, nil)
	w.record.changed(actionDeleted, changes, events.Deleted(w.subject(), doc))

	w.touchDeleted(old)
	w.affectedByDeletion()
	w.leaveGroups()
	w.batch.exec(`delete from members where tenant_id = $1 and member_id = $2`, w.dir.TenantID, w.id)
	w.batch.exec(`delete from members where tenant_id = $1 and group_id = $2`, w.dir.TenantID, w.id)
	w.batch.exec(`delete from pending_members where tenant_id = $1 and group_id = $2`, w.dir.TenantID, w.id)
	w.batch.exec(`delete from resource_values where tenant_id = $1 and resource_id = $2`, w.dir.TenantID, w.id)
	w.countOut(w.dir, w.seats(old))
	w.batch.exec(`delete from resources where tenant_id = $1 and id = $2`, w.dir.TenantID, w.id)
	if err := w.flush(ctx); err != nil { // the journal needs the groups
		return err
	}
	if err := w.endAccess(); err != nil {
		return err
	}
	return w.finish(ctx)
}

// leaveGroups makes a new version of every group that the resource is a member of.
func (w *write) leaveGroups() {
	member := []events.Member{{ID: w.id, Type: w.typ.Name}}
	w.batch.query(func(row scanner) error {
		var group events.Subject
		var display string
		if err := row.Scan(&group.ID, &group.ResourceType, &display); err != nil {
			return err
		}
		w.touched.Resource(w.dir, group.ID)
		w.record.left(group, display, member)
		return nil
	}, `
		update resources set version = version + 1, modified_at = $3
		where tenant_id = $1 and id in (
			select m.group_id from members m where m.tenant_id = $1 and m.member_id = $2)
		returning id, resource_type, display`, w.dir.TenantID, w.id, w.micros())
}
