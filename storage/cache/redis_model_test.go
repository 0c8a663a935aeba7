package cache

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/roster-scim/roster/storage/redisdb"
)

// server is a Redis in memory that does what cache.lua says, and what may befall
// a Redis. TestModelDoesWhatTheScriptDoes compares the two.
type server struct {
	mu      sync.Mutex
	data    map[string]value
	undo    []change // the latest writes, for a failover that loses them
	scripts map[redisdb.Script]bool
	running chan struct{} // closed unless the server is paused
	evicted int64
	halting atomic.Bool
	strays  sync.WaitGroup // commands on their way

	role, policy string // as INFO has them
	used         int    // of 1000 bytes
	calls        int

	blind      bool // mutant: fills without looking at the nonce
	stampless  bool // mutant: does not look at stamps
	indistinct bool // mutant: settles other writers' tombstones too
}

type value struct {
	text  string
	until time.Time
}

type change struct {
	key    string
	before value
	was    bool
}

func newServer() *server {
	s := &server{data: map[string]value{}, scripts: map[redisdb.Script]bool{}, running: make(chan struct{}), role: "master", policy: "noeviction"}
	close(s.running)
	return s
}

func (s *server) get(key string) (string, bool) {
	v, ok := s.data[key]
	if !ok || !time.Now().Before(v.until) {
		return "", false
	}
	return v.text, true
}

func (s *server) set(key, text string, until time.Time) {
	s.note(key)
	s.data[key] = value{text, until}
}

func (s *server) del(key string) {
	s.note(key)
	delete(s.data, key)
}

const undoable = 200

func (s *server) note(key string) {
	before, was := s.data[key]
	s.undo = append(s.undo, change{key, before, was})
	if len(s.undo) > undoable {
		s.undo = s.undo[len(s.undo)-undoable:]
	}
}

// pause lets commands wait; resume carries them out.
func (s *server) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = make(chan struct{})
}

func (s *server) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.running)
}

func (s *server) wait() {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	<-running
}

// dump is what restart brings back.
func (s *server) dump() map[string]value {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := make(map[string]value, len(s.data))
	for k, v := range s.data {
		old[k] = v
	}
	return old
}

func (s *server) restart(old map[string]value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data, s.undo, s.scripts = old, nil, map[redisdb.Script]bool{}
}

// failover makes a replica the server that has not got the last n writes.
func (s *server) failover(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; n > 0 && len(s.undo) > 0; n-- {
		last := s.undo[len(s.undo)-1]
		s.undo = s.undo[:len(s.undo)-1]
		if last.was {
			s.data[last.key] = last.before
		} else {
			delete(s.data, last.key)
		}
	}
	s.scripts = map[redisdb.Script]bool{}
}

// spoil changes what the server is.
func (s *server) spoil(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// called is how often a script was run.
func (s *server) called() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// evict drops what begins with a letter.
func (s *server) evict(letter string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for k, v := range s.data {
		if strings.HasPrefix(v.text, letter) {
			delete(s.data, k)
			n++
		}
	}
	s.evicted += int64(n)
	return n
}

func (s *server) load(script *redisdb.Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[*script] = true
}

// eval carries the script out.
func (s *server) eval(script *redisdb.Script, keys []string, args []any) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if !s.scripts[*script] {
		return nil, redisdb.ErrNoScript
	}
	switch args[0] {
	case opRead:
		return s.read(keys, args), nil
	case opFill:
		return s.fill(keys, args), nil
	case opAnnounce:
		return s.announce(keys, args), nil
	case opSettle:
		return s.settle(keys, args), nil
	case opProbe:
		return []any{s.role, s.policy, "1000", fmt.Sprint(s.used), fmt.Sprint(s.evicted)}, nil
	}
	return nil, fmt.Errorf("unknown operation %v", args[0])
}

func in(ms any) time.Time {
	return time.Now().Add(time.Duration(ms.(int64) * int64(time.Millisecond)))
}

func (s *server) stamps(keys []string, nonce string, ttl any) (string, bool) {
	joined := ""
	for _, k := range keys {
		v, ok := s.get(k)
		switch {
		case !ok && nonce == "":
			return "", false
		case !ok:
			v = "S" + nonce
			s.set(k, v, in(ttl))
		case v[0] != 'S':
			if s.stampless {
				continue
			}
			return "", false
		}
		if !s.stampless {
			joined += v[1:]
		}
	}
	return joined, true
}

func (s *server) read(keys []string, args []any) any {
	nonce, last := args[1].(string), 1+args[4].(int)
	if len(keys) > last {
		if v, _ := s.get(keys[last]); v != args[5] {
			return "B"
		}
	}
	now, ok := s.stamps(keys[1:last], nonce, args[3])
	if !ok {
		return "B"
	}
	if v, ok := s.get(keys[0]); ok {
		if v[0] != 'E' {
			return "B"
		}
		if rest, ok := strings.CutPrefix(v[1:], now); ok {
			return "H" + rest
		}
	}
	s.set(keys[0], "N"+nonce, in(args[2]))
	return "M" + now
}

func (s *server) fill(keys []string, args []any) any {
	v, _ := s.get(keys[0])
	now, ok := s.stamps(keys[1:], "", nil)
	if !s.blind && (v != "N"+args[1].(string) || !ok || now != args[2]) {
		return int64(0)
	}
	s.set(keys[0], "E"+args[2].(string)+string(args[3].([]byte)), in(args[4]))
	return int64(1)
}

func (s *server) announce(keys []string, args []any) any {
	for _, k := range keys {
		v, ok := s.get(k)
		if !ok || v[0] != 'T' {
			v = "T"
		}
		s.set(k, v+args[1].(string), in(args[2]))
	}
	return int64(1)
}

func (s *server) settle(keys []string, args []any) any {
	lost := int64(0)
	for _, k := range keys {
		v, ok := s.get(k)
		switch {
		case !ok || v[0] != 'T':
			lost++
			if ok && args[2] == "1" {
				s.del(k)
			}
			continue
		case s.indistinct:
			s.del(k)
			continue
		}
		rest := v
		for at := 1; at < len(v); at += nonceLength {
			if v[at:at+nonceLength] == args[1] {
				rest = v[:at] + v[at+nonceLength:]
			}
		}
		switch rest {
		case v:
			lost++
		case "T":
			s.del(k)
		default:
			s.set(k, rest, s.data[k].until)
		}
	}
	return lost
}
