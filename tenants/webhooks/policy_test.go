package webhooks

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestBackoff: pauses grow, and differ by a fifth at most.
func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, jitter := range []float64{0, .5, 1} {
		o := Options{Jitter: func() float64 { return jitter }}.withDefaults()
		for attempts, pause := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute,
			time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour, 6 * time.Hour} {
			r := o.failureOf(&Claim{Attempts: attempts, FailedAt: noon}, &attempt{at: noon, status: 500})(Health{Failures: 1, Now: noon})
			want := time.Duration(float64(pause) * (.8 + .4*jitter))
			if got := r.Due.Sub(noon); got != want || r.Attempts != attempts+1 || r.Outcome != Retrying || r.Status != Active || !r.HeldUntil.IsZero() {
				t.Errorf("after %d attempts: %s, want %s; %+v", attempts, got, want, r)
			}
		}
	}
}

// TestGivingUp: what three days of failures mean.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	o := Options{Jitter: func() float64 { return .5 }}.withDefaults()
	failed := &attempt{at: noon, status: 500, failure: "it answers 500"}
	for name, c := range map[string]struct {
		since       time.Duration
		deliveredAt time.Time
		outcome     Outcome
		status      Status
	}{
		"a moment less":            {72*time.Hour - time.Microsecond, time.Time{}, Retrying, Active},
		"nothing ever got through": {72 * time.Hour, time.Time{}, Retrying, Failing},
		"nothing since":            {72 * time.Hour, noon.Add(-73 * time.Hour), Retrying, Failing},
		"other events got through": {72 * time.Hour, noon.Add(-time.Hour), GivenUp, Active},
	} {
		claim := &Claim{Attempts: 15, FailedAt: noon.Add(-c.since)}
		r := o.failureOf(claim, failed)(Health{Failures: 3, DeliveredAt: c.deliveredAt, Now: noon})
		if r.Outcome != c.outcome || r.Status != c.status || (r.Reason != "") != (c.status == Failing) {
			t.Errorf("%s: %+v", name, r)
		}
		if c.outcome == GivenUp && (r.Attempts != 0 || !r.FailedAt.IsZero() || r.Due != noon) {
			t.Errorf("%s: the next event has failed before: %+v", name, r)
		}
	}
	gone := o.failureOf(&Claim{}, &attempt{at: noon, status: 410})(Health{Failures: 1, Now: noon})
	if gone.Status != Gone || gone.Outcome != Retrying {
		t.Errorf("410: %+v", gone)
	}
	held := o.failureOf(&Claim{}, failed)(Health{Failures: 5, Now: noon})
	if held.HeldUntil.Sub(noon) != 10*time.Second {
		t.Errorf("the fifth failure in a row: %+v", held)
	}
	late := o.failureOf(&Claim{Attempts: 9, FailedAt: noon.Add(-time.Hour)}, failed)(Health{Failures: 9, DeliveredAt: noon.Add(-time.Hour), Now: noon})
	if late.Due != late.HeldUntil || late.Due.Sub(noon) > 6*time.Minute {
		t.Errorf("a held webhook is tried by an event whose own turn is far away: %+v", late)
	}
	asked := o.failureOf(&Claim{}, &attempt{at: noon, status: 429, wait: time.Hour})(Health{Failures: 1, Now: noon})
	if asked.Due != noon.Add(time.Hour) || asked.NotBefore != asked.Due {
		t.Errorf("Retry-After: %+v", asked)
	}
}

// TestShares: free slots go to those that have the fewest.
func TestShares(t *testing.T) {
	t.Parallel()
	d, err := NewDeliverer(nil, NewSender(SenderOptions{}), make([]byte, 32), Options{})
	if err != nil {
		t.Fatal(err)
	}
	made := func(failures int) *Webhook {
		w := &Webhook{ID: tenants.NewWebhookID(), Failures: failures, Secrets: []Secret{newSecret(nil, noon)}}
		if err := d.vault.seal(w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	a, b, c, held := made(0), made(4), made(0), made(5)
	shares := func(running map[*Webhook]int, due ...*Webhook) []int {
		d.running, d.total = map[tenants.WebhookID]int{}, 0
		for w, n := range running {
			d.running[w.ID] = n
			d.total += n
		}
		list := make([]int, len(due))
		for _, take := range d.share(due) {
			list[slices.Index(due, take.Webhook)] = take.Most
			if (take.Probe > 0) != (take.Webhook == held) {
				t.Errorf("%+v", take)
			}
		}
		return list
	}
	for name, s := range map[string]struct{ got, want []int }{
		"alone":           {shares(nil, a), []int{8}},
		"two":             {shares(nil, a, b), []int{8, 8}},
		"three":           {shares(nil, a, b, c), []int{6, 5, 5}},
		"behind others":   {shares(map[*Webhook]int{a: 8, b: 4}, a, b, c), []int{0, 0, 4}},
		"no room":         {shares(map[*Webhook]int{a: 8, b: 8}, a, b, c), []int{0, 0, 0}},
		"a probe":         {shares(nil, held, a), []int{1, 8}},
		"probed already":  {shares(map[*Webhook]int{held: 1}, held), []int{0}},
		"a locked secret": {shares(nil, &Webhook{ID: a.ID, Sealed: []byte("x")}, c), []int{0, 8}},
	} {
		if !slices.Equal(s.got, s.want) {
			t.Errorf("%s: %v, want %v", name, s.got, s.want)
		}
	}
}

// TestLeaseIsLongEnough: an attempt that goes on behind it could come twice.
func TestLeaseIsLongEnough(t *testing.T) {
	t.Parallel()
	if _, err := NewDeliverer(nil, NewSender(SenderOptions{}), make([]byte, 32), Options{Lease: 20 * time.Second}); err == nil {
		t.Error("a lease of 20 s for attempts of 15 s")
	}
}

// TestVault: secrets open with the installation's key, for their webhook alone.
func TestVault(t *testing.T) {
	t.Parallel()
	v, err := newVault(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	w := &Webhook{ID: tenants.NewWebhookID(), Secrets: []Secret{newSecret(nil, noon)}}
	w.Secrets = append(w.Secrets, newSecret(w.Secrets, noon))
	if err := v.seal(w); err != nil {
		t.Fatal(err)
	}
	same := &Webhook{ID: w.ID, Sealed: w.Sealed}
	if err := v.open(same); err != nil || len(same.Secrets) != 2 || !bytes.Equal(same.Secrets[1].Key, w.Secrets[1].Key) || same.Secrets[1].ID != "2" {
		t.Errorf("%+v, %v", same.Secrets, err)
	}
	if err := v.open(&Webhook{ID: tenants.NewWebhookID(), Sealed: w.Sealed}); err == nil {
		t.Error("another webhook's secrets open")
	}
	other, err := newVault(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.open(&Webhook{ID: w.ID, Sealed: w.Sealed}); err == nil {
		t.Error("another key opens them")
	}
}

// TestSignatures by the library that receivers use.
func TestSignatures(t *testing.T) {
	t.Parallel()
	now := time.Now()
	secrets := []Secret{newSecret(nil, now), newSecret(nil, now)}
	secrets[0].ExpiresAt = now.Add(time.Minute)
	m, err := messageOf(&events.Event{ID: "evt01", Type: events.UserCreated, Data: []byte(`{"a":"<ü>"}`), OccurredAt: now})
	if err != nil {
		t.Fatal(err)
	}
	verified := func(at time.Time) (by [2]bool) {
		h := m.headers(secrets, at)
		for i, s := range secrets {
			v, err := standardwebhooks.NewWebhook(s.Text())
			if err != nil {
				t.Fatal(err)
			}
			by[i] = v.VerifyIgnoringTimestamp(m.body, h) == nil
		}
		return by
	}
	if by := verified(now); by != [2]bool{true, true} {
		t.Errorf("both are live: %v", by)
	}
	if by := verified(now.Add(time.Minute)); by != [2]bool{false, true} {
		t.Errorf("one has ended: %v", by)
	}
	if !strings.HasPrefix(secrets[0].Text(), "whsec_") || len(secrets[0].Key) != 32 || bytes.Equal(secrets[0].Key, secrets[1].Key) {
		t.Errorf("%s", secrets[0].Text())
	}
	if n := len(strings.Fields(m.headers(secrets, now).Get("webhook-signature"))); n != 2 {
		t.Errorf("%d signatures", n)
	}
	if !strings.Contains(string(m.body), `"type":"user.created"`) {
		t.Errorf("%s", m.body)
	}
}
