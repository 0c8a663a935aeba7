package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"go.uber.org/goleak"

	"github.com/roster-scim/roster/frontend"
	"github.com/roster-scim/roster/tenants"
)

func testConfig(t *testing.T) Config {
	t.Helper()
	config := DefaultConfig()
	config.Listen, config.AdminListen = "127.0.0.1:0", "127.0.0.1:0"
	config.DatabaseURL = "sqlite:" + filepath.Join(t.TempDir(), "roster.db")
	return config
}

// launch starts an App with an admin address; its log goes to the buffer.
func launch(t *testing.T, config Config) (*App, *lockedBuffer) {
	t.Helper()
	log := &lockedBuffer{}
	app, err := New(config, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, app) })
	return app, log
}

func shut(t *testing.T, app *App) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := app.Close(ctx); err != nil {
		t.Errorf("close: %v", err)
	}
}

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// get asks without keeping the connection open.
func get(t *testing.T, url string, headers ...string) reply {
	t.Helper()
	c := &client{base: url}
	return c.send(t, http.MethodGet, "", "", append(headers, "Connection", "close")...)
}

func TestStartAndCloseLeaveNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	config := testConfig(t)
	for range 2 { // the second time on the same file
		app, err := New(config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := get(t, app.URL()+"/"); r.status != 200 {
			t.Errorf("status %d", r.status)
		}
		shut(t, app)
		shut(t, app) // a second time changes nothing
	}
	goleak.VerifyNone(t, before)
}

func TestStartThatFailsLeavesNothingBehind(t *testing.T) {
	config := testConfig(t)
	first, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer shut(t, first)
	before := goleak.IgnoreCurrent()
	config.Listen = strings.TrimPrefix(first.URL(), "http://")
	second, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "ROSTER_LISTEN") {
		t.Errorf("started on a port that is taken: %v", err)
	}
	// The first server's workers may have begun behind before; the second has come to none.
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("github.com/roster-scim/roster/tenants/webhooks.(*recorder).run"))
}

func TestCloseLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	app, err := New(testConfig(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	tenant, err := app.Tenants().CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	c := (&server{app: app}).connectionOf(t, tenant.ID, "okta")

	// The body arrives only after Close has begun.
	body, arrives := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.base+"/Users", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/scim+json")
	status := make(chan int, 1)
	go func() {
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			status <- 0
			return
		}
		response.Body.Close()
		status <- response.StatusCode
	}()
	if _, err := io.WriteString(arrives, `{"userName":`); err != nil {
		t.Fatal(err)
	}
	for arrived := false; !arrived; {
		arrived = strings.Contains(string(get(t, app.AdminURL()+"/metrics").body), "requests_in_flight 1\n")
	}
	closed := make(chan struct{})
	go func() { shut(t, app); close(closed) }()
	for refused := false; !refused; { // until it does not listen any more
		_, err := c.try("GET", "/ServiceProviderConfig", "")
		refused = err != nil
	}
	select {
	case <-closed:
		t.Fatal("closed while a request was running")
	default:
	}
	_, err = io.WriteString(arrives, `"late@example.com"}`)
	if err := errors.Join(err, arrives.Close()); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != http.StatusCreated {
		t.Errorf("the running request got %d", got)
	}
	<-closed
}

func TestPagesAndUnknownPaths(t *testing.T) {
	t.Parallel()
	app, _ := launch(t, testConfig(t))
	status, text := http.StatusServiceUnavailable, "make ui" // as a clone without Node has it
	if pages, err := frontend.Files(); err != nil {
		t.Error(err)
	} else if _, err := fs.Stat(pages, "index.html"); err == nil {
		status, text = http.StatusOK, `id="root"`
	}
	for _, path := range []string{"/", "/portal", "/console", "/portal/connections", "/console/tenants"} {
		r := get(t, app.URL()+path)
		if r.status != status || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") ||
			!strings.Contains(string(r.body), text) || !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %s", path, r.status, clipped(r.body))
		}
	}
	if r := get(t, app.URL()+"/assets/none.js"); r.status != http.StatusNotFound || !strings.HasPrefix(r.header.Get("Content-Type"), "text/plain") {
		t.Errorf("no file: %d %s", r.status, clipped(r.body))
	}
	for _, path := range []string{"/nope", "/scim", "/scim/v1/x", "/metrics", "/healthz", "/debug/pprof/", "/api/v2/tenants"} {
		r := get(t, app.URL()+path)
		body := r.object(t)
		if r.status != 404 || r.header.Get("Content-Type") != "application/problem+json" || body["code"] != "not_found" ||
			body["status"] != 404.0 || body["request_id"] != r.header.Get("X-Request-Id") {
			t.Errorf("%s: %d %s", path, r.status, clipped(r.body))
		}
	}
}

func TestAdminAddress(t *testing.T) {
	t.Parallel()
	app, _ := launch(t, testConfig(t))
	get(t, app.URL()+"/scim/v2/con1/Users")
	get(t, app.URL()+"/scim/v2/con1/uSERS")
	get(t, app.URL()+"/scim/v2/con1/"+strings.Repeat("x", 5000))
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ready",
		"/metrics":                       `roster_http_requests_total{method="GET",resource="users",status="401"} 2`,
		"/debug/pprof/":                  "goroutine",
		"/debug/pprof/goroutine?debug=1": "goroutine profile",
		"/debug/pprof/cmdline":           "roster",
	} {
		if r := get(t, app.AdminURL()+path); r.status != 200 || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d %s", path, r.status, clipped(r.body))
		}
	}
	metrics := string(get(t, app.AdminURL()+"/metrics").body)
	for _, want := range []string{
		`roster_admission_refusals_total{code="token_unknown"} 3`,
		`roster_http_requests_total{method="GET",resource="other",status="401"} 1`,
		`roster_http_request_duration_seconds_count{method="GET",resource="users"} 2`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(metrics, "xxxx") {
		t.Error("a client made a label up")
	}
	app.draining.Store(true)
	if r := get(t, app.AdminURL()+"/readyz"); r.status != 503 || r.object(t)["code"] != "stopping" {
		t.Errorf("ready while stopping: %d %s", r.status, r.body)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	app, log := launch(t, testConfig(t))
	for sent, kept := range map[string]bool{
		"abc-123_X.y": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "a b": false, "a\"b": false, "ä": false, "<script>": false,
	} {
		r := get(t, app.URL()+"/scim/v2/con1/Users", "X-Request-Id", sent)
		got := r.header.Get("X-Request-Id")
		if (got == sent) != kept || !saneRequestID(got) {
			t.Errorf("sent %q, got %q", sent, got)
		}
		if detail, _ := r.object(t)["detail"].(string); !strings.Contains(detail, got) {
			t.Errorf("the refusal does not name request %s: %s", got, detail)
		}
		if !strings.Contains(log.String(), `"request_id":"`+got+`"`) {
			t.Errorf("the log does not name request %s", got)
		}
	}
}

// TestLogHasNoSecrets: neither tokens nor people end up in the process log.
func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	app, log := launch(t, testConfig(t))
	c := (&server{app: app}).connection(t, "okta")
	c.createUser(t, "noor@example.com")
	c.want(t, 200, "GET", "/Users?filter=userName%20eq%20%22noor%40example.com%22", "")
	c.want(t, 400, "POST", "/Users", `{"userName":"noor@example.com","active":"perhaps"}`)
	c.want(t, 409, "POST", "/Users", user("noor@example.com"))
	for _, secret := range []string{c.token, c.token[11:], "noor", "Haddad", "Bearer", "filter"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q in it", secret)
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var last map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatal(err)
	}
	if last["method"] != "POST" || last["status"] != 409.0 || !strings.HasSuffix(last["path"].(string), "/Users") || last["address"] != "127.0.0.1" {
		t.Errorf("the line of a request: %v", last)
	}
}

func TestChangesHoldAtOnce(t *testing.T) {
	t.Parallel()
	app, _ := launch(t, testConfig(t))
	s := &server{app: app}
	tenant := s.tenant(t, "Acme")
	c := s.connectionOf(t, tenant, "okta")
	id, err := tenants.ParseConnectionID(c.base[strings.LastIndex(c.base, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := app.Tenants().ListTokens(t.Context(), id, tenants.TokenID{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	c.want(t, 200, "GET", "/Users", "")
	for _, step := range []struct {
		name   string
		do     func() error
		status int
	}{
		{"pause", func() error { return last(app.Tenants().PauseConnection(t.Context(), id)) }, 503},
		{"resume", func() error { return last(app.Tenants().ResumeConnection(t.Context(), id)) }, 200},
		{"suspend", func() error { return last(app.Tenants().SuspendTenant(t.Context(), tenant)) }, 403},
		{"resume tenant", func() error { return last(app.Tenants().ResumeTenant(t.Context(), tenant)) }, 200},
		{"revoke", func() error { return app.Tenants().RevokeToken(t.Context(), tokens[0].ID, tokens[0].Name) }, 401},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		r := c.send(t, "GET", "/Users", "")
		if r.status != step.status {
			t.Errorf("after %s: status %d, want %d", step.name, r.status, step.status)
		}
		if retry := r.header.Get("Retry-After"); (retry == "300") != (step.status == 503) {
			t.Errorf("after %s: Retry-After %q", step.name, retry)
		}
	}
}

// last is the error of a change.
func last[T any](_ T, err error) error { return err }

func TestRateLimit(t *testing.T) {
	t.Parallel()
	config := testConfig(t)
	config.SCIMRate, config.SCIMBurst = 1, 3
	app, _ := launch(t, config)
	s := &server{app: app}
	busy, other := s.connection(t, "okta"), s.connection(t, "okta")
	limited := 0
	for range 10 {
		if r := busy.send(t, "GET", "/Users", ""); r.status == http.StatusTooManyRequests {
			limited++
			r.refusal(t, 429)
			if r.header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
		}
	}
	if limited == 0 {
		t.Error("ten requests at once passed a burst of three")
	}
	other.want(t, 200, "GET", "/Users", "")
}

func TestPanicsAreAnswered(t *testing.T) {
	t.Parallel()
	app, log := launch(t, testConfig(t))
	engine := gin.New()
	engine.Use(requestID, app.observe, app.recover)
	engine.NoRoute(func(*gin.Context) { panic("boom: secret details") })
	for path, kind := range map[string]string{"/scim/v2/con1/Users": "application/scim+json", "/portal": "application/problem+json"} {
		w := httptest.NewRecorder()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		engine.ServeHTTP(w, request)
		if w.Code != 500 || w.Header().Get("Content-Type") != kind || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("%s: %d %s %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), w.Header().Get("X-Request-Id")) {
			t.Errorf("%s: the log does not tell what happened", path)
		}
	}
}
