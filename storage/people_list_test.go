package storage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
	"github.com/roster-scim/roster/tenants/people"
)

// TestListsAgainstModel: lists with any filter, page by page, have what a loop
// over all people finds.
func TestListsAgainstModel(t *testing.T) { onEachPeople(t, testListsAgainstModel) }

func testListsAgainstModel(t *testing.T, p *peopleFixture) {
	p.role("crowd-low", 1)
	p.role("crowd-high", 2)
	crowds := rapid.Custom(func(rt *rapid.T) *crowd { return newCrowd(t, rt, p) })
	for seed := range 6 {
		w := crowds.Example(seed)
		rapid.Check(t, func(rt *rapid.T) {
			w.checkUsers(rt)
			w.checkGroups(rt)
		})
		w.checkMembers(t)
	}
}

// person is what the model knows of a user.
type person struct {
	id        string
	doc       doc
	directory scim.Directory
	active    bool
	groups    map[string]bool // at any depth
	held      []access.Line
}

// crowd is a tenant full of people, and the same as a model.
type crowd struct {
	*peopleFixture
	people      []*person
	groups      map[string]*pack
	directories []scim.Directory // that of the people registered by hand is the last one
}

// pack is what the model knows of a group.
type pack struct {
	id, name, external string
	directory          scim.Directory
	members            []string
	mappings           int
}

var crowdNames = rapid.SampledFrom([]string{"ada", "Ada", "adam", "ÄDA", "bob", "b%b", `b\b`, "b_b", "zoë", "Zoë X", "\uD7FFx", "\U0010FFFFy", "e1", "E1"})

func newCrowd(t *testing.T, rt *rapid.T, base *peopleFixture) *crowd {
	p := newPeople(t, base.in(newDirectory()))
	w := &crowd{peopleFixture: p, groups: map[string]*pack{}}
	p.store.fewNamed = rapid.SampledFrom([]int{0, 3, 1_000}).Draw(rt, "few")
	manual := scim.Directory{TenantID: p.dir.TenantID, ConnectionID: manualDirectory}
	w.directories = []scim.Directory{p.dir, p.connection("Deactivated"), p.connection("Kept"), manual}
	for i := range rapid.IntRange(0, 12).Draw(rt, "users") {
		w.join(rt, i)
	}
	for i := range rapid.IntRange(0, 5).Draw(rt, "groups") {
		w.gather(rt, i)
	}
	w.entryPoint("app")
	w.giveAccess(rt)
	w.deleteConnection(w.directories[1], "deactivate")
	w.deleteConnection(w.directories[2], "keep")
	w.learn()
	return w
}

// join makes a user. Names need not be unique but for the userName.
func (w *crowd) join(rt *rapid.T, i int) {
	d := doc{"userName": crowdNames.Draw(rt, "userName") + fmt.Sprint(i), "active": rapid.Bool().Draw(rt, "active")}
	if rapid.Bool().Draw(rt, "has a name") {
		d["displayName"] = crowdNames.Draw(rt, "displayName")
	}
	if rapid.Bool().Draw(rt, "has an e-mail") {
		d["emails"] = []any{doc{"value": crowdNames.Draw(rt, "e-mail") + "@x"}, doc{"value": crowdNames.Draw(rt, "e-mail") + "@y"}}
	}
	if rapid.Bool().Draw(rt, "has an externalId") {
		d["externalId"] = crowdNames.Draw(rt, "externalId") + fmt.Sprint(i)
	}
	dir := rapid.SampledFrom(w.directories).Draw(rt, "directory")
	id := w.in(dir).create(userType, draft(d)).ID
	w.people = append(w.people, &person{id: id, doc: d, directory: dir, groups: map[string]bool{}})
}

// gather makes a group of people and groups of one directory.
func (w *crowd) gather(rt *rapid.T, i int) {
	g := &pack{name: crowdNames.Draw(rt, "group"), external: fmt.Sprint(crowdNames.Draw(rt, "externalId"), i),
		directory: rapid.SampledFrom(w.directories[:3]).Draw(rt, "directory")}
	for _, one := range w.people {
		if one.directory == g.directory && rapid.Bool().Draw(rt, "member") {
			g.members = append(g.members, one.id)
		}
	}
	for _, inner := range slices.Sorted(maps.Keys(w.groups)) {
		if w.groups[inner].directory == g.directory && rapid.Bool().Draw(rt, "nested") {
			g.members = append(g.members, inner)
		}
	}
	g.id = w.in(g.directory).create(groupType, draft(doc{"displayName": g.name, "externalId": g.external}, add(g.members...))).ID
	w.groups[g.id] = g
}

// giveAccess maps groups and assigns roles, of which the higher wins.
func (w *crowd) giveAccess(rt *rapid.T) {
	for _, id := range slices.Sorted(maps.Keys(w.groups)) {
		for _, at := range []string{"*", "app"} {
			for _, role := range []string{"crowd-low", "crowd-high"} {
				if rapid.IntRange(0, 3).Draw(rt, "mapped") == 0 {
					w.mapRaw(id, at, role)
					w.groups[id].mappings++
				}
			}
		}
	}
	for _, one := range w.people {
		if rapid.IntRange(0, 4).Draw(rt, "assigned") == 0 {
			w.run(`insert into assignments (tenant_id, user_id, entry_point, role, id, created_by, created_by_name, created_at)
				values ($1, $2, 'app', 'crowd-low', $3, '', '', 0)`, w.dir.TenantID, one.id, mustID())
		}
	}
}

// learn works out what follows for everybody.
func (w *crowd) learn() {
	var enter func(id, group string)
	enter = func(id, group string) {
		for _, member := range w.groups[group].members {
			if w.groups[member] != nil {
				enter(id, member)
				continue
			}
			i := slices.IndexFunc(w.people, func(one *person) bool { return one.id == member })
			w.people[i].groups[id] = true
		}
	}
	for id := range w.groups {
		enter(id, id)
	}
	for _, one := range w.people {
		one.active = one.doc["active"] == true && one.directory != w.directories[1]
		one.held = w.access(one.id).Access
	}
	slices.SortFunc(w.people, func(a, b *person) int { return strings.Compare(a.id, b.id) })
}

// holds says whether somebody holds a role at an entry point; "" is any.
func (one *person) holds(at, role string) bool {
	return slices.ContainsFunc(one.held, func(l access.Line) bool {
		return l.Wins && (at == "" || l.EntryPoint == at) && (role == "" || l.Role.Key == role)
	})
}

// named says whether a name of somebody begins with a text.
func named(text string, d doc, id string) bool {
	text = strings.TrimSpace(text)
	folded := schema.Fold(text)
	if folded == id {
		return true
	}
	names := []string{schema.Display(userType, d)}
	if name, ok := d["userName"].(string); ok {
		names = append(names, name)
	}
	emails, _ := d["emails"].([]any)
	for _, e := range emails {
		names = append(names, e.(doc)["value"].(string))
	}
	external, _ := d["externalId"].(string)
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(schema.Fold(name), folded) }) ||
		external != "" && strings.HasPrefix(external, text)
}

func (w *crowd) matches(one *person, q people.UserQuery) bool {
	isManual := one.directory.ConnectionID == manualDirectory
	return (q.Text == "" || named(q.Text, one.doc, one.id)) &&
		(q.Active == nil || *q.Active == one.active) &&
		(q.Managed == nil || *q.Managed != isManual) &&
		(q.Connection.IsZero() || q.Connection.UUID() == one.directory.ConnectionID) &&
		(q.Group == "" || one.groups[q.Group]) &&
		(q.Role == "" && q.EntryPoint == "" || one.holds(q.EntryPoint, q.Role)) &&
		(!q.Unassigned || one.active && !one.holds("", ""))
}

// maybe draws a value or, more often, the zero value.
func maybe[T any](rt *rapid.T, label string, values ...T) T {
	var zero T
	if len(values) == 0 || rapid.IntRange(0, 2).Draw(rt, label+"?") > 0 {
		return zero
	}
	return rapid.SampledFrom(values).Draw(rt, label)
}

func (w *crowd) text(rt *rapid.T, ids []string) string {
	name := []rune(crowdNames.Draw(rt, "text"))
	texts := []string{string(name), string(name[:rapid.IntRange(1, len(name)).Draw(rt, "length")])}
	for _, id := range ids {
		texts = append(texts, id, strings.ToUpper(id))
	}
	return maybe(rt, "q", texts...)
}

func (w *crowd) checkUsers(rt *rapid.T) {
	yes, no := true, false
	var ids []string
	for _, one := range w.people {
		ids = append(ids, one.id)
	}
	groups := append(slices.Sorted(maps.Keys(w.groups)), mustID(), "none")
	q := people.UserQuery{
		Text: w.text(rt, ids), Active: maybe(rt, "active", &yes, &no), Managed: maybe(rt, "managed", &yes, &no),
		Group: maybe(rt, "group", groups...), Role: maybe(rt, "role", "crowd-low", "crowd-high", "no-role"),
		EntryPoint: maybe(rt, "entry point", "*", "app", "no-place"), Unassigned: maybe(rt, "unassigned", true),
	}
	if dir := maybe(rt, "connection", w.directories[:3]...); dir.ConnectionID != "" {
		if err := q.Connection.Scan(dir.ConnectionID); err != nil {
			rt.Fatal(err)
		}
	}
	want := []string{}
	for _, one := range w.people {
		if w.matches(one, q) {
			want = append(want, one.id)
		}
	}
	got := []string{}
	q.Limit = rapid.IntRange(1, 5).Draw(rt, "limit")
	for {
		users, err := w.s.ListUsers(w.ctx, w.tenant, q)
		if err != nil {
			rt.Fatalf("%+v: %v", q, err)
		}
		for _, user := range users {
			w.checkUser(rt, user)
			got = append(got, user.ID)
		}
		if len(users) < q.Limit {
			break
		}
		q.After = *users[len(users)-1].Place()
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Errorf("%+v (-want +got):\n%s", q, diff)
	}
}

// checkUser compares a user of a list with the model and with what is there for
// the user alone.
func (w *crowd) checkUser(rt *rapid.T, user *people.User) {
	i := slices.IndexFunc(w.people, func(one *person) bool { return one.id == user.ID })
	one := w.people[i]
	external, _ := one.doc["externalId"].(string)
	if user.UserName != one.doc["userName"] || user.ExternalID != external || user.Active != one.active ||
		user.Managed() != (one.directory.ConnectionID != manualDirectory) {
		rt.Errorf("%+v of %+v", user, one)
	}
	alone := *w.find(user.ID)
	alone.Attributes = nil
	if diff := cmp.Diff(&alone, user, sameIDs); diff != "" {
		rt.Errorf("alone and in a list (-alone +list):\n%s", diff)
	}
	if c := user.Connection; c != nil && c.Deleting != (one.directory != w.dir) {
		rt.Errorf("%+v", c)
	}
}

func (w *crowd) checkGroups(rt *rapid.T) {
	yes, no := true, false
	ids := slices.Sorted(maps.Keys(w.groups))
	q := people.GroupQuery{Text: w.text(rt, ids), Mapped: maybe(rt, "mapped", &yes, &no), Limit: rapid.IntRange(1, 3).Draw(rt, "limit")}
	if dir := maybe(rt, "connection", w.directories[:3]...); dir.ConnectionID != "" {
		if err := q.Connection.Scan(dir.ConnectionID); err != nil {
			rt.Fatal(err)
		}
	}
	var want, got []people.Group
	for _, id := range ids {
		g := w.groups[id]
		if (q.Text == "" || named(q.Text, doc{"displayName": g.name, "externalId": g.external}, g.id)) &&
			(q.Mapped == nil || *q.Mapped == (g.mappings > 0)) &&
			(q.Connection.IsZero() || q.Connection.UUID() == g.directory.ConnectionID) {
			want = append(want, people.Group{ID: g.id, DisplayName: g.name, ExternalID: g.external, Members: len(g.members), Mappings: g.mappings})
		}
	}
	for {
		groups, err := w.s.ListGroups(w.ctx, w.tenant, q)
		if err != nil {
			rt.Fatalf("%+v: %v", q, err)
		}
		for _, g := range groups {
			alone, err := w.s.Group(w.ctx, w.tenant, g.ID)
			if diff := cmp.Diff(g, alone, sameIDs); diff != "" || err != nil {
				rt.Errorf("alone and in a list: %v\n%s", err, diff)
			}
			got = append(got, people.Group{ID: g.ID, DisplayName: g.DisplayName, ExternalID: g.ExternalID, Members: g.Members, Mappings: g.Mappings})
		}
		if len(groups) < q.Limit {
			break
		}
		q.After = groups[len(groups)-1].ID
	}
	if diff := cmp.Diff(want, got, sameIDs); diff != "" {
		rt.Errorf("%+v (-want +got):\n%s", q, diff)
	}
}

// checkMembers pages through the members of each group and the groups of each user.
func (w *crowd) checkMembers(t *testing.T) {
	t.Helper()
	direct := map[string]map[string]bool{}
	for id, g := range w.groups {
		got := paged(t, func(after string, limit int) ([]*people.Member, error) {
			return w.s.ListMembers(w.ctx, w.tenant, id, after, limit)
		}, func(m *people.Member) string { return m.ID })
		want := slices.Sorted(slices.Values(g.members))
		for i, m := range got {
			if m.ID != want[i] {
				t.Errorf("member %d of %s is %s, want %s", i, id, m.ID, want[i])
			}
			if direct[m.ID] == nil {
				direct[m.ID] = map[string]bool{}
			}
			direct[m.ID][id] = true
			w.checkMember(t, m)
		}
		if len(got) != len(want) {
			t.Errorf("%d members, want %d", len(got), len(want))
		}
	}
	for _, one := range w.people {
		got := map[string]bool{}
		for _, g := range paged(t, func(after string, limit int) ([]*people.UserGroup, error) {
			return w.s.ListUserGroups(w.ctx, w.tenant, one.id, after, limit)
		}, func(g *people.UserGroup) string { return g.ID }) {
			got[g.ID] = true
			if g.Direct != direct[one.id][g.ID] || g.DisplayName != w.groups[g.ID].name {
				t.Errorf("%+v", g)
			}
		}
		if diff := cmp.Diff(one.groups, got); diff != "" {
			t.Errorf("groups of %s (-want +got):\n%s", one.id, diff)
		}
	}
}

func (w *crowd) checkMember(t *testing.T, m *people.Member) {
	t.Helper()
	want := people.Member{ID: m.ID, Type: "Group"}
	if g := w.groups[m.ID]; g != nil {
		want.Name = g.name
	} else {
		user := w.find(m.ID)
		i := slices.IndexFunc(w.people, func(one *person) bool { return one.id == m.ID })
		want = people.Member{ID: m.ID, Type: "User", Name: schema.Display(userType, w.people[i].doc), UserName: user.UserName, Active: user.Active}
	}
	if *m != want {
		t.Errorf("%+v, want %+v", *m, want)
	}
}

// paged is a whole list, two at a time.
func paged[T any](t *testing.T, list func(after string, limit int) ([]T, error), id func(T) string) []T {
	t.Helper()
	var all []T
	for after := ""; ; after = id(all[len(all)-1]) {
		page, err := list(after, 2)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
		if len(page) < 2 {
			return all
		}
	}
}

// TestListsAreConfined: nothing of another tenant is in a list, whatever ids it
// is asked for by.
func TestListsAreConfined(t *testing.T) { onEachPeople(t, testListsAreConfined) }

func testListsAreConfined(t *testing.T, p *peopleFixture) {
	stranger := newPeople(t, p.in(newDirectory()))
	user := stranger.mustProvision(stranger.dir, scim.Limits{}, doc{"userName": "ada", "externalId": "e1", "active": false})
	group := stranger.group("Sales", user)
	stranger.register(people.NewUser{UserName: "manual"})
	yes, no := true, false
	for _, q := range []people.UserQuery{
		{}, {Text: user}, {Text: "ada"}, {Text: "e1"}, {Group: group}, {Connection: connectionIDOf(t, stranger.dir)},
		{Active: &no}, {Managed: &yes}, {Managed: &no}, {Unassigned: true},
	} {
		q.Limit = 10
		if users, err := p.s.ListUsers(p.ctx, p.tenant, q); err != nil || len(users) > 0 {
			t.Errorf("%+v: %d users, %v", q, len(users), err)
		}
	}
	for _, q := range []people.GroupQuery{{}, {Text: group}, {Text: "Sales"}, {Connection: connectionIDOf(t, stranger.dir)}, {Mapped: &no}} {
		q.Limit = 10
		if groups, err := p.s.ListGroups(p.ctx, p.tenant, q); err != nil || len(groups) > 0 {
			t.Errorf("%+v: %d groups, %v", q, len(groups), err)
		}
	}
	if _, err := p.s.ListUsers(p.ctx, tenants.NewTenantID(), people.UserQuery{Limit: 1}); err == nil {
		t.Error("a tenant that does not exist has users")
	}
}
