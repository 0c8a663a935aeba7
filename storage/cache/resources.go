package cache

import (
	"context"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/storage"
)

// Resources answers from the shared cache what another scim.Store has: single
// resources without their members, and look-ups by a name. Everything else, and
// every write, goes to that store, whose transactions announce what they change
// to the Guard.
type Resources struct {
	scim.Store
	shared *Shared
}

var _ scim.Store = (*Resources)(nil)

// NewResources puts a cache in front of store.
func NewResources(store scim.Store, shared *Shared) *Resources {
	return &Resources{Store: store, shared: shared}
}

// Get implements scim.Store.
func (r *Resources) Get(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string, with scim.With) (*scim.Record, error) {
	if with.Members || len(id) != idLength {
		return r.Store.Get(ctx, dir, t, id, with)
	}
	record, filling := r.cached(ctx, dir, t, id, with, nil)
	if record != nil {
		return record, nil
	}
	record, err := r.Store.Get(ctx, dir, t, id, with)
	if err == nil {
		r.keep(ctx, filling, t, record)
	}
	return record, err
}

// idLength is the length of every id. Nothing longer gets into a key.
const idLength = 36

// cached asks the cache for a resource.
func (r *Resources) cached(ctx context.Context, dir scim.Directory, t *schema.ResourceType, id string,
	with scim.With, seen *witness) (*scim.Record, *filling) {
	q := question{what: "resource", entry: recordKey(dir, id, with), witness: seen}
	if with.Memberships {
		q.stamps = []key{graphKey(dir)}
	}
	data, hit, filling := r.shared.read(ctx, q)
	if !hit {
		return nil, filling
	}
	typ, record, err := decodeRecord(data)
	if err != nil || typ != t.Name || record.ID != id {
		return nil, nil
	}
	return record, nil
}

func (r *Resources) keep(ctx context.Context, f *filling, t *schema.ResourceType, record *scim.Record) {
	if f != nil && len(record.Document) <= maxEntry {
		r.shared.fill(ctx, f, encodeRecord(t.Name, record))
	}
}

// List implements scim.Store. It answers a look-up in two steps. The second one
// makes sure that the first still holds, so that both are of one moment.
func (r *Resources) List(ctx context.Context, dir scim.Directory, t *schema.ResourceType, q scim.ListQuery) (scim.Page, error) {
	lookup, ok := storage.LookupOf(dir, t, q.Filter)
	if !ok || q.Start != 1 || q.Count < 1 || q.SortBy != nil || q.With.Members {
		return r.Store.List(ctx, dir, t, q)
	}
	at := lookupKey(lookup)
	id, hit, filling := r.shared.read(ctx, question{what: "lookup", entry: at})
	if !hit {
		page, err := r.Store.List(ctx, dir, t, q)
		if err == nil {
			r.keepLookup(ctx, filling, page)
		}
		return page, err
	}
	if id == "" {
		return scim.Page{}, nil
	}
	record, filling := r.cached(ctx, dir, t, id, q.With, &witness{at, id})
	if record != nil {
		return scim.Page{Total: 1, Records: []*scim.Record{record}}, nil
	}
	page, err := r.Store.List(ctx, dir, t, q)
	if err == nil && len(page.Records) == 1 && page.Records[0].ID == id {
		r.keep(ctx, filling, t, page.Records[0])
	}
	return page, err
}

// keepLookup keeps who was found, or that nobody was. Names are unique but for
// some; those are not kept.
func (r *Resources) keepLookup(ctx context.Context, f *filling, page scim.Page) {
	switch {
	case page.Total == 0:
		r.shared.fill(ctx, f, []byte{})
	case page.Total == 1 && len(page.Records) == 1:
		r.shared.fill(ctx, f, []byte(page.Records[0].ID))
	}
}
