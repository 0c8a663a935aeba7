package storage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// TestTwoWorkers: two processes share the queues of many tenants, while events
// happen. Nothing comes twice, and every tenant's events in order.
func TestTwoWorkers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		all := make([]*tenants.Tenant, 6)
		for i := range all {
			all[i] = h.tenant()
		}
		other := h.second()
		second := h.deliverer(NewWebhookQueues(other), webhooks.Options{TurnEvents: 7})
		first := h.deliverer(NewWebhookQueues(f.db), webhooks.Options{TurnEvents: 5, Slots: 3})
		var work sync.WaitGroup
		for _, d := range []*webhooks.Deliverer{first, second} {
			work.Go(func() {
				for range 6 {
					if _, err := d.Round(h.ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 6 {
			for _, tenant := range all {
				h.write(tenant.ID, 5)
			}
			h.relay(all...)
		}
		work.Wait()
		h.round()
		for _, tenant := range all {
			if got := r.sequences(tenant.ID); !slices.Equal(got, upTo(30)) {
				t.Errorf("%s: %v", tenant.ID, got)
			}
			if q := h.queue(w, tenant.ID); q.State() != webhooks.QueueIdle || q.Sequence != 30 {
				t.Errorf("%+v", q)
			}
		}
		if n := len(h.log(w)); n != 180 {
			t.Errorf("the log has %d attempts, want 180", n)
		}
	})
}

// second is the same database as another process has it.
func (h *hooks) second() *DB {
	h.t.Helper()
	address := ""
	switch e := h.db.engine.(type) {
	case *sqliteEngine:
		address = "sqlite:" + e.path
	case *postgresEngine:
		address = e.pool.Config().ConnString()
	}
	db, err := Open(h.t.Context(), address, Options{Now: h.time.now})
	h.must(err)
	h.t.Cleanup(func() { h.must(db.Close()) })
	return db
}

// cutOff is a store that is out of reach from some moment on.
type cutOff struct {
	webhooks.QueueStore
	off atomic.Bool
}

var errCutOff = errors.New("cut off")

func (s *cutOff) Due(ctx context.Context) ([]*webhooks.Webhook, error) {
	if s.off.Load() {
		return nil, errCutOff
	}
	return s.QueueStore.Due(ctx)
}

func (s *cutOff) Record(ctx context.Context, list []*webhooks.Progress) ([]webhooks.Standing, error) {
	if s.off.Load() {
		return nil, errCutOff
	}
	return s.QueueStore.Record(ctx, list)
}

// TestWorkerThatDies: it takes its queue with it until the lease ends; then
// another goes on behind what was stored.
func TestWorkerThatDies(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme := h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		store := &cutOff{QueueStore: NewWebhookQueues(f.db)}
		r.say(func(_ http.ResponseWriter, m message) {
			if m.Sequence == 3 {
				store.off.Store(true)
			}
		})
		h.happen(acme, 5)
		_, _ = h.deliverer(store, webhooks.Options{TurnEvents: 4}).Round(h.ctx) // it dies at event 3
		sent := len(r.all())
		if n := h.round(); n != 0 {
			t.Fatalf("%d turns while the lease lasts", n)
		}
		if q := h.queue(w, acme.ID); q.State() != webhooks.QueueDelivering {
			t.Errorf("the queue is %s", q.State())
		}
		h.time.advance(59 * time.Second)
		if n := h.round(); n != 0 {
			t.Fatalf("%d turns one second before the lease ends", n)
		}
		h.time.advance(time.Second)
		h.round()
		if got := r.sequences(acme.ID)[sent:]; !slices.Equal(got, upTo(5)) {
			t.Errorf("the other worker sent %v", got)
		}
		if q := h.queue(w, acme.ID); q.State() != webhooks.QueueIdle {
			t.Errorf("the queue is %+v", q)
		}
	})
}

// TestWorkerThatIsLate: what it says about a queue that somebody else has by now
// does not count, but the log has it.
func TestWorkerThatIsLate(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, "http://127.0.0.1:9")
		h.happen(acme, 9)
		queues := NewWebhookQueues(f.db)
		take := []webhooks.Take{{Webhook: w, Most: 5}}
		claim := func(worker string) *webhooks.Claim {
			t.Helper()
			claims, err := queues.Claim(h.ctx, worker, time.Minute, take)
			h.must(err)
			if len(claims) == 0 {
				return nil
			}
			return claims[0]
		}
		late := claim("late")
		if late == nil || late.Latest != 9 || late.Sequence != 0 {
			t.Fatalf("claimed %+v", late)
		}
		if again := claim("other"); again != nil {
			t.Fatal("two have the same queue")
		}
		h.time.advance(time.Minute)
		now := claim("other")
		delivery := func(sequence int64) *webhooks.Delivery {
			return &webhooks.Delivery{ID: tenants.NewDeliveryID(), WebhookID: w.ID, TenantID: acme.ID, EventID: tenants.NewEventID(),
				Sequence: sequence, Attempt: 1, At: h.time.now(), Outcome: webhooks.Delivered}
		}
		progress := func(c *webhooks.Claim, through int64) *webhooks.Progress {
			return &webhooks.Progress{Claim: c, Through: through, Lease: time.Minute, Succeeded: 1, Deliveries: []*webhooks.Delivery{delivery(through)}}
		}
		list := []*webhooks.Progress{progress(late, 8), progress(now, 2)}
		standings, err := queues.Record(h.ctx, list)
		h.must(err)
		if !standings[0].Lost || standings[1].Lost || standings[1].Latest != 9 || standings[1].Paused {
			t.Errorf("%+v", standings)
		}
		if _, err := queues.Record(h.ctx, list[1:]); err != nil { // the answer got lost
			t.Error(err)
		}
		if q := h.queue(w, acme.ID); q.Sequence != 2 || !q.Working {
			t.Errorf("%+v", q)
		}
		if n := len(h.log(w)); n != 2 {
			t.Errorf("%d attempts in the log, want 2", n)
		}
		_, err = h.service.Pause(h.ctx, w.ID)
		h.must(err)
		if standings, err = queues.Record(h.ctx, list[1:]); err != nil || !standings[0].Paused {
			t.Errorf("the worker is not told of the pause: %+v, %v", standings, err)
		}
		h.must(h.service.Delete(h.ctx, w.ID))
		if standings, err = queues.Record(h.ctx, list[1:]); err != nil || !standings[0].Lost {
			t.Errorf("the worker is not told of the end: %+v, %v", standings, err)
		}
	})
}

// TestSlowWebhook: one that does not answer takes no more than its share, and
// others go on.
func TestSlowWebhook(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		h.sender = webhooks.NewSender(webhooks.SenderOptions{Guard: loopback, Timeout: time.Minute})
		var slow atomic.Int64
		over, taken, done := make(chan struct{}), make(chan struct{}), make(chan tenants.TenantID, 10)
		hanging := newReceiver(t, func(http.ResponseWriter, message) {
			if slow.Add(1) == 8 {
				close(taken)
			}
			<-over
		})
		quick := newReceiver(t, func(_ http.ResponseWriter, m message) {
			id, err := tenants.ParseTenantID(m.TenantID)
			if err != nil {
				t.Error(err)
			}
			done <- id
		})
		h.webhook(tenants.TenantID{}, hanging.URL)
		all := make([]*tenants.Tenant, 10)
		for i := range all {
			all[i] = h.tenant()
			h.write(all[i].ID, 1)
		}
		h.relay(all...)
		ctx, stop := context.WithCancel(h.ctx)
		var work sync.WaitGroup
		d := h.deliverer(NewWebhookQueues(f.db), webhooks.Options{Poll: 5 * time.Millisecond, Flush: time.Millisecond, Lease: 2 * time.Minute})
		work.Go(func() { d.Run(ctx) })
		<-taken
		h.webhook(tenants.TenantID{}, quick.URL)
		for _, tenant := range all {
			h.write(tenant.ID, 1)
		}
		h.relay(all...)
		for range all {
			<-done
		}
		if n := slow.Load(); n != 8 {
			t.Errorf("%d deliveries to one webhook at a time, want 8", n)
		}
		close(over)
		stop()
		work.Wait()
	})
}

// TestUnreachableDatabase: what was sent is stored when the database is back.
func TestUnreachableDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme, globex := h.tenant(), h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		store := &cutOff{QueueStore: NewWebhookQueues(f.db)}
		r.say(func(http.ResponseWriter, message) { store.off.Store(true) })
		h.happen(acme, 3)
		h.happen(globex, 3)
		d := h.deliverer(store, webhooks.Options{})
		_, err := d.Round(h.ctx)
		if !errors.Is(err, errCutOff) {
			t.Fatalf("%v", err)
		}
		r.say(nil)
		store.off.Store(false)
		if _, err := d.Round(h.ctx); err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []*tenants.Tenant{acme, globex} {
			if got := r.sequences(tenant.ID); !slices.Equal(got, upTo(3)) {
				t.Errorf("%v came", got)
			}
			if q := h.queue(w, tenant.ID); q.Sequence != 3 || q.State() != webhooks.QueueIdle {
				t.Errorf("%+v", q)
			}
		}
		if n := len(h.log(w)); n != 6 {
			t.Errorf("%d attempts in the log, want 6", n)
		}
	})
}
