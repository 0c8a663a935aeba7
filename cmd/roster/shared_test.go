package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/storagetest/servers"
	"github.com/roster-scim/roster/tenants"
)

func TestOpenHosts(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"redis://cache":                              {"cache"},
		"redis://u:p%40x@cache:1234/1?db=2":          {"cache"},
		"redis://127.0.0.1:6379":                     nil,
		"redis://localhost,[::1]:7,10.0.0.1:7/0":     {"10.0.0.1"},
		"redis+sentinel://:secret@a:1,b,[fe80::1]/m": {"a", "b", "fe80::1"},
		"rediss://cache":                             nil,
		"rediss+sentinel://cache/m":                  nil,
		"unix:///run/redis.sock":                     nil,
		"":                                           nil,
	} {
		if got := openHosts(address); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// newApp is a server that has not started, with its log.
func newApp(t *testing.T, at *site) (*App, *lockedBuffer) {
	t.Helper()
	config := testConfig(t)
	at.configure(&config)
	log := &lockedBuffer{}
	app, err := New(config, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return app, log
}

// TestRefusedDatabases: what keeps a server from its database is said, without
// the password, and not waited for.
func TestRefusedDatabases(t *testing.T) {
	t.Parallel()
	good := onPostgres.site(t)
	with := func(change func(u *url.URL)) *site {
		u, err := url.Parse(good.database)
		if err != nil {
			t.Fatal(err)
		}
		change(u)
		return &site{database: u.String(), behind: good.behind}
	}
	for name, c := range map[string]struct {
		at   *site
		says string
	}{
		"superuser":        {&site{database: good.behind, behind: good.behind}, "is a superuser or has BYPASSRLS"},
		"wrong password":   {with(func(u *url.URL) { u.User = url.UserPassword("roster", "hidden") }), "password authentication failed"},
		"no such database": {with(func(u *url.URL) { u.Path = "/nowhere" }), "does not exist"},
		"malformed":        {with(func(u *url.URL) { u.RawQuery = "sslmode=hidden" }), "sslmode"},
		"another mode":     {with(func(u *url.URL) { u.RawQuery = "default_query_exec_mode=exec" }), "cache_describe"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, log := newApp(t, c.at)
			err := app.Start(t.Context())
			if err == nil {
				shut(t, app)
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "ROSTER_DATABASE_URL") {
				t.Errorf("says %v", err)
			}
			code, stdout, stderr := c.at.roster(t, "doctor", "--json")
			if code != exitRefused {
				t.Errorf("the doctor exits %d", code)
			}
			u, _ := url.Parse(c.at.database)
			password, _ := u.User.Password()
			for _, secret := range []string{password, "hidden"} {
				if strings.Contains(err.Error()+log.String()+stdout+stderr, secret) && secret != "roster" {
					t.Errorf("shows %q: %v %s %s", secret, err, log, stdout)
				}
			}
		})
	}
}

// TestStartWaitsForDatabase: a server that is started before its database begins
// to serve when that answers.
func TestStartWaitsForDatabase(t *testing.T) {
	t.Parallel()
	postgres := servers.NewPostgres(t)
	if err := migrate(t.Context(), postgres.URL()); err != nil {
		t.Fatal(err)
	}
	postgres.Stop()
	app, log := newApp(t, &site{database: postgres.URL(), behind: postgres.SuperURL()})
	started := make(chan error, 1)
	go func() { started <- app.Start(t.Context()) }()
	eventually(t, "the log tells of the wait", func() bool { return strings.Contains(log.String(), "does not answer yet") })
	postgres.Start()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	defer shut(t, app)
	(&server{app: app}).connection(t, "okta").createUser(t, "noor@example.com")
	if n := strings.Count(log.String(), "does not answer yet"); n != 1 {
		t.Errorf("the log tells of it %d times", n)
	}
}

// TestStartGivesUp: a server whose start is called off does not wait on.
func TestStartGivesUp(t *testing.T) {
	t.Parallel()
	app, log := newApp(t, &site{database: "postgres://roster:hidden@" + freeAddress(t) + "/roster", behind: "nobody"})
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan error, 1)
	go func() { started <- app.Start(ctx) }()
	eventually(t, "the log tells of the wait", func() bool { return strings.Contains(log.String(), "does not answer yet") })
	cancel()
	if err := <-started; err == nil || strings.Contains(err.Error()+log.String(), "hidden") {
		t.Errorf("called off: %v %s", err, log)
	}
}

// TestRedisAwayIsTold: a server without its Redis is ready, and says what is
// missing.
func TestRedisAwayIsTold(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, strings.TrimPrefix(servers.NewRedis(t).URL(), "redis://"))
	at := onPostgres.site(t)
	at.redis = "redis://" + proxy.Addr()
	app, _ := newApp(t, at)
	app.redisTimeouts = unhurried
	if err := app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer shut(t, app)
	c := (&server{app: app}).connection(t, "okta")
	ready := func(says string) func() bool {
		return func() bool {
			r := get(t, app.AdminURL()+"/readyz")
			if r.status != 200 {
				t.Fatalf("not ready: %d %s", r.status, r.body)
			}
			return says == "" && string(r.body) == "ready\n" || says != "" && strings.Contains(string(r.body), says)
		}
	}
	up := func() string {
		for line := range strings.Lines(string(get(t, app.AdminURL()+"/metrics").body)) {
			if value, ok := strings.CutPrefix(line, "roster_redis_up "); ok {
				return strings.TrimSpace(value)
			}
		}
		return "no roster_redis_up"
	}
	eventually(t, "nothing is missing", ready(""))
	if got := up(); got != "1" {
		t.Errorf("the metrics say %s", got)
	}
	proxy.Cut()
	c.want(t, 200, "GET", "/Users", "")
	eventually(t, "Redis is away", ready("redis: away since"))
	if got := up(); got != "0" {
		t.Errorf("the metrics say %s", got)
	}
	for _, name := range []string{`roster_cache_phase{phase="closed"}`, `roster_database_connections{state="in_use"}`,
		"roster_database_round_trips_total", "roster_database_waits_total", "roster_cache_closed_total"} {
		if !strings.Contains(string(get(t, app.AdminURL()+"/metrics").body), "\n"+name) {
			t.Errorf("the metrics lack %s", name)
		}
	}
	proxy.Heal()
	eventually(t, "nothing is missing again", ready(""))
}

// TestCommandsBesideServers: what a command changes holds for servers that have
// it in their cache, whether or not the command knows of Redis; if it does, the
// cache stays open.
func TestCommandsBesideServers(t *testing.T) {
	t.Parallel()
	s := onRedis.start(t)
	s.awaitCache(t)
	tenant := s.tenant(t, "Acme")
	c := s.connectionOf(t, tenant, "generic")
	c.createUser(t, "noor@example.com")
	rename := func(at *site, value string) {
		t.Helper()
		if code, _, stderr := at.roster(t, "connection", "set", "--connection", c.id(t).String(), "patch_user_returns_body="+value); code != exitOK {
			t.Fatal(stderr)
		}
	}
	rename(s.site, "true")
	if phase := s.app.cachePhase(); phase != storage.CacheOpen {
		t.Errorf("a command that knows of Redis made the cache %s", phase)
	}
	stranger := *s.site
	stranger.redis = ""
	rename(&stranger, "false")
	eventually(t, "the cache is seen closed", func() bool { return s.app.cachePhase() != storage.CacheOpen })

	s.awaitCache(t)
	token, secret, err := s.app.Tenants().CreateToken(t.Context(), tenants.NewToken{ConnectionID: c.id(t), Name: "Second"})
	if err != nil {
		t.Fatal(err)
	}
	second := &client{base: c.base, token: secret.Reveal()}
	for range 3 {
		second.want(t, 200, "GET", "/Users", "")
	}
	if code, _, stderr := stranger.roster(t, "token", "revoke", token.ID.String()); code != exitOK {
		t.Fatal(stderr)
	}
	eventually(t, "the token is refused", func() bool { return second.send(t, "GET", "/Users", "").status == 401 })
	c.want(t, 200, "GET", "/Users", "")
}

// TestDoctorOfReplicas: the doctor looks at the servers that replicas need.
func TestDoctorOfReplicas(t *testing.T) {
	t.Parallel()
	for _, b := range []*backend{onPostgres, onRedis, onCluster} {
		at := b.site(t)
		code, stdout, stderr := at.roster(t, "doctor", "--json")
		var answer struct {
			OK     bool
			Checks []finding
		}
		if err := errors.Join(json.Unmarshal([]byte(stdout), &answer)); err != nil || code != exitOK || !answer.OK {
			t.Fatalf("%s: exit %d, %v\n%s%s", b.name, code, err, stdout, stderr)
		}
		var names []string
		for _, f := range answer.Checks {
			names = append(names, f.Check)
			if f.Verdict == bad || f.Verdict == warning && f.Check != "database" && f.Check != "redis" { // slow machines
				t.Errorf("%s: %+v", b.name, f)
			}
		}
		want := []string{"settings", "database", "role", "database TLS", "schema", "database clock", "redis", "clock", "server"}
		if !slices.Equal(names, want) {
			t.Errorf("%s: checks %q, want %q", b.name, names, want)
		}
	}
	empty := &site{database: servers.Database(t, servers.Template{Name: "empty"}), behind: "nobody"}
	if code, stdout, _ := empty.roster(t, "doctor"); code != exitRefused || !strings.Contains(stdout, "Run roster migrate up") {
		t.Errorf("an empty database: exit %d\n%s", code, stdout)
	}
	away := onPostgres.site(t)
	away.redis = "redis://:hidden@" + freeAddress(t)
	if code, stdout, stderr := away.roster(t, "doctor"); code != exitOK || strings.Contains(stdout+stderr, "hidden") ||
		!strings.Contains(stdout, "answer from the database until it can") {
		t.Errorf("no Redis: exit %d\n%s%s", code, stdout, stderr)
	}
}
