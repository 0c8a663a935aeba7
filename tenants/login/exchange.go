package login

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// The names of RFC 8693 that are used here.
//
//nolint:gosec // G101: names, no secrets
const (
	GrantTokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	TypeJWT            = "urn:ietf:params:oauth:token-type:jwt"
	TypeAccessToken    = "urn:ietf:params:oauth:token-type:access_token"
)

// The errors of RFC 6749 section 5.2 and RFC 8693 section 2.2.2.
const (
	InvalidRequest       = "invalid_request" // also of a subject_token that is no good
	UnsupportedGrantType = "unsupported_grant_type"
	InvalidScope         = "invalid_scope"
	InvalidTarget        = "invalid_target"
)

// ExchangeError refuses an exchange.
type ExchangeError struct {
	Code        string
	Description string // for whoever makes the tokens
	cause       error
}

func (e *ExchangeError) Error() string { return e.Code + ": " + e.Description }

// Unwrap returns what is behind it.
func (e *ExchangeError) Unwrap() error { return e.cause }

// UsedToken is a JWT that must not be exchanged again.
type UsedToken struct {
	Issuer tenants.IssuerID
	ID     [sha256.Size]byte // of its jti
	Until  time.Time         // when nobody accepts it any more
}

// ExchangeStore is what an exchange needs.
type ExchangeStore interface {
	// Organisation returns the tenant with a public id or an external id. Errors:
	// tenants.ErrNotFound.
	Organisation(ctx context.Context, id string) (*tenants.Tenant, error)
	// HasConnection says whether a tenant has a connection.
	HasConnection(ctx context.Context, tenant tenants.TenantID, id tenants.ConnectionID) (bool, error)
	// StartExchanged marks a token as used and begins a session, both or neither.
	// Of many at once exactly one succeeds; the others get authz.ErrReplayed.
	StartExchanged(ctx context.Context, used UsedToken, session *Session) error
}

// Exchange is a request to exchange the vendor's own JWT for a portal session.
type Exchange struct {
	GrantType          string
	SubjectToken       string
	SubjectTokenType   string
	RequestedTokenType string   // "" or TypeAccessToken
	Scope              []string // narrows the roles of the token; none: all of them
	Resource           []string // none, or the public URL
}

// Exchange turns a JWT into a portal session. A refusal is an *ExchangeError. The
// token names the tenant, by its id or the vendor's own, and the roles; it may
// name a connection. An issuer may give every role that is for customers.
func (s *Service) Exchange(ctx context.Context, x Exchange) (*Started, error) {
	if err := s.checkExchange(&x); err != nil {
		return nil, err
	}
	issuer, subject, err := s.verify(ctx, x.SubjectToken)
	if err != nil {
		return nil, err
	}
	session, err := s.exchanged(ctx, issuer, subject, x.Scope)
	if err != nil {
		return nil, err
	}
	started, err := s.sign(session)
	if err != nil {
		return nil, err
	}
	used := UsedToken{issuer.ID, sha256.Sum256([]byte(subject.ID)), subject.AcceptedUntil}
	err = s.Store.StartExchanged(asSession(ctx, session), used, session)
	if errors.Is(err, authz.ErrReplayed) {
		return nil, refuseToken("its jti was used before; make a new token for each exchange", err)
	}
	if err != nil {
		return nil, err
	}
	return started, nil
}

func (s *Service) checkExchange(x *Exchange) error {
	switch {
	case x.GrantType == "":
		return &ExchangeError{Code: InvalidRequest, Description: "grant_type is missing; it is " + GrantTokenExchange}
	case x.GrantType != GrantTokenExchange:
		return &ExchangeError{Code: UnsupportedGrantType, Description: "grant_type is " + GrantTokenExchange}
	case x.SubjectTokenType != TypeJWT:
		return &ExchangeError{Code: InvalidRequest, Description: "subject_token_type is " + TypeJWT}
	case x.SubjectToken == "":
		return &ExchangeError{Code: InvalidRequest, Description: "subject_token is missing"}
	case x.RequestedTokenType != "" && x.RequestedTokenType != TypeAccessToken:
		return &ExchangeError{Code: InvalidRequest, Description: "requested_token_type is " + TypeAccessToken}
	}
	for _, resource := range x.Resource {
		if resource != s.PublicURL && resource != s.PublicURL+"/" && resource != s.PublicURL+"/api/v1" {
			return &ExchangeError{Code: InvalidTarget, Description: "resource is the address of this server, " + s.PublicURL}
		}
	}
	return nil
}

func refuseToken(why string, cause error) error {
	return &ExchangeError{Code: InvalidRequest, Description: "subject_token: " + why, cause: cause}
}

// verify finds the issuer of a token and has it verified.
func (s *Service) verify(ctx context.Context, token string) (*Issuer, authz.Subject, error) {
	name, err := authz.UnverifiedIssuer(token)
	if err != nil {
		return nil, authz.Subject{}, refuseToken(err.Error(), err)
	}
	issuer, err := s.Store.IssuerNamed(ctx, name)
	if errors.Is(err, tenants.ErrNotFound) {
		return nil, authz.Subject{}, refuseToken("its iss is no issuer that is registered here", err)
	}
	if err != nil {
		return nil, authz.Subject{}, err
	}
	verifier, err := s.verifiers.of(issuer, s.Fetch)
	if err != nil {
		return nil, authz.Subject{}, err
	}
	subject, err := verifier.Verify(ctx, token)
	if errors.Is(err, authz.ErrSubjectToken) {
		err = refuseToken(err.Error(), err)
	}
	return issuer, subject, err
}

// exchanged is the session that a token's claims ask for.
func (s *Service) exchanged(ctx context.Context, issuer *Issuer, subject authz.Subject, scope []string) (*Session, error) {
	tenant, err := s.organisation(ctx, subject.Claims)
	if err != nil {
		return nil, err
	}
	connection, err := s.claimedConnection(ctx, tenant, subject.Claims)
	if err != nil {
		return nil, err
	}
	roles, err := s.claimedRoles(ctx, subject.Claims, scope)
	if err != nil {
		return nil, err
	}
	email, err := cleanEmail(subject.Email)
	if err != nil {
		return nil, refuseToken("its email is not an e-mail address", err)
	}
	name, err := optional("name", subject.Name, maxSubject)
	if err != nil {
		return nil, refuseToken("its name cannot be shown in one line", err)
	}
	session := s.draft(ctx)
	session.TenantID, session.ConnectionID, session.IssuerID = tenant, connection, issuer.ID
	session.Subject, session.Email, session.Roles = subject.Subject, email, roles
	session.Name = cmp.Or(name, email, subject.Subject)
	return session, nil
}

func (s *Service) organisation(ctx context.Context, claims map[string]any) (tenants.TenantID, error) {
	id, ok := claims["tenant"].(string)
	if !ok || id == "" || len(id) > maxSubject {
		return tenants.TenantID{}, refuseToken("its tenant is not a text: give the id of a tenant, or your own id of it", nil)
	}
	t, err := s.Store.Organisation(ctx, id)
	if errors.Is(err, tenants.ErrNotFound) {
		return tenants.TenantID{}, refuseToken("its tenant does not exist", err)
	}
	if err != nil {
		return tenants.TenantID{}, err
	}
	return t.ID, nil
}

func (s *Service) claimedConnection(ctx context.Context, tenant tenants.TenantID, claims map[string]any) (id tenants.ConnectionID, err error) {
	value, said := claims["connection"]
	if !said {
		return id, nil
	}
	text, _ := value.(string)
	if id, err = tenants.ParseConnectionID(text); err != nil {
		return id, refuseToken("its connection is not the id of one", err)
	}
	ok, err := s.Store.HasConnection(ctx, tenant, id)
	if err == nil && !ok {
		err = refuseToken("its connection does not exist", nil)
	}
	return id, err
}

// claimedRoles are those of the token, or of them those in the scope.
func (s *Service) claimedRoles(ctx context.Context, claims map[string]any, scope []string) ([]string, error) {
	list, ok := claims["roles"].([]any)
	if !ok || len(list) == 0 || len(list) > maxRoles {
		return nil, refuseToken(fmt.Sprintf("its roles are not a list of 1 to %d keys of roles", maxRoles), nil)
	}
	var roles []string
	for _, item := range list {
		key, ok := item.(string)
		if !ok {
			return nil, refuseToken("its roles are not all texts", nil)
		}
		roles = append(roles, key)
	}
	if err := s.checkRoles(ctx, roles, false); err != nil {
		if bad, ok := errors.AsType[*tenants.InvalidError](err); ok {
			return nil, refuseToken("its roles: "+bad.Reason, err)
		}
		return nil, err
	}
	for _, key := range scope {
		if !slices.Contains(roles, key) {
			return nil, &ExchangeError{Code: InvalidScope, Description: "scope has a role that subject_token does not have"}
		}
	}
	if len(scope) > 0 {
		roles = scope
	}
	return cleanRoles(roles)
}
