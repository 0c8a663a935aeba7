package redisdb

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Timeouts bound one call. Zero takes the default.
type Timeouts struct {
	Dial time.Duration // of a connection, with TLS: 250 ms; goes on behind a call that has ended
	IO   time.Duration // of a read or a write: 50 ms
	Pool time.Duration // waiting for a free connection: 50 ms
	Call time.Duration // of the whole call: 100 ms
}

func (t Timeouts) orDefaults() Timeouts {
	for _, d := range []struct {
		field    *time.Duration
		standard time.Duration
	}{{&t.Dial, 250 * time.Millisecond}, {&t.IO, 50 * time.Millisecond}, {&t.Pool, 50 * time.Millisecond}, {&t.Call, 100 * time.Millisecond}} {
		if *d.field <= 0 {
			*d.field = d.standard
		}
	}
	return t
}

// Options of Open.
type Options struct {
	Name     string // of the connections in CLIENT LIST; no spaces
	Logger   *slog.Logger
	Timeouts Timeouts
	// OnChange is told when a node goes away and when it is back, once each and
	// in order. It runs within some call and should not take long.
	OnChange func(Change)
}

// clusterReload is how old the map of a Redis Cluster may be. A killed master is
// found replaced after that and not after go-redis' minute.
const clusterReload = time.Second

// maxRedirects: a slot moves at most once during a call; one more for a map that
// was out of date.
const maxRedirects = 2

// DB is a connection to Redis. It is safe for concurrent use.
type DB struct {
	single   *redis.Client // nil: cluster
	cluster  *redis.ClusterClient
	logger   *slog.Logger
	timeouts Timeouts
	states   *states

	life      context.Context //nolint:containedctx // ends with Close, and the subscriptions with it
	end       context.CancelFunc
	mu        sync.Mutex // of closed, and of followers.Add against Close
	closed    bool
	followers sync.WaitGroup
}

// go-redis writes to standard error what it also returns; callers log that.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// Open connects. It fails when the URL makes no sense, not when Redis is away.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	t, err := parse(url)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(o.Name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the name of a Redis connection is printable ASCII without spaces")
	}
	quiet()
	db := &DB{logger: o.Logger, timeouts: o.Timeouts.orDefaults()}
	if db.logger == nil {
		db.logger = slog.New(slog.DiscardHandler)
	}
	db.life, db.end = context.WithCancel(context.WithoutCancel(ctx))
	db.states = newStates(t.cluster, db.listener(o.OnChange))
	db.connect(t, o.Name)
	if err := db.Healthy(ctx); err != nil {
		db.logger.WarnContext(ctx, "Redis does not answer; it is used as soon as it does", "url", Redacted(url), "error", err)
	}
	return db, nil
}

func (db *DB) listener(onChange func(Change)) func(Change) {
	return func(c Change) {
		if c.State == Away {
			db.logger.WarnContext(db.life, "Redis is away", "node", c.Node, "error", c.Err)
		} else {
			db.logger.InfoContext(db.life, "Redis is back", "node", c.Node)
		}
		if onChange != nil {
			onChange(c)
		}
	}
}

func (db *DB) connect(t *target, name string) {
	o := db.options(t, name)
	switch {
	case t.cluster:
		db.cluster = redis.NewClusterClient(clusterOptions(t, o))
		db.cluster.OnNewNode(func(c *redis.Client) { c.AddHook(newNode(db, c.Options().Addr)) })
		return
	case t.master != "":
		db.single = redis.NewFailoverClient(failoverOptions(t, o))
		db.single.AddHook(newNode(db, t.master))
	default:
		db.single = redis.NewClient(o)
		db.single.AddHook(newNode(db, o.Addr))
	}
}

// options are those of a single server, from which the others are made. Nothing
// is tried twice: a second attempt would double what a caller waits, and the
// first one may have been carried out.
func (db *DB) options(t *target, name string) *redis.Options {
	o := &redis.Options{
		ClientName: name, Username: t.user, Password: t.password, DB: t.db, TLSConfig: t.tls,
		DialTimeout: db.timeouts.Dial, ReadTimeout: db.timeouts.IO, WriteTimeout: db.timeouts.IO, PoolTimeout: db.timeouts.Pool,
		ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
		PoolSize: max(32, 10*runtime.GOMAXPROCS(0)), PipelinePoolSize: -1,
		DisableIdentity:          true, // saves a round trip of each new connection
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if t.unix != "" {
		o.Network, o.Addr = "unix", t.unix
	} else {
		o.Addr = t.addrs[0]
	}
	return o
}

func clusterOptions(t *target, o *redis.Options) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: t.addrs, ClientName: o.ClientName, Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, PoolTimeout: o.PoolTimeout,
		ContextTimeoutEnabled: true, MaxRetries: o.MaxRetries, DialerRetries: o.DialerRetries, MaxRedirects: maxRedirects,
		PoolSize: o.PoolSize, PipelinePoolSize: o.PipelinePoolSize, DisableIdentity: true,
		DisableRoutingPolicies:     true, // they ask COMMAND first; scripts name their keys
		ClusterStateReloadInterval: clusterReload,
		MaintNotificationsConfig:   o.MaintNotificationsConfig,
	}
}

func failoverOptions(t *target, o *redis.Options) *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName: t.master, SentinelAddrs: t.addrs, SentinelUsername: t.sentinelUser, SentinelPassword: t.sentinelPassword,
		ClientName: o.ClientName, Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, PoolTimeout: o.PoolTimeout,
		ContextTimeoutEnabled: true, MaxRetries: o.MaxRetries, DialerRetries: o.DialerRetries,
		PoolSize: o.PoolSize, PipelinePoolSize: o.PipelinePoolSize, DisableIdentity: true,
	}
}

// State says whether Redis is used, and since when.
func (db *DB) State() Status { return db.states.status() }

// Close ends the subscriptions, waits for them, and closes the connections.
func (db *DB) Close() error {
	db.mu.Lock()
	closed := db.closed
	db.closed = true
	db.mu.Unlock()
	if closed {
		return nil
	}
	db.end()
	db.followers.Wait()
	if db.cluster != nil {
		return db.cluster.Close()
	}
	return db.single.Close()
}
