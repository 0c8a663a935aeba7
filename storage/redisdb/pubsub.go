package redisdb

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// A subscription asks for a sign of life every pingEvery and gives the
// connection up after pingLimit without any.
const (
	pingEvery  = time.Second
	pingLimit  = 3 * time.Second
	minBackoff = 20 * time.Millisecond
	maxBackoff = time.Second
)

// Publish sends a message to the subscribers of a channel. It may get lost.
func (db *DB) Publish(ctx context.Context, channel, message string) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	client := db.single
	if db.cluster != nil { // any node would do; this one has the subscribers of Subscribe
		var err error
		if client, err = db.cluster.MasterForKey(ctx, channel); err != nil {
			return visible(err)
		}
	}
	return visible(client.Publish(ctx, channel, message).Err())
}

// Subscribe hands the messages of a channel to handler, one at a time, until
// ctx ends, stop is called or the DB is closed; stop waits for handler, and must
// not be called by it. A lost connection is made anew for as long as it takes.
// After each subscribing, the first one too, onReconnect is called before any
// handler: what was sent before has been missed.
func (db *DB) Subscribe(ctx context.Context, channel string, handler func(message string), onReconnect func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		cancel()
		return func() {}
	}
	release := context.AfterFunc(db.life, cancel) //nolint:contextcheck // the end of the DB is an end beside that of ctx
	done := make(chan struct{})
	db.followers.Go(func() {
		defer close(done)
		defer release()
		defer cancel()
		db.follow(ctx, channel, handler, onReconnect)
	})
	return func() {
		cancel()
		<-done
	}
}

// follow subscribes again and again.
func (db *DB) follow(ctx context.Context, channel string, handler func(string), onReconnect func()) {
	wait := minBackoff
	for ctx.Err() == nil {
		err := db.listen(ctx, channel, handler, func() {
			wait = minBackoff
			onReconnect()
		})
		if ctx.Err() != nil {
			return
		}
		db.logger.DebugContext(ctx, "subscription to Redis ended; subscribing again", "channel", channel, "error", visible(err))
		pause := time.NewTimer(wait/2 + rand.N(wait)) //nolint:gosec // spreads the replicas, no secret
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
		wait = min(2*wait, maxBackoff)
	}
}

// listen subscribes once and returns when the connection is no longer good. It
// does not read on after a timeout, which may have cut a message in two. That is
// why another goroutine asks for signs of life; it ends before listen does.
func (db *DB) listen(ctx context.Context, channel string, handler func(string), subscribed func()) error {
	ctx, cancel := context.WithCancel(ctx)
	pubsub := db.pubsub(ctx)
	var pinger sync.WaitGroup
	defer pinger.Wait()
	defer context.AfterFunc(ctx, func() { _ = pubsub.Close() })() // reading does not watch the context
	defer func() { _ = pubsub.Close() }()
	defer cancel()
	if err := db.subscribe(ctx, pubsub, channel); err != nil {
		return err
	}
	pinger.Go(func() { ping(ctx, pubsub) })
	for {
		message, err := pubsub.ReceiveTimeout(ctx, pingLimit)
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *redis.Subscription:
			subscribed()
		case *redis.Message:
			handler(m.Payload)
		}
	}
}

func (db *DB) pubsub(ctx context.Context) *redis.PubSub {
	if db.cluster != nil {
		return db.cluster.Subscribe(ctx)
	}
	return db.single.Subscribe(ctx)
}

func (db *DB) subscribe(ctx context.Context, pubsub *redis.PubSub, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, db.timeouts.Dial+db.timeouts.Call)
	defer cancel()
	return pubsub.Subscribe(ctx, channel)
}

// ping asks for a sign of life until the context ends or nobody is there to ask;
// the reader notices by itself.
func ping(ctx context.Context, pubsub *redis.PubSub) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if pubsub.Ping(ctx) != nil {
				return
			}
		}
	}
}
