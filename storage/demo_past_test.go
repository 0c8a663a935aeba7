package storage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// TestDemoPast: what is made up is read like what happened, and what is there
// stays.
func TestDemoPast(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h, hooks := newHealthFixture(f), newHooks(t, f)
		c := h.connection(h.owner, "One")
		w, _ := hooks.webhook(tenants.TenantID{}, newReceiver(t, nil).URL)
		past, hour := NewDemoPast(f.db), hooks.time.now().Truncate(time.Hour)
		requests := []requestlog.Hour{{Start: hour.Add(-time.Hour), Requests: 9, Changes: 3, Refused: 2, Failed: 1, Duration: time.Second}, {Start: hour, Requests: 1}}
		sizes := []health.Size{{At: hour.Add(-time.Hour), People: 3, Active: 2, Groups: 1}, {At: hour, People: 4, Active: 4, Groups: 1}}
		delivered := []webhooks.Hour{{Start: hour, Delivered: 5, Failed: 1, Measured: 4, Lag: 9 * time.Second, LagMax: 5 * time.Second}}
		for range 2 {
			h.must(past.Requests(h.ctx, c.TenantID, c.ID, requests))
			h.must(past.Sizes(h.ctx, c.TenantID, c.ID, sizes))
			h.must(past.Deliveries(h.ctx, w, delivered))
			from, to := hour.Add(-2*time.Hour), hour.Add(time.Hour)
			gotRequests, err := h.health.Hours(h.ctx, c.TenantID, c.ID, from, to)
			h.must(err)
			gotSizes, err := h.health.Sizes(h.ctx, c.TenantID, c.ID, from, to)
			h.must(err)
			gotDelivered, err := hooks.hooks.Hours(h.ctx, w, from, to)
			h.must(err)
			if diff := cmp.Diff(requests, gotRequests) + cmp.Diff(sizes, gotSizes) + cmp.Diff(delivered, gotDelivered); diff != "" {
				t.Errorf("(-made up +read):\n%s", diff)
			}
		}
	})
}
