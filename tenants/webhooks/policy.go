package webhooks

import (
	"fmt"
	"net/http"
	"time"
)

// failureOf is what follows from a delivery that failed.
func (o *Options) failureOf(c *Claim, a *attempt) func(Health) Ruling {
	return func(h Health) Ruling {
		r := Ruling{Outcome: Retrying, Attempts: c.Attempts + 1, FailedAt: c.FailedAt, Status: Active}
		if r.FailedAt.IsZero() {
			r.FailedAt = a.at
		}
		wait := o.spread(nth(o.Backoff, c.Attempts))
		if a.wait > 0 {
			wait = a.wait // exactly what was asked for
			r.NotBefore = h.Now.Add(wait)
		}
		r.Due = h.Now.Add(wait)
		switch {
		case a.status == http.StatusGone:
			r.Status, r.Reason = Gone, "The receiver answered 410 Gone: it wants no more messages. Resume the webhook if that was a mistake."
			return r
		case h.Now.Sub(r.FailedAt) < o.GiveUp:
		case h.DeliveredAt.Before(r.FailedAt):
			r.Status = Failing
			r.Reason = fmt.Sprintf("Nothing got through for %s; at last: %s. Resume the webhook when the receiver works again: it goes on at the event that failed.",
				days(h.Now.Sub(r.FailedAt)), a.failure)
			return r
		default: // the receiver refuses this event alone
			r.Outcome, r.Attempts, r.FailedAt, r.Due, r.NotBefore = GivenUp, 0, time.Time{}, h.Now, time.Time{}
		}
		if h.Failures >= o.HoldAfter {
			r.HeldUntil = h.Now.Add(o.spread(nth(o.Hold, h.Failures-o.HoldAfter)))
			if a.wait == 0 && r.HeldUntil.Before(r.Due) { // one queue at a time is tried then
				r.Due = r.HeldUntil
			}
		}
		return r
	}
}

// spread makes a pause up to a fifth longer or shorter, so that not all come back
// at once.
func (o *Options) spread(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*o.Jitter()))
}

// nth is the item of a list with a number; the last one goes on.
func nth(list []time.Duration, n int) time.Duration { return list[min(max(n, 0), len(list)-1)] }

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}
