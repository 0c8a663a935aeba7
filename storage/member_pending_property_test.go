package storage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/patch"
)

// TestOrderOfPushesAndCreatesMakesNoDifference: with members that may wait, any
// interleaving of what a client pushes about groups and of the users that it
// arrivals ends as if the users had been there first.
func TestOrderOfPushesAndCreatesMakesNoDifference(t *testing.T) {
	onEach(t, testOrderOfPushesAndCreatesMakesNoDifference)
}

func testOrderOfPushesAndCreatesMakesNoDifference(t *testing.T, base *fixture) {
	rapid.Check(t, func(rt *rapid.T) {
		pushes := rapid.SliceOfN(pushGen, 1, 6).Draw(rt, "pushes")
		arrivals := make([]arrival, rapid.IntRange(1, 5).Draw(rt, "users"))
		for i := range arrivals {
			arrivals[i] = arrival{i, rapid.Bool().Draw(rt, "known later")}
		}
		first, mixed := newRehearsal(rt, base), newRehearsal(rt, base)
		first.play(func() {
			for _, c := range arrivals {
				first.create(c)
			}
			for _, p := range pushes {
				first.push(p)
			}
		})
		mixed.play(func() {
			for rest := arrivals; len(pushes)+len(rest) > 0; {
				if len(pushes) == 0 || (len(rest) > 0 && rapid.Bool().Draw(rt, "user next")) {
					mixed.create(rest[0])
					rest = rest[1:]
					continue
				}
				mixed.push(pushes[0])
				pushes = pushes[1:]
			}
		})
		if diff := cmp.Diff(first.outcome(), mixed.outcome()); diff != "" {
			rt.Fatalf("users first (-) and in this order (+):\n%s", diff)
		}
	})
	base.checkInvariants()
}

// push is an edit of one of three groups, which the first push arrivals.
type push struct {
	group int
	kind  patch.EditKind
	users []int // of which the last ones never come into being
}

var pushGen = rapid.Custom(func(rt *rapid.T) push {
	return push{
		group: rapid.IntRange(0, 2).Draw(rt, "group"),
		kind:  rapid.SampledFrom([]patch.EditKind{patch.AddMembers, patch.RemoveMembers, patch.ReplaceMembers}).Draw(rt, "kind"),
		users: rapid.SliceOfN(rapid.IntRange(0, 6), 0, 4).Draw(rt, "members"),
	}
})

// arrival is the creation of the nth user, whose externalId may come with a
// later update.
type arrival struct {
	n     int
	later bool
}

// rehearsal carries pushes and arrivals out in a directory of its own.
type rehearsal struct {
	*fixture
	rt     *rapid.T
	groups map[int]string
	names  map[string]string // user id → externalId
}

func newRehearsal(rt *rapid.T, base *fixture) *rehearsal {
	r := &rehearsal{fixture: base.in(newDirectory()), rt: rt, groups: map[int]string{}, names: map[string]string{}}
	r.t = rt
	return r
}

// play runs the writes in one transaction: what matters here is their order, and
// a hundred of them cost the disk as much as one.
func (r *rehearsal) play(writes func()) {
	direct := r.s
	err := direct.Together(r.ctx, r.dir, func(s scim.Store) error {
		r.s = s.(*Resources)
		writes()
		return nil
	})
	r.s = direct
	if err != nil {
		r.rt.Fatal(err)
	}
}

func (r *rehearsal) create(c arrival) {
	known := draft(doc{"userName": fmt.Sprint("user", c.n), "externalId": fmt.Sprint("x-", c.n)})
	if !c.later {
		r.names[r.fixture.create(userType, known).ID] = fmt.Sprint("x-", c.n)
		return
	}
	id := r.user(fmt.Sprint("user", c.n))
	if _, err := r.put(userType, id, known); err != nil {
		r.rt.Fatal(err)
	}
	r.names[id] = fmt.Sprint("x-", c.n)
}

func (r *rehearsal) push(p push) {
	edit := patch.Edit{Kind: p.kind}
	for _, n := range p.users {
		edit.Members = append(edit.Members, patch.Member{ID: fmt.Sprint("x-", n)})
	}
	id, ok := r.groups[p.group]
	if !ok {
		r.groups[p.group] = r.fixture.create(groupType, lenient(draft(doc{"displayName": fmt.Sprint("Group ", p.group)}, edit))).ID
		return
	}
	rec := r.mustPush(id, edit)
	if again := r.mustPush(id, edit); again.Version != rec.Version || again.Pending != rec.Pending {
		r.rt.Fatalf("replayed, %+v became %+v", rec, again)
	}
}

// outcome is what each group has and waits for, by externalId.
func (r *rehearsal) outcome() map[int][2][]string {
	all := map[int][2][]string{}
	for n, id := range r.groups {
		members := []string{}
		for _, member := range r.memberIDs(id) {
			members = append(members, r.names[member])
		}
		slices.Sort(members)
		all[n] = [2][]string{members, r.pending(id)}
	}
	return all
}

// TestPushesAndCreatesAtOnce: whoever is pushed while being created is a member
// afterwards, and waits no longer.
func TestPushesAndCreatesAtOnce(t *testing.T) { onEach(t, testPushesAndCreatesAtOnce) }

func testPushesAndCreatesAtOnce(t *testing.T, f *fixture) {
	const users = 30
	group := f.group("All")
	done := make(chan error, 2)
	go func() {
		var err error
		for i := 0; i < users && err == nil; i++ {
			_, err = f.push(group, add(fmt.Sprint("x-", i)))
		}
		done <- err
	}()
	go func() {
		var err error
		for i := 0; i < users && err == nil; i++ {
			d := draft(doc{"userName": fmt.Sprint("user", i), "externalId": fmt.Sprint("x-", i)})
			_, err = f.s.Create(f.ctx, f.dir, userType, d, scim.Origin{})
		}
		done <- err
	}()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if members, waiting := f.memberIDs(group), f.pending(group); len(members) != users || len(waiting) > 0 {
		t.Errorf("%d members, waiting %v", len(members), waiting)
	}
	f.checkInvariants()
}
