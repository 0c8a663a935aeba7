package portal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/roster-scim/roster/tenants/login"
)

// provider is a small OpenID provider: it gives everybody who comes a code, once,
// and for the code an identity token that a test may spoil.
type provider struct {
	t      *testing.T
	server *httptest.Server
	key    *ecdsa.PrivateKey

	mu     sync.Mutex
	codes  map[string]url.Values // what was asked for, by code
	claims jwt.MapClaims         // on top of good ones; nil takes one out
	signer *ecdsa.PrivateKey     // in place of key
	down   bool
}

const (
	providerClient = "roster"
	providerSecret = "s3cr&t=+"
)

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// change sets what a test wants different.
func (p *provider) change(do func(p *provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do(p)
}

// config is what Roster is told of the provider.
func (p *provider) config(string) *OIDC {
	return &OIDC{
		Issuer: p.server.URL, ClientID: providerClient, ClientSecret: providerSecret, Scopes: []string{"email", "groups"},
		Rules:     []login.ClaimRule{{Claim: "groups", Value: "roster-admins", Role: "owner"}, {Claim: "groups", Value: "help:desk", Role: "support"}},
		Transport: p.server.Client().Transport,
	}
}

func (p *provider) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.t.Error(err)
	}
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.answer(w, http.StatusOK, map[string]any{
		"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/token",
		"jwks_uri": p.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	point, err := p.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		p.t.Error(err)
		return
	}
	encode := base64.RawURLEncoding.EncodeToString
	p.answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": encode(point[1:33]), "y": encode(point[33:]),
	}}})
}

func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != providerClient || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		q.Get("scope") != "openid email groups" || len(q.Get("state")) < 32 || len(q.Get("nonce")) < 32 {
		p.t.Errorf("authorize: %v", q)
	}
	code := "code-" + q.Get("state")[:8]
	p.codes[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.server.URL}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

// token takes each code once, and only with what belongs to it.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	asked, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	digest := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if !ok || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(digest[:]) ||
		asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") || id != providerClient || secret != providerSecret {
		p.answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	p.answer(w, http.StatusOK, map[string]any{
		"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": p.identity(asked.Get("nonce")),
	})
}

func (p *provider) identity(nonce string) string {
	at := time.Now()
	claims := jwt.MapClaims{
		"iss": p.server.URL, "aud": providerClient, "sub": "u-17", "nonce": nonce, "iat": at.Unix(), "exp": at.Add(5 * time.Minute).Unix(),
		"name": "Sam Support", "email": "sam@vendor.example", "groups": []string{"everybody", "help:desk"},
	}
	maps.Copy(claims, p.claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = "k1"
	key := p.key
	if p.signer != nil {
		key = p.signer
	}
	text, err := token.SignedString(key)
	if err != nil {
		p.t.Error(err)
	}
	return text
}
