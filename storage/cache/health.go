package cache

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// How full a Redis may be, of its maxmemory. A full one refuses announcements,
// and each would close the cache. What a closed cache leaves behind ends within
// ten minutes.
const (
	fullOpen    = 0.95 // while the cache is open
	fullOpening = 0.80 // for opening it
)

// errUnfit is a Redis that works and must not be relied on.
var errUnfit = errors.New("this Redis cannot hold the shared cache")

// probe asks every Redis server whether it knows the epoch and is fit to hold
// it. It returns how many keys they have dropped so far.
func (s *Shared) probe(ctx context.Context, e *epoch, full float64) (evicted int64, err error) {
	answers, err := s.redis.RunEverywhere(ctx, e.script, opProbe)
	if err != nil {
		return 0, err
	}
	for _, answer := range answers {
		h, err := readHealth(answer)
		if err == nil {
			err = h.judge(full)
		}
		if err != nil {
			return 0, fmt.Errorf("%w: %w", errUnfit, err)
		}
		evicted += h.evicted
	}
	return evicted, nil
}

// health is what a server says of itself.
type health struct {
	role, policy string
	limit, used  int64 // bytes; no limit: 0
	evicted      int64 // keys that it has dropped to make room
}

func readHealth(answer any) (h health, err error) {
	facts, ok := answer.([]any)
	if !ok || len(facts) != 5 {
		return h, fmt.Errorf("it answers a probe with %v", answer)
	}
	h.role, h.policy = fmt.Sprint(facts[0]), fmt.Sprint(facts[1])
	var errs [3]error
	h.limit, errs[0] = strconv.ParseInt(fmt.Sprint(facts[2]), 10, 64)
	h.used, errs[1] = strconv.ParseInt(fmt.Sprint(facts[3]), 10, 64)
	h.evicted, errs[2] = strconv.ParseInt(fmt.Sprint(facts[4]), 10, 64)
	return h, errors.Join(errs[:]...)
}

func (h health) judge(full float64) error {
	switch {
	case h.role != "master":
		return fmt.Errorf("the server is a %s", h.role)
	case h.limit == 0:
		return nil
	case h.policy != "noeviction":
		return fmt.Errorf("its maxmemory-policy is %s and must be noeviction", h.policy)
	case float64(h.used) > full*float64(h.limit):
		return fmt.Errorf("it uses %d of %d bytes", h.used, h.limit)
	}
	return nil
}
