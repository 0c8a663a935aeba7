package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/scim/scimhttp"
)

// metrics counts what the public address does. Every label has few values:
// nothing that a client chooses becomes one.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	inFlight prometheus.Gauge
	cache    *cacheMetrics
	webhooks *webhookMetrics
	series   seriesOf
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		cache:    newCacheMetrics(),
		webhooks: newWebhookMetrics(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_http_requests_total", Help: "Requests answered.",
		}, []string{"method", "status", "resource"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "roster_http_request_duration_seconds", Help: "Time from the first byte of a request to the last of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "resource"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_admission_refusals_total", Help: "SCIM requests that were not let in, by the reason's code.",
		}, []string{"code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "roster_http_requests_in_flight", Help: "Requests being answered.",
		}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.refusals, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) refused(code string) { m.refusals.WithLabelValues(code).Inc() }

func (m *metrics) observe(r *http.Request, status int, took time.Duration) {
	s := m.series.of(m, labels{method: methodLabel(r.Method), resource: resourceLabel(r.URL.Path), status: status, waits: waits(r)})
	s.requests.Inc()
	if s.duration != nil {
		s.duration.Observe(took.Seconds())
	}
}

// waits says that a request takes as long as its client wants: a long poll of
// events, or a stream.
func waits(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, portal.Prefix) &&
		(strings.HasSuffix(r.URL.Path, "/stream") || strings.Contains(r.URL.RawQuery, "wait="))
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// resourceLabel is the endpoint of a SCIM path, as clients write it in any case,
// or which other part of the server a path belongs to.
func resourceLabel(path string) string {
	if strings.HasPrefix(path, portal.Prefix) {
		return "api"
	}
	rest, ok := strings.CutPrefix(path, scimhttp.Prefix)
	if !ok {
		return "page"
	}
	_, endpoint, _ := strings.Cut(rest, "/")
	endpoint, _, _ = strings.Cut(endpoint, "/")
	for _, label := range endpointLabels {
		if strings.EqualFold(endpoint, label) {
			return label
		}
	}
	return "other"
}

var endpointLabels = []string{"users", "groups", "schemas", "resourcetypes", "serviceproviderconfig"}
