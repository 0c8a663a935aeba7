package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/events"
)

// mirror is the directory as an app knows it that began with a snapshot and
// follows the events.
type mirror struct {
	t       reporter
	n       int64 // the last event in it
	docs    map[string]any
	members map[string]map[string]bool
	held    map[string][]string
	lines   map[events.Kind]int
}

func newMirror(t reporter) *mirror {
	return &mirror{t: t, docs: map[string]any{}, members: map[string]map[string]bool{}, held: map[string][]string{}, lines: map[events.Kind]int{}}
}

// data is what a line or an event tells, as an app reads it.
type data struct {
	ID      string `json:"id"`
	UserID  string `json:"user_id"`
	Group   events.Group
	Members []events.Member
	Access  []struct {
		EntryPoint string `json:"entry_point"`
		Role       struct{ Key string }
	}
}

func (m *mirror) decode(v any) (d data, document doc) {
	m.t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = errors.Join(json.Unmarshal(text, &d), json.Unmarshal(text, &document))
	}
	if err != nil {
		m.t.Fatalf("%s: %v", text, err)
	}
	delete(document, "id")
	return d, document
}

func (m *mirror) holds(d data) {
	delete(m.held, d.UserID)
	for _, a := range d.Access {
		m.held[d.UserID] = append(m.held[d.UserID], a.EntryPoint+" "+a.Role.Key)
	}
}

func (m *mirror) joined(group string, list []events.Member) {
	if m.members[group] == nil {
		m.members[group] = map[string]bool{}
	}
	for _, member := range list {
		m.members[group][member.ID] = true
	}
}

func (m *mirror) left(group string, list []events.Member) {
	for _, member := range list {
		delete(m.members[group], member.ID)
	}
	if len(m.members[group]) == 0 {
		delete(m.members, group)
	}
}

// begin takes a line of a snapshot.
func (m *mirror) begin(line events.Line) error {
	switch line := line.(type) {
	case *events.SnapshotBegin:
		m.n = line.Sequence
		m.lines[line.Type]++
	case *events.SnapshotResource:
		d, document := m.decode(line.Data)
		m.docs[d.ID] = document
		m.lines[line.Type]++
	case *events.SnapshotMembers:
		m.joined(line.GroupID, line.Members)
		m.lines[line.Type]++
	case *events.SnapshotAccess:
		d, _ := m.decode(line.Data)
		m.holds(d)
		m.lines[line.Type]++
	case *events.SnapshotEnd:
		if line.Sequence != m.n || line.Users != m.lines[events.LineUser] || line.Groups != m.lines[events.LineGroup] {
			m.t.Errorf("the end says %+v, there were %v", line, m.lines)
		}
		m.lines[line.Type]++
	}
	return nil
}

// follow takes an event.
func (m *mirror) follow(e *events.Event) {
	m.t.Helper()
	if e.Sequence != m.n+1 {
		m.t.Fatalf("event %d came where %d was due", e.Sequence, m.n+1)
	}
	m.n = e.Sequence
	d, document := m.decode(e.Data)
	switch _, what, _ := strings.Cut(string(e.Type), "."); what {
	case "created", "updated", "deactivated", "reactivated":
		m.docs[d.ID] = document
	case "deleted":
		delete(m.docs, d.ID)
		delete(m.members, d.ID)
	case "member_added":
		m.joined(d.Group.ID, d.Members)
	case "member_removed":
		m.left(d.Group.ID, d.Members)
	case "access_changed":
		m.holds(d)
	}
}

// directory is what the mirror has to be in the end, as the tables have it.
func (g *accessFixture) directory() *mirror {
	g.t.Helper()
	m := newMirror(g.t)
	for _, row := range g.rows(`select cast(id as text), cast(document as text), resource_type from resources`) {
		id, rest, _ := strings.Cut(row, " ")
		text := rest[:strings.LastIndex(rest, " ")]
		_, document := m.decode(json.RawMessage(text))
		delete(document, "password") // never told
		m.docs[id] = document
		if strings.HasSuffix(rest, "User") {
			for _, l := range g.access(id).Access {
				if l.Wins {
					m.held[id] = append(m.held[id], l.EntryPoint+" "+l.Role.Key)
				}
			}
		}
	}
	for _, row := range g.rows(`select cast(group_id as text), cast(member_id as text) from members`) {
		group, member, _ := strings.Cut(row, " ")
		m.joined(group, []events.Member{{ID: member}})
	}
	return m
}

func (m *mirror) diff(other *mirror) string {
	return cmp.Diff(m.docs, other.docs) + cmp.Diff(m.members, other.members) + cmp.Diff(m.held, other.held)
}

// Whoever takes a snapshot while others write, and then follows the events, ends
// with the directory.
func TestSnapshotIsOfOneMoment(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		g := givesAccess(t, f)
		g.role("editor", 10)
		mapped := g.group("Editors")
		g.mustPut(mapped, access.Holding{EntryPoint: access.Everywhere, Role: "editor"})
		running, stop := context.WithCancel(g.ctx)
		var runner, writers sync.WaitGroup
		runner.Go(func() { access.NewRunner(g.a, quiet).Run(running) })
		for w := range 4 {
			writers.Go(func() { g.mutate(mapped, w, 25) })
		}
		store := NewEvents(g.db, builtIn{})
		var mirrors []*mirror
		for range 5 {
			m := newMirror(t)
			if err := store.Snapshot(g.ctx, g.tenant, m.begin); err != nil {
				t.Fatal(err)
			}
			if m.lines[events.LineBegin] != 1 || m.lines[events.LineEnd] != 1 {
				t.Errorf("lines %v", m.lines)
			}
			mirrors = append(mirrors, m)
		}
		writers.Wait()
		g.waitForJobs()
		stop()
		runner.Wait()
		want := g.directory()
		if len(want.held) == 0 || len(want.members) == 0 {
			t.Fatalf("the test does too little: %d hold something", len(want.held))
		}
		for _, m := range mirrors {
			begun := m.n
			g.followAll(store, m)
			if d := want.diff(m); d != "" {
				t.Errorf("from event %d on (-want +got):\n%s", begun, d)
			}
		}
		last := newMirror(t)
		if err := store.Snapshot(g.ctx, g.tenant, last.begin); err != nil {
			t.Fatal(err)
		}
		if d := want.diff(last); d != "" {
			t.Errorf("a snapshot at the end (-want +got):\n%s", d)
		}
	})
}

// followAll has a mirror follow the events that there are.
func (g *accessFixture) followAll(store *Events, m *mirror) {
	g.t.Helper()
	for {
		s, err := store.Events(g.ctx, g.tenant, m.n, nil, 37)
		if err != nil {
			g.t.Fatal(err)
		}
		for i := range s.Items {
			m.follow(&s.Items[i])
		}
		if s.Next == s.Last {
			return
		}
	}
}

// mutate changes the directory at random.
func (g *accessFixture) mutate(mapped string, w, steps int) {
	own := g.group(fmt.Sprint("Own ", w))
	var users []string
	for i := range steps {
		id := g.user(fmt.Sprintf("u%d-%d", w, i))
		users = append(users, id)
		one := users[rand.IntN(len(users))]
		switch rand.IntN(5) {
		case 0:
			g.mustDelete(userType, one)
			users = slices.DeleteFunc(users, func(id string) bool { return id == one })
		case 1:
			if _, err := g.put(userType, one, draft(doc{"userName": "n" + one, "active": rand.IntN(2) == 0, "password": "secret"})); err != nil {
				g.t.Errorf("put: %v", err)
			}
		case 2:
			g.mustEdit(own, patch.Edit{Kind: patch.AddMembers, Members: members(one)})
		default:
			g.mustEdit(mapped, patch.Edit{Kind: patch.AddMembers, Members: members(one)})
		}
	}
	g.mustEdit(mapped, remove(users[:len(users)/3]...))
}

func TestSnapshotLines(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		g := givesAccess(t, f)
		g.role("editor", 10)
		manual := g.in(f.dir)
		manual.dir.ConnectionID = manualDirectory
		vendor := manual.user("vendor")
		ada := g.create(userType, draft(doc{"userName": "ada", "active": false, "password": "secret"})).ID
		users := g.seedUsers(2*snapshotMembers + 1)
		group := g.group("Everybody", users...)
		g.assign(vendor, access.Everywhere, "editor")
		g.drain()

		var lines []string
		err := NewEvents(g.db, builtIn{}).Snapshot(g.ctx, g.tenant, func(line events.Line) error {
			text, err := json.Marshal(line)
			lines = append(lines, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(lines, "\n")
		con := tenants.PublicID("connection", g.dir.ConnectionID)
		for _, want := range []string{
			`{"type":"begin","tenant_id":"` + g.tenant.String() + `","sequence":`,
			`{"type":"user","connection_id":"` + con + `","active":false,"data":{"active":false,"id":"` + ada + `","userName":"ada"}}`,
			`{"type":"user","connection_id":null,"active":true,"data":{"active":true,"id":"` + vendor + `","userName":"vendor"}}`,
			`{"type":"group","connection_id":"` + con + `","data":{"displayName":"Everybody","id":"` + group + `"}}`,
			`{"type":"access","data":{"user_id":"` + vendor + `","active":true,"access":[{"entry_point":"*","role":{"key":"editor","name":"The editor","rank":10},"reasons":[{"kind":"assignment",`,
			fmt.Sprintf(`"users":%d,"groups":1}`, len(users)+2),
		} {
			if !strings.Contains(all, want) {
				t.Errorf("no line has %s", want)
			}
		}
		if n := strings.Count(all, `{"type":"members","group_id":"`+group); n != 3 {
			t.Errorf("%d lines of %d members", n, len(users))
		}
		if strings.Contains(all, "secret") {
			t.Error("the snapshot has a password")
		}
	})
}

// seedUsers makes many users behind the store's back.
func (g *accessFixture) seedUsers(n int) []string {
	g.t.Helper()
	return g.seed(userType, n, func(i int) scim.Draft { return userDraft(fmt.Sprint("s", i)) })
}

// What was not told yet is not in a snapshot: its event is still to come.
func TestSnapshotTellsOfAccessWhatEventsTold(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		g := givesAccess(t, f)
		g.role("editor", 10)
		ada := g.user("ada")
		g.assign(ada, access.Everywhere, "editor")
		store := NewEvents(g.db, builtIn{})
		m := newMirror(t)
		if err := store.Snapshot(g.ctx, g.tenant, m.begin); err != nil || len(m.held) > 0 {
			t.Errorf("before it is told: %v, %v", m.held, err)
		}
		g.drain()
		if g.followAll(store, m); !slices.Equal(m.held[ada], []string{"* editor"}) {
			t.Errorf("with the event: %v", m.held)
		}
		if _, err := g.put(userType, ada, draft(doc{"userName": "ada", "active": false})); err != nil {
			t.Fatal(err)
		}
		m = newMirror(t)
		if err := store.Snapshot(g.ctx, g.tenant, m.begin); err != nil || len(m.held) != 1 {
			t.Errorf("before the end is told: %v, %v", m.held, err)
		}
		g.drain()
		if g.followAll(store, m); len(m.held) > 0 {
			t.Errorf("in the end: %v", m.held)
		}
	})
}

// A reader who breaks off leaves the database free, and a tenant that is not
// there has no snapshot.
func TestSnapshotEndsWithItsReader(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		g := givesAccess(t, f)
		for i := range 3 {
			g.user(fmt.Sprint("u", i))
		}
		store, gone := NewEvents(g.db, builtIn{}), errors.New("gone")
		for range 2 * lastingConns {
			lines := 0
			err := store.Snapshot(g.ctx, g.tenant, func(events.Line) error {
				if lines++; lines == 3 {
					return gone
				}
				return nil
			})
			if !errors.Is(err, gone) || lines != 3 {
				t.Fatalf("after %d lines: %v", lines, err)
			}
		}
		other := tenants.NewTenantID()
		if err := store.Snapshot(g.ctx, other, func(events.Line) error { return gone }); !errors.Is(err, tenants.ErrNotFound) {
			t.Errorf("a tenant that is not there: %v", err)
		}
	})
}
