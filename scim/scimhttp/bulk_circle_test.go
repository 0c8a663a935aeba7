package scimhttp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim/schema"
)

func userWithManager(bulkID, manager string) string {
	return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{"userName":%q,"%s":{"manager":{"value":"bulkId:%s"}}}}`,
		bulkID, bulkID, enterprise, manager)
}

func groupOf(bulkID string, members ...string) string {
	values := make([]string, len(members))
	for i, m := range members {
		values[i] = fmt.Sprintf(`{"value":"bulkId:%s"}`, m)
	}
	return fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":%q,"data":{"displayName":%q,"members":[%s]}}`,
		bulkID, bulkID, strings.Join(values, ","))
}

// TestBulkManagersInACircle: each is somebody else's manager, one the own. A
// circle of references needs no second write.
func TestBulkManagersInACircle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	got := b.bulk(t, userWithManager("a", "b"), userWithManager("b", "c"), userWithManager("c", "a"), userWithManager("self", "self"))
	for i, manager := range []int{1, 2, 0, 3} {
		if got[i].Status != "201" || got[i].Version != `W/"1"` {
			t.Fatalf("result %d: %+v", i, got[i])
		}
		user := b.want(t, 200, "GET", "/Users/"+got[i].id(), "")
		if m := user[enterprise].(map[string]any)["manager"].(map[string]any); m["value"] != got[manager].id() {
			t.Errorf("%v has the manager %v, want %s", user["userName"], m["value"], got[manager].id())
		}
	}
	if told := b.events(t); len(told) != 4 {
		t.Errorf("events %v", told)
	}
}

// TestBulkUserAndGroupInACircle: the user is created first, whatever the order,
// so that the group need not be completed.
func TestBulkUserAndGroupInACircle(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	user, group := userWithManager("u", "g"), groupOf("g", "u")
	for _, operations := range [][]string{{user, group}, {group, user}} {
		b := b.again()
		for _, o := range b.bulk(t, operations...) {
			if o.Status != "201" || o.BulkID == "g" && o.Version != `W/"1"` {
				t.Errorf("%+v", o)
			}
		}
		if told := b.events(t); !slices.Equal(told, []string{"user.created u", "group.created g", "group.member_added g+u"}) {
			t.Errorf("events %v", told)
		}
	}
}

// TestBulkNestingInACircle: what the rule against nesting cycles refuses is a
// conflict (RFC 7644 section 3.7.1), in the words of the request.
func TestBulkNestingInACircle(t *testing.T) {
	t.Parallel()
	for name, operations := range map[string][]string{
		"itself":       {groupOf("a", "a")},
		"two":          {groupOf("a", "b"), groupOf("b", "a")},
		"three":        {groupOf("a", "b"), groupOf("b", "c"), groupOf("c", "a", "jo")},
		"and managers": {userWithManager("u", "a"), groupOf("a", "b", "u"), groupOf("b", "a")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			operations := append(slices.Clone(operations),
				`{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`, groupOf("after", "jo"), groupOf("dependant", "a"))
			got := b.bulk(t, operations...)
			circle, rest := got[:len(got)-3], got[len(got)-3:]
			explained := false
			for _, o := range circle {
				if o.Status != "409" || o.Response.ScimType != "" || o.Location != "" || !strings.Contains(o.Response.Detail, "bulkId:") {
					t.Errorf("%+v", o)
				}
				explained = explained || strings.Contains(o.Response.Detail, "already contains")
			}
			if !explained {
				t.Error("nobody says that it is a nesting cycle")
			}
			if rest[0].Status != "201" || rest[1].Status != "201" || rest[2].Status != "400" {
				t.Errorf("the rest: %+v", rest)
			}
			if told := b.events(t); !slices.Equal(told, []string{"user.created jo", "group.created after", "group.member_added after+jo"}) {
				t.Errorf("events %v", told)
			}
		})
	}
}

// TestBulkCircleFailsAsAWhole: one wrong resource takes those with it that
// cannot be without it, and nothing else.
func TestBulkCircleFailsAsAWhole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.want(t, 201, "POST", "/Users", `{"userName":"C"}`)
	for _, order := range [][]int{{0, 1, 2, 3}, {2, 1, 0, 3}, {1, 3, 2, 0}} {
		all := []string{userWithManager("a", "b"), userWithManager("b", "c"), userWithManager("c", "a"), userWithManager("d", "a")}
		operations := make([]string, len(all))
		for at, which := range order {
			operations[at] = all[which]
		}
		for _, o := range b.bulk(t, operations...) {
			want := map[string]outcome{
				"a": {Status: "409"}, "b": {Status: "409"}, "c": {Status: "409"}, "d": {Status: "400"},
			}[o.BulkID]
			if o.Status != want.Status || (o.BulkID == "c") != (o.Response.ScimType == "uniqueness") {
				t.Errorf("%v: %+v", order, o)
			}
			if o.BulkID == "a" && !strings.Contains(o.Response.Detail, "refer to each other") {
				t.Errorf("%v: %s", order, o.Response.Detail)
			}
		}
	}
	if n := b.want(t, 200, "GET", "/Users", "")["totalResults"]; n != 1.0 {
		t.Errorf("%v users", n)
	}
}

// TestBulkCircleIsCompleted: a group with a member that refers back to it by
// another attribute is created first and gets the member afterwards. That is
// part of the creation and takes no other right.
func TestBulkCircleIsCompleted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.admission.Types = withOwners(t)
	b.denied[authz.Scope{Resource: authz.Groups, Action: authz.Update}] = true
	const owned = `{"method":"POST","path":"/Groups","bulkId":"inner","data":{"displayName":"inner","` + owners + `":{"owner":"bulkId:outer"}}}`
	for _, operations := range [][]string{
		{groupOf("outer", "inner", "jo"), owned, `{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo1"}}`},
		{owned, `{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo2"}}`, groupOf("outer", "inner", "jo")},
	} {
		byID := map[string]outcome{}
		for _, o := range b.bulk(t, operations...) {
			if o.Status != "201" {
				t.Fatalf("%+v", o)
			}
			byID[o.BulkID] = o
		}
		outer := b.want(t, 200, "GET", "/Groups/"+byID["outer"].id(), "")
		if len(outer["members"].([]any)) != 2 || outer["meta"].(map[string]any)["version"] != byID["outer"].Version {
			t.Errorf("outer is %v, reported as %s", outer, byID["outer"].Version)
		}
		inner := b.want(t, 200, "GET", "/Groups/"+byID["inner"].id(), "")
		if owner := inner[owners].(map[string]any)["owner"]; owner != byID["outer"].id() {
			t.Errorf("inner belongs to %v", owner)
		}
	}
}

const owners = "urn:example:owners"

// withOwners adds an extension to Group that refers to a resource.
func withOwners(t *testing.T) *schema.Registry {
	t.Helper()
	standard := schema.Default()
	extension, err := schema.ParseSchema([]byte(`{"id":"` + owners + `","name":"Owners","attributes":[
		{"name":"owner","type":"string","multiValued":false,"required":true,"caseExact":true,"mutability":"immutable","returned":"default","uniqueness":"none"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	group := *standard.ByName("Group")
	group.SchemaExtensions = []schema.ExtensionRef{{Schema: owners}}
	types, err := schema.NewRegistry([]*schema.ResourceType{standard.ByName("User"), &group},
		[]*schema.Schema{standard.Schema(schema.UserURN), standard.Schema(schema.EnterpriseUserURN), standard.Schema(schema.GroupURN), extension})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// TestBulkOfACustomType: resource types are looked up in the caller's registry.
func TestBulkOfACustomType(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	standard := schema.Default()
	device, err := schema.ParseSchema([]byte(`{"id":"urn:example:device","name":"Device","attributes":[
		{"name":"serial","type":"string","multiValued":false,"required":true,"caseExact":true,"mutability":"readWrite","returned":"default","uniqueness":"server"},
		{"name":"user","type":"string","multiValued":false,"required":false,"caseExact":true,"mutability":"readWrite","returned":"default","uniqueness":"none"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b.admission.Types, err = schema.NewRegistry([]*schema.ResourceType{standard.ByName("User"),
		{ID: "Device", Name: "Device", Endpoint: "/Devices", Schema: "urn:example:device"}},
		[]*schema.Schema{standard.Schema(schema.UserURN), standard.Schema(schema.EnterpriseUserURN), device})
	if err != nil {
		t.Fatal(err)
	}
	got := b.bulk(t,
		`{"method":"POST","path":"/Devices","bulkId":"d","data":{"schemas":["urn:example:device"],"serial":"1","user":"bulkId:jo"}}`,
		`{"method":"POST","path":"/Users","bulkId":"jo","data":{"userName":"jo"}}`,
		`{"method":"POST","path":"/Devices","bulkId":"e","data":{"serial":"1"}}`,
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"none here"}}`)
	for i, status := range []string{"201", "201", "409", "404"} {
		if got[i].Status != status {
			t.Errorf("result %d: %+v, want %s", i, got[i], status)
		}
	}
	if d := b.want(t, 200, "GET", "/Devices/"+got[0].id(), ""); d["user"] != got[1].id() {
		t.Errorf("the device is %v", d)
	}
}
