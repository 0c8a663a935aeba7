package storage

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// hours are those of a webhook, without the time that its receiver took.
func (h *hooks) hours(w *webhooks.Webhook) []webhooks.Hour {
	h.t.Helper()
	list, err := h.service.Hours(h.ctx, w.ID, time.Time{}, h.time.now().Add(time.Hour))
	h.must(err)
	for i := range list {
		var took, most time.Duration
		for _, d := range h.log(w) {
			if d.At.Truncate(time.Hour).Equal(list[i].Start) && d.Outcome == webhooks.Delivered && d.Lane.IsZero() {
				took, most = took+d.Duration, max(most, d.Duration)
			}
		}
		list[i].Lag -= took
		if list[i].LagMax%time.Second > most {
			h.t.Errorf("the receiver took %s of the longest lag, but %s at most", list[i].LagMax%time.Second, most)
		}
		list[i].LagMax = list[i].LagMax.Truncate(time.Second)
	}
	return list
}

// TestHoursOfWebhooks: every attempt counts once in the hour it was made in, and
// the lag is that of events as they happen.
func TestHoursOfWebhooks(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		first := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		h.time.at = first.Add(time.Minute)
		r := newReceiver(t, nil)
		acme, globex := h.tenant(), h.tenant()
		all, _ := h.webhook(tenants.TenantID{}, r.URL)
		own, _ := h.webhook(globex.ID, r.URL)
		h.happen(acme, 3)
		h.time.advance(2 * time.Second)
		h.happen(globex, 1)
		h.time.advance(2 * time.Second)
		h.round() // 4 and 2 seconds late
		if diff := cmp.Diff([]webhooks.Hour{{Start: first, Delivered: 4, Measured: 4, Lag: 14 * time.Second, LagMax: 4 * time.Second}}, h.hours(all)); diff != "" {
			t.Errorf("all (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]webhooks.Hour{{Start: first, Delivered: 1, Measured: 1, Lag: 2 * time.Second, LagMax: 2 * time.Second}}, h.hours(own)); diff != "" {
			t.Errorf("one tenant's (-want +got):\n%s", diff)
		}

		h.time.advance(time.Hour)
		r.say(status(http.StatusInternalServerError))
		h.happen(acme, 1)
		h.round()
		r.say(nil)
		_, err := h.service.Redeliver(h.ctx, all.ID, h.log(all)[0].ID)
		h.must(err)
		h.time.advance(10 * time.Minute)
		h.round()
		want := webhooks.Hour{Start: first.Add(time.Hour), Delivered: 2, Failed: 1, Measured: 1, Lag: 10 * time.Minute, LagMax: 10 * time.Minute}
		if diff := cmp.Diff(want, h.hours(all)[1]); diff != "" {
			t.Errorf("the next hour (-want +got):\n%s", diff)
		}
		if list, err := h.service.Hours(h.ctx, all.ID, first.Add(time.Minute), first.Add(time.Hour)); err != nil || len(list) != 0 {
			t.Errorf("between the hours there are %v, %v", list, err)
		}
		if list, err := h.service.Hours(h.ctx, all.ID, first, first.AddDate(0, 0, 32)); err != nil || len(list) != 0 {
			t.Errorf("more than 31 days before: %v, %v", list, err)
		}
		if _, err := h.service.Hours(h.ctx, tenants.NewWebhookID(), first, first); codeOf(err) != "not found" {
			t.Errorf("the hours of nobody: %v", err)
		}
	})
}

// TestHoursCountOnce: what is stored once more, since an answer got lost, has been
// counted already.
func TestHoursCountOnce(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		acme := h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, newReceiver(t, nil).URL)
		at := h.time.now()
		p := &webhooks.Progress{Claim: &webhooks.Claim{TenantID: acme.ID, WebhookID: w.ID, Worker: "gone"}}
		for i := range 3 {
			p.Deliveries = append(p.Deliveries, &webhooks.Delivery{
				ID: tenants.NewDeliveryID(), WebhookID: w.ID, TenantID: acme.ID, Sequence: int64(i), EventID: tenants.NewEventID(),
				Attempt: 1, At: at, Outcome: webhooks.Delivered, OccurredAt: at.Add(-time.Second),
			})
			for range 2 {
				_, err := NewWebhookQueues(f.db).Record(h.ctx, []*webhooks.Progress{p})
				h.must(err)
			}
		}
		if list := h.hours(w); len(list) != 1 || list[0].Delivered != 3 || list[0].Lag != 3*time.Second {
			t.Errorf("%+v, want 3 events", list)
		}
	})
}

// TestOldHoursAreForgotten: after 90 days, and with their webhook.
func TestOldHoursAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		kept, _ := h.webhook(tenants.TenantID{}, r.URL)
		gone, _ := h.webhook(tenants.TenantID{}, r.URL)
		h.happen(h.tenant(), 1)
		h.round()
		h.must(h.service.Delete(h.ctx, gone.ID))
		m, made := NewMaintenance(f.db, builtIn{}), h.time.now()
		left := func() string { return strings.Join(h.rows(`select cast(webhook_id as text) from webhook_hours`), " ") }
		for _, c := range []struct {
			days int
			left string
		}{{0, kept.ID.UUID()}, {89, kept.ID.UUID()}, {92, ""}} {
			for more := true; more; {
				var err error
				more, err = m.pruneDeliveries(h.ctx, made.AddDate(0, 0, c.days))
				h.must(err)
			}
			if got := left(); got != c.left {
				t.Errorf("after %d days there are hours of %q, want %q", c.days, got, c.left)
			}
		}
		if n := len(h.rows(`select 1 from webhooks`)); n != 1 {
			t.Errorf("%d webhooks are left", n)
		}
	})
}
