package authz

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const vendorIssuer = "https://app.example.com"

// keyPairs are made once: an RSA key takes its time.
type keyPairs struct {
	rsa, otherRSA *rsa.PrivateKey
	p256, p384    *ecdsa.PrivateKey
	ed            ed25519.PrivateKey
}

var pairs = sync.OnceValue(func() (k keyPairs) {
	var errs [5]error
	k.rsa, errs[0] = rsa.GenerateKey(rand.Reader, 2048)
	k.otherRSA, errs[1] = rsa.GenerateKey(rand.Reader, 2048)
	k.p256, errs[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.p384, errs[3] = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	_, k.ed, errs[4] = ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(errs[:]...); err != nil {
		panic(err)
	}
	return k
})

func pemOf(tb testing.TB, key crypto.PublicKey) string {
	tb.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func vendor(pems ...string) Issuer {
	return Issuer{Issuer: vendorIssuer, Audience: publicURL, PEM: pems}
}

func newVerifier(t *testing.T, issuer Issuer) *SubjectVerifier {
	t.Helper()
	v, err := NewSubjectVerifier(issuer, FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v.now = func() time.Time { return noon }
	return v
}

// signed is a subject token with some claims and header changed; nil removes one.
func signed(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	all := jwt.MapClaims{
		"iss": vendorIssuer, "aud": publicURL, "sub": "user-1", "jti": "one", "iat": noon.Unix(),
		"exp": noon.Add(time.Minute).Unix(), "email": "jo@example.com", "name": "Jo", "tenant": acme,
	}
	token := jwt.NewWithClaims(method, all)
	edit(all, claims)
	edit(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSubjectTokens(t *testing.T) {
	t.Parallel()
	k := pairs()
	v := newVerifier(t, vendor(pemOf(t, k.rsa.Public()), pemOf(t, k.p256.Public()), pemOf(t, k.p384.Public()), pemOf(t, k.ed.Public())))
	for _, c := range []struct {
		method jwt.SigningMethod
		key    crypto.Signer
	}{
		{jwt.SigningMethodRS256, k.rsa}, {jwt.SigningMethodRS384, k.rsa}, {jwt.SigningMethodRS512, k.rsa}, {jwt.SigningMethodPS256, k.rsa},
		{jwt.SigningMethodES256, k.p256}, {jwt.SigningMethodES384, k.p384}, {jwt.SigningMethodEdDSA, k.ed},
	} {
		id, err := thumbprint(c.key.Public())
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []map[string]any{nil, {"kid": id}} {
			text := signed(t, c.method, c.key, header, map[string]any{"aud": []string{"other", publicURL}})
			got, err := v.Verify(t.Context(), text)
			if err != nil || got.Subject != "user-1" || got.ID != "one" || got.Issuer != vendorIssuer || got.Email != "jo@example.com" ||
				got.Name != "Jo" || got.Claims["tenant"] != acme || !got.IssuedAt.Equal(noon) || !got.AcceptedUntil.Equal(noon.Add(2*time.Minute)) {
				t.Errorf("%s with %v: %+v, %v", c.method.Alg(), header, got, err)
			}
			if issuer, err := UnverifiedIssuer(text); err != nil || issuer != vendorIssuer {
				t.Errorf("it is of %q, %v", issuer, err)
			}
		}
	}
	for name, claims := range map[string]map[string]any{
		"ten minutes":         {"exp": noon.Add(10 * time.Minute).Unix()},
		"a clock ahead":       {"iat": noon.Add(50 * time.Second).Unix(), "nbf": noon.Add(50 * time.Second).Unix()},
		"just expired":        {"iat": noon.Add(-time.Minute).Unix(), "exp": noon.Add(-50 * time.Second).Unix()},
		"parts of a second":   {"iat": float64(noon.Unix()) + 0.5},
		"no name, no address": {"name": nil, "email": nil},
	} {
		if _, err := v.Verify(t.Context(), signed(t, jwt.SigningMethodEdDSA, k.ed, nil, claims)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSubjectAttacks: none of these gets a session, whatever key of the issuer's
// is registered.
func TestSubjectAttacks(t *testing.T) {
	t.Parallel()
	k := pairs()
	rsaPEM := pemOf(t, k.rsa.Public())
	v := newVerifier(t, vendor(rsaPEM, pemOf(t, k.p256.Public()), pemOf(t, k.ed.Public())))
	rs := func(header, claims map[string]any) string {
		return signed(t, jwt.SigningMethodRS256, k.rsa, header, claims)
	}
	hs := func(secret []byte, header map[string]any) string {
		return signed(t, jwt.SigningMethodHS256, secret, header, nil)
	}
	rsaDER, _ := pem.Decode([]byte(rsaPEM))
	rsaID, err := thumbprint(k.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	edID, err := thumbprint(k.ed.Public())
	if err != nil {
		t.Fatal(err)
	}
	foreignJWK := map[string]any{"kty": "RSA", "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(k.otherRSA.N.Bytes())}
	with := func(header map[string]any) string { return signed(t, jwt.SigningMethodRS256, k.otherRSA, header, nil) }
	for name, text := range map[string]string{
		"nothing":                     "",
		"noise":                       "a.b.c",
		"alg none":                    signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil),
		"alg None":                    unsigned(t, rs(map[string]any{"alg": "None"}, nil)),
		"no alg":                      rs(map[string]any{"alg": nil}, nil),
		"HMAC with the PEM":           hs([]byte(rsaPEM), nil),
		"HMAC with the trimmed PEM":   hs([]byte(strings.TrimSpace(rsaPEM)), nil),
		"HMAC with the DER":           hs(rsaDER.Bytes, map[string]any{"kid": rsaID}),
		"HMAC with the modulus":       hs(k.rsa.N.Bytes(), nil),
		"HMAC with the Ed25519 key":   hs(k.ed.Public().(ed25519.PublicKey), map[string]any{"kid": edID}),
		"HMAC with nothing":           hs(nil, nil),
		"another algorithm's name":    rs(map[string]any{"alg": "RS384"}, nil),
		"a key of another type":       rs(map[string]any{"kid": edID}, nil),
		"a curve that does not fit":   signed(t, jwt.SigningMethodES384, k.p384, nil, nil),
		"the key of another issuer":   signed(t, jwt.SigningMethodRS256, k.otherRSA, nil, nil),
		"under the name of ours":      with(map[string]any{"kid": rsaID}),
		"a foreign kid":               rs(map[string]any{"kid": "elsewhere"}, nil),
		"an empty kid":                rs(map[string]any{"kid": ""}, nil),
		"a kid that is a path":        rs(map[string]any{"kid": "../../dev/null"}, nil),
		"a kid that is a number":      rs(map[string]any{"kid": 1}, nil),
		"an embedded jwk":             with(map[string]any{"jwk": foreignJWK}),
		"a jku":                       with(map[string]any{"jku": "https://evil.example.com/keys"}),
		"an x5u":                      with(map[string]any{"x5u": "https://evil.example.com/cert"}),
		"an x5c":                      with(map[string]any{"x5c": []string{"MIIB"}}),
		"a critical extension":        rs(map[string]any{"crit": []string{"b64"}, "b64": false}, nil),
		"an empty crit":               rs(map[string]any{"crit": []string{}}, nil),
		"another audience":            rs(nil, map[string]any{"aud": "https://other.example.com"}),
		"a part of the audience":      rs(nil, map[string]any{"aud": publicURL + "/"}),
		"no audience":                 rs(nil, map[string]any{"aud": nil}),
		"an empty audience":           rs(nil, map[string]any{"aud": []string{}}),
		"another issuer":              rs(nil, map[string]any{"iss": "https://other.example.com"}),
		"an issuer with a slash":      rs(nil, map[string]any{"iss": vendorIssuer + "/"}),
		"no issuer":                   rs(nil, map[string]any{"iss": nil}),
		"a list of issuers":           rs(nil, map[string]any{"iss": []string{vendorIssuer}}),
		"expired":                     rs(nil, map[string]any{"iat": noon.Add(-5 * time.Minute).Unix(), "exp": noon.Add(-2 * time.Minute).Unix()}),
		"of the future":               rs(nil, map[string]any{"iat": noon.Add(2 * time.Minute).Unix(), "exp": noon.Add(3 * time.Minute).Unix()}),
		"not before":                  rs(nil, map[string]any{"nbf": noon.Add(2 * time.Minute).Unix()}),
		"lives too long":              rs(nil, map[string]any{"exp": noon.Add(11 * time.Minute).Unix()}),
		"lives for ever":              rs(nil, map[string]any{"exp": 1e300}),
		"ends before it begins":       rs(nil, map[string]any{"iat": noon.Add(30 * time.Second).Unix(), "exp": noon.Unix()}),
		"no exp":                      rs(nil, map[string]any{"exp": nil}),
		"no iat":                      rs(nil, map[string]any{"iat": nil}),
		"exp as text":                 rs(nil, map[string]any{"exp": "4000000000"}),
		"exp of null":                 rs(nil, map[string]any{"exp": jwt.ClaimStrings(nil)}),
		"no jti":                      rs(nil, map[string]any{"jti": nil}),
		"an empty jti":                rs(nil, map[string]any{"jti": ""}),
		"a jti of numbers":            rs(nil, map[string]any{"jti": 1}),
		"a long jti":                  rs(nil, map[string]any{"jti": strings.Repeat("x", 257)}),
		"no sub":                      rs(nil, map[string]any{"sub": nil}),
		"an empty sub":                rs(nil, map[string]any{"sub": ""}),
		"a long sub":                  rs(nil, map[string]any{"sub": strings.Repeat("x", 257)}),
		"tampered claims":             tampered(t, rs(nil, nil), 1, "user-1", "user-2"),
		"tampered header":             tampered(t, rs(nil, nil), 0, "RS256", "RS512"),
		"tampered signature":          flipped(rs(nil, nil)),
		"no signature":                unsigned(t, rs(nil, nil)),
		"huge":                        rs(nil, map[string]any{"x": strings.Repeat("x", maxToken)}),
		"many claims":                 rs(nil, map[string]any{"x": manyNames()}),
		"a line break in the base64":  strings.Replace(rs(nil, nil), ".", ".\n", 1),
		"padded":                      rs(nil, nil) + "==",
		"a repeated claim":            repeated(t, k.rsa),
		"claims that are not UTF-8's": "e30.e30.e30",
	} {
		if got, err := v.Verify(t.Context(), text); !errors.Is(err, ErrSubjectToken) || got.Subject != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := v.Verify(t.Context(), rs(map[string]any{"jku": "https://evil.example.com", "jwk": foreignJWK}, nil)); err != nil {
		t.Errorf("what a header brings along is heeded: %v", err)
	}
}

func manyNames() map[string]int {
	names := map[string]int{}
	for i := range maxClaims {
		names[strconv.Itoa(i)] = i
	}
	return names
}

// repeated is a token, well signed, that names its subject twice.
func repeated(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	parts := strings.Split(signed(t, jwt.SigningMethodRS256, key, nil, nil), ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims = append(claims[:len(claims)-1], `,"sub":"user-2"}`...)
	text := parts[0] + "." + base64.RawURLEncoding.EncodeToString(claims)
	sig, err := jwt.SigningMethodRS256.Sign(text, key)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func TestIssuersThatAreRefused(t *testing.T) {
	t.Parallel()
	k := pairs()
	good := pemOf(t, k.p256.Public())
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p521, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k.p256)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSubjectVerifier(vendor(string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY",
		Bytes: x509.MarshalPKCS1PublicKey(&k.rsa.PublicKey)}))), FetchOptions{}); err != nil {
		t.Errorf("PKCS #1: %v", err)
	}
	for says, i := range map[string]Issuer{
		"issuer":                  {Audience: publicURL, PEM: []string{good}},
		"audience":                {Issuer: vendorIssuer, PEM: []string{good}},
		"either the URL":          {Issuer: vendorIssuer, Audience: publicURL},
		"not both":                {Issuer: vendorIssuer, Audience: publicURL, PEM: []string{good}, JWKSURL: "https://a.example.com"},
		"number 1: it is not PEM": vendor("key"),
		"2048 to 8192 bits":       vendor(pemOf(t, weak.Public())),
		"P-256 or P-384":          vendor(pemOf(t, p521.Public())),
		"private key":             vendor(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))),
		"number 2 is there twice": vendor(good, good),
		"behind the key":          vendor(good + good),
		"it is a certificate":     vendor(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: private}))),
		"cannot be read":          vendor(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: private}))),
		"at most 10":              vendor(make([]string, 11)...),
		"more than 8192 bytes":    vendor(strings.Repeat("x", 8193)),
	} {
		if _, err := NewSubjectVerifier(i, FetchOptions{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
	if _, err := UnverifiedIssuer("a.b"); !errors.Is(err, ErrSubjectToken) {
		t.Errorf("no token at all: %v", err)
	}
}
