package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// suite is a check of a whole server, on tenants of its own.
type suite struct {
	name string
	run  func(t *testing.T, s *server)
}

// suites run on every backend, all against one server.
var suites = []suite{
	{"conformance", testConformance},
	{"transcripts", testTranscripts},
	{"isolation", testIsolation},
	{"isolation of values", testIsolationOfValues},
	{"isolation of credentials", testIsolationOfCredentials},
	{"isolation of cursors", testIsolationOfCursors},
	{"isolation of searches", testIsolationOfSearches},
	{"bad input", testBadInput},
	{"types", testTypes},
	{"types of others", testTypesOfOthers},
	{"same name twice", testSameNameTwice},
	{"definitions hold", testDefinitionsHold},
	{"definitions in use", testDefinitionsInUse},
	{"members", testOnlyPeopleAndGroupsAreMembers},
	{"settings", testSettingsOfARunningServer},
	{"pending members", testPendingMembersAreTold},
	{"simulated providers", testSimulatedProviders},
	{"request log", testEveryRequestIsLogged},
	{"matrix of the API", testAPIMatrix},
	{"support sees nobody", testSupportSeesNobody},
	{"support is recorded", testSupportIsRecorded},
	{"support changes nothing", testSupportChangesNothing},
	{"isolation of the API", testAPIIsolation},
	{"isolation of what happened", testIsolationOfWhatHappened},
	{"isolation of events", testIsolationOfEvents},
	{"webhook of one tenant", testWebhookOfOneTenant},
	{"secrets of webhooks", testWebhookSecretIsShownOnce},
	{"trace", testTrace},
	{"long polls", testLongPolls},
	{"setup stream", testSetupStream},
	{"fuzz of the API", testAPIFuzz},
	{"people", testPeople},
	{"groups", testGroups},
}

// exceptions are the suites that a backend does not pass: backend, suite, reason.
var exceptions = map[string]map[string]string{}

// backend is what servers under test store on.
type backend struct {
	name  string
	redis func(t testing.TB) string // nil: none
	// whole: the suites leave nothing out that is only more of the same.
	whole bool
}

var (
	onSQLite   = &backend{name: "sqlite", whole: true}
	onPostgres = &backend{name: "postgres"}
	onRedis    = &backend{name: "postgres+redis", redis: servers.Redis}
	onCluster  = &backend{name: "postgres+redis-cluster", redis: servers.RedisCluster}
	backends   = []*backend{onSQLite, onPostgres, onRedis, onCluster}
)

// chosen are the backends that TEST_BACKENDS names, all if it names none.
func chosen(t *testing.T) []*backend {
	t.Helper()
	only := os.Getenv("TEST_BACKENDS")
	if only == "" {
		return backends
	}
	var list []*backend
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(backends, func(b *backend) bool { return b.name == name })
		if i < 0 {
			t.Fatalf("TEST_BACKENDS: there is no backend %q", name)
		}
		list = append(list, backends[i])
	}
	return list
}

// TestBackends runs every suite on every backend.
func TestBackends(t *testing.T) {
	t.Parallel()
	for _, b := range chosen(t) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			s := b.start(t)
			s.awaitCache(t)
			t.Run("suites", func(t *testing.T) {
				for _, suite := range suites {
					if reason, ok := exceptions[b.name][suite.name]; ok {
						ran.add(b, suite.name+": left out, "+reason)
						continue
					}
					t.Run(suite.name, func(t *testing.T) { suite.run(t, s) })
					ran.add(b, "")
				}
			})
			if hits := s.hits(t); b.redis != nil && hits == 0 {
				t.Error("the cache was never hit, so nothing is known about it")
			}
			s.site.journalAgrees(t)
		})
	}
}

// ran is what TestBackends has run, for the summary.
var ran runs

type runs struct {
	mu     sync.Mutex
	number map[string]int
	out    []string
}

func (r *runs) add(b *backend, exception string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.number == nil {
		r.number = map[string]int{}
	}
	if exception == "" {
		r.number[b.name]++
		return
	}
	r.out = append(r.out, b.name+": "+exception)
}

// print says what was run where, and every declared exception.
func (r *runs) print(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.number) == 0 && len(r.out) == 0 {
		return
	}
	for _, b := range backends {
		fmt.Fprintf(w, "backend %s: %d of %d suites ran\n", b.name, r.number[b.name], len(suites))
	}
	if len(r.out) == 0 {
		fmt.Fprintln(w, "exceptions: none")
	}
	for _, line := range r.out {
		fmt.Fprintln(w, "exception:", line)
	}
}

// TestExceptionsAreReal: a declared exception names what there is.
func TestExceptionsAreReal(t *testing.T) {
	t.Parallel()
	for name, list := range exceptions {
		if !slices.ContainsFunc(backends, func(b *backend) bool { return b.name == name }) {
			t.Errorf("there is no backend %q", name)
		}
		for except, reason := range list {
			if reason == "" || !slices.ContainsFunc(suites, func(s suite) bool { return s.name == except }) {
				t.Errorf("%s: %q is no suite, or has no reason", name, except)
			}
		}
	}
}

// site is where one server, or several, keep what they are told.
type site struct {
	database, redis string
	copied          bool   // a file that nothing may open as a database of its own, or it would be one in use
	behind          string // a superuser's address of the database, past row-level security; "": SQLite
}

// testKey is the master key of all servers on PostgreSQL.
var testKey = base64.StdEncoding.EncodeToString(make([]byte, keyLength))

// site makes one, with an empty directory.
func (b *backend) site(t testing.TB) *site {
	t.Helper()
	if b.name == "sqlite" { // not == onSQLite, which would be a loop of initialisation
		return &site{database: "sqlite:" + filepath.Join(t.TempDir(), "roster.db")}
	}
	p := &site{database: servers.Database(t, template(t))}
	p.behind = database(t, servers.PostgresURL(t), p.database)
	if b.redis != nil {
		p.redis = b.redis(t)
	}
	p.own(t)
	return p
}

// own makes the database another installation than the one that it was copied
// from: they may share a Redis.
func (p *site) own(t testing.TB) {
	t.Helper()
	p.sql(t, func(c *pgx.Conn) error {
		_, err := c.Exec(t.Context(), `update cache_state set installation = gen_random_uuid()`)
		return err
	})
}

// sql does something in the PostgreSQL database, past row-level security.
func (p *site) sql(t testing.TB, do func(*pgx.Conn) error) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), p.behind)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	if err := do(c); err != nil {
		t.Fatal(err)
	}
}

// open opens the database as a command of another process does, which does not
// know of Redis.
func (p *site) open(t *testing.T) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), p.database, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if p.behind != "" {
		db.SetGuard(storage.NewCloser(storage.NewCacheStates(db), storage.QuietTime), false)
	}
	return db
}

// configure lets a server use it.
func (p *site) configure(c *Config) {
	c.DatabaseURL, c.RedisURL = p.database, p.redis
	if p.behind != "" {
		c.MasterKey = testKey
	}
}

// environment lets a command use it.
func (p *site) environment() []string {
	env := []string{"ROSTER_DATABASE_URL=" + p.database, "ROSTER_REDIS_URL=" + p.redis}
	if p.behind != "" {
		env = append(env, "ROSTER_MASTER_KEY="+testKey)
	}
	return env
}

// template is a database with the whole schema.
func template(t testing.TB) servers.Template {
	t.Helper()
	return servers.Template{Name: "cmd/roster " + migrationsHash(t), Prepare: migrate}
}

func migrate(ctx context.Context, url string) error {
	db, err := storage.Open(ctx, url, storage.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

// migrationsHash changes with the migrations: a server may outlive a change.
var migrationsHash = func() func(t testing.TB) string {
	hash := sync.OnceValues(func() (string, error) {
		sum := sha256.New()
		files := os.DirFS("../../storage/migrations/postgres")
		err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			return err
		})
		return hex.EncodeToString(sum.Sum(nil)), err
	})
	return func(t testing.TB) string {
		t.Helper()
		h, err := hash()
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
}()

// database is the superuser's address of the database that another address names.
func database(t testing.TB, super, of string) string {
	t.Helper()
	s, err := url.Parse(super)
	if err != nil {
		t.Fatal(err)
	}
	o, err := url.Parse(of)
	if err != nil {
		t.Fatal(err)
	}
	s.Path = o.Path
	return s.String()
}
