package scim

import (
	"context"
	"fmt"
	"net/http"

	"github.com/roster-scim/roster/scim/schema"
)

// Get answers one resource (RFC 7644 section 3.4.1).
func (e *Engine) Get(ctx context.Context, c *Caller, t *schema.ResourceType, id string,
	p Projection, pre Preconditions) (*Response, error) {
	if err := c.allow(ActionRead, t); err != nil {
		return nil, err
	}
	r := newRenderer(c, t, p)
	if pre.IfNoneMatch != "" && r.wantsMembers() {
		response, err := e.unchanged(ctx, r, id, pre)
		if response != nil || err != nil {
			return response, err
		}
	}
	record, err := e.store.Get(ctx, c.Directory, t, id, r.with())
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", t.Name, err)
	}
	return respond(http.StatusOK, r, record, pre)
}

// unchanged answers 304 if the client has the resource as it is, without reading
// its members; otherwise it returns no answer.
func (e *Engine) unchanged(ctx context.Context, r *renderer, id string, pre Preconditions) (*Response, error) {
	record, err := e.store.Get(ctx, r.caller.Directory, r.kind, id, versionOf(r.kind))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", r.kind.Name, err)
	}
	if !pre.notModified(record.etag()) {
		return nil, nil
	}
	return r.notModified(record), nil
}

// respond renders a resource as the answer to a read or a write.
func respond(status int, r *renderer, record *Record, pre Preconditions) (*Response, error) {
	if status == http.StatusOK && pre.IfNoneMatch != "" && pre.notModified(record.etag()) {
		return r.notModified(record), nil
	}
	s, err := r.show(record)
	if err != nil {
		return nil, err
	}
	return r.head(status, record).fill(s.size(), s.write), nil
}

func (r *renderer) notModified(record *Record) *Response {
	return r.head(http.StatusNotModified, record)
}

// head is an answer about one resource without its body.
func (r *renderer) head(status int, record *Record) *Response {
	return &Response{Status: status, ETag: record.etag(), Location: r.location(record.ID), Pending: record.Pending}
}
