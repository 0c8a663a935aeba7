package scim

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/roster-scim/roster/scim/schema"
)

// Get answers one resource (RFC 7644 section 3.4.1).
func (e *Engine) Get(ctx context.Context, c *Caller, t *schema.ResourceType, id string,
	p Projection, pre Preconditions) (*Response, error) {
	if err := c.Guard.Allow(ActionRead, t); err != nil {
		return nil, err
	}
	record, err := e.store.Get(ctx, c.Directory, t, id)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", t.Name, err)
	}
	return e.respond(ctx, http.StatusOK, newRenderer(c, t, p), record, pre)
}

// respond renders a resource as the answer to a read or a write.
func (e *Engine) respond(ctx context.Context, status int, r *renderer, record *Record, pre Preconditions) (*Response, error) {
	all, err := e.compute(ctx, r, []*Record{record}, false)
	if err != nil {
		return nil, err
	}
	response := &Response{Status: status, ETag: all[0].etag(), Location: r.location(record.ID), Pending: record.Pending}
	if pre.notModified(response.ETag) && status == http.StatusOK {
		response.Status = http.StatusNotModified
		return response, nil
	}
	if r.wantsMembers() {
		if all, err = e.compute(ctx, r, []*Record{record}, true); err != nil {
			return nil, err
		}
	}
	var buf bytes.Buffer
	if err := r.write(&buf, all[0]); err != nil {
		return nil, err
	}
	response.Body = buf.Bytes()
	return response, nil
}

// compute adds what is not stored with the records: the groups of users, which
// their version needs, and the members of groups if they are asked for.
func (e *Engine) compute(ctx context.Context, r *renderer, records []*Record, members bool) ([]shown, error) {
	out := make([]shown, len(records))
	ids := make([]string, len(records))
	for i, record := range records {
		out[i].record, ids[i] = record, record.ID
	}
	if groupsAttribute(r.kind) != nil && len(ids) > 0 {
		groups, err := e.store.Memberships(ctx, r.caller.Directory, ids)
		if err != nil {
			return nil, fmt.Errorf("read the groups of %d resources: %w", len(ids), err)
		}
		for i, id := range ids {
			out[i].groups = groups[id]
		}
	}
	if members && len(ids) > 0 {
		sets, err := e.store.Members(ctx, r.caller.Directory, ids)
		if err != nil {
			return nil, fmt.Errorf("read the members of %d groups: %w", len(ids), err)
		}
		for i, id := range ids {
			out[i].members = sets[id]
		}
	}
	return out, nil
}
