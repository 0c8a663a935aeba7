package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/roster-scim/roster/storage/redisdb"
)

// slowRedis is from where on asking Redis is hardly faster than the database.
const slowRedis = 5 * time.Millisecond

// checkRedisServer looks at the Redis that replicas share.
func checkRedisServer(ctx context.Context, c *Config) finding {
	f := finding{Check: "redis"}
	if c.RedisURL == "" {
		f.Verdict, f.Detail = note, "none: requests are answered from the database, and rate limits hold for each replica by itself"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	redis, err := openRedis(ctx, c, redisdb.Options{Timeouts: patient})
	if err != nil {
		f.Verdict, f.Detail, f.Remedy = bad, "cannot be used", err.Error()
		return f
	}
	defer func() { _ = redis.Close() }() // nothing was changed
	servers, err := []redisdb.Server(nil), redis.Check(ctx)
	if err == nil {
		servers, err = redis.Examine(ctx)
	}
	if err != nil || len(servers) == 0 {
		f.Verdict, f.Detail = warning, "cannot be used; servers answer from the database until it can"
		f.Remedy = fmt.Sprintf("See that it runs and that ROSTER_REDIS_URL leads to it: %v", err)
		return f
	}
	return judgeRedis(f, servers, openHosts(c.RedisURL))
}

func judgeRedis(f finding, servers []redisdb.Server, open []string) finding {
	slowest, remedies := time.Duration(0), []string(nil)
	for _, s := range servers {
		slowest = max(slowest, s.RoundTrip)
		if s.MaxMemory > 0 && s.Policy != "noeviction" {
			remedies = append(remedies, fmt.Sprintf("Set maxmemory-policy noeviction on %s (it is %s): "+
				"a Redis that drops keys by itself is not relied on, and nothing is cached.", s.Address, s.Policy))
		}
	}
	if slowest > slowRedis {
		remedies = append(remedies, "Put Roster nearer to Redis: asking it is not faster than asking the database.")
	}
	if len(open) > 0 {
		remedies = append(remedies, "Use rediss:// unless the network to "+strings.Join(open, ", ")+" is yours alone: the connection is not encrypted.")
	}
	f.Verdict = good
	f.Detail = fmt.Sprintf("version %s answers in %v", servers[0].Version, slowest.Round(10*time.Microsecond))
	if len(servers) > 1 {
		f.Detail = fmt.Sprintf("cluster of %d masters, %s", len(servers), f.Detail)
	}
	if len(remedies) > 0 {
		f.Verdict, f.Remedy = warning, strings.Join(remedies, " ")
	}
	return f
}
