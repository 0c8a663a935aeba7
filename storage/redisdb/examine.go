package redisdb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is what a look at one master shows.
type Server struct {
	Address   string
	Version   string
	MaxMemory int64  // bytes; 0: no bound
	Policy    string // maxmemory-policy: what happens at that bound
	RoundTrip time.Duration
}

// Examine looks at every master, in order of their addresses.
func (db *DB) Examine(ctx context.Context) ([]Server, error) {
	var mu sync.Mutex
	var found []Server
	err := db.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		ctx, cancel := db.bounded(ctx)
		defer cancel()
		s, err := examine(ctx, c)
		if err != nil {
			return visible(err)
		}
		mu.Lock()
		defer mu.Unlock()
		found = append(found, s)
		return nil
	})
	slices.SortFunc(found, func(a, b Server) int { return cmp.Compare(a.Address, b.Address) })
	return found, explained(err)
}

func examine(ctx context.Context, c *redis.Client) (Server, error) {
	info, err := c.InfoMap(ctx, "server", "memory").Result()
	if err != nil {
		return Server{}, err
	}
	s := Server{Address: c.Options().Addr, Version: info["Server"]["redis_version"], Policy: info["Memory"]["maxmemory_policy"]}
	s.MaxMemory, _ = strconv.ParseInt(info["Memory"]["maxmemory"], 10, 64) // a server that hides it has none
	before := time.Now()                                                   // the connection is made by now
	err = c.Ping(ctx).Err()
	s.RoundTrip = time.Since(before)
	return s, err
}
