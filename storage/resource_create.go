package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// Create implements scim.Store.
func (s *Resources) Create(ctx context.Context, dir scim.Directory, t *schema.ResourceType, d scim.Draft, o scim.Origin) (*scim.Record, error) {
	var rec *scim.Record
	var did *scim.Effect
	err := s.db.change(ctx, dir.TenantID, func(tx *tx) (err error) {
		rec, err = create(ctx, tx, dir, t, d, o)
		did = tx.did
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create resource: %w", err)
	}
	o.Effects.Add(did)
	return rec, nil
}

func create(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, d scim.Draft, o scim.Origin) (*scim.Record, error) {
	rivals, err := findAdoption(ctx, tx, dir, t, d)
	if err != nil {
		return nil, err
	}
	if rivals.one() != "" {
		return adopt(ctx, tx, dir, t, d, o, rivals)
	}
	id := d.ID
	if id == "" {
		if id, err = newID(); err != nil {
			return nil, err
		}
	}
	w := newWrite(tx, dir, t, id, o)
	w.rivals = rivals
	display := schema.Display(t, d.Document)
	rows := valueRows(t, d.Document, d.Unique)
	w.insertWhole(display, d.Encoded, w.seats(d.Document), rows)
	w.takeSeats(d.Seats, w.seats(d.Document))
	w.claimNames(rows)

	rec := &scim.Record{ID: id, Version: 1, Created: tx.now, LastModified: tx.now, Document: d.Encoded}
	doc, changes := w.compare(nil, d.Document)
	w.record.changed(actionCreated, changes, events.Created(w.subject(), doc))
	var net *memberChange
	if len(d.Edits) > 0 {
		w.allowPending = d.AllowPending
		if net, err = w.editMembers(ctx, d.Edits); err != nil {
			return nil, err
		}
		w.touchMembers(net)
		w.record.members(display, net)
		rec.Pending = len(net.waiting)
	}
	if err := w.joinWaiting(ctx, nil, d.Document); err != nil {
		return nil, err
	}
	w.does(scim.EffectCreated, d.Document, nil, net)
	with := d.With
	with.Memberships = with.Memberships && !w.isAlone() // nobody else could put it into a group yet
	return rec, w.answer(ctx, rec, with)
}

// insertResource puts the resource at the position that countIn has taken.
func (w *write) insertResource(display string, document []byte) {
	w.batch.exec(`
		insert into resources (tenant_id, id, connection_id, resource_type, position,
			version, created_at, modified_at, display, document)
		values ($1, $2, $3, $4, (
			select t.next_position - 1 from directory_totals t
			where t.tenant_id = $1 and t.connection_id = $3 and t.resource_type = $4
		), 1, $5, $5, $6, $7)`,
		w.dir.TenantID, w.id, w.dir.ConnectionID, w.typ.Name, w.micros(), display, string(document))
}
