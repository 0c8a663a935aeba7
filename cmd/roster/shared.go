package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/cache"
	"github.com/roster-scim/roster/storage/redisdb"
)

// patient is how long a command waits for Redis: longer than a request may, since
// a change that is not announced there closes the cache of every server.
var patient = redisdb.Timeouts{Dial: time.Second, IO: 500 * time.Millisecond, Pool: time.Second, Call: time.Second}

// openRedis connects to the configured Redis, nil if there is none. It need not
// answer yet.
func openRedis(ctx context.Context, c *Config, o redisdb.Options) (*redisdb.DB, error) {
	if c.RedisURL == "" {
		return nil, nil //nolint:nilnil // none is configured
	}
	o.Name = "roster"
	redis, err := redisdb.Open(ctx, c.RedisURL, o)
	if err != nil {
		return nil, fmt.Errorf("ROSTER_REDIS_URL: %w", err)
	}
	return redis, nil
}

// share makes this process's part in the cache that the replicas on a database
// share, and has its writes announced. It takes no part before Start.
func share(db *storage.DB, redis *redisdb.DB, o cache.Options) *cache.Shared {
	var server cache.Redis // not a *redisdb.DB, whose nil would be one
	if redis != nil {
		server = redis
	}
	shared := cache.NewShared(storage.NewCacheStates(db), server, o)
	db.SetGuard(shared, redis != nil)
	return shared
}

// openShared connects to what the replicas share besides the database.
func (a *App) openShared(ctx context.Context) (err error) {
	if !a.config.postgres() {
		return nil
	}
	if a.redis, err = openRedis(ctx, &a.config, redisdb.Options{Logger: a.logger, Timeouts: a.redisTimeouts}); err != nil {
		return err
	}
	for _, host := range openHosts(a.config.RedisURL) {
		a.logger.WarnContext(ctx, "Redis is on another machine and the connection to it has no TLS; "+
			"use rediss:// unless the network in between is yours alone", "host", host)
	}
	a.shared = share(a.db, a.redis, cache.Options{Logger: a.logger, Hooks: cache.Hooks{
		Read: a.metrics.cacheRead, Closed: a.metrics.cacheClosed, Phase: a.setPhase,
	}})
	a.metrics.observeDatabase(a.db)
	if a.redis != nil {
		a.metrics.observeRedis(a.redis)
	}
	return nil
}

func (a *App) setPhase(phase storage.CachePhase) {
	a.phase.Store(&phase)
	a.metrics.cachePhase(phase)
}

// cachePhase is how the shared cache was last seen.
func (a *App) cachePhase() storage.CachePhase {
	if phase := a.phase.Load(); phase != nil {
		return *phase
	}
	return storage.CacheClosed
}

// degraded says what makes requests slower than they could be, a line each.
func (a *App) degraded() string {
	if a.redis == nil {
		return ""
	}
	var lines strings.Builder
	if state := a.redis.State(); state.State == redisdb.Away {
		fmt.Fprintf(&lines, "redis: away since %s; requests are answered from the database\n", state.Since.UTC().Format(time.RFC3339))
	}
	if phase := a.cachePhase(); phase != storage.CacheOpen {
		fmt.Fprintf(&lines, "shared cache: %s\n", phase)
	}
	return lines.String()
}

// openHosts are the hosts of a Redis address that are other machines and are
// talked to without TLS.
func openHosts(address string) []string {
	scheme, rest, _ := strings.Cut(address, "://")
	if !strings.HasPrefix(scheme, "redis") || strings.HasPrefix(scheme, "rediss") {
		return nil
	}
	authority, _, _ := strings.Cut(rest, "/")
	authority, _, _ = strings.Cut(authority, "?")
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	var open []string
	for host := range strings.SplitSeq(authority, ",") {
		if !loopback(hostOf(host)) {
			open = append(open, hostOf(host))
		}
	}
	return open
}

// hostOf is HOST of HOST or HOST:PORT.
func hostOf(address string) string {
	if i := strings.LastIndexByte(address, ':'); i >= 0 && !strings.HasSuffix(address, "]") {
		address = address[:i]
	}
	return strings.Trim(address, "[]")
}
