package storage

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// swell makes all events of a tenant large.
func (f *fixture) swell(bytes int) {
	f.t.Helper()
	err := f.db.update(f.ctx, f.dir.TenantID, func(tx *tx) error {
		_, err := tx.exec(f.ctx, `update events set data = $2 where tenant_id = $1`, f.dir.TenantID, `{"x":"`+strings.Repeat("x", bytes)+`"}`)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// Pages of large events are short, and lose none.
func TestFeedOfLargeEvents(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		const large, n = 3 << 20, 7
		for i := range n {
			f.user(strings.Repeat("u", i+1))
		}
		f.swell(large)
		f.relayAll()
		store := NewEvents(f.db, builtIn{})
		var place *events.Place
		var seen int64
		for range n {
			page, err := store.Feed(f.ctx, place, nil, 100)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items)*large > eventBytes+large {
				t.Errorf("a page of %d events of %d bytes", len(page.Items), large)
			}
			for _, e := range page.Items {
				if seen++; e.Sequence != seen || len(e.Data) < large {
					t.Errorf("event %d with %d bytes, want %d", e.Sequence, len(e.Data), seen)
				}
			}
			place = &page.Next
		}
		if seen != n {
			t.Errorf("%d events, want %d", seen, n)
		}
	})
}

// What a worker reads of a queue at a time is bounded by its size too.
func TestWebhookBatchOfLargeEvents(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		for i := range 5 {
			f.user(strings.Repeat("u", i+1))
		}
		f.swell(batchBytes/2 + 1)
		queues := NewWebhookQueues(f.db)
		var got []int64
		for after := int64(0); after < 5; {
			batches, err := queues.Read(f.ctx, []webhooks.Read{{
				Claim: &webhooks.Claim{TenantID: f.tenantID(), WebhookID: tenants.NewWebhookID()}, After: after, Until: 5, Limit: 50,
			}})
			if err != nil || len(batches) != 1 || len(batches[0].Events) > 2 || batches[0].Through <= after {
				t.Fatalf("%d batches behind %d: %v", len(batches), after, err)
			}
			for _, e := range batches[0].Events {
				got = append(got, e.Sequence)
			}
			after = batches[0].Through
		}
		if len(got) != 5 || got[0] != 1 || got[4] != 5 {
			t.Errorf("events %v", got)
		}
	})
}
