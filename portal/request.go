package portal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// ListRequests implements api.StrictServerInterface.
func (h *handlers) ListRequests(ctx context.Context, r api.ListRequestsRequestObject) (api.ListRequestsResponseObject, error) {
	tenant, connection, err := h.livingConnection(ctx, r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	p := r.Params
	filter := requestFilter(&api.ExportRequestsParams{Status: p.Status, Outcome: p.Outcome, Kind: p.Kind, Person: p.Person, Group: p.Group,
		Resource: p.Resource, Q: p.Q, RequestID: p.RequestID, Since: p.Since, Until: p.Until})
	filter.Connection = connection
	page, err := h.requestPage(ctx, tenant, filter, p.Limit, p.Cursor)
	return api.ListRequests200JSONResponse(page), err
}

// ListTenantRequests implements api.StrictServerInterface.
func (h *handlers) ListTenantRequests(ctx context.Context, r api.ListTenantRequestsRequestObject) (api.ListTenantRequestsResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	p := r.Params
	filter := requestFilter(&api.ExportRequestsParams{Status: p.Status, Outcome: p.Outcome, Kind: p.Kind, Person: p.Person, Group: p.Group,
		Resource: p.Resource, Q: p.Q, RequestID: p.RequestID, Since: p.Since, Until: p.Until})
	if filter.Connection, err = onlyConnection(ctx, p.Connection); err != nil {
		return nil, err
	}
	page, err := h.requestPage(ctx, tenant, filter, p.Limit, p.Cursor)
	return api.ListTenantRequests200JSONResponse(page), err
}

// GetRequest implements api.StrictServerInterface.
func (h *handlers) GetRequest(ctx context.Context, r api.GetRequestRequestObject) (api.GetRequestResponseObject, error) {
	_, tenant, connection, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	id, err := tenants.ParseRequestID(r.RequestPath)
	if err != nil {
		return nil, errNotFound
	}
	e, err := h.requests.Get(ctx, tenant, connection, id)
	if err != nil {
		return nil, err
	}
	return api.GetRequest200JSONResponse(requestDetail(ctx, e)), nil
}

// ExportRequests implements api.StrictServerInterface.
func (h *handlers) ExportRequests(ctx context.Context, r api.ExportRequestsRequestObject) (api.ExportRequestsResponseObject, error) {
	tenant, connection, err := h.livingConnection(ctx, r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	filter := requestFilter(&r.Params)
	filter.Connection = connection
	return download{lines: lines(func(write func(any) error) error {
		return h.requests.Each(ctx, tenant, filter, func(e *requestlog.Entry) error { return write(requestDetail(ctx, e)) })
	})}, nil
}

// lines is JSON line by line, made as fast as the client takes it. If that fails
// in the middle the answer breaks off, so that nobody takes a part for the whole.
func lines(each func(write func(any) error) error) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() {
		buffered := bufio.NewWriter(writer)
		encoder := json.NewEncoder(buffered)
		encoder.SetEscapeHTML(false)
		err := each(encoder.Encode)
		if err == nil {
			err = buffered.Flush()
		}
		_ = writer.CloseWithError(err) // never fails
	}()
	return reader
}

// livingConnection is the connection of a path, which must exist.
func (h *handlers) livingConnection(ctx context.Context, tenantPath, path string) (tenants.TenantID, tenants.ConnectionID, error) {
	service, tenant, id, err := h.connectionOf(tenantPath, path)
	if err == nil {
		_, err = service.AnyConnection(ctx, id)
	}
	return tenant, id, err
}

// requestFilter reads what narrows a list. The document has checked the forms.
func requestFilter(p *api.ExportRequestsParams) requestlog.Filter {
	f := requestlog.Filter{
		Outcome: requestlog.Outcome(orZero(p.Outcome)), Kind: orZero(p.Kind), Person: orZero(p.Person), Group: orZero(p.Group),
		Prefix: orZero(p.Q), RequestID: orZero(p.RequestID), Since: orZero(p.Since), Until: orZero(p.Until),
	}
	if p.Resource != nil {
		f.Resource = *p.Resource
	}
	status := orZero(p.Status)
	if n, err := strconv.Atoi(status); err == nil {
		f.Status = n
	} else if status != "" {
		f.Class = int(status[0] - '0')
	}
	return f
}

// requestPage is a page of lines, the newest first.
func (h *handlers) requestPage(ctx context.Context, tenant tenants.TenantID, f requestlog.Filter, limit *int, cursor *string) (api.LoggedRequestList, error) {
	kind, place, size := fmt.Sprintf("requests %s %+v", tenant, f), idPlace{}, pageSize(limit)
	before, err := openID(h, kind, cursor, &place, tenants.ParseRequestID)
	if err != nil {
		return api.LoggedRequestList{}, err
	}
	list, err := h.requests.List(ctx, tenant, f, before, size+1)
	if err != nil {
		return api.LoggedRequestList{}, err
	}
	list, next, err := pageOf(h, kind, size, list, func(e requestlog.Entry) any { return idPlace{e.ID.String()} })
	return api.LoggedRequestList{NextCursor: next, Items: answers(list, func(e requestlog.Entry) api.LoggedRequest {
		return requestAnswer(ctx, &e)
	})}, err
}
