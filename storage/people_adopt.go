package storage

import (
	"context"
	"errors"
	"maps"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// manualDirectory is the connection_id of people whom the vendor has registered:
// a directory of the tenant's own, which no connection sees.
const manualDirectory = "00000000-0000-0000-0000-000000000000"

// managedAttribute is what the journal calls whether somebody is provisioned.
const managedAttribute = "managed"

// adoption is the search for somebody whom a creation takes over. Without a rule
// there is none: nil.
type adoption struct {
	alike *resemblance
	seen  map[string]string // who is alike, in any directory of the tenant: id → connection
}

// one is the id of who is taken over: the only one who is alike, if nobody
// provisions them yet. "" is nobody.
func (a *adoption) one() string {
	if a == nil || len(a.seen) != 1 {
		return ""
	}
	for id, connection := range a.seen {
		if connection == manualDirectory {
			return id
		}
	}
	return ""
}

// findAdoption looks for people like the draft's. Without a rule it costs nothing.
func findAdoption(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, d scim.Draft) (*adoption, error) {
	alike := resembling(t, d)
	if alike == nil || dir.ConnectionID == manualDirectory {
		return nil, nil //nolint:nilnil // as the type says
	}
	a := &adoption{alike: alike, seen: map[string]string{}}
	b := &batch{}
	a.look(tx, b, dir, func(id, connection string) error {
		a.seen[id] = connection
		return nil
	})
	return a, tx.send(ctx, b)
}

// look has a batch find everybody who is alike, in all directories of the tenant;
// where that many are, it does not matter who the others would be.
func (a *adoption) look(tx *tx, b *batch, dir scim.Directory, found func(id, connection string) error) {
	b.query(func(row scanner) error {
		var id, connection string
		var document []byte
		if err := row.Scan(&id, &connection, &document); err != nil {
			return err
		}
		doc, err := decodeDocument(document)
		if err != nil || !a.alike.matches(doc) {
			return err
		}
		return found(id, connection)
	}, `
		select r.id, r.connection_id, r.document
		from `+tx.jsonRows("$2", "k", "attribute text", "value text")+`
			cross join directory_totals t cross join resource_values v cross join resources r
		where t.tenant_id = $1 and t.resource_type = 'User'
			and v.tenant_id = $1 and v.connection_id = t.connection_id and v.resource_type = 'User'
			and v.attribute = k.attribute and v.value = k.value
			and r.tenant_id = $1 and r.id = v.resource_id
		limit 40`, dir.TenantID, jsonParam(a.alike.rows))
}

// adopt makes the resource that was found the one that is to be created: it keeps
// its id and moves to the connection's directory with the document that was sent.
func adopt(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, d scim.Draft, o scim.Origin,
	a *adoption) (*scim.Record, error) {
	from := scim.Directory{TenantID: dir.TenantID, ConnectionID: manualDirectory}
	current, err := lockRecord(ctx, tx, from, t, a.one(), tx.forChange())
	if errors.Is(err, scim.ErrNotFound) {
		return nil, errConflict // another connection, or a deletion, came first
	}
	if err != nil {
		return nil, err
	}
	old, err := decodeDocument(current.Document)
	if err != nil {
		return nil, err
	}
	if !a.alike.matches(old) {
		return nil, errConflict // no longer
	}
	w := newWrite(tx, dir, t, current.ID, o)
	w.rivals = a
	w.move(from, old, d)
	doc, changes := w.compare(old, d.Document)
	w.affectedByDocument(changes)
	doc = maps.Clone(doc)
	doc[managedAttribute], changes[managedAttribute] = true, events.Change{From: false, To: true}
	w.record.changed(actionUpdated, changes, events.Updated(w.subject(), doc, changes)...)
	rec := &scim.Record{ID: w.id, Version: current.Version + 1, Created: current.Created, LastModified: w.now, Document: d.Encoded}
	if err := w.joinWaiting(ctx, nil, d.Document); err != nil {
		return nil, err
	}
	w.does(scim.EffectAdopted, d.Document, changes, nil)
	return rec, w.answer(ctx, rec, d.With)
}

// move puts the resource into the write's directory, with another document.
func (w *write) move(from scim.Directory, old map[string]any, d scim.Draft) {
	w.moveRow(from, old, d)
	w.insertValues(valueRows(w.typ, d.Document, d.Unique))
}

// moveRow is move but for the new rows of the value index.
func (w *write) moveRow(from scim.Directory, old map[string]any, d scim.Draft) {
	w.touched.Resource(from, w.id)
	w.touched.Resource(w.dir, w.id)
	w.touched.touchValues(from, w.typ.Name, valueRows(w.typ, old, nil))
	w.countOut(from, w.seats(old))
	w.countIn(w.seats(d.Document))
	w.takeSeats(d.Seats, w.seats(d.Document)-w.seats(old))
	w.batch.exec(`delete from resource_values where tenant_id = $1 and resource_id = $2`, w.dir.TenantID, w.id)
	w.batch.exec(`
		update resources set connection_id = $3, position = (
				select t.next_position - 1 from directory_totals t
				where t.tenant_id = $1 and t.connection_id = $3 and t.resource_type = $4
			), version = version + 1, modified_at = $5, display = $6, document = $7
		where tenant_id = $1 and id = $2`,
		w.dir.TenantID, w.id, w.dir.ConnectionID, w.typ.Name, w.micros(), schema.Display(w.typ, d.Document), string(d.Encoded))
}
