package webhooks

import (
	"context"
	"time"

	"github.com/roster-scim/roster/tenants"
)

// Hour is what the attempts of a webhook in one hour add up to.
type Hour struct {
	Start     time.Time // a whole hour, UTC
	Delivered int64     // events
	Failed    int64     // attempts
	// Measured is how many of Delivered have a lag: how long after it happened an
	// event was delivered. Replays have none, since nobody waited for them.
	Measured int64
	Lag      time.Duration // of all of them
	LagMax   time.Duration
}

// Bounds of what Hours returns.
const (
	usualHours = 7 * 24 * time.Hour
	mostHours  = 31 * 24 * time.Hour
)

// Hours counts attempts by the hour, from since on until. A zero until is now, a
// zero since a week before that; more than 31 days is cut.
func (s *Service) Hours(ctx context.Context, id tenants.WebhookID, since, until time.Time) ([]Hour, error) {
	w, err := s.store.Webhook(ctx, id)
	if err != nil {
		return nil, err
	}
	if until.IsZero() {
		until = s.now()
	}
	if since.IsZero() {
		since = until.Add(-usualHours)
	}
	if most := until.Add(-mostHours); since.Before(most) {
		since = most
	}
	return s.store.Hours(ctx, w, since, until)
}

// lag is how long after it happened the event of a delivery was delivered, and
// whether that says anything.
func (d *Delivery) lag() (time.Duration, bool) {
	if !d.Lane.IsZero() || d.OccurredAt.IsZero() {
		return 0, false
	}
	return max(d.At.Add(d.Duration).Sub(d.OccurredAt), 0), true
}

// Add counts an attempt. What was not tried, because the event is not kept any
// more, does not count.
func (h *Hour) Add(d *Delivery) {
	switch {
	case d.EventID.IsZero():
	case d.Outcome != Delivered:
		h.Failed++
	default:
		h.Delivered++
		if lag, ok := d.lag(); ok {
			h.Measured++
			h.Lag += lag
			h.LagMax = max(h.LagMax, lag)
		}
	}
}
