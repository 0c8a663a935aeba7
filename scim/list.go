package scim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/roster-scim/roster/scim/schema"
)

// ListResponseURN is the schema of a list answer (RFC 7644 section 3.4.2).
const ListResponseURN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// List answers a page of one resource type (RFC 7644 section 3.4.2).
func (e *Engine) List(ctx context.Context, c *Caller, t *schema.ResourceType, s Search) (*Response, error) {
	if err := c.allow(ActionRead, t); err != nil {
		return nil, err
	}
	types := []*schema.ResourceType{t}
	selections, err := s.bind(types)
	if err != nil {
		return nil, err
	}
	return e.list(ctx, c, s, types, selections)
}

// ListAll answers a page of all resource types (RFC 7644 section 3.4.2.1). The
// caller must be allowed to read each type that can match: an answer without
// some of the matches would look complete.
func (e *Engine) ListAll(ctx context.Context, c *Caller, s Search) (*Response, error) {
	if err := mayReadAny(c); err != nil {
		return nil, err
	}
	types := c.Types.Types()
	selections, err := s.bind(types)
	if err != nil {
		return nil, err
	}
	selections = matchable(selections)
	for _, selection := range selections {
		if err := c.allow(ActionRead, selection.Type); err != nil {
			return nil, err
		}
	}
	return e.list(ctx, c, s, types, selections)
}

// mayReadAny refuses a caller that may read nothing at all.
func mayReadAny(c *Caller) (refusal error) {
	for _, t := range c.Types.Types() {
		err := c.allow(ActionRead, t)
		if err == nil {
			return nil
		}
		if refusal == nil {
			refusal = err
		}
	}
	return refusal
}

// list reads and renders a page of a search that the caller is allowed. types are
// those of the endpoint, whether or not they can match.
func (e *Engine) list(ctx context.Context, c *Caller, s Search,
	types []*schema.ResourceType, selections []Selection) (*Response, error) {
	renderers := make([]*renderer, len(selections))
	for i := range selections {
		r := newRenderer(c, selections[i].Type, s.Projection)
		renderers[i], selections[i].With = r, r.with()
	}
	query := SearchQuery{
		Selections: selections, Sorted: s.SortBy != "", Descending: s.Descending, Start: s.Start, Count: s.Count,
	}
	head := listHead{start: s.Start}
	var here *place
	if s.ByCursor {
		var err error
		here = e.cursors.place(c.Directory, s.identity(types), s.Count)
		if query.After, head.total, err = here.open(s.Cursor, len(selections)); err != nil {
			return nil, err
		}
	}
	results, err := e.find(ctx, c, query)
	if err != nil {
		return nil, fmt.Errorf("list %d resource types: %w", len(selections), err)
	}
	if results.Total != NotCounted {
		head.total = results.Total
	}
	if here != nil && results.Next != nil {
		if head.next, err = here.seal(results.Next, head.total); err != nil {
			return nil, err
		}
	}
	page, size := make([]shown, len(results.Found)), listFrame
	for i, found := range results.Found {
		if page[i], err = rendererOf(renderers, found.Type).show(found.Record); err != nil {
			return nil, err
		}
		size += page[i].size()
	}
	return (&Response{Status: http.StatusOK}).fill(size, func(o *output) {
		head.write(o, len(page), func(i int) { page[i].write(o) })
	}), nil
}

// rendererOf is that of a resource type.
func rendererOf(renderers []*renderer, t *schema.ResourceType) *renderer {
	return renderers[slices.IndexFunc(renderers, func(r *renderer) bool { return r.kind == t })]
}

// find runs a search, in the simplest way that Store has for it.
func (e *Engine) find(ctx context.Context, c *Caller, q SearchQuery) (Results, error) {
	if len(q.Selections) != 1 || q.Start == 0 {
		return e.store.Search(ctx, c.Directory, q)
	}
	one := q.Selections[0]
	page, err := e.store.List(ctx, c.Directory, one.Type, ListQuery{Filter: one.Filter, SortBy: one.SortBy,
		Descending: q.Descending, Start: q.Start, Count: q.Count, With: one.With})
	if err != nil {
		return Results{}, err
	}
	found := make([]Found, len(page.Records))
	for i, record := range page.Records {
		found[i] = Found{Type: one.Type, Record: record}
	}
	return Results{Total: page.Total, Found: found}, nil
}

// listHead is what a list answer says about its page.
type listHead struct {
	total int
	start int    // 0: not said, since pages by cursor have no numbers
	next  string // the cursor of the next page, "" for none
}

// listFrame is about how long a list answer is without its resources, in bytes.
const listFrame = 512

// write writes a ListResponse of n resources. each is called for each in order.
func (h listHead) write(o *output, n int, each func(i int)) {
	b := append(o.buf, `{"schemas":["`+ListResponseURN+`"],"totalResults":`...)
	b = strconv.AppendInt(b, int64(h.total), 10)
	if h.start > 0 {
		b = strconv.AppendInt(append(b, `,"startIndex":`...), int64(h.start), 10)
	}
	b = strconv.AppendInt(append(b, `,"itemsPerPage":`...), int64(n), 10)
	if h.next != "" {
		b = schema.AppendText(append(b, `,"nextCursor":`...), h.next)
	}
	o.buf = append(b, `,"Resources":[`...)
	for i := range n {
		if !o.room() {
			break
		}
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		each(i)
	}
	o.buf = append(o.buf, `]}`...)
}
