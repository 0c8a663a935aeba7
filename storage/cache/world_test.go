package cache

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/storage"
)

// The world of a simulation: one directory with a few people, a few names that
// go from one holder to the next, and who is in which group. Each is an item with
// a version, which everything that is read of it shows.
const (
	people = 4
	names  = 3
	groups = "groups" // the item of all memberships
)

var (
	place    = scim.Directory{TenantID: "11111111-1111-7111-8111-111111111111", ConnectionID: "22222222-2222-7222-8222-222222222222"}
	userType = schema.Default().ByName("User")
	userName = reference("userName")
)

func reference(name string) schema.Ref {
	ref, _ := userType.Resolve(schema.Name{Raw: name, Attr: name})
	return ref
}

// person is the id of somebody whose record changes.
func person(i int) string { return fmt.Sprintf("aaaaaaaa-0000-7000-8000-%012d", i) }

// holder is the id of who has a name in one of its versions. Its record does not
// change. In every third version nobody has it.
func holder(name int, version int64) string {
	return fmt.Sprintf("bbbbbbbb-0000-7000-8%03d-%012d", name, version)
}

func nobody(version int64) bool { return version%3 == 0 }

func nameItem(i int) string { return "name " + strconv.Itoa(i) }

// touching is what a write of an item touches.
func touching(items ...string) *storage.Touched {
	t := &storage.Touched{}
	for _, item := range items {
		switch n, isName := number(item, "name "); {
		case item == groups:
			t.Graph(place)
		case isName:
			l, _ := storage.LookupOf(place, userType, equals(n))
			t.Lookup(l)
		default:
			t.Resource(place, item)
		}
	}
	return t
}

func number(item, prefix string) (int, bool) {
	if len(item) <= len(prefix) || item[:len(prefix)] != prefix {
		return 0, false
	}
	n, err := strconv.Atoi(item[len(prefix):])
	return n, err == nil
}

func equals(name int) filter.Expr {
	return &filter.Compare{Ref: userName, Op: filter.Eq, Value: nameItem(name)}
}

// rows is the database as a scim.Store, read by one replica.
type rows struct {
	scim.Store
	desk *desk
}

// read takes a snapshot in the middle of a round trip that now and then takes
// long.
func (r *rows) read(ctx context.Context, items ...string) (got map[string]int64, err error) {
	if r.desk.random.chance(0.003) {
		<-time.After(r.desk.random.up(8 * r.desk.second))
	}
	err = r.desk.visit(ctx, func() {
		got = map[string]int64{}
		for _, i := range items {
			got[i] = r.desk.versions[i]
		}
	})
	if r.desk.random.chance(0.003) {
		<-time.After(r.desk.random.up(8 * r.desk.second))
		r.desk.gate.pass()
	}
	return got, err
}

func (r *rows) Get(ctx context.Context, _ scim.Directory, _ *schema.ResourceType, id string, with scim.With) (*scim.Record, error) {
	got, err := r.read(ctx, id, groups)
	if err != nil {
		return nil, err
	}
	return record(id, got[id], got[groups], with), nil
}

func record(id string, version, membership int64, with scim.With) *scim.Record {
	rec := &scim.Record{ID: id, Version: version, Document: json.RawMessage(`{}`)}
	if with.Memberships {
		rec.Memberships = []scim.Membership{{GroupID: "g", Display: strconv.FormatInt(membership, 10)}}
	}
	return rec
}

func (r *rows) List(ctx context.Context, _ scim.Directory, _ *schema.ResourceType, q scim.ListQuery) (scim.Page, error) {
	name, _ := number(q.Filter.(*filter.Compare).Value.(string), "name ")
	got, err := r.read(ctx, nameItem(name), groups)
	if err != nil {
		return scim.Page{}, err
	}
	v := got[nameItem(name)]
	if nobody(v) {
		return scim.Page{}, nil
	}
	return scim.Page{Total: 1, Records: []*scim.Record{record(holder(name, v), 0, got[groups], q.With)}}, nil
}

// shownBy is what a record shows of items.
func shownBy(rec *scim.Record) map[string]int64 {
	shown := map[string]int64{}
	if rec.Memberships != nil {
		shown[groups], _ = strconv.ParseInt(rec.Memberships[0].Display, 10, 64)
	}
	var name int
	var v int64
	if n, _ := fmt.Sscanf(rec.ID, "bbbbbbbb-0000-7000-8%03d-%012d", &name, &v); n == 2 {
		shown[nameItem(name)] = v
	} else {
		shown[rec.ID] = rec.Version
	}
	return shown
}

// vacant is the earliest version from floor on, up to the latest there was, in
// which nobody has a name.
func vacant(floor, latest int64) int64 {
	for v := floor; v <= latest; v++ {
		if nobody(v) {
			return v
		}
	}
	return -1
}

// items are all of the world.
func items() []string {
	all := []string{groups}
	for i := range people {
		all = append(all, person(i))
	}
	for i := range names {
		all = append(all, nameItem(i))
	}
	return slices.Clip(all)
}
