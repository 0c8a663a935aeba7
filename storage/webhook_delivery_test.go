package storage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// TestEventsAreDelivered: each once, in the tenant's order, signed, and with a
// row in the log.
func TestEventsAreDelivered(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme, globex := h.tenant(), h.tenant()
		w, secret := h.webhook(tenants.TenantID{}, r.URL+"/hooks?a=b")
		own, _ := h.webhook(globex.ID, r.URL+"/globex")
		h.happen(acme, 120) // more than are read at a time
		h.happen(globex, 3)
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, upTo(120)) {
			t.Errorf("acme's events came as %v", got)
		}
		if got := len(r.sequences(globex.ID)); got != 6 {
			t.Errorf("%d events of globex, want 3 by each webhook", got)
		}
		verifier, err := standardwebhooks.NewWebhook(secret.Text())
		h.must(err)
		for _, m := range r.all() {
			if m.TenantID != acme.ID.String() {
				continue
			}
			h.must(verifier.Verify(m.body, m.header))
			if m.header.Get("webhook-id") != m.ID || m.Type != events.UserCreated || m.header.Get("Content-Type") != "application/json" {
				t.Fatalf("%s: %v", m.body, m.header)
			}
		}
		if q := h.queue(w, acme.ID); q.Sequence != 120 || q.State() != webhooks.QueueIdle || q.Lag() != 0 || !q.OldestAt.IsZero() {
			t.Errorf("the queue is %+v", q)
		}
		log := h.log(w)
		if len(log) != 123 || len(h.log(own)) != 3 {
			t.Fatalf("%d and %d attempts, want 123 and 3", len(log), len(h.log(own)))
		}
		d := log[slices.IndexFunc(log, func(d *webhooks.Delivery) bool { return d.TenantID == acme.ID })]
		if d.Outcome != webhooks.Delivered || d.Status != 204 || d.Attempt != 1 || d.Sequence != 1 || d.Failure != "" ||
			d.Request.URL != r.URL+"/hooks?a=b" || d.Request.Headers["webhook-id"] != d.EventID.String() {
			t.Errorf("the log says %+v", d)
		}
		sent := slices.IndexFunc(r.all(), func(m message) bool { return m.ID == d.EventID.String() })
		if _, body, err := h.service.Delivery(h.ctx, w.ID, d.ID); err != nil || string(body) != string(r.all()[sent].body) {
			t.Errorf("%s, %v: not what was sent", body, err)
		}
		if n := h.round(); n != 0 {
			t.Errorf("%d turns when there is nothing to do", n)
		}
		if now := h.stored(w); now.Failures != 0 || now.DeliveredAt.IsZero() {
			t.Errorf("the webhook is %+v", now)
		}
	})
}

// TestTypesAreFilteredOut: nothing waits behind events that nobody asked for.
func TestTypesAreFilteredOut(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, r.URL, events.UserDeleted, "tenant.updated")
		h.happen(acme, 60)
		h.must(h.changeTenant(acme.ID, func(t *tenants.Tenant) { t.Name = "Acme Inc." }))
		h.happen(acme, 2)
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, []int64{61}) {
			t.Errorf("%v came, want 61 alone", got)
		}
		if q := h.queue(w, acme.ID); q.Sequence != 63 || q.State() != webhooks.QueueIdle {
			t.Errorf("the queue is %+v", q)
		}
	})
}

// TestReceiverThatIsDown: one tenant's event fails, and is tried again until the
// receiver takes it; the events behind it wait, other tenants' do not.
func TestReceiverThatIsDown(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme, globex := h.tenant(), h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		r.say(func(w http.ResponseWriter, m message) {
			if m.TenantID == acme.ID.String() {
				w.Header().Set("X-Request-Id", "abc")
				w.WriteHeader(http.StatusInternalServerError)
				fmt.Fprint(w, "boom\x00"+strings.Repeat("x", 9000))
			}
		})
		h.happen(acme, 2)
		var waits []time.Duration
		for i := range 5 {
			h.happen(globex, 1)
			h.round()
			d := h.queue(w, acme.ID)
			if d.State() != webhooks.QueueRetrying || d.Attempts != i+1 || d.Sequence != 0 || d.Failure != "it answers 500 Internal Server Error" {
				t.Fatalf("the queue is %+v", d)
			}
			waits = append(waits, d.Due.Sub(h.time.now()))
			h.time.advance(d.Due.Sub(h.time.now()) - time.Second)
			if h.round() != 0 {
				t.Fatal("it was tried before its time")
			}
			h.time.advance(time.Second)
		}
		if want := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}; !slices.Equal(waits, want) {
			t.Errorf("waited %v, want %v", waits, want)
		}
		if got := r.sequences(globex.ID); !slices.Equal(got, upTo(5)) {
			t.Errorf("the other tenant got %v", got)
		}
		failed := h.failures(w)
		d := failed[0]
		if len(failed) != 5 || d.Outcome != webhooks.Retrying || d.Status != 500 || d.Attempt != 1 || d.NextAt.IsZero() ||
			len(d.Response.Body) > 8<<10+2 || !strings.HasPrefix(d.Response.Body, "boom\uFFFDx") || !d.Response.Cut || d.Response.Headers["X-Request-Id"] != "abc" {
			t.Errorf("%d failures, the first is %+v", len(failed), d)
		}
		r.say(nil)
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, []int64{1, 1, 1, 1, 1, 1, 2}) {
			t.Errorf("%v came", got)
		}
		if q := h.queue(w, acme.ID); q.Attempts != 0 || !q.FailedAt.IsZero() || q.Failure != "" || q.State() != webhooks.QueueIdle {
			t.Errorf("afterwards the queue is %+v", q)
		}
	})
}

// failures are the attempts that failed, the oldest first.
func (h *hooks) failures(w *webhooks.Webhook) []*webhooks.Delivery {
	h.t.Helper()
	return slices.DeleteFunc(h.log(w), func(d *webhooks.Delivery) bool { return d.Outcome == webhooks.Delivered })
}

// TestReceiversAnswers: what each answer means.
func TestReceiversAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		elsewhere := newReceiver(t, nil)
		for name, c := range map[string]struct {
			answer  func(http.ResponseWriter, message)
			status  int
			failure string
			wait    time.Duration
		}{
			"429 with seconds": {func(w http.ResponseWriter, _ message) {
				w.Header().Set("Retry-After", "600")
				w.WriteHeader(http.StatusTooManyRequests)
			}, 429, "it answers 429 Too Many Requests, and asks to wait 10m0s", 10 * time.Minute},
			"503 with a date": {func(w http.ResponseWriter, _ message) {
				w.Header().Set("Retry-After", h.time.now().Add(time.Hour).Format(http.TimeFormat))
				w.WriteHeader(http.StatusServiceUnavailable)
			}, 503, "it answers 503 Service Unavailable, and asks to wait 1h0m0s", time.Hour},
			"more than a day": {func(w http.ResponseWriter, _ message) {
				w.Header().Set("Retry-After", "99999999999999999999999")
				w.WriteHeader(http.StatusTooManyRequests)
			}, 429, "it answers 429 Too Many Requests, and asks to wait 24h0m0s", 24 * time.Hour},
			"404": {status(http.StatusNotFound), 404, "it answers 404 Not Found", 5 * time.Second},
			"redirect": {func(w http.ResponseWriter, _ message) {
				w.Header().Set("Location", elsewhere.URL)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}, 307, "it answers 307 Temporary Redirect to " + elsewhere.URL + "; redirects are not followed, so enter the address that answers by itself", 5 * time.Second},
			"nothing": {func(http.ResponseWriter, message) { panic(http.ErrAbortHandler) }, 0,
				"the connection broke before there was an answer", 5 * time.Second},
		} {
			r := newReceiver(t, c.answer)
			acme := h.tenant()
			w, _ := h.webhook(acme.ID, r.URL)
			h.happen(acme, 1)
			h.round()
			d, q := h.last(w), h.queue(w, acme.ID)
			if d.Status != c.status || d.Failure != c.failure || d.Outcome != webhooks.Retrying || d.NextAt.Sub(h.time.now()) != c.wait || q.Due != d.NextAt {
				t.Errorf("%s: %+v, due %s", name, d, q.Due)
			}
		}
		if n := len(elsewhere.all()); n > 0 {
			t.Errorf("a redirect was followed %d times", n)
		}
	})
}

// TestReceiverThatHangs: the attempt ends by itself.
func TestReceiverThatHangs(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		over := make(chan struct{})
		r := newReceiver(t, func(http.ResponseWriter, message) { <-over })
		defer close(over)
		h.sender = webhooks.NewSender(webhooks.SenderOptions{Guard: loopback, Timeout: 20 * time.Millisecond, Now: h.time.now})
		h.worker = h.deliverer(NewWebhookQueues(h.db), webhooks.Options{})
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, r.URL)
		h.happen(acme, 1)
		h.round()
		if d := h.last(w); d.Status != 0 || d.Failure != "no answer within 20ms" || d.Duration < 20*time.Millisecond {
			t.Errorf("%+v", d)
		}
	})
}

// TestGone: 410 ends it at once, and whoever resumes the webhook gets the event.
func TestGone(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, status(http.StatusGone))
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, r.URL)
		h.happen(acme, 2)
		h.round()
		if now := h.stored(w); now.Status != webhooks.Gone || !strings.Contains(now.StatusReason, "410") {
			t.Errorf("the webhook is %s: %s", now.Status, now.StatusReason)
		}
		h.time.advance(100 * time.Hour)
		h.happen(acme, 1)
		if h.round() != 0 || len(r.all()) != 1 {
			t.Error("something was sent on")
		}
		if log := h.auditOf(acme.ID.UUID()); !slices.Contains(log, "webhook.gone") {
			t.Errorf("the audit log has %v", log)
		}
		r.say(nil)
		_, err := h.service.Resume(h.ctx, w.ID)
		h.must(err)
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, []int64{1, 1, 2, 3}) {
			t.Errorf("%v came", got)
		}
	})
}

// TestThreeDays: an event that alone fails is given up; a webhook that takes
// nothing stops, says so, and goes on at that event.
func TestThreeDays(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		bad := func(w http.ResponseWriter, m message) {
			if m.Sequence == 2 {
				w.WriteHeader(http.StatusBadRequest)
			}
		}
		r := newReceiver(t, bad)
		acme, globex := h.tenant(), h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		h.happen(acme, 3)
		h.happen(globex, 1)
		started := h.time.now()
		for h.queue(w, acme.ID).Sequence < 3 {
			h.round()
			if h.time.now().Sub(started) > 80*time.Hour {
				t.Fatalf("not given up: %+v", h.queue(w, acme.ID))
			}
			h.time.advance(time.Hour)
			if h.queue(w, globex.ID).Sequence == 1 && h.time.now().Sub(started) > 20*time.Hour {
				h.write(globex.ID, 1)
				r.say(func(w http.ResponseWriter, m message) {
					if m.TenantID == acme.ID.String() {
						bad(w, m)
					}
				})
				h.relay(globex)
			}
		}
		if got := h.time.now().Sub(started); got < 72*time.Hour {
			t.Errorf("given up after %s", got)
		}
		failed := h.failures(w)
		if d := failed[len(failed)-1]; d.Outcome != webhooks.GivenUp || d.Sequence != 2 || !d.NextAt.IsZero() {
			t.Errorf("the last failure is %+v", d)
		}
		if got := r.sequences(acme.ID); got[len(got)-1] != 3 {
			t.Errorf("the next event did not follow: %v", got)
		}
		if now := h.stored(w); now.Status != webhooks.Active {
			t.Errorf("the webhook is %s", now.Status)
		}

		r.say(status(http.StatusBadGateway))
		h.happen(acme, 2)
		for range 90 {
			h.round()
			h.time.advance(time.Hour)
		}
		now := h.stored(w)
		if now.Status != webhooks.Failing || !strings.Contains(now.StatusReason, "502 Bad Gateway") || !strings.HasPrefix(now.StatusReason, "Nothing got through for 3 days") {
			t.Errorf("the webhook is %s: %s", now.Status, now.StatusReason)
		}
		if log := h.auditOf(installationTenant); !slices.Contains(log, "webhook.failing") {
			t.Errorf("the audit log has %v", log)
		}
		r.say(nil)
		if h.round() != 0 {
			t.Error("something is sent on")
		}
		_, err := h.service.Resume(h.ctx, w.ID)
		h.must(err)
		h.round()
		if q := h.queue(w, acme.ID); q.Sequence != 5 || q.State() != webhooks.QueueIdle {
			t.Errorf("after it was resumed: %+v", q)
		}
	})
}

// TestHeldWebhook: after five failures in a row nothing is sent but one probe,
// and after a success everything that waits.
func TestHeldWebhook(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, status(http.StatusInternalServerError))
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		all := make([]*tenants.Tenant, 8)
		for i := range all {
			all[i] = h.tenant()
			h.happen(all[i], 1)
		}
		h.round()
		if now := h.stored(w); now.Failures != 8 || !now.HeldUntil.After(h.time.now()) {
			t.Fatalf("the webhook has failed %d times and is held until %s", now.Failures, now.HeldUntil)
		}
		h.time.advance(5 * time.Second) // all are due, but the webhook is held
		if h.round() != 0 {
			t.Error("a held webhook is sent something")
		}
		h.time.advance(h.stored(w).HeldUntil.Sub(h.time.now()))
		before := len(r.all())
		if h.round(); len(r.all()) != before+1 {
			t.Errorf("%d were sent to try it", len(r.all())-before)
		}
		if held := h.stored(w).HeldUntil.Sub(h.time.now()); held != 5*time.Minute {
			t.Errorf("held on for %s", held)
		}
		r.say(nil)
		h.time.advance(5 * time.Minute)
		h.round()
		for _, tenant := range all {
			if q := h.queue(w, tenant.ID); q.State() != webhooks.QueueIdle {
				t.Errorf("%s: %+v", tenant.ID, q)
			}
		}
		if now := h.stored(w); now.Failures != 0 || !now.HeldUntil.IsZero() || !now.FailingSince.IsZero() {
			t.Errorf("the webhook is %+v", now)
		}
	})
}

// TestOldDeliveriesAreForgotten: the log of deliveries goes back 30 days.
func TestOldDeliveriesAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		w, _ := h.webhook(tenants.TenantID{}, newReceiver(t, nil).URL)
		h.happen(h.tenant(), 3)
		h.round()
		m, made := NewMaintenance(f.db, builtIn{}), time.Now()
		for _, c := range []struct{ days, left int }{{29, 3}, {31, 0}} {
			if _, err := m.pruneDeliveries(h.ctx, made.AddDate(0, 0, c.days)); err != nil {
				t.Fatal(err)
			}
			if n := len(h.log(w)); n != c.left {
				t.Errorf("%d attempts in the log after %d days, want %d", n, c.days, c.left)
			}
		}
	})
}
