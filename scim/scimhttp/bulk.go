package scimhttp

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/roster-scim/roster/scim"
)

// operationsPerRequest is how many operations of a bulk request count as one
// request for the limiter: they share transactions and answers, so each costs
// the server between a quarter and a third of a request.
const operationsPerRequest = 4

// bulk serves /Bulk (RFC 7644 section 3.7).
func (h *Handler) bulk(w http.ResponseWriter, r *request) (*scim.Response, error) {
	if r.Method != http.MethodPost {
		return nil, notAllowed(w, "POST")
	}
	body, err := h.body(w, r)
	if err != nil {
		return nil, h.bulkTooLarge(err)
	}
	bulk, err := scim.ParseBulk(r.caller.Types, body)
	if err != nil {
		return nil, err
	}
	if h.Limiter != nil { // the request itself is paid for
		h.Limiter.Charge(r.connection, (bulk.Len()-1)/operationsPerRequest)
	}
	results := h.Engine.Bulk(r.Context(), r.caller, bulk)
	r.exchange.performed(results)
	id := w.Header().Get(headerRequestID)
	h.logBulk(r, results, id)
	return scim.BulkResponse(results, id)
}

// bulkTooLarge names the limit as the service provider configuration does (RFC
// 7644 section 3.7.4).
func (h *Handler) bulkTooLarge(err error) error {
	e, ok := errors.AsType[*scim.Error](err)
	if !ok || e.Status != http.StatusRequestEntityTooLarge {
		return err
	}
	return &scim.Error{Status: e.Status, Detail: fmt.Sprintf(
		"The bulk request is larger than maxPayloadSize (%d bytes). Nothing was changed. Send its operations in several requests.", h.MaxBody)}
}

// logBulk writes down why operations failed that were not the client's fault.
// Many fail for one reason, so the first of them speaks for all.
func (h *Handler) logBulk(r *request, results []scim.BulkResult, id string) {
	var first error
	failed := 0
	for _, result := range results {
		if result.Status < http.StatusInternalServerError {
			continue
		}
		if failed++; first == nil {
			first = result.Err
		}
	}
	if failed > 0 {
		h.logger.LogAttrs(r.Context(), slog.LevelError, "scim bulk operations failed",
			slog.String("request_id", id), slog.Int("failed", failed), slog.Int("of", len(results)), slog.Any("error", first))
	}
}
