package client

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// webhookBytes bounds the body of a webhook.
const webhookBytes = 16 << 20

// Handler receives webhooks. It answers 204 when the function has returned
// without an error, and otherwise an error, whereupon Roster sends the event
// again, and the tenant's next ones after it. An event may come more than once:
// remember the ids, or the sequence of each tenant, of those that are applied.
// What the function is given is genuine; its errors are not shown to the sender.
func (v *Verifier) Handler(apply func(context.Context, Event) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, webhookBytes))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			http.Error(w, "The body is too large.", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil { // the sender is gone
			http.Error(w, "The body could not be read.", http.StatusBadRequest)
			return
		}
		event, err := v.Event(r.Header, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if err := apply(r.Context(), event); err != nil {
			http.Error(w, "The event could not be applied.", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
