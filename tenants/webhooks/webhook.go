// Package webhooks sends a tenant's events to the vendor's app: who gets which,
// how they are signed (Standard Webhooks), and the workers that deliver them in
// order, at least once, to public addresses alone.
package webhooks

import (
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// Webhook is an address that events are sent to.
type Webhook struct {
	ID           tenants.WebhookID
	TenantID     tenants.TenantID // zero: events of all tenants
	URL          string
	Description  string
	Types        []events.Type // empty: all
	Status       Status
	StatusReason string // a sentence, "" while it is active
	StatusAt     time.Time
	Secrets      []Secret // the newest last; at most maxSecrets
	Sealed       []byte   // the secrets as they are stored

	Failures     int       // in a row, of whatever tenant
	FailingSince time.Time // zero: the last delivery went well, or there was none
	HeldUntil    time.Time // nothing is sent before
	DeliveredAt  time.Time // last success, some seconds late; zero: never

	CreatedBy string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Status says whether events are sent.
type Status string

// The states of a webhook. All but the first keep their place: whoever resumes
// the webhook gets what happened meanwhile.
const (
	Active  Status = "active"
	Paused  Status = "paused"  // by somebody
	Failing Status = "failing" // by Roster: nothing got through for days
	Gone    Status = "gone"    // by the receiver: it answered 410
)

// Covers says whether the webhook gets a tenant's events.
func (w *Webhook) Covers(tenant tenants.TenantID) bool {
	return w.TenantID.IsZero() || w.TenantID == tenant
}

// Queue is how far one webhook has one tenant's events.
type Queue struct {
	TenantID  tenants.TenantID
	Tenant    string           // what people call it
	Lane      tenants.ReplayID // zero: as events happen; otherwise a replay
	Sequence  int64            // the last event that is done with
	Latest    int64            // the last one there is
	Until     int64            // of a replay: its last one
	Due       time.Time        // zero: nothing to send
	OldestAt  time.Time        // about when the oldest event happened that waits; zero: none does
	Attempts  int              // that failed, at the next event
	FailedAt  time.Time        // the first of them
	Failure   string           // what was wrong with the last one
	Working   bool             // a worker has it
	CreatedBy string           // of a replay
	CreatedAt time.Time
}

// QueueState is what a queue is at.
type QueueState string

// The states of a queue of an active webhook.
const (
	QueueIdle       QueueState = "idle"       // everything is sent
	QueueWaiting    QueueState = "waiting"    // it is its turn soon
	QueueDelivering QueueState = "delivering" // a worker is at it
	QueueRetrying   QueueState = "retrying"   // the next event failed and is tried again
)

// State returns what the queue is at.
func (q *Queue) State() QueueState {
	switch {
	case q.Due.IsZero():
		return QueueIdle
	case q.Working:
		return QueueDelivering
	case q.Attempts > 0:
		return QueueRetrying
	}
	return QueueWaiting
}

// Lag is how many events wait.
func (q *Queue) Lag() int64 { return max(q.Latest-q.Sequence, 0) }

// Outcome is what came of an attempt.
type Outcome string

// The outcomes of attempts.
const (
	Delivered Outcome = "delivered"
	Retrying  Outcome = "retrying" // it failed and is tried again
	GivenUp   Outcome = "given_up" // it failed for days and is left out
)

// Delivery is one attempt to deliver an event.
type Delivery struct {
	ID        tenants.DeliveryID
	WebhookID tenants.WebhookID
	TenantID  tenants.TenantID // zero: a test
	Lane      tenants.ReplayID // zero: as events happen
	Sequence  int64            // 0: a test
	EventID   tenants.EventID  // zero: events that are not kept any more
	EventType events.Type
	Attempt   int // from 1
	At        time.Time
	Duration  time.Duration
	Status    int // of the answer; 0: there was none
	Outcome   Outcome
	Failure   string // what was wrong, in words
	Request   Request
	Response  Response
	NextAt    time.Time // when it is tried again; zero: it is not

	OccurredAt time.Time // when the event happened; the worker alone knows, the log does not
}

// Request is what was sent, but for its body: that is the event.
type Request struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// Response is what came back, cut.
type Response struct {
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Cut     bool              `json:"cut,omitempty"` // the body went on
}
