package main

import (
	"testing"

	"github.com/roster-scim/roster/scim/scimtest/idp"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// TestReplicasSimulation: identity providers do not notice that each of their
// requests is answered by another replica, of which one loses Redis again and
// again.
func TestReplicasSimulation(t *testing.T) {
	t.Parallel()
	redis := servers.NewRedis(t)
	second := servers.NewProxy(t, redis.Addr())
	at := onPostgres.site(t)
	mine, other := *at, *at
	mine.redis, other.redis = redis.URL(), "redis://"+second.Addr()
	r := onRedis.replicas(t, &mine, &other)
	r.awaitCache(t)
	users := "20"
	if soak() > 0 {
		users = "100"
	}
	for _, dialect := range []string{"okta", "entra"} {
		for i, scenario := range idp.Scenarios() {
			c := r.connection(t, dialect)
			if i%3 == 2 {
				second.Cut()
			} else {
				second.Heal()
			}
			for range 2 {
				code, report := simulated(t, c, dialect, "--scenario", string(scenario), "--users", users, "--groups", "4")
				if code != exitOK || !report.OK() {
					t.Errorf("%s %s: exit %d, %v %v", dialect, scenario, code, report.Problems, report.Differences)
				}
			}
		}
	}
	r.logHits(t)
	if r.hits(t) == 0 {
		t.Error("the cache was never hit")
	}
	for _, s := range r.all {
		if n := metric(t, s.app, "roster_http_requests_total"); n < 100 {
			t.Errorf("a replica answered only %.0f requests", n)
		}
	}
	at.journalAgrees(t)
}
