package portal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// anyRate lets every request through.
type anyRate struct{}

func (anyRate) Allow(string) (time.Duration, bool) { return 0, true }

// counter is the whole API on a database of its own, with what ways in need.
type counter struct {
	t      *testing.T
	engine *gin.Engine
	login  *login.Service
	tenant tenants.TenantID
	key    string // of an API key that may do everything
	log    *logBuffer
}

const counterURL = "https://roster.example.com"

func newCounter(t *testing.T) *counter {
	t.Helper()
	db := openTestDB(t)
	store := storage.NewLogins(db)
	signer, err := authz.NewSessionSigner(testKey, counterURL)
	if err != nil {
		t.Fatal(err)
	}
	decider, err := authz.NewDecider(storage.NewTenants(db))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := login.NewAnswers(store, testKey)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{t: t, engine: gin.New(), log: &logBuffer{}}
	c.login = login.NewService(login.Parts{Store: store, Decider: decider, Signer: signer, PublicURL: counterURL})
	service := tenants.NewService(storage.NewTenants(db), nil)
	portal, err := New(Config{
		PublicURL: counterURL, Key: testKey, Logger: testLogger(c.log), Limiter: anyRate{}, Tenants: service,
		Login: c.login, Decider: decider, Answers: answers,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := portal.Register(c.engine); err != nil {
		t.Fatal(err)
	}
	acme, err := service.CreateTenant(t.Context(), tenants.NewTenant{Name: "Acme", ExternalID: "crm-1"})
	if err != nil {
		t.Fatal(err)
	}
	c.tenant = acme.ID
	_, secret, err := c.login.CreateKey(t.Context(), login.Command, login.NewKey{Name: "Back end", Permissions: authz.AllPermissions})
	if err != nil {
		t.Fatal(err)
	}
	c.key = secret.Reveal()
	return c
}

// call sends JSON with a credential and reads the answer into v, if there is one.
func (c *counter) call(method, path, credential string, body, v any, header ...string) int {
	c.t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			c.t.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, &sent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if credential != "" {
		r.Header.Set("Authorization", "Bearer "+credential)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.engine.ServeHTTP(w, r)
	if v != nil {
		if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
			c.t.Errorf("%s %s: %d %s: %v", method, path, w.Code, w.Body, err)
		}
	}
	return w.Code
}

func (c *counter) exchange(form url.Values, header ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/api/v1/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.engine.ServeHTTP(w, r)
	return w
}

// vendor signs tokens for its customers.
type vendor struct {
	t   *testing.T
	key ed25519.PrivateKey
	pem string
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return &vendor{t, private, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}
}

func (v *vendor) form(changes jwt.MapClaims) url.Values {
	v.t.Helper()
	at := time.Now()
	claims := jwt.MapClaims{
		"iss": "https://app.example.com", "aud": counterURL, "sub": "u1", "jti": tenants.NewSecret("rstrjti").Reveal(),
		"iat": at.Unix(), "exp": at.Add(time.Minute).Unix(), "tenant": "crm-1", "roles": []string{"viewer"}, "name": "Jane Doe",
	}
	maps.Copy(claims, changes)
	text, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(v.key)
	if err != nil {
		v.t.Fatal(err)
	}
	return url.Values{"grant_type": {login.GrantTokenExchange}, "subject_token_type": {login.TypeJWT}, "subject_token": {text}}
}

func (c *counter) trust(v *vendor) {
	c.t.Helper()
	body := map[string]any{"name": "App", "issuer": "https://app.example.com", "pem": []string{v.pem}}
	if status := c.call("POST", "/api/v1/issuers", c.key, body, nil); status != http.StatusCreated {
		c.t.Fatalf("create issuer: %d", status)
	}
}

func TestTokenExchangeOverHTTP(t *testing.T) {
	t.Parallel()
	c, v := newCounter(t), newVendor(t)
	c.trust(v)
	form := v.form(nil)
	w := c.exchange(form)
	var answer struct {
		AccessToken     string `json:"access_token"`
		IssuedTokenType string `json:"issued_token_type"`
		TokenType       string `json:"token_type"`
		ExpiresIn       int    `json:"expires_in"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	if answer.IssuedTokenType != login.TypeAccessToken || answer.TokenType != "Bearer" || answer.ExpiresIn != 6*3600 ||
		w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Pragma") != "no-cache" {
		t.Errorf("%+v %v", answer, w.Header())
	}
	var session struct {
		Kind   string
		Name   string
		Tenant struct{ ID, Name string }
		Roles  []string
	}
	if status := c.call("GET", "/api/v1/session", answer.AccessToken, nil, &session); status != http.StatusOK ||
		session.Kind != "portal" || session.Name != "Jane Doe" || session.Tenant.Name != "Acme" || session.Roles[0] != "viewer" {
		t.Errorf("the session: %d %+v", status, session)
	}
	refusedWith(t, "a replay", c.exchange(form), "invalid_request", "used before")
	if strings.Contains(c.log.String(), form.Get("subject_token")) || strings.Contains(c.log.String(), answer.AccessToken) {
		t.Error("a token is in the log")
	}
}

func refusedWith(t *testing.T, name string, w *httptest.ResponseRecorder, code, says string) {
	t.Helper()
	var refusal struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	err := json.Unmarshal(w.Body.Bytes(), &refusal)
	if err != nil || w.Code != http.StatusBadRequest || refusal.Error != code || !strings.Contains(refusal.Description, says) ||
		w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%s: %d %s %v", name, w.Code, w.Body, w.Header())
	}
}

func TestTokenExchangeRefusesAsOAuthDoes(t *testing.T) {
	t.Parallel()
	c, v := newCounter(t), newVendor(t)
	c.trust(v)
	with := func(do func(url.Values)) url.Values {
		form := v.form(nil)
		do(form)
		return form
	}
	for name, x := range map[string]struct {
		form url.Values
		code string
		says string
	}{
		"nothing":                 {url.Values{}, "invalid_request", "grant_type"},
		"another grant":           {with(func(f url.Values) { f.Set("grant_type", "client_credentials") }), "unsupported_grant_type", "grant_type"},
		"another type":            {with(func(f url.Values) { f.Set("subject_token_type", "x") }), "invalid_request", "subject_token_type"},
		"an actor":                {with(func(f url.Values) { f.Set("actor_token", "x") }), "invalid_request", "actor_token"},
		"twice":                   {with(func(f url.Values) { f.Add("grant_type", login.GrantTokenExchange) }), "invalid_request", "twice"},
		"elsewhere":               {with(func(f url.Values) { f["resource"] = []string{counterURL, "https://x.example.com"} }), "invalid_target", "resource"},
		"another audience":        {with(func(f url.Values) { f.Set("audience", "https://x.example.com") }), "invalid_target", "resource"},
		"a role that it has not":  {with(func(f url.Values) { f.Set("scope", "viewer admin") }), "invalid_scope", "scope"},
		"staff":                   {v.form(jwt.MapClaims{"roles": []string{"owner"}}), "invalid_request", "roles"},
		"nobody's":                {newVendor(t).form(nil), "invalid_request", "subject_token"},
		"too large":               {with(func(f url.Values) { f.Set("x", strings.Repeat("x", maxExchange)) }), "invalid_request", "too large"},
		"unknown ones are passed": {with(func(f url.Values) { f.Set("x", "y"); f.Set("subject_token", "") }), "invalid_request", "missing"},
	} {
		refusedWith(t, name, c.exchange(x.form), x.code, x.says)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/token?"+v.form(nil).Encode(), nil)
	w := httptest.NewRecorder()
	c.engine.ServeHTTP(w, r)
	refusedWith(t, "in the address", w, "invalid_request", "x-www-form-urlencoded")
	refusedWith(t, "as JSON", c.exchange(v.form(nil), "Content-Type", "application/json"), "invalid_request", "x-www-form-urlencoded")
	if w := c.exchange(with(func(f url.Values) { f["resource"] = []string{counterURL}; f.Set("scope", "viewer") })); w.Code != http.StatusOK {
		t.Errorf("all is well: %d %s", w.Code, w.Body)
	}
}

func TestAHundredExchangesOverHTTP(t *testing.T) {
	t.Parallel()
	c, v := newCounter(t), newVendor(t)
	c.trust(v)
	form := v.form(nil)
	var mu sync.Mutex
	codes := map[int]int{}
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			w := c.exchange(form)
			mu.Lock()
			defer mu.Unlock()
			codes[w.Code]++
		})
	}
	wg.Wait()
	if codes[http.StatusOK] != 1 || codes[http.StatusBadRequest] != 99 {
		t.Errorf("answers by status: %v", codes)
	}
	list, err := c.login.ListSessions(context.WithoutCancel(t.Context()), c.tenant, tenants.SessionID{}, 10)
	if err != nil || len(list) != 1 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}
