package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestReplicasPostgresKilled kills the database under two replicas at work and
// starts it again, in rounds. Every acknowledged write is there, the events tell
// exactly what is stored, whoever was refused was told to come back, and nobody
// had to do anything.
func TestReplicasPostgresKilled(t *testing.T) {
	t.Parallel()
	rounds := max(2, soak())
	postgres := servers.NewPostgres(t)
	if err := migrate(t.Context(), postgres.URL()); err != nil {
		t.Fatal(err)
	}
	at := &site{database: postgres.URL(), behind: database(t, postgres.SuperURL(), postgres.URL()), redis: servers.Redis(t)}
	r := onRedis.replicas(t, pair(at)...)
	shared := r.connection(t, "generic")
	writers := make([]*writer, 8)
	for i := range writers {
		writers[i] = &writer{client: shared, name: fmt.Sprintf("w%d", i), users: map[string]*written{}}
		writers[i].group = shared.createGroup(t, fmt.Sprintf("Group of w%d", i))
	}
	c := &creators{client: r.connection(t, "generic")}
	r.awaitCache(t)
	for round := range rounds {
		work := []func(context.Context){c.work, c.work, c.work, c.work}
		for _, w := range writers {
			work = append(work, func(context.Context) { w.work() }) // until it is refused
		}
		stop := begin(t, work...)
		c.more(t, 100)
		killed := time.Now()
		postgres.Kill()
		postgres.Start()
		answers := time.Now()
		c.more(t, 200)
		t.Logf("round %d: the database was away for %v; the first write was acknowledged %v after it answered again",
			round+1, answers.Sub(killed).Round(time.Millisecond), c.firstAfter(answers).Round(time.Millisecond))
		for _, w := range writers { // those that were never refused
			w.enough.Store(true)
		}
		stop()
		for _, w := range writers {
			w.enough.Store(false)
			w.verify(t)
		}
	}
	c.verify(t)
	at.journalAgrees(t)
}

// creators create users, whatever happens, and remember who was acknowledged.
type creators struct {
	client *client

	mu      sync.Mutex
	serial  int
	created []string    // ids
	at      []time.Time // when each was acknowledged
	wrong   []string    // refusals that do not say to come back
}

func (c *creators) work(ctx context.Context) {
	for ctx.Err() == nil {
		c.mu.Lock()
		c.serial++
		name := fmt.Sprintf("created-%d@example.com", c.serial)
		c.mu.Unlock()
		r, err := c.client.try("POST", "/Users", user(name))
		c.note(r, err)
	}
}

func (c *creators) note(r reply, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var answer struct{ ID, Detail string }
	err = errors.Join(err, json.Unmarshal(r.body, &answer))
	switch {
	case err == nil && r.status == 201:
		c.created, c.at = append(c.created, answer.ID), append(c.at, time.Now())
	case err != nil || r.status != 503 || r.header.Get("Retry-After") == "" || answer.Detail == "" ||
		r.header.Get("Content-Type") != "application/scim+json":
		c.wrong = append(c.wrong, fmt.Sprintf("%d %v %v %s", r.status, err, r.header, clipped(r.body)))
	}
}

// more waits until so many more are acknowledged.
func (c *creators) more(t *testing.T, n int) {
	t.Helper()
	count := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.created)
	}
	before := count()
	eventually(t, "writes go on", func() bool { return count() >= before+n })
}

// firstAfter is how long after a moment the first write was acknowledged.
func (c *creators) firstAfter(moment time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, at := range c.at {
		if at.After(moment) {
			return at.Sub(moment)
		}
	}
	return 0
}

// verify reads everybody who was acknowledged.
func (c *creators) verify(t *testing.T) {
	t.Helper()
	for _, id := range c.created {
		if r := c.client.send(t, "GET", "/Users/"+id, ""); r.status != 200 {
			t.Errorf("user %s was acknowledged and answers %d", id, r.status)
		}
	}
	for _, w := range c.wrong[:min(len(c.wrong), 5)] {
		t.Errorf("refused with %s", w)
	}
	t.Logf("%d acknowledged users, all there; %d answers were no proper refusal", len(c.created), len(c.wrong))
}
