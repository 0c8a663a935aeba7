package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// Resources keeps the resources of all directories, their memberships and the
// journal of their changes. It implements scim.Store.
type Resources struct{ db transactor }

// transactor runs a function in a transaction of its own (DB), or as one step of
// a transaction that is open already (steps).
type transactor interface {
	view(ctx context.Context, tenantID string, fn func(tx *tx) error) error
	update(ctx context.Context, tenantID string, fn func(tx *tx) error) error
	together(ctx context.Context, tenantID string, fn func(*steps) error) error
}

var _ transactor = (*DB)(nil)

var _ scim.Store = (*Resources)(nil)

// NewResources returns the resources of a database.
func NewResources(db *DB) *Resources { return &Resources{db: db} }

// Get implements scim.Store.
func (s *Resources) Get(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string) (*scim.Record, error) {
	if !isID(id) {
		return nil, scim.ErrNotFound
	}
	var rec *scim.Record
	err := s.db.view(ctx, dir.TenantID, func(tx *tx) (err error) {
		rec, err = readRecord(ctx, tx, dir, t, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("get resource: %w", err)
	}
	return rec, nil
}

const selectRecord = `
	select ` + recordColumns + `
	from resources r
	where r.tenant_id = $1 and r.id = $2 and r.connection_id = $3 and r.resource_type = $4`

func readRecord(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, id string) (*scim.Record, error) {
	return getRecord(ctx, tx, selectRecord, dir, t, id)
}

// lockRecord is readRecord by a writer: nobody else changes the resource until
// the transaction has ended.
func lockRecord(ctx context.Context, tx *tx, dir scim.Directory, t *schema.ResourceType, id string) (*scim.Record, error) {
	return getRecord(ctx, tx, selectRecord+tx.forUpdate(), dir, t, id)
}

func getRecord(ctx context.Context, tx *tx, query string, dir scim.Directory, t *schema.ResourceType, id string) (*scim.Record, error) {
	var rec *scim.Record
	err := tx.get(ctx, func(row scanner) (err error) {
		rec, err = scanRecord(row)
		return err
	}, query, dir.TenantID, id, dir.ConnectionID, t.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, scim.ErrNotFound
	}
	return rec, err
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

	allowPending bool // members that are not in the directory may wait
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
	if err := w.record.add(w.batch, w.now); err != nil {
		return err
	}
	w.refuseOutdated()
	return w.flush(ctx)
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
