package cache

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"

	"github.com/roster-scim/roster/storage/redisdb"
)

// maxEntry is how long an entry may be, in bytes.
const maxEntry = 64 << 10

// question asks for an entry.
type question struct {
	what    string // for metrics
	entry   key
	stamps  []key // what was stored under others does not count
	witness *witness
}

// witness is an entry that must still be as it was. Nothing is filled otherwise.
type witness struct {
	key  key
	data string
}

// filling is the right to store an entry: it ends as soon as somebody announces
// a change of it.
type filling struct {
	epoch  *epoch
	keys   []string
	nonce  string
	stamps string
}

// read asks the cache. If there is no answer the caller asks the database, and
// if there is a filling then, fills the cache with what the database has said to
// a question that was asked afterwards.
func (s *Shared) read(ctx context.Context, q question) (data string, hit bool, f *filling) {
	e := s.current()
	if e == nil {
		s.count(q.what, "closed")
		return "", false, nil
	}
	f = &filling{epoch: e, nonce: newNonce(), keys: make([]string, 1, 2+len(q.stamps))}
	f.keys[0] = q.entry.in(e)
	for _, k := range q.stamps {
		f.keys = append(f.keys, k.in(e))
	}
	keys, seen := f.keys, ""
	if q.witness != nil {
		keys, seen = append(keys, q.witness.key.in(e)), "E"+q.witness.data
	}
	reply, err := s.redis.Run(ctx, e.script, keys, opRead, f.nonce,
		s.timing.fill.Milliseconds(), s.timing.stamp.Milliseconds(), len(q.stamps), seen)
	answer, ok := reply.(string)
	switch {
	case errors.Is(err, redisdb.ErrNoScript):
		s.suspect(e)
		fallthrough
	case err != nil || !ok || answer == "":
		s.count(q.what, "error")
		return "", false, nil
	case s.current() != e:
		// Redis stood still meanwhile, or this process did. The answer held when
		// it was asked for, which is longer ago than need be.
		s.count(q.what, "closed")
		return "", false, nil
	}
	switch answer[0] {
	case answerHit:
		s.count(q.what, "hit")
		return answer[1:], true, nil
	case answerMiss:
		s.count(q.what, "miss")
		f.stamps = answer[1:]
		return "", false, f
	}
	s.count(q.what, "busy")
	return "", false, nil
}

// fill stores an entry. That it fails does not matter.
func (s *Shared) fill(ctx context.Context, f *filling, data []byte) {
	if f == nil || len(data) > maxEntry {
		return
	}
	_, err := s.redis.Run(ctx, f.epoch.script, f.keys, opFill, f.nonce, f.stamps, data, s.timing.entry.Milliseconds())
	if errors.Is(err, redisdb.ErrNoScript) {
		s.suspect(f.epoch)
	}
}

func (s *Shared) count(what, outcome string) {
	if s.hooks.Read != nil {
		s.hooks.Read(what, outcome)
	}
}

// newNonce returns nonceLength characters that nobody else has.
func newNonce() string {
	var b [nonceLength * 3 / 4]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
