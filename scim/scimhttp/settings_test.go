package scimhttp_test

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/quirk"
)

// TestEverySettingShows: each setting of the catalogue makes the difference that
// it promises.
func TestEverySettingShows(t *testing.T) {
	t.Parallel()
	const rename = `{"Operations":[{"op":"replace","path":"displayName","value":"Else"}]}`
	shows := map[string]struct {
		do      func(b *bench) string
		on, off string
	}{
		"patch_user_returns_body": {func(b *bench) string {
			return seen(b.do("PATCH", b.create("/Users", `{"userName":"jo"}`), rename))
		}, "200 body", "204"},
		"patch_group_returns_body": {func(b *bench) string {
			return seen(b.do("PATCH", b.create("/Groups", `{"displayName":"Team"}`), rename))
		}, "200 body", "204"},
		"unique_group_names": {func(b *bench) string {
			b.create("/Groups", `{"displayName":"ELSE"}`)
			return seen(b.do("PUT", b.create("/Groups", `{"displayName":"Team"}`), `{"displayName":"Else"}`))
		}, "409 body", "200 body"},
		"refuse_unknown_attributes": {func(b *bench) string {
			return seen(b.do("PATCH", b.create("/Users", `{"userName":"jo"}`),
				`{"Operations":[{"op":"add","value":{"shoeSize":44,"title":"Lead"}}]}`))
		}, "400 body", "200 body"},
		"strict_types": {func(b *bench) string {
			return seen(b.do("PATCH", b.create("/Users", `{"userName":"jo"}`),
				`{"Operations":[{"op":"replace","path":"active","value":"False"}]}`))
		}, "400 body", "200 body"},
		"keep_empty_strings": {func(b *bench) string {
			w := b.do("PATCH", b.create("/Users", `{"userName":"jo","title":"Lead"}`),
				`{"Operations":[{"op":"replace","path":"title","value":""}]}`)
			return fmt.Sprint(w.Code, strings.Contains(w.Body.String(), `"title":""`))
		}, "200 true", "200 false"},
		"allow_empty_patch": {func(b *bench) string {
			return seen(b.do("PATCH", b.create("/Users", `{"userName":"jo"}`), `{"Operations":[]}`))
		}, "200 body", "400 body"},
		"pending_members": {func(b *bench) string {
			return seen(b.do("POST", "/Groups", `{"displayName":"Team","members":[{"value":"x-1"}]}`))
		}, "201 body", "400 body"},
	}
	for _, setting := range quirk.Catalogue() {
		tc, ok := shows[setting.Key]
		if !ok {
			t.Errorf("nothing here shows %s", setting.Key)
			continue
		}
		for value, want := range map[string]string{"true": tc.on, "false": tc.off} {
			if got := tc.do(newBench(t, assign(t, setting.Key+"="+value))); got != want {
				t.Errorf("%s=%s: %s, want %s", setting.Key, value, got, want)
			}
		}
	}
}

// create makes a resource and returns its path.
func (b *bench) create(path, body string) string {
	location := b.do("POST", path, body).Header().Get("Location")
	return strings.TrimPrefix(location, b.admission.BaseURL)
}

func seen(w *httptest.ResponseRecorder) string {
	if w.Body.Len() == 0 {
		return strconv.Itoa(w.Code)
	}
	return strconv.Itoa(w.Code) + " body"
}

// assign makes changes that a newBench adjusts its settings by.
func assign(t *testing.T, assignments ...string) func(*quirk.Settings) {
	t.Helper()
	changes, err := quirk.ParseChanges(assignments)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *quirk.Settings) { *s = s.With(quirk.For(quirk.Generic), changes) }
}

// TestPendingMembers is the life of members that a client pushes before their
// users, as it sees it.
func TestPendingMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t, assign(t, "pending_members=true"))
	waiting := func(status int, pending, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		w := b.do(method, path, body)
		if w.Code != status || w.Header().Get("Roster-Pending-Members") != pending {
			t.Fatalf("%s %s: %d, pending %q; want %d, %q: %s", method, path, w.Code,
				w.Header().Get("Roster-Pending-Members"), status, pending, w.Body)
		}
		return w
	}
	members := func(want ...string) {
		t.Helper()
		list, _ := b.want(t, 200, "GET", "/Groups?filter=displayName+eq+%22Team%22", "")["Resources"].([]any)[0].(map[string]any)["members"].([]any)
		if len(list) != len(want) {
			t.Fatalf("members %v, want %v", list, want)
		}
		for i, m := range list {
			if m.(map[string]any)["value"] != want[i] {
				t.Errorf("members %v, want %v", list, want)
			}
		}
	}
	const both = `{"displayName":"Team","members":[{"value":"x-jo"},{"value":"x-kim","type":"User"}]}`
	waiting(201, "2", "POST", "/Groups", both)
	team := "/Groups/" + b.want(t, 200, "GET", "/Groups", "")["Resources"].([]any)[0].(map[string]any)["id"].(string)
	members()
	tag := waiting(200, "2", "PUT", team, both).Header().Get("ETag")
	if again := waiting(200, "2", "PUT", team, both).Header().Get("ETag"); again != tag {
		t.Errorf("the same PUT again made %s of %s", again, tag)
	}
	waiting(204, "1", "PATCH", team, `{"Operations":[{"op":"add","path":"members","value":[{"value":"x-kim"}]}]}`)
	waiting(204, "", "PATCH", team, `{"Operations":[{"op":"replace","path":"displayName","value":"Team"}]}`)

	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo","externalId":"x-jo"}`)
	members(jo["id"].(string))
	groups, _ := jo["groups"].([]any)
	if len(groups) != 1 {
		t.Errorf("the new user is shown in %v", jo["groups"])
	}
	waiting(200, "1", "PUT", team, both)
	waiting(204, "", "PATCH", team, `{"Operations":[{"op":"remove","path":"members[value eq \"x-kim\"]"}]}`)
	b.want(t, 201, "POST", "/Users", `{"userName":"kim","externalId":"x-kim"}`)
	members(jo["id"].(string))
	waiting(204, "", "PATCH", team, fmt.Sprintf(`{"Operations":[{"op":"remove","path":"members","value":[{"value":%q}]}]}`, "x-jo"))
	members()
}

// TestPendingMembersInBulk: the answer to a bulk request says how many members
// wait after all of its operations that succeeded.
func TestPendingMembersInBulk(t *testing.T) {
	t.Parallel()
	b := newBench(t, assign(t, "pending_members=true"))
	w := b.do("POST", "/Bulk", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
		{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Team","members":[{"value":"bulkId:u"},{"value":"x-1"}]}},
		{"method":"POST","path":"/Groups","bulkId":"h","data":{"displayName":"Other","members":[{"value":"x-1"},{"value":"x-2"}]}},
		{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"jo","externalId":"x-jo"}}]}`)
	if w.Code != 200 || w.Header().Get("Roster-Pending-Members") != "3" || strings.Contains(w.Body.String(), `"response"`) {
		t.Errorf("%d, pending %q: %s", w.Code, w.Header().Get("Roster-Pending-Members"), w.Body)
	}
	if list := b.want(t, 200, "GET", "/Groups?filter=members+pr", ""); list["totalResults"] != 1.0 {
		t.Errorf("groups with members: %v", list)
	}
}
