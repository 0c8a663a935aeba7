package portal

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

// auditPlace is where a page of a log begins: behind (in time: before) a row.
type auditPlace struct {
	Before int64 `json:"b"`
}

// ListAudit implements api.StrictServerInterface.
func (h *handlers) ListAudit(ctx context.Context, r api.ListAuditRequestObject) (api.ListAuditResponseObject, error) {
	page, err := h.auditPage(ctx, r.Tenant, api.ListInstallationAuditParams(r.Params))
	return api.ListAudit200JSONResponse(page), err
}

// ListInstallationAudit implements api.StrictServerInterface.
func (h *handlers) ListInstallationAudit(ctx context.Context, r api.ListInstallationAuditRequestObject) (api.ListInstallationAuditResponseObject, error) {
	page, err := h.auditPage(ctx, "", r.Params)
	return api.ListInstallationAudit200JSONResponse(page), err
}

func (h *handlers) auditPage(ctx context.Context, tenant string, p api.ListInstallationAuditParams) (api.AuditEntryList, error) {
	filter, err := auditFilter(p.Actor, p.Action, p.Target, p.Since, p.Until)
	if err != nil {
		return api.AuditEntryList{}, err
	}
	return h.auditEntries(ctx, logOf(tenant), filter, p.Limit, p.Cursor)
}

// GetUserHistory implements api.StrictServerInterface.
func (h *handlers) GetUserHistory(ctx context.Context, r api.GetUserHistoryRequestObject) (api.GetUserHistoryResponseObject, error) {
	id, ok := tenants.StoredID(r.User)
	if !ok {
		return nil, errNotFound
	}
	page, err := h.auditEntries(ctx, logOf(r.Tenant), audit.Filter{Target: id}, r.Params.Limit, r.Params.Cursor)
	if err == nil && len(page.Items) == 0 && r.Params.Cursor == nil {
		return nil, errNotFound // whoever there is has at least been created
	}
	return api.GetUserHistory200JSONResponse(page), err
}

// auditEntries is one page of a log. The cursor is bound to the log and the
// filter: with another one it would not mean the same place.
func (h *handlers) auditEntries(ctx context.Context, log string, filter audit.Filter, limit *int, cursor *string) (api.AuditEntryList, error) {
	kind, place := fmt.Sprintf("audit %s %+v", log, filter), auditPlace{}
	if err := h.cursors.open(kind, orZero(cursor), &place); err != nil {
		return api.AuditEntryList{}, err
	}
	most := pageSize(limit)
	rows, err := h.audit.List(ctx, audit.Query{TenantID: log, Before: place.Before, Limit: most + 1, Filter: filter})
	if err != nil {
		return api.AuditEntryList{}, err
	}
	list := api.AuditEntryList{Items: []api.AuditEntry{}}
	if len(rows) > most {
		rows = rows[:most]
		if list.NextCursor, err = h.next(kind, auditPlace{rows[most-1].Number}); err != nil {
			return api.AuditEntryList{}, err
		}
	}
	shown := h.auditReader(ctx, log)
	for i := range rows {
		list.Items = append(list.Items, auditEntry(shown(&rows[i])))
	}
	return list, nil
}

func auditEntry(e *audit.Entry) api.AuditEntry {
	row := audit.View(e)
	return api.AuditEntry{
		Number: row.Number, At: row.At, Actor: row.Actor, ActorName: row.ActorName, Action: row.Action,
		Target:       &api.AuditTarget{Type: row.Target.Type, ID: row.Target.ID, Name: row.Target.Name},
		ConnectionID: row.ConnectionID, Changes: row.Changes,
		Address: row.Address, UserAgent: row.UserAgent, RequestID: row.RequestID, Hash: row.Hash,
	}
}

// logOf is the log of a tenant, or of the installation for "". The gate has
// checked the id.
func logOf(tenant string) string {
	if id, ok := tenants.StoredID(tenant); ok {
		return id
	}
	return audit.Installation
}

// auditFilter reads the parameters of a filter.
func auditFilter(actor *api.ActorFilter, action *api.ActionFilter, target *api.TargetFilter, since *api.Since, until *api.Until) (audit.Filter, error) {
	f := audit.Filter{Actor: orZero(actor), Action: orZero(action), Since: orZero(since), Until: orZero(until)}
	if target != nil {
		id, ok := tenants.StoredID(*target)
		if !ok {
			return f, &tenants.InvalidError{Field: "target", Reason: "give the id of a user, group, connection, token or the like"}
		}
		f.Target = id
	}
	return f, nil
}

// ExportAudit implements api.StrictServerInterface.
func (h *handlers) ExportAudit(ctx context.Context, r api.ExportAuditRequestObject) (api.ExportAuditResponseObject, error) {
	p := r.Params
	filter, err := auditFilter(p.Actor, p.Action, p.Target, p.Since, p.Until)
	if err != nil {
		return nil, err
	}
	return download{lines: h.export(ctx, logOf(r.Tenant), filter)}, nil
}

// ExportInstallationAudit implements api.StrictServerInterface.
func (h *handlers) ExportInstallationAudit(ctx context.Context, r api.ExportInstallationAuditRequestObject) (api.ExportInstallationAuditResponseObject, error) {
	p := r.Params
	filter, err := auditFilter(p.Actor, p.Action, p.Target, p.Since, p.Until)
	if err != nil {
		return nil, err
	}
	return download{lines: h.export(ctx, audit.Installation, filter)}, nil
}

// export is a log as lines of JSON, read as fast as the client takes them. If
// that fails in the middle the answer breaks off, so that nobody takes a part for
// the whole.
func (h *handlers) export(ctx context.Context, log string, filter audit.Filter) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() {
		buffered := bufio.NewWriter(writer)
		encoder := json.NewEncoder(buffered)
		encoder.SetEscapeHTML(false)
		shown := h.auditReader(ctx, log)
		err := h.audit.Each(ctx, log, filter, func(e *audit.Entry) error { return encoder.Encode(audit.View(shown(e))) })
		if err == nil {
			err = buffered.Flush()
		}
		_ = writer.CloseWithError(err) // never fails
	}()
	return reader
}

// VerifyAudit implements api.StrictServerInterface.
func (h *handlers) VerifyAudit(ctx context.Context, r api.VerifyAuditRequestObject) (api.VerifyAuditResponseObject, error) {
	v, err := h.verify(ctx, logOf(r.Tenant))
	return api.VerifyAudit200JSONResponse(v), err
}

// VerifyInstallationAudit implements api.StrictServerInterface.
func (h *handlers) VerifyInstallationAudit(ctx context.Context, _ api.VerifyInstallationAuditRequestObject) (api.VerifyInstallationAuditResponseObject, error) {
	v, err := h.verify(ctx, audit.Installation)
	return api.VerifyInstallationAudit200JSONResponse(v), err
}

func (h *handlers) verify(ctx context.Context, log string) (api.AuditVerification, error) {
	v, err := h.audit.Verify(ctx, log)
	if err != nil {
		return api.AuditVerification{}, err
	}
	answer := api.AuditVerification{Ok: v.OK(), Rows: v.Rows}
	if len(v.Head.Hash) > 0 {
		head := hex.EncodeToString(v.Head.Hash)
		answer.Head = &head
	}
	if v.Break != nil {
		answer.FirstBreak = &v.Break.Number
	}
	return answer, nil
}
