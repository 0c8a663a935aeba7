package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/roster-scim/roster/tenants/audit"
)

// Audit reads audit logs.
type Audit struct{ db *DB }

// NewAudit returns the audit logs of a database.
func NewAudit(db *DB) *Audit { return &Audit{db} }

var _ audit.Store = (*Audit)(nil)

const selectAudit = `
	select a.tenant_id, a.number, a.id, a.connection_id, a.actor, a.actor_name, a.action, a.target_type, a.target_id,
		a.target_name, a.changes, a.occurred_at, a.address, a.user_agent, a.request_id, a.hash
	from audit a
	where a.tenant_id = $1 and `

func scanAudit(row scanner) (e audit.Entry, err error) {
	var at int64
	var connection, target sql.NullString
	err = row.Scan(&e.TenantID, &e.Number, &e.ID, &connection, &e.Actor, &e.ActorName, &e.Action, &e.TargetType, &target,
		&e.TargetName, (*[]byte)(&e.Changes), &at, &e.Address, &e.UserAgent, &e.RequestID, &e.Hash)
	e.ConnectionID, e.TargetID, e.At = connection.String, target.String, fromMicros(at)
	return e, err
}

// Audit implements audit.Store.
func (s *Audit) Audit(ctx context.Context, q audit.Query) ([]audit.Entry, error) {
	p := &params{[]any{q.TenantID}}
	before := cmp.Or(q.Before, math.MaxInt64)
	where := "a.number < " + p.number(int(before)) + auditFilter(p, q.Filter)
	return s.read(ctx, q.TenantID, where+" order by a.number desc limit "+p.number(q.Limit), p.values)
}

// AuditAfter implements audit.Store.
func (s *Audit) AuditAfter(ctx context.Context, tenantID string, after int64, limit int, f audit.Filter) ([]audit.Entry, error) {
	p := &params{[]any{tenantID}}
	where := "a.number > " + p.number(int(after)) + auditFilter(p, f)
	return s.read(ctx, tenantID, where+" order by a.number limit "+p.number(limit), p.values)
}

func (s *Audit) read(ctx context.Context, tenantID, where string, args []any) ([]audit.Entry, error) {
	var all []audit.Entry
	err := s.db.view(ctx, tenantID, func(tx *tx) error {
		all = nil
		b := &batch{}
		b.query(func(row scanner) error {
			e, err := scanAudit(row)
			all = append(all, e)
			return err
		}, selectAudit+where, args...)
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	return all, nil
}

// AuditHead implements audit.Store.
func (s *Audit) AuditHead(ctx context.Context, tenantID string) (audit.Head, error) {
	var head audit.Head
	err := s.db.view(ctx, tenantID, func(tx *tx) error {
		err := tx.get(ctx, func(row scanner) error { return row.Scan(&head.Number, &head.Hash) },
			`select audit_number, audit_hash from tenant_sequences where tenant_id = $1`, tenantID)
		if errors.Is(err, sql.ErrNoRows) {
			head = audit.Head{}
			return nil
		}
		return err
	})
	if err != nil {
		return audit.Head{}, fmt.Errorf("read the end of the audit log: %w", err)
	}
	return head, nil
}

// AuditLogs implements audit.Store.
func (s *Audit) AuditLogs(ctx context.Context, after string, limit int) ([]string, error) {
	ids, err := findAll(ctx, s.db, "audit logs", func(row scanner) (*string, error) {
		var id string
		return &id, row.Scan(&id)
	}, `select id from tenants where id > $1 order by id limit cast($2 as bigint)`, after, limit)
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = *id
	}
	return all, err
}

// auditFilter is the condition that a filter adds.
func auditFilter(p *params, f audit.Filter) string {
	var where strings.Builder
	if f.Actor != "" {
		where.WriteString(" and a.actor = " + p.add(f.Actor))
	}
	if prefix, ok := strings.CutSuffix(f.Action, "."); ok {
		// Everything that begins with "prefix.": '/' comes behind '.'.
		where.WriteString(" and a.action > " + p.add(prefix+".") + " and a.action < " + p.add(prefix+"/"))
	} else if f.Action != "" {
		where.WriteString(" and a.action = " + p.add(f.Action))
	}
	if f.Target != "" {
		where.WriteString(" and a.target_id = " + p.add(f.Target))
	}
	if !f.Since.IsZero() {
		where.WriteString(" and a.occurred_at >= " + p.number(int(f.Since.UnixMicro())))
	}
	if !f.Until.IsZero() {
		where.WriteString(" and a.occurred_at < " + p.number(int(f.Until.UnixMicro())))
	}
	return where.String()
}
