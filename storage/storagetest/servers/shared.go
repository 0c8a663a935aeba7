package servers

import (
	"context"
	"os"
	"sync"
	"testing"
)

// The variables that name servers.
const (
	varPostgres = "TEST_POSTGRES_URL"
	varRedis    = "TEST_REDIS_URL"
	varCluster  = "TEST_REDIS_CLUSTER_URL"
)

// shared is one server that a process starts when it is first asked for and no
// variable names one. It ends with the process.
type shared struct {
	variable string
	start    func(ctx context.Context) (url string, remove func(context.Context) error, err error)

	once   sync.Once
	url    string
	remove func(context.Context) error
	err    error
}

func (s *shared) get() (string, error) {
	s.once.Do(func() {
		if s.url = os.Getenv(s.variable); s.url != "" {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), startTime)
		defer cancel()
		s.url, s.remove, s.err = s.start(ctx)
	})
	return s.url, s.err
}

var (
	sharedPostgres = &shared{variable: varPostgres, start: func(ctx context.Context) (string, func(context.Context) error, error) {
		p, err := sharedServer(ctx, kindPostgres, careless, postgresReady)
		if err != nil {
			return "", nil, err
		}
		return postgresURL("postgres", superPassword, p.address(), "postgres"), p.remove, nil
	}}
	sharedRedis = &shared{variable: varRedis, start: func(ctx context.Context) (string, func(context.Context) error, error) {
		p, err := sharedServer(ctx, kindRedis, memoryOnly, redisReady)
		if err != nil {
			return "", nil, err
		}
		return "redis://" + p.address(), p.remove, nil
	}}
	sharedCluster = &shared{variable: varCluster, start: func(ctx context.Context) (string, func(context.Context) error, error) {
		c, err := startCluster(ctx)
		if err != nil {
			return "", nil, err
		}
		return c.url(), c.remove, nil
	}}
)

// PostgresURL is of the superuser of the shared PostgreSQL, for maintenance
// and for looking behind row-level security.
func PostgresURL(t testing.TB) string { t.Helper(); return must(t, kindPostgres, sharedPostgres) }

// Redis is the shared Redis. Nothing is ever flushed in it: the keys of each
// installation are its own.
func Redis(t testing.TB) string { t.Helper(); return must(t, kindRedis, sharedRedis) }

// RedisCluster is the shared Redis Cluster. Nothing is ever flushed in it.
func RedisCluster(t testing.TB) string { t.Helper(); return must(t, "Redis Cluster", sharedCluster) }

func must(t testing.TB, what string, s *shared) string {
	t.Helper()
	url, err := s.get()
	if err != nil {
		t.Fatalf("servers: %s: %v", what, err)
	}
	return url
}
