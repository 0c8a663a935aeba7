package main

import (
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// recorder speaks the request log's words for the SCIM interface's.
type recorder struct{ log *requestlog.Recorder }

var _ scimhttp.Recorder = recorder{}

// Record implements scimhttp.Recorder. Reads, of which there are many, cost it a
// copy of a few words; the credential is left behind here.
func (r recorder) Record(x *scimhttp.Exchange) {
	e := requestlog.Exchange{
		At: x.At, Duration: x.Duration, TenantID: x.Directory.TenantID, Connection: x.Connection,
		Method: x.Method, Path: x.Path, RawQuery: x.RawQuery, RequestID: x.RequestID, UserAgent: x.UserAgent, Address: x.Address,
		TokenID: x.TokenID, Status: x.Status, RetryAfter: x.RetryAfter,
		RequestBody: x.RequestBody, ResponseBody: x.ResponseBody, Shortened: x.Shortened,
	}
	e.TokenHint, e.TokenSent = requestlog.HintOf(x.Credential)
	if x.Err != nil {
		noteRefusal(&e, x.Err)
	}
	list, more := x.Effects.List()
	for i := range list {
		e.Changes = append(e.Changes, changeOf(&list[i]))
	}
	e.MoreChanges = more
	if x.Bulk != nil {
		e.Bulk = bulkOf(x.Bulk)
	}
	r.log.Record(e)
}

// noteRefusal notes why a request was refused.
func noteRefusal(e *requestlog.Exchange, err error) {
	if refusal, ok := errors.AsType[*scimhttp.Refusal](err); ok {
		e.Code, e.TokenSince = requestlog.Code(refusal.Code), refusal.Since
		return
	}
	reason, attribute := scim.ReasonOf(err)
	e.Code, e.Attribute = requestlog.Code(reason), attribute
	if missing, ok := errors.AsType[*scim.MissingMembersError](err); ok {
		e.Missing = missing.IDs
	}
}

func changeOf(effect *scim.Effect) requestlog.Change {
	return requestlog.Change{
		Action: string(effect.Action), ResourceType: effect.ResourceType, ID: effect.ID, Name: effect.Name, Attributes: effect.Attributes,
		Added: effect.Added, Removed: effect.Removed, Pending: effect.Pending, AddedIDs: effect.AddedIDs, RemovedIDs: effect.RemovedIDs,
		Person: (*requestlog.PersonValues)(effect.Person),
	}
}

// bulkOf counts what became of the operations of a bulk request.
func bulkOf(results []scim.BulkResult) *requestlog.Bulk {
	b := &requestlog.Bulk{Operations: len(results)}
	for _, result := range results {
		if result.Err == nil {
			continue
		}
		if result.Status >= http.StatusInternalServerError {
			b.Failed++
		} else {
			b.Refused++
		}
		reason, _ := scim.ReasonOf(result.Err)
		b.Count(requestlog.Code(reason))
	}
	return b
}

// openRequestLog begins to keep what identity providers send.
func (a *App) openRequestLog() {
	a.requests = storage.NewRequests(a.db, health.Folder{}, a.logger)
	if a.unrecorded {
		return
	}
	a.recorder = requestlog.NewRecorder(a.requests, a.logger)
	a.metrics.observeRequestLog(a.recorder)
}

// observeRequestLog shows whether the request log keeps up.
func (m *metrics) observeRequestLog(r *requestlog.Recorder) {
	counter := func(name, help string, read func(requestlog.Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(read(r.Stats())) })
	}
	m.registry.MustRegister(
		counter("roster_request_log_stored_total", "Lines of the request log that were stored.",
			func(s requestlog.Stats) int64 { return s.Stored }),
		counter("roster_request_log_folded_total", "Requests that another line of the request log stands for.",
			func(s requestlog.Stats) int64 { return s.Folded }),
		counter("roster_request_log_lost_total", "Requests that the request log has lost, since the database was away for long or refused them.",
			func(s requestlog.Stats) int64 { return s.Lost }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "roster_request_log_waiting", Help: "Lines of the request log that wait to be stored.",
		}, func() float64 { return float64(r.Stats().Waiting) }))
}
