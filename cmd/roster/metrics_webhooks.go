package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/roster-scim/roster/tenants/webhooks"
)

// webhookMetrics count what is sent to webhooks.
type webhookMetrics struct {
	deliveries *prometheus.CounterVec
	duration   prometheus.Histogram
}

func newWebhookMetrics() *webhookMetrics {
	return &webhookMetrics{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_webhook_deliveries_total", Help: "Attempts of this process to deliver an event to a webhook, by what came of them.",
		}, []string{"outcome"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "roster_webhook_delivery_duration_seconds", Help: "Time that an attempt to deliver an event to a webhook took.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}),
	}
}

func (m *metrics) delivered(outcome webhooks.Outcome, took time.Duration) {
	m.webhooks.deliveries.WithLabelValues(string(outcome)).Inc()
	m.webhooks.duration.Observe(took.Seconds())
}

// observeWebhooks shows what is sent to webhooks and how much waits.
func (m *metrics) observeWebhooks(store webhooks.LagStore, logger *slog.Logger) {
	m.registry.MustRegister(m.webhooks.deliveries, m.webhooks.duration, &lagCollector{store: store, logger: logger})
}

var (
	waitingEvents = prometheus.NewDesc("roster_webhook_waiting_events",
		"Events that wait for delivery to active webhooks, of the whole installation; an event counts for each webhook.", nil, nil)
	oldestEvent = prometheus.NewDesc("roster_webhook_oldest_waiting_seconds",
		"For how long the oldest of these events has waited.", nil, nil)
)

// lagCollector asks the database how far webhooks are behind, and remembers the
// answer for a while: whoever reads metrics more often learns nothing new.
type lagCollector struct {
	store  webhooks.LagStore
	logger *slog.Logger

	mu    sync.Mutex
	asked time.Time
	lag   webhooks.Lag
	known bool
}

const (
	lagKept    = 5 * time.Second
	lagTimeout = 2 * time.Second
)

// Describe implements prometheus.Collector.
func (*lagCollector) Describe(to chan<- *prometheus.Desc) { to <- waitingEvents; to <- oldestEvent }

// Collect implements prometheus.Collector. What is not known is left out.
func (c *lagCollector) Collect(to chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.asked) > lagKept {
		ctx, cancel := context.WithTimeout(context.Background(), lagTimeout)
		defer cancel()
		lag, err := c.store.Lag(ctx)
		if err != nil {
			c.logger.DebugContext(ctx, "cannot find out how far webhooks are behind", "error", err)
		}
		c.asked, c.lag, c.known = time.Now(), lag, err == nil
	}
	if c.known {
		to <- prometheus.MustNewConstMetric(waitingEvents, prometheus.GaugeValue, float64(c.lag.Waiting))
		to <- prometheus.MustNewConstMetric(oldestEvent, prometheus.GaugeValue, c.lag.Oldest.Seconds())
	}
}
