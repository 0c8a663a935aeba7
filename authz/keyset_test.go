package authz

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// keyServer serves a key set that tests change.
type keyServer struct {
	*httptest.Server
	answer atomic.Pointer[http.HandlerFunc]
	asked  atomic.Int64
}

func newKeyServer(t *testing.T, keys ...jose.JSONWebKey) *keyServer {
	t.Helper()
	s := &keyServer{}
	s.set(t, keys...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *keyServer) set(t *testing.T, keys ...jose.JSONWebKey) {
	t.Helper()
	data, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	s.do(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(data) })
}

func (s *keyServer) do(answer http.HandlerFunc) { s.answer.Store(&answer) }

func jwk(id string, key crypto.PublicKey) jose.JSONWebKey {
	return jose.JSONWebKey{KeyID: id, Key: key, Use: "sig"}
}

// ticker is a clock that tests move.
type ticker struct {
	mu sync.Mutex
	at time.Time
}

func (c *ticker) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *ticker) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// remoteVerifier fetches keys from a server of this machine; its clock is the
// test's.
func remoteVerifier(t *testing.T, s *keyServer) (*SubjectVerifier, *ticker) {
	t.Helper()
	v, err := NewSubjectVerifier(Issuer{Issuer: vendorIssuer, Audience: publicURL, JWKSURL: s.URL + "/keys"}, FetchOptions{AllowLoopback: true})
	if err != nil {
		t.Fatal(err)
	}
	c := &ticker{at: noon}
	v.now = c.now
	v.keys.(*remoteKeys).now = c.now
	return v, c
}

// of is a token that is fresh at some time, of a key with some id.
func of(t *testing.T, c *ticker, key *rsa.PrivateKey, id string) string {
	t.Helper()
	header := map[string]any{"kid": id}
	if id == "" {
		header = nil
	}
	now := c.now()
	return signed(t, jwt.SigningMethodRS256, key, header, map[string]any{"iat": now.Unix(), "exp": now.Add(time.Minute).Unix()})
}

func TestRemoteKeys(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t, jwk("one", k.rsa.Public()))
	v, c := remoteVerifier(t, s)
	check := func(what string, key *rsa.PrivateKey, id string, want error, asked int64) {
		t.Helper()
		_, err := v.Verify(t.Context(), of(t, c, key, id))
		if !errors.Is(err, want) || s.asked.Load() != asked {
			t.Errorf("%s: %v, asked %d times, want %v and %d", what, err, s.asked.Load(), want, asked)
		}
	}
	if s.asked.Load() != 0 {
		t.Error("asked before there was a token")
	}
	check("the first token", k.rsa, "one", nil, 1)
	check("the next", k.rsa, "one", nil, 1)
	check("without an id", k.rsa, "", nil, 1)
	s.set(t, jwk("one", k.rsa.Public()), jwk("two", k.otherRSA.Public()))
	check("a new id just after", k.otherRSA, "two", ErrSubjectToken, 1)
	c.advance(keySetPause)
	check("a new id later", k.otherRSA, "two", nil, 2)
	check("an id that is nowhere", k.otherRSA, "three", ErrSubjectToken, 2)
	check("under the name of another key", k.otherRSA, "one", ErrSubjectToken, 2)
	c.advance(keySetPause)
	check("an id that is still nowhere", k.otherRSA, "three", ErrSubjectToken, 3)
	s.set(t, jwk("two", k.otherRSA.Public()))
	check("a key that was withdrawn, while remembered", k.rsa, "one", nil, 3)
	c.advance(keySetLifetime)
	check("a key that was withdrawn", k.rsa, "one", ErrSubjectToken, 4)
	check("the one that is left", k.otherRSA, "two", nil, 4)
	s.do(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	c.advance(keySetLifetime)
	check("the keys are too old and the server fails", k.otherRSA, "two", ErrIssuerKeys, 5)
	check("it is not asked again at once", k.otherRSA, "two", ErrIssuerKeys, 5)
	s.set(t, jwk("two", k.otherRSA.Public()))
	c.advance(keySetRetry)
	check("it works again", k.otherRSA, "two", nil, 6)
}

// TestKeysAreForOneAlgorithm: what a key set says a key is for counts.
func TestKeysAreForOneAlgorithm(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t, jose.JSONWebKey{KeyID: "one", Key: k.rsa.Public(), Algorithm: "PS256"})
	v, _ := remoteVerifier(t, s)
	for _, c := range []struct {
		method jwt.SigningMethod
		want   error
	}{{jwt.SigningMethodPS256, nil}, {jwt.SigningMethodRS256, ErrSubjectToken}, {jwt.SigningMethodPS384, ErrSubjectToken}} {
		if _, err := v.Verify(t.Context(), signed(t, c.method, k.rsa, map[string]any{"kid": "one"}, nil)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.method.Alg(), err)
		}
	}
}

// TestTokensOfOthersFetchNothing: nobody can have Roster call an issuer by a
// token that cannot be the issuer's.
func TestTokensOfOthersFetchNothing(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t, jwk("one", k.rsa.Public()))
	v, _ := remoteVerifier(t, s)
	for name, text := range map[string]string{
		"noise":          "a.b.c",
		"another issuer": signed(t, jwt.SigningMethodRS256, k.rsa, nil, map[string]any{"iss": "https://other.example.com"}),
		"HMAC":           signed(t, jwt.SigningMethodHS256, []byte("x"), nil, nil),
	} {
		if _, err := v.Verify(t.Context(), text); !errors.Is(err, ErrSubjectToken) || s.asked.Load() != 0 {
			t.Errorf("%s: %v, asked %d times", name, err, s.asked.Load())
		}
	}
}

func TestManyTokensFetchOnce(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t, jwk("one", k.rsa.Public()))
	v, c := remoteVerifier(t, s)
	text := of(t, c, k.rsa, "one")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := v.Verify(t.Context(), text); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestFetchOutlivesItsCaller: who gives up does not leave the issuer without keys.
func TestFetchOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t, jwk("one", k.rsa.Public()))
	v, c := remoteVerifier(t, s)
	text := of(t, c, k.rsa, "one")
	served := *s.answer.Load()
	ctx, cancel := context.WithCancel(t.Context())
	s.do(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		served(w, r)
	})
	_, _ = v.Verify(ctx, text) // whether it still answers is open
	if _, err := v.Verify(t.Context(), text); err != nil || s.asked.Load() != 1 {
		t.Errorf("%v, asked %d times", err, s.asked.Load())
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	turn := v.keys.(*remoteKeys).turn
	turn <- struct{}{}
	if _, err := v.Verify(gone, text); !errors.Is(err, ErrIssuerKeys) || !errors.Is(err, context.Canceled) {
		t.Errorf("waiting in vain: %v", err)
	}
	<-turn
}

func TestKeySetsThatAreNone(t *testing.T) {
	t.Parallel()
	k := pairs()
	s := newKeyServer(t)
	v, c := remoteVerifier(t, s)
	text := of(t, c, k.rsa, "one")
	good, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{jwk("one", k.rsa.Public())}})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := newKeyServer(t, jwk("one", k.rsa.Public()))
	for name, answer := range map[string]http.HandlerFunc{
		"not found": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusNotFound) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		},
		"a redirect with the keys": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusMovedPermanently)
			_, _ = w.Write(good)
		},
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("keys")) },
		"no keys": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) },
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(append(good, bytes.Repeat([]byte(" "), maxKeySet)...))
		},
		"too many": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Replace(string(good), `[`, `[`+strings.Repeat(`{},`, maxKeys), 1)))
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(good)
		},
	} {
		s.do(answer)
		c.advance(keySetRetry)
		if _, err := v.Verify(t.Context(), text); !errors.Is(err, ErrIssuerKeys) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if elsewhere.asked.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// TestKeysThatAreNotUsed: what cannot verify a token is passed over, and the
// others count.
func TestKeysThatAreNotUsed(t *testing.T) {
	t.Parallel()
	k := pairs()
	weak := jwk("small", &rsa.PublicKey{N: k.rsa.N, E: 2})
	set := []jose.JSONWebKey{
		{KeyID: "secret", Key: []byte("a secret that everybody can read"), Algorithm: "HS256"},
		{KeyID: "private", Key: k.rsa},
		{KeyID: "encryption", Key: k.rsa.Public(), Use: "enc"},
		weak,
		{KeyID: "pss", Key: k.rsa.Public(), Algorithm: "PS256"},
		jwk("good", k.rsa.Public()),
	}
	data, err := json.Marshal(jose.JSONWebKeySet{Keys: set})
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), `"keys":[`, `"keys":[{"kty":"PQC","kid":"new"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},7,`, 1))
	keys, err := readKeySet(data)
	var ids []string
	for _, key := range keys {
		ids = append(ids, key.id)
	}
	if err != nil || strings.Join(ids, " ") != "pss good" {
		t.Fatalf("read %v, %v", ids, err)
	}
	if keys[0].fits("RS256") || !keys[0].fits("PS256") || !keys[1].fits("RS256") || keys[1].fits("HS256") || keys[1].fits("ES256") || keys[1].fits("none") {
		t.Error("a key fits what it is not for")
	}
}
