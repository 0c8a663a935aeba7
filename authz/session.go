package authz

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	masterKeySize = 32
	// What the keys are derived for. A key made for one purpose opens nothing else.
	sessionKeyUse = "roster session token HS256 v1"
	sessionIDUse  = "roster session token key id v1"

	sessionAudience = "roster:session"
	sessionType     = "roster-session+jwt" // RFC 8725 section 3.11
	// sessionLeeway is how far the clocks of two replicas may be apart.
	sessionLeeway = 30 * time.Second
)

// ErrSession says that a text is not a session token that counts here and now.
// It says no more: whoever has such a token signs in again.
var ErrSession = errors.New("not a valid session token")

// SessionClaims are what a session token says. Whether the session still runs,
// and what it may do, is looked up by its id.
type SessionClaims struct {
	SessionID string // "ses01…"
	TenantID  string // "ten01…"; "" for staff
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// SessionSigner signs and verifies the tokens of sessions. It is safe for
// concurrent use.
type SessionSigner struct {
	key    []byte
	keyID  string
	issuer string
	now    func() time.Time
}

// NewSessionSigner returns a signer with a key derived from the installation's
// master key. The issuer is the installation's public URL.
func NewSessionSigner(masterKey []byte, issuer string) (*SessionSigner, error) {
	if len(masterKey) != masterKeySize {
		return nil, fmt.Errorf("make a session signer: the master key has %d bytes, not %d", len(masterKey), masterKeySize)
	}
	if issuer == "" {
		return nil, errors.New("make a session signer: it has no issuer")
	}
	key, err := hkdf.Key(sha256.New, masterKey, nil, sessionKeyUse, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the session key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, masterKey, nil, sessionIDUse, 8)
	if err != nil {
		return nil, fmt.Errorf("derive the id of the session key: %w", err)
	}
	return &SessionSigner{key: key, keyID: hex.EncodeToString(id), issuer: issuer, now: time.Now}, nil
}

// Sign returns the token of a session. Times are cut to seconds.
func (s *SessionSigner) Sign(c SessionClaims) (string, error) {
	if c.SessionID == "" || c.ExpiresAt.IsZero() || !c.IssuedAt.Before(c.ExpiresAt) {
		return "", errors.New("sign a session token: it needs a session and an end behind its beginning")
	}
	claims := jwt.MapClaims{
		"iss": s.issuer, "aud": sessionAudience, "sid": c.SessionID,
		"iat": c.IssuedAt.Unix(), "nbf": c.IssuedAt.Unix(), "exp": c.ExpiresAt.Unix(),
	}
	if c.TenantID != "" {
		claims["tenant"] = c.TenantID
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	token.Header["kid"], token.Header["typ"] = s.keyID, sessionType
	text, err := token.SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign a session token: %w", err)
	}
	return text, nil
}

// Verify reads a token that Sign has made, of this installation and at this
// time. Every other text is ErrSession.
func (s *SessionSigner) Verify(text string) (SessionClaims, error) {
	if checkForm(text) != nil {
		return SessionClaims{}, ErrSession
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithIssuer(s.issuer), jwt.WithAudience(sessionAudience),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(sessionLeeway), jwt.WithTimeFunc(s.now))
	claims := jwt.MapClaims{}
	if _, err := parser.ParseWithClaims(text, claims, s.keyOf); err != nil {
		return SessionClaims{}, ErrSession
	}
	return sessionClaims(claims)
}

// keyOf returns the key if the header is one that Sign writes.
func (s *SessionSigner) keyOf(t *jwt.Token) (any, error) {
	_, critical := t.Header["crit"]
	if critical || t.Header["kid"] != s.keyID || t.Header["typ"] != sessionType {
		return nil, ErrSession
	}
	return s.key, nil
}

func sessionClaims(claims jwt.MapClaims) (SessionClaims, error) {
	session, ok := claims["sid"].(string)
	tenant, bound := claims["tenant"].(string)
	_, said := claims["tenant"]
	issued, err := claims.GetIssuedAt()
	if !ok || session == "" || said != bound || err != nil || issued == nil {
		return SessionClaims{}, ErrSession
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || expires == nil {
		return SessionClaims{}, ErrSession
	}
	return SessionClaims{SessionID: session, TenantID: tenant, IssuedAt: issued.UTC(), ExpiresAt: expires.UTC()}, nil
}
