package scimhttp_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const amara = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"amara","externalId":"e-1",
	"password":"s3cret","name":{"givenName":"Amara","familyName":"Okafor"},
	"emails":[{"value":"amara@example.com","type":"work","primary":true},{"value":"amara@home.example","type":"home"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","manager":{"value":"m-1"}}}`

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

func TestProjection(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.want(t, 201, "POST", "/Users", amara)["id"].(string)
	team := b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":"Team","members":[{"value":%q}]}`, id))["id"].(string)
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	const always = "id schemas"
	for _, tc := range []struct{ at, query, keys string }{
		{"/Users/" + id, "", "active emails externalId groups id meta name schemas " + enterprise + " userName"},
		{"/Users/" + id, "attributes=userName", always + " userName"},
		{"/Users/" + id, "attributes=USERNAME,name.givenName", "id name schemas userName"},
		{"/Users/" + id, "attributes=nothingKnown", always},
		{"/Users/" + id, "attributes=password", always},
		{"/Users/" + id, "attributes=meta", "id meta schemas"},
		{"/Users/" + id, "attributes=groups", "groups id schemas"},
		{"/Users/" + id, "attributes=" + enterprise, always + " " + enterprise},
		{"/Users/" + id, "attributes=" + enterprise + ":department", always + " " + enterprise},
		{"/Users/" + id, "attributes=urn:ietf:params:scim:schemas:core:2.0:User:externalId", "externalId id schemas"},
		{"/Users/" + id, "excludedAttributes=id,schemas,emails,groups", "active externalId id meta name schemas " + enterprise + " userName"},
		{"/Users/" + id, "excludedAttributes=meta,name," + enterprise, "active emails externalId groups id schemas userName"},
		{"/Groups/" + team, "", "displayName id members meta schemas"},
		{"/Groups/" + team, "excludedAttributes=members", "displayName id meta schemas"},
		{"/Groups/" + team, "attributes=members.value", "id members schemas"},
	} {
		got := b.want(t, 200, "GET", tc.at+"?"+tc.query, "")
		if keys(got) != tc.keys {
			t.Errorf("?%s shows %q, want %q", tc.query, keys(got), tc.keys)
		}
		list := b.want(t, 200, "GET", tc.at[:strings.LastIndex(tc.at, "/")]+"?"+tc.query, "")
		if first := list["Resources"].([]any)[0].(map[string]any); keys(first) != tc.keys {
			t.Errorf("list ?%s shows %q, want %q", tc.query, keys(first), tc.keys)
		}
	}
}

func TestProjectionOfSubAttributes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.want(t, 201, "POST", "/Users", amara)["id"].(string)
	team := b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":"Team","members":[{"value":%q}]}`, id))["id"].(string)
	first := func(resource map[string]any, name string) map[string]any {
		switch v := resource[name].(type) {
		case []any:
			return v[0].(map[string]any)
		case map[string]any:
			return v
		}
		return nil
	}
	for _, tc := range []struct{ at, query, attribute, keys string }{
		{"/Users/" + id, "attributes=emails.value", "emails", "value"},
		{"/Users/" + id, "attributes=emails.value,emails.type", "emails", "type value"},
		{"/Users/" + id, "attributes=emails,emails.type", "emails", "primary type value"},
		{"/Users/" + id, "excludedAttributes=emails.value", "emails", "primary type"},
		{"/Users/" + id, "excludedAttributes=name.givenName", "name", "familyName"},
		{"/Users/" + id, "attributes=meta.version,meta.location", "meta", "location version"},
		{"/Users/" + id, "excludedAttributes=meta.version", "meta", "created lastModified location resourceType"},
		{"/Users/" + id, "attributes=groups.display", "groups", "display"},
		{"/Groups/" + team, "attributes=members.value", "members", "value"},
		{"/Groups/" + team, "excludedAttributes=members.display", "members", "$ref type value"},
	} {
		if got := first(b.want(t, 200, "GET", tc.at+"?"+tc.query, ""), tc.attribute); keys(got) != tc.keys {
			t.Errorf("?%s shows %q of %s, want %q", tc.query, keys(got), tc.attribute, tc.keys)
		}
	}
}

// TestProjectionOnWrites: every answer with a resource honours it (RFC 7644 section 3.9).
func TestProjectionOnWrites(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	created := b.want(t, 201, "POST", "/Users?attributes=userName", amara)
	at := "/Users/" + created["id"].(string)
	if keys(created) != "id schemas userName" {
		t.Errorf("POST shows %s", keys(created))
	}
	put := b.want(t, 200, "PUT", at+"?excludedAttributes=emails,name,meta,groups", amara)
	if put["emails"] != nil || put["name"] != nil || put["meta"] != nil || put["userName"] != "amara" {
		t.Errorf("PUT shows %s", keys(put))
	}
	patched := b.want(t, 200, "PATCH", at+"?attributes=title", `{"Operations":[{"op":"add","path":"title","value":"Lead"}]}`)
	if keys(patched) != "id schemas title" {
		t.Errorf("PATCH shows %s", keys(patched))
	}
}

func TestPasswordIsNeverKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.do("POST", "/Users", amara)
	if w.Code != 201 || strings.Contains(w.Body.String(), "s3cret") || strings.Contains(w.Body.String(), "password") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	list := b.do("GET", "/Users?attributes=password", "")
	if strings.Contains(list.Body.String(), "s3cret") {
		t.Errorf("the list shows it: %s", list.Body)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	at := "/Users/" + b.want(t, 201, "POST", "/Users", strings.Replace(amara, `"userName"`, `"active":false,"userName"`, 1))["id"].(string)
	got := b.want(t, 200, "PUT", at, `{"id":"other","userName":"amara.o","meta":{"version":"x"},"groups":[{"value":"g"}]}`)
	if got["active"] != false {
		t.Error("a PUT without active reinstated somebody")
	}
	if keys(got) != "active id meta schemas userName" || got["userName"] != "amara.o" {
		t.Errorf("PUT left %s", keys(got))
	}
	version := got["meta"].(map[string]any)["version"]
	again := b.want(t, 200, "PUT", at, `{"userName":"amara.o"}`)
	if again["meta"].(map[string]any)["version"] != version {
		t.Error("the same PUT again made a new version")
	}
}

func TestReplaceMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
	at := "/Groups/" + b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":"Team","members":[{"value":%q}]}`, jo))["id"].(string)
	if got := b.want(t, 200, "PUT", at, fmt.Sprintf(`{"displayName":"Team","members":[%q]}`, jo)); len(got["members"].([]any)) != 1 {
		t.Errorf("members %v", got["members"])
	}
	if got := b.want(t, 200, "PUT", at, `{"displayName":"Team"}`); got["members"] != nil {
		t.Errorf("a PUT without members left %v", got["members"])
	}
}

func TestUserGroupsAndVersion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo","displayName":"Jo \"J\" Ng"}`)["id"].(string)
	before := b.do("GET", "/Users/"+jo, "").Header().Get("ETag")
	inner := b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":"Inner","members":[{"value":%q}]}`, jo))["id"].(string)
	outer := b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":"Outer","members":[{"value":%q,"type":"Group"}]}`, inner))["id"].(string)
	user := b.want(t, 200, "GET", "/Users/"+jo, "")
	kinds := map[string]any{}
	for _, g := range user["groups"].([]any) {
		g := g.(map[string]any)
		kinds[g["value"].(string)] = g["type"]
		if want := "https://scim.example.com/scim/v2/con1/Groups/" + g["value"].(string); g["$ref"] != want {
			t.Errorf("$ref %v, want %s", g["$ref"], want)
		}
	}
	if len(kinds) != 2 || kinds[inner] != "direct" || kinds[outer] != "indirect" {
		t.Errorf("groups %v", kinds)
	}
	if w := b.do("GET", "/Users/"+jo, "", "If-None-Match", before); w.Code != 200 {
		t.Errorf("the version did not change with the groups: %d", w.Code)
	}
	member := b.want(t, 200, "GET", "/Groups/"+inner, "")["members"].([]any)[0].(map[string]any)
	if member["display"] != `Jo "J" Ng` || member["type"] != "User" || member["$ref"] != "https://scim.example.com/scim/v2/con1/Users/"+jo {
		t.Errorf("member %v", member)
	}
	b.want(t, 200, "PUT", "/Users/"+jo, `{"userName":"jo"}`, "If-Match", before)
}

func TestList(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 12 {
		b.want(t, 201, "POST", "/Users", fmt.Sprintf(`{"userName":"u%02d","title":"t%d"}`, i, i%3))
	}
	for _, tc := range []struct {
		query              string
		total, start, page int
		first              string
	}{
		{"", 12, 1, 12, "u00"},
		{"startIndex=6&count=5", 12, 6, 5, "u05"},
		{"startIndex=11&count=5", 12, 11, 2, "u10"},
		{"startIndex=40&count=5", 12, 40, 0, ""},
		{"startIndex=0&count=1", 12, 1, 1, "u00"},
		{"startIndex=-3&count=1", 12, 1, 1, "u00"},
		{"count=0", 12, 1, 0, ""},
		{"count=-1", 12, 1, 0, ""},
		{"count=5000", 12, 1, 12, "u00"},
		{"filter=" + url.QueryEscape(`title eq "T1"`) + "&count=2&startIndex=2", 4, 2, 2, "u04"},
		{"filter=" + url.QueryEscape(`title eq "none"`), 0, 1, 0, ""},
		{"sortBy=userName&sortOrder=descending&count=3", 12, 1, 3, "u11"},
		{"sortBy=title&sortOrder=ASCENDING&count=1&startIndex=5", 12, 5, 1, "u01"},
	} {
		got := b.want(t, 200, "GET", "/Users?"+tc.query, "")
		resources := got["Resources"].([]any)
		if got["totalResults"] != float64(tc.total) || got["startIndex"] != float64(tc.start) || got["itemsPerPage"] != float64(tc.page) || len(resources) != tc.page {
			t.Errorf("?%s: %v %v %v, %d resources", tc.query, got["totalResults"], got["startIndex"], got["itemsPerPage"], len(resources))
		}
		if tc.first != "" && resources[0].(map[string]any)["userName"] != tc.first {
			t.Errorf("?%s starts with %v, want %s", tc.query, resources[0].(map[string]any)["userName"], tc.first)
		}
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	config := b.want(t, 200, "GET", "/ServiceProviderConfig", "", "Authorization", "")
	if config["patch"].(map[string]any)["supported"] != true || config["filter"].(map[string]any)["maxResults"] != 200.0 {
		t.Errorf("config %v", config)
	}
	b.want(t, 401, "GET", "/ServiceProviderConfig", "", "Authorization", "Bearer wrong")
	b.want(t, 200, "GET", "/serviceproviderconfig", "")
	for _, list := range []string{"/ResourceTypes", "/Schemas"} {
		got := b.want(t, 200, "GET", list+"?count=1&startIndex=2", "")
		resources := got["Resources"].([]any)
		if float64(len(resources)) != got["totalResults"] || len(resources) < 2 {
			t.Errorf("%s lists %d of %v", list, len(resources), got["totalResults"])
		}
		for _, r := range resources {
			location := r.(map[string]any)["meta"].(map[string]any)["location"].(string)
			single := b.want(t, 200, "GET", strings.TrimPrefix(location, "https://scim.example.com/scim/v2/con1"), "")
			if single["id"] != r.(map[string]any)["id"] || single["name"] == "" {
				t.Errorf("%s is %v", location, single["id"])
			}
		}
		b.want(t, 403, "GET", list+"?filter=id+pr", "")
		b.want(t, 404, "GET", list+"/Nothing", "")
		b.want(t, 404, "GET", list+"/User/more", "")
		if w := b.do("POST", list, "{}"); w.Code != 405 || w.Header().Get("Allow") != "GET" {
			t.Errorf("POST %s: %d %q", list, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestRouting(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200}, {"GET", "", 200}, {"POST", "/", 405}, {"GET", "/users", 200}, {"GET", "/Users/", 200}, {"HEAD", "/Users", 200},
		{"GET", "/Users/a/b", 404}, {"GET", "/Me", 501}, {"POST", "/Me/.search", 501},
		{"GET", "/.search", 405}, {"PUT", "/Users/.search", 405}, {"POST", "/Nothing/.search", 404}, {"POST", "/Users/x/.search", 404},
		{"POST", "/Schemas/.search", 405},
		{"PUT", "/Users", 405}, {"POST", "/Users/x", 405}, {"GET", "/Users/%2e%2e", 404}, {"GET", "/Users/a%2Fb", 404},
	} {
		if w := b.do(tc.method, tc.path, ""); w.Code != tc.status {
			t.Errorf("%s %s: %d, want %d: %s", tc.method, tc.path, w.Code, tc.status, w.Body)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, tc := range []struct {
		contentType string
		status      int
	}{
		{"application/scim+json", 201}, {"application/json", 201}, {"application/json; charset=UTF-8", 201},
		{"Application/SCIM+JSON; charset=utf-8", 201}, {"", 201},
		{"text/plain", 415}, {"application/json; charset=iso-8859-1", 415}, {"application/xml", 415}, {";;;", 415},
	} {
		w := b.do("POST", "/Users", fmt.Sprintf(`{"userName":%q}`, "u-"+tc.contentType), "Content-Type", tc.contentType)
		if w.Code != tc.status {
			t.Errorf("Content-Type %q: %d, want %d", tc.contentType, w.Code, tc.status)
		}
	}
	if w := b.do("POST", "/Users", `{"userName":"`+strings.Repeat("x", 65<<10)+`"}`); w.Code != 413 || !strings.Contains(w.Body.String(), "65536 bytes") {
		t.Errorf("too large: %d %s", w.Code, w.Body)
	}
}
