package storage

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// testTime is a clock for several goroutines that moves when it is told to.
type testTime struct {
	mu sync.Mutex
	at time.Time
}

func (c *testTime) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testTime) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var (
	masterKey = make([]byte, 32)
	loopback  = authz.Guard{AllowLoopback: true}
)

// hooks is the control plane with webhooks, and a clock of its own.
type hooks struct {
	*control
	t       *testing.T
	time    *testTime
	hooks   *Webhooks
	service *webhooks.Service
	sender  *webhooks.Sender
	worker  *webhooks.Deliverer
	feed    *Feed
}

func newHooks(t *testing.T, f *fixture) *hooks {
	t.Helper()
	h := &hooks{t: t, time: &testTime{at: time.Now().UTC().Truncate(time.Second)}}
	f.db.now = h.time.now
	h.control, h.hooks, h.feed = newControl(f), NewWebhooks(f.db), NewFeed(f.db)
	guard := loopback
	h.sender = webhooks.NewSender(webhooks.SenderOptions{Guard: guard, Timeout: time.Second, Now: h.time.now})
	t.Cleanup(h.sender.Close)
	service, err := webhooks.NewService(webhooks.Parts{Store: h.hooks, Sender: h.sender, Key: masterKey, Guard: guard, Now: h.time.now})
	h.must(err)
	h.service = service
	h.worker = h.deliverer(NewWebhookQueues(f.db), webhooks.Options{})
	return h
}

// deliverer is another worker. Its retries come exactly in time.
func (h *hooks) deliverer(store webhooks.QueueStore, o webhooks.Options) *webhooks.Deliverer {
	h.t.Helper()
	o.Now, o.Jitter = h.time.now, func() float64 { return .5 }
	o.Logger = slog.New(slog.NewTextHandler(h.t.Output(), nil))
	d, err := webhooks.NewDeliverer(store, h.sender, masterKey, o)
	h.must(err)
	return d
}

// round delivers what is due and returns the number of turns.
func (h *hooks) round() int {
	h.t.Helper()
	n, err := h.worker.Round(h.ctx)
	h.must(err)
	return n
}

func (h *hooks) webhook(tenant tenants.TenantID, url string, types ...events.Type) (*webhooks.Webhook, *webhooks.Secret) {
	h.t.Helper()
	w, secret, err := h.service.Create(h.ctx, webhooks.NewWebhook{TenantID: tenant, URL: url, Types: types})
	h.must(err)
	return w, secret
}

// stored is a webhook as it is now.
func (h *hooks) stored(w *webhooks.Webhook) *webhooks.Webhook {
	h.t.Helper()
	now, err := h.service.Webhook(h.ctx, w.ID)
	h.must(err)
	return now
}

// queue is how far a webhook has a tenant's events.
func (h *hooks) queue(w *webhooks.Webhook, tenant tenants.TenantID) *webhooks.Queue {
	h.t.Helper()
	for _, q := range h.queues(w) {
		if q.TenantID == tenant && q.Lane.IsZero() {
			return q
		}
	}
	h.t.Fatalf("no queue of %s", tenant)
	return nil
}

func (h *hooks) queues(w *webhooks.Webhook) []*webhooks.Queue {
	h.t.Helper()
	all, err := h.service.Queues(h.ctx, w.ID, webhooks.QueueFilter{}, 100)
	h.must(err)
	return all
}

// log are the attempts, the oldest first.
func (h *hooks) log(w *webhooks.Webhook) []*webhooks.Delivery {
	h.t.Helper()
	all, err := h.service.Deliveries(h.ctx, w.ID, webhooks.DeliveryFilter{}, tenants.DeliveryID{}, 1000)
	h.must(err)
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// last is the last attempt.
func (h *hooks) last(w *webhooks.Webhook) *webhooks.Delivery {
	h.t.Helper()
	all := h.log(w)
	if len(all) == 0 {
		h.t.Fatal("nothing was tried")
	}
	return all[len(all)-1]
}

// happen makes events of a tenant and puts them into the feed.
func (h *hooks) happen(tenant *tenants.Tenant, n int) {
	h.t.Helper()
	h.write(tenant.ID, n)
	h.relay(tenant)
}

// write makes events without writing a directory.
func (h *hooks) write(tenant tenants.TenantID, n int) {
	h.t.Helper()
	h.must(h.db.update(h.ctx, tenant.UUID(), func(tx *tx) error {
		drafts := make([]events.Draft, n)
		for i := range drafts {
			drafts[i] = events.Draft{Type: events.UserCreated, Subject: events.Subject{ResourceType: "User", ID: mustID()},
				Data: map[string]any{"userName": fmt.Sprintf("user-%d", i)}}
		}
		return tx.note(h.ctx, &batch{}, note{tenant: tenant.UUID(), action: "test", targetType: "test", events: drafts})
	}))
}

func (h *hooks) relay(list ...*tenants.Tenant) {
	h.t.Helper()
	ids := make([]string, len(list))
	for i, tenant := range list {
		ids[i] = tenant.ID.UUID()
	}
	_, err := h.feed.Relay(h.ctx, ids)
	h.must(err)
}

// receiver is the vendor's app.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []message
	answer func(w http.ResponseWriter, m message) // nil: 204
}

// message is what came, whatever the answer was.
type message struct {
	events.Event
	body   []byte
	header http.Header
}

func newReceiver(t *testing.T, answer func(w http.ResponseWriter, m message)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	m := message{body: body, header: q.Header}
	if err != nil || json.Unmarshal(body, &m.Event) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.got = append(r.got, m)
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, m)
}

func (r *receiver) say(answer func(w http.ResponseWriter, m message)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) all() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]message(nil), r.got...)
}

// sequences are those that came of a tenant, in order.
func (r *receiver) sequences(tenant tenants.TenantID) []int64 {
	list := []int64{}
	for _, m := range r.all() {
		if m.TenantID == tenant.String() {
			list = append(list, m.Sequence)
		}
	}
	return list
}

func status(code int) func(http.ResponseWriter, message) {
	return func(w http.ResponseWriter, _ message) { w.WriteHeader(code) }
}

func upTo(n int64) []int64 {
	list := []int64{}
	for i := range n {
		list = append(list, i+1)
	}
	return list
}
