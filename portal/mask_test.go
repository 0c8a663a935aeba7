package portal

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// maskingOf is what is personal in an operation's answers.
func maskingOf(t *testing.T, route string) *answerMasking {
	t.Helper()
	all, err := operations(theDocument(t))
	if err != nil {
		t.Fatal(err)
	}
	if all[route] == nil || all[route].personal == nil {
		t.Fatalf("%s has nothing that is personal", route)
	}
	return all[route].personal
}

// masksWith sends what a handler writes through a masking.
func masksWith(t *testing.T, masking *answerMasking, answer gin.HandlerFunc) *httptest.ResponseRecorder {
	t.Helper()
	engine, p := gin.New(), &Portal{handlers: handlers{}, logger: slog.New(slog.DiscardHandler)}
	engine.GET("/", func(c *gin.Context) { p.sendMasked(c, masking) }, answer)
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	return w
}

const theUser = `{"id":"01a202c3-681e-7478-af59-72808a9ae47f","user_name":"jane@acme.com","display_name":"Jane Doe","given_name":null,` +
	`"emails":[{"value":"jane@acme.com","type":"work","primary":true}],"active":true,"connection":{"id":"con1","name":"Jane & Co"},"attributes":{"title":"<CEO>","x":1.50}}`

// TestAnswersAreMasked: what is personal is masked, and everything else is as it
// was, to the order.
func TestAnswersAreMasked(t *testing.T) {
	t.Parallel()
	const masked = `{"id":"01a202c3-681e-7478-af59-72808a9ae47f","user_name":"j…@acme.com","display_name":"J… D…","given_name":null,` +
		`"emails":[{"value":"j…@acme.com","type":"work","primary":true}],"active":true,"connection":{"id":"con1","name":"Jane & Co"},"attributes":{"title":"<…","x":0}}`
	const list = `{"items":[%s,%[1]s],"next_cursor":"abc"}`
	for name, c := range map[string]struct{ route, answer, want string }{
		"one":  {"GET /api/v1/tenants/:tenant/users/:user", theUser, masked},
		"many": {"GET /api/v1/tenants/:tenant/users", fmt.Sprintf(list, theUser), fmt.Sprintf(list, masked)},
		"none": {"GET /api/v1/tenants/:tenant/users", `{"items":[],"next_cursor":null}`, `{"items":[],"next_cursor":null}`},
		"by type": {
			"GET /api/v1/tenants/:tenant/groups/:group/members",
			`{"items":[{"name":"Jane Doe","user_name":"jane","type":"User"},{"type":"Group","name":"Sales Team","user_name":null}]}`,
			`{"items":[{"name":"J… D…","user_name":"j…","type":"User"},{"type":"Group","name":"Sales Team","user_name":null}]}`,
		},
		"events": {
			"GET /api/v1/tenants/:tenant/events",
			`{"items":[{"type":"user.updated","data":{"title":"CEO","active":true},"previous":{"title":"CTO"}},{"type":"group.created","data":{"displayName":"Sales"},"previous":null},` +
				`{"type":"connection.paused","data":{"name":"Acme - Okta"}},{"type":"badge.created","data":{"displayName":"Jane Doe"}}]}`,
			`{"items":[{"type":"user.updated","data":{"title":"C…","active":true},"previous":{"title":"C…"}},{"type":"group.created","data":{"displayName":"Sales"},"previous":null},` +
				`{"type":"connection.paused","data":{"name":"Acme - Okta"}},{"type":"badge.created","data":{"displayName":"J… D…"}}]}`,
		},
	} {
		w := masksWith(t, maskingOf(t, c.route), func(g *gin.Context) {
			g.Header("Content-Type", "application/json; charset=utf-8")
			g.Status(http.StatusOK)
			for _, half := range []string{c.answer[:len(c.answer)/2], c.answer[len(c.answer)/2:]} {
				if _, err := g.Writer.WriteString(half); err != nil {
					t.Error(err)
				}
				g.Writer.Flush()
			}
		})
		if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != c.want {
			t.Errorf("%s: %d\n got %s\nwant %s", name, w.Code, got, c.want)
		}
	}
}

// TestLinesAreMasked: each on its own, as soon as it is whole.
func TestLinesAreMasked(t *testing.T) {
	t.Parallel()
	snapshot, stream := maskingOf(t, "GET /api/v1/tenants/:tenant/snapshot"), maskingOf(t, "GET /api/v1/tenants/:tenant/connections/:connection/setup/stream")
	for name, c := range map[string]struct {
		masking *answerMasking
		media   string
		pieces  []string
		want    []string // what is out after each
	}{
		"lines": {
			snapshot, "application/x-ndjson",
			[]string{`{"type":"begin","sequence":1}` + "\n" + `{"type":"us`, `er","data":{"userName":"jane"}}`, "\n", `{"type":"end"}`},
			[]string{`{"type":"begin","sequence":1}` + "\n", "", `{"type":"user","data":{"userName":"j…"}}` + "\n", ""},
		},
		"events": {
			stream, "text/event-stream",
			[]string{"retry: 2000\n\n", "event: setup\n", `data: {"connection":{"name":"Acme"},"steps":[]}` + "\n\n", ": ping\n\n"},
			[]string{"retry: 2000\n\n", "event: setup\n", `data: {"connection":{"name":"Acme"},"steps":[]}` + "\n\n", ": ping\n\n"},
		},
	} {
		w := httptest.NewRecorder()
		g, _ := gin.CreateTestContext(w)
		m := &maskedAnswer{ResponseWriter: g.Writer, masking: c.masking}
		m.Header().Set("Content-Type", c.media)
		for i, piece := range c.pieces {
			before := w.Body.Len()
			if n, err := m.Write([]byte(piece)); n != len(piece) || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
			m.Flush()
			if got := w.Body.String()[before:]; got != c.want[i] {
				t.Errorf("%s: %q goes out after %q, want %q", name, got, piece, c.want[i])
			}
		}
		if err := m.finish(); err != nil {
			t.Error(err)
		}
		if text := w.Body.String(); name == "lines" && !strings.HasSuffix(text, `{"type":"end"}`+"\n") {
			t.Errorf("%s: the last line is lost: %q", name, text)
		}
	}
}

// TestNothingUnmaskedGoesOut: an answer that cannot be masked is an error.
func TestNothingUnmaskedGoesOut(t *testing.T) {
	t.Parallel()
	one := maskingOf(t, "GET /api/v1/tenants/:tenant/users/:user")
	for name, c := range map[string]struct {
		media, text string
		status      int
		want        int
	}{
		"cut":             {"application/json", theUser[:100], 200, 500},
		"another shape":   {"application/json", `{"user_name":["jane"],"display_name":{"a":"jane"}}`, 200, 500},
		"a list":          {"application/json", `[` + theUser + `]`, 200, 500},
		"no JSON":         {"application/json", `jane`, 200, 500},
		"a text of lines": {"application/x-ndjson", "\"jane\"\n", 200, 500},
		"an error":        {"application/problem+json", `{"detail":"give a name"}`, 404, 404},
	} {
		w := masksWith(t, one, func(g *gin.Context) { g.Data(c.status, c.media, []byte(c.text)) })
		if w.Code != c.want || strings.Contains(w.Body.String(), "jane") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if c.status == c.want && w.Body.String() != c.text {
			t.Errorf("%s becomes %s", name, w.Body)
		}
	}
}

// TestWhoSeesEverythingPaysNothing: only operations whose answers have something
// personal are looked at, and only for those who may not see it.
func TestWhoSeesEverythingPaysNothing(t *testing.T) {
	t.Parallel()
	p, _ := looking(t)
	all, err := operations(theDocument(t))
	if err != nil {
		t.Fatal(err)
	}
	users, roles := all["GET /api/v1/tenants/:tenant/users"], all["GET /api/v1/roles"]
	tenant := tenants.NewTenantID().String()
	g, _ := gin.CreateTestContext(httptest.NewRecorder())
	g.Params = gin.Params{{Key: "tenant", Value: tenant}}
	for name, c := range map[string]struct {
		principal authz.Principal
		op        *operation
		want      bool
	}{
		"support":                {authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleSupport}}, users, true},
		"support, of roles":      {authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleSupport}}, roles, false},
		"support and owner":      {authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleSupport, authz.RoleOwner}}, users, false},
		"an owner":               {authz.Principal{Kind: authz.KindStaff, Roles: []string{authz.RoleOwner}}, users, false},
		"an administrator":       {authz.Principal{Kind: authz.KindPortal, TenantID: tenant, Roles: []string{authz.RoleAdmin}}, users, false},
		"a viewer":               {authz.Principal{Kind: authz.KindPortal, TenantID: tenant, Roles: []string{authz.RoleViewer}}, users, false},
		"while it is suspended":  {authz.Principal{Kind: authz.KindPortal, TenantID: tenant, Roles: []string{authz.RoleViewer}, Suspended: true}, users, false},
		"a key":                  {authz.Principal{Kind: authz.KindAPIKey, Permissions: authz.AllPermissions}, users, false},
		"a key that may not":     {authz.Principal{Kind: authz.KindAPIKey, Permissions: authz.PermissionsIn(authz.DirectoryRead)}, users, true},
		"a key of another place": {authz.Principal{Kind: authz.KindAPIKey, TenantID: "ten2", Permissions: authz.AllPermissions}, users, true},
	} {
		if got, err := p.mustMask(t.Context(), c.principal, c.op, g); err != nil || got != c.want {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}
