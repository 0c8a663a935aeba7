package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
)

// Health reads what is known of how connections are doing.
type Health struct{ db *DB }

// NewHealth returns what a database knows of connections.
func NewHealth(db *DB) *Health { return &Health{db} }

var _ health.Store = (*Health)(nil)

// tokensShown bounds how many tokens of a page of connections are read: two of
// each can work, the others are told of for a while.
const tokensShown = 5000

// Facts implements health.Store.
func (s *Health) Facts(ctx context.Context, tenant tenants.TenantID, sel health.Selection, at time.Time) ([]*health.Facts, error) {
	var list []*health.Facts
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		all, err := tx.connectionPage(ctx, tenant, sel)
		if err != nil {
			return err
		}
		list = all
		if len(list) == 0 {
			return nil
		}
		return tx.readFacts(ctx, tenant, list, at)
	})
	if err != nil {
		return nil, fmt.Errorf("read how connections are doing: %w", err)
	}
	return list, nil
}

func (t *tx) connectionPage(ctx context.Context, tenant tenants.TenantID, sel health.Selection) ([]*health.Facts, error) {
	var list []*health.Facts
	query, args := selectAnyConnection+` and c.tenant_id = $1 and c.id > $2`, []any{tenant, sel.After}
	if !sel.Only.IsZero() {
		query, args = query+` and c.id = $4`, append(args, max(sel.Limit, 0), sel.Only)
	} else {
		args = append(args, max(sel.Limit, 0))
	}
	err := t.each(ctx, func(row scanner) error {
		c, err := scanConnection(row)
		list = append(list, &health.Facts{Connection: c})
		return err
	}, query+` order by c.id limit cast($3 as bigint)`, args...)
	return list, err
}

// readFacts completes the facts of connections, in one batch.
func (t *tx) readFacts(ctx context.Context, tenant tenants.TenantID, list []*health.Facts, at time.Time) error {
	of := make(map[string]*health.Facts, len(list))
	asked := make([]idRow, len(list))
	for i, f := range list {
		id := f.Connection.ID.UUID()
		of[id], asked[i] = f, idRow{ID: id}
	}
	r := &factsReader{tx: t, of: of, tenant: tenant, asked: jsonParam(asked)}
	b := &batch{}
	r.tokens(b)
	r.states(b)
	r.directories(b)
	r.hours(b, at.Add(-24*time.Hour))
	r.pauses(b)
	return t.last(ctx, b)
}

// factsReader is one batch of readFacts. Every statement is about all of the
// connections.
type factsReader struct {
	*tx
	of     map[string]*health.Facts
	tenant tenants.TenantID
	asked  string // for jsonRows
}

func (r *factsReader) tokens(b *batch) {
	b.query(func(row scanner) error {
		k, err := scanToken(row)
		if err != nil {
			return err
		}
		if f := r.of[k.ConnectionID.UUID()]; f != nil {
			f.Tokens = append(f.Tokens, k)
		}
		return nil
	}, selectToken+` and k.tenant_id = $1 and k.connection_id in (select a.id from `+r.jsonRows("$2", "a", "id uuid")+`)
		order by k.id desc limit cast($3 as bigint)`, r.tenant, r.asked, tokensShown)
}

func (r *factsReader) states(b *batch) {
	b.query(func(row scanner) error {
		var id string
		var state []byte
		var at int64
		err := row.Scan(&id, &state, &at)
		if f := r.of[id]; f != nil {
			f.State, f.StateAt = state, fromMicros(at)
		}
		return err
	}, `
		select s.connection_id, s.state, s.updated_at
		from `+r.jsonRows("$2", "a", "id uuid")+` cross join connection_states s
		where s.tenant_id = $1 and s.connection_id = a.id`, r.tenant, r.asked)
}

func (r *factsReader) directories(b *batch) {
	b.query(func(row scanner) error {
		var id, typ string
		var total, active int
		err := row.Scan(&id, &typ, &total, &active)
		if f := r.of[id]; f != nil && typ == "User" {
			f.Directory.People, f.Directory.Active = total, active
		} else if f != nil {
			f.Directory.Groups = total
		}
		return err
	}, `
		select d.connection_id, d.resource_type, d.total, d.active
		from `+r.jsonRows("$2", "a", "id uuid")+` cross join directory_totals d
		where d.tenant_id = $1 and d.connection_id = a.id and d.resource_type in ('User', 'Group')`, r.tenant, r.asked)
}

// hours adds up those that have anything after since.
func (r *factsReader) hours(b *batch, since time.Time) {
	b.query(func(row scanner) error {
		var id string
		var day health.Counted
		err := row.Scan(&id, &day.Requests, &day.Changes, &day.Refused, &day.Failed)
		if f := r.of[id]; f != nil {
			f.Day = day
		}
		return err
	}, `
		select h.connection_id, cast(sum(h.requests) as bigint), cast(sum(h.changes) as bigint),
			cast(sum(h.refused) as bigint), cast(sum(h.failed) as bigint)
		from `+r.jsonRows("$2", "a", "id uuid")+` cross join request_hours h
		where h.tenant_id = $1 and h.connection_id = a.id and h.hour > $3
		group by h.connection_id`, r.tenant, r.asked, since.Add(-time.Hour).UnixMicro())
}

// pauses finds out who paused the connections that are.
func (r *factsReader) pauses(b *batch) {
	var asked []idRow
	for id, f := range r.of {
		if f.Connection.State() == tenants.ConnectionPaused {
			asked = append(asked, idRow{ID: id})
		}
	}
	if len(asked) == 0 {
		return
	}
	b.query(func(row scanner) error {
		var id string
		var at sql.NullInt64
		var by sql.NullString
		err := row.Scan(&id, &at, &by)
		if f := r.of[id]; f != nil {
			f.PausedAt, f.PausedBy = fromNull(at), by.String
		}
		return err
	}, `
		select latest.target_id, latest.occurred_at, latest.actor_name
		from (
			select e.target_id, e.occurred_at, e.actor_name,
				row_number() over (partition by e.target_id order by e.number desc) as place
			from `+r.jsonRows("$2", "a", "id uuid")+` cross join audit e
			where e.tenant_id = $1 and e.target_id = a.id and e.action = 'connection.paused'
		) latest
		where latest.place = 1`, r.tenant, jsonParam(asked))
}
