package scimtest

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// recorder is a server that notes each request and answers with a user whose id
// counts up.
type recorder struct {
	mu       sync.Mutex
	base     string
	requests []string
}

func (s *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, fmt.Sprintf("%s %s|%s|%s|%s|%s", r.Method, r.RequestURI,
		r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("If-Match"), body))
	id := fmt.Sprintf("u%d", len(s.requests))
	w.Header().Set("Content-Type", "application/scim+json")
	w.Header().Set("ETag", `W/"1"`)
	w.Header().Set("Location", s.base+"/Users/"+id)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, strings.ReplaceAll(strings.ReplaceAll(goodUser, "u1", id), "BASE", s.base))
}

func startRecorder(t *testing.T) (*recorder, Target) {
	t.Helper()
	s := &recorder{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.base = server.URL + "/scim"
	return s, Target{BaseURL: s.base + "/", Token: "secret"}
}

func load(t *testing.T, text string) *Transcript {
	t.Helper()
	list, err := Load(fstest.MapFS{"generic/t.json": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

func TestRequestsGoOutAsWritten(t *testing.T) {
	t.Parallel()
	server, target := startRecorder(t)
	tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"headers":{"Content-Type":"application/json"},"steps":[
		{"method":"POST","path":"/Users?x=a%20b%2F(c)","body":{"b": 1,  "a":"${token}"},"expect":{"status":201},
		 "save":{"id":"/id","tag":"header:ETag","loc":"/meta/location"}},
		{"method":"GET","path":"${loc}","headers":{"Authorization":"$absent","Content-Type":"$absent"},"expect":{"status":[200,201]}},
		{"method":"PATCH","path":"/Users/${tag}","headers":{"If-Match":"${tag}"},"body":["${tag}"],"expect":{"status":201}},
		{"repeat":{"from":4,"to":5},"method":"PUT","path":"/Users/${i}","raw":"{${i}","expect":{"status":201,"body":{"id":"u${i}"}},"save":{"x${i}":"/id"}}
	]}`)
	if failures := play(t.Context(), tr, target); len(failures) > 0 {
		t.Fatalf("failures: %v", failures)
	}
	want := []string{
		`POST /scim/Users?x=a%20b%2F(c)|Bearer secret|application/json||{"b": 1,  "a":"secret"}`,
		`GET /scim/Users/u1||||`,
		`PATCH /scim/Users/W%2F%221%22|Bearer secret|application/json|W/"1"|["W/\"1\""]`,
		`PUT /scim/Users/4|Bearer secret|application/json||{4`,
		`PUT /scim/Users/5|Bearer secret|application/json||{5`,
	}
	if !slices.Equal(server.requests, want) {
		t.Errorf("requests\n%s\nwant\n%s", strings.Join(server.requests, "\n"), strings.Join(want, "\n"))
	}
}

func TestVariablesNest(t *testing.T) {
	t.Parallel()
	v := variables{"i": "3", "user3": "abc"}
	if got, err := v.expand("/Users/${user${i}}", plain); err != nil || got != "/Users/abc" {
		t.Errorf("expand = %q, %v", got, err)
	}
	for _, text := range []string{"${nobody}", "${user${j}}", "${user 3}"} {
		if got, err := v.expand(text, plain); err == nil {
			t.Errorf("expand(%s) = %q, want an error", text, got)
		}
	}
}

func TestWrongAnswersAreReported(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, step string
		want       []string
	}{
		{"status", `"expect":{"status":200}`, []string{"step 1: why", "status: expected [200], got 201", "request: POST", `{"userName":"sam"}`, "answer: 201", `"id":"u1"`}},
		{"status list", `"expect":{"status":[200,204]}`, []string{"expected [200 204], got 201"}},
		{"body", `"expect":{"status":201,"body":{"userName":"tom"}}`, []string{`/userName: expected "tom", got "sam"`}},
		{"header", `"expect":{"status":201,"headers":{"ETag":"W/\"9\""}}`, []string{`header ETag: expected "W/\"9\"", got "W/\"1\""`}},
		{"header absent", `"expect":{"status":201,"headers":{"Location":"$absent"}}`, []string{`header Location: expected "$absent"`}},
		{"nothing to save", `"expect":{"status":201},"save":{"x":"/nowhere"}`, []string{"save x: the answer has no /nowhere"}},
		{"no header to save", `"expect":{"status":201},"save":{"x":"header:X-None"}`, []string{"save x: the answer has no header:X-None"}},
		{"an object cannot be saved", `"expect":{"status":201},"save":{"x":"/meta"}`, []string{"save x: the answer has no /meta"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, target := startRecorder(t)
			tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"steps":[{"note":"why","method":"POST","path":"/Users","body":{"userName":"sam"},`+tt.step+`}]}`)
			failures := play(t.Context(), tr, target)
			if len(failures) != 1 {
				t.Fatalf("%d failures, want 1: %v", len(failures), failures)
			}
			for _, want := range tt.want {
				if text := failures[0].String(); !strings.Contains(text, want) {
					t.Errorf("message\n%s\nlacks %q", text, want)
				}
			}
		})
	}
}

func TestPlayingGoesOnAfterAWrongAnswer(t *testing.T) {
	t.Parallel()
	server, target := startRecorder(t)
	tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"steps":[
		{"repeat":{"from":1,"to":2},"method":"GET","path":"/Users","expect":{"status":200}},
		{"method":"GET","path":"/Users","expect":{"status":201},"save":{"x":"/nowhere"}},
		{"method":"GET","path":"/Users/${x}","expect":{"status":201}}]}`)
	failures := play(t.Context(), tr, target)
	if len(failures) != 3 || failures[1].index != 2 || failures[2].step != 2 {
		t.Errorf("failures: %v", failures)
	}
	if len(server.requests) != 3 {
		t.Errorf("%d requests, want 3: a step without its variable must not go out", len(server.requests))
	}
	if text := failures[1].String(); !strings.Contains(text, "step 1 (i=2)") {
		t.Errorf("message %q does not name the index", text)
	}
}

func TestSavedURLStaysBelowTheBase(t *testing.T) {
	t.Parallel()
	target := serve(t, reply{status: 201, header: map[string]string{"ETag": `W/"1"`, "Location": "http://elsewhere.invalid/Users/u1"}, body: goodUser})
	tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"steps":[
		{"method":"GET","path":"/Users/u1","expect":{"status":201},"save":{"loc":"header:Location"}},
		{"method":"GET","path":"${loc}","expect":{"status":200}}]}`)
	failures := play(t.Context(), tr, target)
	if len(failures) != 2 || !strings.Contains(failures[1].String(), "is not below") {
		t.Errorf("failures: %v", failures)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	target := serve(t, reply{status: 308, header: map[string]string{"Location": "BASE/Users/u1"}, body: goodError})
	tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"steps":[{"method":"GET","path":"/Me","expect":{"status":200}}]}`)
	failures := play(t.Context(), tr, target)
	if len(failures) != 1 || failures[0].exchange.status != 308 {
		t.Errorf("failures: %v", failures)
	}
}

func TestUnreachableServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	tr := load(t, `{"name":"n","provider":"generic","rows":["E1"],"steps":[
		{"method":"GET","path":"/Users","expect":{"status":200}},{"method":"GET","path":"/Users","expect":{"status":200}}]}`)
	failures := play(t.Context(), tr, Target{BaseURL: server.URL, Token: "t"})
	if len(failures) != 1 || !strings.Contains(failures[0].String(), "send request") {
		t.Errorf("failures: %v", failures)
	}
}

func TestRunTranscriptsAsksForAFreshTargetEach(t *testing.T) {
	t.Parallel()
	one := `{"name":"%s","provider":"generic","settings":"okta","rows":["E1"],"steps":[{"method":"GET","path":"/Users","expect":{"status":201}}]}`
	var fsys fs.FS = fstest.MapFS{
		"generic/a.json": {Data: fmt.Appendf(nil, one, "a")}, "generic/b.json": {Data: fmt.Appendf(nil, one, "b")},
		"README.md": {Data: []byte("not a transcript")},
	}
	var mu sync.Mutex
	presets := map[string]string{}
	// Runs when the parallel subtests have ended.
	t.Cleanup(func() {
		if len(presets) != 2 || presets["a"] != "okta" || presets["b"] != "okta" {
			t.Errorf("targets asked for: %v", presets)
		}
	})
	RunTranscripts(t, fsys, func(t *testing.T, tr *Transcript) Target {
		t.Helper()
		_, target := startRecorder(t)
		mu.Lock()
		defer mu.Unlock()
		presets[tr.Name] = tr.Preset()
		return target
	})
}
