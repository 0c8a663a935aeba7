package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// Bounds of one reading of events.
const (
	// eventsAtOnce is how many numbers of a sequence are looked through for
	// events of some types.
	eventsAtOnce = 20_000
	// eventBytes is how much data of events a reading collects; the event that
	// passes it is the last one.
	eventBytes = 8 << 20
	// eventChunk is how many events one statement reads.
	eventChunk = 250
)

// Events reads what tenants' events tell.
type Events struct {
	db    *DB
	types Registries
}

var _ events.Store = (*Events)(nil)

// NewEvents returns the events of a database. types knows which attributes are
// never shown.
func NewEvents(db *DB, types Registries) *Events { return &Events{db, types} }

// eventRow is a row of events as it is read.
type eventRow struct {
	events.Event
	at int64
}

const selectEvents = `
	select e.id, e.sequence, e.type, e.occurred_at, e.data, e.previous, e.request_id
	from events e
	where e.tenant_id = $1 and e.sequence > $2 and e.sequence <= $3`

// addEvents has a batch read events of a tenant with numbers above after up to
// last, in order.
func addEvents(b *batch, tenant string, after, last int64, types []events.Type, limit int, take func(events.Event)) {
	p := &params{[]any{tenant, after, last}}
	public := tenants.PublicID("tenant", tenant)
	b.query(func(row scanner) error {
		r := eventRow{}
		err := row.Scan(&r.ID, &r.Sequence, &r.Type, &r.at, (*[]byte)(&r.Data), (*[]byte)(&r.Previous), &r.RequestID)
		if err != nil {
			return err
		}
		r.ID, r.TenantID, r.OccurredAt = tenants.PublicID("event", r.ID), public, fromMicros(r.at)
		take(r.Event)
		return nil
	}, selectEvents+ofTypes(p, types)+` order by e.sequence limit `+p.number(limit), p.values...)
}

// ofTypes is the condition that events are of some types; none are all.
func ofTypes(p *params, types []events.Type) string {
	if len(types) == 0 {
		return ""
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = p.add(string(t))
	}
	return ` and e.type in (` + strings.Join(names, ", ") + `)`
}

// addEventBounds has a batch read between which numbers a tenant has events.
func addEventBounds(b *batch, tenant string, first *sql.NullInt64, last *int64) {
	b.query(func(row scanner) error { return row.Scan(last) },
		`select s.sequence from tenant_sequences s where s.tenant_id = $1`, tenant)
	b.query(func(row scanner) error { return row.Scan(first) },
		`select min(e.sequence) from events e where e.tenant_id = $1`, tenant)
}

// Events implements events.Store.
func (s *Events) Events(ctx context.Context, tenant tenants.TenantID, after int64, types []events.Type, limit int) (*events.Stretch, error) {
	var read *events.Stretch
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		r := &tenantReader{eventList: eventList{limit: limit, items: []events.Event{}}, tenant: tenant.UUID(), types: types, place: after}
		read = &events.Stretch{}
		var first sql.NullInt64
		b := &batch{}
		addEventBounds(b, r.tenant, &first, &read.Last)
		r.next(b, after+eventsAtOnce)
		if err := tx.send(ctx, b); err != nil {
			return err
		}
		read.First = read.Last + 1
		if first.Valid {
			read.First = first.Int64
		}
		if after < read.First-1 || after > read.Last {
			return nil
		}
		err := r.finish(ctx, tx, min(after+eventsAtOnce, read.Last))
		read.Items, read.Next = r.items, r.place
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return read, nil
}

// eventList is events up to a number of them and an amount of data.
type eventList struct {
	limit int
	items []events.Event
	bytes int
}

func (l *eventList) full() bool { return len(l.items) >= l.limit || l.bytes >= eventBytes }

// take reports whether the event has found a place.
func (l *eventList) take(e events.Event) bool {
	if l.full() {
		return false
	}
	l.items = append(l.items, e)
	l.bytes += len(e.Data) + len(e.Previous)
	return true
}

// tenantReader collects events of one tenant, chunk by chunk.
type tenantReader struct {
	eventList
	tenant string
	types  []events.Type
	place  int64 // what was taken ends here
	asked  int   // how large the last chunk may have been
	found  int   // how large it was
}

// next has a batch read the next chunk, of numbers up to last.
func (r *tenantReader) next(b *batch, last int64) {
	r.asked, r.found = min(eventChunk, r.limit-len(r.items)), 0
	addEvents(b, r.tenant, r.place, last, r.types, r.asked, func(e events.Event) {
		if r.found++; r.take(e) {
			r.place = e.Sequence
		}
	})
}

// finish reads what is left behind the first chunk.
func (r *tenantReader) finish(ctx context.Context, t *tx, last int64) error {
	for !r.full() && r.found == r.asked {
		b := &batch{}
		r.next(b, last)
		if err := t.send(ctx, b); err != nil {
			return err
		}
	}
	if !r.full() {
		r.place = last
	}
	return nil
}
