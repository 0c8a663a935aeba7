package portal

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// entrance is the pages of links and sign-in on a server with TLS, and a client
// that does not follow redirects.
type entrance struct {
	t      *testing.T
	ctx    context.Context
	portal *Portal
	login  *login.Service
	db     *storage.DB
	store  *storage.Logins
	server *httptest.Server
	client *http.Client
	log    *logBuffer
	tenant tenants.TenantID
}

// logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func testLogger(l *logBuffer) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

var testKey = bytes.Repeat([]byte("k"), 32)

func openTestDB(t *testing.T) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "roster.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// newEntrance serves on a database of its own. staff, if set, is given the
// server's URL and says how staff sign in.
func newEntrance(t *testing.T, staff func(publicURL string) *OIDC) *entrance {
	t.Helper()
	db := openTestDB(t)
	engine := gin.New()
	server := httptest.NewUnstartedServer(engine)
	server.StartTLS()
	t.Cleanup(server.Close)
	e := &entrance{t: t, ctx: t.Context(), server: server, db: db, store: storage.NewLogins(db), log: &logBuffer{}}
	signer, err := authz.NewSessionSigner(testKey, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	decider, err := authz.NewDecider(storage.NewTenants(db))
	if err != nil {
		t.Fatal(err)
	}
	e.login = login.NewService(login.Parts{Store: e.store, Decider: decider, Signer: signer, PublicURL: server.URL})
	config := Config{
		PublicURL: server.URL, Key: testKey, Logger: testLogger(e.log), Limiter: anyRate{}, Login: e.login, Decider: decider,
		Tenants: tenants.NewService(storage.NewTenants(db), nil),
	}
	if config.Answers, err = login.NewAnswers(e.store, testKey); err != nil {
		t.Fatal(err)
	}
	if staff != nil {
		config.OIDC = staff(server.URL)
	}
	if e.portal, err = New(config); err != nil {
		t.Fatal(err)
	}
	engine.Use(func(c *gin.Context) { c.Header(HeaderRequestID, "req-7") })
	if err := e.portal.registerLogin(engine); err != nil {
		t.Fatal(err)
	}
	e.client = server.Client()
	e.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	acme, err := tenants.NewService(storage.NewTenants(db), nil).CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme <b>Ltd</b>"})
	if err != nil {
		t.Fatal(err)
	}
	e.tenant = acme.ID
	return e
}

// link makes a portal link and returns its address.
func (e *entrance) link(n login.NewLink) (*login.Link, string) {
	e.t.Helper()
	if n.Roles == nil {
		n.TenantID, n.Roles = e.tenant, []string{"admin"}
	}
	l, address, err := e.login.CreateLink(e.ctx, login.Command, n)
	if err != nil {
		e.t.Fatal(err)
	}
	return l, address
}

// answer is what a request came to.
type answer struct {
	*http.Response
	body string
}

func (e *entrance) do(method, address string, form url.Values, header ...string) answer {
	e.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(e.ctx, method, address, body)
	if err != nil {
		e.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	response, err := e.client.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return answer{response, string(text)}
}

func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// principal is whose session a cookie is.
func (e *entrance) principal(c *http.Cookie) (authz.Principal, error) {
	e.t.Helper()
	if c == nil {
		e.t.Fatal("there is no cookie")
	}
	return e.login.Authenticate(e.ctx, c.Value)
}

var (
	goOn    = url.Values{"action": {"continue"}}
	decline = url.Values{"action": {"decline"}}
)
