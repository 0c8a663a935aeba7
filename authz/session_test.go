package authz

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

const publicURL = "https://roster.example.com"

// noon is the time at which tokens are verified in these tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newSigner(t *testing.T, key byte, issuer string) *SessionSigner {
	t.Helper()
	s, err := NewSessionSigner(bytes.Repeat([]byte{key}, masterKeySize), issuer)
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return noon }
	return s
}

var sessionOfAcme = SessionClaims{
	SessionID: "ses01m81c6t0yejq8r4va74g2a8pm", TenantID: acme,
	IssuedAt: noon.Add(-time.Hour), ExpiresAt: noon.Add(5 * time.Hour),
}

func TestSessionTokens(t *testing.T) {
	t.Parallel()
	s := newSigner(t, 1, publicURL)
	ofStaff := sessionOfAcme
	ofStaff.TenantID = ""
	for _, c := range []SessionClaims{sessionOfAcme, ofStaff} {
		text, err := s.Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := newSigner(t, 1, publicURL).Verify(text) // another replica
		if err != nil || got != c {
			t.Errorf("%+v, %v, want %+v", got, err, c)
		}
	}
	for name, c := range map[string]SessionClaims{
		"without a session":   {ExpiresAt: noon, IssuedAt: noon.Add(-1)},
		"without an end":      {SessionID: "ses01", IssuedAt: noon},
		"an end that is past": {SessionID: "ses01", IssuedAt: noon, ExpiresAt: noon},
	} {
		if text, err := s.Sign(c); err == nil {
			t.Errorf("%s: signed %s", name, text)
		}
	}
	for name, attempt := range map[string]func() (*SessionSigner, error){
		"a short key": func() (*SessionSigner, error) { return NewSessionSigner(make([]byte, 31), publicURL) },
		"no issuer":   func() (*SessionSigner, error) { return NewSessionSigner(make([]byte, 32), "") },
	} {
		if _, err := attempt(); err == nil {
			t.Errorf("%s makes a signer", name)
		}
	}
}

// forged is a session token with other claims, header or key than Sign would
// use; nil removes a name.
func forged(t *testing.T, s *SessionSigner, header, claims map[string]any) string {
	t.Helper()
	all := jwt.MapClaims{
		"iss": s.issuer, "aud": sessionAudience, "sid": "ses01", "tenant": acme,
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, all)
	token.Header["kid"], token.Header["typ"] = s.keyID, sessionType
	edit(all, claims)
	edit(token.Header, header)
	text, err := token.SignedString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// hmac512 is a token that is well signed with the key, but not the way that Sign
// does it.
func hmac512(t *testing.T, s *SessionSigner) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": s.issuer, "aud": sessionAudience, "sid": "ses01",
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS512, claims)
	token.Header["kid"], token.Header["typ"] = s.keyID, sessionType
	text, err := token.SignedString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func edit(to, changes map[string]any) {
	for name, value := range changes {
		if to[name] = value; value == nil {
			delete(to, name)
		}
	}
}

func TestSessionAttacks(t *testing.T) {
	t.Parallel()
	s := newSigner(t, 1, publicURL)
	if _, err := s.Verify(forged(t, s, nil, nil)); err != nil {
		t.Fatalf("the model of all others is refused: %v", err)
	}
	for name, text := range map[string]string{
		"nothing":               "",
		"noise":                 "a.b.c",
		"another master key":    forged(t, newSigner(t, 2, publicURL), nil, nil),
		"another installation":  forged(t, newSigner(t, 1, "https://other.example.com"), nil, nil),
		"another audience":      forged(t, s, nil, map[string]any{"aud": "roster"}),
		"no audience":           forged(t, s, nil, map[string]any{"aud": nil}),
		"no issuer":             forged(t, s, nil, map[string]any{"iss": nil}),
		"no session":            forged(t, s, nil, map[string]any{"sid": nil}),
		"an empty session":      forged(t, s, nil, map[string]any{"sid": ""}),
		"a session of numbers":  forged(t, s, nil, map[string]any{"sid": 1}),
		"a tenant of numbers":   forged(t, s, nil, map[string]any{"tenant": 1}),
		"expired":               forged(t, s, nil, map[string]any{"exp": noon.Add(-time.Minute).Unix()}),
		"no expiry":             forged(t, s, nil, map[string]any{"exp": nil}),
		"not yet":               forged(t, s, nil, map[string]any{"nbf": noon.Add(time.Minute).Unix()}),
		"no beginning":          forged(t, s, nil, map[string]any{"nbf": nil}),
		"issued in the future":  forged(t, s, nil, map[string]any{"iat": noon.Add(time.Minute).Unix()}),
		"no issue":              forged(t, s, nil, map[string]any{"iat": nil}),
		"a foreign kid":         forged(t, s, map[string]any{"kid": "0011223344556677"}, nil),
		"no kid":                forged(t, s, map[string]any{"kid": nil}, nil),
		"another type":          forged(t, s, map[string]any{"typ": "JWT"}, nil),
		"a critical extension":  forged(t, s, map[string]any{"crit": []string{"exp"}}, nil),
		"alg none":              unsigned(t, forged(t, s, map[string]any{"alg": "none"}, nil)),
		"alg none with its sig": forged(t, s, map[string]any{"alg": "none"}, nil),
		"another HMAC":          hmac512(t, s),
		"its name alone":        forged(t, s, map[string]any{"alg": "HS512"}, nil),
		"tampered claims":       tampered(t, forged(t, s, nil, nil), 1, acme, globex),
		"tampered header":       tampered(t, forged(t, s, nil, nil), 0, sessionType, sessionType+" "),
		"tampered signature":    flipped(forged(t, s, nil, nil)),
		"no signature":          unsigned(t, forged(t, s, nil, nil)),
		"padded":                forged(t, s, nil, nil) + "=",
		"four parts":            forged(t, s, nil, nil) + ".e30",
		"huge":                  forged(t, s, nil, map[string]any{"x": strings.Repeat("x", maxToken)}),
	} {
		if got, err := s.Verify(text); !errors.Is(err, ErrSession) || got != (SessionClaims{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestSessionKeysAreForOnePurpose: what is signed with the master key itself, or
// with the key's id, is not a session.
func TestSessionKeysAreForOnePurpose(t *testing.T) {
	t.Parallel()
	s := newSigner(t, 1, publicURL)
	master := *s
	master.key = bytes.Repeat([]byte{1}, masterKeySize)
	if _, err := s.Verify(forged(t, &master, nil, nil)); !errors.Is(err, ErrSession) {
		t.Errorf("the master key signs sessions: %v", err)
	}
	if bytes.Contains(s.key, []byte(s.keyID)) || len(s.keyID) != 16 {
		t.Errorf("kid %q", s.keyID)
	}
}

// TestRepeatedNames: two readers of such a token could see different claims, so
// it counts for none, however well it is signed.
func TestRepeatedNames(t *testing.T) {
	t.Parallel()
	s := newSigner(t, 1, publicURL)
	header, _, _ := strings.Cut(forged(t, s, nil, nil), ".")
	model := `{"iss":"` + publicURL + `","aud":"` + sessionAudience + `","sid":"ses01","iat":` + unix(noon) + `,"nbf":` + unix(noon) + `,"exp":` + unix(noon.Add(time.Hour))
	for text, valid := range map[string]bool{
		model + `}`:                         true,
		model + `,"tenant":"` + acme + `"}`: true,
		model + `,"sid":"ses02"}`:           false,
		model + `,"s\u0069d":"ses02"}`:      false,
		model + `,"x":{"a":1,"a":2}}`:       false,
		model + `,"x":[{"a":1,"a":2}]}`:     false,
		model + `,"x":[{"a":1},{"a":2}]}`:   true,
		model + `} {}`:                      false,
		model + `}}`:                        false,
		model:                               false,
		model + `,"x":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + `}`: false,
		model + `,"x":` + strings.Repeat("[", 7) + strings.Repeat("]", 7) + `}`: true,
		`[` + model + `}]`: false,
		`null`:             false,
	} {
		signed := header + "." + base64.RawURLEncoding.EncodeToString([]byte(text))
		sig, err := jwt.SigningMethodHS256.Sign(signed, s.key)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Verify(signed + "." + base64.RawURLEncoding.EncodeToString(sig))
		if (err == nil) != valid || err != nil && !cmp.Equal(got, SessionClaims{}) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// unsigned is a token without its signature.
func unsigned(t *testing.T, token string) string {
	t.Helper()
	end := strings.LastIndex(token, ".")
	if end < 0 {
		t.Fatalf("%q is no token", token)
	}
	return token[:end+1]
}

// flipped is a token with another signature of the same length.
func flipped(token string) string {
	at := strings.LastIndex(token, ".") + 1
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

// tampered is a token with something else in one of its parts.
func tampered(t *testing.T, token string, part int, from, to string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(parts[part])
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatalf("%s: %v", data, err)
	}
	parts[part] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(data), from, to, 1)))
	return strings.Join(parts, ".")
}
