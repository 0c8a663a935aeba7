package storage

import (
	"context"

	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/trace"
)

// Trace finds people by what they are called.
type Trace struct{ db *DB }

// NewTrace returns what traces people of a database.
func NewTrace(db *DB) *Trace { return &Trace{db} }

var _ trace.Store = (*Trace)(nil)

// keyRange is a key as a range of resource_values.
func keyRange(k trace.Key) valueRange {
	exact := k.Attribute == externalID
	from := k.Value
	switch {
	case k.Attribute == displayed:
		from = firstRunes(schema.Fold(from), maxDisplayed)
	case k.Prefix && !exact:
		from = schema.Fold(from)
	case !k.Prefix:
		from = indexKey(&schema.Attribute{CaseExact: exact}, from)
	}
	r := valueRange{Attribute: k.Attribute, Low: from, High: from + "\x01"} // no text has \x00
	if k.Prefix {
		r.High = behind(from)
	}
	return r
}

// Find implements trace.Store.
func (s *Trace) Find(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, keys []trace.Key, limit int) ([]trace.Hit, error) {
	ranges := make([]valueRange, len(keys))
	for i, k := range keys {
		ranges[i] = keyRange(k)
	}
	p := &params{[]any{tenant, jsonParam(ranges)}}
	where := ""
	if !only.IsZero() {
		where = ` and t.connection_id = ` + p.add(only)
	}
	var hits []trace.Hit
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		hits = nil
		b := &batch{}
		b.query(func(row scanner) error {
			var h trace.Hit
			err := row.Scan(&h.ID, &h.Attribute)
			hits = append(hits, h)
			return err
		}, `
			select v.resource_id, v.attribute
			from `+tx.jsonRows("$2", "k", "attribute text", "low text", "high text")+`
				cross join directory_totals t cross join resource_values v
			where t.tenant_id = $1 and t.resource_type = 'User'`+where+`
				and v.tenant_id = $1 and v.connection_id = t.connection_id and v.resource_type = 'User'
				and v.attribute = k.attribute and v.value >= k.low and v.value < k.high
			limit `+p.number(limit), p.values...)
		return tx.last(ctx, b)
	})
	return hits, wrapIf("find people", err)
}

// Waiting implements trace.Store.
func (s *Trace) Waiting(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, values []string, limit int) ([]trace.Waiting, error) {
	p := &params{[]any{tenant, jsonParam(rowsOf(values))}}
	where := ""
	if !only.IsZero() {
		where = ` and c.id = ` + p.add(only)
	}
	var list []trace.Waiting
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		b.query(func(row scanner) error {
			var w trace.Waiting
			var since int64
			err := row.Scan(&w.Connection, &since, &w.Group)
			w.Since = fromMicros(since)
			list = append(list, w)
			return err
		}, `
			select p.connection_id, p.pending_since, r.display
			from `+tx.jsonRows("$2", "n", "id text")+` cross join connections c cross join pending_members p
				join resources r on r.tenant_id = $1 and r.id = p.group_id
			where c.tenant_id = $1 and p.tenant_id = $1 and p.connection_id = c.id and p.value = n.id`+where+`
			order by p.pending_since, p.group_id limit `+p.number(limit), p.values...)
		return tx.last(ctx, b)
	})
	return list, wrapIf("find who waits", err)
}

// Connections implements trace.Store.
func (s *Trace) Connections(ctx context.Context, tenant tenants.TenantID, only tenants.ConnectionID, limit int) ([]*tenants.Connection, error) {
	p := &params{[]any{tenant}}
	where := ""
	if !only.IsZero() {
		where = ` and c.id = ` + p.add(only)
	}
	var list []*tenants.Connection
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		there := tx.addTenant(b, tenant)
		b.query(func(row scanner) error {
			c := &tenants.Connection{TenantID: tenant}
			list = append(list, c)
			return row.Scan(&c.ID, &c.Name, &c.Provider)
		}, `
			select c.id, c.name, c.provider from connections c
			where c.tenant_id = $1 and c.purged_at is null`+where+`
			order by c.id limit `+p.number(limit), p.values...)
		if err := tx.last(ctx, b); err != nil {
			return err
		}
		return there()
	})
	return list, wrapIf("list connections", err)
}
