package storage

import (
	"context"
	"errors"
	"fmt"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// Update implements scim.Store. The resource is locked from reading to writing,
// so change runs once.
func (s *Resources) Update(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string, o scim.Origin,
	change func(current *scim.Record) (scim.Draft, error)) (*scim.Record, error) {
	if !isID(id) {
		return nil, scim.ErrNotFound
	}
	var rec *scim.Record
	var did *scim.Effect
	err := s.db.change(ctx, dir.TenantID, func(tx *tx) (err error) {
		current, err := lockRecord(ctx, tx, dir, t, id, tx.forChange())
		if err != nil {
			return err
		}
		draft, err := change(current)
		if err != nil {
			return &refusal{err}
		}
		rec, err = newWrite(tx, dir, t, id, o).update(ctx, current, draft)
		did = tx.did
		return err
	})
	if err != nil {
		return nil, wrap("update resource", err)
	}
	o.Effects.Add(did)
	return rec, nil
}

// update stores a draft. If it changes nothing it returns the current record
// and errRollback, so that not even a membership that was taken out and put back
// leaves a trace.
func (w *write) update(ctx context.Context, current *scim.Record, d scim.Draft) (*scim.Record, error) {
	w.allowPending = d.AllowPending
	net, err := w.editMembers(ctx, d.Edits)
	if err != nil {
		return nil, err
	}
	if !d.Changed && net.empty() {
		current.Pending = len(net.waiting)
		if err := w.answerUnchanged(ctx, current, d.With); err != nil {
			return nil, err
		}
		return current, errRollback
	}
	next := &scim.Record{
		ID: w.id, Version: current.Version + 1,
		Created: current.Created, LastModified: w.now, Document: current.Document, Pending: len(net.waiting),
	}
	display := schema.Display(w.typ, d.Document)
	w.touched.Resource(w.dir, w.id)
	if d.Changed {
		next.Document = d.Encoded
		if err := w.replaceDocument(ctx, current, display, d); err != nil {
			return nil, err
		}
	} else {
		w.batch.exec(`
			update resources set version = version + 1, modified_at = $3
			where tenant_id = $1 and id = $2`, w.dir.TenantID, w.id, w.micros())
	}
	w.touchMembers(net)
	w.affectedByMembers(net)
	w.record.members(display, net)
	w.does(scim.EffectUpdated, d.Document, w.changes, net)
	return next, w.answer(ctx, next, d.With)
}

func (w *write) replaceDocument(ctx context.Context, current *scim.Record, display string, d scim.Draft) error {
	old, err := decodeDocument(current.Document)
	if err != nil {
		return err
	}
	seats := w.seats(d.Document) - w.seats(old)
	w.countSeats(seats)
	w.takeSeats(d.Seats, seats)
	w.batch.exec(`
		update resources set version = version + 1, modified_at = $3, display = $4, document = $5
		where tenant_id = $1 and id = $2`,
		w.dir.TenantID, w.id, w.micros(), display, string(d.Encoded))
	w.touchName(old, display)
	before, after := valueRows(w.typ, old, d.Unique), valueRows(w.typ, d.Document, d.Unique)
	w.updateValues(before, after)
	w.claimNames(subtractRows(after, before))

	doc, changes := w.compare(old, d.Document)
	w.changes = changes
	w.affectedByDocument(changes)
	w.record.changed(actionUpdated, changes, events.Updated(w.subject(), doc, changes)...)
	return w.joinWaiting(ctx, old, d.Document)
}

// refusal carries an error of the caller's own function out of the transaction.
type refusal struct{ err error }

func (r *refusal) Error() string { return r.err.Error() }

// wrap says what was being done, but for a refusal, which stays as it was.
func wrap(doing string, err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return r.err
	}
	return fmt.Errorf("%s: %w", doing, err)
}
