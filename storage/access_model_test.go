package storage

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// TestAccessAgainstModel changes groups, memberships, mappings, assignments,
// roles and the rule at random, and compares what everybody holds, in every way
// there is to ask, with what a few loops over maps find.
func TestAccessAgainstModel(t *testing.T) { onEach(t, testAccessAgainstModel) }

func testAccessAgainstModel(t *testing.T, base *fixture) {
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		m := newAccessModel(t, base, runs)
		m.t = rt
		rt.Repeat(map[string]func(*rapid.T){
			"":           m.check,
			"user":       m.addUser,
			"group":      m.addGroup,
			"member":     m.toggleMember,
			"member 2":   m.toggleMember,
			"mapping":    m.toggleMapping,
			"mapping 2":  m.toggleMapping,
			"assignment": m.toggleAssignment,
			"activation": m.toggleActive,
			"deletion":   m.deleteOne,
			"role":       m.changeRole,
			"rule":       m.changeRule,
			"connection": m.toggleConnection,
			"tell":       func(*rapid.T) { m.drain() },
		})
		m.drain()
		m.checkTold()
		m.checkInvariants()
	})
}

// modelRole is a role as the model knows it.
type modelRole struct {
	rank                         int
	grantable, mappable, permits bool
}

// accessModel is what the database should hold.
type accessModel struct {
	*accessFixture
	users    map[string]bool // active
	groups   map[string]bool
	members  map[[2]string]bool                 // group, member
	mapped   map[string]map[access.Holding]bool // by group
	assigned map[string]map[access.Holding]bool // by user
	roles    map[string]*modelRole
	highest  bool
	taken    bool // the connection is being deleted with its people
	number   int
}

var modelPlaces = []string{access.Everywhere, "wiki", "shop"}

func newAccessModel(t *testing.T, base *fixture, run int) *accessModel {
	m := &accessModel{
		accessFixture: givesAccess(t, base.in(newDirectory())), highest: true,
		users: map[string]bool{}, groups: map[string]bool{}, members: map[[2]string]bool{},
		mapped: map[string]map[access.Holding]bool{}, assigned: map[string]map[access.Holding]bool{}, roles: map[string]*modelRole{},
	}
	m.rule(access.Highest)
	for i := range 4 {
		key := fmt.Sprintf("r%d-%d", run, i)
		m.role(key, i/2)
		m.roles[key] = &modelRole{rank: i / 2, grantable: true}
	}
	for _, key := range modelPlaces[1:] {
		m.entryPoint(key)
	}
	return m
}

func pick[K cmp.Ordered, V any](rt *rapid.T, from map[K]V, label string) K {
	keys := slices.Sorted(maps.Keys(from))
	if len(keys) == 0 {
		rt.Skip("nothing there yet")
	}
	return rapid.SampledFrom(keys).Draw(rt, label)
}

func (m *accessModel) holding(rt *rapid.T) access.Holding {
	return access.Holding{EntryPoint: rapid.SampledFrom(modelPlaces).Draw(rt, "place"), Role: pick(rt, m.roles, "role")}
}

func (m *accessModel) addUser(*rapid.T) {
	m.number++
	m.users[m.user(fmt.Sprint("u", m.number))] = true
}

func (m *accessModel) addGroup(*rapid.T) {
	m.number++
	m.groups[m.group(fmt.Sprint("g", m.number))] = true
}

func (m *accessModel) toggleMember(rt *rapid.T) {
	group := pick(rt, m.groups, "group")
	everybody := maps.Clone(m.users)
	maps.Copy(everybody, m.groups)
	member := pick(rt, everybody, "member")
	edit := add(member)
	if m.members[[2]string{group, member}] {
		edit = remove(member)
	}
	_, err := m.edit(group, edit)
	if cycle := (*scim.CycleError)(nil); errors.As(err, &cycle) {
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	m.members[[2]string{group, member}] = !m.members[[2]string{group, member}]
}

// toggleMapping replaces the mappings of a group, of which the preview must have
// said what happens.
func (m *accessModel) toggleMapping(rt *rapid.T) {
	group := pick(rt, m.groups, "group")
	next := maps.Clone(m.mapped[group])
	if next == nil {
		next = map[access.Holding]bool{}
	}
	for range rapid.IntRange(1, 3).Draw(rt, "changes") {
		h := m.holding(rt)
		if next[h] {
			delete(next, h)
		} else {
			next[h] = true
		}
	}
	before := m.everybody()
	targets := slices.Collect(maps.Keys(next))
	plan, err := m.a.PlanMappings(m.ctx, m.tenant, group, targets)
	if err != nil {
		rt.Fatal(err)
	}
	done, job, err := m.a.PutMappings(m.ctx, m.tenant, group, targets)
	if len(plan.Refusals) > 0 {
		if refused := (*tenants.RefusedError)(nil); !errors.As(err, &refused) || *refused != *plan.Refusals[0] {
			rt.Fatalf("put: %v, but the preview had %v", err, plan.Refusals)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	m.mapped[group] = next
	m.comparePlans(rt, plan, done)
	m.comparePlan(rt, plan, before, m.everybody())
	if (job != nil) != (plan.Changed > 0) {
		rt.Fatalf("a job %v for %d people", job, plan.Changed)
	}
}

func (m *accessModel) comparePlans(rt *rapid.T, preview, done *access.Plan) {
	for _, p := range []*access.Plan{preview, done} {
		p.Next = nil // their times differ
	}
	if fmt.Sprintf("%+v", preview) != fmt.Sprintf("%+v", done) {
		rt.Fatalf("previewed\n%+v\nand did\n%+v", preview, done)
	}
}

// comparePlan holds a preview against what everybody held before and holds after.
func (m *accessModel) comparePlan(rt *rapid.T, plan *access.Plan, before, after map[string][]access.Holding) {
	gains, losses, changed := map[access.Holding]int{}, map[access.Holding]int{}, 0
	for id := range m.users {
		if !slices.Equal(before[id], after[id]) {
			changed++
		}
		for _, h := range after[id] {
			if !slices.Contains(before[id], h) {
				gains[h]++
			}
		}
		for _, h := range before[id] {
			if !slices.Contains(after[id], h) {
				losses[h]++
			}
		}
	}
	counts := func(list []access.Count) map[access.Holding]int {
		n := map[access.Holding]int{}
		for _, c := range list {
			n[c.Holding] = c.Count
		}
		return n
	}
	if plan.Changed != changed || !maps.Equal(counts(plan.Gains), gains) || !maps.Equal(counts(plan.Losses), losses) {
		rt.Fatalf("previewed %+v, but %d changed, gains %v, losses %v", plan, changed, gains, losses)
	}
}

func (m *accessModel) toggleAssignment(rt *rapid.T) {
	user, h := pick(rt, m.users, "user"), m.holding(rt)
	a, err := m.a.Assign(m.ctx, m.tenant, user, h)
	if err != nil {
		rt.Fatal(err)
	}
	if !m.assigned[user][h] {
		if m.assigned[user] == nil {
			m.assigned[user] = map[access.Holding]bool{}
		}
		m.assigned[user][h] = true
		return
	}
	if err := m.a.Unassign(m.ctx, m.tenant, user, a.ID); err != nil {
		rt.Fatal(err)
	}
	delete(m.assigned[user], h)
}

func (m *accessModel) toggleActive(rt *rapid.T) {
	user := pick(rt, m.users, "user")
	m.number++
	if _, err := m.put(userType, user, draft(doc{"userName": fmt.Sprint("u", m.number), "active": !m.users[user]})); err != nil {
		rt.Fatal(err)
	}
	m.users[user] = !m.users[user]
}

func (m *accessModel) deleteOne(rt *rapid.T) {
	everybody := maps.Clone(m.users)
	maps.Copy(everybody, m.groups)
	id := pick(rt, everybody, "gone")
	if m.groups[id] {
		m.mustDelete(groupType, id)
	} else {
		m.mustDelete(userType, id)
	}
	delete(m.users, id)
	delete(m.groups, id)
	delete(m.assigned, id)
	for pair := range m.members {
		if pair[0] == id || pair[1] == id {
			delete(m.members, pair)
		}
	}
}

func (m *accessModel) changeRole(rt *rapid.T) {
	key := pick(rt, m.roles, "role")
	role := m.roles[key]
	switch rapid.IntRange(0, 3).Draw(rt, "what") {
	case 0:
		role.rank = rapid.IntRange(0, 3).Draw(rt, "rank")
		m.change(key, "rank", role.rank)
	case 1:
		role.grantable = !role.grantable
		m.change(key, "grantable", role.grantable)
	case 2:
		role.mappable = !role.mappable
		m.change(key, "mappable_with_permissions", role.mappable)
	case 3:
		if !role.permits {
			m.permits(key)
			role.permits = true
		}
	}
	m.enqueueAll(access.JobRole, key)
}

func (m *accessModel) changeRule(*rapid.T) {
	m.highest = !m.highest
	m.rule(map[bool]access.Rule{true: access.Highest, false: access.All}[m.highest])
	m.enqueueAll(access.JobRule, "")
}

// enqueueAll leaves a job in every tenant, as the owner of the roles does.
func (m *accessModel) enqueueAll(kind access.JobKind, subject string) {
	err := m.db.update(m.ctx, "", func(tx *tx) error { return enqueueAccessJobs(m.ctx, tx, kind, subject) })
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *accessModel) toggleConnection(*rapid.T) {
	m.taken = !m.taken
	err := m.db.update(m.ctx, m.dir.TenantID, func(tx *tx) error {
		b := &batch{}
		if m.taken {
			b.exec(`update connections set deleted_at = 1, delete_people = 'deactivate' where tenant_id = $1 and id = $2`, m.dir.TenantID, m.dir.ConnectionID)
		} else {
			b.exec(`update connections set deleted_at = null, delete_people = null where tenant_id = $1 and id = $2`, m.dir.TenantID, m.dir.ConnectionID)
		}
		if err := enqueueAccessJob(m.ctx, tx, b, m.dir.TenantID, access.JobConnection, m.dir.ConnectionID); err != nil {
			return err
		}
		return tx.send(m.ctx, b)
	})
	if err != nil {
		m.t.Fatal(err)
	}
}
