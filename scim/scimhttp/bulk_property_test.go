package scimhttp_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/scimhttp"
)

// step is one operation of a random bulk request. {x} in path and data stands
// for what creates x: as a reference in bulk, as its id one by one.
type step struct {
	method, path, bulkID, data string
	needs                      []string
}

func (s step) text(replace func(name string) string) (path, data string) {
	path, data = s.path, s.data
	for _, name := range s.needs {
		path = strings.ReplaceAll(path, "{"+name+"}", replace(name))
		data = strings.ReplaceAll(data, "{"+name+"}", replace(name))
	}
	return path, data
}

// TestBulkEqualsSingleRequests: a random bulk request without circles leaves the
// directory and the journal that its operations leave one by one, what is
// referred to first, and reports the same.
func TestBulkEqualsSingleRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rapid.Check(t, func(rt *rapid.T) {
		steps := drawSteps(rt)
		bulk, single := *b.again(), *b.again()
		together, bulkNames := bulk.inBulk(t, steps)
		oneByOne, singleNames := single.inTurn(t, steps)
		for i := range steps {
			if together[i] != oneByOne[i] {
				rt.Fatalf("operation %d %+v: in bulk %s, alone %s", i, steps[i], together[i], oneByOne[i])
			}
		}
		if x, y := bulk.events(t), single.events(t); !slices.Equal(x, y) {
			rt.Fatalf("events in bulk %v, one by one %v", x, y)
		}
		if x, y := bulk.picture(t, bulkNames), single.picture(t, singleNames); !maps.Equal(x, y) {
			rt.Fatalf("directory in bulk\n%v\none by one\n%v", x, y)
		}
	})
}

// again is the same database with a directory of another tenant.
func (b *bench) again() *bench {
	other := &bench{file: b.file, store: b.store, denied: b.denied, admission: b.admission}
	other.admission.Directory.TenantID, other.admission.Directory.ConnectionID = uuid.NewString(), uuid.NewString()
	other.config = b.config
	other.config.Gate, other.config.Authorizer, other.config.Limiter = other, other, other
	other.configure(func(*scimhttp.Config) {})
	return other
}

// drawSteps creates users and groups, some of which fail, and changes them. A
// group has groups of a higher number as members, and users managers likewise,
// so there is no circle.
func drawSteps(rt *rapid.T) []step {
	const users, groups = 5, 4
	var steps []step
	one := func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(rt, label) }
	for u := range users {
		s := step{method: "POST", path: "/Users", bulkID: fmt.Sprint("u", u)}
		name := fmt.Sprintf(`"name-%d"`, max(u, one("same name", users+2)%users)) // now and then taken
		manager := "null"
		if u < users-1 && rapid.Bool().Draw(rt, "managed") {
			m := fmt.Sprint("u", u+1+one("manager", users-1-u))
			manager, s.needs = fmt.Sprintf(`{"value":"{%s}"}`, m), []string{m}
		}
		s.data = fmt.Sprintf(`{"userName":%s,"%s":{"manager":%s}}`, name, enterprise, manager)
		steps = append(steps, s)
	}
	for g := range groups {
		s := step{method: "POST", path: "/Groups", bulkID: fmt.Sprint("g", g)}
		s.needs = members(rt, g+1, users, groups)
		s.data = fmt.Sprintf(`{"displayName":"group-%d","members":[%s]}`, g, values(s.needs))
		steps = append(steps, s)
	}
	for range one("changes", 10) {
		steps = append(steps, drawChange(rt, fmt.Sprint("u", one("user", users)), fmt.Sprint("g", one("group", groups)),
			members(rt, groups, users, groups)))
	}
	return rapid.Permutation(steps).Draw(rt, "order")
}

func drawChange(rt *rapid.T, user, group string, members []string) step {
	patch := func(operation string) string { return `{"Operations":[` + operation + `]}` }
	return rapid.SampledFrom([]step{
		{method: "DELETE", path: "/Users/{" + user + "}", needs: []string{user}},
		{method: "DELETE", path: "/Groups/{" + group + "}", needs: []string{group}},
		{method: "PATCH", path: "/Users/{" + user + "}", needs: []string{user}, data: patch(`{"op":"replace","path":"active","value":false}`)},
		{method: "PUT", path: "/Users/{" + user + "}", needs: []string{user}, data: `{"userName":"name-9","title":"Lead"}`},
		{method: "PATCH", path: "/Groups/{" + group + "}", needs: append(members, group),
			data: patch(`{"op":"add","path":"members","value":[` + values(members) + `]}`)},
		{method: "PATCH", path: "/Groups/{" + group + "}", needs: []string{group, user},
			data: patch(`{"op":"remove","path":"members[value eq \"{` + user + `}\"]"}`)},
		{method: "PUT", path: "/Groups/{" + group + "}", needs: append(members, group),
			data: `{"displayName":"renamed","members":[` + values(members) + `]}`},
	}).Draw(rt, "change")
}

// members draws users and groups from a number on, each once.
func members(rt *rapid.T, fromGroup, users, groups int) []string {
	var pool []string
	for u := range users {
		pool = append(pool, fmt.Sprint("u", u))
	}
	for g := fromGroup; g < groups; g++ {
		pool = append(pool, fmt.Sprint("g", g))
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(pool), 0, 3, rapid.ID).Draw(rt, "members")
}

func values(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = fmt.Sprintf(`{"value":"{%s}"}`, name)
	}
	return strings.Join(list, ",")
}

// inBulk sends all steps at once and returns their statuses, and the bulkIds of
// what was created by id.
func (b *bench) inBulk(t *testing.T, steps []step) (statuses []string, names map[string]string) {
	t.Helper()
	operations := make([]string, len(steps))
	for i, s := range steps {
		path, data := s.text(func(name string) string { return "bulkId:" + name })
		operations[i] = fmt.Sprintf(`{"method":%q,"path":%q,"bulkId":%q}`, s.method, path, s.bulkID)
		if data != "" {
			operations[i] = strings.TrimSuffix(operations[i], "}") + `,"data":` + data + `}`
		}
	}
	names = map[string]string{}
	for _, o := range b.bulk(t, operations...) {
		statuses = append(statuses, o.Status)
		if o.Status == "201" {
			names[o.id()] = o.BulkID
		}
	}
	return statuses, names
}

// inTurn sends the steps one by one, each behind those that it needs. What needs
// something that failed is not sent.
func (b *bench) inTurn(t *testing.T, steps []step) (statuses []string, names map[string]string) {
	t.Helper()
	ids := map[string]string{}
	statuses, names = make([]string, len(steps)), map[string]string{}
	var send func(i int)
	send = func(i int) {
		if statuses[i] != "" {
			return
		}
		s := steps[i]
		for at, other := range steps {
			if other.bulkID != "" && slices.Contains(s.needs, other.bulkID) {
				send(at)
			}
		}
		if slices.ContainsFunc(s.needs, func(name string) bool { return ids[name] == "" }) {
			statuses[i] = "400"
			return
		}
		path, data := s.text(func(name string) string { return ids[name] })
		w := b.do(s.method, path, data)
		statuses[i] = fmt.Sprint(w.Code)
		var created struct{ ID string }
		if w.Code == 201 && json.Unmarshal(w.Body.Bytes(), &created) == nil {
			ids[s.bulkID], names[created.ID] = created.ID, s.bulkID
		}
	}
	for i := range steps {
		send(i)
	}
	return statuses, names
}

// picture is the directory with names for ids and without times. Ids are in the
// order of creation, and so are lists of members and groups.
func (b *bench) picture(t *testing.T, names map[string]string) map[string]string {
	t.Helper()
	picture := map[string]string{}
	for _, list := range []string{"/Users", "/Groups"} {
		for _, r := range b.want(t, 200, "GET", list, "")["Resources"].([]any) {
			resource := r.(map[string]any)
			version, _, _ := strings.Cut(resource["meta"].(map[string]any)["version"].(string), "-")
			delete(resource, "meta")
			text, err := json.Marshal(resource)
			if err != nil {
				t.Fatal(err)
			}
			shown := version + string(text)
			for id, name := range names {
				shown = strings.ReplaceAll(shown, id, "<"+name+">")
			}
			picture[names[resource["id"].(string)]] = shown
		}
	}
	return picture
}
