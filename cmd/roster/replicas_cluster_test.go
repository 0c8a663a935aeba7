package main

import (
	"testing"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestReplicasClusterLosesMaster kills a master of a Redis Cluster under two
// replicas at work. No reading is stale, requests go on from the database, and
// the cache is used again when another node has taken over.
func TestReplicasClusterLosesMaster(t *testing.T) {
	t.Parallel()
	cluster := servers.NewRedisCluster(t)
	at := onPostgres.site(t)
	at.redis = cluster.URL()
	r := onCluster.replicas(t, pair(at)...)
	k := newChecker(t, r.connection(t, "generic"))
	r.awaitCache(t)
	stop := begin(t, k.workers()...)
	k.until(t, r, 1000)

	for range max(1, soak()/5) {
		checked := k.checked.Load()
		master := cluster.Masters()[0]
		killed := time.Now()
		cluster.Kill(master)
		eventually(t, "the cache closes", func() bool { return r.all[0].app.cachePhase() != "open" })
		closed := time.Since(killed)
		r.awaitCache(t)
		opened := time.Since(killed)
		failed := k.failed.Load()
		k.until(t, r, checked+1000)
		if after := k.failed.Load(); after > failed {
			t.Errorf("%d requests failed after the cluster was well again", after-failed)
		}
		last := "none"
		if at := k.lastFailure(); at.After(killed) {
			last = at.Sub(killed).Round(time.Millisecond).String()
		}
		t.Logf("a master was killed: the cache was closed after %v and open again after %v; last failed request after: %s",
			closed.Round(time.Millisecond), opened.Round(time.Millisecond), last)
		cluster.Start(master)
	}
	stop()
	r.logHits(t)
	k.report(t, "a master was killed")
	for _, failure := range k.failures {
		t.Errorf("refused: %s", failure)
	}
}
