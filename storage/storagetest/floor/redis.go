package floor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis are connections to a Redis with values of one size in it.
type Redis struct {
	client *redis.Client
	conns  []*redis.Conn
}

// OpenRedis connects and sets as many keys as rows are looked up elsewhere.
func OpenRedis(ctx context.Context, address string, connections, size int) (*Redis, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("address of Redis: %w", err)
	}
	o.PoolSize = connections
	r := &Redis{client: redis.NewClient(o)}
	_, err = r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		value := strings.Repeat("x", size)
		for i := range selected {
			p.Set(ctx, key(i), value, time.Hour)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("fill Redis: %w", err), r.client.Close())
	}
	for range connections {
		r.conns = append(r.conns, r.client.Conn())
	}
	return r, nil
}

func key(i int) string { return "floor:" + strconv.Itoa(i) }

// Gets reads keys on every connection.
func (r *Redis) Gets(ctx context.Context, d time.Duration) (Result, error) {
	return repeat(ctx, len(r.conns), d, func(ctx context.Context, worker int) error {
		return r.conns[worker].Get(ctx, key(rand.IntN(selected))).Err() //nolint:gosec // any will do
	})
}

// Close hangs up; the keys end by themselves.
func (r *Redis) Close() error {
	var errs []error
	for _, c := range r.conns {
		errs = append(errs, c.Close())
	}
	return errors.Join(append(errs, r.client.Close())...)
}

// RedisVersion is the server's.
func RedisVersion(ctx context.Context, address string) (string, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return "", fmt.Errorf("address of Redis: %w", err)
	}
	client := redis.NewClient(o)
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "", errors.Join(fmt.Errorf("ask Redis: %w", err), client.Close())
	}
	_, rest, _ := strings.Cut(info, "redis_version:")
	version, _, _ := strings.Cut(rest, "\r\n")
	return version, client.Close()
}
