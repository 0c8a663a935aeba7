package storage

import (
	"context"
	"fmt"

	"github.com/roster-scim/roster/tenants/events"
)

// feedRows is how many positions of the feed one reading looks at.
const feedRows = 200

// feedSpan is some new events of a tenant, as a row of the feed has them.
type feedSpan struct {
	tenant                string
	position, first, last int64
}

// Feed implements events.Store.
func (s *Events) Feed(ctx context.Context, after *events.Place, types []events.Type, limit int) (*events.FeedStretch, error) {
	var read *events.FeedStretch
	err := s.db.view(ctx, "", func(tx *tx) error {
		read = &events.FeedStretch{Items: []events.Event{}}
		if after != nil {
			read.Next = *after
		}
		spans, err := tx.feedSpans(ctx, after, read)
		if err != nil || read.Next.Position < read.Pruned || read.Next.Position > read.Head {
			return err
		}
		r := &feedReader{eventList: eventList{limit: limit, items: read.Items}, place: read.Next, spans: spans}
		err = r.read(func(parts []feedPart) error { return tx.fetchEvents(ctx, parts, types, r.bytes) })
		read.Items, read.Next = r.items, r.place
		if len(spans) < feedRows && len(r.spans) == 0 && !r.cut {
			read.Next = events.Place{Position: read.Head} // behind rows of tenants that are gone, too
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read events of all tenants: %w", err)
	}
	return read, nil
}

// feedSpans reads the rows of the feed behind a place, and how far the feed goes.
func (t *tx) feedSpans(ctx context.Context, after *events.Place, to *events.FeedStretch) ([]feedSpan, error) {
	var spans []feedSpan
	b := &batch{}
	b.query(func(row scanner) error { return row.Scan(&to.Head, &to.Pruned) }, `select h.position, h.pruned from feed_head h`)
	b.query(func(row scanner) error {
		f := feedSpan{}
		err := row.Scan(&f.tenant, &f.position, &f.first, &f.last)
		spans = append(spans, f)
		return err
	}, `
		select f.tenant_id, f.position, f.first, f.last from feed f
		where f.position > $1 and f.position > (select h.pruned from feed_head h)
		order by f.position limit cast($2 as bigint)`, to.Next.Position, feedRows)
	if err := t.send(ctx, b); err != nil {
		return nil, err
	}
	if after == nil {
		to.Next = events.Place{Position: to.Pruned}
	}
	return spans, nil
}

// feedReader collects the events of rows of the feed, in their order.
type feedReader struct {
	eventList
	place events.Place
	spans []feedSpan // that are left
	cut   bool       // what was read had no room
}

// feedPart is numbers of a row, above from and up to to, and their events.
type feedPart struct {
	feedSpan
	from, to int64
	found    []events.Event
}

// read goes through the rows round by round: each looks through as many numbers
// as all before it, since of the wanted types there seem to be few.
func (r *feedReader) read(fetch func(parts []feedPart) error) error {
	room, scanned := int64(r.limit), int64(0)
	for len(r.spans) > 0 && !r.full() && scanned < eventsAtOnce {
		parts := r.parts(room)
		if err := fetch(parts); err != nil {
			return err
		}
		for i := range parts {
			r.takePart(&parts[i])
			scanned += parts[i].to - parts[i].from
		}
		room = max(scanned, int64(r.limit))
	}
	return nil
}

// fetchEvents reads the events of parts in one go, each confined to its tenant.
// size is how much data was taken before.
func (t *tx) fetchEvents(ctx context.Context, parts []feedPart, types []events.Type, size int) error {
	b := &batch{}
	for i := range parts {
		p := &parts[i]
		t.addConfine(b, p.tenant)
		addEvents(b, p.tenant, p.from, p.to, types, eventChunk, func(e events.Event) {
			if size >= eventBytes {
				e.Data, e.Previous = nil, nil // there is no room for it, only for knowing that
			}
			size += len(e.Data) + len(e.Previous)
			p.found = append(p.found, e)
		})
	}
	return t.send(ctx, b)
}

// parts cuts the next so many numbers out of the rows, each part as small as one
// statement reads it. A place within a row is within the one directly behind its
// position; that may be gone with its tenant.
func (r *feedReader) parts(room int64) []feedPart {
	var parts []feedPart
	for room > 0 && len(r.spans) > 0 {
		s := r.spans[0]
		from := s.first - 1
		if s.position == r.place.Position+1 {
			from = max(from, r.place.Sequence)
		}
		for room > 0 && from < s.last {
			to := min(s.last, from+min(room, eventChunk))
			parts = append(parts, feedPart{feedSpan: s, from: from, to: to})
			room -= to - from
			from = to
		}
		if from < s.last { // the rest is for the next round
			r.spans[0].first = from + 1
			break
		}
		r.spans = r.spans[1:]
	}
	return parts
}

// takePart takes the events of a part and moves the place on, unless a part
// before it had to be cut.
func (r *feedReader) takePart(p *feedPart) {
	for _, e := range p.found {
		if r.cut = r.cut || !r.take(e); r.cut {
			return
		}
		r.place = p.behind(e.Sequence)
	}
	if !r.cut {
		r.place = p.behind(p.to)
	}
}

// behind is the place behind a number of the row.
func (s *feedSpan) behind(sequence int64) events.Place {
	if sequence == s.last {
		return events.Place{Position: s.position}
	}
	return events.Place{Position: s.position - 1, Sequence: sequence}
}

// addConfine makes the statements behind it those of another tenant.
func (t *tx) addConfine(b *batch, tenant string) {
	if t.writersOverlap() { // SQLite: nothing is confined there
		b.query(func(row scanner) error {
			var set string
			return row.Scan(&set)
		}, `select set_config('roster.tenant_id', $1, true)`, tenant)
	}
}
