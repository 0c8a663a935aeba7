package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/roster-scim/roster/storage/storagetest/servers"
	"github.com/roster-scim/roster/tenants"
)

// revocationBound is how long after the answer to a revocation a request may
// still begin that is let in.
const revocationBound = time.Second

// TestReplicasRevocation revokes tokens at random while they are in use on two
// replicas that cannot tell each other.
func TestReplicasRevocation(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, redis *servers.RedisServer, second *servers.Proxy, mine, other *site) (during func()){
		"pub-sub is forbidden": func(t *testing.T, redis *servers.RedisServer, _ *servers.Proxy, mine, other *site) func() {
			t.Helper()
			for _, at := range []*site{mine, other} {
				at.redis = silenced(t, redis.Addr(), at.redis)
			}
			return func() {}
		},
		"Redis is cut from one": func(_ *testing.T, _ *servers.RedisServer, second *servers.Proxy, _, _ *site) func() {
			return second.Cut
		},
		"Redis is killed": func(_ *testing.T, redis *servers.RedisServer, _ *servers.Proxy, _, _ *site) func() { return redis.Kill },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := servers.NewRedis(t)
			second := servers.NewProxy(t, redis.Addr())
			at := onPostgres.site(t)
			mine, other := *at, *at
			mine.redis, other.redis = redis.URL(), "redis://"+second.Addr()
			during := spoil(t, redis, second, &mine, &other)
			r := onRedis.replicas(t, &mine, &other)
			tokens := newTokens(t, r, 200)
			r.awaitCache(t)
			stop := begin(t, tokens.use, tokens.use, tokens.use, tokens.use, tokens.use, tokens.use)
			eventually(t, "the tokens are in use", func() bool { return tokens.admitted.Load() > 1000 })
			during()
			tokens.revokeAll(t)
			stop()
			tokens.report(t)
		})
	}
}

// silenced is the address of a Redis for a user who may neither publish nor
// subscribe.
func silenced(t *testing.T, server, address string) string {
	t.Helper()
	admin := redis.NewClient(&redis.Options{Addr: server})
	defer admin.Close()
	err := admin.Do(t.Context(), "acl", "setuser", "quiet", "on", ">quiet", "allkeys", "allcommands", "resetchannels").Err()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(address, "redis://", "redis://quiet:quiet@", 1)
}

// tokens are in use on all replicas and are revoked one after another.
type tokens struct {
	replicas *replicas
	list     []*bearer
	admitted atomic.Int64 // requests
	refused  atomic.Int64
	mu       sync.Mutex
	late     []string
}

// bearer is one token.
type bearer struct {
	id      tenants.TokenID
	clients []*client // one for each replica
	revoked atomic.Pointer[time.Time]
}

func newTokens(t *testing.T, r *replicas, n int) *tokens {
	t.Helper()
	all := &tokens{replicas: r}
	for i := range n { // a connection has two tokens at most
		all.list = append(all.list, all.bearer(t, r.connection(t, "generic"), i))
	}
	return all
}

// bearer makes another token of a client's connection.
func (k *tokens) bearer(t *testing.T, of *client, i int) *bearer {
	t.Helper()
	token, secret, err := k.replicas.all[i%2].app.Tenants().CreateToken(t.Context(),
		tenants.NewToken{ConnectionID: of.id(t), Name: fmt.Sprintf("Token %d", i)})
	if err != nil {
		t.Fatal(err)
	}
	b := &bearer{id: token.ID}
	for i := range k.replicas.all {
		c := k.replicas.direct(of, i)
		c.token, c.http = secret.Reveal(), k.replicas.http
		b.clients = append(b.clients, c)
	}
	return b
}

// use sends requests with any of the tokens by way of any replica.
func (k *tokens) use(ctx context.Context) {
	for ctx.Err() == nil {
		b := k.list[rand.IntN(len(k.list))]
		k.try(b, rand.IntN(len(b.clients)))
	}
}

// try sends one request and judges whether it might be let in. When the token was
// revoked is looked up after the answer: the revocation may have been answered
// while the request was on its way, and then it began before the bound.
func (k *tokens) try(b *bearer, replica int) (status int) {
	began := time.Now()
	r, err := b.clients[replica].try("GET", "/Users?count=0", "")
	if err != nil {
		return 0
	}
	switch r.status {
	case http.StatusUnauthorized:
		k.refused.Add(1)
	case http.StatusOK:
		k.admitted.Add(1)
		if revoked := b.revoked.Load(); revoked != nil && began.After(revoked.Add(revocationBound)) {
			k.mu.Lock()
			k.late = append(k.late, fmt.Sprintf("replica %d let a request in that began %v after the revocation", replica, began.Sub(*revoked)))
			k.mu.Unlock()
		}
	}
	return r.status
}

// revokeAll revokes the tokens in any order by way of the first replica: with each
// revocation a replica forgets every token, which the other must not do by luck.
// Each token is tried everywhere at the moment from which it must be refused.
func (k *tokens) revokeAll(t *testing.T) {
	t.Helper()
	var probes sync.WaitGroup
	for _, i := range rand.Perm(len(k.list)) {
		b := k.list[i]
		if err := k.replicas.all[0].app.Tenants().RevokeToken(t.Context(), b.id, ""); err != nil {
			t.Errorf("revoke: %v", err)
			continue
		}
		at := time.Now()
		b.revoked.Store(&at)
		probes.Go(func() {
			<-time.After(time.Until(at.Add(revocationBound + time.Millisecond)))
			for replica := range b.clients {
				if status := k.try(b, replica); status != 401 {
					k.mu.Lock()
					k.late = append(k.late, fmt.Sprintf("replica %d answers %d when it must be 401", replica, status))
					k.mu.Unlock()
				}
			}
		})
	}
	probes.Wait()
}

func (k *tokens) report(t *testing.T) {
	t.Helper()
	t.Logf("%d tokens revoked; %d requests let in, %d refused", len(k.list), k.admitted.Load(), k.refused.Load())
	for _, l := range k.late[:min(5, len(k.late))] {
		t.Error(l)
	}
	if int(k.refused.Load()) < len(k.list) {
		t.Errorf("%d requests were refused, fewer than tokens were revoked", k.refused.Load())
	}
}
