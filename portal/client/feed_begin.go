package client

import (
	"context"
	"net/http"
	"net/url"
)

// beginning is how far the snapshots of all tenants are, so that a lost
// connection costs one of them and not all.
type beginning struct {
	place   string // in the feed, before what happened after the first snapshot
	tenants []string
	taken   map[string]bool
	lines   lines
}

// begin takes a snapshot of every tenant, after it has asked for a place in the
// feed: what happened in between is in both, and is left out of the feed.
func (c *FeedConsumer) begin(ctx context.Context) error {
	if c.begun == nil {
		place, err := c.Client.feedPlace(ctx)
		if err != nil {
			return err
		}
		c.begun = &beginning{place: place, taken: map[string]bool{}, lines: lines{}}
	}
	if err := c.Client.eachTenant(ctx, c.beginTenant); err != nil {
		return err
	}
	b := c.begun
	if c.Begun != nil {
		if err := c.Begun(ctx, b.tenants, b.place); err != nil {
			c.doubt()
			return err
		}
	}
	c.cursor, c.placed, c.lines, c.begun = b.place, true, b.lines, nil
	return keep(ctx, c.Cursor, b.place)
}

func (c *FeedConsumer) beginTenant(ctx context.Context, tenant string) error {
	b := c.begun
	if b.taken[tenant] {
		return nil
	}
	s, err := c.Client.snapshot(ctx, tenant)
	if isStatus(err, http.StatusNotFound) { // it has gone meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.hand(ctx, c.Snapshot); err != nil {
		return err
	}
	b.taken[tenant], b.tenants = true, append(b.tenants, tenant)
	b.lines.take(lines{tenant: {tenant: tenant, last: s.Sequence, known: true, filtered: len(c.Types) > 0}})
	return nil
}

// feedPlace is a place before anything that is going to happen.
func (c *Client) feedPlace(ctx context.Context) (string, error) {
	var page feedPage
	err := c.get(ctx, "/api/v1/events", url.Values{"cursor": {"now"}, "limit": {"1"}}, answerTime, &page)
	if err == nil && page.NextCursor == "" {
		err = errNoCursor
	}
	return page.NextCursor, err
}

// eachTenant visits every tenant's id.
func (c *Client) eachTenant(ctx context.Context, visit func(context.Context, string) error) error {
	query := url.Values{"limit": {"200"}}
	for {
		var page struct {
			Items      []struct{ ID string }
			NextCursor string `json:"next_cursor"`
		}
		if err := c.get(ctx, "/api/v1/tenants", query, answerTime, &page); err != nil {
			return err
		}
		for _, tenant := range page.Items {
			if err := visit(ctx, tenant.ID); err != nil {
				return err
			}
		}
		if page.NextCursor == "" {
			return nil
		}
		query.Set("cursor", page.NextCursor)
	}
}
