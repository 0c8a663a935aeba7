package scimhttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/scim/scimhttp"
	"github.com/roster-scim/roster/storage"
)

const secret = "correct-horse"

// bench is a handler over a real database, with one connection and a gate that
// knows one credential.
type bench struct {
	http.Handler
	file      string // of the database
	store     scim.Store
	config    scimhttp.Config
	admission scimhttp.Admission
	refusal   error
	denied    map[authz.Scope]bool
	slow      bool         // the limiter refuses
	charged   atomic.Int64 // what bulk requests cost besides
}

func newBench(tb testing.TB, adjust ...func(*quirk.Settings)) *bench {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "roster.db")
	db, err := storage.Open(tb.Context(), "sqlite:"+file, storage.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	b := &bench{file: file, store: storage.NewResources(db), denied: map[authz.Scope]bool{}}
	settings := quirk.For(quirk.Generic)
	for _, f := range adjust {
		f(&settings)
	}
	b.admission = scimhttp.Admission{
		Directory: scim.Directory{TenantID: uuid.NewString(), ConnectionID: uuid.NewString()},
		BaseURL:   "https://scim.example.com/scim/v2/con1",
		Settings:  settings,
		Types:     schema.Default(),
		TokenID:   "tok1",
	}
	b.configure(func(c *scimhttp.Config) {
		c.Engine, c.Gate, c.Authorizer, c.Limiter = scim.New(b.store), b, b, b
		c.PublicURL, c.MaxBody = "https://scim.example.com", 64<<10
	})
	return b
}

// configure changes the handler, on the same database.
func (b *bench) configure(adjust func(*scimhttp.Config)) {
	adjust(&b.config)
	b.Handler = scimhttp.New(b.config)
}

func (b *bench) Admit(_ context.Context, connection, credential string) (scimhttp.Admission, error) {
	if b.refusal != nil {
		return scimhttp.Admission{}, b.refusal
	}
	if connection != "con1" || credential != secret {
		return scimhttp.Admission{}, &scimhttp.Refusal{Status: 401, Detail: "Unknown token."}
	}
	return b.admission, nil
}

func (b *bench) Check(_ authz.Principal, s authz.Scope) authz.ScopeDecision {
	return authz.ScopeDecision{Allowed: !b.denied[s], Reason: "This connection lacks " + s.String() + "."}
}

func (b *bench) Allow(string) (time.Duration, bool) { return 1500 * time.Millisecond, !b.slow }

func (b *bench) Charge(_ string, requests int) { b.charged.Add(int64(requests)) }

func (b *bench) do(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/scim/v2/con1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+secret)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "r-1")
	b.ServeHTTP(w, r)
	return w
}

func (b *bench) want(tb testing.TB, status int, method, path, body string, headers ...string) map[string]any {
	tb.Helper()
	w := b.do(method, path, body, headers...)
	if w.Code != status {
		tb.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	out := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			tb.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return out
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for header, status := range map[string]int{
		"Bearer " + secret:               200,
		"bearer " + secret:               200,
		"BEARER   " + secret:             200,
		secret:                           200,
		"Basic dTpjb3JyZWN0LWhvcnNl":     200, // u:correct-horse
		"Basic dTp3cm9uZw==":             401,
		"Bearer wrong":                   401,
		"Bearer":                         401,
		"":                               401,
		"Bearer " + secret + ", Basic x": 401,
	} {
		if w := b.do("GET", "/Users", "", "Authorization", header); w.Code != status {
			t.Errorf("Authorization %q: %d, want %d", header, w.Code, status)
		}
	}
}

func TestChallengeTellsWhetherACredentialWasTried(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for header, challenge := range map[string]string{
		"":             `Bearer realm="SCIM"`,
		"Bearer wrong": `Bearer realm="SCIM", error="invalid_token"`,
	} {
		w := b.do("GET", "/Users", "", "Authorization", header)
		if got := w.Header().Get("WWW-Authenticate"); got != challenge {
			t.Errorf("Authorization %q: challenge %q", header, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		prepare func(*bench)
		status  int
		retry   string
		says    string
	}{
		{"paused", func(b *bench) {
			b.refusal = &scimhttp.Refusal{Status: 503, Detail: "Paused.", RetryAfter: 5 * time.Minute}
		}, 503, "300", "Paused. (request r-1)"},
		{"suspended", func(b *bench) { b.refusal = &scimhttp.Refusal{Status: 403, Detail: "Suspended."} }, 403, "", "Suspended."},
		{"too fast", func(b *bench) { b.slow = true }, 429, "2", "Retry-After"},
		{"gate broken", func(b *bench) { b.refusal = errors.New("no database") }, 500, "", "support"},
		{"gate slow", func(b *bench) { b.refusal = fmt.Errorf("look up: %w", context.DeadlineExceeded) }, 503, "5", "again"},
		{"scope", func(b *bench) { b.denied[authz.Scope{Resource: authz.Users, Action: authz.Read}] = true }, 403, "", "users:read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			tc.prepare(b)
			w := b.do("GET", "/Users", "")
			if w.Code != tc.status || w.Header().Get("Retry-After") != tc.retry {
				t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
			}
			if body := w.Body.String(); !strings.Contains(body, tc.says) || strings.Contains(body, "database") {
				t.Errorf("body %s", body)
			}
		})
	}
}

// revoking is a body whose sender loses the right to send while it arrives.
type revoking struct {
	*strings.Reader
	revoke func()
}

func (r revoking) Read(p []byte) (int, error) {
	r.revoke()
	return r.Reader.Read(p)
}

// TestRevokedWhileTheBodyArrives: a slow body does not outlive its token.
func TestRevokedWhileTheBodyArrives(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	body := revoking{strings.NewReader(`{"userName":"late"}`), func() {
		b.refusal = &scimhttp.Refusal{Status: 401, Detail: "Revoked."}
	}}
	r := httptest.NewRequest(http.MethodPost, "/scim/v2/con1/Users", body)
	r.Header.Set("Authorization", "Bearer "+secret)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	b.refusal = nil
	if got := b.want(t, 200, "GET", "/Users", ""); got["totalResults"] != 0.0 {
		t.Errorf("it was stored: %v", got)
	}
}

// TestScopes denies each scope in turn and tries every operation.
func TestScopes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
	team := b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)["id"].(string)
	const op = `{"Operations":[{"op":"replace","path":%q,"value":%s}]}`
	operations := []struct {
		method, path, body string
		needs              []string
	}{
		{"POST", "/Users", `{"userName":"x%d"}`, []string{"users:create"}},
		{"GET", "/Users", "", []string{"users:read"}},
		{"GET", "/Users/" + jo, "", []string{"users:read"}},
		{"PATCH", "/Users/" + jo, fmt.Sprintf(op, "title", `"t%d"`), []string{"users:update"}},
		{"PUT", "/Users/" + jo, `{"userName":"jo","title":"u%d"}`, []string{"users:update"}},
		{"PATCH", "/Users/" + jo, fmt.Sprintf(op, "active", "false"), []string{"users:deactivate"}},
		{"PATCH", "/Users/" + jo, fmt.Sprintf(op, "active", "true"), []string{"users:update"}},
		{"PUT", "/Users/" + jo, `{"userName":"jo","active":false,"title":"v%d"}`, []string{"users:deactivate", "users:update"}},
		{"PATCH", "/Users/" + jo, fmt.Sprintf(op, "active", `"True"`), []string{"users:update"}},
		{"POST", "/Groups", `{"displayName":"x%d"}`, []string{"groups:create"}},
		{"GET", "/Groups/" + team, "", []string{"groups:read"}},
		{"PATCH", "/Groups/" + team, fmt.Sprintf(op, "members", `[{"value":"`+jo+`"}]`), []string{"groups:update"}},
		{"PUT", "/Groups/" + team, `{"displayName":"y%d"}`, []string{"groups:update"}},
		{"DELETE", "/Users/" + jo, "", []string{"users:delete"}},
		{"DELETE", "/Groups/" + team, "", []string{"groups:delete"}},
	}
	all := []string{"users:create", "users:read", "users:update", "users:deactivate", "users:delete",
		"groups:create", "groups:read", "groups:update", "groups:delete"}
	n := 0
	for _, o := range operations {
		for _, need := range o.needs {
			scope := scopeOf(need)
			b.denied[scope] = true
			w := b.do(o.method, o.path, numbered(o.body, &n))
			if w.Code != 403 || !strings.Contains(w.Body.String(), need) {
				t.Errorf("%s %s without %s: %d %s", o.method, o.path, need, w.Code, w.Body)
			}
			delete(b.denied, scope)
		}
		for _, s := range all { // exactly what it needs is enough
			b.denied[scopeOf(s)] = !strings.Contains(strings.Join(o.needs, " "), s)
		}
		if w := b.do(o.method, o.path, numbered(o.body, &n)); w.Code >= 300 {
			t.Errorf("%s %s with %v alone: %d %s", o.method, o.path, o.needs, w.Code, w.Body)
		}
		clear(b.denied)
	}
}

func scopeOf(text string) authz.Scope {
	resource, action, _ := strings.Cut(text, ":")
	return authz.Scope{Resource: authz.Resource(resource), Action: authz.Action(action)}
}

// numbered makes a body that has not been sent before.
func numbered(body string, n *int) string {
	*n++
	return strings.ReplaceAll(body, "%d", fmt.Sprint(*n))
}

// TestDeniedWriterLearnsNothing: without any right to write, an unknown id and a
// known one are refused alike.
func TestDeniedWriterLearnsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
	b.denied[scopeOf("users:update")], b.denied[scopeOf("users:deactivate")], b.denied[scopeOf("users:delete")] = true, true, true
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		known := b.do(method, "/Users/"+jo, `{"userName":"jo"}`)
		unknown := b.do(method, "/Users/"+uuid.NewString(), `{"userName":"jo"}`)
		if known.Code != 403 || known.Body.String() != unknown.Body.String() || known.Code != unknown.Code {
			t.Errorf("%s: %d %s / %d %s", method, known.Code, known.Body, unknown.Code, unknown.Body)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	const rename = `{"Operations":[{"op":"replace","path":"displayName","value":"Renamed"}]}`
	t.Run("group bodies on PATCH", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, func(s *quirk.Settings) { s.PatchGroupReturnsBody = true; s.PatchUserReturnsBody = false })
		team := b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)["id"].(string)
		jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
		if got := b.want(t, 200, "PATCH", "/Groups/"+team, rename); got["displayName"] != "Renamed" {
			t.Errorf("answer %v", got)
		}
		b.want(t, 204, "PATCH", "/Users/"+jo, rename)
		if got := b.want(t, 200, "PATCH", "/Users/"+jo+"?attributes=displayName", rename); len(got) != 3 {
			t.Errorf("projected answer %v", got)
		}
	})
	t.Run("unique group names", func(t *testing.T) {
		t.Parallel()
		unique, free := newBench(t, func(s *quirk.Settings) { s.UniqueGroupNames = true }), newBench(t)
		for b, status := range map[*bench]int{unique: 409, free: 201} {
			b.want(t, 201, "POST", "/Groups", `{"displayName":"Team"}`)
			b.want(t, status, "POST", "/Groups", `{"displayName":"TEAM"}`)
		}
	})
	t.Run("unknown attributes", func(t *testing.T) {
		t.Parallel()
		strict, lenient := newBench(t, func(s *quirk.Settings) { s.RefuseUnknownAttributes = true }), newBench(t)
		for b, status := range map[*bench]int{strict: 400, lenient: 201} {
			b.want(t, status, "POST", "/Users", `{"userName":"jo","shoeSize":44}`)
		}
	})
	t.Run("types", func(t *testing.T) {
		t.Parallel()
		strict, lenient := newBench(t, func(s *quirk.Settings) { s.StrictTypes = true }), newBench(t)
		for b, status := range map[*bench]int{strict: 400, lenient: 201} {
			b.want(t, status, "POST", "/Users", `{"userName":"jo","active":"True"}`)
		}
	})
	t.Run("empty strings", func(t *testing.T) {
		t.Parallel()
		keeping, dropping := newBench(t, func(s *quirk.Settings) { s.KeepEmptyStrings = true }), newBench(t)
		for b, want := range map[*bench]any{keeping: "", dropping: nil} {
			if got := b.want(t, 201, "POST", "/Users", `{"userName":"jo","title":""}`)["title"]; got != want {
				t.Errorf("title %v, want %v", got, want)
			}
		}
	})
	t.Run("empty PATCH", func(t *testing.T) {
		t.Parallel()
		allowing, refusing := newBench(t, func(s *quirk.Settings) { s.AllowEmptyPatch = true }), newBench(t)
		for b, status := range map[*bench]int{allowing: 200, refusing: 400} {
			jo := b.want(t, 201, "POST", "/Users", `{"userName":"jo"}`)["id"].(string)
			b.want(t, status, "PATCH", "/Users/"+jo, `{"Operations":[]}`)
		}
	})
}
