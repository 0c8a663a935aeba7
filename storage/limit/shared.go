package limit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/storage/redisdb"
)

// serverClock reads the clock of Redis, so that the replicas' own need not
// agree. It stands still within a script.
const serverClock = `local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
`

// gcra is pace for the key KEYS[1]. ARGV: interval, burst, horizon, and the
// requests to charge, or 0 to ask for one, or -n to ask for one and up to n more
// in advance, which the upper half of the burst gives. The answer is how long to
// wait, the time of the answer, in microseconds both, and how many there are in
// advance. Numbers in Lua are doubles, exact to 2^53, which the time reaches in
// the year 2255; they are written out in full, since Lua would round what it
// writes to 14 digits. A key lives until it is full again, a millisecond more
// than Redis rounds off.
const gcra = `
local interval, burst, horizon, units = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local full = math.min(math.max(stored or now, now), now + horizon)
local wait, advance = 0, 0
if units > 0 then
  full = math.min(full + units * interval, now + horizon)
else
  wait = full + interval - burst * interval - now
  if wait <= 0 then
    wait = 0
    advance = math.max(0, math.min(-units, math.floor((now + burst * interval / 2 - full) / interval) - 1))
    full = full + (1 + advance) * interval
  end
end
if full ~= stored then
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', math.ceil((full - now) / 1000) + 1))
end
return {wait, now, advance}
`

var limitScript = redisdb.NewScript(serverClock + gcra)

// complainEvery bounds the log lines about calls that failed although Redis is
// there.
const complainEvery = time.Minute

// Shared bounds the requests of each key for all replicas on one Redis. While
// Redis is away, each replica bounds them for itself. It is safe for concurrent
// use.
type Shared struct {
	db         *redisdb.DB
	pace       pace
	local      *Limiter
	advances   *advances
	logger     *slog.Logger
	complained atomic.Int64 // unix nanoseconds
}

// NewShared returns a limiter that allows perSecond requests a second and burst
// at once, over all replicas. Both must be at least 1.
func NewShared(db *redisdb.DB, perSecond float64, burst int, logger *slog.Logger) *Shared {
	p := newPace(perSecond, burst)
	return &Shared{db: db, pace: p, local: New(perSecond, burst), advances: newAdvances(p), logger: logger}
}

// Allow is that of Limiter. Of a key that sends many requests it asks Redis for
// some in advance.
func (s *Shared) Allow(key string) (retryAfter time.Duration, ok bool) {
	paid, want := s.advances.take(key)
	if paid {
		return 0, true
	}
	wait, _, advance, err := s.askFor(key, -want)
	s.advances.put(key, want, advance)
	if err != nil {
		return s.local.Allow(key)
	}
	return time.Duration(wait) * time.Microsecond, wait == 0
}

// Charge is that of Limiter.
func (s *Shared) Charge(key string, requests int) {
	if requests <= 0 {
		return
	}
	if _, _, err := s.ask(key, s.pace.units(requests)); err != nil {
		s.local.Charge(key, requests)
	}
}

func (s *Shared) ask(key string, units int64) (wait, now int64, err error) {
	wait, now, _, err = s.askFor(key, units)
	return wait, now, err
}

// askFor runs the script. Its time is bounded by the DB; it outlives no request by
// more than that.
func (s *Shared) askFor(key string, units int64) (wait, now, advance int64, err error) {
	reply, err := s.db.Eval(context.Background(), limitScript, []string{redisKey(key)}, s.pace.interval, s.pace.burst, s.pace.horizon(), units)
	if err == nil {
		wait, now, advance, err = numbers(reply)
	}
	if err != nil && !errors.Is(err, redisdb.ErrAway) {
		s.complain(err)
	}
	return wait, now, advance, err
}

func redisKey(key string) string { return "roster:limit:{" + key + "}" }

func numbers(reply any) (wait, now, advance int64, err error) {
	var n [3]int64
	list, ok := reply.([]any)
	ok = ok && len(list) == len(n)
	for i := 0; ok && i < len(n); i++ {
		n[i], ok = list[i].(int64)
	}
	if !ok {
		return 0, 0, 0, fmt.Errorf("the limit script answered %v", reply)
	}
	return n[0], n[1], n[2], nil
}

func (s *Shared) complain(err error) {
	now, last := time.Now().UnixNano(), s.complained.Load()
	if now-last >= int64(complainEvery) && s.complained.CompareAndSwap(last, now) {
		s.logger.Warn("rate limits of this replica alone hold for some requests", "error", err)
	}
}
