package storage

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// TestWorkerThatStops: what is on its way when the process ends may arrive, and
// then counts; what does not is nobody's failure. Either way the queue is free at
// once.
func TestWorkerThatStops(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		for _, c := range []struct {
			name   string
			grace  time.Duration
			answer bool
			want   []int64 // that come in the end
		}{
			{"it answers", time.Minute, true, []int64{1, 2}},
			{"it hangs", time.Millisecond, false, []int64{1, 1, 2}},
		} {
			begun, over := make(chan struct{}, 1), make(chan struct{})
			r := newReceiver(t, func(http.ResponseWriter, message) {
				begun <- struct{}{}
				<-over
			})
			acme := h.tenant()
			w, _ := h.webhook(acme.ID, r.URL)
			h.sender = webhooks.NewSender(webhooks.SenderOptions{Guard: loopback, Now: h.time.now})
			d := h.deliverer(NewWebhookQueues(f.db), webhooks.Options{Grace: c.grace})
			h.happen(acme, 2)
			ctx, stop := context.WithCancel(h.ctx)
			var work sync.WaitGroup
			work.Go(func() { d.Run(ctx) })
			<-begun
			stop()
			if c.answer {
				close(over)
			}
			work.Wait()
			if !c.answer {
				close(over)
			}
			if q := h.queue(w, acme.ID); q.Working || q.Attempts != 0 || q.Due != h.time.now() || q.Lag() == 0 {
				t.Errorf("%s: the queue is %+v", c.name, q)
			}
			r.say(nil)
			h.worker = h.deliverer(NewWebhookQueues(f.db), webhooks.Options{})
			h.round()
			if got := r.sequences(acme.ID); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v came, want %v", c.name, got, c.want)
			}
			if failed := h.failures(w); len(failed) > 0 {
				t.Errorf("%s: the log has a failure: %s", c.name, failed[0].Failure)
			}
			if n, err := h.hooks.Deliveries(h.ctx, w.ID, webhooks.DeliveryFilter{}, tenants.DeliveryID{}, 9); err != nil || len(n) != 2 {
				t.Errorf("%s: %d attempts in the log, %v", c.name, len(n), err)
			}
		}
	})
}
