package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/redisdb"
)

// cacheMetrics count what the shared cache does.
type cacheMetrics struct {
	reads  *prometheus.CounterVec
	closed *prometheus.CounterVec
	phase  *prometheus.GaugeVec
}

func newCacheMetrics() *cacheMetrics {
	return &cacheMetrics{
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_cache_reads_total", Help: "Readings of the shared cache, by what was read and how that went.",
		}, []string{"what", "outcome"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "roster_cache_closed_total", Help: "How often this process has closed the shared cache, by the reason.",
		}, []string{"reason"}),
		phase: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "roster_cache_phase", Help: "1 for the phase that the shared cache is in.",
		}, []string{"phase"}),
	}
}

func (m *metrics) cacheRead(what, outcome string) { m.cache.reads.WithLabelValues(what, outcome).Inc() }

func (m *metrics) cacheClosed(reason string) { m.cache.closed.WithLabelValues(reason).Inc() }

func (m *metrics) cachePhase(now storage.CachePhase) {
	for _, phase := range []storage.CachePhase{storage.CacheClosed, storage.CacheOpening, storage.CacheOpen} {
		m.cache.phase.WithLabelValues(string(phase)).Set(truth(phase == now))
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// observeDatabase shows how the connections to a database server are used.
func (m *metrics) observeDatabase(db *storage.DB) {
	const name = "roster_database_connections"
	gauge := func(state string, read func(storage.PoolStats) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: name, Help: "Connections to the database server.", ConstLabels: prometheus.Labels{"state": state},
		}, func() float64 { return float64(read(db.Pool())) })
	}
	counter := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read)
	}
	m.registry.MustRegister(
		gauge("in_use", func(s storage.PoolStats) int { return s.InUse }),
		gauge("idle", func(s storage.PoolStats) int { return s.Idle }),
		gauge("most", func(s storage.PoolStats) int { return s.Max }),
		counter("roster_database_waits_total", "How often a request waited for a connection to the database server.",
			func() float64 { return float64(db.Pool().Waits) }),
		counter("roster_database_wait_seconds_total", "How long requests waited for a connection to the database server.",
			func() float64 { return db.Pool().Waited.Seconds() }),
		counter("roster_database_round_trips_total", "How often the database server was asked and answered.",
			func() float64 { return float64(db.RoundTrips()) }),
	)
}

// observeRedis shows whether Redis is used.
func (m *metrics) observeRedis(redis *redisdb.DB) {
	m.registry.MustRegister(m.cache.reads, m.cache.closed, m.cache.phase,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "roster_redis_up", Help: "1 while Redis is used, 0 while it is away.",
		}, func() float64 { return truth(redis.State().State == redisdb.Up) }))
}
