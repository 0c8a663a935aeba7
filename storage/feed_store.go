package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants/events"
)

// Feed is the order of events across tenants. Its statements do not queue for
// connections behind requests.
type Feed struct{ db *DB }

var (
	_ events.Feed  = (*Feed)(nil)
	_ events.Watch = (*Feed)(nil)
)

// NewFeed returns the feed of a database.
func NewFeed(db *DB) *Feed { return &Feed{db.aside()} }

// Listen implements events.Watch. There is one listener.
func (s *Feed) Listen(l events.Listener) { s.db.fresh.listener.Store(&l) }

// Fresh implements events.Feed.
func (s *Feed) Fresh() <-chan struct{} { return s.db.fresh.news }

// Take implements events.Feed.
func (s *Feed) Take(limit int) []string { return s.db.fresh.take(limit) }

// PutBack implements events.Feed.
func (s *Feed) PutBack(tenantIDs []string) { s.db.fresh.add(tenantIDs) }

// seeSequences lets the transaction see the sequences of all tenants, and nothing
// else of them.
func (t *tx) seeSequences(ctx context.Context) error {
	if !t.writersOverlap() { // SQLite: nothing is confined there
		return nil
	}
	return t.mark(ctx, `set local roster.feed = 'on'`)
}

// Behind implements events.Feed.
func (s *Feed) Behind(ctx context.Context, limit int) ([]string, error) {
	var ids []string
	err := s.db.view(ctx, "", func(tx *tx) error {
		ids = nil
		if err := tx.seeSequences(ctx); err != nil {
			return err
		}
		b := &batch{}
		b.query(func(row scanner) error {
			var id string
			err := row.Scan(&id)
			ids = append(ids, id)
			return err
		}, `
			/* feed */
			select s.tenant_id from tenant_sequences s left join feed_tenants f on f.tenant_id = s.tenant_id
			where s.sequence > coalesce(f.sequence, 0) limit cast($1 as bigint)`, limit)
		return tx.last(ctx, b)
	})
	return ids, wrapIf("look for events that are not in the feed", err)
}

// Relay implements events.Feed. The row of feed_head is locked until the commit,
// so whoever sees a position sees all before it; and the sequences are read
// behind the lock, so whoever sees a position sees its events.
func (s *Feed) Relay(ctx context.Context, tenantIDs []string) ([]string, error) {
	var list []fresh
	err := s.db.update(ctx, "", func(tx *tx) error {
		head, err := tx.lockFeed(ctx, tenantIDs, &list)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errRollback
		}
		if err := tx.putIntoFeed(ctx, head, list); err != nil {
			return err
		}
		return fanOut(ctx, tx, list)
	})
	if err != nil {
		return nil, fmt.Errorf("put events into the feed: %w", err)
	}
	relayed := make([]string, len(list))
	for i, f := range list {
		relayed[i] = f.tenant
	}
	if listener := s.db.fresh.listener.Load(); listener != nil && len(list) > 0 {
		(*listener).Relayed(relayed)
	}
	return relayed, nil
}

// lockFeed makes other relays wait, and then reads what tenants have that is not
// in the feed.
func (t *tx) lockFeed(ctx context.Context, tenantIDs []string, list *[]fresh) (head int64, err error) {
	*list = nil
	if err := t.seeSequences(ctx); err != nil {
		return 0, err
	}
	b := &batch{}
	b.query(func(row scanner) error { return row.Scan(&head) }, `select h.position from feed_head h`+t.forChange())
	b.query(func(row scanner) error {
		f := fresh{}
		err := row.Scan(&f.tenant, &f.from, &f.to)
		*list = append(*list, f)
		return err
	}, `
		/* feed */
		select s.tenant_id, coalesce(f.sequence, 0) + 1, s.sequence
		from `+t.jsonRows("$1", "n", "id uuid")+` cross join tenant_sequences s left join feed_tenants f on f.tenant_id = s.tenant_id
		where s.tenant_id = n.id and s.sequence > coalesce(f.sequence, 0)
		order by s.tenant_id`, jsonParam(rowsOf(tenantIDs)))
	err = t.send(ctx, b)
	t.readClock()
	return head, err
}

// feedRow is a row of feed as jsonRows has it.
type feedRow struct {
	Tenant   string `json:"tenant"`
	Position int64  `json:"position"`
	First    int64  `json:"first"`
	Last     int64  `json:"last"`
}

// putIntoFeed gives new events their positions, behind those given out before.
func (t *tx) putIntoFeed(ctx context.Context, head int64, list []fresh) error {
	rows := make([]feedRow, len(list))
	for i, f := range list {
		rows[i] = feedRow{f.tenant, head + 1 + int64(i), f.from, f.to}
	}
	param := jsonParam(rows)
	b := &batch{}
	b.exec(`
		insert into feed (tenant_id, position, first, last, at)
		select n.tenant, n.position, n.first, n.last, $2
		from `+t.jsonRows("$1", "n", "tenant uuid", "position bigint", "first bigint", "last bigint"), param, t.micros())
	b.exec(`
		insert into feed_tenants (tenant_id, sequence)
		select n.tenant, n.last from `+t.jsonRows("$1", "n", "tenant uuid", "last bigint")+`
		where true
		on conflict (tenant_id) do update set sequence = excluded.sequence`, param)
	b.exec(`update feed_head set position = $1`, head+int64(len(list)))
	return t.send(ctx, b)
}

// Head implements events.Watch.
func (s *Feed) Head(ctx context.Context) (head int64, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&head) }, `select h.position from feed_head h`)
		return tx.last(ctx, b)
	})
	return head, wrapIf("find the end of the feed", err)
}

// News implements events.Watch.
func (s *Feed) News(ctx context.Context, behind int64, limit int) (tenantIDs []string, head int64, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		tenantIDs = []string{}
		b := &batch{}
		b.query(func(row scanner) error { return row.Scan(&head) }, `select h.position from feed_head h`)
		b.query(func(row scanner) error {
			var id string
			err := row.Scan(&id)
			tenantIDs = append(tenantIDs, id)
			return err
		}, `select f.tenant_id from feed f where f.position > $1 order by f.position limit cast($2 as bigint)`, behind, limit+1)
		return tx.last(ctx, b)
	})
	if len(tenantIDs) > limit {
		tenantIDs = nil
	}
	return tenantIDs, head, wrapIf("read what is new in the feed", err)
}
