package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/storage/storagetest/servers"
	"github.com/roster-scim/roster/tenants"
)

// site is a replica as the server wires it.
type site struct {
	db     *storage.DB
	shared *Shared
	store  scim.Store
	hits   atomic.Int64
	hints  chan struct{}
}

// sites starts replicas on one database and one Redis, and waits until the cache
// is open.
func sites(t *testing.T, n int, redis string) []*site {
	t.Helper()
	address := servers.Database(t, servers.Template{Name: "roster_cache", Prepare: func(ctx context.Context, url string) error {
		db, err := storage.Open(ctx, url, storage.Options{})
		if err != nil {
			return err
		}
		return errors.Join(db.Migrate(ctx), db.Close())
	}})
	all := make([]*site, n)
	for i := range all {
		db, err := storage.Open(t.Context(), address, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := &site{db: db, hints: make(chan struct{}, 100)}
		s.shared = NewShared(storage.NewCacheStates(db), connect(t, redis), Options{Hooks: Hooks{Read: func(_, outcome string) {
			if outcome == "hit" {
				s.hits.Add(1)
			}
		}}})
		s.shared.adopt(hasty)
		s.shared.OnHint(func() { s.hints <- struct{}{} })
		db.SetGuard(s.shared, true)
		s.store = NewResources(storage.NewResources(db), s.shared)
		s.shared.Start(t.Context())
		t.Cleanup(func() {
			if err := errors.Join(s.shared.Close(context.Background()), db.Close()); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		all[i] = s
	}
	for _, s := range all {
		s.await(t)
	}
	return all
}

// await waits until this replica reads the cache.
func (s *site) await(t *testing.T) {
	t.Helper()
	for begun := time.Now(); s.shared.current() == nil; {
		<-time.After(hasty.heartbeat)
		if time.Since(begun) > time.Minute {
			t.Fatal("the cache does not open")
		}
	}
}

var groupType = schema.Default().ByName("Group")

// TestReplicasAnswerAsTheDatabaseDoes changes a directory at random by one
// replica or another. After each change every replica must answer everything as
// the database does.
func TestReplicasAnswerAsTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	for name, redis := range map[string]func(testing.TB) string{"redis": servers.Redis, "cluster": servers.RedisCluster} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := sites(t, 2, redis(t))
			d := &drive{T: t, sites: all, plain: storage.NewResources(all[0].db), kinds: map[string]*schema.ResourceType{},
				dir:    scim.Directory{TenantID: uuid.NewString(), ConnectionID: uuid.NewString()},
				random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))}
			for range 60 {
				d.change()
				for range 2 { // to fill and to hit
					d.compare()
				}
			}
			for i, s := range all {
				if hits := s.hits.Load(); hits < 100 {
					t.Errorf("replica %d: %d hits, so this shows little", i, hits)
				}
			}
		})
	}
}

type drive struct {
	*testing.T
	sites  []*site
	plain  scim.Store
	dir    scim.Directory
	kinds  map[string]*schema.ResourceType
	random *rand.Rand
}

var somebody = []string{"ada", "bob", "eve", "zoë"}

func (d *drive) one(kind *schema.ResourceType) string {
	var ids []string
	for id, t := range d.kinds {
		if kind == nil || t == kind {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return uuid.NewString()
	}
	slices.Sort(ids)
	return ids[d.random.IntN(len(ids))]
}

func (d *drive) draft(kind *schema.ResourceType) scim.Draft {
	name := somebody[d.random.IntN(len(somebody))]
	doc := map[string]any{"userName": name, "externalId": "x-" + name}
	if kind == groupType {
		doc = map[string]any{"displayName": name}
	}
	encoded, err := json.Marshal(doc)
	if err != nil {
		d.Fatal(err)
	}
	return scim.Draft{Document: doc, Encoded: encoded, Changed: true}
}

// change does something. That it is refused is no failure.
func (d *drive) change() {
	s := d.sites[d.random.IntN(len(d.sites))]
	kind := []*schema.ResourceType{userType, groupType}[d.random.IntN(2)]
	ctx, origin := d.Context(), scim.Origin{RequestID: "r", Actor: "a"}
	var err error
	switch d.random.IntN(5) {
	case 0, 1:
		var rec *scim.Record
		if rec, err = s.store.Create(ctx, d.dir, kind, d.draft(kind), origin); err == nil {
			d.kinds[rec.ID] = kind
		}
	case 2:
		draft := d.draft(kind)
		_, err = s.store.Update(ctx, d.dir, kind, d.one(kind), origin, func(*scim.Record) (scim.Draft, error) { return draft, nil })
	case 3:
		edits := []patch.Edit{{
			Kind:    []patch.EditKind{patch.AddMembers, patch.RemoveMembers, patch.ReplaceMembers}[d.random.IntN(3)],
			Members: []patch.Member{{ID: d.one(nil)}, {ID: d.one(userType)}},
		}}
		_, err = s.store.Update(ctx, d.dir, groupType, d.one(groupType), origin, func(now *scim.Record) (scim.Draft, error) {
			return scim.Draft{Encoded: now.Document, Document: map[string]any{}, Edits: edits}, nil
		})
	case 4:
		err = s.store.Delete(ctx, d.dir, kind, d.one(kind), origin, func(*scim.Record) error { return nil })
	}
	var conflict *scim.ConflictError
	var missing *scim.MissingMembersError
	var cycle *scim.CycleError
	if err != nil && !errors.Is(err, scim.ErrNotFound) && !errors.As(err, &conflict) && !errors.As(err, &missing) && !errors.As(err, &cycle) {
		d.Fatal(err)
	}
}

// compare asks everything of every replica.
func (d *drive) compare() {
	d.Helper()
	for id, kind := range d.kinds {
		for _, with := range []scim.With{{}, {Memberships: true}} {
			d.same(fmt.Sprintf("%s %s %+v", kind.Name, id, with), func(s scim.Store) (any, error) {
				return s.Get(d.Context(), d.dir, kind, id, with)
			})
		}
	}
	for _, name := range somebody {
		for _, by := range []struct {
			kind        *schema.ResourceType
			attr, value string
		}{{userType, "userName", name}, {userType, "externalId", "x-" + name}, {groupType, "displayName", name}} {
			ref, _ := by.kind.Resolve(schema.Name{Raw: by.attr, Attr: by.attr})
			q := scim.ListQuery{Filter: &filter.Compare{Ref: ref, Op: filter.Eq, Value: by.value}, Start: 1, Count: 10, With: scim.With{Memberships: true}}
			d.same(by.attr+" "+by.value, func(s scim.Store) (any, error) { return s.List(d.Context(), d.dir, by.kind, q) })
		}
	}
}

func (d *drive) same(what string, ask func(scim.Store) (any, error)) {
	d.Helper()
	want, wantErr := ask(d.plain)
	for i, s := range d.sites {
		got, err := ask(s.store)
		if diff := cmp.Diff(want, got); diff != "" || errors.Is(err, scim.ErrNotFound) != errors.Is(wantErr, scim.ErrNotFound) {
			d.Fatalf("replica %d, %s: %v, want %v (-database +replica):\n%s", i, what, err, wantErr, diff)
		}
	}
}

// TestCredentialsOfReplicas: what is done to a token by one replica is told to
// the other, and nothing that was cached before is used.
func TestCredentialsOfReplicas(t *testing.T) {
	t.Parallel()
	all := sites(t, 2, servers.Redis(t))
	service := tenants.NewService(storage.NewTenants(all[0].db), nil)
	tenant, err := service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := service.CreateConnection(t.Context(), tenants.NewConnection{TenantID: tenant.ID, Name: "Main", Provider: "okta", Scopes: authz.AllScopes})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := service.CreateToken(t.Context(), tenants.NewToken{ConnectionID: c.ID, Name: "Main"})
	if err != nil {
		t.Fatal(err)
	}
	read := func() (first *tenants.Credential) {
		t.Helper()
		for range 2 { // to fill and to hit
			for i, s := range all {
				got, err := NewSharedCredentials(storage.NewTenants(s.db), s.shared).Credential(t.Context(), c.ID, token.Hash)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = got
				} else if !reflect.DeepEqual(got, first) {
					t.Errorf("replica %d: %+v, want %+v", i, got, first)
				}
			}
		}
		return first
	}
	if before := all[1].hits.Load(); read().TokenID != token.ID || all[1].hits.Load() == before {
		t.Error("not from the cache")
	}
	for len(all[1].hints) > 0 {
		<-all[1].hints // those of subscribing
	}
	if _, err := service.SuspendTenant(t.Context(), tenant.ID); err != nil {
		t.Fatal(err)
	}
	if got := read(); got.TenantStatus != tenants.TenantSuspended {
		t.Errorf("the tenant is %s", got.TenantStatus)
	}
	if err := service.RevokeToken(t.Context(), token.ID, token.Name); err != nil {
		t.Fatal(err)
	}
	if got := read(); got.RevokedAt.IsZero() {
		t.Error("not revoked")
	}
	select {
	case <-all[1].hints:
	case <-time.After(time.Minute):
		t.Error("no hint came")
	}
}
