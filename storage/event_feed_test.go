package storage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/tenants/events"
)

// feedOf is a feed in memory: rows in order, some of them of tenants that are
// gone, and which of their events are wanted.
type feedOf struct {
	spans  []feedSpan
	wanted map[string]bool // tenant and number
	gone   map[string]bool
}

func drawFeed(t *rapid.T) *feedOf {
	f := &feedOf{wanted: map[string]bool{}, gone: map[string]bool{}}
	last := map[string]int64{}
	for position := int64(1); position <= int64(rapid.IntRange(0, 12).Draw(t, "rows")); position++ {
		tenant := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "tenant")
		n := int64(rapid.SampledFrom([]int{1, 1, 2, 3, 10, eventChunk, 3*eventChunk + 1}).Draw(t, "events"))
		s := feedSpan{tenant: tenant, position: position, first: last[tenant] + 1, last: last[tenant] + n}
		every := rapid.SampledFrom([]int64{1, 2, 7, 1000}).Draw(t, "every")
		for i := s.first; i <= s.last; i++ {
			f.wanted[fmt.Sprint(tenant, i)] = i%every == 0
		}
		last[tenant] = s.last
		f.spans = append(f.spans, s)
	}
	return f
}

// behind are the rows that a reader at a place gets.
func (f *feedOf) behind(place events.Place) []feedSpan {
	return slices.DeleteFunc(slices.Clone(f.spans), func(s feedSpan) bool { return s.position <= place.Position || f.gone[s.tenant] })
}

// fetch is what the database finds for parts of rows.
func (f *feedOf) fetch(t *rapid.T) func(parts []feedPart) error {
	return func(parts []feedPart) error {
		for i := range parts {
			p := &parts[i]
			if p.to <= p.from || p.to-p.from > eventChunk {
				t.Fatalf("a part of %d to %d", p.from, p.to)
			}
			for n := p.from + 1; n <= p.to; n++ {
				if f.wanted[fmt.Sprint(p.tenant, n)] {
					p.found = append(p.found, events.Event{TenantID: p.tenant, Sequence: n})
				}
			}
		}
		return nil
	}
}

// Readers with pages of any size get every wanted event once and in order, also
// when a tenant is gone in the middle of it.
func TestFeedReaderProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeed(t)
		var want, got []string
		for _, s := range f.spans {
			for n := s.first; n <= s.last; n++ {
				if key := fmt.Sprint(s.tenant, n); f.wanted[key] {
					want = append(want, key)
				}
			}
		}
		ends := rapid.IntRange(0, 20).Draw(t, "pages before a tenant is gone")
		place := events.Place{}
		for pages := 0; ; pages++ {
			if pages == ends {
				f.gone["b"] = true
			}
			spans := f.behind(place)
			if len(spans) == 0 {
				break
			}
			r := &feedReader{eventList: eventList{limit: rapid.SampledFrom([]int{1, 2, 3, 10, 60, 400}).Draw(t, "limit")}, place: place, spans: spans}
			if err := r.read(f.fetch(t)); err != nil {
				t.Fatal(err)
			}
			if len(r.items) > r.limit || r.place == place {
				t.Fatalf("%d events of %d, from %+v to %+v", len(r.items), r.limit, place, r.place)
			}
			for _, e := range r.items {
				got = append(got, fmt.Sprint(e.TenantID, e.Sequence))
			}
			place = r.place
		}
		// Of the tenant that is gone, the first events may have been read.
		count := 0
		left := func(key string) bool { return key[0] != 'b' }
		for _, key := range got {
			if !left(key) {
				count++
			}
		}
		taken := 0
		want = slices.DeleteFunc(want, func(key string) bool {
			if left(key) {
				return false
			}
			taken++
			return taken > count
		})
		if !slices.Equal(want, got) {
			t.Fatalf("read %d events, want %d: %.300v", len(got), len(want), cmp.Diff(want, got))
		}
	})
}
