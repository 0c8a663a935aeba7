package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants/events"
)

// Resources keeps the resources of all directories, their memberships and the
// journal of their changes. It implements scim.Store.
type Resources struct{ db transactor }

// transactor runs a function in a transaction of its own (DB), or as one step of
// a transaction that is open already (steps).
type transactor interface {
	view(ctx context.Context, tenantID string, fn func(tx *tx) error) error
	update(ctx context.Context, tenantID string, fn func(tx *tx) error) error
	// change is update of a function that does nothing behind one write.
	change(ctx context.Context, tenantID string, fn func(tx *tx) error) error
	together(ctx context.Context, tenantID string, fn func(*steps) error) error
}

var _ transactor = (*DB)(nil)

var _ scim.Store = (*Resources)(nil)

// NewResources returns the resources of a database.
func NewResources(db *DB) *Resources { return &Resources{db: db} }

// Get implements scim.Store.
func (s *Resources) Get(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string, with scim.With) (*scim.Record, error) {
	if !isID(id) {
		return nil, scim.ErrNotFound
	}
	var rec *scim.Record
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) (err error) {
		rec, err = readRecord(ctx, tx, dir, t, id, with)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("get resource: %w", err)
	}
	return rec, nil
}

// readRecord is the whole of a transaction that reads one resource.
func readRecord(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, id string, with scim.With) (*scim.Record, error) {
	var rec *scim.Record
	var members scim.Members
	b := &batch{brief: !with.Members}
	addRecord(b, &rec, tx.selectRecord(with), dir, t, id)
	if with.Members {
		tx.readMembers(b, dir, id, &members)
	}
	if err := tx.last(ctx, b); err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, scim.ErrNotFound
	}
	rec.Members = members
	return rec, nil
}

// lockRecord reads a resource for a writer, without what does not stand in its
// row: nobody else changes it until the transaction has ended.
func lockRecord(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, id, lock string) (*scim.Record, error) {
	var rec *scim.Record
	b := &batch{}
	addRecord(b, &rec, selectRecord(noMemberships)+lock, dir, t, id)
	if err := tx.send(ctx, b); err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, scim.ErrNotFound
	}
	tx.readClock() // who had the row before was earlier
	return rec, nil
}

// selectRecord is the statement that addRecord takes.
func (t *tx) selectRecord(with scim.With) string {
	s := byIDShape
	if with.Memberships {
		s |= withMemberships
	}
	kept := t.dialect.text(s)
	if text := kept.Load(); text != nil {
		return *text
	}
	column := noMemberships
	if with.Memberships {
		column = membershipsOf(t, "$1", "$3", "r.id")
	}
	text := selectRecord(column)
	kept.Store(&text)
	return text
}

// selectRecord enters the table by its key. "is true" keeps the other conditions
// from leading into an index: to a planner that has no statistics, an index of
// them is as good.
func selectRecord(memberships string) string {
	return `
	select ` + recordColumns(memberships) + `
	from resources r
	where r.tenant_id = $1 and r.id = $2 and (r.connection_id = $3) is true and (r.resource_type = $4) is true`
}

// addRecord adds the reading of one resource to a batch; rec stays nil if there
// is none.
func addRecord(b *batch, rec **scim.Record, query string, dir scim.Directory, t *schema.ResourceType, id string) {
	b.query(func(row scanner) (err error) {
		*rec, err = scanRecord(row)
		return err
	}, query, dir.TenantID, id, dir.ConnectionID, t.Name)
}

// write is one operation that changes a resource: what it is about, and the
// statements and journal entries that it has collected so far.
type write struct {
	*tx
	dir    scim.Directory
	typ    *schema.ResourceType
	id     string
	batch  *batch
	record journal

	alone bool // see isAlone

	allowPending bool // members that are not in the directory may wait

	// What the write has decided by what was not there: see recheck.
	nested    bool            // it put somebody into a group, which may have closed a cycle
	waiting   map[string]bool // values that it let wait
	names     []string        // values by which somebody might have waited for it
	contained map[string]bool // groups that go on waiting since they are in it

	// What it means for access: see leaveAccess.
	affected []idRow
	gone     bool   // the resource
	told     string // what the vendor knew a deleted user to hold

	changes events.Changes // of the document, by an update

	seatLimit, seatsTaken int        // see takeSeats
	claimed               []valueRow // see claimNames
	rivals                *adoption  // see recheckNames
}

func newWrite(tx *tx, dir scim.Directory, t *schema.ResourceType, id string, o scim.Origin) *write {
	w := &write{tx: tx, dir: dir, typ: t, id: id, batch: &batch{}}
	w.record = newJournal(dir, w.subject(), o)
	return w
}

// flush sends the statements so far, for an operation that needs their outcome.
func (w *write) flush(ctx context.Context) error {
	b := w.batch
	w.batch = &batch{}
	return w.send(ctx, b)
}

// finish adds the journal, whose sequence row every writer of the tenant wants,
// behind everything else, and sends what is left.
func (w *write) finish(ctx context.Context) error {
	if err := w.addJournal(ctx); err != nil {
		return err
	}
	return w.sendLast(ctx)
}

// sendLast sends what is left, with the commit if nothing else follows.
func (w *write) sendLast(ctx context.Context) error {
	if w.alone {
		w.lookLast()
		return w.commitWith(ctx, w.batch)
	}
	return w.flush(ctx)
}

// lookLast has the batch look whether it may commit the write. Nothing that takes
// time stands between that and the commit.
func (w *write) lookLast() {
	query, args := "", []any(nil)
	if len(w.names) > 0 { // one question with recheckNamed's
		query, args = selectAnyWaiting+" union all", w.waitingFor(w.names)
	}
	unguarded, args := w.unguarded(args...)
	w.refuse(w.batch, errConflict, query+unguarded, args...)
}

// isAlone decides that the write commits with its last batch: it is all that the
// transaction does, and nothing in the batch is decided here.
func (w *write) isAlone() bool {
	return w.direct && len(w.touched.connections) == 0 && w.seatsTaken == 0 && w.rivals == nil && len(w.contained) == 0
}

func (w *write) addJournal(ctx context.Context) error {
	w.alone = w.isAlone()
	if err := w.record.add(w.tx, w.batch); err != nil {
		return err
	}
	if len(w.record.events) > 0 {
		w.touched.events(w.dir.TenantID)
	}
	if err := w.leaveAccess(); err != nil {
		return err
	}
	if w.alone {
		if err := w.announceEarly(ctx); err != nil {
			return err
		}
	}
	w.recheck()
	w.recheckSeats()
	w.recheckNames()
	w.refuseOutdated()
	if w.guarded && !w.alone {
		w.state = &CacheState{}
		w.batch.query(w.state.scan, selectCacheState)
	}
	return nil
}

// NewID implements scim.Store.
func (s *Resources) NewID() (string, error) { return newID() }

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// decodeDocument reads a stored document.
func decodeDocument(raw json.RawMessage) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("decode stored document: %w", err)
	}
	return doc, nil
}
