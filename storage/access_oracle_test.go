package storage

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/tenants/access"
)

// inGroups are the groups that somebody is in, found the slow way.
func (m *accessModel) inGroups(id string) map[string]bool {
	in := map[string]bool{id: true}
	for grown := true; grown; {
		grown = false
		for pair, yes := range m.members {
			if yes && in[pair[1]] && !in[pair[0]] {
				in[pair[0]], grown = true, true
			}
		}
	}
	delete(in, id)
	return in
}

// given is what somebody has a reason to hold.
func (m *accessModel) given(id string) map[access.Holding]bool {
	given := map[access.Holding]bool{}
	if !m.users[id] || m.taken {
		return given
	}
	for group := range m.inGroups(id) {
		for h := range m.mapped[group] {
			if role := m.roles[h.Role]; role.grantable && (role.mappable || !role.permits) {
				given[h] = true
			}
		}
	}
	maps.Copy(given, m.assigned[id])
	return given
}

// held is what somebody holds, in order.
func (m *accessModel) held(id string) []access.Holding {
	var held []access.Holding
	given := m.given(id)
	for h := range given {
		wins := true
		for other := range given {
			if m.highest && other.EntryPoint == h.EntryPoint {
				mine, theirs := m.roles[h.Role].rank, m.roles[other.Role].rank
				wins = wins && (mine > theirs || mine == theirs && h.Role <= other.Role)
			}
		}
		if wins {
			held = append(held, h)
		}
	}
	slices.SortFunc(held, func(a, b access.Holding) int {
		return strings.Compare(a.EntryPoint+" "+a.Role, b.EntryPoint+" "+b.Role)
	})
	return held
}

func (m *accessModel) everybody() map[string][]access.Holding {
	all := map[string][]access.Holding{}
	for id := range m.users {
		all[id] = m.held(id)
	}
	return all
}

// check compares everything that can be asked with the model.
func (m *accessModel) check(rt *rapid.T) {
	var unassigned, holders []string
	for id, active := range m.users {
		u := m.access(id)
		m.compare(rt, u)
		switch {
		case len(m.held(id)) > 0:
			holders = append(holders, id)
		case active && !m.taken:
			unassigned = append(unassigned, id)
		}
	}
	slices.Sort(unassigned)
	slices.Sort(holders)
	if got := m.matching(unassignedUsers(m.db.engine, "$1", "r")); !slices.Equal(got, unassigned) {
		rt.Fatalf("unassigned are %v, want %v", got, unassigned)
	}
	m.checkList(rt, holders)
	m.checkHeld(rt)
}

// checkHeld asks what several hold at once, and somebody who is not there.
func (m *accessModel) checkHeld(rt *rapid.T) {
	ids, want := []string{"01a202c3-681e-7478-af59-72808a9ae47f"}, map[string][]access.Holding{}
	for id := range m.users {
		ids = append(ids, id)
		if held := m.held(id); len(held) > 0 {
			want[id] = held
		}
	}
	got, err := m.a.Held(m.ctx, m.tenant, ids)
	if err != nil {
		rt.Fatal(err)
	}
	if !maps.EqualFunc(got, want, slices.Equal) {
		rt.Fatalf("several hold %v, want %v", got, want)
	}
}

// compare holds one answer against the model.
func (m *accessModel) compare(rt *rapid.T, u *access.UserAccess) {
	rt.Helper()
	held, given := access.Held(u.Access), m.given(u.ID)
	if want := m.held(u.ID); !slices.Equal(held, want) {
		rt.Fatalf("%s holds %v, want %v", u.ID, held, want)
	}
	if len(u.Access) != len(given) || (len(u.None) == 0) != (len(u.Access) > 0) {
		rt.Fatalf("%s is given %+v (none: %+v), want %v", u.ID, u.Access, u.None, given)
	}
	in := m.inGroups(u.ID)
	for _, line := range u.Access {
		h := access.Holding{EntryPoint: line.EntryPoint, Role: line.Role.Key}
		reasons := 0
		for group := range in {
			if m.mapped[group][h] && m.roles[h.Role].grantable && (m.roles[h.Role].mappable || !m.roles[h.Role].permits) {
				reasons++
			}
		}
		if m.assigned[u.ID][h] {
			reasons++
		}
		if len(line.Reasons) != reasons {
			rt.Fatalf("%s has %v for %+v, want %d reasons", u.ID, h, line.Reasons, reasons)
		}
		for _, r := range line.Reasons {
			if r.Kind == access.ByMapping && (r.Direct != m.members[[2]string{r.Group, u.ID}] || !m.members[[2]string{r.Through, u.ID}]) {
				rt.Fatalf("%s is in %s: %+v", u.ID, r.Group, r)
			}
		}
	}
}

// matching are the users for whom a condition on r holds, in order.
func (m *accessModel) matching(condition string) []string {
	var ids []string
	err := m.db.view(m.ctx, m.dir.TenantID, func(tx *tx) (err error) {
		ids, err = tx.ids(m.ctx, `select r.id from resources r where r.tenant_id = $1 and r.resource_type = 'User' and `+condition+` order by r.id`, m.dir.TenantID)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return ids
}

// checkList pages through who holds what, with and without filters.
func (m *accessModel) checkList(rt *rapid.T, holders []string) {
	var listed []string
	for after, more := "", true; more; {
		page, err := m.a.ListAccess(m.ctx, m.tenant, access.Filter{}, after, 2)
		if err != nil {
			rt.Fatal(err)
		}
		for _, u := range page {
			listed = append(listed, u.ID)
			after = u.ID
		}
		more = len(page) == 2
	}
	if !slices.Equal(listed, holders) {
		rt.Fatalf("listed %v, want %v", listed, holders)
	}
	h := m.holding(rt)
	page, err := m.a.ListAccess(m.ctx, m.tenant, access.Filter{EntryPoint: h.EntryPoint, Role: h.Role}, "", 100)
	if err != nil {
		rt.Fatal(err)
	}
	var got, want []string
	for _, u := range page {
		got = append(got, u.ID)
	}
	for _, id := range holders {
		if slices.Contains(m.held(id), h) {
			want = append(want, id)
		}
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("%v is held by %v, want %v", h, got, want)
	}
}

// drain carries out all open jobs.
func (m *accessFixture) drain() {
	m.t.Helper()
	for range 10_000 {
		c, err := m.a.Claim(m.ctx, mustID(), time.Minute)
		if err != nil {
			m.t.Fatal(err)
		}
		if c == nil {
			return
		}
		for more := true; more; {
			if more, err = m.a.Step(m.ctx, c, time.Minute); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	m.t.Fatal("the jobs never end")
}

// told replays the events of access: what the vendor knows of each user. Each
// event begins where the one before it ended, and changes something.
func (m *accessFixture) toldByEvents() map[string]string {
	m.t.Helper()
	known := map[string]string{}
	for _, line := range m.rows(`select cast(resource_id as text), cast(data as text), cast(previous as text) from events
		where tenant_id = $1 and type = 'user.access_changed' order by sequence`, m.dir.TenantID) {
		id, rest, _ := strings.Cut(line, " ")
		decoder := json.NewDecoder(strings.NewReader(rest))
		var data, previous struct {
			Access []struct {
				EntryPoint string `json:"entry_point"`
				Role       any    `json:"role"`
			}
		}
		if err := decoder.Decode(&data); err != nil {
			m.t.Fatalf("%s: %v", rest, err)
		}
		if err := decoder.Decode(&previous); err != nil {
			m.t.Fatalf("%s: %v", rest, err)
		}
		var was, is []access.Holding
		for _, h := range previous.Access {
			was = append(was, access.Holding{EntryPoint: h.EntryPoint, Role: h.Role.(string)})
		}
		for _, h := range data.Access {
			is = append(is, access.Holding{EntryPoint: h.EntryPoint, Role: h.Role.(map[string]any)["key"].(string)})
		}
		before, after := inOrder(was), inOrder(is)
		if before != known[id] || before == after {
			m.t.Fatalf("%s was told %q, then that it was %q and is %q", id, known[id], before, after)
		}
		known[id] = after
	}
	return known
}

// checkTold: the vendor knows what everybody holds, and of nobody else.
func (m *accessModel) checkTold() {
	m.t.Helper()
	known := m.toldByEvents()
	for id, after := range known {
		var want []access.Holding
		if _, exists := m.users[id]; exists {
			want = m.held(id)
		}
		if after != inOrder(want) {
			m.t.Errorf("the vendor knows %q of %s, who holds %q", after, id, want)
		}
	}
	for id := range m.users {
		if _, ok := known[id]; !ok && len(m.held(id)) > 0 {
			m.t.Errorf("the vendor was never told of %s", id)
		}
	}
	if open := m.rows(`select id from jobs where finished_at is null`); len(open) > 0 {
		m.t.Errorf("open jobs: %v", open)
	}
}

// inOrder is a list of holdings as a text.
func inOrder(held []access.Holding) string {
	texts := make([]string, len(held))
	for i, h := range held {
		texts[i] = h.EntryPoint + " " + h.Role
	}
	slices.Sort(texts)
	return strings.Join(texts, "; ")
}
