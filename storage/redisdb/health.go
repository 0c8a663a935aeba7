package redisdb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// minMajor: scripts are no longer copied to replicas since Redis 7, and they
// see one clock. Valkey calls itself Redis 7.2 to those who ask.
const minMajor = 7

// Healthy asks every master and returns the first error. A node that is away is
// asked when its breaker allows it.
func (db *DB) Healthy(ctx context.Context) error {
	return db.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		ctx, cancel := db.bounded(ctx)
		defer cancel()
		return visible(c.Ping(ctx).Err())
	})
}

// Check asks every master whether it is what the URL says and new enough, and
// says what to change. An error that is not about that is one of the connection.
func (db *DB) Check(ctx context.Context) error {
	err := db.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		ctx, cancel := db.bounded(ctx)
		defer cancel()
		info, err := c.Info(ctx, "server").Result()
		if err != nil {
			return visible(err)
		}
		return suitable(info, db.cluster != nil)
	})
	return explained(err)
}

// masters calls do for the server, or for every master of a Redis Cluster at
// once as it knows them now.
func (db *DB) masters(ctx context.Context, do func(context.Context, *redis.Client) error) error {
	if db.cluster == nil {
		return do(ctx, db.single)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*db.timeouts.Call) // asks for the map first; each call is bounded by itself
	defer cancel()
	return visible(db.cluster.ForEachMaster(ctx, do))
}

// suitable judges what INFO says about a server.
func suitable(info string, cluster bool) error {
	facts := make(map[string]string)
	for lines := bufio.NewScanner(strings.NewReader(info)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			facts[name] = value
		}
	}
	version := facts["redis_version"]
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	switch {
	case facts["redis_mode"] == "sentinel":
		return errors.New("the Redis URL leads to a Sentinel; write redis+sentinel://host:port/master")
	case err != nil || n < minMajor:
		return fmt.Errorf("the Redis server has version %q, and Roster needs %d or newer", version, minMajor)
	case facts["redis_mode"] == "cluster" && !cluster:
		return errors.New("the Redis server belongs to a Redis Cluster; name several of its nodes in the Redis URL, or add ?cluster=true")
	}
	return nil
}

// explained adds to replies what an operator should do.
func explained(err error) error {
	switch {
	case err == nil:
		return nil
	case redis.HasErrorPrefix(err, "NOAUTH"):
		return fmt.Errorf("the Redis server wants a password and the Redis URL has none: %w", err)
	case redis.HasErrorPrefix(err, "WRONGPASS"):
		return fmt.Errorf("the Redis server refuses user or password of the Redis URL: %w", err)
	case redis.HasErrorPrefix(err, "NOPERM"):
		return fmt.Errorf("the user of the Redis URL may not do what Roster needs: %w", err)
	case redis.HasErrorPrefix(err, "This instance has cluster support disabled"):
		return fmt.Errorf("the Redis URL describes a Redis Cluster, and the server is not part of one: %w", err)
	}
	return err
}
