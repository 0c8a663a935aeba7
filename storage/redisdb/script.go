package redisdb

import (
	"context"
	"crypto/sha1" //nolint:gosec // the name that Redis gives a script, not a signature
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// ErrNoScript: the server does not know the script of a Run.
var ErrNoScript = errors.New("redis does not know the script")

// Script is a Lua script.
type Script struct {
	text, sha string
}

// NewScript makes a script. The same text is the same script to Redis.
func NewScript(text string) *Script {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // as above
	return &Script{text: text, sha: hex.EncodeToString(sum[:])}
}

// Run carries out a script that was loaded before. A server that does not know
// it answers ErrNoScript, and it stays that way until somebody calls Load: to
// callers who load once, an unknown script says that this server is another one
// or has started anew. Keys are at least one, all of one hash slot. A nil reply
// is a nil result.
func (db *DB) Run(ctx context.Context, s *Script, keys []string, args ...any) (any, error) {
	if err := sameSlot(keys); err != nil {
		return nil, err
	}
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	return db.run(ctx, s, keys, args)
}

// Eval carries out a script and loads it where the server does not know it.
func (db *DB) Eval(ctx context.Context, s *Script, keys []string, args ...any) (any, error) {
	if err := sameSlot(keys); err != nil {
		return nil, err
	}
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	result, err := db.run(ctx, s, keys, args)
	if !errors.Is(err, ErrNoScript) {
		return result, err
	}
	return answer(db.commands().Eval(ctx, s.text, keys, args...))
}

// Load makes scripts known to every master.
func (db *DB) Load(ctx context.Context, scripts ...*Script) error {
	return db.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		for _, s := range scripts {
			ctx, cancel := db.bounded(ctx)
			sha, err := c.ScriptLoad(ctx, s.text).Result()
			cancel()
			if err == nil && sha != s.sha {
				err = fmt.Errorf("redis calls a script %q that is %q", sha, s.sha)
			}
			if err != nil {
				return fmt.Errorf("load a script on %s: %w", c.Options().Addr, visible(err))
			}
		}
		return nil
	})
}

func (db *DB) run(ctx context.Context, s *Script, keys []string, args []any) (any, error) {
	return answer(db.commands().EvalSha(ctx, s.sha, keys, args...))
}

// commands is what go-redis calls a client of any shape.
func (db *DB) commands() redis.Scripter {
	if db.cluster != nil {
		return db.cluster
	}
	return db.single
}

func answer(cmd *redis.Cmd) (any, error) {
	result, err := cmd.Result()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, nil
	case redis.HasErrorPrefix(err, "NOSCRIPT"):
		return nil, ErrNoScript
	case err != nil:
		return nil, visible(err)
	}
	return result, nil
}

// bounded gives a call its time, and marks a caller that leaves Redis less.
func (db *DB) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < db.timeouts.IO {
		ctx = context.WithValue(ctx, hurried{}, true)
	}
	return context.WithTimeout(ctx, db.timeouts.Call)
}
