package servers

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/testcontainers/testcontainers-go"
	redismodule "github.com/testcontainers/testcontainers-go/modules/redis"
)

var redisRecipe = recipe{
	program: "redis-server",
	image:   "redis:7",
	port:    "6379",
	local: func(dir string, port int) []string {
		return []string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir}
	},
	run: func(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (testcontainers.Container, error) {
		c, err := redismodule.Run(ctx, image, opts...)
		if c == nil {
			return nil, err
		}
		return c.Container, err
	},
	reap:  syscall.SIGKILL,
	leave: syscall.SIGTERM,
}

// memoryOnly is how Redis runs unless a test wants it otherwise: what is in it
// is gone when it ends.
var memoryOnly = []string{"--protected-mode", "no", "--save", "", "--appendonly", "no"}

// RedisOption changes how a private Redis runs.
type RedisOption []string

// WithArgs appends arguments of redis-server; later ones win.
func WithArgs(args ...string) RedisOption { return args }

// WithSnapshots lets Redis write its data to disk about once a second, so that
// a killed server comes back with an old state.
func WithSnapshots() RedisOption { return RedisOption{"--save", "1 1"} }

// RedisServer is a private Redis.
type RedisServer struct{ server }

// NewRedis starts a Redis for one test.
func NewRedis(t testing.TB, options ...RedisOption) *RedisServer {
	t.Helper()
	args := append([]string(nil), memoryOnly...)
	for _, o := range options {
		args = append(args, o...)
	}
	return &RedisServer{begin(t, kindRedis, args, redisReady)}
}

// URL is redis://host:port.
func (r *RedisServer) URL() string { return "redis://" + r.Addr() }

// redisReady fails while a snapshot is being loaded. A server that asks for a
// password is ready too.
func redisReady(ctx context.Context, address string) error {
	return withRedis(address, func(c *redis.Client) error {
		err := c.Ping(ctx).Err()
		if redis.IsAuthError(err) {
			return nil
		}
		return err
	})
}

// withRedis runs use with a connection to one server alone.
func withRedis(address string, use func(*redis.Client) error) (err error) {
	quiet()
	c := redis.NewClient(&redis.Options{
		Addr: address, PoolSize: 1, MaxRetries: -1, DialerRetries: 1, DialTimeout: time.Second, ReadTimeout: time.Second, ContextTimeoutEnabled: true,
	})
	defer func() { err = errors.Join(err, c.Close()) }()
	return use(c)
}

// go-redis writes to standard error what it also returns.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
