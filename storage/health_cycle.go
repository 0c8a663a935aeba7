package storage

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
)

const selectCycle = `
	select y.id, y.started_at, y.ended_at, y.requests, y.refused, y.failed, y.summary, c.tenant_id, c.id, c.name, c.provider
	from sync_cycles y
	join connections c on c.tenant_id = y.tenant_id and c.id = y.connection_id
	where y.tenant_id = $1`

func scanCycle(row scanner) (*health.StoredCycle, error) {
	y := &health.StoredCycle{Connection: &tenants.Connection{}}
	var started, finished int64
	err := row.Scan(&y.ID, &started, &finished, &y.Requests, &y.Refused, &y.Failed, (*[]byte)(&y.Summary),
		&y.Connection.TenantID, &y.Connection.ID, &y.Connection.Name, &y.Connection.Provider)
	y.StartedAt, y.EndedAt = fromMicros(started), fromMicros(finished)
	return y, err
}

// Cycles implements health.Store.
func (s *Health) Cycles(ctx context.Context, tenant tenants.TenantID, q health.CycleQuery) ([]*health.StoredCycle, error) {
	p := &params{[]any{tenant}}
	query := selectCycle
	if !q.Connection.IsZero() {
		query += ` and y.connection_id = ` + p.add(q.Connection.UUID())
	}
	if !q.Before.IsZero() {
		query += ` and y.id < ` + p.add(q.Before.UUID())
	}
	if !q.Since.IsZero() {
		query += ` and y.started_at >= ` + p.number(int(q.Since.UnixMicro()))
	}
	if !q.Until.IsZero() {
		query += ` and y.started_at < ` + p.number(int(q.Until.UnixMicro()))
	}
	var list []*health.StoredCycle
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		b.query(func(row scanner) error {
			y, err := scanCycle(row)
			list = append(list, y)
			return err
		}, query+` order by y.id desc limit `+p.number(max(q.Limit, 0)), p.values...)
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("list sync cycles: %w", err)
	}
	return list, nil
}

// Cycle implements health.Store.
func (s *Health) Cycle(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.CycleID) (*health.StoredCycle, error) {
	var found *health.StoredCycle
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		return tx.getOne(ctx, func(row scanner) (err error) {
			found, err = scanCycle(row)
			return err
		}, selectCycle+` and y.connection_id = $2 and y.id = $3`, tenant, connection, id)
	})
	if err != nil {
		return nil, wrap("find sync cycle", err)
	}
	return found, nil
}

// Hours implements health.Store.
func (s *Health) Hours(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, since, until time.Time) ([]requestlog.Hour, error) {
	var list []requestlog.Hour
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		list = nil
		b := &batch{}
		b.query(func(row scanner) error {
			var h requestlog.Hour
			var start, duration int64
			err := row.Scan(&start, &h.Requests, &h.Changes, &h.Refused, &h.Failed, &duration)
			h.Start, h.Duration = fromMicros(start), time.Duration(min(duration, math.MaxInt64/1000))*time.Microsecond
			list = append(list, h)
			return err
		}, `
			select h.hour, h.requests, h.changes, h.refused, h.failed, h.duration
			from request_hours h
			where h.tenant_id = $1 and h.connection_id = $2 and h.hour >= $3 and h.hour < $4
			order by h.hour`, tenant, connection, since.UnixMicro(), until.UnixMicro())
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("count requests by the hour: %w", err)
	}
	return list, nil
}

// Changed implements health.Store.
func (s *Health) Changed(ctx context.Context, list []health.Watched) ([]time.Time, error) {
	times := make([]time.Time, len(list))
	places := map[tenants.TenantID]map[string]int{}
	for i, w := range list {
		if places[w.Tenant] == nil {
			places[w.Tenant] = map[string]int{}
		}
		places[w.Tenant][w.Connection.UUID()] = i
	}
	err := s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		for tenant, places := range places {
			tx.readChanges(b, tenant, places, times)
		}
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("look for changes of connections: %w", err)
	}
	return times, nil
}

// readChanges adds to a batch what reads when some of a tenant's states were
// stored, into their places of times.
func (t *tx) readChanges(b *batch, tenant tenants.TenantID, places map[string]int, times []time.Time) {
	asked := make([]idRow, 0, len(places))
	for id, i := range places {
		asked = append(asked, idRow{ID: id})
		times[i] = time.Time{}
	}
	if t.writersOverlap() { // SQLite: nothing is confined there
		b.query(func(scanner) error { return nil }, `select set_config('roster.tenant_id', $1, true)`, tenant.UUID())
	}
	b.query(func(row scanner) error {
		var id string
		var at int64
		err := row.Scan(&id, &at)
		if i, ok := places[id]; ok {
			times[i] = fromMicros(at)
		}
		return err
	}, `
		select s.connection_id, s.updated_at
		from `+t.jsonRows("$2", "a", "id uuid")+` cross join connection_states s
		where s.tenant_id = $1 and s.connection_id = a.id`, tenant, jsonParam(asked))
}
