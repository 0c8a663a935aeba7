package scimhttp_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
)

// staff makes users u00 to u05 with two titles, and groups red and blue.
func staff(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	var ids []string
	for i := range 6 {
		ids = append(ids, b.want(t, 201, "POST", "/Users",
			fmt.Sprintf(`{"userName":"u%02d","title":"t%d","displayName":"D%d","emails":[{"value":"u%d@example.com","type":"work"}]}`, i, i%2, 9-i, i))["id"].(string))
	}
	for i, name := range []string{"red", "blue"} {
		b.want(t, 201, "POST", "/Groups", fmt.Sprintf(`{"displayName":%q,"externalId":"g-%d","members":[{"value":%q}]}`, name, i, ids[i]))
	}
	return b
}

// named are the names of the resources in a list answer.
func named(list map[string]any) string {
	names := []string{}
	for _, r := range list["Resources"].([]any) {
		resource := r.(map[string]any)
		name, ok := resource["userName"].(string)
		if !ok {
			name, _ = resource["displayName"].(string)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// TestSearchAnswersWhatAGetDoes sends each query both ways, to each endpoint.
func TestSearchAnswersWhatAGetDoes(t *testing.T) {
	t.Parallel()
	b := staff(t)
	for _, body := range []string{
		`{}`,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"externalId pr or userName sw \"U\"","count":2}`,
		`{"filter":"meta.created gt \"2020-01-01T00:00:00Z\"","startIndex":2,"count":3}`,
		`{"sortBy":"displayName","sortOrder":"descending"}`,
		`{"attributes":["displayName","emails.value"],"startIndex":5}`,
		`{"excludedAttributes":["members","groups","meta"]}`,
		`{"count":0}`,
		`{"startIndex":100}`,
		`{"filter":"displayName co"}`,
		`{"filter":"shoeSize pr"}`,
		`{"sortBy":"shoeSize"}`,
		`{"sortBy":"displayName","sortOrder":"up"}`,
		`{"attributes":["a"],"excludedAttributes":["b"]}`,
	} {
		for _, endpoint := range []string{"/Users", "/Groups", ""} {
			got := b.do("POST", endpoint+"/.search", body, "Content-Type", "application/scim+json")
			want := b.do("GET", endpoint+"?"+asQuery(t, body), "")
			if got.Code != want.Code || got.Body.String() != want.Body.String() {
				t.Errorf("%s/.search %s: %d %s\nGET: %d %s", endpoint, body, got.Code, got.Body, want.Code, want.Body)
			}
		}
	}
}

// asQuery is a SearchRequest as the query of a GET.
func asQuery(t *testing.T, body string) string {
	t.Helper()
	var in map[string]any
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	delete(in, "schemas")
	q := url.Values{}
	for name, value := range in {
		if list, ok := value.([]any); ok {
			for _, v := range list {
				q.Add(name, v.(string))
			}
			continue
		}
		q.Set(name, fmt.Sprint(value))
	}
	return q.Encode()
}

func TestSearchReadsItsBodyLikeEveryOther(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, tc := range []struct {
		path, body, contentType string
		status                  int
		says                    string
	}{
		{"/.search", `{}`, "application/json", 200, "totalResults"},
		{"/users/.SEARCH", `{"COUNT":1}`, "", 200, "totalResults"},
		{"/.search", `{}`, "text/plain", 415, "Content-Type"},
		{"/Users/.search", ``, "", 400, "invalidSyntax"},
		{"/Users/.search", `{"count":"1"}`, "", 400, "invalidValue"},
		{"/Users/.search", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`, "", 400, "SearchRequest"},
		{"/Users/.search", `{"x":"` + strings.Repeat("x", 65<<10) + `"}`, "", 413, "65536 bytes"},
	} {
		w := b.do("POST", tc.path, tc.body, "Content-Type", tc.contentType)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%s %.80s: %d %s", tc.path, tc.body, w.Code, w.Body)
		}
	}
}

// TestQueryAtTheBase: all types in one list, which pages by index cut without gaps.
func TestQueryAtTheBase(t *testing.T) {
	t.Parallel()
	b := staff(t)
	const users = "u00 u01 u02 u03 u04 u05"
	for _, tc := range []struct{ query, want string }{
		{"", users + " red blue"},
		{"filter=" + url.QueryEscape(`meta.resourceType eq "User"`), users},
		{"filter=" + url.QueryEscape(`meta.resourceType eq "Group" or userName eq "U03"`), "u03 red blue"},
		{"filter=" + url.QueryEscape(`not (meta.resourceType eq "User")`), "red blue"},
		{"filter=" + url.QueryEscape(`title eq "t1" or members pr`), "u01 u03 u05 red blue"},
		{"filter=" + url.QueryEscape(`displayName pr and not (title eq "t0")`), "u01 u03 u05 red blue"},
		{"filter=" + url.QueryEscape(`userName pr and members pr`), ""},
		{"filter=" + url.QueryEscape(`meta.resourceType eq "Device"`), ""},
		{"sortBy=displayName", "blue u05 u04 u03 u02 u01 u00 red"},
		{"sortBy=displayName&sortOrder=descending", "red u00 u01 u02 u03 u04 u05 blue"},
		{"sortBy=userName&sortOrder=descending", "red blue u05 u04 u03 u02 u01 u00"},
		{"sortBy=externalId", "red blue " + users},
		{"sortBy=title&filter=" + url.QueryEscape(`title pr or externalId pr`), "u00 u02 u04 u01 u03 u05 red blue"},
	} {
		want := strings.Fields(tc.want)
		for count := 1; count <= 9; count += 2 {
			var got []string
			for start := 1; start <= len(want)+1; start += count {
				list := b.want(t, 200, "GET", fmt.Sprintf("?startIndex=%d&count=%d&%s", start, count, tc.query), "")
				if list["totalResults"] != float64(len(want)) || list["startIndex"] != float64(start) {
					t.Errorf("?%s: totalResults %v, startIndex %v", tc.query, list["totalResults"], list["startIndex"])
				}
				got = append(got, strings.Fields(named(list))...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("?%s in pages of %d: %v, want %v", tc.query, count, got, want)
			}
		}
	}
	for query, scimType := range map[string]string{
		"filter=" + url.QueryEscape(`shoeSize pr`):                 "invalidFilter",
		"filter=" + url.QueryEscape(`userName pr and shoeSize pr`): "invalidFilter",
		"sortBy=shoeSize": "invalidPath",
	} {
		if got := b.want(t, 400, "GET", "?"+query, "")["scimType"]; got != scimType {
			t.Errorf("?%s: %v", query, got)
		}
	}
}

// TestQueryAtTheBaseShowsResourcesAsElsewhere: each looks as it does at its own
// endpoint, under any projection.
func TestQueryAtTheBaseShowsResourcesAsElsewhere(t *testing.T) {
	t.Parallel()
	b := staff(t)
	for _, query := range []string{"", "attributes=displayName,members", "excludedAttributes=groups,members.display", "attributes=meta.location"} {
		all := b.want(t, 200, "GET", "/?"+query, "")["Resources"].([]any)
		own := append(b.want(t, 200, "GET", "/Users?"+query, "")["Resources"].([]any),
			b.want(t, 200, "GET", "/Groups?"+query, "")["Resources"].([]any)...)
		if !cmp.Equal(own, all) {
			t.Errorf("?%s: %v, want %v", query, all, own)
		}
	}
}

// TestQueryAtTheBaseNeedsEveryTypesScope: a list without the types that the
// caller may not read would look complete.
func TestQueryAtTheBaseNeedsEveryTypesScope(t *testing.T) {
	t.Parallel()
	b := staff(t)
	users, groups := authz.Scope{Resource: authz.Users, Action: authz.Read}, authz.Scope{Resource: authz.Groups, Action: authz.Read}
	ask := func(filter string) (int, string) {
		w := b.do("GET", "/?count=0&filter="+url.QueryEscape(filter), "")
		return w.Code, w.Body.String()
	}
	for _, tc := range []struct {
		denied []authz.Scope
		filter string
		names  string // the scope that the refusal names; "" for none
	}{
		{nil, "", ""},
		{[]authz.Scope{groups}, "", "groups:read"},
		{[]authz.Scope{users}, "", "users:read"},
		{[]authz.Scope{users}, `externalId pr`, "users:read"},
		{[]authz.Scope{groups}, `meta.resourceType eq "User"`, ""},
		{[]authz.Scope{groups}, `userName eq "u01"`, ""},
		{[]authz.Scope{groups}, `not (userName eq "u01")`, "groups:read"},
		{[]authz.Scope{users}, `meta.resourceType eq "User"`, "users:read"},
		{[]authz.Scope{groups}, `meta.resourceType eq "Device"`, ""},
		{[]authz.Scope{users, groups}, `meta.resourceType eq "Device"`, "users:read"},
		{[]authz.Scope{users, groups}, `shoeSize pr`, "users:read"},
	} {
		clear(b.denied)
		for _, s := range tc.denied {
			b.denied[s] = true
		}
		status, body := ask(tc.filter)
		if tc.names == "" && status != 200 || tc.names != "" && (status != 403 || !strings.Contains(body, tc.names)) {
			t.Errorf("%s without %v: %d %s", tc.filter, tc.denied, status, body)
		}
	}
}

func TestMeSaysWhy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, method := range []string{"GET", "POST", "PATCH", "PUT", "DELETE"} {
		w := b.do(method, "/Me", "")
		if w.Code != 501 || !strings.Contains(w.Body.String(), "belongs to an identity provider") {
			t.Errorf("%s /Me: %d %s", method, w.Code, w.Body)
		}
	}
}
