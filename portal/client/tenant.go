package client

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// TenantConsumer mirrors one tenant. Without a cursor it begins with a snapshot
// and goes on with the events after it; it does so again if it was away for so
// long that the server no longer keeps the events it missed.
type TenantConsumer struct {
	Client *Client
	Tenant string // "ten01…"
	Cursor Cursor
	// Snapshot replaces everything that the app has of the tenant. nil: the
	// consumer begins with the first event that is kept, and ends if its place
	// has expired.
	Snapshot func(context.Context, *Snapshot) error
	// Apply applies events in order.
	Apply func(context.Context, Batch) error
	Options

	place  int64 // the sequence of the last event that was applied
	loaded bool
	placed bool // place is one to go on from
}

// Run consumes until the context ends, and then returns its error. It returns
// earlier if going on would be wrong: a handler failed, events are missing
// ([SequenceError]), or the server refused for good ([Error]). A consumer runs
// once at a time.
func (c *TenantConsumer) Run(ctx context.Context) error {
	if err := errors.Join(c.Client.check(), c.check()); err != nil {
		return err
	}
	c.loaded = false
	return repeat(ctx, c.sleep, c.log(), c.step)
}

func (c *TenantConsumer) check() error {
	if c.Tenant == "" || c.Cursor == nil || c.Apply == nil {
		return errors.New("roster: a TenantConsumer needs Tenant, Cursor and Apply")
	}
	return c.Options.check()
}

func (c *TenantConsumer) load(ctx context.Context) error {
	text, err := c.Cursor.Load(ctx)
	if err != nil {
		return err
	}
	c.place, c.placed, c.loaded = 0, text != "" || c.Snapshot == nil, true
	if text == "" {
		return nil
	}
	if c.place, err = strconv.ParseInt(text, 10, 64); err != nil || c.place < 0 {
		return fmt.Errorf("roster: the cursor of tenant %s is %q, which is no sequence number", c.Tenant, text)
	}
	return nil
}

func (c *TenantConsumer) step(ctx context.Context) error {
	switch {
	case !c.loaded:
		return c.load(ctx)
	case !c.placed:
		return c.begin(ctx)
	}
	err := c.follow(ctx)
	if isExpired(err) && c.Snapshot != nil {
		c.log().WarnContext(ctx, "roster: taking a snapshot", "tenant", c.Tenant, "reason", err)
		c.placed = false
		return nil
	}
	return err
}

// begin takes a snapshot. Nothing is kept of one that was cut off.
func (c *TenantConsumer) begin(ctx context.Context) error {
	s, err := c.Client.snapshot(ctx, c.Tenant)
	if err != nil {
		return err
	}
	s.Cursor = strconv.FormatInt(s.Sequence, 10)
	if err := s.hand(ctx, c.Snapshot); err != nil {
		c.loaded = false
		return err
	}
	c.place, c.placed = s.Sequence, true
	return keep(ctx, c.Cursor, s.Cursor)
}

type tenantPage struct {
	Items     []Event
	Last      int64
	NextAfter int64 `json:"next_after"`
}

func (c *TenantConsumer) follow(ctx context.Context) error {
	asked := time.Now()
	query := c.query()
	query.Set("after", strconv.FormatInt(c.place, 10))
	var page tenantPage
	if err := c.Client.get(ctx, "/api/v1/tenants/"+url.PathEscape(c.Tenant)+"/events", query, c.wait()+answerTime, &page); err != nil {
		return err
	}
	if page.Last < c.place {
		return &SequenceError{Tenant: c.Tenant, Want: c.place + 1, Got: page.Last + 1}
	}
	line := line{tenant: c.Tenant, last: c.place, known: true, filtered: len(c.Types) > 0}
	events, err := line.next(page.Items)
	if err != nil {
		return err
	}
	place := line.last
	if line.filtered {
		place = max(place, page.NextAfter)
	}
	if place == c.place {
		c.idle(ctx, asked)
		return nil
	}
	batch := Batch{Events: events, Cursor: strconv.FormatInt(place, 10)}
	if err := c.Apply(ctx, batch); err != nil {
		c.loaded = false // its transaction may have been committed nevertheless
		return err
	}
	c.place = place
	return keep(ctx, c.Cursor, batch.Cursor)
}
