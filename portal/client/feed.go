package client

import (
	"context"
	"errors"
	"time"
)

// FeedConsumer mirrors all tenants. Without a cursor it begins with a snapshot
// of each tenant and goes on with the events after them; it does so again if it
// was away for so long that the server no longer keeps the events it missed. Its
// API key must be for the whole installation and may tenants:read besides.
type FeedConsumer struct {
	Client *Client
	Cursor Cursor
	// Snapshot replaces everything that the app has of one tenant. nil: the
	// consumer begins with the first event that is kept, and ends if its place
	// has expired.
	Snapshot func(context.Context, *Snapshot) error
	// Begun is called when all snapshots are taken: these are the tenants that
	// there are, so that the app can drop what it has of others, and from the
	// cursor the consumer goes on. nil: nobody needs to know.
	Begun func(ctx context.Context, tenants []string, cursor string) error
	// Apply applies events in order; they are of several tenants.
	Apply func(context.Context, Batch) error
	// Applied returns the sequence of the tenant's last event that is applied, 0
	// if there is none. With it, repetitions are left out and gaps are seen also
	// across restarts. nil: a tenant's first event after a restart is taken as
	// it comes.
	Applied func(ctx context.Context, tenant string) (int64, error)
	Options

	cursor string
	loaded bool
	placed bool       // cursor is one to go on from
	begun  *beginning // snapshots that are being taken
	lines  lines
}

// Run consumes until the context ends, like [TenantConsumer.Run].
func (c *FeedConsumer) Run(ctx context.Context) error {
	if err := errors.Join(c.Client.check(), c.check()); err != nil {
		return err
	}
	c.loaded, c.begun, c.lines = false, nil, lines{}
	return repeat(ctx, c.sleep, c.log(), c.step)
}

func (c *FeedConsumer) check() error {
	if c.Cursor == nil || c.Apply == nil {
		return errors.New("roster: a FeedConsumer needs Cursor and Apply")
	}
	return c.Options.check()
}

func (c *FeedConsumer) step(ctx context.Context) error {
	switch {
	case !c.loaded:
		return c.load(ctx)
	case !c.placed:
		return c.begin(ctx)
	}
	err := c.follow(ctx)
	if isExpired(err) && c.Snapshot != nil {
		c.log().WarnContext(ctx, "roster: taking snapshots of all tenants", "reason", err)
		c.placed = false
		return nil
	}
	return err
}

func (c *FeedConsumer) load(ctx context.Context) error {
	cursor, err := c.Cursor.Load(ctx)
	if err != nil {
		return err
	}
	c.cursor, c.placed, c.loaded = cursor, cursor != "" || c.Snapshot == nil, true
	return nil
}

var errNoCursor = errors.New("roster: the server has not said where its feed goes on")

type feedPage struct {
	Items      []Event
	NextCursor string `json:"next_cursor"`
}

func (c *FeedConsumer) follow(ctx context.Context) error {
	asked := time.Now()
	query := c.query()
	if c.cursor != "" {
		query.Set("cursor", c.cursor)
	}
	var page feedPage
	if err := c.Client.get(ctx, "/api/v1/events", query, c.wait()+answerTime, &page); err != nil {
		return err
	}
	if page.NextCursor == "" {
		return errNoCursor
	}
	moved := lines{}
	events, err := c.fresh(ctx, page.Items, moved)
	if err != nil {
		return err
	}
	if page.NextCursor == c.cursor {
		c.idle(ctx, asked)
		return nil
	}
	batch := Batch{Events: events, Cursor: page.NextCursor}
	if err := c.Apply(ctx, batch); err != nil {
		c.doubt()
		return err
	}
	c.cursor = page.NextCursor
	c.lines.take(moved)
	return keep(ctx, c.Cursor, batch.Cursor)
}

// doubt forgets what is known from handlers: a transaction that has failed may
// have been committed nevertheless.
func (c *FeedConsumer) doubt() {
	c.loaded = false
	if c.Applied != nil {
		c.lines = lines{}
	}
}

// fresh are the events that have not been applied. moved gets where their
// tenants are after them.
func (c *FeedConsumer) fresh(ctx context.Context, events []Event, moved lines) ([]Event, error) {
	var fresh []Event
	for _, e := range events {
		l, err := c.line(ctx, e.TenantID, moved)
		if err != nil {
			return nil, err
		}
		is, err := l.step(e)
		if err != nil {
			return nil, err
		}
		if is {
			fresh = append(fresh, e)
		}
		moved[e.TenantID] = l
	}
	return fresh, nil
}

func (c *FeedConsumer) line(ctx context.Context, tenant string, moved lines) (line, error) {
	if l, ok := moved[tenant]; ok {
		return l, nil
	}
	if l, ok := c.lines[tenant]; ok {
		return l, nil
	}
	l := line{tenant: tenant, filtered: len(c.Types) > 0}
	if c.Applied == nil {
		return l, nil
	}
	last, err := c.Applied(ctx, tenant)
	l.last, l.known = last, true
	return l, err
}
