package scimtest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// reply is what the double answers.
type reply struct {
	status int
	header map[string]string
	body   string // BASE stands for the base URL
}

const goodUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u1","userName":"sam","meta":{
	"resourceType":"User","created":"2026-11-22T04:05:06Z","lastModified":"2026-11-22T04:05:06.5Z",
	"location":"BASE/Users/u1","version":"W/\"1\""}}`

const goodError = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"Not here."}`

func goodList(users ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"startIndex":1,` +
		`"itemsPerPage":1,"Resources":[` + strings.Join(users, ",") + `]}`
}

func ok(body string) reply {
	return reply{status: 200, header: map[string]string{"ETag": `W/"1"`}, body: body}
}

// swap returns the text with one part replaced, which must be there.
func swap(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("%q is not in %q", from, text)
	}
	return strings.Replace(text, from, to, 1)
}

func serve(t *testing.T, r reply) Target {
	t.Helper()
	var base string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		for name, value := range r.header {
			w.Header().Set(name, strings.ReplaceAll(value, "BASE", base))
		}
		w.WriteHeader(r.status)
		if r.body != "" {
			_, _ = w.Write([]byte(strings.ReplaceAll(r.body, "BASE", base)))
		}
	}))
	t.Cleanup(server.Close)
	base = server.URL + "/scim"
	return Target{BaseURL: base, Token: "secret", Client: server.Client()}
}

// problemsOf plays one request against a server that answers r.
func problemsOf(t *testing.T, r reply, path string) []string {
	t.Helper()
	tr := &Transcript{Name: "one", Provider: "generic", Steps: []Step{{
		Method: http.MethodGet, Path: path, Expect: Expect{Status: Statuses{r.status}},
	}}}
	var all []string
	for _, f := range play(t.Context(), tr, serve(t, r)) {
		all = append(all, f.problems...)
	}
	return all
}

func TestEveryAnswerIsChecked(t *testing.T) {
	t.Parallel()
	user := func(from, to string) reply { return ok(swap(t, goodUser, from, to)) }
	list := func(from, to string) reply { return ok(swap(t, goodList(goodUser), from, to)) }
	failure := func(from, to string) reply { return reply{status: 404, body: swap(t, goodError, from, to)} }
	with := func(r reply, name, value string) reply {
		r.header = maps.Clone(r.header)
		if r.header == nil {
			r.header = map[string]string{}
		}
		r.header[name] = value
		return r
	}
	tests := []struct {
		name  string
		reply reply
		path  string
		want  string
	}{
		{"a right user", ok(goodUser), "", ""},
		{"a right list", ok(goodList(goodUser)), "", ""},
		{"a right error", reply{status: 404, body: goodError}, "", ""},
		{"a part of a user", user(`"meta":{`, `"other":{`), "/Users/u1?attributes=userName", ""},
		{"a part of meta", ok(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u1","meta":{"version":"W/\"1\""}}`), "/Users/u1?attributes=meta.version", ""},
		{"no start index by cursor", list(`"startIndex":1,`, ``), "/Users?count=1&cursor", ""},
		{"charset", with(ok(goodUser), "Content-Type", "application/scim+json; charset=UTF-8"), "", ""},

		{"plain JSON", with(ok(goodUser), "Content-Type", "application/json"), "", "Content-Type"},
		{"wrong charset", with(ok(goodUser), "Content-Type", "application/scim+json; charset=latin1"), "", "Content-Type"},
		{"not JSON", ok(`<html>`), "", "not valid JSON"},
		{"not UTF-8", user("sam", "s\xffm"), "", "not valid JSON"},
		{"a key twice", user(`"id":"u1"`, `"id":"u1","id":"u1"`), "", "occurs twice"},
		{"not an object", ok(`[]`), "", "not a JSON object"},
		{"no body", ok(""), "", "a 200 answer has no body"},
		{"null", user(`"userName":"sam"`, `"name":{"givenName":null}`), "", "/name/givenName: null"},
		{"null alone", ok(`null`), "", "not a JSON object"},
		{"password", user(`"userName"`, `"Password"`), "", "a password is returned"},
		{"password in a list", list(`"userName"`, `"password"`), "", "/Resources/0/password"},

		{"no schemas", user(`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],`, ``), "", "/schemas: missing"},
		{"a schema twice", user(`:User"]`, `:User","urn:ietf:params:scim:schemas:core:2.0:User"]`), "", "there twice"},
		{"a schema that is no URN", user(`:User"]`, `:User","http://x"]`), "", "is no URN"},
		{"no id", user(`"id":"u1",`, ``), "", "/id"},
		{"no meta", user(`"meta":{`, `"other":{`), "", "/meta/location"},
		{"wrong resource type", user(`"resourceType":"User"`, `"resourceType":"Group"`), "", "/meta/resourceType"},
		{"location elsewhere", user(`BASE/Users/u1`, `https://elsewhere.example/Users/u1`), "", "/meta/location"},
		{"location of another", user(`BASE/Users/u1`, `BASE/Users/u2`), "", "/meta/location"},
		{"no time", user(`2026-11-22T04:05:06Z`, `22 Nov`), "", "/meta/created"},
		{"no version", user(`,"version":"W/\"1\""`, ``), "", "/meta/version"},
		{"strong version", user(`W/\"1\"`, `\"1\"`), "", "/meta/version"},
		{"ETag differs", with(ok(goodUser), "ETag", `W/"2"`), "", "differs from meta.version"},
		{"ETag missing", with(ok(goodUser), "ETag", ""), "", "ETag: expected"},
		{"Location differs", with(ok(goodUser), "Location", "BASE/Users/u2"), "", "differs from meta.location"},
		{"discovery location elsewhere", ok(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"meta":{"location":"/Schemas/x"}}`), "", "/meta/location"},

		{"total as text", list(`"totalResults":1`, `"totalResults":"1"`), "", "/totalResults"},
		{"no start index", list(`"startIndex":1,`, ``), "", "/startIndex"},
		{"items not counted", list(`"itemsPerPage":1`, `"itemsPerPage":100`), "", "/itemsPerPage"},
		{"wrong user in a list", list(`"id":"u1",`, ``), "", "/Resources/0/id"},
		{"no resource in a list", list(goodUser, `"u1"`), "", "/Resources/0: not an object"},

		{"error without schema", failure(`:Error"`, `:ListResponse"`), "", "/schemas"},
		{"error status as number", failure(`"404"`, `404`), "", "/status"},
		{"error status differs", failure(`"404"`, `"400"`), "", "/status"},
		{"error without detail", failure(`"detail":"Not here."`, `"detail":""`), "", "/detail"},
		{"error keyword", failure(`"detail"`, `"scimType":"notFound","detail"`), "", "/scimType"},
		{"error without body", reply{status: 500}, "", "has no body"},
		{"401 without challenge", reply{status: 401, body: strings.Replace(goodError, "404", "401", 1)}, "", "WWW-Authenticate"},
		{"405 without Allow", reply{status: 405, body: strings.Replace(goodError, "404", "405", 1)}, "", "Allow"},
		{"429 without Retry-After", reply{status: 429, body: strings.Replace(goodError, "404", "429", 1)}, "", "Retry-After"},
		{"201 without Location", reply{status: 201, header: map[string]string{"ETag": `W/"1"`}, body: goodUser}, "", "Location"},
		{"304 without ETag", reply{status: 304}, "", "ETag"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := tt.path
			if path == "" {
				path = "/Users/u1"
			}
			wantProblem(t, problemsOf(t, tt.reply, path), tt.want)
		})
	}
}

func TestBodyWithoutContent(t *testing.T) {
	t.Parallel()
	x := exchange{method: "PATCH", status: 204, header: http.Header{}, answer: []byte("{}"), value: map[string]any{}}
	wantProblem(t, checkTransport(&x), "a 204 answer has a body")
}
