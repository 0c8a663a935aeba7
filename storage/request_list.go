package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

var _ requestlog.Store = (*Requests)(nil)

// selectRequests reads lines, with bodies or without, up to conditions.
func selectRequests(bodies bool) string {
	columns := `null, null`
	if bodies {
		columns = `r.request_body, r.response_body`
	}
	return `
		select r.tenant_id, r.connection_id, r.id, r.at, r.duration, r.repeats, r.cycle_id, r.method, r.path, r.status,
			r.request_id, r.user_agent, r.address, r.token_id, r.token_hint, r.kind, r.outcome, r.code,
			r.resource_type, cast(r.resource_id as text), r.subject, r.detail, ` + columns + `, c.name, c.provider, coalesce(k.name, '')
		from requests r
		join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
		left join tokens k on k.tenant_id = r.tenant_id and k.id = r.token_id
		where r.tenant_id = $1`
}

func scanRequest(row scanner) (requestlog.Entry, error) {
	var e requestlog.Entry
	var at, duration int64
	var detail []byte
	var cycle, token *string
	var resource, request, response sql.NullString
	l := &e.Line
	err := row.Scan(&l.TenantID, &l.ConnectionID, &l.ID, &at, &duration, &l.Repeats, &cycle, &l.Method, &l.Path, &l.Status,
		&l.RequestID, &l.UserAgent, &l.Address, &token, &l.TokenHint, &l.Kind, &l.Outcome, &l.Code,
		&l.ResourceType, &resource, &l.Subject, &detail, &request, &response, &e.ConnectionName, &e.Provider, &e.TokenName)
	if err != nil {
		return e, err
	}
	l.At, l.Duration = fromMicros(at), time.Duration(duration)*time.Microsecond
	l.ResourceID, l.RequestBody, l.ResponseBody = resource.String, request.String, response.String
	if cycle != nil {
		if err := l.CycleID.Scan(*cycle); err != nil {
			return e, err
		}
	}
	if token != nil {
		if err := l.TokenID.Scan(*token); err != nil {
			return e, err
		}
	}
	if err := json.Unmarshal(detail, &l.Detail); err != nil {
		return e, fmt.Errorf("read a line's detail: %w", err)
	}
	return e, nil
}

// Requests implements requestlog.Store.
func (s *Requests) Requests(ctx context.Context, q requestlog.Query) ([]requestlog.Entry, error) {
	p := &params{[]any{q.TenantID}}
	where := requestFilter(p, &q.Filter)
	order := " order by r.id desc"
	if q.Forward {
		order = " order by r.id"
	}
	if !q.Before.IsZero() {
		where += " and r.id < " + p.add(q.Before)
	}
	if !q.After.IsZero() {
		where += " and r.id > " + p.add(q.After)
	}
	return s.read(ctx, q.TenantID, selectRequests(q.Bodies)+where+order+" limit "+p.number(q.Limit), p.values)
}

// Request implements requestlog.Store.
func (s *Requests) Request(ctx context.Context, tenant tenants.TenantID, connection tenants.ConnectionID, id tenants.RequestID) (*requestlog.Entry, error) {
	all, err := s.read(ctx, tenant, selectRequests(true)+` and r.connection_id = $2 and r.id = $3`, []any{tenant, connection, id})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read the request log: %w", tenants.ErrNotFound)
	}
	return &all[0], nil
}

func (s *Requests) read(ctx context.Context, tenant tenants.TenantID, query string, args []any) ([]requestlog.Entry, error) {
	var all []requestlog.Entry
	err := s.db.view(ctx, tenant.UUID(), func(tx *tx) error {
		all = nil
		b := &batch{}
		b.query(func(row scanner) error {
			e, err := scanRequest(row)
			all = append(all, e)
			return err
		}, query, args...)
		return tx.last(ctx, b)
	})
	if err != nil {
		return nil, fmt.Errorf("read the request log: %w", err)
	}
	return all, nil
}

// requestFilter is the condition that a filter adds. Conditions that follow from
// others are there for the sake of indexes.
func requestFilter(p *params, f *requestlog.Filter) string {
	var where strings.Builder
	and := func(condition string) { where.WriteString(" and " + condition) }
	if !f.Connection.IsZero() {
		and("r.connection_id = " + p.add(f.Connection))
	}
	requestStatusFilter(p, f, and)
	if kinds := requestlog.KindsOf(f.Kind); f.Kind != "" && len(kinds) == 1 {
		and("r.kind = " + p.add(string(kinds[0])))
	} else if f.Kind != "" {
		names := []string{"''"}
		for _, kind := range kinds {
			names = append(names, p.add(string(kind)))
		}
		and("r.kind in (" + strings.Join(names, ", ") + ")")
	}
	requestSubjectFilter(p, f, and)
	if f.RequestID != "" {
		and("r.request_id = " + p.add(f.RequestID))
	}
	if !f.Since.IsZero() {
		and("r.id >= " + p.add(tenants.RequestFloor(f.Since)))
	}
	if !f.Until.IsZero() {
		and("r.id < " + p.add(tenants.RequestFloor(f.Until)))
	}
	return where.String()
}

func requestStatusFilter(p *params, f *requestlog.Filter, and func(string)) {
	if f.Status != 0 {
		and("r.status = " + p.number(f.Status))
	}
	if f.Class != 0 {
		and("r.status >= " + p.number(100*f.Class) + " and r.status < " + p.number(100*f.Class+100))
	}
	wrong := f.Status >= 400 || f.Class >= 4 || f.Outcome == requestlog.Refused || f.Outcome == requestlog.Failed
	if wrong {
		and("r.outcome in ('refused', 'failed')")
	}
	if f.Outcome != "" {
		and("r.outcome = " + p.add(string(f.Outcome)))
	}
}

func requestSubjectFilter(p *params, f *requestlog.Filter, and func(string)) {
	for _, who := range []struct{ text, resource string }{{f.Person, "User"}, {f.Group, "Group"}} {
		switch {
		case who.text == "":
		case isID(who.text):
			and("r.resource_id = " + p.add(who.text))
		default:
			and("r.subject_key = " + p.add(requestlog.SubjectKey(who.text)) + " and r.subject_key <> '' and r.resource_type = '" + who.resource + "'")
		}
	}
	if f.Resource != "" {
		and("r.resource_id = " + p.add(f.Resource))
	}
	if key := requestlog.SubjectKey(f.Prefix); key != "" {
		and("r.subject_key >= " + p.add(key) + " and r.subject_key < " + p.add(key+"\U0010FFFF") + " and r.subject_key <> ''")
	}
}
