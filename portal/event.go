package portal

import (
	"context"
	"strings"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/events"
)

// ListEvents implements api.StrictServerInterface.
func (h *handlers) ListEvents(ctx context.Context, r api.ListEventsRequestObject) (api.ListEventsResponseObject, error) {
	tenant, err := tenants.ParseTenantID(r.Tenant)
	if err != nil {
		return nil, errNotFound
	}
	page, err := h.events.Tenant(ctx, tenant, events.Query{
		After: orZero(r.Params.After), Types: eventTypes(r.Params.Types), Limit: eventLimit(r.Params.Limit), Wait: waitTime(r.Params.Wait),
	})
	if err != nil {
		return nil, err
	}
	return api.ListEvents200JSONResponse{Items: answers(page.Items, eventAnswer), Last: page.Last, NextAfter: page.Next}, nil
}

// feedCursors is the kind of the cursors of the feed. They hold for every filter.
const feedCursors = "events"

// cursorNow is the cursor behind everything that has happened.
const cursorNow = "now"

// ListAllEvents implements api.StrictServerInterface.
func (h *handlers) ListAllEvents(ctx context.Context, r api.ListAllEventsRequestObject) (api.ListAllEventsResponseObject, error) {
	if err := wholeInstallation(ctx); err != nil {
		return nil, err
	}
	q := events.FeedQuery{Types: eventTypes(r.Params.Types), Limit: eventLimit(r.Params.Limit), Wait: waitTime(r.Params.Wait)}
	if cursor := orZero(r.Params.Cursor); cursor == cursorNow {
		q.Now = true
	} else if cursor != "" {
		q.After = &events.Place{}
		if err := h.cursors.open(feedCursors, cursor, q.After); err != nil {
			return nil, err
		}
	}
	page, err := h.events.All(ctx, q)
	if err != nil {
		return nil, err
	}
	next, err := h.cursors.seal(feedCursors, page.Next)
	return api.ListAllEvents200JSONResponse{Items: answers(page.Items, eventAnswer), NextCursor: next, More: page.More}, err
}

// wholeInstallation refuses who belongs to one tenant.
func wholeInstallation(ctx context.Context) error {
	if principalOf(ctx).TenantID == "" {
		return nil
	}
	return &tenants.ForbiddenError{Reason: "This is about all organisations, and your access is to one of them. " +
		"Use what is below /api/v1/tenants/{tenant}, or ask the vendor."}
}

func eventTypes(list *api.EventTypesFilter) []events.Type {
	if orZero(list) == "" {
		return nil
	}
	var types []events.Type
	for name := range strings.SplitSeq(*list, ",") {
		types = append(types, events.Type(name))
	}
	return types
}

func eventLimit(limit *api.EventLimit) int {
	if limit == nil {
		return events.DefaultLimit
	}
	return *limit
}

func waitTime(seconds *api.Wait) time.Duration { return time.Duration(orZero(seconds)) * time.Second }

func eventAnswer(e events.Event) api.Event {
	answer := api.Event{
		ID: e.ID, TenantID: e.TenantID, Sequence: e.Sequence, Type: string(e.Type), OccurredAt: e.OccurredAt,
		Data: e.Data, RequestID: orNull(e.RequestID),
	}
	if len(e.Previous) > 0 {
		answer.Previous = &e.Previous
	}
	return answer
}
