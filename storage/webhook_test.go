package storage

import (
	"errors"
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

func codeOf(err error) string {
	if e, ok := errors.AsType[*tenants.RefusedError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return "invalid " + e.Field
	}
	if errors.Is(err, tenants.ErrNotFound) {
		return "not found"
	}
	return ""
}

// TestWebhookSecrets: both secrets sign until the old one ends; the database has
// neither.
func TestWebhookSecrets(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme := h.tenant()
		w, old := h.webhook(acme.ID, r.URL)
		_, fresh, err := h.service.Rotate(h.ctx, w.ID, webhooks.DefaultOverlap)
		h.must(err)
		verified := func() (by [2]bool) {
			t.Helper()
			h.happen(acme, 1)
			h.round()
			m := r.all()[len(r.all())-1]
			for i, s := range []*webhooks.Secret{old, fresh} {
				verifier, err := standardwebhooks.NewWebhook(s.Text())
				h.must(err)
				by[i] = verifier.VerifyIgnoringTimestamp(m.body, m.header) == nil
			}
			return by
		}
		if by := verified(); by != [2]bool{true, true} {
			t.Errorf("while both sign: %v", by)
		}
		if _, _, err := h.service.Rotate(h.ctx, w.ID, time.Hour); codeOf(err) != webhooks.CodeSecretLimit {
			t.Errorf("a third secret: %v", err)
		}
		if _, err := h.service.RemoveSecret(h.ctx, w.ID, fresh.ID); codeOf(err) != webhooks.CodeLastSecret {
			t.Errorf("removing the one in use: %v", err)
		}
		if _, err := h.service.RemoveSecret(h.ctx, w.ID, "9"); codeOf(err) != "not found" {
			t.Errorf("removing none: %v", err)
		}
		h.time.advance(webhooks.DefaultOverlap)
		if by := verified(); by != [2]bool{false, true} {
			t.Errorf("after a day: %v", by)
		}
		if now := h.stored(w); len(now.Secrets) != 1 || now.Secrets[0].ID != "2" {
			t.Errorf("%+v", now.Secrets)
		}
		_, third, err := h.service.Rotate(h.ctx, w.ID, time.Hour)
		h.must(err)
		_, err = h.service.RemoveSecret(h.ctx, w.ID, fresh.ID)
		h.must(err)
		if by := verified(); by != [2]bool{} {
			t.Errorf("with neither: %v", by)
		}
		if fresh = third; verified() != [2]bool{false, true} {
			t.Error("the third secret does not sign")
		}
		if _, _, err := h.service.Rotate(h.ctx, w.ID, 8*24*time.Hour); codeOf(err) != "invalid expires_old_in" {
			t.Errorf("eight days: %v", err)
		}
		raw := h.rows(`select secrets from webhooks`)
		if len(raw) != 1 || strings.Contains(raw[0], strings.TrimPrefix(third.Text(), "whsec_")) {
			t.Error("the secret is in the database as it is")
		}
		log := h.auditOf(acme.ID.UUID())
		for _, action := range []string{"webhook.created", "webhook.secret_rotated", "webhook.secret_removed"} {
			if !slices.Contains(log, action) {
				t.Errorf("%s is not in the audit log %v", action, log)
			}
		}
		for _, row := range h.rows(`select changes from audit where action like 'webhook.%'`) {
			if strings.Contains(row, "whsec_") {
				t.Errorf("a secret is in the audit log: %s", row)
			}
		}
	})
}

// TestPausedWebhook: it keeps its place.
func TestPausedWebhook(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme, late := h.tenant(), h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		h.happen(acme, 1)
		h.round()
		paused, err := h.service.Pause(h.ctx, w.ID)
		h.must(err)
		if paused.Status != webhooks.Paused || paused.StatusReason != "Paused by Jane." || paused.StatusAt != h.time.now() {
			t.Errorf("%+v", paused)
		}
		h.happen(acme, 2)
		h.happen(late, 2) // which has had none before
		if h.round() != 0 || len(r.all()) != 1 {
			t.Error("a paused webhook was sent something")
		}
		if lag, err := NewWebhookQueues(f.db).Lag(h.ctx); err != nil || lag.Waiting != 0 {
			t.Errorf("a paused webhook counts as late: %+v, %v", lag, err)
		}
		h.time.advance(time.Minute)
		_, err = h.service.Resume(h.ctx, w.ID)
		h.must(err)
		if lag, err := NewWebhookQueues(f.db).Lag(h.ctx); err != nil || lag.Waiting != 4 || lag.Oldest != time.Minute {
			t.Errorf("%+v, %v", lag, err)
		}
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, upTo(3)) {
			t.Errorf("%v came", got)
		}
		if got := r.sequences(late.ID); !slices.Equal(got, upTo(2)) {
			t.Errorf("%v of the other tenant came", got)
		}
	})
}

// TestReplays: one event, a range and everything from one on.
func TestReplays(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme, globex := h.tenant(), h.tenant()
		w, _ := h.webhook(acme.ID, r.URL)
		h.happen(acme, 6)
		h.happen(globex, 3)
		h.round()
		replay := func(want []int64, begin func() (*webhooks.Replay, error)) {
			t.Helper()
			before := len(r.all())
			made, err := begin()
			h.must(err)
			if made.ID.IsZero() || made.CreatedBy != "Jane" {
				t.Errorf("%+v", made)
			}
			h.round()
			if got := r.sequences(acme.ID)[before:]; !slices.Equal(got, want) {
				t.Errorf("%v came, want %v", got, want)
			}
			if all := h.queues(w); len(all) != 1 || all[0].Sequence != 6 || all[0].State() != webhooks.QueueIdle {
				t.Errorf("afterwards the queues are %+v", all)
			}
		}
		again := h.log(w)[3]
		replay([]int64{4}, func() (*webhooks.Replay, error) { return h.service.Redeliver(h.ctx, w.ID, again.ID) })
		if d := h.last(w); d.Sequence != 4 || d.Lane.IsZero() || d.EventID != again.EventID {
			t.Errorf("the log says %+v", d)
		}
		replay([]int64{2, 3}, func() (*webhooks.Replay, error) {
			return h.service.Replay(h.ctx, w.ID, webhooks.Replay{TenantID: acme.ID, From: 2, To: 3})
		})
		replay([]int64{5, 6}, func() (*webhooks.Replay, error) {
			return h.service.Replay(h.ctx, w.ID, webhooks.Replay{TenantID: acme.ID, From: 5})
		})
		for want, q := range map[string]webhooks.Replay{
			"invalid from_sequence": {TenantID: acme.ID, From: 7},
			"invalid to_sequence":   {TenantID: acme.ID, From: 2, To: 7},
			"invalid tenant_id":     {TenantID: globex.ID, From: 1},
		} {
			if _, err := h.service.Replay(h.ctx, w.ID, q); codeOf(err) != want {
				t.Errorf("%+v: %v, want %s", q, err, want)
			}
		}
		for range 10 {
			_, err := h.service.Redeliver(h.ctx, w.ID, again.ID)
			h.must(err)
		}
		if _, err := h.service.Redeliver(h.ctx, w.ID, again.ID); codeOf(err) != webhooks.CodeReplayLimit {
			t.Errorf("an eleventh replay: %v", err)
		}
		if n := len(h.queues(w)); n != 11 {
			t.Errorf("%d queues, want 11", n)
		}
		test, _, err := h.service.Test(h.ctx, w.ID)
		h.must(err)
		if _, err := h.service.Redeliver(h.ctx, w.ID, test.ID); codeOf(err) != webhooks.CodeTest {
			t.Errorf("a test again: %v", err)
		}
	})
}

// TestRewindOfBusyQueue: the worker that has the queue loses it, and whoever goes
// on waits until it has ended what it was at.
func TestRewindOfBusyQueue(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, "http://127.0.0.1:9")
		h.happen(acme, 4)
		queues := NewWebhookQueues(f.db)
		claims, err := queues.Claim(h.ctx, "worker", time.Minute, []webhooks.Take{{Webhook: w, Most: 1}})
		h.must(err)
		_, err = h.service.Replay(h.ctx, w.ID, webhooks.Replay{TenantID: acme.ID, From: 2})
		h.must(err)
		standings, err := queues.Record(h.ctx, []*webhooks.Progress{{Claim: claims[0], Through: 4, Lease: time.Minute, Release: true}})
		h.must(err)
		q := h.queue(w, acme.ID)
		if !standings[0].Lost || q.Sequence != 1 || q.Due.Sub(h.time.now()) != 20*time.Second {
			t.Errorf("%+v, %+v", standings, q)
		}
	})
}

// TestExpiredEvents: what waited for longer than events are kept is left out, and
// the log says so.
func TestExpiredEvents(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme := h.tenant()
		w, _ := h.webhook(acme.ID, r.URL)
		h.happen(acme, 5)
		h.must(f.db.update(h.ctx, acme.ID.UUID(), func(tx *tx) error {
			_, err := tx.exec(h.ctx, `delete from events where tenant_id = $1 and sequence <= 3`, acme.ID)
			return err
		}))
		h.round()
		if got := r.sequences(acme.ID); !slices.Equal(got, []int64{4, 5}) {
			t.Errorf("%v came", got)
		}
		lost := h.failures(w)
		if len(lost) != 1 || lost[0].Outcome != webhooks.GivenUp || lost[0].Sequence != 3 ||
			!strings.HasPrefix(lost[0].Failure, "events 1 to 3 are not kept any more") {
			t.Errorf("%+v", lost)
		}
		if _, err := h.service.Replay(h.ctx, w.ID, webhooks.Replay{TenantID: acme.ID, From: 3}); codeOf(err) != webhooks.CodeExpired {
			t.Errorf("a replay of what is gone: %v", err)
		}
		log := h.log(w)
		h.must(f.db.update(h.ctx, acme.ID.UUID(), func(tx *tx) error {
			_, err := tx.exec(h.ctx, `delete from events where tenant_id = $1`, acme.ID)
			return err
		}))
		if d, body, err := h.service.Delivery(h.ctx, w.ID, log[len(log)-1].ID); err != nil || d.Sequence != 5 || body != nil {
			t.Errorf("%+v, %s, %v", d, body, err)
		}
	})
}

// TestTestMessage: it is sent once, at once, and logged; also to a webhook that is
// paused.
func TestTestMessage(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		w, secret := h.webhook(tenants.TenantID{}, r.URL)
		_, err := h.service.Pause(h.ctx, w.ID)
		h.must(err)
		d, body, err := h.service.Test(h.ctx, w.ID)
		h.must(err)
		m := r.all()[0]
		verifier, err := standardwebhooks.NewWebhook(secret.Text())
		h.must(err)
		h.must(verifier.Verify(m.body, m.header))
		if d.Outcome != webhooks.Delivered || d.Status != 204 || string(body) != string(m.body) || m.Type != webhooks.TypeTest || m.ID != d.EventID.String() {
			t.Errorf("%+v: %s", d, m.body)
		}
		r.say(status(http.StatusTeapot))
		if d, _, err = h.service.Test(h.ctx, w.ID); err != nil || d.Outcome != webhooks.GivenUp || d.Failure != "it answers 418 I'm a teapot" {
			t.Errorf("%+v, %v", d, err)
		}
		if log := h.log(w); len(log) != 2 {
			t.Errorf("%d attempts in the log", len(log))
		}
		stored, body, err := h.service.Delivery(h.ctx, w.ID, h.log(w)[0].ID)
		if err != nil || string(body) != string(m.body) || stored.Status != 204 {
			t.Errorf("%s, %v", body, err)
		}
	})
}

// TestWebhookStore: lists, limits, changes and the end.
func TestWebhookStore(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		r := newReceiver(t, nil)
		acme := h.tenant()
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		own, _ := h.webhook(acme.ID, r.URL, events.UserCreated)
		list := func(q webhooks.Filter) []string {
			all, err := h.service.List(h.ctx, q, tenants.WebhookID{}, 100)
			h.must(err)
			ids := []string{}
			for _, w := range all {
				ids = append(ids, w.ID.String())
			}
			return ids
		}
		if got := list(webhooks.Filter{}); !slices.Equal(got, []string{w.ID.String(), own.ID.String()}) {
			t.Errorf("all: %v", got)
		}
		if got := list(webhooks.Filter{Tenant: acme.ID, Status: webhooks.Active}); !slices.Equal(got, []string{own.ID.String()}) {
			t.Errorf("of acme: %v", got)
		}
		if got := list(webhooks.Filter{Status: webhooks.Gone}); len(got) != 0 {
			t.Errorf("gone: %v", got)
		}
		text, types := "for acme", []events.Type{"group.created", "group.created"}
		updated, err := h.service.Update(h.ctx, own.ID, webhooks.Update{Description: &text, Types: &types})
		h.must(err)
		if now := h.stored(own); now.Description != text || !slices.Equal(now.Types, types[:1]) || now.URL != own.URL || !updated.UpdatedAt.Equal(now.UpdatedAt) {
			t.Errorf("%+v", now)
		}
		if _, _, err := h.service.Create(h.ctx, webhooks.NewWebhook{TenantID: tenants.NewTenantID(), URL: r.URL}); codeOf(err) != "not found" {
			t.Errorf("of no tenant: %v", err)
		}
		for range 19 {
			h.webhook(acme.ID, r.URL)
		}
		if _, _, err := h.service.Create(h.ctx, webhooks.NewWebhook{TenantID: acme.ID, URL: r.URL}); codeOf(err) != webhooks.CodeLimit {
			t.Errorf("one too many: %v", err)
		}
		h.happen(acme, 2)
		h.round()
		h.must(h.service.Delete(h.ctx, own.ID))
		h.webhook(acme.ID, r.URL) // there is room again
		if _, err := h.service.Webhook(h.ctx, own.ID); codeOf(err) != "not found" {
			t.Errorf("a deleted webhook: %v", err)
		}
		if err := h.service.Delete(h.ctx, own.ID); codeOf(err) != "not found" {
			t.Errorf("deleting it again: %v", err)
		}
		h.prune()
		if left := h.rows(`select count(*) from webhooks where status = 'deleted'`); left[0] != "0" {
			t.Errorf("%s deleted webhooks are kept", left[0])
		}
		if n := len(h.log(w)); n != 2 {
			t.Errorf("the log of another has %d attempts", n)
		}
		h.time.advance(31 * 24 * time.Hour)
		h.prune()
		if left := h.rows(`select count(*) from webhook_deliveries`); left[0] != "0" {
			t.Errorf("%s attempts are kept after 31 days", left[0])
		}
		log := h.auditOf(acme.ID.UUID())
		for _, action := range []string{"webhook.updated", "webhook.deleted"} {
			if !slices.Contains(log, action) {
				t.Errorf("%s is not in the audit log", action)
			}
		}
	})
}

// prune forgets what has served its purpose.
func (h *hooks) prune() {
	h.t.Helper()
	for more := true; more; {
		var err error
		more, err = h.parts.Prune(h.ctx, h.time.now())
		h.must(err)
	}
}

// TestDeliveriesAreFound by tenant, outcome, type and time.
func TestDeliveriesAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		h := newHooks(t, f)
		acme, globex := h.tenant(), h.tenant()
		r := newReceiver(t, func(w http.ResponseWriter, m message) {
			if m.TenantID == acme.ID.String() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		w, _ := h.webhook(tenants.TenantID{}, r.URL)
		h.happen(acme, 1)
		h.happen(globex, 2)
		h.round()
		middle := h.time.now().Add(time.Hour)
		h.time.advance(2 * time.Hour)
		h.round()
		for name, c := range map[string]struct {
			filter webhooks.DeliveryFilter
			want   int
		}{
			"all":       {webhooks.DeliveryFilter{}, 4},
			"tenant":    {webhooks.DeliveryFilter{Tenant: acme.ID}, 2},
			"delivered": {webhooks.DeliveryFilter{Outcome: webhooks.Delivered}, 2},
			"retrying":  {webhooks.DeliveryFilter{Outcome: webhooks.Retrying}, 2},
			"given up":  {webhooks.DeliveryFilter{Outcome: webhooks.GivenUp}, 0},
			"type":      {webhooks.DeliveryFilter{Type: events.UserCreated}, 4},
			"no type":   {webhooks.DeliveryFilter{Type: events.UserDeleted}, 0},
			"since":     {webhooks.DeliveryFilter{Since: middle}, 1},
			"until":     {webhooks.DeliveryFilter{Until: middle}, 3},
		} {
			found, err := h.service.Deliveries(h.ctx, w.ID, c.filter, tenants.DeliveryID{}, 10)
			if h.must(err); len(found) != c.want {
				t.Errorf("%s: %d, want %d", name, len(found), c.want)
			}
		}
		var paged []tenants.DeliveryID
		for before := (tenants.DeliveryID{}); ; {
			page, err := h.service.Deliveries(h.ctx, w.ID, webhooks.DeliveryFilter{}, before, 3)
			h.must(err)
			for _, d := range page {
				paged = append(paged, d.ID)
			}
			if len(page) < 3 {
				break
			}
			before = page[2].ID
		}
		if len(paged) != 4 || !slices.IsSortedFunc(paged, func(a, b tenants.DeliveryID) int { return -strings.Compare(a.String(), b.String()) }) {
			t.Errorf("in pages: %v", paged)
		}
	})
}
