package webhooks

import (
	"testing"
	"time"

	"github.com/roster-scim/roster/tenants"
)

func TestHourCountsAttempts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	event := tenants.NewEventID()
	for name, c := range map[string]struct {
		d    Delivery
		want Hour
	}{
		"delivered": {Delivery{EventID: event, Outcome: Delivered, At: at, Duration: time.Second, OccurredAt: at.Add(-2 * time.Second)},
			Hour{Delivered: 1, Measured: 1, Lag: 3 * time.Second, LagMax: 3 * time.Second}},
		"before it happened, by the clocks": {Delivery{EventID: event, Outcome: Delivered, At: at, OccurredAt: at.Add(time.Minute)},
			Hour{Delivered: 1, Measured: 1}},
		"replayed": {Delivery{EventID: event, Lane: tenants.NewReplayID(), Outcome: Delivered, At: at, OccurredAt: at.Add(-time.Hour)},
			Hour{Delivered: 1}},
		"of an unknown time": {Delivery{EventID: event, Outcome: Delivered, At: at}, Hour{Delivered: 1}},
		"failed":             {Delivery{EventID: event, Outcome: Retrying, At: at, OccurredAt: at.Add(-time.Hour)}, Hour{Failed: 1}},
		"given up":           {Delivery{EventID: event, Outcome: GivenUp, At: at, OccurredAt: at.Add(-time.Hour)}, Hour{Failed: 1}},
		"not kept any more":  {Delivery{Outcome: GivenUp, At: at}, Hour{}},
	} {
		var h Hour
		h.Add(&c.d)
		if h != c.want {
			t.Errorf("%s: %+v, want %+v", name, h, c.want)
		}
		before := h
		h.Add(&c.d)
		if h.Delivered != 2*before.Delivered || h.Failed != 2*before.Failed || h.Lag != 2*before.Lag || h.LagMax != before.LagMax {
			t.Errorf("%s, twice: %+v", name, h)
		}
	}
}
