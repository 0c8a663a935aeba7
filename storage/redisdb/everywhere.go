package redisdb

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"
)

// RunEverywhere carries out a loaded script without keys on every master and
// returns what each has answered. One that does not know it is an ErrNoScript,
// also when another one does not answer at all.
func (db *DB) RunEverywhere(ctx context.Context, s *Script, args ...any) ([]any, error) {
	var (
		mu      sync.Mutex
		answers []any
		faults  []error
	)
	err := db.masters(ctx, func(ctx context.Context, c *redis.Client) error {
		ctx, cancel := db.bounded(ctx)
		defer cancel()
		result, err := answer(c.EvalSha(ctx, s.sha, nil, args...))
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.Options().Addr, err))
		} else {
			answers = append(answers, result)
		}
		return err
	})
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return answers, err
}
