package webhooks

import (
	"fmt"

	"github.com/roster-scim/roster/tenants"
)

// expired is the row of the log about events that are not kept any more: nothing
// was sent.
func (t *turn) expired(last int64) *Delivery {
	return &Delivery{
		ID: tenants.NewDeliveryID(), WebhookID: t.webhook.ID, TenantID: t.claim.TenantID, Lane: t.claim.Lane,
		Sequence: last, Attempt: 1, At: t.o.Now().UTC(), Outcome: GivenUp,
		Failure: fmt.Sprintf("events %d to %d are not kept any more: they waited for too long; take a snapshot to catch up",
			t.claim.Sequence+1, last),
		Request: Request{URL: t.webhook.URL, Headers: map[string]string{}},
	}
}
