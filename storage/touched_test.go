package storage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
)

// witness is a guard that keeps what it was told.
type witness struct {
	mu       sync.Mutex
	resource map[TouchedResource]bool
	lookup   map[Lookup]bool
	graph    map[scim.Directory]bool
	conn     map[string]bool
	states   []CacheState
	outcomes []Outcome
	refuse   error
	early    bool // it is told of what may come to nothing
}

func (w *witness) Announce(_ context.Context, t *Touched, s CacheState) (Announcement, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range t.Resources() {
		w.resource[r] = true
	}
	for _, l := range t.Lookups() {
		w.lookup[l] = true
	}
	for _, g := range t.Graphs() {
		w.graph[g] = true
	}
	for _, c := range t.Connections() {
		w.conn[c] = true
	}
	w.states = append(w.states, s)
	return w, w.refuse
}

func (w *witness) Settle(_ context.Context, o Outcome) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcomes = append(w.outcomes, o)
	return nil
}

func (w *witness) forget() {
	w.resource, w.lookup = map[TouchedResource]bool{}, map[Lookup]bool{}
	w.graph, w.conn = map[scim.Directory]bool{}, map[string]bool{}
	w.states, w.outcomes = nil, nil
}

func witnessed(t *testing.T) (*fixture, *witness) {
	t.Helper()
	f := postgresFixture(t, Options{})
	w := &witness{}
	w.forget()
	f.db.SetGuard(w, true)
	return f, w
}

// TestEveryChangeIsTouched: whatever a write makes a read answer otherwise was
// announced before.
func TestEveryChangeIsTouched(t *testing.T) {
	t.Parallel()
	f, w := witnessed(t)
	changesAreTouched(t, f, w)
}

// … and early enough, where it is announced before the last batch.
func TestEveryChangeIsTouchedEarly(t *testing.T) {
	t.Parallel()
	f, w := witnessedEarly(t)
	changesAreTouched(t, f, w.witness)
	if w.told.Load() < 100 {
		t.Errorf("%d changes were announced early", w.told.Load())
	}
}

func changesAreTouched(t *testing.T, f *fixture, w *witness) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{fixture: f.in(newDirectory()), entries: map[string]*entry{}}
		m.t = rt
		before := m.sight(rt)
		step := func(do func(*rapid.T)) func(*rapid.T) {
			return func(rt *rapid.T) {
				w.forget()
				do(rt)
				after := m.sight(rt)
				w.covers(rt, m.dir, before, after)
				before = after
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"create user":  step(m.createUser),
			"create group": step(func(rt *rapid.T) { m.createGroup(rt, m.someIDs(rt)) }),
			"rename":       step(m.rename),
			"edit":         step(m.editGroup),
			"delete":       step(m.deleteAny),
			"name pending": step(m.namePending),
			"meet pending": step(m.meetPending),
			"earn pending": step(m.earnPending),
			"together": step(func(rt *rapid.T) {
				outside := m.s
				err := outside.Together(m.ctx, m.dir, func(inside scim.Store) error {
					m.s = inside.(*Resources)
					defer func() { m.s = outside }()
					m.createUser(rt)
					m.createGroup(rt, m.someIDs(rt))
					return nil
				})
				if err != nil {
					rt.Fatal(err)
				}
			}),
		})
	})
}

const awaited = "hr-4711"

// namePending makes a group that waits for an externalId.
func (m *model) namePending(rt *rapid.T) {
	d := draft(doc{"displayName": names.Draw(rt, "name")}, add(awaited))
	d.AllowPending = true
	if rec, err := m.s.Create(m.ctx, m.dir, groupType, d, origin); err == nil {
		m.entries[rec.ID] = &entry{typ: groupType, members: map[string]bool{}}
	}
}

// meetPending gives somebody that externalId.
func (m *model) meetPending(rt *rapid.T) {
	name := "pending " + mustID()
	rec, err := m.s.Create(m.ctx, m.dir, userType, draft(doc{"userName": name, "externalId": awaited}), origin)
	if err != nil {
		rt.Fatal(err)
	}
	m.entries[rec.ID] = &entry{typ: userType, name: name}
}

// earnPending gives it to somebody who was there before.
func (m *model) earnPending(rt *rapid.T) {
	id := m.one(rt, userType)
	if _, err := m.put(userType, id, draft(doc{"userName": m.entries[id].name, "externalId": awaited})); err != nil {
		rt.Fatal(err)
	}
}

// sight is everything that can be remembered of a directory.
type sight struct {
	records map[string]*scim.Record
	groups  map[string][]scim.Membership
	lookups map[Lookup][]string
}

func (m *model) sight(rt *rapid.T) sight {
	s := sight{map[string]*scim.Record{}, map[string][]scim.Membership{}, map[Lookup][]string{}}
	for id, e := range m.entries {
		rec, err := m.s.Get(m.ctx, m.dir, e.typ, id, scim.With{Memberships: true})
		if errors.Is(err, scim.ErrNotFound) {
			continue
		}
		if err != nil {
			rt.Fatal(err)
		}
		s.groups[id] = rec.Memberships
		rec.Memberships = nil
		s.records[id] = rec
	}
	for _, value := range []string{"ada", "bob", "eve", "mallory", "zoë"} {
		m.look(rt, s, userType, "userName", value)
		m.look(rt, s, groupType, "displayName", value)
	}
	m.look(rt, s, userType, "externalId", awaited)
	return s
}

func (m *model) look(rt *rapid.T, s sight, t *schema.ResourceType, attribute, value string) {
	ref, _ := t.Resolve(schema.Name{Raw: attribute, Attr: attribute})
	e := &filter.Compare{Ref: ref, Op: filter.Eq, Value: value}
	l, ok := LookupOf(m.dir, t, e)
	if !ok {
		rt.Fatalf("%s of a %s is not looked up", attribute, t.Name)
	}
	page, err := m.s.List(m.ctx, m.dir, t, scim.ListQuery{Filter: e, Start: 1, Count: 50})
	if err != nil {
		rt.Fatal(err)
	}
	for _, rec := range page.Records {
		s.lookups[l] = append(s.lookups[l], rec.ID)
	}
	slices.Sort(s.lookups[l])
}

func (w *witness) covers(rt *rapid.T, dir scim.Directory, before, after sight) {
	for id, rec := range before.records {
		if !cmp.Equal(rec, after.records[id]) && !w.resource[TouchedResource{dir, id}] {
			rt.Errorf("resource %s changed and was not announced", id)
		}
		if after.records[id] != nil && !cmp.Equal(before.groups[id], after.groups[id]) && !w.graph[dir] {
			rt.Errorf("the groups of %s changed and the graph was not announced", id)
		}
	}
	for l, ids := range before.lookups {
		if !slices.Equal(ids, after.lookups[l]) && !w.lookup[l] {
			rt.Errorf("%s %q changed and was not announced", l.Attribute, l.Key)
		}
	}
	for l, ids := range after.lookups {
		if !slices.Equal(ids, before.lookups[l]) && !w.lookup[l] {
			rt.Errorf("%s %q changed and was not announced", l.Attribute, l.Key)
		}
	}
	for _, o := range w.outcomes {
		if o == Unknown || o == Aborted && !w.early {
			rt.Errorf("a change that is stored was settled as %d", o)
		}
	}
}

// TestEveryCredentialChangeIsTouched: what a token is worth changes only with an
// announcement for its connection.
func TestEveryCredentialChangeIsTouched(t *testing.T) {
	t.Parallel()
	f, w := witnessed(t)
	s := NewTenants(f.db)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now().UTC().Truncate(time.Microsecond)
	tenant := &tenants.Tenant{ID: tenants.NewTenantID(), Name: "Acme", Status: tenants.TenantActive, CreatedAt: at}
	must(s.CreateTenant(f.ctx, tenant))
	var connections [2]*tenants.Connection
	var tokens [2]*tenants.Token
	for i := range connections {
		connections[i] = &tenants.Connection{TenantID: tenant.ID, ID: tenants.NewConnectionID(), Name: fmt.Sprint(i),
			Provider: "okta", Status: tenants.ConnectionActive, Scopes: authz.AllScopes, CreatedAt: at}
		must(s.CreateConnection(f.ctx, connections[i]))
		tokens[i] = &tenants.Token{TenantID: tenant.ID, ConnectionID: connections[i].ID, ID: tenants.NewTokenID(),
			Name: "Main", Hash: tenants.SecretHash{byte(i)}, CreatedAt: at}
		must(s.CreateToken(f.ctx, tokens[i]))
	}
	worth := func() (all [2]*tenants.Credential) {
		for i := range tokens {
			c, err := s.Credential(f.ctx, connections[i].ID, tokens[i].Hash)
			must(err)
			all[i] = c
		}
		return all
	}
	changeTenant := func(change func(*tenants.Tenant)) error {
		_, err := s.ChangeTenant(f.ctx, tenant.ID, func(t *tenants.Tenant) error {
			change(t)
			return nil
		})
		return err
	}
	changeConnection := func(c *tenants.Connection, change func(*tenants.Connection)) error {
		_, err := s.ChangeConnection(f.ctx, tenant.ID, c.ID, func(c *tenants.Connection) error {
			change(c)
			return nil
		})
		return err
	}
	for _, change := range []struct {
		name string
		do   func() error
		want [2]bool
	}{
		{"use", func() error {
			return s.RecordUses(f.ctx, []tenants.Use{{TenantID: tenant.ID, TokenID: tokens[0].ID, At: at}})
		}, [2]bool{}},
		{"settings", func() error {
			return changeConnection(connections[1], func(c *tenants.Connection) { c.Settings.StrictTypes = !c.Settings.StrictTypes })
		}, [2]bool{false, true}},
		{"pause", func() error {
			return changeConnection(connections[0], func(c *tenants.Connection) { c.Status = tenants.ConnectionPaused })
		}, [2]bool{true, false}},
		{"revoke", func() error { return s.RevokeToken(f.ctx, tenant.ID, tokens[1].ID, at, nil) }, [2]bool{false, true}},
		{"definitions", func() error {
			_, err := s.ChangeDefinitions(f.ctx, tenant.ID, tenants.DefinitionChange{At: at})
			return err
		}, [2]bool{true, true}},
		{"suspend", func() error {
			return changeTenant(func(t *tenants.Tenant) { t.Status = tenants.TenantSuspended })
		}, [2]bool{true, true}},
		{"delete connection", func() error {
			return changeConnection(connections[0], func(c *tenants.Connection) { c.DeletedAt, c.People = at, tenants.KeepPeople })
		}, [2]bool{true, false}},
		{"delete tenant", func() error { return changeTenant(func(t *tenants.Tenant) { t.DeletedAt = at }) }, [2]bool{true, true}},
	} {
		before := worth()
		w.forget()
		must(change.do())
		after := worth()
		for i := range before {
			if changed := !reflect.DeepEqual(before[i], after[i]); changed != change.want[i] {
				t.Errorf("%s: the credential of connection %d changed: %t", change.name, i, changed)
			}
			if change.want[i] && !w.conn[connections[i].ID.UUID()] {
				t.Errorf("%s: connection %d was not announced", change.name, i)
			}
		}
	}
}

// A guard that refuses undoes the write, and a refused write is settled as such.
func TestRefusedAnnouncementUndoesTheWrite(t *testing.T) {
	t.Parallel()
	f, w := witnessed(t)
	id := f.user("ada")
	w.forget()
	w.refuse = errors.New("no")
	if _, err := f.put(userType, id, userDraft("eve")); !errors.Is(err, w.refuse) {
		t.Errorf("update = %v", err)
	}
	if got := f.get(userType, id); got.Version != 1 {
		t.Errorf("version %d, want 1", got.Version)
	}
	if len(w.states) != 1 || w.states[0].Generation != 1 || w.states[0].Phase != CacheClosed {
		t.Errorf("announced under %+v", w.states)
	}
	w.refuse = nil
	w.forget()
	if _, err := f.put(userType, id, scim.Draft{Document: doc{"userName": "ada"}, Encoded: []byte(`{"userName":"ada"}`)}); err != nil {
		t.Fatal(err)
	}
	if len(w.states) != 0 {
		t.Error("a write that changes nothing was announced")
	}
}

func TestLookupOf(t *testing.T) {
	t.Parallel()
	dir := newDirectory()
	for text, want := range map[string]string{
		`userName eq "ADA"`:                    "ada",
		`externalId eq "Ada"`:                  "Ada",
		`displayName eq "Ada"`:                 "",
		`userName ne "ada"`:                    "",
		`userName sw "ada"`:                    "",
		`emails.value eq "a@example.org"`:      "",
		`userName eq "ada" and active eq true`: "",
		`not (userName eq "ada")`:              "",
		`userName pr`:                          "",
	} {
		parsed, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := parsed.Bind(userType, filter.BindOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if l, ok := LookupOf(dir, userType, e); l.Key != want || ok != (want != "") {
			t.Errorf("%s: %+v %t, want %q", text, l, ok, want)
		}
	}
}
