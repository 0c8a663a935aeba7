package webhooks

import (
	"context"
	"errors"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// Deliveries returns at most limit attempts that are older than one, the newest
// first.
func (s *Service) Deliveries(ctx context.Context, id tenants.WebhookID, f DeliveryFilter, before tenants.DeliveryID, limit int) ([]*Delivery, error) {
	if _, err := s.store.Webhook(ctx, id); err != nil {
		return nil, err
	}
	return s.store.Deliveries(ctx, id, f, before, limit)
}

// Delivery returns one attempt and the body that was sent; nil if its event is
// not kept any more.
func (s *Service) Delivery(ctx context.Context, id tenants.WebhookID, delivery tenants.DeliveryID) (*Delivery, []byte, error) {
	w, err := s.store.Webhook(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.store.Delivery(ctx, id, delivery)
	if err != nil {
		return nil, nil, err
	}
	e, err := s.eventOf(ctx, w, d)
	if errors.Is(err, tenants.ErrNotFound) {
		return d, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := messageOf(e)
	return d, m.body, err
}

// eventOf is the event that was sent. That of a test can be made again.
func (s *Service) eventOf(ctx context.Context, w *Webhook, d *Delivery) (*events.Event, error) {
	switch {
	case d.EventType == TypeTest:
		return testEvent(w, d.EventID, d.At), nil
	case d.EventID.IsZero():
		return nil, tenants.ErrNotFound
	}
	return s.store.Event(ctx, d.TenantID, d.Sequence)
}

// Redeliver sends the event of a delivery again, beside what happens.
func (s *Service) Redeliver(ctx context.Context, id tenants.WebhookID, delivery tenants.DeliveryID) (*Replay, error) {
	d, err := s.store.Delivery(ctx, id, delivery)
	switch {
	case err != nil:
		return nil, err
	case d.EventType == TypeTest:
		return nil, &tenants.RefusedError{Code: CodeTest, Reason: "This was a test message, which has no event. Send another one instead."}
	}
	return s.Replay(ctx, id, Replay{TenantID: d.TenantID, From: d.Sequence, To: d.Sequence})
}

// Replay sends events of a tenant again: those of a range, beside what happens,
// or, where To is 0, all from one on. The latter go before what has not been sent
// yet, so the receiver sees one sequence that begins anew.
func (s *Service) Replay(ctx context.Context, id tenants.WebhookID, r Replay) (*Replay, error) {
	switch {
	case r.From < 1:
		return nil, invalid("from_sequence", "sequences begin with 1")
	case r.To != 0 && r.To < r.From:
		return nil, invalid("to_sequence", "it comes before from_sequence")
	}
	w, err := s.store.Webhook(ctx, id)
	if err != nil {
		return nil, err
	}
	if !w.Covers(r.TenantID) {
		return nil, invalid("tenant_id", "the webhook gets events of another tenant alone")
	}
	r.ID, r.CreatedBy, r.CreatedAt = tenants.NewReplayID(), author(ctx), s.now()
	if r.To == 0 {
		err = s.store.Rewind(ctx, w, r)
	} else {
		err = s.store.AddReplay(ctx, w, r, maxReplays)
	}
	return &r, err
}

// Queues returns at most limit queues of a webhook, in the order of tenants and
// lanes.
func (s *Service) Queues(ctx context.Context, id tenants.WebhookID, f QueueFilter, limit int) ([]*Queue, error) {
	if _, err := s.store.Webhook(ctx, id); err != nil {
		return nil, err
	}
	return s.store.Queues(ctx, id, f, limit)
}

// Test sends a message that nothing has happened, once, and waits for what comes
// of it. A webhook that is not active can be tested too.
func (s *Service) Test(ctx context.Context, id tenants.WebhookID) (*Delivery, []byte, error) {
	w, err := s.Webhook(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	event := tenants.NewEventID()
	at := s.now()
	m, err := messageOf(testEvent(w, event, at))
	if err != nil {
		return nil, nil, err
	}
	a := s.sender.send(ctx, w, m)
	d := &Delivery{
		ID: tenants.NewDeliveryID(), WebhookID: w.ID, EventID: event, EventType: TypeTest, Attempt: 1, At: at,
		Duration: a.took, Status: a.status, Outcome: Delivered, Failure: a.failure, Request: a.request, Response: a.response,
	}
	if a.failure != "" {
		d.Outcome = GivenUp // a test is not tried again
	}
	return d, m.body, s.store.AddDelivery(context.WithoutCancel(ctx), d)
}
