package authz

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	maxSubjectLife = 10 * time.Minute
	subjectLeeway  = time.Minute // how far the issuer's clock may be off
	maxClaimText   = 256         // bytes of iss, sub and jti
)

// Errors of SubjectVerifier.
var (
	// ErrSubjectToken: the token does not count. The error that wraps it says why,
	// for whoever makes such tokens.
	ErrSubjectToken = errors.New("the token is refused")
	// ErrIssuerKeys: the issuer's keys could not be fetched, so nothing is known
	// about the token.
	ErrIssuerKeys = errors.New("the issuer's keys are not available")
	// ErrReplayed: the token has been used before.
	ErrReplayed = errors.New("the token has been used before")
)

// Issuer is a system of the vendor's that says who its people are, by JWTs that
// it signs.
type Issuer struct {
	Issuer   string   // iss of its tokens, exactly
	Audience string   // one of aud of its tokens
	JWKSURL  string   // where its keys are, or
	PEM      []string // the public keys themselves; one of the two is given
}

// Subject is what a verified token says.
type Subject struct {
	Issuer    string
	Subject   string
	ID        string // jti
	Email     string // "" if it does not say
	Name      string // "" if it does not say
	IssuedAt  time.Time
	ExpiresAt time.Time
	// AcceptedUntil is when the token stops being accepted. A ReplayGuard
	// remembers its id until then.
	AcceptedUntil time.Time
	Claims        map[string]any // all of them
}

// ReplayGuard remembers which tokens have been used.
type ReplayGuard interface {
	// UseToken marks a token of an issuer as used, or returns ErrReplayed if it
	// has been already. Of many at once exactly one succeeds. The mark may be
	// forgotten after until.
	UseToken(ctx context.Context, issuer, tokenID string, until time.Time) error
}

// SubjectVerifier verifies the tokens of one issuer. It is safe for concurrent
// use. It does not know which have been used before: see ReplayGuard.
type SubjectVerifier struct {
	issuer Issuer
	keys   keySource
	now    func() time.Time
}

// keySource knows the public keys of an issuer.
type keySource interface {
	// named returns the keys that a token may be signed with: those with its key
	// id, or all of them if it names none.
	named(ctx context.Context, keyID string) ([]publicKey, error)
}

// NewSubjectVerifier returns the verifier of an issuer, or an error that says
// what is wrong with its description. Keys behind a URL are fetched when they
// are first needed.
func NewSubjectVerifier(issuer Issuer, o FetchOptions) (*SubjectVerifier, error) {
	v := &SubjectVerifier{issuer: issuer, now: time.Now}
	if issuer.Issuer == "" || len(issuer.Issuer) > maxClaimText {
		return nil, fmt.Errorf("issuer: give 1 to %d characters", maxClaimText)
	}
	if issuer.Audience == "" || len(issuer.Audience) > maxClaimText {
		return nil, fmt.Errorf("audience: give 1 to %d characters", maxClaimText)
	}
	if (issuer.JWKSURL == "") == (len(issuer.PEM) == 0) {
		return nil, errors.New("keys: give either the URL of a key set or public keys, not both")
	}
	var err error
	if issuer.JWKSURL != "" {
		v.keys, err = newRemoteKeys(issuer.JWKSURL, o)
	} else {
		v.keys, err = readPEMs(issuer.PEM)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// UnverifiedIssuer returns who a token says it is of, so that the verifier of
// that issuer can be found. Nothing about the token is known yet.
func UnverifiedIssuer(token string) (string, error) {
	if err := checkForm(token); err != nil {
		return "", refused(err)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		return "", refused(errors.New("it is not a JWT"))
	}
	issuer, err := claims.GetIssuer()
	if err != nil || issuer == "" {
		return "", refused(errors.New("it has no iss"))
	}
	return issuer, nil
}

// Verify checks the token's form, signature, issuer, audience and times.
func (v *SubjectVerifier) Verify(ctx context.Context, token string) (Subject, error) {
	if err := checkForm(token); err != nil {
		return Subject{}, refused(err)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithStrictDecoding(),
		jwt.WithIssuer(v.issuer.Issuer), jwt.WithAudience(v.issuer.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(subjectLeeway), jwt.WithTimeFunc(v.now))
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) { return v.keysFor(ctx, t, claims) })
	switch {
	case errors.Is(err, ErrIssuerKeys):
		return Subject{}, fmt.Errorf("verify a token of %q: %w", v.issuer.Issuer, err)
	case err != nil:
		return Subject{}, refused(err)
	}
	return v.subject(claims)
}

// keysFor returns the keys that may have signed the token. Nothing in its header
// but alg and kid is heeded: keys that a token brings along, or the address of
// such, prove nothing. The issuer is looked at first, so that nobody's keys are
// fetched for tokens of others.
func (v *SubjectVerifier) keysFor(ctx context.Context, t *jwt.Token, claims jwt.MapClaims) (any, error) {
	if issuer, err := claims.GetIssuer(); err != nil || issuer != v.issuer.Issuer {
		return nil, errors.New("it is of another issuer")
	}
	if _, critical := t.Header["crit"]; critical {
		return nil, errors.New("its header has crit, and no extension is supported")
	}
	keyID := ""
	if value, said := t.Header["kid"]; said {
		text, ok := value.(string)
		if !ok || text == "" {
			return nil, errors.New("its kid is not a text")
		}
		keyID = text
	}
	found, err := v.keys.named(ctx, keyID)
	if err != nil {
		return nil, err
	}
	var set jwt.VerificationKeySet
	for _, k := range found {
		if k.fits(t.Method.Alg()) {
			set.Keys = append(set.Keys, k.key)
		}
	}
	if len(set.Keys) == 0 {
		return nil, fmt.Errorf("the issuer has no such key for %s", t.Method.Alg())
	}
	return set, nil
}

// subject reads the claims of a token whose signature is good.
func (v *SubjectVerifier) subject(claims jwt.MapClaims) (Subject, error) {
	s := Subject{Issuer: v.issuer.Issuer, Claims: claims}
	s.Email, _ = claims["email"].(string)
	s.Name, _ = claims["name"].(string)
	for name, to := range map[string]*string{"sub": &s.Subject, "jti": &s.ID} {
		text, ok := claims[name].(string)
		if !ok || text == "" || len(text) > maxClaimText {
			return Subject{}, refused(fmt.Errorf("its %s is not a text of 1 to %d bytes", name, maxClaimText))
		}
		*to = text
	}
	issued, err := claims.GetIssuedAt()
	if err != nil || issued == nil {
		return Subject{}, refused(errors.New("it has no iat"))
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || expires == nil {
		return Subject{}, refused(errors.New("it has no exp"))
	}
	if life := expires.Sub(issued.Time); life <= 0 || life > maxSubjectLife {
		return Subject{}, refused(fmt.Errorf("its exp is not within %s behind its iat", maxSubjectLife))
	}
	s.IssuedAt, s.ExpiresAt = issued.UTC(), expires.UTC()
	s.AcceptedUntil = s.ExpiresAt.Add(subjectLeeway)
	return s, nil
}

func refused(why error) error { return fmt.Errorf("%w: %w", ErrSubjectToken, why) }
